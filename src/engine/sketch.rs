//! The storage as it stood when a step was passed, kept for the report.

use jiff::Timestamp;

use crate::docker::Engine;
use crate::engine::Entry;
use crate::engine::Scorecard;
use crate::engine::Session;
use crate::engine::Source;
use crate::engine::Status;
use crate::engine::StepCard;
use crate::error::Result;
use crate::lab::Lab;

/// Draws once for the steps that have just passed. A picture that cannot be had is missing, and no more.
pub(crate) async fn sketch(
    lab: &Lab,
    engine: &Engine,
    session: &mut Session,
    card: &Scorecard,
    at: Timestamp,
) -> Result<()> {
    // What is only remembered was passed at another time.
    let live = |step: &&StepCard| {
        let mut proofs = step.checks.iter().filter_map(|check| check.evidence.as_ref());
        proofs.any(|proof| proof.source == Source::Live)
    };
    let passed = card.steps.iter().filter(|step| step.status == Status::Passed).filter(live);
    let new: Vec<String> =
        passed.map(|step| step.id.clone()).filter(|id| !session.memory.maps.contains_key(id)).collect();
    if new.is_empty() {
        return Ok(());
    }
    let seen = &session.memory.containers;
    let Ok(storage) = engine.storage(|all| all.only(&lab.resources, seen)).await else { return Ok(()) };
    let entries: Vec<Entry> =
        new.into_iter().map(|step| Entry::Drew { step, storage: storage.clone() }).collect();
    session.note(at, &entries)
}
