//! What can be wrong with the hints and predictions of a step: references that lead nowhere.

use crate::lab::Lab;
use crate::lab::Prediction;
use crate::lab::Step;
use crate::text::say;
use crate::yaml;
use crate::yaml::Document;

/// Complains about checks and options that do not exist, and about questions that nothing answers.
pub(super) fn complain(document: &Document, lab: &Lab) {
    for (index, step) in lab.steps.iter().enumerate() {
        let path = yaml::item("steps", index);
        for (at, hint) in step.hints.iter().enumerate() {
            if let Some(check) = hint.about.as_deref() {
                known_check(
                    document,
                    &yaml::join(&yaml::item(&yaml::join(&path, "hints"), at), "about"),
                    step,
                    check,
                );
            }
        }
        for (at, prediction) in step.predict.iter().enumerate() {
            of_one(document, &yaml::item(&yaml::join(&path, "predict"), at), step, prediction);
        }
    }
}

fn of_one(document: &Document, path: &str, step: &Step, prediction: &Prediction) {
    if let Some(check) = prediction.shown_by.as_deref() {
        known_check(document, &yaml::join(path, "shown_by"), step, check);
    }
    let answers = yaml::join(path, "answers");
    for (at, outcome) in prediction.answers.iter().enumerate() {
        let option = &outcome.option;
        if !prediction.options.iter().any(|one| one.id == *option) {
            let what = say!("il n'y a pas d'option `{option}`", "there is no option `{option}`");
            document.complain(&yaml::join(&yaml::item(&answers, at), "option"), what);
        }
    }
    if prediction.answers.last().is_none_or(|last| last.engine_before.is_some()) {
        document.complain(
            &answers,
            say!(
                "la dernière réponse doit valoir pour tous les moteurs",
                "the last answer must hold for every engine"
            ),
        );
    }
}

fn known_check(document: &Document, path: &str, step: &Step, check: &str) {
    if !step.checks.iter().any(|item| item.id == check) {
        let id = &step.id;
        let what =
            say!("l'étape `{id}` n'a pas de contrôle `{check}`", "the step `{id}` has no check `{check}`");
        document.complain(path, what);
    }
}
