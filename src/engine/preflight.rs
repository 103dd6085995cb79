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
use crate::world::Volume;

/// What stands before the lab begins, without what goes away by itself: containers that remove themselves, and the
/// objects of other learners who do the same lab on this daemon. Refuses where a name of the lab's is taken.
pub(crate) async fn baseline(lab: &Lab, engine: &Engine, workspace: &Path) -> Result<Baseline> {
    let (containers, volumes) = tokio::join!(engine.containers(), engine.volumes());
    let (containers, volumes) = (containers?, volumes?);
    clashes(lab, &containers, &volumes)?;
    let neighbours = neighbours(lab, &containers);
    let is_theirs = |name: &str, own: &[String]| {
        let bare = own.iter().filter_map(|own| own.strip_prefix(lab.prefix.as_str()));
        bare.into_iter().any(|bare| neighbours.iter().any(|prefix| name == format!("{prefix}{bare}")))
    };
    let mut standing = Vec::new();
    for one in
        containers.iter().filter(|one| !one.scratch && !is_theirs(&one.name, &lab.resources.containers))
    {
        if !(one.is_running() && engine.removes_itself(&one.id).await?) {
            standing.push((one.id.clone(), one.name.clone()));
        }
    }
    let others = volumes.into_iter().map(|volume| volume.name);
    Ok(Baseline {
        containers: standing,
        volumes: others.filter(|name| !is_theirs(name, &lab.resources.volumes)).collect(),
        files: files(lab, workspace),
    })
}

/// The lab's file names that are taken, and everything inside its folders that are.
fn files(lab: &Lab, workspace: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for own in &lab.resources.files {
        let bare = own.trim_end_matches('/');
        if workspace.join(bare).symlink_metadata().is_ok() {
            found.push(own.clone());
            inside(workspace, bare, &mut found);
        }
    }
    found
}

/// What lies below a folder, by path; links are not followed.
fn inside(workspace: &Path, folder: &str, found: &mut Vec<String>) {
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(workspace.join(&folder)).into_iter().flatten().flatten() {
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(path.clone());
            }
            found.push(path);
        }
    }
}

/// The prefixes of other learners: what stands before a container name of this lab's, perhaps nothing.
fn neighbours(lab: &Lab, containers: &[Container]) -> Vec<String> {
    let bare = lab.resources.containers.iter().filter_map(|name| name.strip_prefix(lab.prefix.as_str()));
    let prefix = |name: &str| {
        let of =
            |own: &str| name.strip_suffix(own).filter(|rest| rest.is_empty() || rest.ends_with(['_', '-']));
        bare.clone().find_map(of).filter(|prefix| *prefix != lab.prefix).map(str::to_owned)
    };
    containers.iter().filter_map(|container| prefix(&container.name)).collect()
}

/// Refuses where objects of somebody else bear the lab's names.
fn clashes(lab: &Lab, containers: &[Container], volumes: &[Volume]) -> Result<()> {
    let volumes = volumes.iter().map(|volume| &volume.name).filter(|name| lab.resources.has_volume(name));
    let containers = containers.iter().map(|one| &one.name).filter(|name| lab.resources.has_container(name));
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
