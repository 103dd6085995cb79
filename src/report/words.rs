//! The words that stand for a status, the same in every form of the report.

use crate::engine::Source;
use crate::engine::Status;
use crate::text::Lang;
use crate::world::Author;

/// The sign and the word of a status; the word alone tells it too.
pub(crate) fn status_word(status: Status, lang: Lang) -> (&'static str, &'static str) {
    match (status, lang) {
        (Status::Passed, Lang::Fr) => ("✓", "réussi"),
        (Status::Passed, Lang::En) => ("✓", "passed"),
        (Status::Failed, Lang::Fr) => ("✗", "à corriger"),
        (Status::Failed, Lang::En) => ("✗", "to be mended"),
        (Status::Pending, Lang::Fr) => ("○", "à faire"),
        (Status::Pending, Lang::En) => ("○", "to do"),
        (Status::Blocked, Lang::Fr) => ("·", "en attente"),
        (Status::Blocked, Lang::En) => ("·", "waiting"),
        (Status::Unseen, Lang::Fr) => ("?", "pas pu être vu"),
        (Status::Unseen, Lang::En) => ("?", "could not be seen"),
    }
}

/// Where a proof was seen.
pub(super) fn source_word(source: Source) -> &'static str {
    match source {
        Source::Live => "live",
        Source::Journal => "journal",
    }
}

/// Who did it.
pub(super) fn author_word(author: Author) -> &'static str {
    match author {
        Author::Learner => "learner",
        Author::App => "app",
    }
}

/// A choice between two wordings of the program's own.
pub(super) fn either(lang: Lang, fr: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Fr => fr,
        Lang::En => en,
    }
}
