//! The sheet as Markdown.

use std::fmt::Write;

use crate::class::Sheet;
use crate::engine::Status;
use crate::report::markdown::own;
use crate::report::sheet::words;
use crate::report::words::either;
use crate::report::words::status_word;
use crate::text::Lang;
use crate::text::list;

pub(super) fn sheet(sheet: &Sheet, lang: Lang) -> String {
    let mut out = format!("# {} — {}\n\n", own(&sheet.room), sheet.lab.title.get(lang));
    let _ = writeln!(out, "{} · {}\n", words::counts(sheet).get(lang), sheet.at);
    let _ = write!(out, "| machine | {} |", either(lang, "participant", "learner"));
    for criterion in &sheet.lab.criteria {
        let _ = write!(out, " {} |", criterion.id);
    }
    let _ = writeln!(out, " total | {} |", either(lang, "où", "where"));
    let _ = writeln!(out, "|---|---|{}---:|---|", "---:|".repeat(sheet.lab.criteria.len()));
    let twins = sheet.twins();
    for (index, row) in sheet.rows.iter().enumerate() {
        let learner = row.machine.learner.as_deref().unwrap_or_default();
        let _ = write!(out, "| {} | {} |", own(&row.machine.name), own(learner));
        if let Some(reached) = row.reached() {
            for one in &reached.scorecard.criteria {
                match one.status {
                    Status::Passed => drop(write!(out, " {} |", one.points)),
                    other => drop(write!(out, " {} |", status_word(other, lang).0)),
                }
            }
            let marks = words::marks(row, twins.get(&index), sheet);
            let marks = list(marks.iter().map(|mark| mark.get(lang)));
            let card = &reached.scorecard;
            let told = format!("{} {marks}", words::stands(reached, lang));
            let _ = writeln!(out, " {}/{} | {} |", card.points(), card.max(), own(told.trim()));
        } else {
            let why = row.trouble().map(|error| words::trouble(error, lang)).unwrap_or_default();
            let _ = writeln!(out, "{} | ✗ {} |", " |".repeat(sheet.lab.criteria.len()), own(&why));
        }
    }
    for told in [words::hardest(sheet), words::unasked(sheet)].into_iter().flatten() {
        let _ = writeln!(out, "\n{}", told.get(lang));
    }
    out
}
