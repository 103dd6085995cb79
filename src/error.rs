//! What went wrong, in words: kind, sentence, cause and the next step. The kind alone decides the exit code.

use std::fmt::Display;
use std::process::ExitCode;

use crate::text::Lang;
use crate::text::Text;

/// How the program ends; ../README.md repeats the table and a test reads both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done; for a check or a quiz: everything asked for passed.
    Done,
    /// Judged, and something is not passed yet.
    NotYet,
    /// Wrong use, or a file that is not valid.
    Usage,
    /// The environment: daemon, image, disk, or something that could not be seen.
    Environment,
    /// Interrupted by the user.
    Interrupted,
}

impl Exit {
    /// The number the shell sees.
    pub(crate) fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::NotYet => 1,
            Exit::Usage => 2,
            Exit::Environment => 3,
            Exit::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

/// An error for the person in front of the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Error {
    /// Decides the exit code.
    pub exit: Exit,
    /// What, where and why, as a sentence.
    pub what: Text,
    /// What the system, the daemon or a library said, word for word.
    pub cause: Option<String>,
    /// The single complaints, where there are several.
    pub details: Vec<Text>,
    /// The next steps, the best one first.
    pub hints: Vec<Text>,
}

/// The result of everything that can go wrong.
pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    fn new(exit: Exit, what: Text) -> Error {
        Error { exit, what, cause: None, details: Vec::new(), hints: Vec::new() }
    }

    /// Wrong use, or a file that is not valid (exit code 2).
    pub(crate) fn usage(what: Text) -> Error {
        Error::new(Exit::Usage, what)
    }

    /// The machine does not allow it (exit code 3).
    pub(crate) fn environment(what: Text) -> Error {
        Error::new(Exit::Environment, what)
    }

    /// The user stopped the program (exit code 130).
    pub(crate) fn interrupted(what: Text) -> Error {
        Error::new(Exit::Interrupted, what)
    }

    /// Keeps what a library or the system said.
    #[must_use]
    pub(crate) fn because(mut self, cause: impl Display) -> Error {
        self.cause = Some(cause.to_string());
        self
    }

    /// Adds one of several complaints.
    #[must_use]
    pub(crate) fn detail(mut self, detail: Text) -> Error {
        self.details.push(detail);
        self
    }

    /// Adds a next step.
    #[must_use]
    pub(crate) fn hint(mut self, hint: Text) -> Error {
        self.hints.push(hint);
        self
    }

    /// The whole error on a few lines, ready for stderr.
    pub(crate) fn render(&self, lang: Lang) -> String {
        let mut out = format!("docker-lab: {}", self.what.get(lang));
        if let Some(cause) = &self.cause {
            out.push_str("\n  ");
            out.push_str(cause.trim_end());
        }
        for detail in &self.details {
            out.push_str("\n  ");
            out.push_str(&detail.get(lang));
        }
        let label = match lang {
            Lang::Fr => "Piste\u{a0}: ",
            Lang::En => "Hint: ",
        };
        for hint in &self.hints {
            out.push_str("\n  ");
            out.push_str(label);
            out.push_str(&hint.get(lang));
        }
        out
    }
}
