//! The sheet as the contract has it.

use serde_json::Value;
use serde_json::json;

use crate::class::Reached;
use crate::class::Row;
use crate::class::Sheet;
use crate::class::Via;
use crate::error::Result;
use crate::report::Report;
use crate::report::json;
use crate::report::sheet::words;
use crate::text::Lang;
use crate::text::Text;

/// The whole sheet.
pub(crate) fn sheet(sheet: &Sheet, lang: Lang) -> Result<String> {
    json::document(&value(sheet, lang))
}

fn value(sheet: &Sheet, lang: Lang) -> Value {
    let twins = sheet.twins();
    let named = |index: usize| -> Vec<&str> {
        let others = twins.get(&index).into_iter().flatten();
        others.filter_map(|other| sheet.rows.get(*other)).map(|row| row.machine.name.as_str()).collect()
    };
    let rows = sheet.rows.iter().enumerate().map(|(index, row)| machine(row, &named(index), lang));
    let ((reached, done), (unasked, points)) = (sheet.counts(), sheet.unasked());
    let criteria = sheet
        .lab
        .criteria
        .iter()
        .enumerate()
        .map(|(index, one)| json!({"id": one.id, "points": one.points, "passed": sheet.passed(index)}));
    json!({
        "schema": json::SCHEMA, "lab": sheet.lab.id, "room": sheet.room, "language": lang.code(),
        "at": sheet.at.to_string(), "machines": rows.collect::<Vec<_>>(),
        "summary": {
            "machines": sheet.rows.len(), "reached": reached, "done": done,
            "hardest": sheet.hardest().and_then(|index| sheet.lab.criteria.get(index)).map(|one| &one.id),
            "criteria": criteria.collect::<Vec<_>>(), "quiz_unasked": {"machines": unasked, "points": points},
        },
    })
}

fn machine(row: &Row, twins: &[&str], lang: Lang) -> Value {
    let reached = row.reached();
    let report = reached.map(|one| {
        let report = Report { scorecard: &one.scorecard, daemon: &one.daemon, stand_ins: &one.stand_ins };
        json::scorecard_in_a_room(&report, lang, one.via == Via::Remote)
    });
    let stands = reached.and_then(Reached::stands).map(|(_, step, check)| {
        json!({"step": step.id, "status": step.status.word(), "check": check.map(|one| &one.id),
               "mistake": check.and_then(|one| one.mistake)})
    });
    json!({
        "name": row.machine.name, "learner": row.machine.learner, "group": row.machine.group,
        "status": row.word(), "message": row.trouble().map(|error| words::trouble(error, lang)), "ms": row.ms,
        // Who did it, and with what help, stands in the learner's own journal.
        "stands": stands, "assisted": reached.and_then(Reached::assisted),
        "via": reached.map(|one| if one.via == Via::Remote { "remote" } else { "api" }),
        "not_remote": reached.and_then(not_remote).map(|why| why.get(lang).into_owned()),
        "still_minutes": reached.and_then(Reached::still_for), "same_cluster_as": twins,
        "begun_by_another": reached.map(|one| one.begun_by_another),
        "clean_up": reached.and_then(|one| one.left.as_ref()).map(|error| words::trouble(error, lang)), "report": report,
    })
}

/// Why a machine's own docker-lab was not asked, where that was wanted.
fn not_remote(reached: &Reached) -> Option<&Text> {
    match &reached.via {
        Via::Instead(why) => Some(why),
        Via::Api | Via::Remote => None,
    }
}
