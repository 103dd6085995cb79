//! `quiz`: takes the quiz, or grades a file of answers.

use std::path::Path;

use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::desk;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::engine::Entry;
use crate::engine::Session;
use crate::engine::Status;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::quiz;
use crate::quiz::Answer;
use crate::quiz::Answers;
use crate::quiz::Graded;
use crate::quiz::Kind;
use crate::quiz::Mark;
use crate::quiz::Question;
use crate::quiz::Quiz;
use crate::report;
use crate::report::Format;
use crate::text::say;
use crate::world::Answered;

/// Grades, reports, and keeps the answers for the lab of the same name.
pub(crate) async fn quiz(args: &args::Quiz, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let (quiz, graded) = match &args.answers {
        Some(file) => grade_file(&args.quiz, &env.here.join(file), common)?,
        None => ask(&args.quiz, common, ui)?,
    };
    if let Some(mut session) = session_of(&quiz.id, common, env).await? {
        remember(&mut session, &graded)?;
    }
    let text = if ui.format == Format::Json {
        report::quiz_json(&quiz, &graded, ui.lang)?
    } else {
        page(&quiz, &graded, ui)
    };
    ui.data(&text)?;
    let all = graded.questions.iter().all(|grade| grade.mark == Mark::Right);
    Ok(if all && !graded.questions.is_empty() { Exit::Done } else { Exit::NotYet })
}

/// Grades a file of answers.
pub(crate) fn grade_file(id: &str, file: &Path, common: &Common) -> Result<(Quiz, Graded)> {
    let quiz = read(id, common)?;
    let answers = quiz::answers::read(file)?;
    let graded = quiz::grade(&quiz, &answers)?;
    Ok((quiz, graded))
}

/// Keeps graded answers in a session's journal.
pub(crate) fn remember(session: &mut Session, graded: &Graded) -> Result<()> {
    let answered = graded.questions.iter().filter(|grade| grade.mark != Mark::Open);
    let entries: Vec<Entry> = answered
        .map(|grade| {
            Entry::Answered(Answered {
                quiz: graded.quiz.clone(),
                question: grade.id.clone(),
                right: grade.mark == Mark::Right,
            })
        })
        .collect();
    session.note(env::now(), &entries)
}

fn read(id: &str, common: &Common) -> Result<Quiz> {
    let (file, source) = desk::shelf(common).quiz_source(id)?;
    Quiz::parse(&file, &source)
}

/// The session of the lab that a quiz belongs to; the quiz can also be taken where no daemon answers.
async fn session_of(lab: &str, common: &Common, env: &Env) -> Result<Option<Session>> {
    let sessions = desk::sessions(env);
    let session = match desk::connect(common, env).await {
        Ok(engine) => Some(sessions.find(lab, &engine.daemon, common.prefix.as_deref(), &env.here)?),
        Err(_) => sessions.latest(lab)?,
    };
    Ok(session.filter(|session| session.is_open))
}

/// Asks question by question, and explains at once.
fn ask(id: &str, common: &Common, ui: &Ui) -> Result<(Quiz, Graded)> {
    let quiz = read(id, common)?;
    if !ui.interactive {
        return Err(Error::usage(say!(
            "sans terminal, le quiz attend un fichier de réponses",
            "without a terminal, the quiz needs a file of answers"
        ))
        .hint(say!("`docker-lab quiz {id} --answers FICHIER`", "`docker-lab quiz {id} --answers FILE`")));
    }
    let mut answers = Answers::new();
    for (index, question) in quiz.questions.iter().enumerate() {
        let given = choose(question, index + 1, quiz.questions.len(), ui)?;
        for option in question.options.iter().filter(|option| given.contains(&option.id)) {
            let status = if option.right { Status::Passed } else { Status::Failed };
            let sign = ui.page.sign(status, ui.lang);
            ui.note_plain(&format!("{sign} {}\n", ui.page.paragraph("", &ui.say(&option.why))));
        }
        answers.insert(question.id.clone(), Answer { given });
    }
    let graded = quiz::grade(&quiz, &answers)?;
    Ok((quiz, graded))
}

fn choose(question: &Question, number: usize, count: usize, ui: &Ui) -> Result<Vec<String>> {
    let prompt = format!("{number}/{count}. {}", ui.say(&question.ask));
    let options: Vec<String> = question.options.iter().map(|option| ui.say(&option.text)).collect();
    let stopped = |error: dialoguer::Error| {
        Error::interrupted(say!("quiz interrompu", "quiz interrupted")).because(error)
    };
    let chosen = match question.kind {
        Kind::One => {
            vec![
                dialoguer::Select::new()
                    .with_prompt(prompt)
                    .items(&options)
                    .default(0)
                    .interact()
                    .map_err(stopped)?,
            ]
        }
        Kind::Several => {
            dialoguer::MultiSelect::new().with_prompt(prompt).items(&options).interact().map_err(stopped)?
        }
    };
    Ok(chosen.into_iter().filter_map(|at| question.options.get(at)).map(|option| option.id.clone()).collect())
}

fn page(quiz: &Quiz, graded: &Graded, ui: &Ui) -> String {
    let mut out = ui.page.heading(&ui.say(&quiz.title));
    for grade in &graded.questions {
        let Some(question) = quiz.questions.iter().find(|question| question.id == grade.id) else { continue };
        let status = match grade.mark {
            Mark::Right => Status::Passed,
            Mark::Wrong => Status::Failed,
            Mark::Open => Status::Pending,
        };
        let (sign, word) = report::status_word(status, ui.lang);
        let line = ui.page.paragraph(&format!("  {sign} "), &format!("{} ({word})", ui.say(&question.ask)));
        out.push_str(&line.replacen(sign, &ui.page.sign(status, ui.lang), 1));
        let told = question.options.iter().filter(|option| grade.given.contains(&option.id) || option.right);
        for option in told.filter(|_| grade.mark == Mark::Wrong) {
            let mark = if option.right { "→" } else { "✗" };
            let text = format!("{} — {}", ui.say(&option.text), ui.say(&option.why));
            out.push_str(&ui.page.paragraph(&format!("    {mark} "), &text));
        }
        if grade.mark == Mark::Wrong {
            let step = &grade.step;
            let again = say!("à refaire : l'étape `{step}`", "to be done again: the step `{step}`");
            out.push_str(&ui.page.paragraph("    ", &ui.say(&again)));
        }
    }
    let (points, max) = (graded.points(), graded.questions.len());
    out.push_str(
        &ui.page.heading(&ui.say(&say!("bonnes réponses : {points} sur {max}", "{points} of {max} right"))),
    );
    out
}
