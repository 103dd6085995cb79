//! `container`: a container runs and mounts what it should, where it should.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::ended;
use crate::checks::mounts::described;
use crate::checks::mounts::mounted;
use crate::checks::scene::container_ref;
use crate::checks::scene::volume_ref;
use crate::checks::verdict::Weighed;
use crate::checks::verdict::all_of;
use crate::text::Text;
use crate::text::say;
use crate::world::Container;
use crate::world::MountSpec;
use crate::world::Probe;

/// The mistakes it can name, besides those of its mounts.
pub(super) const MISTAKES: &[&str] = &[
    "container-not-running",
    "container-name",
    "password-missing",
    "init-is-folder",
    "init-failed",
    "volume-read-only",
    "data-folder-not-empty",
];

/// `container: {name: postgres_main, mounts: [{volume: postgres_data, target: /var/lib/postgresql/data}]}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContainerCheck {
    /// The container's name.
    pub name: String,
    /// The container that may take its place, once this one is destroyed.
    #[serde(default)]
    pub successor: Option<String>,
    /// The mounts it must have; it may have others.
    #[serde(default)]
    pub mounts: Vec<MountSpec>,
}

impl ContainerCheck {
    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let successor = self.successor.as_deref().map(|name| scene.container(name)).transpose()?.flatten();
        let Some(container) = scene.container(&self.name)?.or(successor) else {
            return self.absent(scene);
        };
        for wanted in &self.mounts {
            if let Some(memory) = ended::in_memory(scene, &container.name, &wanted.target) {
                return Ok(memory);
            }
            if let Err(wrong) = mounted(container, wanted, &scene.memory.workspace) {
                // Why its server ended may be another matter.
                let ended = ended::told(scene, container).map_or(Ok(()), Err);
                all_of([Err(wrong), ended])?;
            }
        }
        let (name, state) = (&container.name, &container.state);
        if !container.is_running() {
            if self.is_over(scene, container)? {
                return Ok(Verdict::Pending(say!("`{name}` est arrêté", "`{name}` is stopped")));
            }
            if let Some(why) = ended::told(scene, container) {
                return Ok(why);
            }
            return Ok(Verdict::failed(
                say!("`{name}` en marche", "`{name}` running"),
                say!("`{name}` est à l'état « {state} »", "`{name}` is in the state \"{state}\""),
            )
            .mistake("container-not-running")
            .way_out(say!(
                "lisez `docker logs {name}`, puis `docker start {name}` ; s'il s'arrête encore, supprimez-le et \
                 relancez-le sur un volume vide",
                "read `docker logs {name}`, then `docker start {name}`; if it stops again, remove it and run it \
                 again on an empty volume"
            )));
        }
        let volumes = self.mounts.iter().filter_map(|mount| mount.volume.as_deref());
        let volumes = volumes.filter_map(|volume| scene.volume(volume).ok().flatten()).map(volume_ref);
        let objects = std::iter::once(container_ref(name, &container.id)).chain(volumes);
        Ok(Verdict::passed(self.why(name), objects))
    }

    /// Whether it has served, others after it too, and nothing of the lab runs any more: somebody is cleaning up.
    fn is_over(&self, scene: &Scene<'_>, container: &Container) -> Result<bool, Verdict> {
        let seen = &scene.memory.clusters;
        let served = seen.iter().any(|one| one.container_id == container.id);
        let several = seen.iter().any(|one| one.container_id != container.id);
        let mut own = scene.containers()?.filter(|one| scene.resources.has_container(&one.name));
        Ok(served && several && !own.any(Container::is_running))
    }

    /// Why the container ended, and what stands in the workspace where it mounts something from.
    pub(super) fn clues(&self, scene: &Scene<'_>) -> BTreeSet<Probe> {
        let Ok(Some(container)) = scene.container(&self.name) else { return BTreeSet::new() };
        ended::clues(scene, container)
    }

    fn why(&self, name: &str) -> Text {
        let mounts: Vec<Text> = self.mounts.iter().map(described).collect();
        let fr: Vec<&str> = mounts.iter().map(|mount| mount.fr.as_str()).collect();
        let en: Vec<&str> = mounts.iter().map(|mount| mount.en.as_str()).collect();
        let (fr, en) = (fr.join(", "), en.join(", "));
        if mounts.is_empty() {
            return say!("`{name}` est en marche", "`{name}` is running");
        }
        say!("`{name}` est en marche et monte {fr}", "`{name}` is running and mounts {en}")
    }

    /// The name is not there: perhaps the work was done under another one.
    fn absent(&self, scene: &Scene<'_>) -> Weighed {
        let name = &self.name;
        let known = |other: &&Container| {
            !scene.resources.has_container(&other.name)
                && !scene.memory.baseline.containers.iter().any(|(id, _)| *id == other.id)
        };
        let stray = scene.containers()?.filter(|other| other.is_running()).filter(known).find(|other| {
            self.mounts.iter().any(|wanted| mounted(other, wanted, &scene.memory.workspace).is_ok())
        });
        let Some(stray) = stray.filter(|_| !self.mounts.is_empty()) else {
            return Ok(Verdict::Pending(say!(
                "le conteneur `{name}` n'existe pas encore",
                "container `{name}` does not exist yet"
            )));
        };
        let other = &stray.name;
        Ok(Verdict::failed(
            say!("un conteneur nommé `{name}`", "a container named `{name}`"),
            say!("le conteneur s'appelle `{other}`", "the container is called `{other}`"),
        )
        .mistake("container-name")
        .way_out(say!("`docker rename {other} {name}`", "`docker rename {other} {name}`")))
    }
}
