//! What an operation touches: the lab's own objects and files, and no others, as the lab's reader makes sure.

use crate::world::MountSpec;
use crate::world::Operation;

impl Operation {
    /// The volumes it touches.
    pub(crate) fn volumes(&self) -> Vec<&str> {
        match self {
            Operation::VolumeCreate(volume) => vec![&volume.name],
            Operation::VolumeInspect(inspect) => vec![&inspect.name],
            Operation::VolumeRemove(names) => names.names.iter().map(String::as_str).collect(),
            Operation::VolumeArchive(archive) => vec![&archive.volume],
            Operation::VolumeRestore(restore) => vec![&restore.volume],
            Operation::VolumeCopy(copy) => vec![&copy.from, &copy.to],
            _ => self.mounts().iter().filter_map(|mount| mount.volume.as_deref()).collect(),
        }
    }

    /// The containers it touches.
    pub(crate) fn containers(&self) -> Vec<&str> {
        match self {
            Operation::ContainerRun(run) => vec![&run.name],
            Operation::ContainerStop(names)
            | Operation::ContainerStart(names)
            | Operation::ContainerWait(names) => names.names.iter().map(String::as_str).collect(),
            Operation::ContainerRemove(remove) => remove.names.iter().map(String::as_str).collect(),
            Operation::Exec(exec) => vec![&exec.container],
            Operation::CopyIn(copy) => vec![&copy.container],
            Operation::ComposeUp(up) => vec![&up.project],
            Operation::ComposeDown(down) => vec![&down.project],
            Operation::PostgresReady(ready) => vec![&ready.container],
            Operation::Sql(sql) => vec![&sql.container],
            Operation::DatabaseDump(dump) => vec![&dump.container],
            Operation::VolumeCreate(_)
            | Operation::FileWrite(_)
            | Operation::LineAppend(_)
            | Operation::FileMode(_)
            | Operation::FolderCreate(_)
            | Operation::OneOff(_)
            | Operation::VolumeArchive(_)
            | Operation::VolumeRestore(_)
            | Operation::VolumeCopy(_)
            | Operation::VolumeRemove(_)
            | Operation::VolumePrune(_)
            | Operation::VolumeList(_)
            | Operation::VolumeInspect(_)
            | Operation::FolderRemove(_)
            | Operation::QuizAnswer(_)
            | Operation::Check(_) => Vec::new(),
        }
    }

    /// The paths of the workspace it touches.
    pub(crate) fn files(&self) -> Vec<&str> {
        let binds = self.mounts().iter().filter_map(|mount| mount.bind.as_deref());
        let mut files: Vec<&str> = binds.chain(self.answer()).collect();
        match self {
            Operation::FileWrite(write) => files.push(&write.path),
            Operation::LineAppend(append) => files.push(&append.path),
            Operation::CopyIn(copy) => files.push(&copy.path),
            Operation::ComposeUp(up) => files.push(&up.file),
            Operation::ComposeDown(down) => files.push(&down.file),
            Operation::FileMode(file) => files.push(&file.path),
            Operation::FolderCreate(folder) | Operation::FolderRemove(folder) => files.push(&folder.path),
            Operation::DatabaseDump(dump) => files.push(&dump.path),
            Operation::VolumeArchive(archive) => files.push(&archive.folder),
            Operation::VolumeRestore(restore) => files.push(&restore.folder),
            Operation::QuizAnswer(answer) => files.push(&answer.answers),
            _ => {}
        }
        files
    }

    /// The file of the workspace that keeps what it was answered.
    pub(crate) fn answer(&self) -> Option<&str> {
        match self {
            Operation::Exec(exec) => exec.answer.as_deref(),
            Operation::OneOff(one) => one.answer.as_deref(),
            Operation::VolumeRemove(remove) => remove.answer.as_deref(),
            Operation::VolumeList(list) => Some(&list.answer),
            Operation::VolumeInspect(inspect) => Some(&inspect.answer),
            _ => None,
        }
    }

    /// The image it starts a container of.
    pub(crate) fn image(&self) -> Option<&str> {
        match self {
            Operation::ContainerRun(run) => Some(&run.image),
            Operation::OneOff(one) => Some(&one.image),
            _ => None,
        }
    }

    fn mounts(&self) -> &[MountSpec] {
        match self {
            Operation::ContainerRun(run) => &run.mounts,
            Operation::OneOff(one) => &one.mounts,
            _ => &[],
        }
    }
}
