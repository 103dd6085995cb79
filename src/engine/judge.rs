//! Facts and memory in, scorecard out; pure.

use jiff::Timestamp;

use crate::checks::Check;
use crate::checks::Scene;
use crate::checks::Verdict;
use crate::engine::CheckCard;
use crate::engine::CriterionCard;
use crate::engine::EvidenceCard;
use crate::engine::Scorecard;
use crate::engine::Source;
use crate::engine::Status;
use crate::engine::StepCard;
use crate::lab::Item;
use crate::lab::Lab;
use crate::lab::Step;
use crate::text::say;
use crate::world::Author;
use crate::world::Facts;
use crate::world::Memory;

/// Judges the steps that were asked for by the facts, the others by what is remembered.
pub(crate) fn judge(lab: &Lab, asked: &[&Step], facts: &Facts, memory: &Memory, at: Timestamp) -> Scorecard {
    let scene = Scene { facts, memory, resources: &lab.resources };
    let judging = Judging { lab, asked, scene: &scene, at };
    let steps = judging.steps();
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

struct Judging<'a> {
    lab: &'a Lab,
    asked: &'a [&'a Step],
    scene: &'a Scene<'a>,
    at: Timestamp,
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
            let status = Status::of_parts(checks.iter().map(|check| check.status));
            steps.push(StepCard { id: step.id.clone(), title: step.title.clone(), status, checks });
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
        let verdict = item.check.judge(self.scene);
        match (&verdict, kept) {
            (Verdict::Passed { objects, .. }, _) => {
                let by = self.author(step);
                let at = kept.filter(|kept| kept.objects == *objects).map_or(self.at, |kept| kept.at);
                let evidence = EvidenceCard { at, source: Source::Live, by, objects: objects.clone() };
                CheckCard { evidence: Some(evidence), ..said(item, verdict) }
            }
            // Only what is not there any more is taken from memory: what is there and wrong is wrong.
            (Verdict::Pending(_), Some(kept))
                if gone_on && is_progress(&item.check) && !is_last_word(&item.check) =>
            {
                let when = kept.at.strftime("%H:%M:%S").to_string();
                let words = say!("vu et noté à {when} UTC", "seen and recorded at {when} UTC");
                CheckCard { evidence: Some(journaled(kept)), ..card(item, Status::Passed, words) }
            }
            _ => said(item, verdict),
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

fn said(item: &Item, verdict: Verdict) -> CheckCard {
    match verdict {
        Verdict::Passed { why, .. } => card(item, Status::Passed, why),
        Verdict::Pending(why) => card(item, Status::Pending, why),
        Verdict::Unseen(why) => card(item, Status::Unseen, why),
        Verdict::Failed(failure) => CheckCard {
            expected: Some(failure.expected),
            mistake: failure.mistake,
            hint: failure.way_out,
            found: Some(failure.found.clone()),
            ..card(item, Status::Failed, failure.found)
        },
    }
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
