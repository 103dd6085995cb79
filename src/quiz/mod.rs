//! The quiz: questions, answers, grades, papers, and what a learner answered. Pure but for reading and keeping files; the
//! time is passed in.

pub(crate) mod answers;
mod attempt;
mod bank;
pub(crate) mod class;
mod command;
mod dice;
pub(crate) mod exchange;
mod explain;
mod given;
mod grade;
mod history;
pub(crate) mod key;
mod kinds;
mod ledger;
mod lint;
pub(crate) mod paper;
#[cfg(test)]
mod properties;
mod schedule;
mod valid;

pub(crate) use answers::Answer;
pub(crate) use answers::Answers;
pub(crate) use attempt::Attempt;
pub(crate) use attempt::Begun;
pub(crate) use attempt::Mode;
pub(crate) use bank::Question;
pub(crate) use bank::Quiz;
pub(crate) use bank::schema;
pub(crate) use explain::Tone;
pub(crate) use explain::explain;
pub(crate) use given::settled;
pub(crate) use grade::FULL;
pub(crate) use grade::Grade;
pub(crate) use grade::Graded;
pub(crate) use grade::Mark;
pub(crate) use grade::fitting;
pub(crate) use grade::grade;
pub(crate) use history::Entry;
pub(crate) use history::History;
pub(crate) use history::Standing;
pub(crate) use kinds::Choice;
pub(crate) use kinds::Kind;
pub(crate) use lint::Tags;
pub(crate) use lint::lint;
pub(crate) use schedule::Schedule;
