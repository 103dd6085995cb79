//! All machines side by side: so many at once, each with its own time limit, none waiting for another.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::class::Curves;
use crate::class::Filed;
use crate::class::Inventory;
use crate::class::Machine;
use crate::class::Row;
use crate::class::Sheet;
use crate::class::State;
use crate::class::sheet;
use crate::class::visit::Visitor;
use crate::error::Error;
use crate::lab::Lab;
use crate::text::say;

/// A room and the one who goes round in it.
pub(crate) struct Room {
    /// The machines.
    pub inventory: Inventory,
    /// What every visit needs.
    pub visitor: Arc<Visitor>,
    /// The lab, for the titles of its criteria.
    pub lab: Lab,
    /// So many machines at once.
    pub jobs: usize,
}

impl Room {
    /// Looks at every machine once.
    pub(crate) async fn check(&self, now: Timestamp) -> Sheet {
        let check =
            |visitor: Arc<Visitor>, machine: Machine| async move { visitor.check(&machine, now).await };
        let seen = self.each(check).await;
        let rows = self.inventory.machines.iter().zip(seen).map(|(machine, (ms, state))| {
            let machine = machine.clone();
            let lost = || State::Failed(broken_off());
            Row { machine, ms, state: state.unwrap_or_else(lost) }
        });
        let mut rows: Vec<Row> = rows.collect();
        sheet::tell_apart(&mut rows);
        Sheet {
            room: self.inventory.name.clone(),
            key: self.inventory.key.clone(),
            lab: self.lab.clone(),
            at: now,
            rows,
            curves: Curves::new(),
        }
    }

    /// Where the room's results are filed.
    pub(crate) fn filed(&self) -> Filed<'_> {
        let machines = self.inventory.machines.iter().collect();
        Filed { room: &self.inventory.key, lab: &self.lab.id, machines }
    }

    /// Does something for every machine; see [`side_by_side`].
    pub(super) async fn each<T, F, W>(&self, work: W) -> Vec<(u64, Option<T>)>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
        W: Fn(Arc<Visitor>, Machine) -> F,
    {
        let machines = self.inventory.machines.clone();
        side_by_side(machines, self.jobs, |machine| work(Arc::clone(&self.visitor), machine)).await
    }
}

/// Does something with every item, so many at once, and answers in their order with the milliseconds that each took;
/// `None` where the work broke off.
pub(super) async fn side_by_side<I, T, F>(
    items: Vec<I>,
    jobs: usize,
    work: impl Fn(I) -> F,
) -> Vec<(u64, Option<T>)>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let gate = Arc::new(Semaphore::new(jobs.max(1)));
    let mut under_way = JoinSet::new();
    let mut all: Vec<(u64, Option<T>)> = items.iter().map(|_| (0, None)).collect();
    for (index, item) in items.into_iter().enumerate() {
        let (gate, doing) = (Arc::clone(&gate), work(item));
        under_way.spawn(async move {
            let _turn = gate.acquire().await;
            let began = Instant::now();
            let done = doing.await;
            (index, u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX), done)
        });
    }
    while let Some(done) = under_way.join_next().await {
        if let Ok((index, ms, done)) = done
            && let Some(slot) = all.get_mut(index)
        {
            *slot = (ms, Some(done));
        }
    }
    all
}

/// What is said where a visit ended without a word.
pub(super) fn broken_off() -> Error {
    Error::environment(say!("la visite s'est interrompue", "the visit broke off"))
}
