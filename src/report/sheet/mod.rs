//! A room's sheet as text, JSON, CSV, `JUnit`, Markdown and HTML.

mod compared;
mod csv;
mod html;
mod json;
mod junit;
mod live;
mod markdown;
mod text;
mod words;

pub(crate) use compared::Compared;
pub(crate) use compared::json as compared_json;
pub(crate) use compared::text as compared_text;
pub(crate) use csv::not_in_moodle;
pub(crate) use html::STYLE as SHEET_STYLE;
pub(crate) use json::sheet as sheet_json;
pub(crate) use live::page as sheet_live_page;
pub(crate) use live::part as sheet_part;
pub(crate) use text::line as sheet_line;

use crate::class::Sheet;
use crate::error::Result;
use crate::report::Format;
use crate::report::Page;
use crate::text::Lang;

/// The forms of a sheet.
pub(crate) const FORMS: [Format; 7] =
    [Format::Text, Format::Json, Format::Csv, Format::Moodle, Format::Junit, Format::Markdown, Format::Html];

/// The sheet in a form.
pub(crate) fn sheet(sheet: &Sheet, format: Format, lang: Lang, page: &Page) -> Result<String> {
    match format {
        Format::Text => Ok(text::sheet(sheet, lang, page)),
        Format::Json => json::sheet(sheet, lang),
        Format::Csv => Ok(csv::plain(sheet, lang)),
        Format::Moodle => Ok(csv::moodle(sheet, lang)),
        Format::Junit => Ok(junit::sheet(sheet, lang)),
        Format::Markdown => Ok(markdown::sheet(sheet, lang)),
        Format::Html => Ok(html::sheet(sheet, lang)),
        Format::Svg | Format::Ndjson => format.among(&FORMS).map(|()| String::new()),
    }
}
