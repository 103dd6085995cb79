//! A graded quiz: for the terminal, and as the contract's document.

use std::fmt::Write;

use serde_json::Value;
use serde_json::json;

use crate::engine::Status;
use crate::error::Result;
use crate::quiz;
use crate::quiz::FULL;
use crate::quiz::Graded;
use crate::quiz::Mark;
use crate::quiz::Question;
use crate::quiz::Quiz;
use crate::quiz::Standing;
use crate::quiz::Tone;
use crate::report::Page;
use crate::report::json::SCHEMA;
use crate::report::json::document;
use crate::report::words::status_word;
use crate::text::Lang;
use crate::text::Text;
use crate::text::say;

/// A graded quiz as JSON; `more` is added to it.
pub(crate) fn json(quiz: &Quiz, graded: &Graded, lang: Lang, more: &Value) -> Result<String> {
    let asked = graded.questions.iter().filter_map(|grade| {
        let question = quiz.question(&grade.id)?;
        Some(json!({
            "id": grade.id, "status": status(grade.mark).word(), "kind": question.kind.word(),
            "points": number(grade.credit * grade.weight), "max": grade.weight,
            "given": answer(question, &grade.given), "correct": answer(question, &grade.correct),
            "explanation": whys(question, &grade.given, lang),
            "review": {"step": grade.step, "section": question.section},
        }))
    });
    let questions: Vec<Value> = asked.collect();
    let mut whole = json!({
        "schema": SCHEMA, "quiz": graded.quiz,
        "score": {"points": number(graded.points()), "max": number(graded.max()), "percent": graded.percent()},
        "questions": questions,
    });
    if let (Some(whole), Some(more)) = (whole.as_object_mut(), more.as_object()) {
        whole.extend(more.clone());
    }
    document(&whole)
}

/// Hundredths of a point as a number, whole where it is.
pub(super) fn number(hundredths: u32) -> Value {
    if hundredths.is_multiple_of(FULL) {
        json!(hundredths / FULL)
    } else {
        json!(f64::from(hundredths) / f64::from(FULL))
    }
}

/// Hundredths of a point for people: `12`, `3.5` or `3,5`.
pub(super) fn points(hundredths: u32, lang: Lang) -> String {
    let sign = if lang == Lang::Fr { ',' } else { '.' };
    let (whole, part) = (hundredths / FULL, hundredths % FULL);
    if part == 0 {
        whole.to_string()
    } else {
        format!("{whole}{sign}{part:02}").trim_end_matches('0').to_owned()
    }
}

/// An answer in the form in which an answers file has it.
fn answer(question: &Question, given: &[String]) -> Value {
    match given {
        [] if question.kind.is_single() => Value::Null,
        [one] if question.kind.is_single() => json!(one),
        _ => json!(given),
    }
}

/// Why what was chosen is right or wrong; where nothing was, why the right answer is.
fn whys(question: &Question, given: &[String], lang: Lang) -> String {
    let told = quiz::explain(question, given);
    let chosen = told.iter().filter(|line| line.tone != Tone::Instead);
    let mut whys: Vec<_> = chosen.map(|line| line.why.get(lang)).filter(|why| !why.is_empty()).collect();
    if whys.is_empty() {
        whys = told.iter().map(|line| line.why.get(lang)).filter(|why| !why.is_empty()).collect();
    }
    whys.join(" ")
}

fn status(mark: Mark) -> Status {
    match mark {
        Mark::Right => Status::Passed,
        Mark::Wrong => Status::Failed,
        Mark::Open => Status::Pending,
    }
}

/// The explanation of an answer, for the terminal.
pub(crate) fn explanation(question: &Question, given: &[String], page: &Page, lang: Lang) -> String {
    let mut out = String::new();
    for line in quiz::explain(question, given) {
        let sign = match line.tone {
            Tone::Right => "✓",
            Tone::Wrong => "✗",
            Tone::Instead => "→",
        };
        let (what, why) = (line.what.get(lang), line.why.get(lang));
        let text = if why.is_empty() { what.into_owned() } else { format!("{what} — {why}") };
        out.push_str(&page.paragraph(&format!("    {sign} "), &text));
    }
    out
}

/// Every question with its mark, what was wrong explained, and the score.
pub(crate) fn page(quiz: &Quiz, graded: &Graded, page: &Page, lang: Lang) -> String {
    let mut out = page.heading(&quiz.title.get(lang));
    for grade in &graded.questions {
        let Some(question) = quiz.question(&grade.id) else { continue };
        let status = status(grade.mark);
        let (sign, word) = status_word(status, lang);
        let mut words = word.to_owned();
        if grade.mark == Mark::Wrong && grade.credit > 0 {
            words = format!("{word}, {}/{}", points(grade.credit * grade.weight, lang), grade.weight);
        }
        let line = page.paragraph(&format!("  {sign} "), &format!("{} ({words})", question.ask.get(lang)));
        out.push_str(&line.replacen(sign, &page.sign(status, lang), 1));
        if grade.mark != Mark::Right {
            out.push_str(&explanation(question, &grade.given, page, lang));
            out.push_str(&again(grade.step.as_deref(), page, lang));
        }
    }
    let (right, all) = (graded.right(), graded.questions.len());
    let (points, max, percent) =
        (points(graded.points(), lang), points(graded.max(), lang), graded.percent());
    let total = say!(
        "bonnes réponses : {right} sur {all} ; {points}/{max} points, {percent} %",
        "{right} of {all} right; {points}/{max} points, {percent}%"
    );
    out.push_str(&page.heading(&total.get(lang)));
    out
}

/// How wide a bar of the chart is.
const BAR: usize = 20;

/// The progress section by section as a chart, and how many questions are due.
pub(crate) fn chart(quiz: &Quiz, standings: &[Standing], due: usize, page: &Page, lang: Lang) -> String {
    let mut out = page.heading(&say!("Progression", "Progress").get(lang));
    let titles: Vec<String> =
        standings.iter().map(|one| quiz.section_title(&one.section).get(lang).into_owned()).collect();
    let widest = titles.iter().map(|title| title.chars().count()).max().unwrap_or(0);
    for (one, title) in standings.iter().zip(&titles) {
        let part = |count: usize| (count * BAR).checked_div(one.questions).unwrap_or(0);
        let (right, answered) = (part(one.right), part(one.answered));
        let bar =
            format!("{}{}{}", "█".repeat(right), "▒".repeat(answered - right), "·".repeat(BAR - answered));
        let pad = " ".repeat(widest - title.chars().count());
        let _ = writeln!(out, "  {title}{pad}  {bar}  {}/{}", one.right, one.questions);
    }
    let key =
        say!("█ juste, ▒ à revoir, · pas encore demandé", "█ right, ▒ to look at again, · not asked yet");
    out.push_str(&page.paragraph("  ", &key.get(lang)));
    if due > 0 {
        let text = say!(
            "à revoir aujourd'hui : {due} (`docker-lab quiz --review`)",
            "due today: {due} (`docker-lab quiz --review`)"
        );
        out.push_str(&page.paragraph("  ", &text.get(lang)));
    }
    out
}

/// Which step to do again.
pub(crate) fn again(step: Option<&str>, page: &Page, lang: Lang) -> String {
    let Some(step) = step else { return String::new() };
    let text: Text = say!(
        "à revoir : l'étape `{step}` (`docker-lab hint {step}`)",
        "to look at again: the step `{step}` (`docker-lab hint {step}`)"
    );
    page.paragraph("    ", &text.get(lang))
}
