//! The scorecard as Markdown.

use std::fmt::Write;

use crate::engine::Status;
use crate::report::Report;
use crate::report::clean;
use crate::report::words::either;
use crate::report::words::status_word;
use crate::text::Lang;

pub(super) fn report(report: &Report<'_>, lang: Lang) -> String {
    let card = report.scorecard;
    let daemon = report.daemon;
    let mut out = format!("# {}\n\n", card.title.get(lang));
    let _ = writeln!(
        out,
        "**{} / {}** · {} · Docker {} (`{}`)\n",
        card.points(),
        card.max(),
        card.at,
        own(&daemon.version),
        own(&daemon.name)
    );
    if !report.stand_ins.is_empty() {
        let note = either(lang, "Images de remplacement", "Stand-in images");
        let colon = either(lang, "\u{a0}:", ":");
        let _ = writeln!(out, "{note}{colon} {}\n", own(&report.stand_ins.join(", ")));
    }
    let _ = writeln!(
        out,
        "| {} | {} | Points |",
        either(lang, "Critère", "Criterion"),
        either(lang, "État", "Status")
    );
    out.push_str("|---|---|---:|\n");
    for criterion in &card.criteria {
        let (sign, word) = status_word(criterion.status, lang);
        let _ = writeln!(
            out,
            "| {} | {sign} {word} | {}/{} |",
            cell(&criterion.title.get(lang)),
            criterion.points,
            criterion.max
        );
    }
    for (index, step) in card.steps.iter().enumerate() {
        let (sign, word) = status_word(step.status, lang);
        let helped = if step.assisted { either(lang, ", avec aide", ", assisted") } else { "" };
        let _ = writeln!(out, "\n## {}. {} — {sign} {word}{helped}\n", index + 1, step.title.get(lang));
        for check in &step.checks {
            let (sign, word) = status_word(check.status, lang);
            let (title, message) = (check.title.get(lang), own(&check.message.get(lang)));
            let _ = writeln!(out, "- {sign} {title} ({word})  \n  {message}");
            if let Some(hint) = check.hint.as_ref().filter(|_| check.status == Status::Failed) {
                let _ = writeln!(out, "  → {}", own(&hint.get(lang)));
            }
        }
    }
    out
}

/// What may quote containers, files and other people's names: no markup of theirs, no second line.
pub(super) fn own(text: &str) -> String {
    let line = clean(text).replace(['\n', '\r'], " ");
    cell(&line.replace('&', "&amp;").replace('<', "&lt;"))
}

/// Text inside a cell of a table.
pub(super) fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
