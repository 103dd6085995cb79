//! A change of a verdict while it is watched: a line for the learner, an object for programs.

use jiff::Timestamp;
use serde::Serialize;

use crate::engine::Change;
use crate::engine::Status;
use crate::engine::Subject;
use crate::error::Error;
use crate::error::Result;
use crate::report::Page;
use crate::report::words::either;
use crate::report::words::status_word;
use crate::text::Lang;
use crate::text::Text;
use crate::text::say;

/// The object of the contract.
#[derive(Serialize)]
struct Line<'a> {
    at: Timestamp,
    kind: &'static str,
    id: &'a str,
    step: Option<&'a str>,
    status: &'static str,
    mistake: Option<&'static str>,
    message: String,
}

/// One line of JSON, its end included.
pub(crate) fn change_ndjson(change: &Change, at: Timestamp, lang: Lang) -> Result<String> {
    let line = Line {
        at,
        kind: match change.subject {
            Subject::Check => "check",
            Subject::Step => "step",
            Subject::Criterion => "criterion",
        },
        id: &change.id,
        step: change.step.as_deref(),
        status: change.status.word(),
        mistake: change.mistake,
        message: change.message.get(lang).into_owned(),
    };
    let text = serde_json::to_string(&line).map_err(|error| {
        Error::environment(say!("la ligne n'a pas pu être écrite", "the line could not be written"))
            .because(error)
    })?;
    Ok(text + "\n")
}

/// What the learner sees: the claim, why it counts or what is wrong, and the way out.
pub(crate) fn change_line(change: &Change, lang: Lang, page: &Page) -> String {
    let word = status_word(change.status, lang).1;
    let undone = change.was == Some(Status::Passed) && change.status != Status::Passed;
    let title = change.title.get(lang);
    let title = match change.subject {
        Subject::Check => title.into_owned(),
        Subject::Step => format!("{} {title}", either(lang, "Étape", "Step")),
        Subject::Criterion => format!("{} {title}", either(lang, "Critère", "Criterion")),
    };
    let undone = if undone { either(lang, " (n'est plus fait)", " (no longer done)") } else { "" };
    let mut out = page.marked("", change.status, lang, &format!("{title} — {word}{undone}"));
    if change.subject == Subject::Check {
        out.push_str(&page.paragraph("  ", &says(&change.message, lang)));
    }
    if let Some(hint) = &change.hint {
        out.push_str(&page.paragraph("  → ", &says(hint, lang)));
    }
    out
}

fn says(text: &Text, lang: Lang) -> String {
    text.get(lang).into_owned()
}
