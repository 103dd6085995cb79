//! From data to text: terminal, JSON, `JUnit`, Markdown, HTML. The only home of owo-colors; nothing here looks at
//! the world.

mod clean;
mod html;
mod json;
mod junit;
mod markdown;
mod terminal;
mod words;

use crate::engine::Scorecard;
use crate::error::Result;
use crate::text::Lang;
use crate::world::Daemon;

pub(crate) use clean::clean;
pub(crate) use json::ListedLab;
pub(crate) use json::ListedQuiz;
pub(crate) use json::list as list_json;
pub(crate) use json::quiz as quiz_json;
pub(crate) use terminal::Page;
pub(crate) use words::status_word;

/// A form of the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For the terminal.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For CI servers.
    Junit,
    /// For a repository or a forum.
    Markdown,
    /// A page that can be printed.
    Html,
}

/// A scorecard and what belongs to it in a report.
pub(crate) struct Report<'a> {
    /// The verdicts.
    pub scorecard: &'a Scorecard,
    /// The daemon.
    pub daemon: &'a Daemon,
    /// Images that only stand in for the real ones.
    pub stand_ins: &'a [String],
}

impl Report<'_> {
    /// The report in a form; `page` says how a terminal is written to.
    pub(crate) fn render(&self, format: Format, lang: Lang, page: &Page) -> Result<String> {
        match format {
            Format::Text => Ok(terminal::scorecard(self, lang, page)),
            Format::Json => json::report(self, lang),
            Format::Junit => Ok(junit::report(self, lang)),
            Format::Markdown => Ok(markdown::report(self, lang)),
            Format::Html => Ok(html::report(self, lang)),
        }
    }
}
