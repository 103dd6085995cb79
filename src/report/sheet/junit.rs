//! `JUnit` XML: a suite a machine, a case a criterion.

use std::fmt::Write;

use crate::class::Row;
use crate::class::Sheet;
use crate::engine::Status;
use crate::report::junit::escaped;
use crate::report::sheet::words;
use crate::report::words::status_word;
use crate::text::Lang;

pub(super) fn sheet(sheet: &Sheet, lang: Lang) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let (room, lab) = (escaped(&sheet.room), escaped(&sheet.lab.id));
    let _ = writeln!(out, "<testsuites name=\"docker-lab {lab} {room}\" timestamp=\"{}\">", sheet.at);
    for row in &sheet.rows {
        suite(&mut out, row, lang);
    }
    out.push_str("</testsuites>\n");
    out
}

fn suite(out: &mut String, row: &Row, lang: Lang) {
    let name = escaped(&row.machine.name);
    let Some(reached) = row.reached() else {
        let why = row.trouble().map(|error| escaped(&words::trouble(error, lang))).unwrap_or_default();
        let _ = writeln!(
            out,
            "  <testsuite name=\"{name}\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">"
        );
        let word = row.word();
        let _ = writeln!(
            out,
            "    <testcase classname=\"{name}\" name=\"{word}\"><error message=\"{why}\"/></testcase>"
        );
        out.push_str("  </testsuite>\n");
        return;
    };
    let criteria = &reached.scorecard.criteria;
    let count = |status: Status| criteria.iter().filter(|one| one.status == status).count();
    let skipped = count(Status::Pending) + count(Status::Blocked);
    let (all, failures, errors) = (criteria.len(), count(Status::Failed), count(Status::Unseen));
    let _ = writeln!(
        out,
        "  <testsuite name=\"{name}\" tests=\"{all}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\">"
    );
    let stands = escaped(&words::stands(reached, lang));
    for one in criteria {
        let _ = write!(out, "    <testcase classname=\"{name}\" name=\"{}\"", escaped(&one.title.get(lang)));
        let element = match one.status {
            Status::Passed => {
                out.push_str("/>\n");
                continue;
            }
            Status::Failed => "failure",
            Status::Unseen => "error",
            Status::Pending | Status::Blocked => "skipped",
        };
        let word = status_word(one.status, lang).1;
        let _ = writeln!(out, "><{element} message=\"{word} · {stands}\"/></testcase>");
    }
    out.push_str("  </testsuite>\n");
}
