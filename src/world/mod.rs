//! The words that the pure part and the adapters share: what can be asked (probes), what was seen (facts), what
//! is remembered (memory), and what can be done (operations).

mod data;
mod fact;
mod memory;
mod operation;
mod probe;
mod resources;

pub(crate) use data::Database;
pub(crate) use data::Sequence;
pub(crate) use data::Table;
pub(crate) use data::TableGap;
pub(crate) use fact::Archive;
pub(crate) use fact::Container;
pub(crate) use fact::Daemon;
pub(crate) use fact::DataFolder;
pub(crate) use fact::Dump;
pub(crate) use fact::Fact;
pub(crate) use fact::Facts;
pub(crate) use fact::File;
pub(crate) use fact::Mount;
pub(crate) use fact::MountKind;
pub(crate) use fact::Observed;
pub(crate) use fact::Orphan;
pub(crate) use fact::ScriptDay;
pub(crate) use fact::ScriptRun;
pub(crate) use fact::Volume;
pub(crate) use fact::is_anonymous;
pub(crate) use memory::Answered;
pub(crate) use memory::Author;
pub(crate) use memory::Baseline;
pub(crate) use memory::CheckRef;
pub(crate) use memory::Evidence;
pub(crate) use memory::Memory;
pub(crate) use memory::SeenCluster;
pub(crate) use memory::SeenContainer;
pub(crate) use operation::DatabaseDump;
pub(crate) use operation::FileWrite;
pub(crate) use operation::MountSpec;
pub(crate) use operation::Operation;
pub(crate) use operation::Run;
pub(crate) use operation::VolumeArchive;
pub(crate) use operation::VolumeRestore;
pub(crate) use probe::Probe;
pub(crate) use resources::Resources;
