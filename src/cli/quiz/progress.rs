//! `quiz --progress`: how far the learner is, section by section, and what is due.

use serde_json::json;

use crate::cli::args::Common;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::quiz;
use crate::cli::ui::Ui;
use crate::error::Exit;
use crate::error::Result;
use crate::quiz::Schedule;
use crate::report;
use crate::report::Format;

/// Shows the chart.
pub(super) fn progress(id: &str, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let quiz = quiz::read(id, common)?;
    let history = quiz::history(id, env, ui)?;
    let (schedule, now) = (Schedule::of(&history), env::now());
    let standings = history.standings(&quiz);
    let due = schedule.due(&quiz, now);
    let text = if ui.format == Format::Json {
        let next = schedule.next(&quiz, now).map(|at| at.to_string());
        let document = json!({
            "schema": 1, "quiz": quiz.id, "best": history.best(&quiz), "progress": standings,
            "due": due, "next": next, "failing": history.failing(),
        });
        format!("{document:#}\n")
    } else {
        report::quiz_chart(&quiz, &standings, due.len(), &ui.page, ui.lang)
    };
    ui.data(&text)?;
    Ok(Exit::Done)
}

/// A lab's report with the progress in the quiz of the same name, where it was begun. A history that cannot be read is
/// told; the report is there all the same.
pub(crate) fn with_progress(text: String, lab: &str, common: &Common, env: &Env, ui: &Ui) -> Result<String> {
    let history = match quiz::history(lab, env, ui) {
        Ok(history) if history.answers().next().is_some() => history,
        Ok(_) => return Ok(text),
        Err(error) => {
            ui.complain(&error);
            return Ok(text);
        }
    };
    let quiz = quiz::read(lab, common)?;
    let standings = history.standings(&quiz);
    report::with_quiz(
        text,
        ui.format,
        &report::QuizPart { quiz: &quiz, standings: &standings },
        &ui.page,
        ui.lang,
    )
}
