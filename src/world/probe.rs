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
    /// A file or folder in a volume, read without starting anything.
    VolumeFile {
        /// The volume's name.
        volume: String,
        /// The path below its root.
        path: String,
    },
    /// A file or folder as a container has it, running or not: while it runs, in memory too. (`inside` in older files
    /// of facts.)
    #[serde(alias = "inside")]
    ContainerFile {
        /// The container's name.
        container: String,
        /// The absolute path.
        path: String,
    },
    /// What the web server in a container answers for a path.
    Page {
        /// The container's name.
        container: String,
        /// The path, beginning with `/`.
        path: String,
    },
    /// The archives of the workspace whose path matches a glob, read to their last byte.
    Archives {
        /// The glob, below the workspace.
        glob: String,
    },
    /// A Compose file of the workspace.
    Composed {
        /// The path below the workspace.
        path: String,
    },
    /// A plain SQL dump in the workspace.
    Dump {
        /// The path below the workspace.
        path: String,
    },
    /// What the newest archive that a glob matches holds, once it is restored for trial.
    Drill {
        /// The glob, below the workspace.
        glob: String,
        /// The container that served the cluster: image, user and password are its own.
        #[serde(default)]
        container: String,
        /// The database.
        database: String,
    },
    /// What a container keeps in memory, and why it ended.
    LastWords {
        /// The container's name.
        container: String,
    },
    /// What the daemon still knows of containers that are gone.
    Traces,
    /// Whether an image is here.
    Image {
        /// The name.
        name: String,
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
            Probe::File { path }
            | Probe::Composed { path }
            | Probe::Dump { path }
            | Probe::Script { path } => Some(path),
            Probe::Archives { glob } | Probe::Drill { glob, .. } => Some(glob),
            Probe::Containers
            | Probe::Volumes
            | Probe::Database { .. }
            | Probe::DataFolder { .. }
            | Probe::VolumeFile { .. }
            | Probe::ContainerFile { .. }
            | Probe::Page { .. }
            | Probe::Orphans
            | Probe::LastWords { .. }
            | Probe::Image { .. }
            | Probe::Traces => None,
        }
    }
}
