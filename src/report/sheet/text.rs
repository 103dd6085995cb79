//! The sheet for a terminal: a line a machine, a column a criterion, and below what is wrong.

use std::fmt::Write;

use jiff::Timestamp;
use textwrap::core::display_width;

use crate::class::Row;
use crate::class::Sheet;
use crate::engine::Status;
use crate::report::Page;
use crate::report::clean;
use crate::report::sheet::words;
use crate::report::words::either;
use crate::text::Lang;
use crate::text::list;

pub(super) fn sheet(sheet: &Sheet, lang: Lang, page: &Page) -> String {
    let room = clean(&sheet.room).into_owned();
    let mut out = page.heading(&format!("{room} · {}", sheet.lab.title.get(lang)));
    let _ = writeln!(out, "{}\n", page.faint(&words::counts(sheet).get(lang)));
    let columns = Columns::of(sheet, lang);
    let _ = writeln!(out, "{}", columns.head(sheet, lang));
    let twins = sheet.twins();
    for (index, row) in sheet.rows.iter().enumerate() {
        out.push_str(&columns.row(row, lang, page));
        let marks = words::marks(row, twins.get(&index), sheet);
        if !marks.is_empty() {
            let marks = list(marks.iter().map(|mark| mark.get(lang)));
            out.push_str(&page.paragraph("    ! ", &marks));
        }
    }
    out.push('\n');
    for (index, criterion) in sheet.lab.criteria.iter().enumerate() {
        let passed = sheet.passed(index);
        let first = format!("  {}  {passed:>3}/{:<3} ", index + 1, sheet.rows.len());
        out.push_str(&page.paragraph(&first, &criterion.title.get(lang)));
    }
    for told in [words::hardest(sheet), words::unasked(sheet)].into_iter().flatten() {
        out.push_str(&page.paragraph("", &told.get(lang)));
    }
    out
}

/// One machine of the sheet, for a log that grows: the time, and the row.
pub(crate) fn line(sheet: &Sheet, index: usize, at: Timestamp, lang: Lang, page: &Page) -> String {
    let row = sheet.rows.get(index).map(|row| Columns::of(sheet, lang).row(row, lang, page));
    let time = at.to_string();
    let time = time.get(11..19).unwrap_or(&time);
    row.map(|row| format!("{time} {row}")).unwrap_or_default()
}

/// The widths of the first columns.
struct Columns {
    name: usize,
    learner: usize,
}

impl Columns {
    fn of(sheet: &Sheet, lang: Lang) -> Columns {
        let widest =
            |texts: Vec<String>| texts.iter().map(|text| display_width(text)).max().unwrap_or(0).min(24);
        let names = sheet.rows.iter().map(|row| clean(&row.machine.name).into_owned());
        let learners = sheet.rows.iter().filter_map(|row| row.machine.learner.as_deref());
        let learners: Vec<String> = learners.map(|name| clean(name).into_owned()).collect();
        let head = either(lang, "participant", "learner").len();
        Columns {
            name: widest(names.collect()).max("machine".len()),
            learner: if learners.is_empty() { 0 } else { widest(learners).max(head) },
        }
    }

    fn head(&self, sheet: &Sheet, lang: Lang) -> String {
        let numbers: String = (1..=sheet.lab.criteria.len()).map(|number| format!("{number:>4}")).collect();
        let learner = if self.learner == 0 { "" } else { either(lang, "participant", "learner") };
        let line = format!("{}{}{numbers}  total", fit("machine", self.name), fit(learner, self.learner));
        format!("{line}  {}", either(lang, "où", "where"))
    }

    fn row(&self, row: &Row, lang: Lang, page: &Page) -> String {
        let learner = row.machine.learner.as_deref().unwrap_or_default();
        let begin = format!("{}{}", fit(&row.machine.name, self.name), fit(learner, self.learner));
        let Some(reached) = row.reached() else {
            let sign = page.sign(Status::Failed, lang);
            let why = row.trouble().map(|error| words::trouble(error, lang)).unwrap_or_default();
            let told = page.paragraph("    ", &why);
            let word = match row.word() {
                "unreachable" => either(lang, "injoignable", "unreachable"),
                _ => either(lang, "erreur", "error"),
            };
            return format!("{begin}   {sign} {word}\n{told}");
        };
        let mut line = begin;
        for card in &reached.scorecard.criteria {
            match card.status {
                Status::Passed => {
                    let _ = write!(line, "{:>4}", card.points);
                }
                other => {
                    let _ = write!(line, "   {}", page.sign(other, lang));
                }
            }
        }
        let card = &reached.scorecard;
        let total = format!("{}/{}", card.points(), card.max());
        let _ = writeln!(line, " {total:>7} {}", words::stands(reached, lang));
        if let Some(message) = words::mistake(reached) {
            line.push_str(&page.paragraph("    → ", &message.get(lang)));
        }
        line
    }
}

/// A cell: cut or filled to its width, and a space.
fn fit(text: &str, width: usize) -> String {
    if width == 0 {
        return String::new();
    }
    let text = clean(text);
    let mut cell = String::new();
    for letter in text.chars().filter(|letter| !letter.is_control()) {
        if display_width(&cell) + display_width(&letter.to_string()) > width {
            break;
        }
        cell.push(letter);
    }
    let gap = width.saturating_sub(display_width(&cell)) + 1;
    cell + &" ".repeat(gap)
}
