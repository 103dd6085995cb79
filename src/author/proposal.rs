//! Checks out of what stands there: what was seen of containers, volumes and databases, as the part of a lab file that
//! would demand it.

use std::fmt::Write;
use std::path::Path;

use crate::engine::Recording;
use crate::world::Container;
use crate::world::Database;
use crate::world::Fact;
use crate::world::Mount;
use crate::world::MountKind;
use crate::world::Observed;
use crate::world::Probe;
use crate::world::Volume;

/// `resources` and `checks`, for the author to choose from; names are told without the prefix.
pub(crate) fn proposal(recording: &Recording, prefix: &str) -> String {
    let seen = Seen { recording, prefix };
    let (volumes, containers) = (seen.volumes(), seen.containers());
    let names = |all: Vec<&str>| all.join(", ");
    let mut out = String::from("resources:\n");
    let _ = writeln!(out, "  volumes: [{}]", names(volumes.iter().map(|one| seen.bare(&one.name)).collect()));
    let _ = writeln!(
        out,
        "  containers: [{}]",
        names(containers.iter().map(|one| seen.bare(&one.name)).collect())
    );
    out.push_str("  files: []\nchecks:\n");
    for volume in &volumes {
        let name = seen.bare(&volume.name);
        let titles = (format!("Le volume `{name}` existe"), format!("The volume `{name}` exists"));
        item(&mut out, &format!("volume-{name}"), &titles);
        let _ = writeln!(out, "    volume: {{name: {name}, driver: {}}}", volume.driver);
    }
    for container in &containers {
        let name = seen.bare(&container.name);
        let titles = (format!("`{name}` tourne avec ses montages"), format!("`{name}` runs with its mounts"));
        item(&mut out, &format!("container-{name}"), &titles);
        let mounts: Vec<String> = container.mounts.iter().filter_map(|one| seen.mount(one)).collect();
        let _ = writeln!(out, "    container: {{name: {name}, mounts: [{}]}}", mounts.join(", "));
    }
    for (container, database, found) in seen.databases() {
        let name = seen.bare(container);
        let titles = (
            format!("La base `{database}` de `{name}` a ses lignes"),
            format!("The database `{database}` of `{name}` has its rows"),
        );
        item(&mut out, &format!("rows-{name}"), &titles);
        let tables = found
            .tables
            .iter()
            .filter_map(|table| Some(format!("{}: {}", table.name.strip_prefix("public.")?, table.rows)));
        let tables = tables.collect::<Vec<_>>().join(", ");
        let _ =
            writeln!(out, "    database: {{container: {name}, database: {database}, tables: {{{tables}}}}}");
    }
    out
}

/// The id and the titles of a check.
fn item(out: &mut String, id: &str, (fr, en): &(String, String)) {
    let id: String =
        id.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let _ = writeln!(out, "  - id: {id}\n    title: {{fr: \"{fr}\", en: \"{en}\"}}");
}

/// What was seen, without what stood before.
struct Seen<'a> {
    recording: &'a Recording,
    prefix: &'a str,
}

impl<'a> Seen<'a> {
    fn bare<'n>(&self, name: &'n str) -> &'n str {
        name.strip_prefix(self.prefix).unwrap_or(name)
    }

    fn fact(&self, probe: &Probe) -> Option<&'a Fact> {
        match self.recording.facts.get(probe) {
            Some(Observed::Seen(fact)) => Some(fact),
            Some(Observed::Unseen(_)) | None => None,
        }
    }

    fn volumes(&self) -> Vec<&'a Volume> {
        let before = &self.recording.memory.baseline.volumes;
        let Some(Fact::Volumes(all)) = self.fact(&Probe::Volumes) else { return Vec::new() };
        let named =
            |one: &&Volume| one.name.starts_with(self.prefix) && !crate::world::is_anonymous(&one.name);
        all.iter().filter(named).filter(|one| !before.contains(&one.name)).collect()
    }

    fn containers(&self) -> Vec<&'a Container> {
        let before = &self.recording.memory.baseline.containers;
        let Some(Fact::Containers(all)) = self.fact(&Probe::Containers) else { return Vec::new() };
        let ours = |one: &&Container| !one.scratch && one.name.starts_with(self.prefix);
        all.iter().filter(ours).filter(|one| !before.iter().any(|(id, _)| *id == one.id)).collect()
    }

    fn databases(&self) -> Vec<(&'a str, &'a str, &'a Database)> {
        let slots = self.recording.facts.iter();
        let found = slots.filter_map(|(probe, observed)| match (probe, observed) {
            (Probe::Database { container, database }, Observed::Seen(Fact::Database(found))) => {
                Some((container.as_str(), database.as_str(), found))
            }
            _ => None,
        });
        found.collect()
    }

    /// A mount as a lab demands it; what Docker named, and what lies outside the workspace, is nothing to demand.
    fn mount(&self, mount: &Mount) -> Option<String> {
        let workspace = Path::new(&self.recording.memory.workspace);
        let source = match mount.kind {
            MountKind::Volume if !mount.is_anonymous() => format!("volume: {}", self.bare(&mount.source)),
            MountKind::Bind => {
                format!("bind: {}", Path::new(&mount.source).strip_prefix(workspace).ok()?.display())
            }
            _ => return None,
        };
        let mode = if mount.writable { "" } else { ", read_only: true" };
        Some(format!("{{{source}, target: {}{mode}}}", mount.target))
    }
}
