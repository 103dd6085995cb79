//! `hint` and `solution`: help with a step, without looking at the daemon.

use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::desk;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::engine;
use crate::engine::Counsel;
use crate::engine::Entry;
use crate::engine::Session;
use crate::engine::Shell;
use crate::error::Exit;
use crate::error::Result;
use crate::lab::Lab;
use crate::lab::Step;
use crate::text::say;
use crate::world::Memory;
use crate::world::Operation;

/// Shows one hint more of a step; after the last one, the last one again.
pub(crate) fn hint(args: &args::LabStep, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let (lab, mut session) = open(args, common, env)?;
    let step = which(&lab, args.step.as_deref(), session.as_ref())?;
    let shown = session.as_ref().and_then(|session| session.hints.get(&step.id).copied()).unwrap_or(0);
    let nothing = Memory::default();
    let memory = session.as_ref().map_or(&nothing, |session| &session.memory);
    let Some(next) = engine::counsel(step, None, memory, shown) else { return Ok(Exit::Done) };
    let level = next.level;
    ui.data(&hint_text(&lab, step, next, ui))?;
    if let Some(session) = &mut session {
        session.note(env::now(), &[Entry::Hinted { step: step.id.clone(), level }])?;
    }
    Ok(Exit::Done)
}

/// A hint under its heading.
pub(crate) fn hint_text(lab: &Lab, step: &Step, next: Counsel<'_>, ui: &Ui) -> String {
    let (number, count, title) = (lab.number(&step.id), step.hints.len(), ui.say(&step.title));
    let level = next.level;
    let heading = say!(
        "Étape {number}, {title} : piste {level} sur {count}",
        "Step {number}, {title}: hint {level} of {count}"
    );
    ui.page.heading(&ui.say(&heading)) + &ui.page.paragraph("", &ui.say(&next.hint.text()))
}

/// Prints the commands of a step.
pub(crate) fn solution(args: &args::Solution, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let (lab, mut session) = open(&args.which, common, env)?;
    let step = which(&lab, args.which.step.as_deref(), session.as_ref())?;
    ui.data(&solution_text(&lab, step, args.shell, ui))?;
    if let Some(session) = &mut session {
        note_help(session, step)?;
    }
    Ok(Exit::Done)
}

/// The commands of a step, ready to be pasted; what is said about them stands in comment lines.
pub(crate) fn solution_text(lab: &Lab, step: &Step, shell: Shell, ui: &Ui) -> String {
    let mut out = comment(lab, step, ui);
    for operation in step.operations.iter().filter(|operation| !matches!(operation, Operation::Check(_))) {
        out.push_str(&engine::render(lab, step, operation, shell));
        out.push('\n');
    }
    let why = ui.page.paragraph("# ", &ui.say(&step.explain)).replace("\n  ", "\n# ");
    out.push_str(&why);
    out
}

/// The step's number and title as a comment line. A second line of a title would be a command.
pub(crate) fn comment(lab: &Lab, step: &Step, ui: &Ui) -> String {
    let title = ui.say(&step.title);
    let line = title.lines().collect::<Vec<_>>().join(" ");
    format!("# {}. {line}\n", lab.number(&step.id))
}

/// Keeps that a solution was shown; once is enough.
pub(crate) fn note_help(session: &mut Session, step: &Step) -> Result<()> {
    if session.memory.helped.contains(&step.id) {
        return Ok(());
    }
    session.note(env::now(), &[Entry::Helped { step: step.id.clone() }])
}

fn open(args: &args::LabStep, common: &Common, env: &Env) -> Result<(Lab, Option<Session>)> {
    let session = desk::sessions(env).last_open(&args.lab, common.prefix.as_deref(), &env.here)?;
    let own = session.as_ref().map_or("", |session| session.prefix.as_str());
    let lab = desk::shelf(common).lab(&args.lab, common.prefix.as_deref().unwrap_or(own))?;
    Ok((lab, session))
}

/// The step that was named, else the first with a check that never passed.
fn which<'a>(lab: &'a Lab, name: Option<&str>, session: Option<&Session>) -> Result<&'a Step> {
    if let Some(name) = name {
        return lab.step(name);
    }
    let known = |step: &str, check: &str| {
        session.is_some_and(|session| session.memory.evidence(step, check).is_some())
    };
    let undone = |step: &&Step| step.checks.iter().any(|item| !known(&step.id, &item.id));
    lab.steps.iter().find(undone).or(lab.steps.last()).ok_or_else(|| {
        let id = &lab.id;
        crate::error::Error::usage(say!(
            "le laboratoire `{id}` n'a pas d'étape",
            "the lab `{id}` has no step"
        ))
    })
}
