//! What was expected of an attempt, held against what was judged.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::cli::author::test::Trial;
use crate::cli::author::test::WITHOUT;
use crate::engine::Scorecard;
use crate::engine::Status;
use crate::lab::Attempt;
use crate::lab::Lab;
use crate::text::Text;
use crate::text::list;
use crate::text::say;

/// What came of a trial.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    /// Where the verdict is not what it must be; none where all is well.
    pub complaints: Vec<Text>,
    /// How long it took.
    pub took: Duration,
    /// How long each step of the solution took.
    pub steps: Vec<(String, Duration)>,
}

/// Every way in which a scorecard is not what a trial asks for.
pub(super) fn complaints(trial: &Trial, lab: &Lab, card: &Scorecard) -> Vec<Text> {
    match trial {
        Trial::Solution | Trial::Again => {
            let open = in_status(card, |status| status != Status::Passed);
            let all_earned = card.points() == card.max();
            (!all_earned || !open.is_empty()).then(|| not_passed(&open)).into_iter().collect()
        }
        Trial::Without(name) => {
            let step = name.trim_start_matches(WITHOUT);
            let earned = lab.criteria.iter().zip(&card.criteria).filter(|(criterion, card)| {
                card.status == Status::Passed && criterion.proven_by.iter().any(|proof| proof.step == step)
            });
            let names = list(earned.map(|(criterion, _)| &criterion.id));
            let complaint = || {
                say!(
                    "l'étape `{step}` n'a pas été faite, et pourtant ceci est acquis : {names}",
                    "the step `{step}` was left out, and yet this is earned: {names}"
                )
            };
            (!names.is_empty()).then(complaint).into_iter().collect()
        }
        Trial::Blank => {
            let judged = in_status(card, |status| matches!(status, Status::Passed | Status::Failed));
            let names = list(judged.keys());
            let complaint = || {
                say!(
                    "rien n'a été fait, et pourtant ceci est jugé : {names}",
                    "nothing was done, and yet this is judged: {names}"
                )
            };
            (!judged.is_empty()).then(complaint).into_iter().collect()
        }
        Trial::Attempt(attempt) => of_attempt(attempt, card),
    }
}

fn of_attempt(attempt: &Attempt, card: &Scorecard) -> Vec<Text> {
    let mut complaints = Vec::new();
    let failed = in_status(card, |status| status == Status::Failed);
    for (check, mistake) in &attempt.fails {
        match failed.get(check) {
            Some((found, _)) if *found == Some(mistake.as_str()) => {}
            Some((found, said)) => {
                let (found, said) = (found.unwrap_or("∅"), said.clone());
                let (fr, en) = (said.fr, said.en);
                complaints.push(say!(
                    "`{check}` nomme `{found}`, et non `{mistake}` ({fr})",
                    "`{check}` names `{found}`, not `{mistake}` ({en})"
                ));
            }
            None => {
                let (status, said) = standing(card, check);
                let (fr, en) = (said.fr, said.en);
                complaints.push(say!(
                    "`{check}` devait échouer ({mistake}), il est `{status}` ({fr})",
                    "`{check}` was to fail ({mistake}), it is `{status}` ({en})"
                ));
            }
        }
    }
    for (check, (mistake, said)) in failed.iter().filter(|(check, _)| !attempt.fails.contains_key(*check)) {
        let (mistake, fr, en) = (mistake.unwrap_or("∅"), &said.fr, &said.en);
        complaints
            .push(say!("`{check}` échoue aussi ({mistake} : {fr})", "`{check}` fails too ({mistake}: {en})"));
    }
    let open = attempt.passes.iter().map(|check| (check, standing(card, check)));
    for (check, (status, said)) in open.filter(|(_, (status, _))| *status != Status::Passed.word()) {
        let (fr, en) = (said.fr, said.en);
        complaints.push(say!(
            "`{check}` devait passer, il est `{status}` ({fr})",
            "`{check}` was to pass, it is `{status}` ({en})"
        ));
    }
    complaints.extend(criteria(attempt, card));
    complaints
}

fn criteria(attempt: &Attempt, card: &Scorecard) -> Option<Text> {
    let lost = card.criteria.iter().filter(|one| one.status == Status::Failed);
    let lost: Vec<&String> = lost.map(|one| &one.id).collect();
    let same = lost.len() == attempt.loses.len() && attempt.loses.iter().all(|one| lost.contains(&one));
    let (lost, expected) = (list(lost), list(&attempt.loses));
    (!same).then(|| {
        say!("critères perdus : {lost} ; attendu : {expected}", "criteria lost: {lost}; expected: {expected}")
    })
}

fn not_passed(open: &BTreeMap<String, (Option<&'static str>, Text)>) -> Text {
    let fr = list(open.iter().map(|(check, (_, said))| format!("{check} ({})", said.fr)));
    let en = list(open.iter().map(|(check, (_, said))| format!("{check} ({})", said.en)));
    say!("la solution ne passe pas : {fr}", "the solution does not pass: {en}")
}

/// The checks of a status, by `step.check`, each with its mistake and what was said.
fn in_status(
    card: &Scorecard,
    fits: impl Fn(Status) -> bool,
) -> BTreeMap<String, (Option<&'static str>, Text)> {
    let all = card.steps.iter().flat_map(|step| step.checks.iter().map(|check| (&step.id, check)));
    all.filter(|(_, check)| fits(check.status))
        .map(|(step, check)| (format!("{step}.{}", check.id), (check.mistake, check.message.clone())))
        .collect()
}

fn standing(card: &Scorecard, name: &str) -> (&'static str, Text) {
    let (step, check) = name.split_once('.').unwrap_or((name, ""));
    let found = card.check(step, check);
    found.map_or(("?", Text::default()), |one| (one.status.word(), one.message.clone()))
}
