//! What `reset` removes: only what the journal proves to be the lab's. The list is made first, and shown.

use std::io;
use std::path::Component;
use std::path::Path;

use crate::docker::Engine;
use crate::error::Error;
use crate::error::Result;
use crate::lab::Lab;
use crate::lab::Step;
use crate::text::Text;
use crate::text::say;
use crate::world::Memory;
use crate::world::Operation;

/// The objects that would be removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Removal {
    /// Containers, as (id, name).
    pub containers: Vec<(String, String)>,
    /// Named volumes of the lab.
    pub volumes: Vec<String>,
    /// Anonymous volumes that the lab's containers made.
    pub anonymous: Vec<String>,
    /// Files and folders below the workspace; a folder that ends with `/` goes with all that is in it.
    pub files: Vec<String>,
    /// Objects with a name of the lab's that nobody saw in this session: they stay.
    pub unproven: Vec<Text>,
}

impl Removal {
    /// Makes the list. The journal is the proof: a container that was seen, by its id; a volume that was seen, by
    /// its name; and what a step that `run` has begun makes.
    pub(crate) async fn plan(lab: &Lab, engine: &Engine, memory: &Memory) -> Result<Removal> {
        let (containers, volumes) = tokio::join!(engine.containers(), engine.volumes());
        let before = &memory.baseline;
        let made = made_by_run(lab, memory);
        let made_since = |id: &String| !memory.stood.contains(id);
        let since = memory.containers.iter().filter(|container| made_since(&container.id));
        let mut anonymous: Vec<String> = since.flat_map(|container| &container.anonymous).cloned().collect();
        let mut removal = Removal::default();
        for one in
            containers?.into_iter().filter(|one| !before.containers.iter().any(|(id, _)| *id == one.id))
        {
            let seen = made_since(&one.id) && memory.containers.iter().any(|seen| seen.id == one.id);
            if seen || made.contains(&one.name.as_str()) {
                anonymous.extend(one.mounts.iter().filter(|m| m.is_anonymous()).map(|m| m.source.clone()));
                removal.containers.push((one.id, one.name));
            } else if lab.resources.has_container(&one.name) {
                let name = &one.name;
                removal.unproven.push(say!("conteneur {name}", "container {name}"));
            }
        }
        for name in
            volumes?.into_iter().map(|volume| volume.name).filter(|name| !before.volumes.contains(name))
        {
            if (made_since(&name) && memory.volumes.contains(&name)) || made.contains(&name.as_str()) {
                removal.volumes.push(name);
            } else if anonymous.contains(&name) {
                removal.anonymous.push(name);
            } else if lab.resources.has_volume(&name) {
                removal.unproven.push(say!("volume {name}", "volume {name}"));
            }
        }
        removal.files = files(lab, memory);
        Ok(removal)
    }

    /// What of it these steps make.
    pub(crate) fn only(mut self, steps: &[&Step]) -> Removal {
        let made: Vec<&Operation> = steps.iter().flat_map(|step| &step.operations).collect();
        let names: Vec<&str> = made.iter().filter_map(|operation| makes(operation)).collect();
        let files: Vec<&str> = made.iter().filter_map(|operation| writes(operation)).collect();
        self.containers.retain(|(_, name)| names.contains(&name.as_str()));
        self.volumes.retain(|name| names.contains(&name.as_str()));
        self.anonymous.clear();
        let below = |path: &str, outer: &str| {
            let rest = path.trim_end_matches('/').strip_prefix(outer);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.files.retain(|path| files.iter().any(|outer| below(path, outer)));
        self.unproven.clear();
        self
    }

    /// Whether there is nothing to remove.
    pub(crate) fn is_empty(&self) -> bool {
        self.lines().is_empty()
    }

    /// The list in words, a line each.
    pub(crate) fn lines(&self) -> Vec<Text> {
        let containers = self.containers.iter().map(|(_, name)| say!("conteneur {name}", "container {name}"));
        let volumes = self.volumes.iter().map(|name| say!("volume {name}", "volume {name}"));
        let anonymous =
            self.anonymous.iter().map(|name| say!("volume anonyme {name}", "anonymous volume {name}"));
        let files = self.files.iter().map(|path| match path.strip_suffix('/') {
            Some(folder) => say!("dossier {folder}", "folder {folder}"),
            None => say!("fichier {path}", "file {path}"),
        });
        containers.chain(volumes).chain(anonymous).chain(files).collect()
    }

    /// Removes what is on the list; goes on after a failure, and answers what failed.
    pub(crate) async fn carry_out(
        &self,
        engine: &Engine,
        workspace: &Path,
        image: Option<&str>,
    ) -> Vec<Error> {
        let mut failures = Vec::new();
        for (id, _) in &self.containers {
            failures.extend(engine.container_discard(id).await.err());
        }
        for name in self.volumes.iter().chain(&self.anonymous) {
            failures.extend(engine.volume_remove(name).await.err());
        }
        for path in &self.files {
            failures.extend(remove_path(engine, workspace, path, image).await.err());
        }
        failures
    }
}

/// The names that the steps which `run` has begun make: a run that is killed may not have seen them yet.
fn made_by_run<'a>(lab: &'a Lab, memory: &Memory) -> Vec<&'a str> {
    let begun = lab.steps.iter().filter(|step| memory.progress.contains_key(&step.id));
    begun.flat_map(|step| &step.operations).filter_map(makes).collect()
}

/// The container or volume that an operation makes.
fn makes(operation: &Operation) -> Option<&str> {
    match operation {
        Operation::VolumeCreate(volume) => Some(&volume.name),
        Operation::ContainerRun(run) => Some(&run.name),
        _ => None,
    }
}

/// The file or folder of the workspace that an operation makes.
fn writes(operation: &Operation) -> Option<&str> {
    match operation {
        Operation::FileWrite(write) => Some(&write.path),
        Operation::LineAppend(append) => Some(&append.path),
        Operation::FolderCreate(folder) => Some(&folder.path),
        Operation::DatabaseDump(dump) => Some(&dump.path),
        Operation::VolumeArchive(archive) => Some(&archive.folder),
        _ => operation.answer(),
    }
}

/// The files of the lab that were seen or written in this session, then its folders.
fn files(lab: &Lab, memory: &Memory) -> Vec<String> {
    let workspace = Path::new(&memory.workspace);
    let stood = |path: &str| {
        memory.baseline.files.iter().any(|old| old.trim_end_matches('/') == path.trim_end_matches('/'))
    };
    let mut paths: Vec<String> =
        memory.files.iter().filter(|path| workspace.join(path).is_file()).cloned().collect();
    for own in &lab.resources.files {
        let bare = own.trim_end_matches('/');
        let full = workspace.join(bare);
        if stood(own) || paths.iter().any(|path| path == bare) || full.symlink_metadata().is_err() {
            continue;
        }
        let made = memory.files.iter().any(|seen| seen == bare || seen.starts_with(own.as_str()));
        if made || full.is_file() {
            paths.push(own.clone());
        }
    }
    paths.retain(|path| !stood(path));
    paths
}

/// Removes a file, an empty folder, or a folder that a database filled; what else is in a folder stays.
pub(super) async fn remove_path(
    engine: &Engine,
    workspace: &Path,
    path: &str,
    image: Option<&str>,
) -> Result<()> {
    let bare = Path::new(path.trim_end_matches('/'));
    let inside = bare.components().all(|part| matches!(part, Component::Normal(_)));
    let full = workspace.join(bare);
    let failed = |error: io::Error| {
        Error::environment(say!("`{path}` n'a pas pu être supprimé", "`{path}` could not be removed"))
            .because(error)
    };
    if !inside {
        return Err(failed(io::Error::other("outside the workspace")));
    }
    let Ok(found) = full.symlink_metadata() else { return Ok(()) };
    if !found.is_dir() {
        return std::fs::remove_file(&full).map_err(failed);
    }
    if !is_data_folder(&full) {
        // Somebody may keep something of their own in it.
        return match std::fs::remove_dir(&full) {
            Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => Err(failed(error)),
            Ok(()) | Err(_) => Ok(()),
        };
    }
    match (std::fs::remove_dir_all(&full), image) {
        (Ok(()), _) => Ok(()),
        (Err(_), Some(image)) => {
            engine.remove_data_folder(workspace, &bare.display().to_string(), image).await
        }
        (Err(error), None) => Err(failed(error)),
    }
}

/// A database's folder: it may be unreadable for us, which is what its owner wants.
fn is_data_folder(folder: &Path) -> bool {
    match std::fs::read_dir(folder) {
        Ok(_) => folder.join("PG_VERSION").exists(),
        Err(error) => error.kind() == io::ErrorKind::PermissionDenied,
    }
}
