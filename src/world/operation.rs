//! What a step does. Each operation has two faces: the command a learner would type (`engine/render`), and the
//! calls of the Docker API that do the same (`docker/act`).

use std::collections::BTreeMap;

use serde::Deserialize;

/// One thing that a step does.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Operation {
    /// Creates a named volume.
    VolumeCreate(Named),
    /// Writes a file of the lab into the workspace.
    FileWrite(FileWrite),
    /// Makes a folder in the workspace.
    FolderCreate(InWorkspace),
    /// Starts a container in the background.
    ContainerRun(Run),
    /// Waits until the server in a container answers queries.
    PostgresReady(InContainer),
    /// Carries out SQL.
    Sql(Sql),
    /// Stops and removes containers.
    ContainerRemove(Names),
    /// Packs a volume into a compressed archive.
    VolumeArchive(VolumeArchive),
    /// Writes a database as SQL.
    DatabaseDump(DatabaseDump),
    /// Unpacks the archives that match a glob into a volume.
    VolumeRestore(VolumeRestore),
    /// Copies all of a volume into another.
    VolumeCopy(VolumeCopy),
    /// Removes volumes.
    VolumeRemove(Names),
    /// Removes a folder of the workspace that a container filled.
    FolderRemove(InWorkspace),
    /// Answers the quiz with a file of the lab.
    QuizAnswer(QuizAnswer),
    /// Lets docker-lab look, before something that it must see goes away.
    Check(Nothing),
}

/// One object.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Named {
    /// The name.
    pub name: String,
}

/// Several objects.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Names {
    /// The names, in the order in which they are taken.
    pub names: Vec<String>,
}

/// A path of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InWorkspace {
    /// The path, with `/` between its parts.
    pub path: String,
}

/// Writes a file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileWrite {
    /// The path below the workspace.
    pub path: String,
    /// The file beside `lab.yaml` that has the text.
    pub from: String,
    /// Whether it can be executed.
    #[serde(default)]
    pub executable: bool,
}

/// A container that runs in the background.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Run {
    /// The container's name.
    pub name: String,
    /// The image.
    pub image: String,
    /// Environment variables.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// The mounts, in the order in which they are typed.
    #[serde(default)]
    pub mounts: Vec<MountSpec>,
}

/// A mount as it is asked for: exactly one of `volume` and `bind`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MountSpec {
    /// The volume's name.
    #[serde(default)]
    pub volume: Option<String>,
    /// The path below the workspace.
    #[serde(default)]
    pub bind: Option<String>,
    /// The path inside the container.
    pub target: String,
    /// Whether the container may only read.
    #[serde(default)]
    pub read_only: bool,
}

/// A server in a container.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InContainer {
    /// The container's name.
    pub container: String,
}

/// SQL for a database in a container.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sql {
    /// The container's name.
    pub container: String,
    /// The database's name.
    pub database: String,
    /// One statement.
    pub statement: String,
}

/// Packs a volume.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VolumeArchive {
    /// The volume's name.
    pub volume: String,
    /// The folder of the workspace that takes the archive.
    pub folder: String,
    /// The archive's name; `{timestamp}` becomes the local time as `YYYYmmdd_HHMMSS`.
    pub name: String,
}

/// Dumps a database.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DatabaseDump {
    /// The container's name.
    pub container: String,
    /// The database's name.
    pub database: String,
    /// The path below the workspace.
    pub path: String,
}

/// Unpacks an archive.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VolumeRestore {
    /// The volume's name.
    pub volume: String,
    /// The folder of the workspace that has the archive.
    pub folder: String,
    /// The glob that its name matches.
    pub name: String,
}

/// Copies a volume.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VolumeCopy {
    /// The volume that is read.
    pub from: String,
    /// The volume that is written.
    pub to: String,
}

/// Answers a quiz.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuizAnswer {
    /// The quiz's id.
    pub quiz: String,
    /// The path of the answers file in the workspace.
    pub answers: String,
}

/// An operation without fields.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

impl Operation {
    /// The volumes it touches.
    pub(crate) fn volumes(&self) -> Vec<&str> {
        match self {
            Operation::VolumeCreate(named) => vec![&named.name],
            Operation::VolumeRemove(names) => names.names.iter().map(String::as_str).collect(),
            Operation::VolumeArchive(archive) => vec![&archive.volume],
            Operation::VolumeRestore(restore) => vec![&restore.volume],
            Operation::VolumeCopy(copy) => vec![&copy.from, &copy.to],
            Operation::ContainerRun(run) => {
                run.mounts.iter().filter_map(|mount| mount.volume.as_deref()).collect()
            }
            Operation::FileWrite(_)
            | Operation::FolderCreate(_)
            | Operation::PostgresReady(_)
            | Operation::Sql(_)
            | Operation::ContainerRemove(_)
            | Operation::DatabaseDump(_)
            | Operation::FolderRemove(_)
            | Operation::QuizAnswer(_)
            | Operation::Check(_) => Vec::new(),
        }
    }

    /// The containers it touches.
    pub(crate) fn containers(&self) -> Vec<&str> {
        match self {
            Operation::ContainerRun(run) => vec![&run.name],
            Operation::ContainerRemove(names) => names.names.iter().map(String::as_str).collect(),
            Operation::PostgresReady(ready) => vec![&ready.container],
            Operation::Sql(sql) => vec![&sql.container],
            Operation::DatabaseDump(dump) => vec![&dump.container],
            Operation::VolumeCreate(_)
            | Operation::FileWrite(_)
            | Operation::FolderCreate(_)
            | Operation::VolumeArchive(_)
            | Operation::VolumeRestore(_)
            | Operation::VolumeCopy(_)
            | Operation::VolumeRemove(_)
            | Operation::FolderRemove(_)
            | Operation::QuizAnswer(_)
            | Operation::Check(_) => Vec::new(),
        }
    }

    /// The paths of the workspace it touches.
    pub(crate) fn files(&self) -> Vec<&str> {
        match self {
            Operation::FileWrite(write) => vec![&write.path],
            Operation::FolderCreate(folder) | Operation::FolderRemove(folder) => vec![&folder.path],
            Operation::DatabaseDump(dump) => vec![&dump.path],
            Operation::VolumeArchive(archive) => vec![&archive.folder],
            Operation::VolumeRestore(restore) => vec![&restore.folder],
            Operation::QuizAnswer(answer) => vec![&answer.answers],
            Operation::ContainerRun(run) => {
                run.mounts.iter().filter_map(|mount| mount.bind.as_deref()).collect()
            }
            Operation::VolumeCreate(_)
            | Operation::PostgresReady(_)
            | Operation::Sql(_)
            | Operation::ContainerRemove(_)
            | Operation::VolumeCopy(_)
            | Operation::VolumeRemove(_)
            | Operation::Check(_) => Vec::new(),
        }
    }
}
