//! What can be asked of the world. A plan is a set of these, so each thing is looked at once.

use serde::Deserialize;
use serde::Serialize;

/// One question; a probe that cannot be answered becomes `Unseen` in its own slot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Probe {
    /// All containers, running or not, with their mounts.
    Containers,
    /// All volumes.
    Volumes,
    /// A database as it is now: cluster, tables, rows, sequences.
    Database {
        /// The container's name.
        container: String,
        /// The database's name.
        database: String,
    },
    /// The `PostgreSQL` data folder at the root of a volume, read without starting anything on it.
    DataFolder {
        /// The volume's name.
        volume: String,
    },
    /// Unused volumes made since the session began that are not the lab's by name.
    Orphans,
    /// A file or folder of the workspace, by its path below it.
    File {
        /// The path, with `/` between its parts.
        path: String,
    },
    /// The archives of the workspace whose path matches a glob, read to their last byte.
    Archives {
        /// The glob, below the workspace.
        glob: String,
    },
    /// A plain SQL dump in the workspace.
    Dump {
        /// The path below the workspace.
        path: String,
    },
    /// What the backup script does in a fortnight of virtual days.
    Script {
        /// The path below the workspace.
        path: String,
    },
}

impl Probe {
    /// The path or glob of the workspace that it reads, if it reads one.
    pub(crate) fn path(&self) -> Option<&str> {
        match self {
            Probe::File { path } | Probe::Dump { path } | Probe::Script { path } => Some(path),
            Probe::Archives { glob } => Some(glob),
            Probe::Containers
            | Probe::Volumes
            | Probe::Database { .. }
            | Probe::DataFolder { .. }
            | Probe::Orphans => None,
        }
    }
}
