//! The sheet as one self-contained page: the matrix, and each machine's checks below it.

use std::fmt::Write;

use crate::class::Reached;
use crate::class::Row;
use crate::class::Sheet;
use crate::engine::Status;
use crate::report::html::marked;
use crate::report::junit::escaped;
use crate::report::map_part;
use crate::report::sheet::words;
use crate::report::words::either;
use crate::report::words::status_word;
use crate::text::Lang;
use crate::text::list;

pub(crate) const STYLE: &str = include_str!("sheet.css");

pub(super) fn sheet(sheet: &Sheet, lang: Lang) -> String {
    let title = format!("{} · {}", escaped(&sheet.room), escaped(&sheet.lab.title.get(lang)));
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style></head><body>\n<main>\n<h1>{title}</h1>\n",
        lang.code()
    );
    out.push_str(&body(sheet, lang));
    out.push_str("</main>\n</body></html>\n");
    out
}

/// The matrix, and each machine below it.
pub(super) fn body(sheet: &Sheet, lang: Lang) -> String {
    let mut out = matrix(sheet, lang);
    for (index, row) in sheet.rows.iter().enumerate() {
        if let Some(reached) = row.reached() {
            let _ =
                writeln!(out, "<details id=\"m{index}\"><summary>{}</summary>", escaped(&row.machine.name));
            if let Some(storage) = reached.storage.as_ref().filter(|storage| !storage.is_empty()) {
                let caption = either(lang, "Le stockage maintenant", "The storage now");
                let drawing = map_part(storage, lang);
                let _ = writeln!(out, "<figure>{drawing}<figcaption>{caption}</figcaption></figure>");
            }
            detail(&mut out, reached, lang);
            curve(&mut out, sheet, row);
            out.push_str("</details>\n");
        }
    }
    out
}

/// The matrix alone, with what is said above and below it.
fn matrix(sheet: &Sheet, lang: Lang) -> String {
    let mut out =
        format!("<p>{} · <time>{}</time></p>\n", escaped(&words::counts(sheet).get(lang)), sheet.at);
    let learner = either(lang, "Participant", "Learner");
    let caption = either(lang, "Les machines et les critères", "The machines and the criteria");
    let _ = write!(out, "<table>\n<caption class=\"w\">{caption}</caption>\n");
    let _ = write!(out, "<thead><tr><th scope=\"col\">Machine</th><th scope=\"col\">{learner}</th>");
    for (index, criterion) in sheet.lab.criteria.iter().enumerate() {
        let hard = if sheet.hardest() == Some(index) { " class=\"hard\"" } else { "" };
        let id = &criterion.id;
        let _ = write!(
            out,
            "<th scope=\"col\"{hard} title=\"{}\">{id}</th>",
            escaped(&criterion.title.get(lang))
        );
    }
    let place = either(lang, "Où", "Where");
    let _ = writeln!(out, "<th scope=\"col\">Total</th><th scope=\"col\">{place}</th></tr></thead>\n<tbody>");
    let twins = sheet.twins();
    for (index, row) in sheet.rows.iter().enumerate() {
        line(&mut out, row, sheet, (lang, twins.get(&index)));
    }
    out.push_str("</tbody>\n</table>\n");
    for told in [words::hardest(sheet), words::unasked(sheet)].into_iter().flatten() {
        let _ = writeln!(out, "<p>{}</p>", marked(&told.get(lang)));
    }
    out
}

fn line(out: &mut String, row: &Row, sheet: &Sheet, (lang, twins): (Lang, Option<&Vec<usize>>)) {
    let learner = escaped(row.machine.learner.as_deref().unwrap_or_default());
    let _ = write!(
        out,
        "<tr class=\"{}\"><th scope=\"row\">{}</th><td>{learner}</td>",
        row.word(),
        escaped(&row.machine.name)
    );
    let Some(reached) = row.reached() else {
        let why = row.trouble().map(|error| words::trouble(error, lang)).unwrap_or_default();
        let columns = sheet.lab.criteria.len() + 2;
        let _ = writeln!(out, "<td colspan=\"{columns}\" class=\"failed\">✗ {}</td></tr>", marked(&why));
        return;
    };
    for one in &reached.scorecard.criteria {
        let (sign, word) = status_word(one.status, lang);
        let points = if one.status == Status::Passed { one.points.to_string() } else { String::new() };
        let class = one.status.word();
        let _ = write!(
            out,
            "<td class=\"n {class}\">{points} <span aria-hidden=\"true\">{sign}</span><span class=\"w\">{word}</span></td>"
        );
    }
    let card = &reached.scorecard;
    let marks = words::marks(row, twins, sheet);
    let marks = list(marks.iter().map(|mark| mark.get(lang)));
    let _ = write!(out, "<td class=\"n\">{}/{}</td>", card.points(), card.max());
    let _ = writeln!(
        out,
        "<td>{}<span class=\"mark\"> {}</span></td></tr>",
        escaped(&words::stands(reached, lang)),
        escaped(&marks)
    );
}

fn detail(out: &mut String, reached: &Reached, lang: Lang) {
    for (index, step) in reached.scorecard.steps.iter().enumerate() {
        let (sign, word) = status_word(step.status, lang);
        let title = marked(&step.title.get(lang));
        let class = step.status.word();
        let _ = writeln!(
            out,
            "<h2>{}. {title} <small class=\"{class}\">{sign} {word}</small></h2>\n<ul>",
            index + 1
        );
        for check in &step.checks {
            let (sign, word) = status_word(check.status, lang);
            let (title, class) = (marked(&check.title.get(lang)), check.status.word());
            let message = marked(&check.message.get(lang));
            let _ =
                writeln!(out, "<li><span class=\"{class}\">{sign} {title} ({word})</span> {message}</li>");
        }
        out.push_str("</ul>\n");
    }
}

/// The points over time as a line; nothing where they never changed.
fn curve(out: &mut String, sheet: &Sheet, row: &Row) {
    let Some(points) = sheet.curves.get(&row.machine.name).filter(|points| points.len() > 1) else { return };
    let (begin, end) = (points[0].0.as_second(), sheet.at.as_second());
    let most = sheet.lab.criteria.iter().map(|one| one.points).sum::<u32>().max(1);
    let span = (end - begin).max(1);
    let across = |at: i64| (at - begin) * 600 / span;
    let mut path = String::new();
    for (at, points) in points {
        let (x, y) = (across(at.as_second()), 100 - points * 100 / most);
        let _ = if path.is_empty() { write!(path, "M{x} {y}") } else { write!(path, "H{x}V{y}") };
    }
    let said: Vec<String> = points.iter().map(|(at, points)| format!("{at}: {points}")).collect();
    let _ = writeln!(
        out,
        "<svg role=\"img\" viewBox=\"-4 -4 608 108\" width=\"608\" height=\"108\"><title>{}</title>\
         <path d=\"M0 100H600\" stroke=\"#d0d7de\"/><path d=\"{path}H600\" fill=\"none\" stroke=\"#0b5023\" stroke-width=\"3\"/></svg>",
        said.join(", ")
    );
}
