//! Two moments of a room, side by side.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::Timestamp;
use serde_json::Value;
use serde_json::json;

use crate::class::Kept;
use crate::error::Result;
use crate::report::clean;
use crate::report::json;
use crate::report::words::either;
use crate::text::Lang;

/// The status of a machine that was seen.
const SEEN: &str = "ok";

/// A check that was kept.
type Check = (Timestamp, BTreeMap<String, Kept>);

/// What is compared.
pub(crate) struct Compared<'a> {
    /// The room.
    pub room: &'a str,
    /// The lab.
    pub lab: &'a str,
    /// The machines, in the inventory's order.
    pub machines: &'a [String],
    /// The earlier check, where there is one.
    pub before: Option<Check>,
    /// The last check.
    pub latest: Check,
}

impl Compared<'_> {
    /// For each machine its earlier and its last result.
    fn rows(&self) -> impl Iterator<Item = (&str, Option<&Kept>, Option<&Kept>)> {
        self.machines.iter().map(|name| {
            let before = self.before.as_ref().and_then(|(_, kept)| kept.get(name));
            (name.as_str(), before, self.latest.1.get(name))
        })
    }
}

/// For a terminal.
pub(crate) fn text(compared: &Compared<'_>, lang: Lang) -> String {
    let mut out = format!("{} · {}\n", clean(compared.room), compared.lab);
    let before = compared.before.as_ref().map(|(at, _)| format!("{at} → ")).unwrap_or_default();
    let _ = writeln!(out, "{before}{}\n", compared.latest.0);
    let points = |kept: Option<&Kept>| match kept {
        None => "·".to_owned(),
        Some(Kept { points: Some(points), .. }) => points.to_string(),
        Some(kept) => if kept.status == SEEN { "?" } else { "✗" }.to_owned(),
    };
    let done = either(lang, "terminé", "done");
    for (name, before, latest) in compared.rows() {
        let gain = match (before.and_then(|kept| kept.points), latest.and_then(|kept| kept.points)) {
            (Some(before), Some(latest)) => format!("{:+}", i64::from(latest) - i64::from(before)),
            _ => String::new(),
        };
        let place = latest.map_or("", |kept| match kept.status.as_str() {
            SEEN => kept.step.as_deref().unwrap_or(done),
            other => other,
        });
        let (was, is) = (points(before), points(latest));
        let _ = writeln!(out, "{:<20} {was:>4} → {is:>4} {gain:>5}  {place}", clean(name));
    }
    out
}

/// For programs.
pub(crate) fn json(compared: &Compared<'_>) -> Result<String> {
    let kept = |kept: Option<&Kept>| match kept {
        None => Value::Null,
        Some(kept) => {
            json!({"status": kept.status, "points": kept.points, "max": kept.max, "step": kept.step})
        }
    };
    let rows = compared.rows();
    let rows =
        rows.map(|(name, before, now)| json!({"name": name, "before": kept(before), "now": kept(now)}));
    json::document(&json!({
        "schema": json::SCHEMA, "room": compared.room, "lab": compared.lab,
        "since": compared.before.as_ref().map(|(at, _)| at.to_string()), "at": compared.latest.0.to_string(),
        "machines": rows.collect::<Vec<_>>(),
    }))
}
