//! The lab as it is meant: nothing in it can be wrong any more.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::checks::Check;
use crate::error::Error;
use crate::error::Result;
use crate::text::Text;
use crate::text::list;
use crate::text::say;
use crate::world::CheckRef;
use crate::world::Operation;
use crate::world::Resources;

/// A lab.
#[derive(Clone, Debug)]
pub(crate) struct Lab {
    /// The id, also its folder's name.
    pub id: String,
    /// The title.
    pub title: Text,
    /// What it is for.
    pub goal: Text,
    /// The images it needs; the first also serves the helper containers of its commands, and the first one that is
    /// here the scratch containers.
    pub images: Vec<String>,
    /// What stands before each of its names, joint included; empty without a prefix.
    pub prefix: String,
    /// The names it owns, prefix included.
    pub resources: Resources,
    /// The tasks of the exercise, each done in one or more steps.
    pub tasks: Vec<Task>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// The criteria, in order.
    pub criteria: Vec<Criterion>,
    /// The mistakes by name: what each means, in the words of this lab.
    pub mistakes: Vec<Mistake>,
    /// The files that operations write, by the name they have beside `lab.yaml`; prefix included.
    pub assets: BTreeMap<String, String>,
}

/// A task of the exercise.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    /// What is to be done.
    pub title: Text,
    /// The steps that do it.
    pub steps: Vec<String>,
}

/// A step.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// The id.
    pub id: String,
    /// The title.
    pub title: Text,
    /// What the learner is to do, and why.
    pub goal: Text,
    /// Why it works: what is to be understood once it is done.
    pub explain: Text,
    /// The steps that must be done before.
    pub needs: Vec<String>,
    /// Those of the lab's images without which it cannot be done, and the other steps can.
    pub needs_images: Vec<String>,
    /// What does it.
    pub operations: Vec<Operation>,
    /// What is judged.
    pub checks: Vec<Item>,
    /// Hints, from a nudge to nearly the answer.
    pub hints: Vec<Hint>,
    /// What the learner is asked before, so that the daemon's answer surprises.
    pub predict: Vec<Prediction>,
}

/// A mistake that the lab's checks can name.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mistake {
    /// The name.
    pub id: String,
    /// What is misunderstood; it follows what was found.
    pub says: Text,
    /// The way out, where the check's own sentence is not enough.
    #[serde(default)]
    pub way_out: Option<Text>,
}

/// A hint.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hint {
    /// The French wording.
    pub fr: String,
    /// The English wording.
    pub en: String,
    /// The check that it helps with; it is passed over once that one has passed.
    #[serde(default)]
    pub about: Option<String>,
}

impl Hint {
    /// The words.
    pub(crate) fn text(&self) -> Text {
        Text { fr: self.fr.clone(), en: self.en.clone() }
    }
}

/// A question about what will happen.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prediction {
    /// The id within the step.
    pub id: String,
    /// The question.
    pub ask: Text,
    /// What there is to choose from; the first is `a`.
    pub options: Vec<Expectation>,
    /// What happens, by engine: the first that fits.
    pub answers: Vec<Outcome>,
    /// The check of this step whose passing shows it; without one, the engine's version decides at once.
    #[serde(default)]
    pub shown_by: Option<String>,
}

/// An option of a prediction.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expectation {
    /// The id.
    pub id: String,
    /// What it says.
    pub text: Text,
}

/// What happens, and why.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outcome {
    /// Only on engines before this major version.
    #[serde(default)]
    pub engine_before: Option<u32>,
    /// The id of the option that comes true.
    pub option: String,
    /// Why.
    pub why: Text,
}

impl Prediction {
    /// What happens on an engine of this version.
    pub(crate) fn outcome(&self, engine: &str) -> Option<&Outcome> {
        let major: u32 = engine.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(u32::MAX);
        self.answers.iter().find(|one| one.engine_before.is_none_or(|before| major < before))
    }
}

/// A check of a step.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// The id within the step.
    pub id: String,
    /// What is judged, as a claim.
    pub title: Text,
    /// How it is judged.
    pub check: Check,
}

/// A criterion of the exercise.
#[derive(Clone, Debug)]
pub(crate) struct Criterion {
    /// The id.
    pub id: String,
    /// The title.
    pub title: Text,
    /// What it is worth.
    pub points: u32,
    /// The checks that must all pass.
    pub proven_by: Vec<CheckRef>,
}

impl Lab {
    /// The step of an id, or of a number from 1; an error that names those there are.
    pub(crate) fn step(&self, name: &str) -> Result<&Step> {
        let by_number = name.parse::<usize>().ok().and_then(|number| self.steps.get(number.checked_sub(1)?));
        let by_id = || self.steps.iter().find(|step| step.id == name);
        by_number.or_else(by_id).ok_or_else(|| {
            let (lab, known) = (&self.id, list(self.steps.iter().map(|step| &step.id)));
            Error::usage(say!(
                "le laboratoire `{lab}` n'a pas d'étape `{name}`",
                "the lab `{lab}` has no step `{name}`"
            ))
            .hint(say!("les étapes : {known}", "the steps: {known}"))
        })
    }

    /// The image of the helper containers that its commands start.
    pub(crate) fn helper(&self) -> &str {
        self.images.first().map_or("alpine", String::as_str)
    }

    /// Whether some steps can be done without an image.
    pub(crate) fn is_optional(&self, image: &str) -> bool {
        self.steps.iter().any(|step| step.needs_images.iter().any(|one| one == image))
    }

    /// The images without which nothing can be done.
    pub(crate) fn required_images(&self) -> Vec<String> {
        self.images.iter().filter(|image| !self.is_optional(image)).cloned().collect()
    }

    /// The optional images without which a step cannot be done: its own, and those of the steps that it needs.
    pub(crate) fn images_for<'a>(&'a self, step: &'a Step) -> Vec<&'a str> {
        let steps = self.foundations(step).into_iter().chain([step]);
        let mut images: Vec<&str> = steps.flat_map(|one| &one.needs_images).map(String::as_str).collect();
        images.sort_unstable();
        images.dedup();
        images
    }

    /// The steps that cannot be done without an image, in order.
    pub(crate) fn steps_with(&self, image: &str) -> Vec<&str> {
        let needs = |step: &&Step| self.images_for(step).contains(&image);
        self.steps.iter().filter(needs).map(|step| step.id.as_str()).collect()
    }

    /// The steps that a step needs, and those that they need, in order.
    pub(crate) fn foundations(&self, step: &Step) -> Vec<&Step> {
        let mut wanted: Vec<&str> = step.needs.iter().map(String::as_str).collect();
        let mut at = 0;
        while let Some(&id) = wanted.get(at) {
            let needs = self.steps.iter().filter(|one| one.id == id).flat_map(|one| &one.needs);
            let new: Vec<&str> = needs.map(String::as_str).filter(|need| !wanted.contains(need)).collect();
            wanted.extend(new);
            at += 1;
        }
        self.steps.iter().filter(|one| wanted.contains(&one.id.as_str())).collect()
    }

    /// The step itself and all that build on it, in order.
    pub(crate) fn built_on(&self, step: &Step) -> Vec<&Step> {
        let rests =
            |one: &&Step| one.id == step.id || self.foundations(one).iter().any(|below| below.id == step.id);
        self.steps.iter().filter(rests).collect()
    }

    /// The questions of a quiz that the lab's checks demand.
    pub(crate) fn demanded(&self, quiz: &str) -> Vec<String> {
        let mut demanded = Vec::new();
        for item in self.steps.iter().flat_map(|step| &step.checks) {
            if let Check::Quiz(check) = &item.check
                && check.quiz == quiz
            {
                demanded.extend(check.questions.iter().cloned());
            }
        }
        demanded
    }

    /// The checks that wait for answers to a quiz, each with the quiz's id.
    pub(crate) fn quiz_checks(&self) -> Vec<(CheckRef, &str)> {
        let mut found = Vec::new();
        for step in &self.steps {
            for item in &step.checks {
                if let Check::Quiz(check) = &item.check {
                    let refer = CheckRef { step: step.id.clone(), check: item.id.clone() };
                    found.push((refer, check.quiz.as_str()));
                }
            }
        }
        found
    }

    /// The position of a step, from 1.
    pub(crate) fn number(&self, id: &str) -> usize {
        self.steps.iter().position(|step| step.id == id).map_or(0, |at| at + 1)
    }
}
