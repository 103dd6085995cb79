//! A room: an inventory of machines, the same pipeline for each of them side by side, and the sheet.

mod address;
mod checkup;
mod inventory;
mod live;
mod prepare;
mod quiz;
mod range;
mod remote;
mod reset;
mod room;
mod sheet;
mod store;
#[cfg(test)]
pub(crate) mod testing;
mod unasked;
mod visit;

pub(crate) use checkup::Checkup;
pub(crate) use inventory::Inventory;
pub(crate) use inventory::Machine;
pub(crate) use inventory::schema;
pub(crate) use prepare::Hear;
pub(crate) use prepare::Prepared;
pub(crate) use prepare::Source;
pub(crate) use remote::Via;
pub(crate) use reset::Plan;
pub(crate) use room::Room;
pub(crate) use sheet::Reached;
pub(crate) use sheet::Row;
pub(crate) use sheet::Sheet;
pub(crate) use sheet::State;
pub(crate) use store::Curves;
pub(crate) use store::Filed;
pub(crate) use store::Findings;
pub(crate) use store::Kept;
pub(crate) use store::Place;
pub(crate) use store::Store;
pub(crate) use visit::Visitor;
