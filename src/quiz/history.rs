//! What a learner answered, ever: `quiz/ID.ndjson` in the data folder.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::error::Result;
use crate::quiz::FULL;
use crate::quiz::Graded;
use crate::quiz::Mark;
use crate::quiz::Mode;
use crate::quiz::Quiz;
use crate::quiz::ledger;

/// How many questions an attempt must have for its score to count as one of the quiz.
const ENOUGH: usize = 10;

/// A line of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Entry {
    /// A question was answered.
    Answered {
        /// When.
        at: Timestamp,
        /// In which attempt.
        attempt: String,
        /// Which.
        question: String,
        /// What it earned, of 100.
        credit: u32,
    },
    /// An attempt came to its end.
    Finished {
        /// When.
        at: Timestamp,
        /// Which.
        attempt: String,
        /// How it was taken.
        mode: Mode,
        /// The score.
        percent: u32,
        /// How many questions it had.
        questions: usize,
    },
    /// A check of the lab found these steps not right.
    Failing {
        /// When.
        at: Timestamp,
        /// The steps.
        steps: Vec<String>,
    },
}

/// A quiz's history.
#[derive(Debug)]
pub(crate) struct History {
    path: PathBuf,
    /// Everything that happened, in its order.
    pub entries: Vec<Entry>,
    /// Whether the last line was unfinished and left out.
    pub torn: bool,
}

/// How a section stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Standing {
    /// The section's id.
    pub section: String,
    /// How many questions it has.
    pub questions: usize,
    /// How many were answered at least once.
    pub answered: usize,
    /// How many were right the last time.
    pub right: usize,
}

impl History {
    /// Reads the history of a quiz; `home` is the data folder.
    pub(crate) fn read(home: &Path, quiz: &str) -> Result<History> {
        let path = home.join("quiz").join(format!("{quiz}.ndjson"));
        let ledger = ledger::read(&path)?;
        Ok(History { path, entries: ledger.lines, torn: ledger.torn })
    }

    /// Appends entries.
    pub(crate) fn note(&mut self, entries: Vec<Entry>) -> Result<()> {
        ledger::append(&self.path, &entries)?;
        self.entries.extend(entries);
        Ok(())
    }

    /// Keeps the answers of an attempt that are not kept yet.
    pub(crate) fn keep(&mut self, attempt: &str, graded: &Graded, at: Timestamp) -> Result<()> {
        let fresh = graded
            .questions
            .iter()
            .filter(|grade| grade.mark != Mark::Open && !self.holds(attempt, &grade.id));
        let answered = |question: &String, credit| Entry::Answered {
            at,
            attempt: attempt.to_owned(),
            question: question.clone(),
            credit,
        };
        let entries: Vec<Entry> = fresh.map(|grade| answered(&grade.id, grade.credit)).collect();
        if entries.is_empty() { Ok(()) } else { self.note(entries) }
    }

    fn holds(&self, id: &str, asked: &str) -> bool {
        self.entries.iter().any(
            |entry| matches!(entry, Entry::Answered { attempt, question, .. } if attempt == id && question == asked),
        )
    }

    /// Whether an attempt came to its end.
    pub(crate) fn has_finished(&self, id: &str) -> bool {
        self.entries.iter().any(|entry| matches!(entry, Entry::Finished { attempt, .. } if attempt == id))
    }

    /// The best score of all attempts that came to their end, in percent.
    pub(crate) fn best(&self, quiz: &Quiz) -> Option<u32> {
        let enough = ENOUGH.min(quiz.questions.len());
        let percent = |entry: &Entry| match entry {
            // A handful of questions says little about the whole.
            Entry::Finished { questions, .. } if *questions < enough => None,
            Entry::Finished { percent, .. } => Some(*percent),
            Entry::Answered { .. } | Entry::Failing { .. } => None,
        };
        self.entries.iter().filter_map(percent).max()
    }

    /// The steps that the last check of the lab found not right.
    pub(crate) fn failing(&self) -> &[String] {
        let last = self.entries.iter().rev().find_map(|entry| match entry {
            Entry::Failing { steps, .. } => Some(steps.as_slice()),
            Entry::Answered { .. } | Entry::Finished { .. } => None,
        });
        last.unwrap_or_default()
    }

    /// The answers, in their order: question, credit, time.
    pub(crate) fn answers(&self) -> impl Iterator<Item = (&str, u32, Timestamp)> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Answered { at, question, credit, .. } => Some((question.as_str(), *credit, *at)),
            Entry::Finished { .. } | Entry::Failing { .. } => None,
        })
    }

    /// What the last answer to a question earned.
    pub(crate) fn last(&self, question: &str) -> Option<u32> {
        self.answers().filter(|(id, _, _)| *id == question).map(|(_, credit, _)| credit).last()
    }

    /// How each section stands.
    pub(crate) fn standings(&self, quiz: &Quiz) -> Vec<Standing> {
        let last: BTreeMap<&str, u32> =
            self.answers().map(|(question, credit, _)| (question, credit)).collect();
        let right: BTreeSet<&str> =
            last.iter().filter(|(_, credit)| **credit == FULL).map(|(id, _)| *id).collect();
        let standing = |section: &String| {
            let ids = quiz
                .questions
                .iter()
                .filter(|question| question.section == *section)
                .map(|one| one.id.as_str());
            Standing {
                section: section.clone(),
                questions: ids.clone().count(),
                answered: ids.clone().filter(|id| last.contains_key(id)).count(),
                right: ids.filter(|id| right.contains(id)).count(),
            }
        };
        quiz.sections.iter().map(|section| standing(&section.id)).collect()
    }
}
