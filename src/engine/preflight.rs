//! Before anything starts: what stands on the daemon, and whether any of it bears a name of the lab's.

use std::path::Path;

use crate::docker::Engine;
use crate::error::Error;
use crate::error::Result;
use crate::lab::Lab;
use crate::text::list;
use crate::text::say;
use crate::world::Baseline;
use crate::world::Container;

/// What stands before the lab begins, without what goes away by itself: containers that remove themselves, and the
/// objects of other learners who do the same lab on this daemon.
pub(crate) async fn baseline(lab: &Lab, engine: &Engine, workspace: &Path) -> Result<Baseline> {
    let (containers, volumes) = tokio::join!(engine.containers(), engine.volumes());
    let (containers, volumes) = (containers?, volumes?);
    let neighbours = neighbours(lab, &containers);
    let is_theirs = |name: &str| neighbours.iter().any(|prefix| name.starts_with(prefix.as_str()));
    let mut standing = Vec::new();
    for one in containers.iter().filter(|one| !one.scratch && !is_theirs(&one.name)) {
        if !(one.is_running() && engine.removes_itself(&one.id).await?) {
            standing.push((one.id.clone(), one.name.clone()));
        }
    }
    let files = lab.resources.files.iter().filter(|file| workspace.join(file.trim_end_matches('/')).exists());
    Ok(Baseline {
        containers: standing,
        volumes: volumes.into_iter().map(|volume| volume.name).filter(|name| !is_theirs(name)).collect(),
        files: files.cloned().collect(),
    })
}

/// The prefixes of other learners: what stands before a container name of this lab's.
fn neighbours(lab: &Lab, containers: &[Container]) -> Vec<String> {
    let bare = lab.resources.containers.iter().filter_map(|name| name.strip_prefix(lab.prefix.as_str()));
    let prefix = |name: &str| {
        let of = |own: &str| name.strip_suffix(own).filter(|rest| rest.ends_with(['_', '-']));
        bare.clone().find_map(of).filter(|prefix| *prefix != lab.prefix).map(str::to_owned)
    };
    containers.iter().filter_map(|container| prefix(&container.name)).collect()
}

/// Refuses where objects of somebody else bear the lab's names.
pub(crate) fn clashes(lab: &Lab, before: &Baseline) -> Result<()> {
    let volumes = before.volumes.iter().filter(|name| lab.resources.has_volume(name));
    let containers =
        before.containers.iter().map(|(_, name)| name).filter(|name| lab.resources.has_container(name));
    let volumes = list(volumes.map(|name| format!("volume `{name}`")));
    let (fr, en) = (
        list(containers.clone().map(|name| format!("conteneur `{name}`"))),
        list(containers.map(|name| format!("container `{name}`"))),
    );
    if volumes.is_empty() && fr.is_empty() {
        return Ok(());
    }
    let join = |names: String| {
        [volumes.as_str(), names.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (fr, en, id) = (join(fr), join(en), &lab.id);
    Err(Error::environment(say!(
        "ces noms du laboratoire sont déjà pris sur ce moteur, et docker-lab n'y touche pas : {fr}",
        "these names of the lab's are already taken on this daemon, and docker-lab leaves them alone: {en}"
    ))
    .hint(say!(
        "`docker-lab start {id} --prefix NOM` donne un préfixe à tous les objets du laboratoire",
        "`docker-lab start {id} --prefix NAME` gives every object of the lab a prefix"
    ))
    .hint(say!(
        "s'ils ne servent plus à personne, supprimez-les vous-même, par leur nom",
        "if nobody needs them any more, remove them yourself, by name"
    )))
}
