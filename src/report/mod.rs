//! From data to text: terminal, JSON, `JUnit`, Markdown, HTML, SVG. The only home of owo-colors; nothing here looks at
//! the world.

mod checkup;
mod class;
mod clean;
mod html;
mod json;
mod junit;
mod live;
mod map;
mod markdown;
mod progress;
mod quiz;
mod sheet;
mod terminal;
mod words;

use crate::engine::Scorecard;
use crate::error::Error;
use crate::error::Result;
use crate::text::Lang;
use crate::text::list;
use crate::text::say;
use crate::world::Daemon;

pub(crate) use checkup::Finding;
pub(crate) use checkup::Level;
pub(crate) use checkup::checkup_text;
pub(crate) use class::Sheet;
pub(crate) use clean::clean;
pub(crate) use json::ListedLab;
pub(crate) use json::ListedQuiz;
pub(crate) use json::checkup as checkup_json;
pub(crate) use json::list as list_json;
pub(crate) use json::map as map_json;
pub(crate) use json::room_checkup as room_checkup_json;
pub(crate) use live::change_line;
pub(crate) use live::change_ndjson;
pub(crate) use map::SVG_STYLE as MAP_STYLE;
pub(crate) use map::svg as map_svg;
pub(crate) use map::svg_part as map_part;
pub(crate) use map::text as map_text;
pub(crate) use progress::QuizPart;
pub(crate) use progress::with_quiz;
pub(crate) use quiz::again;
pub(crate) use quiz::chart as quiz_chart;
pub(crate) use quiz::explanation;
pub(crate) use quiz::json as quiz_json;
pub(crate) use quiz::page as quiz_page;
pub(crate) use sheet::Compared;
pub(crate) use sheet::FORMS as SHEET_FORMS;
pub(crate) use sheet::SHEET_STYLE;
pub(crate) use sheet::compared_json;
pub(crate) use sheet::compared_text;
pub(crate) use sheet::not_in_moodle;
pub(crate) use sheet::sheet;
pub(crate) use sheet::sheet_json;
pub(crate) use sheet::sheet_line;
pub(crate) use sheet::sheet_live_page;
pub(crate) use sheet::sheet_part;
pub(crate) use terminal::Page;
pub(crate) use terminal::step as step_text;
pub(crate) use words::size;
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
    /// One JSON object a line, as things change: `watch` alone.
    Ndjson,
    /// A drawing.
    Svg,
    /// A table for a spreadsheet: `class` alone.
    Csv,
    /// The table that Moodle's grade import reads: `class` alone.
    Moodle,
}

impl Format {
    /// Refuses a form that a command does not have, and says which it has.
    pub(crate) fn among(self, known: &[Format]) -> Result<()> {
        if known.contains(&self) {
            return Ok(());
        }
        let (form, known) = (self.name(), list(known.iter().map(|form| form.name())));
        Err(Error::usage(say!(
            "cette commande n'a pas la forme `{form}`",
            "this command has no form `{form}`"
        ))
        .hint(say!("elle a : {known}", "it has: {known}")))
    }

    /// As it is typed.
    fn name(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Json => "json",
            Format::Junit => "junit",
            Format::Markdown => "markdown",
            Format::Html => "html",
            Format::Svg => "svg",
            Format::Ndjson => "ndjson",
            Format::Csv => "csv",
            Format::Moodle => "moodle",
        }
    }
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
    /// The forms of a scorecard.
    pub(crate) const FORMS: [Format; 5] =
        [Format::Text, Format::Json, Format::Junit, Format::Markdown, Format::Html];

    /// The report in a form; `page` says how a terminal is written to.
    pub(crate) fn render(&self, format: Format, lang: Lang, page: &Page) -> Result<String> {
        match format {
            Format::Text => Ok(terminal::scorecard(self, lang, page)),
            Format::Json => json::report(self, lang),
            Format::Junit => Ok(junit::report(self, lang)),
            Format::Markdown => Ok(markdown::report(self, lang)),
            Format::Html => Ok(html::report(self, lang)),
            // A scorecard is no drawing and no table; commands refuse these before they begin.
            Format::Svg | Format::Ndjson | Format::Csv | Format::Moodle => {
                format.among(&Report::FORMS).map(|()| String::new())
            }
        }
    }
}
