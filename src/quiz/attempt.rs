//! An attempt that is under way: `quiz/ID.attempt.ndjson` in the data folder, so that it goes on after a kill.

use std::path::Path;
use std::path::PathBuf;

use jiff::SignedDuration;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::error::Error;
use crate::error::Result;
use crate::quiz::Answer;
use crate::quiz::Answers;
use crate::quiz::Quiz;
use crate::quiz::ledger;
use crate::text::say;

/// How a quiz is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// Each answer is explained at once.
    Practice,
    /// Nothing is told before the end.
    Exam,
    /// Practice with what is due.
    Review,
    /// Answers from a file.
    File,
}

/// What an attempt is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Begun {
    /// Its id.
    pub attempt: String,
    /// When it began.
    pub at: Timestamp,
    /// How it is taken.
    pub mode: Mode,
    /// The seed of the paper.
    pub seed: u64,
    /// The questions, in their order.
    pub questions: Vec<String>,
    /// The time limit.
    pub minutes: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    Begun(Begun),
    Answered { question: String, given: Vec<String> },
}

/// An attempt.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    path: PathBuf,
    /// What it is about.
    pub begun: Begun,
    /// The answers so far; a question that was left is not among them.
    pub answers: Answers,
}

fn file(home: &Path, quiz: &str) -> PathBuf {
    home.join("quiz").join(format!("{quiz}.attempt.ndjson"))
}

impl Attempt {
    /// The attempt that is under way, if one is; one that names questions which the quiz no longer has is not.
    pub(crate) fn open(home: &Path, quiz: &Quiz) -> Result<Option<Attempt>> {
        let path = file(home, &quiz.id);
        let mut lines = ledger::read::<Line>(&path)?.lines.into_iter();
        let begun = match lines.next() {
            None => return Ok(None),
            Some(Line::Begun(begun)) => begun,
            Some(Line::Answered { .. }) => {
                let path = path.display();
                return Err(Error::usage(say!(
                    "`{path}` n'est pas un essai de quiz",
                    "`{path}` is not an attempt at a quiz"
                ))
                .hint(say!(
                    "mettez-le de côté : `mv {path} {path}.old`",
                    "put it aside: `mv {path} {path}.old`"
                )));
            }
        };
        let mut attempt = Attempt { path, begun, answers: Answers::new() };
        for line in lines {
            if let Line::Answered { question, given } = line {
                attempt.take(question, given);
            }
        }
        let known = attempt.begun.questions.iter().all(|id| quiz.question(id).is_some());
        Ok(Some(attempt).filter(|_| known))
    }

    /// Begins an attempt in place of any other.
    pub(crate) fn begin(home: &Path, quiz: &str, begun: Begun) -> Result<Attempt> {
        let path = file(home, quiz);
        remove(&path)?;
        ledger::append(&path, &[Line::Begun(begun.clone())])?;
        Ok(Attempt { path, begun, answers: Answers::new() })
    }

    /// Keeps an answer; an empty one takes it back.
    pub(crate) fn answer(&mut self, question: &str, given: Vec<String>) -> Result<()> {
        ledger::append(
            &self.path,
            &[Line::Answered { question: question.to_owned(), given: given.clone() }],
        )?;
        self.take(question.to_owned(), given);
        Ok(())
    }

    fn take(&mut self, question: String, given: Vec<String>) {
        self.answers.insert(question, Answer { given });
    }

    /// The end of the time limit.
    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        let minutes = i64::from(self.begun.minutes?);
        self.begun.at.checked_add(SignedDuration::from_mins(minutes)).ok()
    }

    /// The answers with every question of the paper, those that were left open too.
    pub(crate) fn all_answers(&self) -> Answers {
        let given =
            |id: &String| self.answers.get(id).cloned().unwrap_or_else(|| Answer { given: Vec::new() });
        self.begun.questions.iter().map(|id| (id.clone(), given(id))).collect()
    }

    /// Ends the attempt.
    pub(crate) fn end(self) -> Result<()> {
        remove(&self.path)
    }
}

fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            let path = path.display();
            Err(Error::environment(say!(
                "`{path}` n'a pas pu être supprimé",
                "`{path}` could not be removed"
            ))
            .because(error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
