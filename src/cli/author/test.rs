//! `author test`: a lab is proven on a real daemon. Its solution must pass, nothing at all must neither pass nor
//! fail, every wrong attempt must fail as it says, and right work done otherwise must never be refused.

use std::collections::BTreeSet;
use std::time::Duration;
use std::time::Instant;

use futures_util::StreamExt;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::author::lane::Lane;
use crate::cli::author::recorded;
use crate::cli::author::verdict::Outcome;
use crate::cli::desk;
use crate::cli::env::Env;
use crate::cli::interrupted;
use crate::cli::ui::Ui;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::lab::Attempt;
use crate::report::Format;
use crate::text::list;
use crate::text::say;

/// What stands before a step's id in the name of the trial that leaves it out.
pub(super) const WITHOUT: &str = "without-";

/// What is tried.
#[derive(Clone, Debug)]
pub(super) enum Trial {
    /// The lab's own operations.
    Solution,
    /// The same, from fresh once more.
    Again,
    /// The same without a step and all that builds on it; the name has the step after [`WITHOUT`].
    Without(String),
    /// Nothing is done at all.
    Blank,
    /// What a learner may do.
    Attempt(Attempt),
}

impl Trial {
    /// As it is named.
    pub(super) fn id(&self) -> &str {
        match self {
            Trial::Solution => "solution",
            Trial::Again => "solution-again",
            Trial::Without(step) => step.as_str(),
            Trial::Blank => "blank",
            Trial::Attempt(attempt) => &attempt.id,
        }
    }

    /// Whether only the lab's own operations are carried out, so that `reset` leaves nothing.
    pub(super) fn is_ours(&self) -> bool {
        match self {
            Trial::Solution | Trial::Again | Trial::Without(_) => true,
            Trial::Blank | Trial::Attempt(_) => false,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Trial::Solution | Trial::Again => "solution",
            Trial::Without(_) => "without",
            Trial::Blank => "blank",
            Trial::Attempt(attempt) if attempt.is_detour() => "detour",
            Trial::Attempt(_) => "sabotage",
        }
    }
}

/// Tries everything, or what was asked for.
pub(crate) async fn test(args: &args::AuthorTest, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    ui.format.among(&[Format::Text, Format::Json])?;
    let chosen = chosen(args, common)?;
    // A daemon that does not answer is told once, not by every trial.
    desk::connect(common, env).await?;
    let stop = CancellationToken::new();
    let asked = async {
        interrupted::asked(false, env.plugin_socket.as_deref()).await;
        stop.cancel();
        std::future::pending().await
    };
    let mut all = tokio::select! {
        // Asked first, so that signals are listened to before anything begins.
        biased;
        never = asked => never,
        all = tried(chosen, args, (common, env, ui), &stop) => all?,
    };
    all.sort_by_key(|(number, _, _)| *number);
    let unnamed = if args.only.is_empty() { unnamed(args, common)? } else { Vec::new() };
    let wrong = all.iter().filter(|(_, _, outcome)| !outcome.complaints.is_empty()).count();
    report(args, &all, &unnamed, ui)?;
    Ok(if wrong == 0 && unnamed.is_empty() { Exit::Done } else { Exit::NotYet })
}

/// Tries side by side, then alone what was judged wrongly: what others did on the daemon meanwhile may have been in
/// the way. After an error, or when it is stopped, no trial begins, and those under way clear up.
async fn tried(
    chosen: Vec<Trial>,
    args: &args::AuthorTest,
    around: (&Common, &Env, &Ui),
    stop: &CancellationToken,
) -> Result<Vec<(usize, Trial, Outcome)>> {
    let trials =
        futures_util::stream::iter(chosen.into_iter().enumerate()).map(|(number, trial)| async move {
            let outcome = Box::pin(one((number, &trial), args, around, stop)).await;
            (number, trial, outcome)
        });
    let mut trials = Box::pin(trials.buffer_unordered(args.jobs.max(1)));
    let (mut all, mut failure) = (Vec::new(), None);
    while let Some((number, trial, outcome)) = trials.next().await {
        match outcome {
            Ok(outcome) => {
                if outcome.complaints.is_empty() {
                    tell(&trial, &outcome, around.2);
                }
                all.push((number, trial, outcome));
            }
            Err(error) => {
                stop.cancel();
                failure.get_or_insert(error);
            }
        }
    }
    if let Some(failure) = failure {
        return Err(failure);
    }
    for (number, trial, outcome) in all.iter_mut().filter(|(_, _, one)| !one.complaints.is_empty()) {
        *outcome = Box::pin(one((*number, trial), args, around, stop)).await?;
        tell(trial, outcome, around.2);
    }
    Ok(all)
}

fn chosen(args: &args::AuthorTest, common: &Common) -> Result<Vec<Trial>> {
    let shelf = desk::shelf(common);
    let attempts = shelf.attempts(&args.lab, "")?.into_iter().map(Trial::Attempt);
    let lab = shelf.lab(&args.lab, "")?;
    let without = lab.steps.iter().map(|step| Trial::Without(format!("{WITHOUT}{}", step.id)));
    let own = [Trial::Solution, Trial::Again, Trial::Blank].into_iter().chain(without);
    let all: Vec<Trial> = own.chain(attempts).collect();
    if let Some(unknown) = args.only.iter().find(|id| !all.iter().any(|trial| trial.id() == id.as_str())) {
        let known = list(all.iter().map(Trial::id));
        return Err(Error::usage(say!(
            "il n'y a pas de tentative `{unknown}`",
            "there is no attempt `{unknown}`"
        ))
        .hint(say!("il y a : {known}", "there are: {known}")));
    }
    let asked = |trial: &Trial| args.only.is_empty() || args.only.iter().any(|id| id == trial.id());
    Ok(all.into_iter().filter(asked).collect())
}

async fn one(
    (number, trial): (usize, &Trial),
    args: &args::AuthorTest,
    (common, env, ui): (&Common, &Env, &Ui),
    stop: &CancellationToken,
) -> Result<Outcome> {
    if stop.is_cancelled() {
        return Err(interrupted::told());
    }
    let lane = Lane::open(number, &args.lab, (common, env, ui))?;
    let trial = &lane.prefixed(trial)?;
    let began = Instant::now();
    let (outcome, recording) = match Box::pin(lane.carry_out(trial, stop)).await {
        Ok(done) => done,
        Err(error) if error.exit == Exit::Interrupted => return Err(error),
        // One that could not be carried out says nothing about the others.
        Err(error) => {
            let cause = error.cause.unwrap_or_default();
            let (fr, en) = (error.what.fr, error.what.en);
            let complaints = vec![say!("{fr} ({cause})", "{en} ({cause})")];
            (Outcome { complaints, took: began.elapsed(), steps: Vec::new() }, None)
        }
    };
    if let (Some(folder), Some(recording)) = (&args.record, recording) {
        recorded::write(&env.here.join(folder), trial.id(), recording)?;
    }
    Ok(outcome)
}

/// The mistakes of the lab that no attempt makes.
fn unnamed(args: &args::AuthorTest, common: &Common) -> Result<Vec<String>> {
    let shelf = desk::shelf(common);
    let attempts = shelf.attempts(&args.lab, "")?;
    let named: BTreeSet<&String> = attempts.iter().flat_map(|attempt| attempt.fails.values()).collect();
    let lab = shelf.lab(&args.lab, "")?;
    Ok(lab.mistakes.iter().map(|one| one.id.clone()).filter(|id| !named.contains(id)).collect())
}

fn tell(trial: &Trial, outcome: &Outcome, ui: &Ui) {
    let sign = if outcome.complaints.is_empty() { "✓" } else { "✗" };
    let seconds = outcome.took.as_secs_f64();
    ui.note_plain(&format!("{sign} {:8} {} ({seconds:.1} s)\n", trial.kind(), trial.id()));
    if matches!(trial, Trial::Solution) {
        for (step, took) in &outcome.steps {
            let seconds = took.as_secs_f64();
            ui.note_plain(&format!("    {step:16} {seconds:5.1} s\n"));
        }
    }
    for complaint in &outcome.complaints {
        ui.note_plain(&ui.page.paragraph("    ", &ui.say(complaint)));
    }
}

fn milliseconds(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

fn report(
    args: &args::AuthorTest,
    all: &[(usize, Trial, Outcome)],
    unnamed: &[String],
    ui: &Ui,
) -> Result<()> {
    let right = all.iter().filter(|(_, _, outcome)| outcome.complaints.is_empty()).count();
    if ui.format == Format::Json {
        let attempts = all.iter().map(|(_, trial, outcome)| {
            let complaints: Vec<String> = outcome.complaints.iter().map(|one| ui.say(one)).collect();
            json!({
                "id": trial.id(), "kind": trial.kind(), "ok": complaints.is_empty(),
                "ms": milliseconds(outcome.took), "complaints": complaints,
                "steps": outcome.steps.iter().map(|(step, took)| json!({"id": step, "ms": milliseconds(*took)}))
                    .collect::<Vec<_>>(),
            })
        });
        let document = json!({
            "schema": 1, "lab": args.lab, "attempts": attempts.collect::<Vec<_>>(), "unnamed": unnamed,
            "summary": {"ok": right, "all": all.len()},
        });
        return ui.data(&format!("{document:#}\n"));
    }
    let count = all.len();
    let mut text = ui.say(&say!(
        "{right} tentatives sur {count} sont jugées comme elles le doivent.\n",
        "{right} of {count} attempts are judged as they must be.\n"
    ));
    if !unnamed.is_empty() {
        let names = list(unnamed);
        text += &ui.say(&say!(
            "Aucun sabotage ne commet ces erreurs : {names}\n",
            "No sabotage makes these mistakes: {names}\n"
        ));
    }
    ui.data(&text)
}
