//! The quiz: questions, answers, grades. Pure but for reading the bank.

pub(crate) mod answers;
mod bank;
mod grade;

pub(crate) use answers::Answer;
pub(crate) use answers::Answers;
pub(crate) use bank::Choice;
pub(crate) use bank::Kind;
pub(crate) use bank::Question;
pub(crate) use bank::Quiz;
pub(crate) use grade::Graded;
pub(crate) use grade::Mark;
pub(crate) use grade::grade;
