//! A lab: steps that teach, checks that judge, criteria that count. Read from YAML once, validated, and trusted
//! from then on.

mod attempts;
mod mistakes;
mod model;
mod names;
mod predictions;
mod prefix;
mod raw;
mod shelf;
mod validate;

pub(crate) use attempts::Attempt;
#[cfg(test)]
pub(crate) use attempts::read as read_attempts;
pub(crate) use attempts::schema as attempts_schema;
pub(crate) use model::Criterion;
pub(crate) use model::Hint;
pub(crate) use model::Item;
pub(crate) use model::Lab;
pub(crate) use model::Mistake;
pub(crate) use model::Prediction;
pub(crate) use model::Step;
pub(crate) use model::Task;
pub(crate) use prefix::usable_prefix;
pub(crate) use raw::schema;
pub(crate) use shelf::Shelf;
#[cfg(test)]
pub(crate) use validate::lab as read_lab;
