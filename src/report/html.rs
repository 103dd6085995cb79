//! The scorecard as one self-contained page that can be printed.

use std::fmt::Write;

use crate::engine::StepCard;
use crate::report::Report;
use crate::report::junit::escaped;
use crate::report::map_svg;
use crate::report::words::either;
use crate::report::words::status_word;
use crate::text::Lang;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}\
h1{margin-bottom:0}table{border-collapse:collapse;width:100%;margin:1rem 0}td,th{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #d0d7de}\
td.n{text-align:right}.passed{color:#116329}.failed{color:#a40e26}.unseen{color:#7d4e00}.pending,.blocked{color:#57606a}\
code{background:#f0f2f4;padding:0 .25em;border-radius:3px}figure{margin:1rem 0;overflow-x:auto;break-inside:avoid}figcaption{color:#57606a;font-size:.9em}p.m{margin:.1rem 0 .6rem 1.4rem}@media print{body{margin:0}h2{break-after:avoid}}";

pub(super) fn report(report: &Report<'_>, lang: Lang) -> String {
    let card = report.scorecard;
    let title = escaped(&card.title.get(lang));
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n",
        lang.code()
    );
    let daemon = report.daemon;
    let _ = writeln!(
        out,
        "<p><strong>{} / {}</strong> · {} · Docker {} ({})</p>",
        card.points(),
        card.max(),
        card.at,
        escaped(&daemon.version),
        escaped(&daemon.name)
    );
    if !report.stand_ins.is_empty() {
        let note = either(lang, "Images de remplacement", "Stand-in images");
        let colon = either(lang, "\u{a0}:", ":");
        let _ = writeln!(out, "<p>{note}{colon} {}</p>", escaped(&report.stand_ins.join(", ")));
    }
    let (criterion, status) = (either(lang, "Critère", "Criterion"), either(lang, "État", "Status"));
    let _ = writeln!(out, "<table><tr><th>{criterion}</th><th>{status}</th><th>Points</th></tr>");
    for one in &card.criteria {
        let (sign, word) = status_word(one.status, lang);
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td class=\"{}\">{sign} {word}</td><td class=\"n\">{}/{}</td></tr>",
            marked(&one.title.get(lang)),
            one.status.word(),
            one.points,
            one.max
        );
    }
    out.push_str("</table>\n");
    for (index, one) in card.steps.iter().enumerate() {
        step(&mut out, index + 1, one, lang);
    }
    out.push_str("</body></html>\n");
    out
}

fn step(out: &mut String, number: usize, step: &StepCard, lang: Lang) {
    let (sign, word) = status_word(step.status, lang);
    let title = marked(&step.title.get(lang));
    let _ = writeln!(
        out,
        "<h2>{number}. {title} <small class=\"{}\">{sign} {word}{}</small></h2>",
        step.status.word(),
        if step.assisted { either(lang, ", avec aide", ", assisted") } else { "" }
    );
    for check in &step.checks {
        let (sign, word) = status_word(check.status, lang);
        let class = check.status.word();
        let _ =
            writeln!(out, "<div class=\"{class}\">{sign} {} ({word})</div>", marked(&check.title.get(lang)));
        let _ = writeln!(out, "<p class=\"m\">{}</p>", marked(&check.message.get(lang)));
        if let Some(hint) = &check.hint {
            let _ = writeln!(out, "<p class=\"m\">→ {}</p>", marked(&hint.get(lang)));
        }
    }
    if let Some(map) = step.map.as_ref().filter(|map| !map.is_empty()) {
        let caption =
            either(lang, "Le stockage quand l'étape a été réussie", "The storage when the step was passed");
        let drawing = map_svg(map, lang);
        let _ = writeln!(out, "<figure>{drawing}<figcaption>{caption}</figcaption></figure>");
    }
}

/// Escaped text, with what stands between back-ticks as code.
pub(super) fn marked(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.split('`').enumerate() {
        let part = escaped(part);
        if index % 2 == 1 {
            let _ = write!(out, "<code>{part}</code>");
        } else {
            out.push_str(&part);
        }
    }
    out
}
