//! How many requests wait for a connection, so that none is made that nobody needs: hyper's client starts one
//! whenever no other is free at this very moment, and goes on with it when another has become free meanwhile.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

/// The requests that wait.
#[derive(Clone, Debug, Default)]
pub(super) struct Demand(Arc<AtomicUsize>);

/// One of them; it waits until this is dropped.
#[derive(Debug)]
pub(super) struct Waiting(Demand);

impl Demand {
    /// Another request waits.
    pub(super) fn one_more(&self) -> Waiting {
        self.0.fetch_add(1, Ordering::Relaxed);
        Waiting(self.clone())
    }

    /// Nobody waits any more.
    pub(super) fn is_met(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demand_is_met_when_the_last_one_waits_no_more() {
        let demand = Demand::default();
        let (first, second) = (demand.one_more(), demand.one_more());
        drop(first);
        assert!(!demand.is_met());
        drop(second);
        assert!(demand.is_met());
    }
}
