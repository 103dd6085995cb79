//! The lab as it is meant: nothing in it can be wrong any more.

use std::collections::BTreeMap;

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
    /// The images it needs; the first one that is here also serves for scratch containers.
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
    /// What does it.
    pub operations: Vec<Operation>,
    /// What is judged.
    pub checks: Vec<Item>,
    /// Hints, from a nudge to nearly the answer.
    pub hints: Vec<Text>,
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

    /// The position of a step, from 1.
    pub(crate) fn number(&self, id: &str) -> usize {
        self.steps.iter().position(|step| step.id == id).map_or(0, |at| at + 1)
    }
}
