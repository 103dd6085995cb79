//! A class's sheet: who did how, and how each question did.

use std::fmt::Write;

use serde_json::Value;
use serde_json::json;

use crate::error::Result;
use crate::quiz::Quiz;
use crate::quiz::class::Item;
use crate::quiz::class::Learner;
use crate::report::Page;
use crate::report::clean;
use crate::report::json::SCHEMA;
use crate::report::json::document;
use crate::report::quiz::number;
use crate::report::quiz::points;
use crate::text::Lang;
use crate::text::Text;
use crate::text::say;

/// A class's answers, graded.
pub(crate) struct Sheet<'a> {
    /// The quiz.
    pub quiz: &'a Quiz,
    /// Each learner's grade.
    pub learners: &'a [Learner],
    /// How each question did.
    pub items: &'a [Item],
    /// What was wrong with the files that could not be graded.
    pub unread: &'a [Text],
}

impl Sheet<'_> {
    /// For programs.
    pub(crate) fn json(&self, lang: Lang) -> Result<String> {
        let learners = self.learners.iter().map(|learner| {
            let graded = &learner.graded;
            json!({
                "name": learner.name, "before": learner.before, "right": graded.right(), "questions": graded.questions.len(),
                "score": {"points": number(graded.points()), "max": number(graded.max()), "percent": graded.percent()},
            })
        });
        let items = self.items.iter().map(|item| {
            json!({
                "id": item.id, "asked": item.asked, "open": item.open, "rate": rounded(item.rate),
                "discrimination": item.discrimination.map(|value| rounded(value * 10.0) / 10.0),
                "chosen": item.chosen, "never_chosen": item.never,
            })
        });
        let unread: Vec<_> = self.unread.iter().map(|what| what.get(lang)).collect();
        document(&json!({
            "schema": SCHEMA, "quiz": self.quiz.id, "learners": learners.collect::<Vec<Value>>(),
            "questions": items.collect::<Vec<Value>>(), "unread": unread,
        }))
    }

    /// For the terminal.
    pub(crate) fn text(&self, page: &Page, lang: Lang) -> String {
        let mut out = page.heading(&self.quiz.title.get(lang));
        let widest =
            self.learners.iter().map(|learner| learner.name.chars().count()).max().unwrap_or(0).min(40);
        for learner in self.learners {
            let graded = &learner.graded;
            let changed = match learner.before {
                Some(before) if before != graded.percent() => {
                    say!(" (avant : {before} %)", " (before: {before}%)").get(lang).into_owned()
                }
                _ => String::new(),
            };
            let score = format!("{}/{}", points(graded.points(), lang), points(graded.max(), lang));
            let _ = writeln!(
                out,
                "  {:<widest$}  {score:>9}  {:>3} %{changed}",
                clean(&learner.name),
                graded.percent()
            );
        }
        out.push_str(&page.heading(&say!("Questions", "Questions").get(lang)));
        let head = say!(
            "réussite  discrimination  options jamais choisies",
            "success  discrimination  options never chosen"
        );
        let widest = self.items.iter().map(|item| item.id.len()).max().unwrap_or(0);
        let _ = writeln!(out, "  {:<widest$}  {}", "", head.get(lang));
        for item in self.items {
            let value = item.discrimination.map_or_else(|| "–".to_owned(), |value| format!("{value:+.2}"));
            let never = item.never.join(", ");
            let _ = writeln!(out, "  {:<widest$}  {:>5.0} %  {value:>13}  {never}", item.id, item.rate);
        }
        let key = say!(
            "discrimination : corrélation avec le reste du quiz ; sous 0,20, la question sépare mal, sous 0, la clé est à vérifier",
            "discrimination: correlation with the rest of the quiz; below 0.20 the question tells little, below 0 check the key"
        );
        out.push_str(&page.paragraph("  ", &key.get(lang)));
        out
    }

    /// Learners by questions, in points.
    pub(crate) fn csv(&self) -> String {
        let ids = self.items.iter().map(|item| item.id.as_str());
        let mut out = format!("name,points,max,percent,{}\n", ids.clone().collect::<Vec<_>>().join(","));
        for learner in self.learners {
            let graded = &learner.graded;
            let head = [number(graded.points()), number(graded.max()), json!(graded.percent())];
            let of = |id: &str| graded.questions.iter().find(|grade| grade.id == id);
            let cells =
                ids.clone().map(|id| of(id).map_or(Value::Null, |grade| number(grade.credit * grade.weight)));
            let cells = head
                .into_iter()
                .chain(cells)
                .map(|cell| if cell.is_null() { String::new() } else { cell.to_string() });
            let _ = writeln!(out, "{},{}", quoted(&learner.name), cells.collect::<Vec<_>>().join(","));
        }
        out
    }
}

/// A name as a CSV field; one that a spreadsheet would take for a formula gets an apostrophe.
fn quoted(name: &str) -> String {
    let name = if name.starts_with(['=', '+', '-', '@']) { format!("'{name}") } else { name.to_owned() };
    if name.contains([',', '"', '\n', '\'']) { format!("\"{}\"", name.replace('"', "\"\"")) } else { name }
}

/// One decimal is enough.
fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
