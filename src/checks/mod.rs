//! What a lab may demand: one file per kind of check, with its fields, its probes and its verdict. Judging is
//! pure: facts and memory in, verdict out.
//!
//! A new kind is one file here, a variant of [`Check`], and the arms the compiler then asks for.

mod archive;
mod cleaned;
mod cluster;
mod container;
mod copied;
mod database;
mod dump;
mod gone;
mod quiz;
mod replaced;
mod rows;
mod scene;
mod script;
mod verdict;
mod volume;

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::world::Probe;

pub(crate) use scene::Scene;
pub(crate) use verdict::Verdict;

/// A demand of a lab; the key in the file names the kind.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Check {
    /// A named volume is there.
    Volume(volume::VolumeCheck),
    /// A container runs and mounts what it should, where it should.
    Container(container::ContainerCheck),
    /// A database has tables with enough rows.
    Database(database::DatabaseCheck),
    /// A container was removed and another uses the same volume.
    Replaced(replaced::ReplacedCheck),
    /// Two containers serve the same cluster.
    SameCluster(cluster::SameClusterCheck),
    /// A row was added before the container was removed.
    RowsBefore(rows::RowsBeforeCheck),
    /// All rows that were there before are there now.
    RowsKept(rows::RowsKeptCheck),
    /// A copy holds exactly what its source holds.
    SameData(rows::SameDataCheck),
    /// A backup archive is what it should be.
    Archive(archive::ArchiveCheck),
    /// A dump holds every table and row.
    Dump(dump::DumpCheck),
    /// A volume holds the copy of another one's data folder.
    Copied(copied::CopiedCheck),
    /// Something that was there is gone.
    Gone(gone::GoneCheck),
    /// Questions of a quiz are answered well.
    Quiz(quiz::QuizCheck),
    /// Nothing of the lab is left on the daemon.
    Cleaned(cleaned::CleanedCheck),
    /// Nothing that stood before the lab is missing.
    Untouched(cleaned::UntouchedCheck),
    /// A backup script does what it promises.
    Script(script::ScriptCheck),
}

impl Check {
    /// The keys that name a kind in a lab file.
    pub(crate) const KINDS: [&'static str; 16] = [
        "volume",
        "container",
        "database",
        "replaced",
        "same_cluster",
        "rows_before",
        "rows_kept",
        "same_data",
        "archive",
        "dump",
        "copied",
        "gone",
        "quiz",
        "cleaned",
        "untouched",
        "script",
    ];

    /// What must be looked at before this can be judged.
    pub(crate) fn probes(&self) -> BTreeSet<Probe> {
        match self {
            Check::Volume(_) => BTreeSet::from([Probe::Volumes]),
            Check::Container(_) | Check::Untouched(_) => BTreeSet::from([Probe::Containers, Probe::Volumes]),
            Check::Database(check) => check.probes(),
            Check::Replaced(check) => check.probes(),
            Check::SameCluster(check) => check.probes(),
            Check::RowsBefore(check) => check.probes(),
            Check::RowsKept(check) => check.probes(),
            Check::SameData(check) => check.probes(),
            Check::Archive(check) => check.probes(),
            Check::Dump(check) => check.probes(),
            Check::Copied(check) => check.probes(),
            Check::Gone(check) => check.probes(),
            Check::Quiz(_) => BTreeSet::new(),
            Check::Cleaned(_) => BTreeSet::from([Probe::Containers, Probe::Volumes, Probe::Orphans]),
            Check::Script(check) => check.probes(),
        }
    }

    /// Judges; pure.
    pub(crate) fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let weighed = match self {
            Check::Volume(check) => check.weigh(scene),
            Check::Container(check) => check.weigh(scene),
            Check::Database(check) => check.weigh(scene),
            Check::Replaced(check) => check.weigh(scene),
            Check::SameCluster(check) => check.weigh(scene),
            Check::RowsBefore(check) => check.weigh(scene),
            Check::RowsKept(check) => check.weigh(scene),
            Check::SameData(check) => check.weigh(scene),
            Check::Archive(check) => check.weigh(scene),
            Check::Dump(check) => check.weigh(scene),
            Check::Copied(check) => check.weigh(scene),
            Check::Gone(check) => check.weigh(scene),
            Check::Quiz(check) => check.weigh(scene),
            Check::Cleaned(check) => check.weigh(scene),
            Check::Untouched(check) => check.weigh(scene),
            Check::Script(check) => check.weigh(scene),
        };
        weighed.unwrap_or_else(|verdict| verdict)
    }
}
