//! `JUnit` XML: a suite a step, a case a check.

use std::fmt::Write;

use crate::engine::CheckCard;
use crate::engine::Status;
use crate::report::Report;
use crate::text::Lang;

pub(super) fn report(report: &Report<'_>, lang: Lang) -> String {
    let card = report.scorecard;
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ =
        writeln!(out, "<testsuites name=\"docker-lab {}\" timestamp=\"{}\">", escaped(&card.lab), card.at);
    for step in card.asked_steps() {
        let count = |status: Status| step.checks.iter().filter(|check| check.status == status).count();
        let skipped = count(Status::Pending) + count(Status::Blocked);
        let _ = writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{skipped}\">",
            escaped(&step.title.get(lang)),
            step.checks.len(),
            count(Status::Failed),
            count(Status::Unseen),
        );
        for check in &step.checks {
            case(&mut out, &step.id, check, lang);
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn case(out: &mut String, step: &str, check: &CheckCard, lang: Lang) {
    let title = check.title.get(lang);
    let _ = write!(out, "    <testcase classname=\"{}\" name=\"{}\"", escaped(step), escaped(&title));
    let message = escaped(&check.message.get(lang));
    let element = match check.status {
        Status::Passed => {
            out.push_str("/>\n");
            return;
        }
        Status::Failed => "failure",
        Status::Unseen => "error",
        Status::Pending | Status::Blocked => "skipped",
    };
    let _ = writeln!(out, "><{element} message=\"{message}\"/></testcase>");
}

/// Text inside an attribute or an element; control characters have no place in XML.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter if letter.is_control() && letter != '\n' && letter != '\t' => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
    out
}
