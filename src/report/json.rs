//! The documents of the contract: every one carries `schema`.

use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::engine::CheckCard;
use crate::engine::EvidenceCard;
use crate::engine::StepCard;
use crate::error::Error;
use crate::error::Result;
use crate::quiz::Choice;
use crate::quiz::Graded;
use crate::quiz::Kind;
use crate::quiz::Mark;
use crate::quiz::Question;
use crate::quiz::Quiz;
use crate::report::Report;
use crate::report::words::author_word;
use crate::report::words::source_word;
use crate::text::Lang;
use crate::text::Text;
use crate::text::say;

/// Raised when a change would break a reader.
const SCHEMA: u32 = 1;

/// A scorecard.
pub(super) fn report(report: &Report<'_>, lang: Lang) -> Result<String> {
    let card = report.scorecard;
    let criteria = card.criteria.iter().map(|criterion| {
        let evidence = criterion.evidence.iter().map(|(step, check, proof)| evidence(step, check, proof));
        json!({
            "id": criterion.id, "title": criterion.title.get(lang), "status": criterion.status.word(),
            "points": criterion.points, "max": criterion.max, "evidence": evidence.collect::<Vec<_>>(),
        })
    });
    let daemon = report.daemon;
    document(&json!({
        "schema": SCHEMA,
        "tool": {"name": "docker-lab", "version": env!("CARGO_PKG_VERSION")},
        "lab": card.lab, "language": lang.code(), "at": card.at.to_string(),
        "daemon": {"id": daemon.id, "name": daemon.name, "version": daemon.version, "api": daemon.api},
        "stand_ins": report.stand_ins,
        "score": {"points": card.points(), "max": card.max(), "percent": card.percent()},
        "criteria": criteria.collect::<Vec<_>>(),
        "steps": card.steps.iter().map(|one| step(one, lang)).collect::<Vec<_>>(),
    }))
}

fn step(step: &StepCard, lang: Lang) -> Value {
    let checks: Vec<Value> = step.checks.iter().map(|one| check(one, lang)).collect();
    json!({"id": step.id, "title": step.title.get(lang), "status": step.status.word(), "checks": checks})
}

fn check(check: &CheckCard, lang: Lang) -> Value {
    let words = |text: &Option<Text>| text.as_ref().map(|text| text.get(lang).into_owned());
    json!({
        "id": check.id, "title": check.title.get(lang), "status": check.status.word(),
        "expected": words(&check.expected), "found": words(&check.found), "mistake": check.mistake,
        "message": check.message.get(lang), "hint": words(&check.hint),
    })
}

fn evidence(step: &str, check: &str, proof: &EvidenceCard) -> Value {
    json!({
        "step": step, "check": check, "at": proof.at.to_string(), "source": source_word(proof.source),
        "by": author_word(proof.by), "objects": proof.objects,
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

/// A graded quiz.
pub(crate) fn quiz(quiz: &Quiz, graded: &Graded, lang: Lang) -> Result<String> {
    let asked = graded.questions.iter().filter_map(|grade| {
        let question = quiz.questions.iter().find(|question| question.id == grade.id)?;
        let status = match grade.mark {
            Mark::Right => "passed",
            Mark::Wrong => "failed",
            Mark::Open => "pending",
        };
        Some(json!({
            "id": grade.id, "status": status, "points": u32::from(grade.mark == Mark::Right), "max": 1,
            "given": answer(question, &grade.given), "correct": answer(question, &grade.correct),
            "explanation": explanation(question, &grade.given, lang), "review": {"step": grade.step},
        }))
    });
    let questions: Vec<Value> = asked.collect();
    let (points, max) = (graded.points(), graded.questions.len());
    let percent = (points * 100).checked_div(max).unwrap_or(0);
    document(&json!({
        "schema": SCHEMA, "quiz": graded.quiz,
        "score": {"points": points, "max": max, "percent": percent}, "questions": questions,
    }))
}

/// An answer in the form in which an answers file has it.
fn answer(question: &Question, ids: &[String]) -> Value {
    match (question.kind, ids) {
        (Kind::One, [one]) => json!(one),
        (Kind::One, []) => Value::Null,
        _ => json!(ids),
    }
}

/// Why what was chosen is right or wrong; where nothing was, why the right options are.
fn explanation(question: &Question, given: &[String], lang: Lang) -> String {
    let chosen = |option: &&Choice| if given.is_empty() { option.right } else { given.contains(&option.id) };
    let why: Vec<_> = question.options.iter().filter(chosen).map(|option| option.why.get(lang)).collect();
    why.join(" ")
}

fn document(value: &Value) -> Result<String> {
    let text = serde_json::to_string_pretty(value).map_err(|error| {
        Error::environment(say!("le rapport n'a pas pu être écrit", "the report could not be written"))
            .because(error)
    })?;
    Ok(text + "\n")
}
