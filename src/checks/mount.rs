//! `mount`: a container, running or not, mounts one thing as it should. What stands there instead is named by its
//! kind; the lab's catalogue says what that means.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::scene::container_ref;
use crate::checks::verdict::Weighed;
use crate::text::Text;
use crate::text::say;
use crate::world::Container;
use crate::world::Fact;
use crate::world::Mount;
use crate::world::MountKind;
use crate::world::Probe;
use crate::world::host_path;

/// `mount: {container: store_one, target: /in-volume, source: {volume: store_data}}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MountCheck {
    /// The container's name.
    pub container: String,
    /// The path inside the container.
    pub target: String,
    /// What is mounted there.
    pub source: Source,
    /// Whether the container may only read.
    #[serde(default)]
    pub read_only: bool,
}

/// What may be mounted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "MountSource")]
pub(crate) enum Source {
    /// A volume, by its name.
    Volume(String),
    /// A volume that Docker named.
    Anonymous,
    /// A file or folder of the workspace, by its path; empty for the workspace itself.
    Bind(String),
    /// Memory that may grow to so many bytes at most.
    Tmpfs(u64),
}

impl MountCheck {
    pub(super) fn probes(&self) -> BTreeSet<Probe> {
        BTreeSet::from([Probe::Containers, self.memory_probe()])
    }

    /// The daemon's lists leave `--tmpfs` out.
    fn memory_probe(&self) -> Probe {
        Probe::LastWords { container: self.container.clone() }
    }

    pub(super) fn mistakes(&self) -> Vec<&'static str> {
        let source = match &self.source {
            Source::Volume(_) | Source::Bind(_) => Some("mount-source"),
            Source::Tmpfs(_) => Some("mount-unlimited"),
            Source::Anonymous => None,
        };
        let writable = self.read_only.then_some("mount-writable");
        ["mount-missing", "mount-kind"].into_iter().chain(source).chain(writable).collect()
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let name = &self.container;
        let Some(container) = scene.container(name)? else {
            return Ok(Verdict::Pending(say!(
                "le conteneur `{name}` n'existe pas encore",
                "container `{name}` does not exist yet"
            )));
        };
        let memory = match scene.fact(&self.memory_probe())? {
            Fact::LastWords(words) => words.memory_at(&self.target),
            _ => None,
        };
        let found = match (memory, container.mount_at(&self.target)) {
            (Some(held), _) => {
                Found { kind: MountKind::Tmpfs, source: "", writable: held.writable, limit: held.limit }
            }
            (None, Some(mount)) => Found::from(mount),
            (None, None) => return Ok(self.missing(container)),
        };
        if let Some(failure) = self.differs(scene, &found) {
            return Ok(failure);
        }
        let (fr, en) = self.words();
        let target = &self.target;
        Ok(Verdict::passed(
            say!("`{name}` monte {fr} sur `{target}`", "`{name}` mounts {en} at `{target}`"),
            [container_ref(name, &container.id)],
        ))
    }

    fn differs(&self, scene: &Scene<'_>, found: &Found<'_>) -> Option<Verdict> {
        let mistake = match (&self.source, found.kind) {
            (Source::Anonymous, MountKind::Volume) if found.anonymous() => None,
            (Source::Volume(name), MountKind::Volume) if found.source == name => None,
            (Source::Volume(_), MountKind::Volume) if !found.anonymous() => Some("mount-source"),
            (Source::Bind(path), MountKind::Bind) => {
                let whole = format!("{}/{path}", scene.memory.workspace);
                (host_path(found.source) != host_path(whole.trim_end_matches('/'))).then_some("mount-source")
            }
            (Source::Tmpfs(most), MountKind::Tmpfs) => {
                found.limit.is_none_or(|limit| limit > *most).then_some("mount-unlimited")
            }
            _ => Some("mount-kind"),
        };
        let mistake = mistake.or_else(|| (self.read_only && found.writable).then_some("mount-writable"))?;
        let (name, target, what) = (&self.container, &self.target, found.words());
        let (fr, en) = (what.fr, what.en);
        let found = say!("`{name}` monte {fr} sur `{target}`", "`{name}` mounts {en} at `{target}`");
        Some(Verdict::failed(self.expected(), found).mistake(mistake).way_out(self.again()))
    }

    /// Nothing is mounted there; perhaps it is, somewhere else.
    fn missing(&self, container: &Container) -> Verdict {
        let (name, target) = (&self.container, &self.target);
        let places: Vec<&str> = container.mounts.iter().map(|mount| mount.target.as_str()).collect();
        let places = crate::text::list(places);
        let found = if places.is_empty() {
            say!("`{name}` ne monte rien sur `{target}`", "`{name}` mounts nothing at `{target}`")
        } else {
            say!(
                "`{name}` ne monte rien sur `{target}`, mais sur {places}",
                "`{name}` mounts nothing at `{target}`, but at {places}"
            )
        };
        Verdict::failed(self.expected(), found).mistake("mount-missing").way_out(self.again())
    }

    fn expected(&self) -> Text {
        let ((fr, en), target) = (self.words(), &self.target);
        say!("{fr} sur `{target}`", "{en} at `{target}`")
    }

    fn words(&self) -> (String, String) {
        let (fr, en) = match &self.source {
            Source::Volume(name) => (format!("le volume `{name}`"), format!("the volume `{name}`")),
            Source::Anonymous => ("un volume anonyme".to_owned(), "an anonymous volume".to_owned()),
            Source::Bind(path) => (format!("`./{path}` de l'hôte"), format!("the host's `./{path}`")),
            Source::Tmpfs(most) => {
                (format!("un tmpfs de {most} octets au plus"), format!("a tmpfs of at most {most} bytes"))
            }
        };
        let (in_fr, in_en) = if self.read_only { (" en lecture seule", " read-only") } else { ("", "") };
        (fr + in_fr, en + in_en)
    }

    fn again(&self) -> Text {
        let (name, target) = (&self.container, &self.target);
        let mode = if self.read_only { ":ro" } else { "" };
        let option = match &self.source {
            Source::Volume(volume) => format!("-v {volume}:{target}{mode}"),
            Source::Anonymous => format!("-v {target}"),
            Source::Bind(path) => format!("-v \"$(pwd)\"/{path}:{target}{mode}"),
            Source::Tmpfs(most) => format!("--tmpfs {target}:size={most}"),
        };
        say!(
            "un montage ne se change pas : `docker rm -f {name}`, puis relancez avec `{option}`",
            "a mount cannot be changed: `docker rm -f {name}`, then run it again with `{option}`"
        )
    }
}

/// What is mounted at a place.
struct Found<'a> {
    kind: MountKind,
    source: &'a str,
    writable: bool,
    limit: Option<u64>,
}

impl<'a> From<&'a Mount> for Found<'a> {
    fn from(mount: &'a Mount) -> Found<'a> {
        Found { kind: mount.kind, source: &mount.source, writable: mount.writable, limit: None }
    }
}

impl Found<'_> {
    fn anonymous(&self) -> bool {
        crate::world::is_anonymous(self.source)
    }

    fn words(&self) -> Text {
        let source = self.source;
        let what = match self.kind {
            MountKind::Volume if self.anonymous() => say!("un volume anonyme", "an anonymous volume"),
            MountKind::Volume => say!("le volume `{source}`", "the volume `{source}`"),
            MountKind::Bind => say!("`{source}` de l'hôte", "the host's `{source}`"),
            MountKind::Tmpfs => match self.limit {
                Some(limit) => say!("un tmpfs de {limit} octets", "a tmpfs of {limit} bytes"),
                None => say!("un tmpfs sans limite", "a tmpfs without a limit"),
            },
            MountKind::Other => say!("autre chose", "something else"),
        };
        let (fr, en) = if self.writable { ("", "") } else { (" en lecture seule", " read-only") };
        Text { fr: what.fr + fr, en: what.en + en }
    }
}
