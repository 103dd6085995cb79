//! What changed from one scorecard to the next; pure.

use std::collections::BTreeSet;

use crate::engine::CheckCard;
use crate::engine::Scorecard;
use crate::engine::Status;
use crate::lab::Item;
use crate::lab::Lab;
use crate::text::Text;
use crate::world::CheckRef;

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A check.
    Check,
    /// A step.
    Step,
    /// A criterion.
    Criterion,
}

/// A verdict that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// What it is about.
    pub subject: Subject,
    /// Its id.
    pub id: String,
    /// The step that it belongs to, or is.
    pub step: Option<String>,
    /// What is claimed.
    pub title: Text,
    /// The status before; `None` at the first look.
    pub was: Option<Status>,
    /// The status now.
    pub status: Status,
    /// The mistake's name.
    pub mistake: Option<&'static str>,
    /// The verdict in words.
    pub message: Text,
    /// The next step out of a failure.
    pub hint: Option<Text>,
}

/// What was told before, so that the first look at something is news and the same verdict again is none.
#[derive(Debug, Default)]
pub(super) struct Teller {
    before: Option<Scorecard>,
    /// The checks that were looked at at least once.
    known: BTreeSet<CheckRef>,
}

impl Teller {
    /// All changes: checks in the lab's order, each step after its checks, criteria last. `looked` tells the
    /// checks that this scorecard judged anew.
    pub(super) fn changes(
        &mut self,
        now: &Scorecard,
        lab: &Lab,
        looked: impl Fn(&str, &Item) -> bool,
    ) -> Vec<Change> {
        let mut changes = Vec::new();
        let before = self.before.take();
        for (card, step) in now.steps.iter().zip(&lab.steps) {
            let mut first = false;
            for (check, _) in card.checks.iter().zip(&step.checks).filter(|(_, item)| looked(&card.id, item))
            {
                let refer = CheckRef { step: card.id.clone(), check: check.id.clone() };
                let was = before.as_ref().and_then(|before| before.check(&card.id, &check.id));
                let was = was.filter(|_| self.known.contains(&refer));
                first |= self.known.insert(refer);
                if differs(was, check) {
                    changes.push(of_check(&card.id, check, was.map(|was| was.status)));
                }
            }
            let was = before.as_ref().and_then(|before| before.steps.iter().find(|old| old.id == card.id));
            let was = was.map(|was| was.status).filter(|_| !first);
            if self.knows(&card.id, &card.checks) && was != Some(card.status) {
                changes.push(whole(Subject::Step, &card.id, &card.title, was, card.status));
            }
        }
        for card in &now.criteria {
            let was = before.as_ref().and_then(|before| before.criteria.iter().find(|old| old.id == card.id));
            let was = was.map(|was| was.status);
            if was != Some(card.status) {
                changes.push(whole(Subject::Criterion, &card.id, &card.title, was, card.status));
            }
        }
        self.before = Some(now.clone());
        changes
    }

    /// The last verdicts.
    pub(super) fn last(&self) -> Option<&Scorecard> {
        self.before.as_ref()
    }

    /// The checks that stand worse than they were told: failed (or failed for another reason), or no longer passed.
    pub(super) fn worse(&self, now: &Scorecard) -> BTreeSet<CheckRef> {
        let mut worse = BTreeSet::new();
        for step in &now.steps {
            for check in &step.checks {
                let refer = CheckRef { step: step.id.clone(), check: check.id.clone() };
                let was = self.before.as_ref().and_then(|before| before.check(&step.id, &check.id));
                let Some(was) = was.filter(|_| self.known.contains(&refer)) else { continue };
                let lost = was.status == Status::Passed && check.status != Status::Passed;
                if lost || (check.status == Status::Failed && differs(Some(was), check)) {
                    worse.insert(refer);
                }
            }
        }
        worse
    }

    fn knows(&self, step: &str, checks: &[CheckCard]) -> bool {
        let refer = |check: &CheckCard| CheckRef { step: step.to_owned(), check: check.id.clone() };
        checks.iter().all(|check| self.known.contains(&refer(check)))
    }
}

/// A failure for another reason is news too; a pass in other words is none.
fn differs(was: Option<&CheckCard>, now: &CheckCard) -> bool {
    let Some(was) = was else { return true };
    let told = now.status == Status::Failed && (was.mistake != now.mistake || was.message != now.message);
    was.status != now.status || told
}

fn of_check(step: &str, card: &CheckCard, was: Option<Status>) -> Change {
    Change {
        subject: Subject::Check,
        id: card.id.clone(),
        step: Some(step.to_owned()),
        title: card.title.clone(),
        was,
        status: card.status,
        mistake: card.mistake,
        message: card.message.clone(),
        hint: card.hint.clone(),
    }
}

fn whole(subject: Subject, id: &str, title: &Text, was: Option<Status>, status: Status) -> Change {
    Change {
        subject,
        id: id.to_owned(),
        step: (subject == Subject::Step).then(|| id.to_owned()),
        title: title.clone(),
        was,
        status,
        mistake: None,
        message: title.clone(),
        hint: None,
    }
}
