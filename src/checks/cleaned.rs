//! `cleaned` and `untouched`: nothing of the lab is left on the daemon, and nothing that stood before is missing.

use std::path::Path;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::scene::short;
use crate::checks::scene::unfit;
use crate::checks::verdict::Weighed;
use crate::text::Text;
use crate::text::list;
use crate::text::say;
use crate::world::Container;
use crate::world::Fact;
use crate::world::MountKind;
use crate::world::Probe;
use crate::world::host_path;
use crate::world::is_anonymous;

/// The mistakes of `cleaned`.
pub(super) const MISTAKES: &[&str] = &[
    "containers-left",
    "orphans-left",
    "stopped-containers-left",
    "stray-volume-left",
    "volume-in-use",
    "volumes-left",
];

/// `cleaned: {}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CleanedCheck {}

/// The mistakes of `untouched`.
pub(super) const MISTAKES_UNTOUCHED: &[&str] = &["others-removed", "prune-took-others"];

/// `untouched: {}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UntouchedCheck {}

impl CleanedCheck {
    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        begun(scene)?;
        let containers = left_containers(scene)?;
        let volumes: Vec<&str> = scene
            .volumes()?
            .iter()
            .map(|volume| volume.name.as_str())
            .filter(|name| scene.resources.has_volume(name))
            .collect();
        let anonymous = left_anonymous(scene)?;
        if containers.is_empty() && volumes.is_empty() && anonymous.is_empty() {
            let count = scene.memory.volumes.len();
            return Ok(Verdict::passed(
                say!(
                    "les {count} volumes du laboratoire et ses conteneurs ont disparu, sans orphelin",
                    "the lab's {count} volumes and its containers are gone, without an orphan"
                ),
                scene.memory.volumes.iter().map(|name| format!("volume {name}")),
            ));
        }
        let expected = say!("plus rien du laboratoire", "nothing of the lab any more");
        if !containers.is_empty() {
            return Ok(left(scene, &containers, expected));
        }
        if !volumes.is_empty() {
            let names = list(&volumes);
            return Ok(Verdict::failed(
                expected,
                say!("volumes restants : {names}", "volumes left: {names}"),
            )
            .mistake("volumes-left")
            .way_out(command("docker volume rm", &volumes)));
        }
        let names = list(anonymous.iter().map(|name| if is_anonymous(name) { short(name) } else { name }));
        let mistake = if anonymous.iter().all(|name| !is_anonymous(name)) {
            "stray-volume-left"
        } else {
            "orphans-left"
        };
        Ok(Verdict::failed(expected, say!("volumes orphelins : {names}", "orphaned volumes: {names}"))
            .mistake(mistake)
            .way_out(command("docker volume rm", &anonymous)))
    }
}

impl UntouchedCheck {
    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        begun(scene)?;
        let before = &scene.memory.baseline;
        let volumes = scene.volumes()?;
        let containers: Vec<&Container> = scene.containers()?.collect();
        let lost_volumes = before.volumes.iter().filter(|name| !volumes.iter().any(|now| now.name == **name));
        // One that its owner made anew under its name is no loss.
        let stands = |id: &str, name: &str| containers.iter().any(|now| now.id == id || now.name == name);
        let lost_containers = before.containers.iter().filter(|(id, name)| !stands(id, name));
        let lost: Vec<&str> =
            lost_volumes.map(String::as_str).chain(lost_containers.map(|(_, name)| name.as_str())).collect();
        if lost.is_empty() {
            let count = before.volumes.len() + before.containers.len();
            if count == 0 {
                return Ok(Verdict::passed(
                    say!("rien n'existait avant le laboratoire", "nothing stood before the lab"),
                    [],
                ));
            }
            return Ok(Verdict::passed(
                say!(
                    "ce qui existait avant le laboratoire ({count} objets) est intact",
                    "what stood before the lab ({count} objects) is untouched"
                ),
                [],
            ));
        }
        let names = list(&lost);
        let pruned = !scene.memory.prunes.is_empty();
        Ok(Verdict::failed(
            say!("tout ce qui existait avant", "all that stood before"),
            say!("ne sont plus là : {names}", "no longer there: {names}"),
        )
        .mistake(if pruned { "prune-took-others" } else { "others-removed" })
        .way_out(say!(
            "supprimez par leur nom, jamais par `prune` : avant Docker 23, `docker volume prune` prend tout volume \
             inutilisé",
            "remove by name, never by `prune`: before Docker 23, `docker volume prune` takes every unused volume"
        )))
    }
}

/// A command with the names it takes.
fn command<S: AsRef<str>>(verb: &str, names: &[S]) -> Text {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    Text::same(format!("`{verb} {}`", names.join(" ")))
}

/// Cleaning up begins when the last of the lab's volumes begin to go; before, there is nothing to judge.
fn begun(scene: &Scene<'_>) -> Result<(), Verdict> {
    let volumes = scene.volumes()?;
    let seen = &scene.memory.volumes;
    let gone = |name: &str| !volumes.iter().any(|volume| volume.name == name);
    let by_containers = scene.resources.volumes.is_empty() && !scene.memory.containers.is_empty();
    if seen.is_empty() && !by_containers {
        return Err(Verdict::Pending(say!(
            "aucun volume du laboratoire n'a encore été vu",
            "no volume of the lab has been seen yet"
        )));
    }
    let own = || scene.containers().map(|all| all.filter(|one| scene.resources.has_container(&one.name)));
    let running = own()?.any(Container::is_running);
    // All was made, and all is stopped: somebody is cleaning up, though a volume may still be held.
    let all_made = scene.resources.volumes.iter().all(|name| seen.contains(name));
    if all_made && !running && own()?.next().is_some() {
        return Ok(());
    }
    // A volume made and removed again, or one of several that is made anew, is no clean-up: either a database was
    // served, or, in a lab without one, all was made and containers were seen.
    let went_on = !scene.memory.clusters.is_empty() || (all_made && !scene.memory.containers.is_empty());
    if went_on && !running && (by_containers || seen.iter().any(|name| gone(name))) {
        return Ok(());
    }
    Err(Verdict::Pending(say!("le laboratoire est encore en place", "the lab is still in place")))
}

/// Containers that are left: running, stopped, or strangers that hold on to the lab's volumes.
fn left(scene: &Scene<'_>, containers: &[Container], expected: Text) -> Verdict {
    let all: Vec<&str> = containers.iter().map(|one| one.name.as_str()).collect();
    let names = list(&all);
    let foreign = containers.iter().all(|one| !scene.resources.has_container(&one.name));
    let (found, mistake) = if foreign {
        let what = say!(
            "{names} se sert encore d'un volume ou d'un dossier du laboratoire",
            "{names} still uses a volume or a folder of the lab"
        );
        (what, "volume-in-use")
    } else if containers.iter().all(|one| !one.is_running()) {
        let what = say!(
            "conteneurs arrêtés, mais encore là : {names}",
            "containers stopped, but still there: {names}"
        );
        (what, "stopped-containers-left")
    } else {
        (say!("conteneurs restants : {names}", "containers left: {names}"), "containers-left")
    };
    Verdict::failed(expected, found).mistake(mistake).way_out(command("docker rm -f -v", &all))
}

/// The lab's containers, and those that were made since and hold on to the lab's volumes or folder.
fn left_containers(scene: &Scene<'_>) -> Result<Vec<Container>, Verdict> {
    let workspace = host_path(&scene.memory.workspace);
    let holds = |container: &&Container| {
        container.mounts.iter().any(|mount| match mount.kind {
            MountKind::Volume => scene.resources.has_volume(&mount.source),
            MountKind::Bind => {
                !workspace.is_empty() && Path::new(&host_path(&mount.source)).starts_with(&workspace)
            }
            MountKind::Tmpfs | MountKind::Other => false,
        })
    };
    let before = |id: &str| scene.memory.baseline.containers.iter().any(|(known, _)| known == id);
    Ok(scene
        .containers()?
        .filter(|container| !before(&container.id))
        .filter(|container| scene.resources.has_container(&container.name) || holds(container))
        .cloned()
        .collect())
}

/// Volumes without a name of the lab's that its work left: seen on one of its containers, told of by the daemon's
/// history, or holding one of its clusters. A stranger's volume, even with a database in it, is none of this.
fn left_anonymous(scene: &Scene<'_>) -> Result<Vec<String>, Verdict> {
    let orphans = match scene.fact(&Probe::Orphans)? {
        Fact::Orphans(orphans) => orphans,
        other => return Err(unfit(other)),
    };
    let volumes = scene.volumes()?;
    let used = scene.memory.uses.iter().filter(|one| scene.resources.has_container(&one.name));
    let used = used.flat_map(|one| &one.volumes).filter(|name| !scene.resources.has_volume(name));
    let seen = scene.memory.containers.iter().flat_map(|one| one.anonymous.iter().chain(&one.named));
    let seen = seen.filter(|name| !scene.resources.has_volume(name)).chain(used);
    let seen = seen.filter(|name| volumes.iter().any(|volume| volume.name == **name)).cloned();
    let ours = |id: u64| scene.memory.clusters.iter().any(|cluster| cluster.system_identifier == id);
    let with_cluster = orphans.iter().filter(|orphan| orphan.system_identifier.is_some_and(ours));
    let before = |name: &str| scene.memory.baseline.volumes.iter().any(|known| known == name);
    let mut names: Vec<String> = seen.chain(with_cluster.map(|orphan| orphan.name.clone())).collect();
    names.retain(|name| !before(name));
    names.sort();
    names.dedup();
    Ok(names)
}
