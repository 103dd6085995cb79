//! Which help comes next: the first hint that was not shown and that what is done already does not make idle; pure.

use crate::engine::Status;
use crate::engine::StepCard;
use crate::lab::Hint;
use crate::lab::Step;
use crate::world::Memory;

/// A hint, and how far up the ladder it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counsel<'a> {
    /// The hint.
    pub hint: &'a Hint,
    /// Its number in the step, from 1; so many are shown once this one is.
    pub level: usize,
}

/// The next hint of a step after `shown` ones; the last again where there is none. What is done is read from the
/// step's card where there is one, else from memory.
pub(crate) fn counsel<'a>(
    step: &'a Step,
    card: Option<&StepCard>,
    memory: &Memory,
    shown: usize,
) -> Option<Counsel<'a>> {
    let done = |check: &str| match card.and_then(|card| card.checks.iter().find(|one| one.id == check)) {
        Some(card) => card.status == Status::Passed,
        None => memory.evidence(&step.id, check).is_some(),
    };
    let useful = step.hints.iter().enumerate().filter(|(_, hint)| !hint.about.as_deref().is_some_and(done));
    let all: Vec<Counsel<'a>> = useful.map(|(at, hint)| Counsel { hint, level: at + 1 }).collect();
    all.iter().find(|one| one.level > shown).or(all.last()).copied()
}
