//! Bad news waits a moment: between two commands of a learner (a container that is made and not started yet, one
//! that was removed and is made again) things stand worse than they will. It waits longer while things change: of what is
//! seen then, one may be of before and another of after.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use crate::world::CheckRef;

/// So long.
const GRACE: Duration = Duration::from_millis(700);

/// What never comes to rest is told after so long all the same.
const LONGEST: Duration = Duration::from_secs(5);

/// Until when the bad news of which checks wait.
#[derive(Debug, Default)]
pub(super) struct Patience {
    waits: BTreeMap<CheckRef, Wait>,
}

#[derive(Debug)]
struct Wait {
    until: Instant,
    /// When it is told, at rest or not.
    last: Instant,
    /// It was noticed that the time is over.
    over: bool,
}

impl Patience {
    /// The checks among the `worse` ones that still wait. What was not `looked` at goes on waiting: under a flood of
    /// events most checks are between two looks at any moment. `at_rest`: what a check looks at is not changing.
    pub(super) fn hold(
        &mut self,
        worse: &BTreeSet<CheckRef>,
        (looked, at_rest): (impl Fn(&CheckRef) -> bool, impl Fn(&CheckRef) -> bool),
    ) -> BTreeSet<CheckRef> {
        let now = Instant::now();
        self.waits.retain(|check, _| worse.contains(check) || !looked(check));
        for check in worse {
            let wait = Wait { until: now + GRACE, last: now + LONGEST, over: false };
            self.waits.entry(check.clone()).or_insert(wait);
        }
        for (check, wait) in &mut self.waits {
            if wait.until <= now && !wait.over && now < wait.last && !at_rest(check) {
                wait.until = (now + GRACE).min(wait.last);
            }
            wait.over = wait.until <= now;
        }
        self.waits.iter().filter(|(_, wait)| !wait.over).map(|(check, _)| check.clone()).collect()
    }

    /// When the next one will have waited long enough.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.waits.values().filter(|wait| !wait.over).map(|wait| wait.until).min()
    }

    /// Whether one has, and nobody knows yet.
    pub(super) fn is_over(&self) -> bool {
        self.next_due().is_some_and(|due| due <= Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yes(_: &CheckRef) -> bool {
        true
    }

    fn no(_: &CheckRef) -> bool {
        false
    }

    #[tokio::test]
    async fn bad_news_waits_once_even_where_nobody_could_look_meanwhile() {
        let check = CheckRef { step: "create".to_owned(), check: "volume-exists".to_owned() };
        let worse = BTreeSet::from([check.clone()]);
        let mut patience = Patience::default();
        assert_eq!(patience.hold(&worse, (yes, yes)), worse);
        assert_eq!(patience.hold(&BTreeSet::new(), (no, yes)), worse, "between two looks it goes on waiting");
        tokio::time::sleep(GRACE).await;
        assert!(patience.is_over());
        assert!(patience.hold(&BTreeSet::new(), (no, yes)).is_empty());
        assert_eq!(patience.next_due(), None, "a time that is over rings once");
        assert!(patience.hold(&worse, (yes, yes)).is_empty(), "and the next look tells it");
        patience.hold(&BTreeSet::new(), (yes, yes));
        assert_eq!(patience.hold(&worse, (yes, yes)), worse, "what was well again waits anew");
    }

    #[tokio::test]
    async fn bad_news_waits_while_things_change_but_not_for_ever() {
        let check = CheckRef { step: "stop".to_owned(), check: "memory-forgot".to_owned() };
        let worse = BTreeSet::from([check]);
        let mut patience = Patience::default();
        patience.hold(&worse, (yes, no));
        tokio::time::sleep(GRACE).await;
        assert_eq!(patience.hold(&worse, (yes, no)), worse, "what changes is not judged yet");
        assert!(!patience.is_over(), "nobody is woken at once again");
        let mut never = patience;
        never.waits.values_mut().for_each(|wait| wait.last = Instant::now());
        let mut calm = Patience::default();
        calm.hold(&worse, (yes, no));
        tokio::time::sleep(GRACE).await;
        assert!(calm.hold(&worse, (yes, yes)).is_empty(), "at rest it is told");
        assert!(never.hold(&worse, (yes, no)).is_empty(), "what never rests is told in the end");
    }
}
