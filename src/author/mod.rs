//! The kit for those who write: what a machine can know about labs, quizzes and inventories, and how new ones begin.

#[cfg(test)]
mod fuzz;
mod lint;
mod proposal;
mod scaffold;
mod schema;

pub(crate) use lint::Linted;
pub(crate) use lint::lint_file;
pub(crate) use lint::lint_shelf;
pub(crate) use proposal::proposal;
pub(crate) use scaffold::scaffold;
pub(crate) use schema::FileKind;
pub(crate) use schema::schema;
