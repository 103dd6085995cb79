//! What a step does. Each operation has two faces: the command a learner would type (`engine/render`), and the
//! calls of the Docker API that do the same (`docker/act`).

use std::collections::BTreeMap;

use serde::Deserialize;

/// One thing that a step does.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Operation {
    /// Creates a named volume.
    VolumeCreate(VolumeCreate),
    /// Writes a file of the lab into the workspace.
    FileWrite(FileWrite),
    /// Sets the mode of a file of the workspace.
    FileMode(FileMode),
    /// Makes a folder in the workspace.
    FolderCreate(InWorkspace),
    /// Adds a line to a file of the workspace.
    LineAppend(LineAppend),
    /// Starts a container in the background.
    ContainerRun(Run),
    /// Runs a command in a container of its own, which is gone afterwards.
    OneOff(OneOff),
    /// Runs a command inside a container.
    Exec(Exec),
    /// Copies a file of the workspace into a container (`docker cp`).
    CopyIn(CopyIn),
    /// Stops containers.
    ContainerStop(Names),
    /// Starts containers that were stopped.
    ContainerStart(Names),
    /// `docker wait`: until they have ended.
    ContainerWait(Names),
    /// Waits until the server in a container answers queries.
    PostgresReady(InContainer),
    /// Carries out SQL.
    Sql(Sql),
    /// Stops and removes containers.
    ContainerRemove(ContainerRemove),
    /// Packs a volume into a compressed archive.
    VolumeArchive(VolumeArchive),
    /// Writes a database as SQL.
    DatabaseDump(DatabaseDump),
    /// Unpacks the archives that match a glob into a volume.
    VolumeRestore(VolumeRestore),
    /// Copies all of a volume into another.
    VolumeCopy(VolumeCopy),
    /// Removes volumes.
    VolumeRemove(VolumeRemove),
    /// Removes the unused volumes that carry a label.
    VolumePrune(VolumePrune),
    /// Lists the volumes that carry a label.
    VolumeList(VolumeList),
    /// Asks where a volume is kept.
    VolumeInspect(VolumeInspect),
    /// Removes a folder of the workspace that a container filled.
    FolderRemove(InWorkspace),
    /// Brings a Compose project up, in the background.
    ComposeUp(ComposeUp),
    /// Takes a Compose project down.
    ComposeDown(ComposeDown),
    /// Answers the quiz with a file of the lab.
    QuizAnswer(QuizAnswer),
    /// Lets docker-lab look, before something that it must see goes away.
    Check(Nothing),
}

/// A volume to be made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VolumeCreate {
    /// The name.
    pub name: String,
    /// Its labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// The options of its driver.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
}

/// Volumes to be removed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VolumeRemove {
    /// The names, in the order in which they are taken.
    pub names: Vec<String>,
    /// The file of the workspace that keeps what was answered; a refusal is then no failure.
    #[serde(default)]
    pub answer: Option<String>,
}

/// Containers to be removed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContainerRemove {
    /// The names, in the order in which they are taken.
    pub names: Vec<String>,
    /// Whether their anonymous volumes go with them (`rm -v`).
    #[serde(default)]
    pub volumes: bool,
}

/// Volumes that are not used, to be removed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VolumePrune {
    /// The label that they carry, as `key=value`.
    pub label: String,
    /// Whether those with a name go too; before Docker 23 they always do.
    #[serde(default)]
    pub all: bool,
}

/// Volumes to be listed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VolumeList {
    /// The label that they carry, as `key=value`.
    pub label: String,
    /// The file of the workspace that keeps what was answered.
    pub answer: String,
}

/// A volume whose place is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VolumeInspect {
    /// The name.
    pub name: String,
    /// The file of the workspace that keeps what was answered.
    pub answer: String,
}

/// Adds a line.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LineAppend {
    /// The path below the workspace.
    pub path: String,
    /// The line.
    pub line: String,
}

/// Sets a mode.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileMode {
    /// The path below the workspace.
    pub path: String,
    /// The permission bits, in octal.
    pub mode: String,
}

/// A command in a container of its own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OneOff {
    /// The image.
    pub image: String,
    /// The mounts, in the order in which they are typed.
    #[serde(default)]
    pub mounts: Vec<MountSpec>,
    /// What its shell runs.
    pub shell: String,
    /// The file of the workspace that keeps what was answered; a refusal is then no failure.
    #[serde(default)]
    pub answer: Option<String>,
}

/// A command inside a container.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exec {
    /// The container's name.
    pub container: String,
    /// What its shell runs.
    pub shell: String,
    /// The file of the workspace that keeps what was answered; a refusal is then no failure.
    #[serde(default)]
    pub answer: Option<String>,
}

/// A file for a container.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CopyIn {
    /// The path below the workspace.
    pub path: String,
    /// The container's name.
    pub container: String,
    /// The folder inside, which must be there.
    pub to: String,
}

/// Several objects.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Names {
    /// The names, in the order in which they are taken.
    pub names: Vec<String>,
}

/// A path of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InWorkspace {
    /// The path, with `/` between its parts.
    pub path: String,
}

/// Writes a file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
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
    /// What it runs instead of the image's own command, word by word.
    #[serde(default)]
    pub command: Vec<String>,
}

/// A mount as it is asked for: at most one of `volume`, `bind` and `tmpfs`; without any, an anonymous volume.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MountSpec {
    /// The volume's name.
    #[serde(default)]
    pub volume: Option<String>,
    /// The path below the workspace.
    #[serde(default)]
    pub bind: Option<String>,
    /// In memory, up to this size (`1m`).
    #[serde(default)]
    pub tmpfs: Option<String>,
    /// The path inside the container.
    pub target: String,
    /// Whether the container may only read.
    #[serde(default)]
    pub read_only: bool,
    /// Whether it is written with `--mount`, which makes no folder that is missing.
    #[serde(default)]
    pub long: bool,
    /// The labels of a volume that is made by it; with `--mount` alone.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

/// A server in a container.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InContainer {
    /// The container's name.
    pub container: String,
}

/// SQL for a database in a container.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VolumeCopy {
    /// The volume that is read.
    pub from: String,
    /// The volume that is written.
    pub to: String,
}

/// A Compose project to bring up.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ComposeUp {
    /// The Compose file, by its path below the workspace.
    pub file: String,
    /// The project's name; one of the lab's containers is called so too, that it gets the prefix.
    pub project: String,
}

/// A Compose project to take down.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ComposeDown {
    /// The Compose file, by its path below the workspace.
    pub file: String,
    /// The project's name.
    pub project: String,
    /// Whether its volumes go too (`down -v`).
    #[serde(default)]
    pub volumes: bool,
}

/// Answers a quiz.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuizAnswer {
    /// The quiz's id.
    pub quiz: String,
    /// The path of the answers file in the workspace.
    pub answers: String,
}

/// An operation without fields.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}
