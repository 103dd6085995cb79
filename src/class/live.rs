//! A room that is followed: each machine is looked at again when its daemon tells of something, and now and then anyway.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::sync::mpsc;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio::time::sleep;
use tokio::time::timeout;

use crate::class::Curves;
use crate::class::Machine;
use crate::class::Room;
use crate::class::Row;
use crate::class::Sheet;
use crate::class::State;
use crate::class::sheet::Seat;
use crate::class::visit::Visitor;
use crate::docker::Happening;
use crate::docker::Happenings;
use crate::error::Error;
use crate::text::say;

/// Files in a workspace tell nobody when they change: after so long a machine is looked at anyway.
const ANYWAY: Duration = Duration::from_secs(20);

/// After so long a machine that could not be seen is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// What happens in this time after something happened is looked at together with it.
const TOGETHER: Duration = Duration::from_millis(400);

/// A machine that was looked at again.
pub(crate) struct Seen {
    /// Its place in the sheet.
    pub index: usize,
    /// Whether a verdict changed there.
    pub changed: bool,
    /// Whether what is shown beside the verdicts did: the minutes for which nothing was new, the storage.
    pub beside: bool,
}

/// A room while it is followed.
pub(crate) struct Live {
    /// The room as it was seen last.
    pub sheet: Sheet,
    /// Where each row was seen last.
    seats: Vec<Option<Seat>>,
    /// Rows that turned out to be the same machine as the last one.
    twins: VecDeque<Seen>,
    news: UnboundedReceiver<(usize, Row)>,
    _visits: JoinSet<()>,
}

impl Room {
    /// Follows every machine from now on.
    pub(crate) fn follow(&self, clock: fn() -> Timestamp) -> Live {
        let (sender, news) = mpsc::unbounded_channel();
        let gate = Arc::new(Semaphore::new(self.jobs.max(1)));
        let mut visits = JoinSet::new();
        for (index, machine) in self.inventory.machines.iter().enumerate() {
            let visit = Visit {
                visitor: Arc::clone(&self.visitor),
                machine: machine.clone(),
                gate: Arc::clone(&gate),
                clock,
            };
            visits.spawn(visit.follow(index, sender.clone()));
        }
        let waiting = || State::Unreachable(Error::environment(say!("pas encore vue", "not seen yet")));
        let rows = self.inventory.machines.iter().cloned();
        let rows = rows.map(|machine| Row { machine, ms: 0, state: waiting() });
        let sheet = Sheet {
            room: self.inventory.name.clone(),
            key: self.inventory.key.clone(),
            lab: self.lab.clone(),
            at: clock(),
            rows: rows.collect(),
            curves: Curves::new(),
        };
        let seats = sheet.rows.iter().map(Row::seat).collect();
        Live { sheet, seats, twins: VecDeque::new(), news, _visits: visits }
    }
}

impl Live {
    /// Waits until a machine was looked at again. `None` where nobody is followed any more.
    pub(crate) async fn next(&mut self) -> Option<Seen> {
        if let Some(seen) = self.twins.pop_front() {
            return Some(seen);
        }
        let (index, mut row) = self.news.recv().await?;
        *self.seats.get_mut(index)? = row.seat();
        let seat = self.seats.get(index)?.as_ref();
        let same = |other: &usize| seat.is_some() && self.seats[*other].as_ref() == seat;
        let same: Vec<usize> = (0..self.seats.len()).filter(same).collect();
        if same.len() > 1 {
            let names: Vec<String> =
                same.iter().map(|one| self.sheet.rows[*one].machine.name.clone()).collect();
            let others = |of: usize| -> Vec<&str> {
                same.iter()
                    .zip(&names)
                    .filter(|(one, _)| **one != of)
                    .map(|(_, name)| name.as_str())
                    .collect()
            };
            row.is_also(&others(index));
            // Who was there first does not count from now on either.
            for other in same.iter().filter(|other| **other != index) {
                let mut twin = self.sheet.rows[*other].clone();
                twin.is_also(&others(*other));
                let seen = self.put(*other, twin).filter(|seen| seen.changed);
                self.twins.extend(seen);
            }
        }
        self.put(index, row)
    }

    /// Puts a row into the sheet, and tells what is new in it.
    fn put(&mut self, index: usize, row: Row) -> Option<Seen> {
        let slot = self.sheet.rows.get_mut(index)?;
        let beside = |row: &Row| row.reached().map(|one| (one.still_for(), one.storage.clone()));
        let (changed, beside) = (told(slot) != told(&row), beside(slot) != beside(&row));
        *slot = row;
        Some(Seen { index, changed, beside })
    }
}

/// What of a row is news when it changes.
fn told(row: &Row) -> (&'static str, Option<&Error>, Vec<&'static str>) {
    let steps = row.reached().into_iter().flat_map(|one| &one.scorecard.steps);
    (
        row.word(),
        row.trouble(),
        steps.flat_map(|step| &step.checks).map(|check| check.status.word()).collect(),
    )
}

struct Visit {
    visitor: Arc<Visitor>,
    machine: Machine,
    gate: Arc<Semaphore>,
    clock: fn() -> Timestamp,
}

impl Visit {
    async fn follow(self, index: usize, sender: UnboundedSender<(usize, Row)>) {
        let mut happenings = None;
        loop {
            // Before looking, so that nothing is missed between.
            if happenings.is_none() {
                happenings = self.listen().await;
            }
            let row = self.look().await;
            if sender.send((index, row)).is_err() {
                return;
            }
            let Some(listening) = &mut happenings else {
                sleep(AGAIN).await;
                continue;
            };
            if let Ok(Happening::Lost(_)) = timeout(ANYWAY, listening.next()).await {
                happenings = None;
                continue;
            }
            sleep(TOGETHER).await;
            while timeout(Duration::from_millis(1), listening.next()).await.is_ok() {}
        }
    }

    async fn listen(&self) -> Option<Happenings> {
        let listen = async { self.visitor.connect(&self.machine).await?.happenings().await };
        timeout(self.visitor.limit, listen).await.ok()?.ok()
    }

    async fn look(&self) -> Row {
        let _turn = self.gate.acquire().await;
        let began = Instant::now();
        let state = self.visitor.check(&self.machine, (self.clock)()).await;
        let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        Row { machine: self.machine.clone(), ms, state }
    }
}
