//! `list`: what there is, and how far you are.

use std::fmt::Write;

use crate::cli::args::Common;
use crate::cli::desk;
use crate::cli::env::Env;
use crate::cli::status::remembered;
use crate::cli::ui::Ui;
use crate::engine::Status;
use crate::error::Exit;
use crate::error::Result;
use crate::quiz::History;
use crate::quiz::Quiz;
use crate::report;
use crate::report::Format;
use crate::report::ListedLab;
use crate::report::ListedQuiz;
use crate::text::say;
use crate::world::Memory;

/// Shows labs and quizzes.
pub(crate) fn list(common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let shelf = desk::shelf(common);
    let mut labs = Vec::new();
    for id in shelf.labs() {
        let lab = shelf.lab(&id, "")?;
        let session = desk::sessions(env).last_open(&id, common.prefix.as_deref(), &env.here)?;
        let card = remembered(&lab, session.as_ref().map_or(&Memory::default(), |session| &session.memory));
        labs.push(ListedLab {
            title: ui.say(&lab.title),
            steps: card.steps.len(),
            passed: card.steps.iter().filter(|step| step.status == Status::Passed).count(),
            points: card.points(),
            max: card.max(),
            id,
        });
    }
    let mut quizzes = Vec::new();
    for id in shelf.quizzes() {
        let (file, source) = shelf.quiz_source(&id)?;
        let quiz = Quiz::parse(&file, &source)?;
        // A history that cannot be read is told; the list is there all the same.
        let best = History::read(&env.home, &id).map(|history| history.best(&quiz));
        let best = best.unwrap_or_else(|error| {
            ui.complain(&error);
            None
        });
        quizzes.push(ListedQuiz { title: ui.say(&quiz.title), questions: quiz.questions.len(), best, id });
    }
    if ui.format == Format::Json {
        ui.data(&report::list_json(&labs, &quizzes)?)?;
        return Ok(Exit::Done);
    }
    let mut out = ui.page.heading(&ui.say(&say!("Laboratoires", "Labs")));
    for lab in &labs {
        let ListedLab { id, title, steps, passed, points, max } = lab;
        let done = ui.say(&say!(
            "{passed}/{steps} étapes, {points}/{max} points",
            "{passed}/{steps} steps, {points}/{max} points"
        ));
        let _ = writeln!(out, "  {id:<16} {title} ({done})");
    }
    out.push_str(&ui.page.heading(&ui.say(&say!("Quiz", "Quizzes"))));
    for quiz in &quizzes {
        let ListedQuiz { id, title, questions, best } = quiz;
        let count = match best {
            Some(best) => say!(
                "{questions} questions, meilleur score {best} %",
                "{questions} questions, best score {best}%"
            ),
            None => say!("{questions} questions", "{questions} questions"),
        };
        let _ = writeln!(out, "  {id:<16} {title} ({})", ui.say(&count));
    }
    ui.data(&out)?;
    Ok(Exit::Done)
}
