//! What a lab may demand: one file per kind of check, with its fields, its probes and its verdict. Judging is
//! pure: facts and memory in, verdict out.
//!
//! A new kind is one file here, a variant of [`Check`], and the arms the compiler then asks for.

mod archive;
mod cleaned;
mod cluster;
mod composed;
mod container;
mod content;
mod copied;
mod copies;
mod database;
mod dates;
mod differences;
mod dump;
mod ended;
mod gone;
mod kinds;
mod mount;
mod mounts;
mod quiz;
mod removed;
mod replaced;
mod rows;
mod same;
mod same_files;
mod scene;
mod script;
mod server;
mod turned_away;
mod upgraded;
mod verdict;
mod volume;

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::world::Probe;

pub(crate) use scene::Scene;
pub(crate) use verdict::Failure;
pub(crate) use verdict::Verdict;

/// A demand of a lab; the key in the file names the kind.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Check {
    /// A named volume is there.
    Volume(volume::VolumeCheck),
    /// A container runs and mounts what it should, where it should.
    Container(container::ContainerCheck),
    /// A container, running or not, mounts one thing as it should.
    Mount(mount::MountCheck),
    /// A service of a Compose file mounts one thing as it should.
    ComposeMount(composed::ComposeMountCheck),
    /// A Compose file declares a volume as it should.
    ComposeVolume(composed::ComposeVolumeCheck),
    /// A file of a volume, of a container or of the workspace holds what it should.
    Content(content::ContentCheck),
    /// A container or a volume that was there is gone.
    Removed(removed::RemovedCheck),
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
    SameData(same::SameDataCheck),
    /// A database answers, from a server of one version.
    Server(server::ServerCheck),
    /// A server ended, since its data are those of another version.
    TurnedAway(turned_away::TurnedAwayCheck),
    /// A server of another version holds exactly what its source holds.
    Upgraded(upgraded::UpgradedCheck),
    /// A copy, in a volume or an archive, holds exactly the files that its source holds.
    SameFiles(same_files::SameFilesCheck),
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
    pub(crate) fn kinds() -> &'static [&'static str] {
        kinds::names()
    }

    /// What must be looked at before this can be judged.
    pub(crate) fn probes(&self) -> BTreeSet<Probe> {
        match self {
            Check::Volume(_) => BTreeSet::from([Probe::Volumes]),
            Check::Container(_) | Check::Removed(_) | Check::Untouched(_) => {
                BTreeSet::from([Probe::Containers, Probe::Volumes])
            }
            Check::Mount(check) => check.probes(),
            Check::ComposeMount(check) => check.probes(),
            Check::ComposeVolume(check) => check.probes(),
            Check::Content(check) => check.probes(),
            Check::Database(check) => check.probes(),
            Check::Replaced(check) => check.probes(),
            Check::SameCluster(check) => check.probes(),
            Check::RowsBefore(check) => check.probes(),
            Check::RowsKept(check) => check.probes(),
            Check::SameData(check) => check.probes(),
            Check::Server(check) => check.probes(),
            Check::TurnedAway(check) => check.probes(),
            Check::Upgraded(check) => check.probes(),
            Check::SameFiles(check) => check.probes(),
            Check::Archive(check) => check.probes(),
            Check::Dump(check) => check.probes(),
            Check::Copied(check) => check.probes(),
            Check::Gone(check) => check.probes(),
            Check::Quiz(_) => BTreeSet::new(),
            Check::Cleaned(_) => BTreeSet::from([Probe::Containers, Probe::Volumes, Probe::Orphans]),
            Check::Script(check) => check.probes(),
        }
    }

    /// What else to look at, by what is seen so far: for the reason of a failure, or for the last word on a pass.
    pub(crate) fn clues(&self, scene: &Scene<'_>) -> BTreeSet<Probe> {
        match self {
            Check::Container(check) => check.clues(scene),
            Check::Database(check) => check.clues(scene),
            Check::Archive(check) => check.clues(scene),
            Check::Copied(check) => check.clues(scene),
            Check::SameCluster(check) => cluster::clues(scene, &check.now),
            _ => BTreeSet::new(),
        }
    }

    /// The check, as `step.check`, whose evidence it rests on.
    pub(crate) fn rests_on(&self) -> Option<&str> {
        match self {
            Check::Content(check) => check.gone_since.as_deref().or(check.kept_since.as_deref()),
            _ => None,
        }
    }

    /// Whether it is about a file in a container.
    pub(crate) fn is_of_a_container(&self) -> bool {
        matches!(self, Check::Content(check) if check.is_of_a_container())
    }

    /// The mistakes that it can name.
    pub(crate) fn mistakes(&self) -> Vec<&'static str> {
        match self {
            Check::Volume(check) => check.mistakes(),
            Check::Mount(check) => check.mistakes(),
            Check::ComposeMount(check) => check.mistakes(),
            Check::ComposeVolume(check) => check.mistakes(),
            Check::Content(check) => check.mistakes(),
            Check::Removed(check) => check.mistakes(),
            Check::Container(_) => [container::MISTAKES, mounts::MISTAKES].concat(),
            Check::Database(_) => [database::MISTAKES, scene::MISTAKES].concat(),
            Check::Replaced(_) => [replaced::MISTAKES, mounts::MISTAKES, scene::MISTAKES].concat(),
            Check::SameCluster(_) => [cluster::MISTAKES, scene::MISTAKES].concat(),
            Check::RowsBefore(_) => [rows::MISTAKES_BEFORE, scene::MISTAKES].concat(),
            Check::RowsKept(_) => [rows::MISTAKES_KEPT, scene::MISTAKES].concat(),
            Check::SameData(_) => [same::MISTAKES, scene::MISTAKES].concat(),
            Check::Server(check) => [&check.mistakes()[..], scene::MISTAKES].concat(),
            Check::TurnedAway(_) => turned_away::MISTAKES.to_vec(),
            Check::Upgraded(_) => [upgraded::MISTAKES, scene::MISTAKES].concat(),
            Check::SameFiles(check) => check.mistakes(),
            Check::Archive(check) => check.mistakes(),
            Check::Dump(_) => dump::MISTAKES.to_vec(),
            Check::Copied(_) => copied::MISTAKES.to_vec(),
            Check::Gone(_) => gone::MISTAKES.to_vec(),
            Check::Quiz(_) => quiz::MISTAKES.to_vec(),
            Check::Cleaned(_) => cleaned::MISTAKES.to_vec(),
            Check::Untouched(_) => cleaned::MISTAKES_UNTOUCHED.to_vec(),
            Check::Script(check) => check.mistakes(),
        }
    }

    /// Judges; pure.
    pub(crate) fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let weighed = match self {
            Check::Volume(check) => check.weigh(scene),
            Check::Container(check) => check.weigh(scene),
            Check::Mount(check) => check.weigh(scene),
            Check::ComposeMount(check) => check.weigh(scene),
            Check::ComposeVolume(check) => check.weigh(scene),
            Check::Content(check) => check.weigh(scene),
            Check::Removed(check) => check.weigh(scene),
            Check::Database(check) => check.weigh(scene),
            Check::Replaced(check) => check.weigh(scene),
            Check::SameCluster(check) => check.weigh(scene),
            Check::RowsBefore(check) => check.weigh(scene),
            Check::RowsKept(check) => check.weigh(scene),
            Check::SameData(check) => check.weigh(scene),
            Check::Server(check) => check.weigh(scene),
            Check::TurnedAway(check) => check.weigh(scene),
            Check::Upgraded(check) => check.weigh(scene),
            Check::SameFiles(check) => check.weigh(scene),
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
