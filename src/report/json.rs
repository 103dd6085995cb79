//! The documents of the contract: every one carries `schema`.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::class::Machine;
use crate::engine::CheckCard;
use crate::engine::EvidenceCard;
use crate::engine::StepCard;
use crate::error::Error;
use crate::error::Result;
use crate::report::Finding;
use crate::report::Report;
use crate::report::words::author_word;
use crate::report::words::source_word;
use crate::text::Lang;
use crate::text::Text;
use crate::text::say;
use crate::world::Daemon;
use crate::world::Storage;

/// Raised when a change would break a reader.
pub(super) const SCHEMA: u32 = 1;

/// A scorecard.
pub(super) fn report(report: &Report<'_>, lang: Lang) -> Result<String> {
    document(&told(report, lang, true))
}

/// The same as a part of another document; over the Docker API alone nobody has witnessed who did the work.
pub(super) fn scorecard_in_a_room(report: &Report<'_>, lang: Lang, witnessed: bool) -> Value {
    told(report, lang, witnessed)
}

fn told(report: &Report<'_>, lang: Lang, witnessed: bool) -> Value {
    let card = report.scorecard;
    let criteria = card.criteria.iter().map(|criterion| {
        let proofs = criterion.evidence.iter();
        let proofs = proofs.map(|(step, check, proof)| evidence((step, check), proof, witnessed));
        json!({
            "id": criterion.id, "title": criterion.title.get(lang), "status": criterion.status.word(),
            "points": criterion.points, "max": criterion.max, "evidence": proofs.collect::<Vec<_>>(),
        })
    });
    let daemon = report.daemon;
    json!({
        "schema": SCHEMA,
        "tool": {"name": "docker-lab", "version": env!("CARGO_PKG_VERSION")},
        "lab": card.lab, "language": lang.code(), "at": card.at.to_string(),
        "daemon": {"id": daemon.id, "name": daemon.name, "version": daemon.version, "api": daemon.api},
        "stand_ins": report.stand_ins,
        "score": {"points": card.points(), "max": card.max(), "percent": card.percent()},
        "criteria": criteria.collect::<Vec<_>>(),
        "steps": card.steps.iter().map(|one| step(one, lang, witnessed)).collect::<Vec<_>>(),
    })
}

fn step(step: &StepCard, lang: Lang, witnessed: bool) -> Value {
    let checks: Vec<Value> = step.checks.iter().map(|one| check(one, lang)).collect();
    let assisted = witnessed.then_some(step.assisted);
    json!({"id": step.id, "title": step.title.get(lang), "status": step.status.word(), "assisted": assisted, "checks": checks})
}

fn check(check: &CheckCard, lang: Lang) -> Value {
    let words = |text: &Option<Text>| text.as_ref().map(|text| text.get(lang).into_owned());
    json!({
        "id": check.id, "title": check.title.get(lang), "status": check.status.word(),
        "expected": words(&check.expected), "found": words(&check.found), "mistake": check.mistake,
        "message": check.message.get(lang), "hint": words(&check.hint),
    })
}

fn evidence((step, check): (&str, &str), proof: &EvidenceCard, witnessed: bool) -> Value {
    json!({
        "step": step, "check": check, "at": proof.at.to_string(), "source": source_word(proof.source),
        "by": witnessed.then(|| author_word(proof.by)), "objects": proof.objects,
    })
}

/// A line of `list`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ListedLab {
    /// The lab's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How many steps it has.
    pub steps: usize,
    /// How many are passed.
    pub passed: usize,
    /// The points earned.
    pub points: u32,
    /// The points there are.
    pub max: u32,
}

/// A quiz of `list`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ListedQuiz {
    /// The quiz's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How many questions it has.
    pub questions: usize,
    /// The best score in percent, if it was taken.
    pub best: Option<u32>,
}

/// What there is.
pub(crate) fn list(labs: &[ListedLab], quizzes: &[ListedQuiz]) -> Result<String> {
    document(&json!({"schema": SCHEMA, "labs": labs, "quizzes": quizzes}))
}

/// What `doctor` found.
pub(crate) fn checkup(findings: &[Finding], lang: Lang) -> Result<String> {
    let fit = findings.iter().all(|finding| finding.level.is_fit());
    let told = findings_told(findings, lang);
    document(&json!({"schema": SCHEMA, "language": lang.code(), "fit": fit, "findings": told}))
}

/// What `class doctor` found.
pub(crate) fn room_checkup(machines: &[(Machine, Vec<Finding>)], lang: Lang) -> Result<String> {
    let rows = machines.iter().map(|(machine, findings)| {
        let fit = findings.iter().all(|finding| finding.level.is_fit());
        json!({"name": machine.name, "fit": fit, "findings": findings_told(findings, lang)})
    });
    let rows: Vec<Value> = rows.collect();
    document(&json!({"schema": SCHEMA, "language": lang.code(), "machines": rows}))
}

fn findings_told(findings: &[Finding], lang: Lang) -> Vec<Value> {
    let told = findings.iter().map(|finding| {
        let fixes: Vec<_> = finding.fixes.iter().map(|fix| fix.get(lang)).collect();
        json!({
            "id": finding.id, "status": finding.level.word(), "message": finding.what.get(lang),
            "cause": finding.cause, "fixes": fixes,
        })
    });
    told.collect()
}

/// A map of the storage.
pub(crate) fn map(storage: &Storage, daemon: &Daemon, at: Timestamp) -> Result<String> {
    document(&json!({
        "schema": SCHEMA, "at": at.to_string(), "daemon": daemon, "containers": storage.containers,
        "volumes": storage.volumes, "others": storage.others,
    }))
}

/// A document, laid out for people too.
pub(super) fn document(value: &Value) -> Result<String> {
    let text = serde_json::to_string_pretty(value).map_err(|error| {
        Error::environment(say!("le rapport n'a pas pu être écrit", "the report could not be written"))
            .because(error)
    })?;
    Ok(text + "\n")
}
