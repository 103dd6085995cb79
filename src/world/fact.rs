//! What was seen. Facts are plain data: they can be saved, sent, and judged again elsewhere.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;

use crate::text::Text;
use crate::world::Composed;
use crate::world::Database;
use crate::world::Drilled;
use crate::world::LastWords;
use crate::world::Probe;
use crate::world::Table;
use crate::world::Traces;

/// The answer to a probe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fact {
    /// All containers.
    Containers(Vec<Container>),
    /// All volumes.
    Volumes(Vec<Volume>),
    /// A database.
    Database(Database),
    /// A data folder at the root of a volume.
    DataFolder(DataFolder),
    /// Unused volumes made since the session began that are not the lab's by name.
    Orphans(Vec<Orphan>),
    /// A file or folder that is there.
    File(File),
    /// Archives, the newest first.
    Archives(Vec<Archive>),
    /// A dump.
    Dump(Dump),
    /// A Compose file.
    Composed(Composed),
    /// A script's fortnight.
    Script(ScriptRun),
    /// A restore drill.
    Drilled(Drilled),
    /// What a container keeps in memory, and how it ended.
    LastWords(LastWords),
    /// What the daemon's history tells.
    Traces(Traces),
    /// An image that is here.
    Image {
        /// Whether it only stands in for the real one.
        stand_in: bool,
    },
    /// What was asked about does not exist or does not run, for the reason given.
    Absent(Text),
    /// It runs and refuses what was asked: a database that does not exist, say.
    Refused(Text),
}

/// A slot of the facts: seen, or not seen and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Observed {
    /// The answer.
    Seen(Fact),
    /// It could not be looked at; never a pass and never the learner's fault.
    Unseen(Text),
}

/// Everything that was seen at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    slots: BTreeMap<Probe, Observed>,
}

impl Facts {
    /// Puts an answer into its slot.
    pub(crate) fn insert(&mut self, probe: Probe, observed: Observed) {
        self.slots.insert(probe, observed);
    }

    /// Takes more answers.
    pub(crate) fn extend(&mut self, more: Facts) {
        self.slots.extend(more.slots);
    }

    /// The answer to a probe; `None` where it was not asked.
    pub(crate) fn get(&self, probe: &Probe) -> Option<&Observed> {
        self.slots.get(probe)
    }

    /// All slots, in the order of their probes.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Probe, &Observed)> {
        self.slots.iter()
    }
}

/// Facts are written as a list of pairs, since a probe is no key in JSON.
impl Serialize for Facts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.slots.iter())
    }
}

impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Facts, D::Error> {
        let pairs = Vec::<(Probe, Observed)>::deserialize(deserializer)?;
        Ok(Facts { slots: pairs.into_iter().collect() })
    }
}

/// The daemon that was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Daemon {
    /// The engine's id; it repeats on cloned machines.
    pub id: String,
    /// The machine's name, as the engine tells it.
    pub name: String,
    /// The engine's version.
    pub version: String,
    /// The API's version.
    pub api: String,
}

/// A container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Container {
    /// The full id.
    pub id: String,
    /// The name, without the slash.
    pub name: String,
    /// The image as it was named at creation.
    pub image: String,
    /// `running`, `exited`, `created`, …
    pub state: String,
    /// The Unix second of its creation.
    pub created: i64,
    /// What it mounts.
    pub mounts: Vec<Mount>,
    /// Whether it carries our label for scratch objects.
    pub scratch: bool,
}

impl Container {
    /// Whether it runs now.
    pub(crate) fn is_running(&self) -> bool {
        self.state == "running"
    }

    /// The mount at `target`, if any.
    pub(crate) fn mount_at(&self, target: &str) -> Option<&Mount> {
        self.mounts.iter().find(|mount| mount.target.trim_end_matches('/') == target.trim_end_matches('/'))
    }
}

/// The kind of a mount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MountKind {
    /// A volume, named or anonymous.
    Volume,
    /// A folder or file of the host.
    Bind,
    /// Memory.
    Tmpfs,
    /// Something else (a named pipe, an image, a cluster volume).
    Other,
}

/// A mount of a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mount {
    /// What kind.
    pub kind: MountKind,
    /// A volume's name, a bind's path on the host; empty for tmpfs.
    pub source: String,
    /// The path inside the container.
    pub target: String,
    /// Whether the container may write.
    pub writable: bool,
}

impl Mount {
    /// Whether it is a volume that Docker named itself: 64 hexadecimal digits.
    pub(crate) fn is_anonymous(&self) -> bool {
        self.kind == MountKind::Volume && is_anonymous(&self.source)
    }
}

/// Whether a volume's name is one that Docker makes up: 64 hexadecimal digits.
pub(crate) fn is_anonymous(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Volume {
    /// The name.
    pub name: String,
    /// The driver, `local` for the built-in one.
    pub driver: String,
    /// Whether its options put it into memory (`--opt type=tmpfs`).
    #[serde(default)]
    pub in_memory: bool,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The options its driver was given.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// When it was made, RFC 3339, as the daemon tells it; engines before 23 tell the last change of its folder
    /// instead, so it is no identity.
    pub created: String,
}

/// A `PostgreSQL` data folder in a volume or an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DataFolder {
    /// How many files, folders and links there are.
    pub entries: u64,
    /// The names at the top, sorted, at most forty of them.
    pub top: Vec<String>,
    /// What stands in `PG_VERSION`.
    pub version: Option<String>,
    /// The cluster's identity: the first eight bytes of `global/pg_control`, little endian.
    pub system_identifier: Option<u64>,
    /// The files of the data folder with their sizes in bytes, by path below it.
    pub files: BTreeMap<String, u64>,
    /// The youngest time of change of its files, as a Unix second.
    pub newest: i64,
    /// What of every data folder is missing, by path.
    pub missing: Vec<String>,
    /// Where the data folder begins: empty at the top, else the leading path.
    pub leading: String,
    /// The numeric owner of the files, where all of them have the same.
    pub owner: Option<u64>,
    /// The clusters that lie deeper than that one, or all of them where none lies at the top: leading path, identity.
    #[serde(default)]
    pub nested: Vec<(String, u64)>,
    /// Everything in it by path, folders and links included; only where there is not too much.
    #[serde(default)]
    pub members: BTreeMap<String, Member>,
}

/// A file, folder or link, as far as a faithful copy keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Member {
    /// `d` for a folder, `l` for a link, `f` for a file.
    pub kind: char,
    /// The permission bits.
    pub mode: u32,
    /// The numeric owner and group.
    pub owner: (u64, u64),
    /// The Unix second of its last change.
    pub changed: i64,
    /// A link's target; the beginning of a file's SHA-256.
    pub content: String,
}

/// A volume that nothing uses and nobody declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Orphan {
    /// The volume's name.
    pub name: String,
    /// The cluster in it, if it holds one.
    pub system_identifier: Option<u64>,
}

/// A file or folder of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct File {
    /// Whether it is a folder.
    pub folder: bool,
    /// The size in bytes.
    pub size: u64,
    /// The permission bits.
    pub mode: u32,
    /// Whether it belongs to another user than the workspace does.
    #[serde(default)]
    pub foreign: bool,
    /// The text, where it is one of at most 64 KiB.
    pub text: Option<String>,
    /// The Unix second of its last change, where it lies in a container or volume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<u64>,
}

/// A backup archive, read to its last byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Archive {
    /// The path below the workspace.
    pub path: String,
    /// The size in bytes.
    pub size: u64,
    /// The SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Whether it is compressed with gzip.
    pub gzip: bool,
    /// What is wrong with it as a whole (cut short, damaged, no tar at all), where something is.
    pub damage: Option<Text>,
    /// The kind of that damage.
    #[serde(default)]
    pub flaw: Option<Flaw>,
    /// The other files that the same glob matches, the newest first.
    #[serde(default)]
    pub others: Vec<String>,
    /// The Unix second of the last change of each of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others_changed: Vec<i64>,
    /// The data folder in it.
    pub folder: DataFolder,
    /// Members that do not travel: absolute paths, `..`, devices, names that are not UTF-8; at most ten.
    pub unportable: Vec<String>,
}

/// What can be wrong with an archive as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Flaw {
    /// There is not a byte in it, or no member.
    Empty,
    /// It ends before its end.
    CutShort,
    /// Compressed, but not with gzip.
    OtherCompression,
    /// A plain SQL dump.
    Dump,
    /// Anything else.
    Unreadable,
}

/// A plain SQL dump.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Dump {
    /// The size in bytes.
    pub size: u64,
    /// The SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// What it is instead of plain SQL: an archive of `pg_dump`'s own, or UTF-16 as `PowerShell` redirects.
    pub other_format: Option<String>,
    /// Whether it ends as `pg_dump` ends it.
    pub complete: bool,
    /// The tables it makes, with the rows it holds, comparable with those of a live database.
    pub tables: Vec<Table>,
    /// It fills tables and makes none.
    #[serde(default)]
    pub data_only: bool,
    /// The first line that is a complaint of a command's, not SQL.
    #[serde(default)]
    pub complaint: Option<String>,
}

/// What a backup script did in a fortnight of virtual days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ScriptRun {
    /// What the outcome depends on: a checksum of the script, of the trial itself, and of the image.
    pub key: String,
    /// The folder of the scratch container that the backups went to; `None` where no file was made.
    pub folder: Option<String>,
    /// The days, in order.
    pub days: Vec<ScriptDay>,
    /// Files of other people in the backup folder that were gone at the end.
    pub harmed: Vec<String>,
    /// What the script wrote to stderr last, cut to a few lines.
    pub complaint: Option<String>,
}

impl ScriptRun {
    /// Whether it did not end by itself on some day.
    pub(crate) fn was_stopped(&self) -> bool {
        self.days.iter().any(ScriptDay::was_stopped)
    }
}

/// One virtual day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ScriptDay {
    /// The date, as `YYYYmmdd`.
    pub date: String,
    /// The script's exit code.
    pub exit: i32,
    /// The arguments of each call of `docker`.
    pub calls: Vec<Vec<String>>,
    /// The files in the backup folder afterwards, sorted; those that stood there before are not among them.
    pub files: Vec<String>,
    /// Those of them that are whole archives of the volume.
    pub good: Vec<String>,
}

impl ScriptDay {
    /// The exit code of a run that had to be stopped.
    const STOPPED: i32 = 143;

    /// Whether the script did not end by itself.
    pub(crate) fn was_stopped(&self) -> bool {
        self.exit == ScriptDay::STOPPED
    }
}
