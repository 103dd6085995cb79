//! `quiz --answers`: grades a file of answers.

use std::path::Path;

use serde_json::json;

use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::quiz;
use crate::cli::quiz::begin;
use crate::cli::quiz::class;
use crate::cli::ui::Ui;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::quiz::Entry;
use crate::quiz::Graded;
use crate::quiz::History;
use crate::quiz::Mark;
use crate::quiz::Mode;
use crate::quiz::Quiz;
use crate::report;
use crate::report::Format;
use crate::text::say;

/// Grades, reports, and keeps the answers.
pub(super) async fn answers(
    args: &args::Quiz,
    file: &Path,
    common: &Common,
    env: &Env,
    ui: &Ui,
) -> Result<Exit> {
    if file.is_dir() {
        return class::class(args, file, common, env, ui);
    }
    if args.csv.is_some() {
        return Err(Error::usage(say!(
            "`--csv` est pour un dossier de réponses, et non pour un fichier",
            "`--csv` is for a folder of answers, not for a file"
        )));
    }
    let quiz = quiz::read(&args.quiz, common)?;
    let mut history = quiz::history(&quiz.id, env, ui)?;
    begin::refuse_in_exam(&quiz, &history, env)?;
    let paper = begin::paper(&quiz, &args.taking)?;
    let quiz = match &args.key {
        None => quiz,
        Some(key) => {
            let key = crate::quiz::answers::read(&env.here.join(key), &quiz)?;
            crate::quiz::key::corrected(&quiz, &key)?
        }
    };
    let mut answers = crate::quiz::answers::read(file, &quiz)?;
    if let Some(paper) = &paper {
        answers = crate::quiz::answers::on_paper(answers, paper)?;
    }
    let mut graded = crate::quiz::grade(&quiz, &answers)?;
    if args.taking.exam {
        graded = graded.weighted(&quiz);
    }
    // By a key of one's own nothing is earned.
    if args.key.is_none() {
        keep(&graded, &mut history, common, env).await?;
    }
    let passed = passed(&quiz, &graded, args.taking.exam);
    let more = json!({"passed": passed, "progress": history.standings(&quiz)});
    let text = if ui.format == Format::Json {
        report::quiz_json(&quiz, &graded, ui.lang, &more)?
    } else {
        report::quiz_page(&quiz, &graded, &ui.page, ui.lang)
    };
    ui.data(&text)?;
    Ok(if passed { Exit::Done } else { Exit::NotYet })
}

/// Keeps a grade: in the quiz's history, and for the lab of the same name.
async fn keep(graded: &Graded, history: &mut History, common: &Common, env: &Env) -> Result<()> {
    if let Some(mut session) = quiz::session_of(&graded.quiz, common, env).await? {
        quiz::remember(&mut session, graded)?;
    }
    let at = env::now();
    let attempt = at.to_string();
    history.keep(&attempt, graded, at)?;
    let (percent, questions) = (graded.percent(), graded.questions.len());
    if questions == 0 {
        return Ok(());
    }
    history.note(vec![Entry::Finished { at, attempt, mode: Mode::File, percent, questions }])
}

/// Whether a graded quiz is passed: an exam by its pass mark, anything else where all of it is right.
pub(super) fn passed(quiz: &Quiz, graded: &Graded, exam: bool) -> bool {
    let all = graded.questions.iter().all(|grade| grade.mark == Mark::Right);
    !graded.questions.is_empty() && if exam { graded.percent() >= quiz.exam.pass } else { all }
}

/// Grades a file of answers.
pub(crate) fn grade_file(id: &str, file: &Path, common: &Common) -> Result<(Quiz, Graded)> {
    let quiz = quiz::read(id, common)?;
    let answers = crate::quiz::answers::read(file, &quiz)?;
    let graded = crate::quiz::grade(&quiz, &answers)?;
    Ok((quiz, graded))
}
