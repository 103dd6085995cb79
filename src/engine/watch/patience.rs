//! Bad news waits a moment: between two commands of a learner (a container that is made and not started yet, one
//! that was removed and is made again) things stand worse than they will.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use crate::world::CheckRef;

/// So long.
const GRACE: Duration = Duration::from_millis(700);

/// Until when the bad news of which checks wait.
#[derive(Debug, Default)]
pub(super) struct Patience {
    waits: BTreeMap<CheckRef, Wait>,
}

#[derive(Debug)]
struct Wait {
    until: Instant,
    /// It was noticed that the time is over.
    over: bool,
}

impl Patience {
    /// The checks among the `worse` ones that still wait. What was not `looked` at goes on waiting: under a flood of
    /// events most checks are between two looks at any moment.
    pub(super) fn hold(
        &mut self,
        worse: &BTreeSet<CheckRef>,
        looked: impl Fn(&CheckRef) -> bool,
    ) -> BTreeSet<CheckRef> {
        let now = Instant::now();
        self.waits.retain(|check, _| worse.contains(check) || !looked(check));
        for check in worse {
            self.waits.entry(check.clone()).or_insert(Wait { until: now + GRACE, over: false });
        }
        for wait in self.waits.values_mut() {
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

    #[tokio::test]
    async fn bad_news_waits_once_even_where_nobody_could_look_meanwhile() {
        let check = CheckRef { step: "create".to_owned(), check: "volume-exists".to_owned() };
        let worse = BTreeSet::from([check.clone()]);
        let mut patience = Patience::default();
        assert_eq!(patience.hold(&worse, |_| true), worse);
        assert_eq!(patience.hold(&BTreeSet::new(), |_| false), worse, "between two looks it goes on waiting");
        tokio::time::sleep(GRACE).await;
        assert!(patience.is_over());
        assert!(patience.hold(&BTreeSet::new(), |_| false).is_empty());
        assert_eq!(patience.next_due(), None, "a time that is over rings once");
        assert!(patience.hold(&worse, |_| true).is_empty(), "and the next look tells it");
        patience.hold(&BTreeSet::new(), |_| true);
        assert_eq!(patience.hold(&worse, |_| true), worse, "what was well again waits anew");
    }
}
