//! One examination: observe, remember what was seen, judge, and keep the new proofs.

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::engine::Entry;
use crate::engine::Observer;
use crate::engine::Scorecard;
use crate::engine::Session;
use crate::engine::Source;
use crate::engine::judge::clues;
use crate::engine::judge::judge;
use crate::engine::plan::plan;
use crate::engine::sightings::sightings;
use crate::engine::sketch::sketch;
use crate::error::Result;
use crate::lab::Item;
use crate::lab::Lab;
use crate::lab::Step;
use crate::world::CheckRef;
use crate::world::Daemon;
use crate::world::Evidence;
use crate::world::Facts;
use crate::world::Memory;

/// Everything a verdict rests on, so that it can be reached again elsewhere.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Recording {
    /// The form of this document.
    pub schema: u32,
    /// The lab's id.
    pub lab: String,
    /// The prefix of the session's objects.
    pub prefix: String,
    /// When it was seen.
    pub at: Timestamp,
    /// The daemon.
    pub daemon: Daemon,
    /// What was remembered.
    pub memory: Memory,
    /// What was seen.
    pub facts: Facts,
}

impl Recording {
    /// The form that this program writes, and reads from another machine.
    pub(crate) const SCHEMA: u32 = 1;
}

/// The outcome of an examination.
pub(crate) struct Examination {
    /// The verdicts.
    pub scorecard: Scorecard,
    /// What they rest on.
    pub recording: Recording,
}

/// Looks, judges, and keeps new evidence in the session's journal.
pub(crate) async fn examine(
    lab: &Lab,
    asked: &[&Step],
    observer: &Observer,
    session: &mut Session,
) -> Result<Examination> {
    let mut facts = observer.observe(plan(lab, asked)).await;
    let at = observer.now;
    let seen = sightings(lab, &facts, &session.memory);
    session.note(at, &seen)?;
    let mut scorecard = judge(lab, asked, &facts, &session.memory, at);
    let clues = clues(lab, &scorecard, &facts, &session.memory);
    if !clues.is_empty() {
        facts.extend(observer.observe(clues).await);
        let seen = sightings(lab, &facts, &session.memory);
        session.note(at, &seen)?;
        scorecard = judge(lab, asked, &facts, &session.memory, at);
    }
    // As it was when it was judged: new proofs are for the next verdict.
    let remembered = session.memory.clone();
    session.note(at, &proofs(&scorecard, &session.memory, (everything, everything), lab))?;
    sketch(lab, &observer.engine, session, &scorecard, at).await?;
    for step in &mut scorecard.steps {
        step.map = session.memory.maps.get(&step.id).cloned();
    }
    let recording = Recording {
        schema: Recording::SCHEMA,
        lab: lab.id.clone(),
        prefix: session.prefix.clone(),
        at,
        daemon: observer.engine.daemon.clone(),
        memory: remembered,
        facts,
    };
    Ok(Examination { scorecard, recording })
}

/// Of one look at one moment, all that was asked counts.
pub(super) fn everything(_: &str, _: &Item) -> bool {
    true
}

/// The passes that are new, or rest on other objects than before, of the checks that were `looked` at. What is known
/// already gives way only to what was seen `at_rest`: of answers that come while things change, one may be of before and
/// another of after.
pub(super) fn proofs(
    scorecard: &Scorecard,
    memory: &Memory,
    (looked, at_rest): (impl Fn(&str, &Item) -> bool, impl Fn(&str, &Item) -> bool),
    lab: &Lab,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    for step in scorecard.asked_steps() {
        let items = lab.steps.iter().find(|one| one.id == step.id).map_or(&[][..], |one| &one.checks);
        for (check, item) in step.checks.iter().zip(items).filter(|(_, item)| looked(&step.id, item)) {
            let Some(proof) = check.evidence.as_ref().filter(|proof| proof.source == Source::Live) else {
                continue;
            };
            let known = memory.evidence(&step.id, &check.id);
            if known.is_some_and(|known| known.objects == proof.objects || !at_rest(&step.id, item)) {
                continue;
            }
            let evidence = Evidence { at: proof.at, by: proof.by, objects: proof.objects.clone() };
            let check = CheckRef { step: step.id.clone(), check: check.id.clone() };
            entries.push(Entry::Passed { check, evidence });
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Shelf;
    use crate::world::Author;
    use crate::world::Fact;
    use crate::world::Observed;
    use crate::world::Probe;
    use crate::world::Volume;

    #[test]
    fn a_known_proof_gives_way_only_to_what_was_seen_at_rest() {
        let lab = Shelf::default().lab("volumes", "").expect("the built-in lab");
        let volume = Volume {
            name: "postgres_data".to_owned(),
            driver: "local".to_owned(),
            in_memory: false,
            labels: std::collections::BTreeMap::new(),
            options: std::collections::BTreeMap::new(),
            created: String::new(),
        };
        let mut facts = Facts::default();
        facts.insert(Probe::Volumes, Observed::Seen(Fact::Volumes(vec![volume])));
        let asked: Vec<&Step> = lab.steps.iter().collect();
        let mut memory = Memory::default();
        let kept = |memory: &Memory, at_rest: bool| {
            let card = judge(&lab, &asked, &facts, memory, Timestamp::UNIX_EPOCH);
            proofs(&card, memory, (everything, |_: &str, _: &Item| at_rest), &lab).len()
        };
        assert_eq!(
            (kept(&memory, false), kept(&memory, true)),
            (1, 1),
            "what was never proven is kept at once"
        );
        let check = CheckRef { step: "create".to_owned(), check: "volume-exists".to_owned() };
        let objects = vec!["another".to_owned()];
        memory.evidence.insert(check, Evidence { at: Timestamp::UNIX_EPOCH, by: Author::Learner, objects });
        assert_eq!((kept(&memory, false), kept(&memory, true)), (0, 1));
    }
}
