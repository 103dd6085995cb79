//! The sheet for a spreadsheet, and in the form that Moodle's grade import reads.

use crate::class::Row;
use crate::class::Sheet;
use crate::engine::CriterionCard;
use crate::engine::Status;
use crate::report::sheet::words;
use crate::text::Lang;
use crate::text::Text;
use crate::text::list;
use crate::text::say;

/// A row a machine, a column a criterion.
pub(super) fn plain(sheet: &Sheet, lang: Lang) -> String {
    let mut head: Vec<String> = ["machine", "learner", "group", "status"].map(str::to_owned).to_vec();
    head.extend(sheet.lab.criteria.iter().map(|one| one.id.clone()));
    head.extend(["points", "max", "where", "marks"].map(str::to_owned));
    let twins = sheet.twins();
    let rows = sheet.rows.iter().enumerate().map(|(index, row)| {
        let machine = &row.machine;
        let own = [
            &machine.name,
            machine.learner.as_deref().unwrap_or_default(),
            machine.group.as_deref().unwrap_or_default(),
            row.word(),
        ];
        let mut cells: Vec<String> = own.map(text).to_vec();
        if let Some(reached) = row.reached() {
            let card = &reached.scorecard;
            // What could not be seen is not worth nothing.
            let points = |one: &CriterionCard| {
                if one.status == Status::Unseen { String::new() } else { one.points.to_string() }
            };
            cells.extend(card.criteria.iter().map(points));
            let total = if reached.is_undecided() { String::new() } else { card.points().to_string() };
            cells.extend([total, card.max().to_string()]);
            let marks = words::marks(row, twins.get(&index), sheet);
            let marks = list(marks.iter().map(|mark| mark.get(lang)));
            cells.extend([text(&words::stands(reached, lang)), text(&marks)]);
        } else {
            cells.extend(sheet.lab.criteria.iter().map(|_| String::new()));
            cells.extend([String::new(), String::new(), text(&why(row, lang)), String::new()]);
        }
        cells
    });
    table(std::iter::once(head).chain(rows))
}

/// Who is found by an address or a user name, the grade, and a word to them. Who was not seen, or not wholly, has no line:
/// an empty grade would be taken for one, and what was not seen for nothing.
pub(super) fn moodle(sheet: &Sheet, lang: Lang) -> String {
    let title = sheet.lab.title.get(lang);
    let head = ["Username", "Email address", title.as_ref(), "Feedback"].map(text).to_vec();
    let rows = sheet.rows.iter().filter_map(|row| {
        let reached = row.reached().filter(|one| !one.is_undecided())?;
        let learner = row.machine.learner.as_deref().unwrap_or(&row.machine.name);
        let (user, mail) = if learner.contains('@') { ("", learner) } else { (learner, "") };
        let grade = reached.scorecard.percent().to_string();
        Some(vec![text(user), text(mail), grade, text(&words::stands(reached, lang))])
    });
    table(std::iter::once(head).chain(rows))
}

/// Whose grade is not in Moodle's table, and why.
pub(crate) fn not_in_moodle(sheet: &Sheet) -> Vec<Text> {
    let told = sheet.rows.iter().filter_map(|row| {
        let name = &row.machine.name;
        match row.reached() {
            None => Some(say!("{name} : pas de note, machine pas vue", "{name}: no grade, machine not seen")),
            Some(one) if one.is_blind() => Some(say!(
                "{name} : pas de note, tout n'a pas pu être vu",
                "{name}: no grade, not everything could be seen"
            )),
            Some(one) if one.is_undecided() => Some(say!(
                "{name} : pas de note tant que le quiz n'est pas noté (`docker-lab class quiz`)",
                "{name}: no grade until the quiz is graded (`docker-lab class quiz`)"
            )),
            Some(_) => None,
        }
    });
    told.collect()
}

fn why(row: &Row, lang: Lang) -> String {
    row.trouble().map(|error| words::trouble(error, lang)).unwrap_or_default()
}

fn table(rows: impl Iterator<Item = Vec<String>>) -> String {
    let lines =
        rows.map(|cells| cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\r\n");
    lines.collect()
}

/// Text of others: what a spreadsheet would take for a formula is made text.
fn text(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r', ';']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::testing;

    #[test]
    fn what_could_not_be_seen_is_no_nought() {
        let seen = testing::row("seen", Status::Failed);
        let blind = testing::row("blind", Status::Unseen);
        let quiz = testing::row("quiz", Status::Passed);
        let sheet = testing::sheet(vec![seen, blind, quiz]);
        let table = plain(&sheet, Lang::En);
        let line = |name: &str| table.lines().find(|line| line.starts_with(name)).expect("a line").to_owned();
        assert!(line("seen").starts_with("seen,,,ok,0,0,0,0,0,0,0,100,"), "{table}");
        assert!(line("blind").starts_with("blind,,,ok,,,,,,,,100,"), "{table}");
        assert!(line("quiz").starts_with("quiz,,,ok,20,20,20,,15,10,,100,"), "{table}");
        let grades = moodle(&sheet, Lang::En);
        assert_eq!(grades.lines().count(), 2, "{grades}");
        let told: Vec<String> = not_in_moodle(&sheet).into_iter().map(|told| told.en).collect();
        assert_eq!(
            told,
            [
                "blind: no grade, not everything could be seen",
                "quiz: no grade until the quiz is graded (`docker-lab class quiz`)"
            ]
        );
    }

    #[test]
    fn cells_are_quoted_and_formulas_defused() {
        let rows = [vec![text("=HYPERLINK(1)"), text("a,b"), text("say \"x\"")]];
        assert_eq!(table(rows.into_iter()), "'=HYPERLINK(1),\"a,b\",\"say \"\"x\"\"\"\r\n");
    }
}
