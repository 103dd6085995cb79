//! `quiz`: takes the quiz, or grades files of answers.

mod answers;
mod begin;
mod card;
mod class;
mod keys;
mod progress;
mod take;
mod typed;

use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::desk;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::engine::Entry;
use crate::engine::Scorecard;
use crate::engine::Session;
use crate::engine::Status;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::quiz;
use crate::quiz::Graded;
use crate::quiz::History;
use crate::quiz::Mark;
use crate::quiz::Quiz;
use crate::text::say;
use crate::world::Answered;

pub(crate) use answers::grade_file;
pub(crate) use begin::usual_count;
pub(crate) use progress::with_progress;

/// Takes the quiz, grades files of answers, or shows the progress.
pub(crate) async fn quiz(args: &args::Quiz, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    if args.progress {
        return progress::progress(&args.quiz, common, env, ui);
    }
    match &args.answers {
        Some(file) => answers::answers(args, &env.here.join(file), common, env, ui).await,
        None => take::take(args, common, env, ui).await,
    }
}

/// Reads a quiz from the shelf.
pub(crate) fn read(id: &str, common: &Common) -> Result<Quiz> {
    let (file, source) = desk::shelf(common).quiz_source(id)?;
    let quiz = Quiz::parse(&file, &source)?;
    if quiz.id == id {
        return Ok(quiz);
    }
    // What was answered is kept by the id: the history of another quiz would be mixed with it.
    let other = quiz.id;
    Err(Error::usage(say!(
        "`{file}` : le quiz s'y appelle `{other}`, et le fichier `{id}`",
        "`{file}`: the quiz in it is called `{other}`, the file `{id}`"
    ))
    .hint(say!(
        "donnez-leur le même nom : renommez le fichier, ou changez `id`",
        "give them the same name: rename the file, or change `id`"
    )))
}

/// Reads what was answered so far; says so where the last line was torn.
fn history(id: &str, env: &Env, ui: &Ui) -> Result<History> {
    let history = History::read(&env.home, id)?;
    if history.torn {
        ui.note(&say!(
            "La dernière ligne de l'historique du quiz était inachevée (arrêt brutal ?) : elle est ignorée.",
            "The last line of the quiz's history was unfinished (a sudden stop?): it is left out."
        ));
    }
    Ok(history)
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

/// Keeps which steps of the lab are not right, so that the quiz of the same name begins with their questions. A history
/// that cannot be kept is told, and changes no verdict.
pub(crate) fn remember_failing(card: &Scorecard, env: &Env, ui: &Ui) {
    let kept = History::read(&env.home, &card.lab).and_then(|mut history| {
        let asked = card.steps.iter().filter(|step| card.asked.contains(&step.id));
        let failed: Vec<String> =
            asked.filter(|step| step.status == Status::Failed).map(|step| step.id.clone()).collect();
        let others = history.failing().iter().filter(|step| !card.asked.contains(step)).cloned();
        let mut steps: Vec<String> = others.chain(failed).collect();
        steps.sort();
        if steps == history.failing() {
            return Ok(());
        }
        history.note(vec![quiz::Entry::Failing { at: env::now(), steps }])
    });
    if let Err(error) = kept {
        ui.complain(&error);
    }
}

/// The session of the lab that a quiz belongs to; the quiz can also be taken where no daemon answers.
async fn session_of(lab: &str, common: &Common, env: &Env) -> Result<Option<Session>> {
    let (sessions, prefix) = (desk::sessions(env), common.prefix.as_deref());
    match desk::connect(common, env).await {
        Ok(engine) => {
            let session = sessions.find(lab, &engine.daemon, prefix, &env.here)?;
            Ok(session.is_open.then_some(session))
        }
        Err(_) => sessions.last_open(lab, prefix, &env.here),
    }
}
