//! When a probe is to be looked at, and whether its answer is that of now.

use std::time::Duration;

use tokio::time::Instant;

/// Most servers get ready within this time.
const YOUNG: Duration = Duration::from_secs(60);

/// The pause between two looks at one that is getting ready.
const MOMENT: Duration = Duration::from_millis(150);

/// The shortest pause when it is no longer young; an eighth of the time it has been old, when that is longer.
const SELDOM: Duration = Duration::from_secs(5);

/// What could not be seen is looked at again after so long, and twice as long each time that fails too …
const RETRY: Duration = Duration::from_secs(2);

/// … up to so many times.
const DOUBLINGS: u32 = 7;

/// What has been changing for so long is judged as it is seen, change or not …
const RESTLESS: Duration = Duration::from_secs(2);

/// … if so many looks in a row found it changing …
const IN_A_ROW: u32 = 3;

/// … and until it has been calm for so long. A look that happens to end between two events is no calm.
const CALM: Duration = Duration::from_millis(500);

/// How a probe stands.
pub(super) struct Slot {
    /// Something may have changed since it was looked at.
    stale: bool,
    /// A look is under way.
    looking: bool,
    /// Since when one of the two has been so, with moments between that were too short to be called calm.
    unsettled: Instant,
    /// How many looks have ended since then.
    looks: u32,
    /// When the last look ended that nothing had changed under; `None` before the first one.
    settled: Option<Instant>,
    /// How many looks in a row could not see anything.
    failures: u32,
    /// Not to be looked at before this.
    not_before: Instant,
    /// A server that is getting ready is looked at again then, though nothing tells that it is.
    again: Option<Instant>,
    /// Until when it is.
    getting_ready: Option<Instant>,
}

impl Slot {
    /// Nothing has been looked at yet.
    pub(super) fn unseen() -> Slot {
        let now = Instant::now();
        Slot {
            stale: true,
            looking: false,
            unsettled: now,
            looks: 0,
            settled: None,
            failures: 0,
            not_before: now,
            again: None,
            getting_ready: None,
        }
    }

    /// Whether the answer is that of now.
    pub(super) fn is_settled(&self) -> bool {
        !self.stale && !self.looking
    }

    /// Whether it has been changing for so long that no look will ever find it at rest.
    pub(super) fn is_restless(&self) -> bool {
        self.unsettled.elapsed() > RESTLESS && self.looks >= IN_A_ROW
    }

    /// Whether a look has ended since it became unsettled.
    pub(super) fn was_looked_at(&self) -> bool {
        self.looks > 0
    }

    /// Something may have changed.
    pub(super) fn touch(&mut self) {
        self.stir(Instant::now());
        self.stale = true;
    }

    /// A look begins.
    pub(super) fn begin(&mut self, now: Instant) {
        self.stir(now);
        (self.stale, self.looking, self.again) = (false, true, None);
    }

    /// The look has ended; the next one comes after `rest`. `waits`: what it asks is getting ready; `unseen`: nothing
    /// could be seen.
    pub(super) fn end(&mut self, rest: Duration, waits: bool, unseen: bool) {
        let now = Instant::now();
        self.looking = false;
        self.looks = self.looks.saturating_add(1);
        self.not_before = now + rest;
        self.wait_for_server(waits);
        self.retry_unseen(unseen);
        if !self.stale {
            self.settled = Some(now);
        }
    }

    /// It may have changed, and is to be looked at at `due`; what was `whole` before stays so.
    pub(super) fn touch_at(&mut self, due: Instant, whole: bool) {
        self.touch();
        self.not_before = if whole { self.not_before.min(due) } else { due };
    }

    /// It is no longer settled.
    fn stir(&mut self, now: Instant) {
        let was_calm = self.settled.is_none_or(|since| now.duration_since(since) >= CALM);
        if self.is_settled() && was_calm {
            (self.unsettled, self.looks) = (now, 0);
        }
    }

    /// What could not be seen is looked at again later, though nothing tells that it can be seen now.
    fn retry_unseen(&mut self, unseen: bool) {
        self.failures = if unseen { self.failures + 1 } else { 0 };
        if unseen {
            let pause = RETRY * 2u32.pow((self.failures - 1).min(DOUBLINGS));
            self.again = Some(self.not_before.max(Instant::now() + pause));
        }
    }

    /// When the next look may begin, if one waits and none is under way.
    pub(super) fn due(&self) -> Option<Instant> {
        if self.looking {
            return None;
        }
        if self.stale { Some(self.not_before) } else { self.again }
    }

    /// Asks again in a moment while a server is getting ready; one that takes longer than most, ever more seldom.
    fn wait_for_server(&mut self, waits: bool) {
        let now = Instant::now();
        let until = *self.getting_ready.get_or_insert(now + YOUNG);
        if waits {
            let over = now.saturating_duration_since(until);
            let pause = if over.is_zero() { MOMENT } else { SELDOM.max(over / 8) };
            self.again = Some(self.not_before.max(now + pause));
        } else {
            self.getting_ready = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_calm_moment_between_two_events_ends_no_restlessness() {
        let now = Instant::now();
        let mut slot = Slot::unseen();
        (slot.stale, slot.looks) = (false, IN_A_ROW);
        slot.unsettled = now - RESTLESS * 2;
        slot.settled = Some(now - CALM / 4);
        slot.touch();
        assert!(slot.is_restless());
        slot.looks = 1;
        assert!(!slot.is_restless(), "one slow look and one event are no restlessness");
        (slot.stale, slot.looks) = (false, IN_A_ROW);
        slot.settled = Some(now - CALM * 2);
        slot.touch();
        assert!(!slot.is_restless(), "after a calm while everything begins anew");
    }
}
