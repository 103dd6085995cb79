//! Facts and memory in, scorecard out; pure.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::checks::Check;
use crate::checks::Failure;
use crate::checks::Scene;
use crate::checks::Verdict;
use crate::engine::CheckCard;
use crate::engine::CriterionCard;
use crate::engine::EvidenceCard;
use crate::engine::Scorecard;
use crate::engine::Source;
use crate::engine::Status;
use crate::engine::StepCard;
use crate::engine::lacking;
use crate::lab::Item;
use crate::lab::Lab;
use crate::lab::Mistake;
use crate::lab::Step;
use crate::text::say;
use crate::world::Author;
use crate::world::CheckRef;
use crate::world::Facts;
use crate::world::Memory;
use crate::world::Probe;

/// Judges the steps that were asked for by the facts, the others by what is remembered.
pub(crate) fn judge(lab: &Lab, asked: &[&Step], facts: &Facts, memory: &Memory, at: Timestamp) -> Scorecard {
    judge_settled(
        lab,
        asked,
        facts,
        memory,
        &Settled { at, probes: None, held: &BTreeSet::new(), before: None },
    )
}

/// Which verdicts are reached anew, while some things are being looked at again.
pub(super) struct Settled<'a> {
    /// The time.
    pub at: Timestamp,
    /// The probes whose answers are those of now; `None` means all.
    pub probes: Option<&'a BTreeSet<Probe>>,
    /// Checks whose verdict of before stands, whatever is seen.
    pub held: &'a BTreeSet<CheckRef>,
    /// The last verdicts, which stand for what is not settled.
    pub before: Option<&'a Scorecard>,
}

impl Settled<'_> {
    /// Whether a check is judged anew.
    pub(super) fn covers(&self, lab: &Lab, step: &str, item: &Item) -> bool {
        let refer = CheckRef { step: step.to_owned(), check: item.id.clone() };
        let images = || {
            let step = lab.steps.iter().find(|one| one.id == step);
            step.into_iter().flat_map(|step| lacking::probes(lab, step))
        };
        let rests_on = |settled: &BTreeSet<Probe>| {
            item.check.probes().is_subset(settled) && images().all(|image| settled.contains(&image))
        };
        !self.held.contains(&refer) && self.probes.is_none_or(rests_on)
    }
}

/// Judges what is settled; for the rest the verdict of before stands.
pub(super) fn judge_settled(
    lab: &Lab,
    asked: &[&Step],
    facts: &Facts,
    memory: &Memory,
    settled: &Settled<'_>,
) -> Scorecard {
    let scene = Scene { facts, memory, resources: &lab.resources, prefix: &lab.prefix };
    let judging = Judging { lab, asked, scene: &scene, settled };
    let (steps, at) = (judging.steps(), settled.at);
    let criteria = lab.criteria.iter().map(|criterion| {
        let proofs: Vec<(&String, &CheckCard)> = criterion
            .proven_by
            .iter()
            .filter_map(|proof| {
                let step = steps.iter().find(|step| step.id == proof.step)?;
                step.checks.iter().find(|check| check.id == proof.check).map(|check| (&step.id, check))
            })
            .collect();
        let status = Status::of_parts(proofs.iter().map(|(_, check)| check.status));
        // Where bad news waits, the whole is not told on the strength of what is known to be undone.
        let held = criterion.proven_by.iter().any(|proof| settled.held.contains(proof));
        let before = settled
            .before
            .filter(|_| held)
            .and_then(|card| card.criteria.iter().find(|one| one.id == criterion.id));
        let status = before.map_or(status, |before| before.status);
        let evidence = proofs.iter().filter_map(|(step, check)| {
            check.evidence.clone().map(|evidence| ((*step).clone(), check.id.clone(), evidence))
        });
        CriterionCard {
            id: criterion.id.clone(),
            title: criterion.title.clone(),
            status,
            points: if status == Status::Passed { criterion.points } else { 0 },
            max: criterion.points,
            evidence: evidence.collect(),
        }
    });
    Scorecard {
        lab: lab.id.clone(),
        title: lab.title.clone(),
        at,
        asked: asked.iter().map(|step| step.id.clone()).collect(),
        criteria: criteria.collect(),
        steps,
    }
}

/// What else to look at, so that the checks that did not pass can name their mistake, or say their last word.
pub(super) fn clues(lab: &Lab, card: &Scorecard, facts: &Facts, memory: &Memory) -> BTreeSet<Probe> {
    let scene = Scene { facts, memory, resources: &lab.resources, prefix: &lab.prefix };
    // What only memory vouches for may be there and untried.
    let settled = |check: &CheckCard| {
        check.status == Status::Passed
            && check.evidence.as_ref().is_some_and(|proof| proof.source == Source::Live)
    };
    let open = |step: &Step, item: &Item| {
        card.asked.contains(&step.id) && card.check(&step.id, &item.id).is_some_and(|check| !settled(check))
    };
    let items = lab.steps.iter().flat_map(|step| step.checks.iter().filter(move |item| open(step, item)));
    items.flat_map(|item| item.check.clues(&scene)).collect()
}

struct Judging<'a> {
    lab: &'a Lab,
    asked: &'a [&'a Step],
    scene: &'a Scene<'a>,
    settled: &'a Settled<'a>,
}

impl Judging<'_> {
    /// From the last check to the first: what passed once and is gone now stands where the exercise went on from
    /// there — a later step was proven at some time, or a later check of the same step passes now; else it was
    /// undone.
    fn steps(&self) -> Vec<StepCard> {
        let mut gone_on = false;
        let mut steps: Vec<StepCard> = Vec::new();
        for step in self.lab.steps.iter().rev() {
            let mut checks: Vec<CheckCard> = Vec::new();
            let (mut passes_here, mut proven_here) = (false, false);
            for item in step.checks.iter().rev() {
                let card = self.check(step, item, gone_on || passes_here);
                passes_here |= is_progress(&item.check) && card.status == Status::Passed;
                proven_here |=
                    is_progress(&item.check) && self.scene.memory.evidence(&step.id, &item.id).is_some();
                checks.push(card);
            }
            gone_on |= passes_here || proven_here;
            checks.reverse();
            let held = self.settled.held.iter().any(|check| check.step == step.id);
            let before = self.settled.before.filter(|_| held);
            let before = before.and_then(|card| card.steps.iter().find(|one| one.id == step.id));
            let status = before.map_or_else(
                || Status::of_parts(checks.iter().map(|check| check.status)),
                |before| before.status,
            );
            let assisted = self.scene.memory.is_assisted(&step.id);
            let (id, title) = (step.id.clone(), step.title.clone());
            let map = self.scene.memory.maps.get(&id).cloned();
            steps.push(StepCard { id, title, status, assisted, map, checks });
            gone_on |= self.scene.memory.progress.contains_key(&step.id);
        }
        steps.reverse();
        block(&mut steps, self.lab);
        steps
    }

    fn check(&self, step: &Step, item: &Item, gone_on: bool) -> CheckCard {
        let kept = self.scene.memory.evidence(&step.id, &item.id);
        if !self.asked.iter().any(|one| one.id == step.id) {
            let said = say!("pas regardé cette fois", "not looked at this time");
            let mut card = card(item, Status::Pending, said);
            if let Some(kept) = kept {
                card.status = Status::Passed;
                card.evidence = Some(journaled(kept));
            }
            return card;
        }
        if !self.settled.covers(self.lab, &step.id, item) {
            let before = self.settled.before.and_then(|card| card.check(&step.id, &item.id));
            let looking = || card(item, Status::Pending, say!("en cours d'observation", "being looked at"));
            return before.cloned().unwrap_or_else(looking);
        }
        let verdict = item.check.judge(self.scene);
        match (&verdict, kept) {
            (Verdict::Passed { objects, .. }, _) => {
                let by = self.author(step);
                let at = kept.filter(|kept| kept.objects == *objects).map_or(self.settled.at, |kept| kept.at);
                let evidence = EvidenceCard { at, source: Source::Live, by, objects: objects.clone() };
                CheckCard { evidence: Some(evidence), ..said(self.lab, item, verdict) }
            }
            // Only what is not there any more is taken from memory: what is there and wrong is wrong.
            (Verdict::Pending(_), Some(kept))
                if gone_on && is_progress(&item.check) && !is_last_word(&item.check) =>
            {
                let when = kept.at.strftime("%H:%M:%S").to_string();
                let words = say!("vu et noté à {when} UTC", "seen and recorded at {when} UTC");
                CheckCard { evidence: Some(journaled(kept)), ..card(item, Status::Passed, words) }
            }
            // Whoever lacks the image could not do it; what stands there all the same is seen above.
            (Verdict::Pending(_) | Verdict::Failed(_), None) => {
                match lacking::lacking(self.lab, step, self.scene.facts) {
                    Some(image) => card(item, Status::Unseen, lacking::without(image)),
                    None => said(self.lab, item, verdict),
                }
            }
            _ => said(self.lab, item, verdict),
        }
    }

    fn author(&self, step: &Step) -> Author {
        if self.scene.memory.progress.contains_key(&step.id) { Author::App } else { Author::Learner }
    }
}

fn journaled(kept: &crate::world::Evidence) -> EvidenceCard {
    EvidenceCard { at: kept.at, source: Source::Journal, by: kept.by, objects: kept.objects.clone() }
}

/// Whether a pass shows that the exercise went on: answering a quiz or writing a script needs nothing of what
/// came before.
fn is_progress(check: &Check) -> bool {
    !matches!(check, Check::Quiz(_) | Check::Script(_))
}

/// Whether a check judges how things stand at the end, so that memory says nothing.
fn is_last_word(check: &Check) -> bool {
    matches!(check, Check::Cleaned(_) | Check::Untouched(_))
}

fn card(item: &Item, status: Status, message: crate::text::Text) -> CheckCard {
    CheckCard {
        id: item.id.clone(),
        title: item.title.clone(),
        status,
        expected: None,
        found: None,
        mistake: None,
        message,
        hint: None,
        evidence: None,
    }
}

fn said(lab: &Lab, item: &Item, verdict: Verdict) -> CheckCard {
    match verdict {
        Verdict::Passed { why, .. } => card(item, Status::Passed, why),
        Verdict::Pending(why) => card(item, Status::Pending, why),
        Verdict::Unseen(why) => card(item, Status::Unseen, why),
        Verdict::Failed(failure) => failed(lab, item, failure),
    }
}

/// What was found, then what the lab's catalogue says of the mistake, and the way out: the check's own, else the
/// catalogue's.
fn failed(lab: &Lab, item: &Item, failure: Failure) -> CheckCard {
    let explained = explained(lab, &failure);
    let message = told(lab, &failure);
    CheckCard {
        expected: Some(failure.expected),
        mistake: failure.mistake,
        hint: failure.way_out.or_else(|| explained?.way_out.clone()),
        found: Some(failure.found),
        ..card(item, Status::Failed, message)
    }
}

/// What the lab's catalogue says of a failure's mistake.
fn explained<'a>(lab: &'a Lab, failure: &Failure) -> Option<&'a Mistake> {
    lab.mistakes.iter().find(|one| Some(one.id.as_str()) == failure.mistake)
}

/// What was found and what it means; where two things are wrong, both.
fn told(lab: &Lab, failure: &Failure) -> crate::text::Text {
    let found = &failure.found;
    let first = match explained(lab, failure) {
        Some(mistake) => {
            let (fr, en) = (&mistake.says.fr, &mistake.says.en);
            let (seen_fr, seen_en) = (&found.fr, &found.en);
            say!("{seen_fr} — {fr}", "{seen_en} — {en}")
        }
        None => found.clone(),
    };
    let Some(other) = failure.also.as_ref().map(|other| told(lab, other)) else { return first };
    let ((fr, en), (other_fr, other_en)) = ((&first.fr, &first.en), (&other.fr, &other.en));
    say!("{fr} ; et aussi : {other_fr}", "{en}; and also: {other_en}")
}

/// A check that waits for an earlier step says so.
fn block(steps: &mut [StepCard], lab: &Lab) {
    for index in 0..steps.len() {
        let Some(step) = lab.steps.get(index) else { return };
        let unmet = step
            .needs
            .iter()
            .find(|need| steps.iter().any(|other| other.id == **need && other.status != Status::Passed));
        let Some(need) = unmet.cloned() else { continue };
        let number = lab.number(&need);
        for check in steps[index].checks.iter_mut().filter(|check| check.status == Status::Pending) {
            check.status = Status::Blocked;
            check.message = say!("attend l'étape {number} (`{need}`)", "waits for step {number} (`{need}`)");
        }
        steps[index].status = Status::of_parts(steps[index].checks.iter().map(|check| check.status));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::lab::Shelf;
    use crate::world::Fact;
    use crate::world::Observed;
    use crate::world::Volume;

    fn volumes(names: &[&str]) -> Facts {
        let volume = |name: &&str| Volume {
            name: (*name).to_owned(),
            driver: "local".to_owned(),
            in_memory: false,
            labels: BTreeMap::new(),
            options: BTreeMap::new(),
            created: String::new(),
        };
        let mut facts = Facts::default();
        facts.insert(Probe::Volumes, Observed::Seen(Fact::Volumes(names.iter().map(volume).collect())));
        facts
    }

    #[test]
    fn a_step_whose_bad_news_waits_is_told_as_before() {
        let lab = Shelf::default().lab("volumes", "").expect("a lab");
        let memory = Memory::default();
        let asked: Vec<&Step> = lab.steps.iter().collect();
        let before = judge(&lab, &asked, &volumes(&[]), &memory, Timestamp::UNIX_EPOCH);
        assert_ne!(before.steps[0].status, Status::Failed);
        // Whatever else is seen meanwhile, a part of the step is known to be worse than it stands here.
        let held = BTreeSet::from([CheckRef { step: "create".to_owned(), check: "data-loaded".to_owned() }]);
        let mut told = before.clone();
        told.steps[0].status = Status::Pending;
        let settled = Settled { at: Timestamp::UNIX_EPOCH, probes: None, held: &held, before: Some(&told) };
        let now = judge_settled(&lab, &asked, &volumes(&["postgres_data"]), &memory, &settled);
        assert_eq!(now.check("create", "volume-exists").map(|check| check.status), Some(Status::Passed));
        assert_eq!(now.steps[0].status, Status::Pending, "{:?}", now.steps[0]);
        let free = Settled { held: &BTreeSet::new(), ..settled };
        let now = judge_settled(&lab, &asked, &volumes(&["postgres_data"]), &memory, &free);
        assert_ne!(now.steps[0].status, Status::Pending);
    }
}
