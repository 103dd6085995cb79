//! `check`: look now, judge, keep the proofs.

use std::path::Path;

use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::desk;
use crate::cli::desk::Desk;
use crate::cli::env::Env;
use crate::cli::quiz;
use crate::cli::ui::Ui;
use crate::engine;
use crate::engine::Recording;
use crate::engine::Scorecard;
use crate::engine::Status;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::lab::Lab;
use crate::lab::Step;
use crate::report::Report;
use crate::text::say;

/// The lab that is meant where none is named.
pub(crate) const MAIN: &str = "volumes";

/// How a file of facts begins that `author record` wrote.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Judges the lab, or some of its steps.
pub(crate) async fn check(args: &args::Check, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let (lab, names) = lab_and_steps(args, common);
    if let Some(path) = &args.facts {
        return recorded(path, lab, &names, common, ui);
    }
    let lab = lab.unwrap_or_else(|| MAIN.to_owned());
    let printed = args.save_facts.as_deref() == Some(Path::new("-"));
    // Whoever asks for the facts from elsewhere (a trainer) begins no session in the learner's name.
    let mut desk = if printed {
        Desk::resume(&lab, common, env, ui).await?
    } else {
        Desk::open(&lab, common, env, ui).await?
    };
    let observer = desk.observer();
    let lab = desk.lab.clone();
    let asked = steps(&lab, &names)?;
    let examined = engine::examine(&lab, &asked, &observer, &mut desk.session).await?;
    quiz::remember_failing(&examined.scorecard, env, ui);
    match &args.save_facts {
        Some(_) if printed => {
            ui.data(&format!("{}\n", text(&examined.recording).map_err(unprinted)?))?;
            return Ok(exit(&examined.scorecard));
        }
        Some(path) => save(path, &examined.recording)?,
        None => {}
    }
    let report =
        Report { scorecard: &examined.scorecard, daemon: &desk.engine.daemon, stand_ins: &desk.stand_ins };
    ui.data(&report.render(ui.format, ui.lang, &ui.page)?)?;
    Ok(exit(&examined.scorecard))
}

/// What was meant: `check create` names a step of the main lab, where no lab is called so.
fn lab_and_steps(args: &args::Check, common: &Common) -> (Option<String>, Vec<String>) {
    let Some(named) = &args.lab else { return (None, Vec::new()) };
    let shelf = desk::shelf(common);
    let is_step = || shelf.lab(MAIN, "").is_ok_and(|lab| lab.step(named).is_ok());
    if shelf.labs().contains(named) || !is_step() {
        return (Some(named.clone()), args.steps.clone());
    }
    (Some(MAIN.to_owned()), [std::slice::from_ref(named), &args.steps[..]].concat())
}

/// The steps that were named; all where none was.
pub(crate) fn steps<'a>(lab: &'a Lab, names: &[String]) -> Result<Vec<&'a Step>> {
    if names.is_empty() {
        return Ok(lab.steps.iter().collect());
    }
    names.iter().map(|name| lab.step(name)).collect()
}

/// What a scorecard means for the exit code.
pub(crate) fn exit(scorecard: &Scorecard) -> Exit {
    match scorecard.overall() {
        Status::Passed => Exit::Done,
        _ if scorecard.has_unseen() => Exit::Environment,
        Status::Failed | Status::Pending | Status::Blocked | Status::Unseen => Exit::NotYet,
    }
}

/// Judges what was seen earlier; neither the daemon nor the journal is touched.
fn recorded(path: &Path, lab: Option<String>, names: &[String], common: &Common, ui: &Ui) -> Result<Exit> {
    let shown = path.display().to_string();
    let broken = || {
        Error::usage(say!("`{shown}` n'est pas un fichier de faits", "`{shown}` is not a file of facts"))
            .hint(say!(
                "`docker-lab check --save-facts FICHIER` en écrit un",
                "`docker-lab check --save-facts FILE` writes one"
            ))
    };
    let bytes = std::fs::read(path).map_err(|error| broken().because(error))?;
    let read = if bytes.starts_with(&GZIP) {
        serde_json::from_reader(flate2::read::GzDecoder::new(bytes.as_slice()))
    } else {
        serde_json::from_slice(&bytes)
    };
    let recording: Recording = read.map_err(|error| broken().because(error))?;
    if let Some(lab) = lab.filter(|lab| *lab != recording.lab) {
        let seen = &recording.lab;
        return Err(Error::usage(say!(
            "les faits de `{shown}` sont ceux du laboratoire `{seen}`, et non de `{lab}`",
            "the facts in `{shown}` are those of the lab `{seen}`, not of `{lab}`"
        ))
        .hint(say!(
            "`docker-lab check {seen} --facts FICHIER` les juge",
            "`docker-lab check {seen} --facts FILE` judges them"
        )));
    }
    let lab = desk::shelf(common).lab(&recording.lab, &recording.prefix)?;
    let asked = steps(&lab, names)?;
    let scorecard = engine::judge(&lab, &asked, &recording.facts, &recording.memory, recording.at);
    let report = Report { scorecard: &scorecard, daemon: &recording.daemon, stand_ins: &[] };
    ui.data(&report.render(ui.format, ui.lang, &ui.page)?)?;
    Ok(exit(&scorecard))
}

fn text(recording: &Recording) -> std::io::Result<String> {
    serde_json::to_string_pretty(recording).map_err(std::io::Error::other)
}

fn unprinted(error: std::io::Error) -> Error {
    Error::environment(say!("les faits n'ont pas pu être affichés", "the facts could not be printed"))
        .because(error)
}

fn save(path: &Path, recording: &Recording) -> Result<()> {
    let shown = path.display();
    let written = text(recording).and_then(|text| std::fs::write(path, text + "\n"));
    written.map_err(|error| {
        Error::environment(say!("`{shown}` n'a pas pu être écrit", "`{shown}` could not be written"))
            .because(error)
    })
}
