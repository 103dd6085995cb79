//! A lab: steps that teach, checks that judge, criteria that count. Read from YAML once, validated, and trusted
//! from then on.

mod model;
mod prefix;
mod raw;
mod shelf;
mod validate;

pub(crate) use model::Criterion;
pub(crate) use model::Item;
pub(crate) use model::Lab;
pub(crate) use model::Step;
pub(crate) use model::Task;
pub(crate) use shelf::Shelf;
