//! `replaced`: a container was removed, and another one with another id uses the same volume.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::database::probe;
use crate::checks::mounts::mounted;
use crate::checks::scene::container_ref;
use crate::checks::scene::short;
use crate::checks::verdict::Weighed;
use crate::text::Text;
use crate::text::say;
use crate::world::Container;
use crate::world::MountSpec;
use crate::world::Probe;

/// The mistakes it can name, besides those of the mount.
pub(super) const MISTAKES: &[&str] = &[
    "container-not-removed",
    "container-only-stopped",
    "fresh-cluster",
    "renamed-not-recreated",
    "renamed-not-removed",
];

/// `replaced: {old: postgres_main, new: postgres_restored, database: myapp, mount: {volume: …, target: …}}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplacedCheck {
    /// The container that was removed.
    pub old: String,
    /// The one that came after it.
    pub new: String,
    /// A database that both serve, for proof where nobody saw the first one.
    pub database: String,
    /// What the new one must mount.
    pub mount: MountSpec,
}

impl ReplacedCheck {
    pub(super) fn probes(&self) -> BTreeSet<Probe> {
        BTreeSet::from([Probe::Containers, probe(&self.new, &self.database)])
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let Self { old, new, .. } = self;
        let Some(container) = scene.container(new)? else {
            return Ok(Verdict::Pending(say!(
                "le conteneur `{new}` n'existe pas encore",
                "container `{new}` does not exist yet"
            )));
        };
        self.not_the_same(scene, container)?;
        mounted(container, &self.mount, &scene.memory.workspace)?;
        let before = match scene.memory.container(old) {
            Some(seen) => container_ref(old, &seen.id),
            None => self.proven_by_age(scene, container)?,
        };
        let (volume, id) = (self.mount.volume.as_deref().unwrap_or_default(), short(&container.id));
        Ok(Verdict::passed(
            say!(
                "`{old}` n'existe plus ; `{new}` ({id}) utilise le même volume `{volume}`",
                "`{old}` is gone; `{new}` ({id}) uses the same volume `{volume}`"
            ),
            [before, container_ref(new, &container.id)],
        ))
    }

    fn not_the_same(&self, scene: &Scene<'_>, container: &Container) -> Result<(), Verdict> {
        let Self { old, new, .. } = self;
        if scene.memory.containers.iter().any(|seen| seen.name == *old && seen.id == container.id) {
            return Err(Verdict::failed(
                self.expected(),
                say!(
                    "`{new}` est `{old}`, renommé : c'est le même conteneur",
                    "`{new}` is `{old}`, renamed: the same container"
                ),
            )
            .mistake("renamed-not-recreated")
            .way_out(say!(
                "`docker stop {new}`, `docker rm {new}`, puis `docker run` d'un nouveau conteneur",
                "`docker stop {new}`, `docker rm {new}`, then `docker run` a new container"
            )));
        }
        let same = |one: &&Container| {
            one.name == *old
                || scene.memory.containers.iter().any(|seen| seen.name == *old && seen.id == one.id)
        };
        let Some(left) = scene.containers()?.find(same) else { return Ok(()) };
        let state = &left.state;
        let mistake = match left.name == *old {
            false => "renamed-not-removed",
            true if left.is_running() => "container-not-removed",
            true => "container-only-stopped",
        };
        let old = &left.name;
        Err(Verdict::failed(
            self.expected(),
            say!("`{old}` existe encore (état « {state} »)", "`{old}` still exists (state \"{state}\")"),
        )
        .mistake(mistake)
        .way_out(say!(
            "`docker stop {old}` l'arrête, `docker rm {old}` le détruit ; le volume reste",
            "`docker stop {old}` stops it, `docker rm {old}` destroys it; the volume stays"
        )))
    }

    /// Nobody saw the first container: a cluster that is older than its container has survived one.
    fn proven_by_age(&self, scene: &Scene<'_>, container: &Container) -> Result<String, Verdict> {
        let new = &self.new;
        let seen = scene.database(new, &self.database)?;
        if seen.made_at() < container.created {
            return Ok(format!("cluster {} made {}", seen.system_identifier, seen.made_at()));
        }
        Err(Verdict::failed(
            self.expected(),
            say!(
                "la base dans `{new}` est née avec ce conteneur : elle n'a survécu à rien",
                "the database in `{new}` was born with this container: it has survived nothing"
            ),
        )
        .mistake("fresh-cluster"))
    }

    fn expected(&self) -> Text {
        let Self { old, new, .. } = self;
        say!("`{old}` détruit, `{new}` créé à neuf", "`{old}` destroyed, `{new}` created anew")
    }
}
