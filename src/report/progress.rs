//! The progress in a quiz, as a part of a lab's report.

use std::fmt::Write;

use serde_json::Value;

use crate::error::Result;
use crate::quiz::Quiz;
use crate::quiz::Standing;
use crate::report::Format;
use crate::report::Page;
use crate::report::json::document;
use crate::report::junit::escaped;
use crate::report::quiz::chart;
use crate::text::Lang;
use crate::text::say;

/// A quiz and how its sections stand.
pub(crate) struct QuizPart<'a> {
    /// The quiz.
    pub quiz: &'a Quiz,
    /// Its sections.
    pub standings: &'a [Standing],
}

/// A report with the quiz's part at its end.
pub(crate) fn with_quiz(
    text: String,
    format: Format,
    part: &QuizPart<'_>,
    page: &Page,
    lang: Lang,
) -> Result<String> {
    match format {
        Format::Text => Ok(text + "\n" + &chart(part.quiz, part.standings, 0, page, lang)),
        Format::Json => match serde_json::from_str::<Value>(&text) {
            Ok(mut whole) => {
                whole["quiz"] = serde_json::json!({"id": part.quiz.id, "progress": part.standings});
                document(&whole)
            }
            Err(_) => Ok(text),
        },
        // What a CI server reads stays as it is; a drawing or a stream is no report.
        Format::Junit | Format::Svg | Format::Ndjson | Format::Csv | Format::Moodle => Ok(text),
        Format::Markdown => Ok(text + &part.markdown(lang)),
        Format::Html => Ok(text.replacen("</body>", &(part.html(lang) + "</body>"), 1)),
    }
}

impl QuizPart<'_> {
    fn rows(&self, lang: Lang) -> impl Iterator<Item = (String, &Standing)> {
        self.standings
            .iter()
            .map(move |one| (self.quiz.section_title(&one.section).get(lang).into_owned(), one))
    }

    fn markdown(&self, lang: Lang) -> String {
        let head =
            say!("## Quiz\n\n| section | juste | questions |", "## Quiz\n\n| section | right | questions |");
        let mut out = format!("\n{}\n|---|---:|---:|\n", head.get(lang));
        for (title, one) in self.rows(lang) {
            let _ = writeln!(out, "| {} | {} | {} |", title.replace('|', "\\|"), one.right, one.questions);
        }
        out
    }

    fn html(&self, lang: Lang) -> String {
        let mut out = String::from("<h2>Quiz</h2>\n<table>");
        for (title, one) in self.rows(lang) {
            let _ = writeln!(
                out,
                "<tr><td>{}</td><td><meter min=\"0\" max=\"{}\" value=\"{}\"></meter></td><td class=\"n\">{}/{}</td></tr>",
                escaped(&title),
                one.questions,
                one.right,
                one.right,
                one.questions
            );
        }
        out + "</table>\n"
    }
}
