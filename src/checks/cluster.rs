//! `same_cluster`: two containers serve, or served, one and the same database cluster.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::database::probe;
use crate::checks::scene::State;
use crate::checks::scene::cluster_ref;
use crate::checks::scene::container_ref;
use crate::checks::verdict::Weighed;
use crate::text::Text;
use crate::text::say;
use crate::world::Archive;
use crate::world::Database;
use crate::world::Fact;
use crate::world::MountKind;
use crate::world::Observed;
use crate::world::Probe;
use crate::world::Table;
use crate::world::Use;

/// The mistakes it can name, besides a refusal.
pub(super) const MISTAKES: &[&str] = &[
    "fresh-cluster",
    "archive-leading-path",
    "archive-glob",
    "restore-by-copy",
    "restore-nested",
    "restore-not-done",
    "rows-typed-again",
    "volume-recreated",
];

/// `same_cluster: {before: postgres_main, now: postgres_restored, database: myapp}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SameClusterCheck {
    /// The container that served it first.
    pub before: String,
    /// The container that serves it now.
    pub now: String,
    /// The database to connect to.
    pub database: String,
}

impl SameClusterCheck {
    pub(super) fn probes(&self) -> BTreeSet<Probe> {
        let (before, now) = (probe(&self.before, &self.database), probe(&self.now, &self.database));
        BTreeSet::from([before, now, Probe::Containers])
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let Self { before, now, database } = self;
        let seen = scene.database(now, database)?;
        let id = seen.system_identifier;
        let objects = [container_ref(now, &seen.container_id), cluster_ref(id)];
        let earlier = scene.states(before, database);
        let expected =
            say!("le même cluster que dans `{before}`", "the same database cluster as in `{before}`");
        if earlier.iter().any(|state| state.system_identifier == id) {
            if let Some((from, to)) = self.copied(scene) {
                return Ok(Verdict::failed(
                    say!("le cluster de l'archive, dans `{to}`", "the archive's cluster, in `{to}`"),
                    say!(
                        "`{to}` n'a été rempli que par un conteneur qui montait aussi `{from}`",
                        "`{to}` was only ever filled by a container that also mounted `{from}`"
                    ),
                )
                .mistake("restore-by-copy"));
            }
            return Ok(Verdict::passed(
                say!(
                    "`{now}` sert le même cluster que `{before}` (identité {id})",
                    "`{now}` serves the same cluster as `{before}` (identity {id})"
                ),
                objects,
            ));
        }
        if let Some(state) = earlier.first() {
            return Ok(self.fresh(scene, seen, state, expected));
        }
        let created = scene.container(now)?.map_or(i64::MIN, |container| container.created);
        if seen.made_at() < created {
            return Ok(Verdict::passed(
                say!(
                    "le cluster de `{now}` est plus ancien que son conteneur : il a survécu au précédent",
                    "the cluster in `{now}` is older than its container: it has survived the one before"
                ),
                objects,
            ));
        }
        Ok(Verdict::failed(
            expected,
            say!("le cluster est né avec `{now}`", "the cluster was born with `{now}`"),
        )
        .mistake("fresh-cluster"))
    }

    /// Another cluster than before: by what the volume holds, and what was seen of it earlier, how it came there.
    fn fresh(&self, scene: &Scene<'_>, seen: &Database, before: &State<'_>, expected: Text) -> Verdict {
        let now = &self.now;
        let (id, other) = (seen.system_identifier, before.system_identifier);
        let fails =
            |found: Text, mistake: &'static str| Verdict::failed(expected.clone(), found).mistake(mistake);
        let folder = clues(scene, now).into_iter().find_map(|probe| match scene.clue(&probe) {
            Some(Fact::DataFolder(folder)) => Some(folder),
            _ => None,
        });
        if let Some((place, _)) =
            folder.and_then(|folder| folder.nested.iter().find(|(_, nested)| *nested == other))
        {
            let found = say!(
                "le cluster sauvegardé est dans le sous-dossier `{place}` du volume ; `{now}` en a fait un neuf à côté",
                "the cluster that was backed up lies in the volume's folder `{place}`; `{now}` made a fresh one beside it"
            );
            let mistake = if leads(scene, place) { "archive-leading-path" } else { "restore-nested" };
            return fails(found, mistake);
        }
        let again = say!(
            "supprimez `{now}` et relancez-le sur le volume qui contient les données",
            "remove `{now}` and run it again on the volume that holds the data"
        );
        let found = say!(
            "`{now}` sert un cluster neuf (identité {id}, et non {other}) : ce sont d'autres fichiers",
            "`{now}` serves a fresh cluster (identity {id}, not {other}): these are other files"
        );
        let rows =
            |tables: &[Table]| tables.iter().map(|one| (one.name.clone(), one.rows)).collect::<Vec<_>>();
        let filled = before.tables.iter().any(|one| one.rows > 0);
        if filled && rows(before.tables) == rows(&seen.tables) {
            return fails(found, "rows-typed-again").way_out(again);
        }
        if let Some(archive) = archive_of(scene, other) {
            return not_restored(now, archive, expected);
        }
        if self.on_the_same_volume(scene) {
            return fails(found, "volume-recreated");
        }
        fails(found, "fresh-cluster").way_out(again)
    }

    /// The volumes of both servers, where the second was only ever written to together with the first, as far as the
    /// daemon's history tells: then it holds a copy of the volume, and no archive was needed.
    fn copied(&self, scene: &Scene<'_>) -> Option<(String, String)> {
        let now = scene.container(&self.now).ok()??;
        let servers: Vec<&str> = scene
            .memory
            .containers
            .iter()
            .filter(|seen| seen.name == self.now)
            .map(|seen| seen.id.as_str())
            .collect();
        let is_server = |one: &Use| one.name == self.now || servers.contains(&one.container.as_str());
        let earlier = &scene.memory.container(&self.before)?.named;
        let volumes = now.mounts.iter().filter(|mount| mount.kind == MountKind::Volume);
        volumes.filter(|mount| !earlier.contains(&mount.source)).find_map(|mount| {
            let to = &mount.source;
            let writers = || scene.memory.uses.iter().filter(|one| one.writes(to) && !is_server(one));
            let from = earlier.iter().find(|from| writers().any(|one| one.has(from)))?;
            writers().all(|one| one.has(from)).then(|| (from.clone(), to.clone()))
        })
    }

    /// Whether both containers had the same volume by name.
    fn on_the_same_volume(&self, scene: &Scene<'_>) -> bool {
        let Ok(Some(container)) = scene.container(&self.now) else { return false };
        let earlier = scene.memory.container(&self.before).map_or(&[][..], |seen| &seen.named);
        let mut volumes = container.mounts.iter().filter(|mount| mount.kind == MountKind::Volume);
        volumes.any(|mount| earlier.contains(&mount.source))
    }
}

/// What lies in the volume that a container mounts.
pub(super) fn clues(scene: &Scene<'_>, container: &str) -> BTreeSet<Probe> {
    let Ok(Some(container)) = scene.container(container) else { return BTreeSet::new() };
    let volumes = container.mounts.iter().filter(|mount| mount.kind == MountKind::Volume);
    let known = volumes.filter(|mount| scene.resources.has_volume(&mount.source));
    known.map(|mount| Probe::DataFolder { volume: mount.source.clone() }).collect()
}

/// The archive of a cluster, where one was seen.
fn archive_of<'a>(scene: &Scene<'a>, cluster: u64) -> Option<&'a Archive> {
    let archives = scene.facts.iter().filter_map(|(_, observed)| match observed {
        Observed::Seen(Fact::Archives(all)) => all.first(),
        _ => None,
    });
    archives.into_iter().find(|one| one.folder.system_identifier == Some(cluster))
}

/// There is an archive, and nothing of it in the volume.
fn not_restored(now: &str, archive: &Archive, expected: Text) -> Verdict {
    let path = &archive.path;
    if archive.others.is_empty() {
        let found = say!(
            "rien de `{path}` n'est dans le volume : `{now}` y a fait un cluster neuf",
            "nothing of `{path}` is in the volume: `{now}` made a fresh cluster there"
        );
        return Verdict::failed(expected, found).mistake("restore-not-done");
    }
    let count = archive.others.len() + 1;
    let found = say!(
        "rien de `{path}` n'est dans le volume, et {count} archives sont dans son dossier",
        "nothing of `{path}` is in the volume, and {count} archives are in its folder"
    );
    Verdict::failed(expected, found).mistake("archive-glob")
}

/// Whether an archive has its data folder below this very path.
fn leads(scene: &Scene<'_>, place: &str) -> bool {
    scene.facts.iter().any(|(_, observed)| match observed {
        Observed::Seen(Fact::Archives(all)) => all.iter().any(|one| one.folder.leading == place),
        _ => false,
    })
}
