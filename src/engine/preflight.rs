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
    let files = files(lab, workspace);
    Ok(Baseline { files, ..standing(lab, engine, containers, volumes).await? })
}

/// The same on a machine where the exercise may have begun before anybody looked: what bears a name of the lab's is
/// the learner's work, and no part of what stood before. It is answered too, since nothing proves who made it.
pub(crate) async fn late_baseline(lab: &Lab, engine: &Engine) -> Result<(Baseline, Vec<String>)> {
    let (containers, volumes) = tokio::join!(engine.containers(), engine.volumes());
    let (containers, volumes) = (containers?, volumes?);
    let own = |one: &Container| lab.resources.has_container(&one.name);
    let anonymous: Vec<String> = containers
        .iter()
        .filter(|one| own(one))
        .flat_map(|one| one.mounts.iter().filter(|mount| mount.is_anonymous()))
        .map(|mount| mount.source.clone())
        .collect();
    let (own_containers, containers): (Vec<Container>, Vec<Container>) =
        containers.into_iter().partition(own);
    let is_own = |one: &Volume| lab.resources.has_volume(&one.name) || anonymous.contains(&one.name);
    let (own_volumes, volumes): (Vec<Volume>, Vec<Volume>) = volumes.into_iter().partition(is_own);
    let ids = own_containers.into_iter().map(|one| one.id);
    let stood = ids.chain(own_volumes.into_iter().map(|one| one.name)).collect();
    Ok((standing(lab, engine, containers, volumes).await?, stood))
}

async fn standing(
    lab: &Lab,
    engine: &Engine,
    containers: Vec<Container>,
    volumes: Vec<Volume>,
) -> Result<Baseline> {
    let neighbours = neighbours(lab, &containers, &volumes);
    let is_theirs = |name: &str, own: &[String]| {
        if neighbours.iter().any(|prefix| !prefix.is_empty() && name.starts_with(prefix.as_str())) {
            return true;
        }
        let bare = own.iter().filter_map(|own| own.strip_prefix(lab.prefix.as_str()));
        bare.into_iter().any(|bare| neighbours.iter().any(|prefix| name == format!("{prefix}{bare}")))
    };
    let (mut standing, mut passing) = (Vec::new(), Vec::new());
    for one in &containers {
        let others = one.scratch || is_theirs(&one.name, &lab.resources.containers);
        if others || (one.is_running() && engine.removes_itself(&one.id).await?) {
            // With the container its anonymous volumes go.
            passing.extend(one.mounts.iter().filter(|mount| mount.is_anonymous()).map(|mount| &mount.source));
        } else {
            standing.push((one.id.clone(), one.name.clone()));
        }
    }
    let stays = |name: &String| !passing.contains(&name) && !is_theirs(name, &lab.resources.volumes);
    Ok(Baseline {
        containers: standing,
        volumes: volumes.into_iter().map(|volume| volume.name).filter(stays).collect(),
        files: Vec::new(),
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

/// The prefixes of other learners: what stands before a name of this lab's, perhaps nothing. Whoever has just begun has
/// a volume and no container yet.
fn neighbours(lab: &Lab, containers: &[Container], volumes: &[Volume]) -> Vec<String> {
    let prefix = |name: &String, own: &[String]| {
        let bare = own.iter().filter_map(|name| name.strip_prefix(lab.prefix.as_str()));
        let of =
            |own: &str| name.strip_suffix(own).filter(|rest| rest.is_empty() || rest.ends_with(['_', '-']));
        bare.into_iter().find_map(of).filter(|prefix| *prefix != lab.prefix).map(str::to_owned)
    };
    let of_containers = containers.iter().filter_map(|one| prefix(&one.name, &lab.resources.containers));
    let of_volumes = volumes.iter().filter_map(|one| prefix(&one.name, &lab.resources.volumes));
    of_containers.chain(of_volumes).collect()
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
