//! Getting a room ready: the lab's images on every machine, from a registry or out of the trainer's own daemon, and a
//! session that knows what stood there before.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;

use crate::class::Machine;
use crate::class::Room;
use crate::class::room::broken_off;
use crate::class::room::side_by_side;
use crate::class::visit::Visitor;
use crate::docker::Engine;
use crate::docker::Progress;
use crate::error::Result;

/// So many streams leave the trainer's daemon at once: more would only share its disk and its network.
const STREAMS: usize = 8;

/// Nobody's images take longer than this to arrive.
const LONGEST: Duration = Duration::from_secs(3600);

/// Where images come from.
#[derive(Clone)]
pub(crate) enum Source {
    /// The trainer's daemon, which has them all, with the bytes they take together.
    Daemon(Box<Engine>, u64),
    /// A registry, perhaps a mirror (`HOST/PREFIX`).
    Registry(Option<String>),
}

/// What was done for a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Prepared {
    /// It had everything.
    Ready,
    /// So many images came.
    Came(usize),
}

/// Who hears of bytes that went by: the machine's name, how many, and how many there are.
pub(crate) type Hear = Arc<dyn Fn(&str, u64, u64) + Send + Sync>;

/// Who is told of each machine as soon as it is ready, or is not.
pub(crate) type Tell = UnboundedSender<(Machine, Result<Prepared>)>;

/// Machines that share a daemon.
type Group = Vec<(Machine, Engine)>;

impl Room {
    /// Prepares every machine. Machines that share a daemon come one after the other, so each image is sent once.
    pub(crate) async fn prepare(&self, source: &Source, (hear, tell): (&Hear, Tell), now: Timestamp) {
        let connected = self.each(|visitor: Arc<Visitor>, machine: Machine| async move {
            let connected = tokio::time::timeout(visitor.limit, visitor.connect_for_long(&machine)).await;
            connected.unwrap_or_else(|_| Err(visitor.too_slow(&machine)))
        });
        let connected =
            connected.await.into_iter().map(|(_, found)| found.unwrap_or_else(|| Err(broken_off())));
        let mut daemons: BTreeMap<(String, String), Group> = BTreeMap::new();
        for (machine, found) in self.inventory.machines.iter().zip(connected) {
            match found {
                Ok(engine) => {
                    let key = (engine.daemon.id.clone(), engine.daemon.name.clone());
                    daemons.entry(key).or_default().push((machine.clone(), engine));
                }
                Err(error) => told(&tell, machine, Err(error)),
            }
        }
        let (visitor, source, hear) = (Arc::clone(&self.visitor), source.clone(), Arc::clone(hear));
        let groups: Vec<Group> = daemons.into_values().collect();
        let names = groups.iter().map(|group| group.iter().map(|(machine, _)| machine.clone()).collect());
        let names: Vec<Vec<Machine>> = names.collect();
        let teller = tell.clone();
        let one_daemon = move |group: Group| {
            let (visitor, source, hear) = (Arc::clone(&visitor), source.clone(), Arc::clone(&hear));
            let tell = teller.clone();
            async move {
                for (machine, engine) in group {
                    let outcome = visitor.provide(&machine, engine, (&source, &hear), now).await;
                    told(&tell, &machine, outcome);
                }
            }
        };
        let done = side_by_side(groups, self.jobs.min(STREAMS), one_daemon).await;
        for (machines, _) in names.iter().zip(done).filter(|(_, (_, done))| done.is_none()) {
            for machine in machines {
                told(&tell, machine, Err(broken_off()));
            }
        }
    }
}

/// Tells what became of a machine; where nobody listens any more, nobody needs it.
fn told(tell: &Tell, machine: &Machine, outcome: Result<Prepared>) {
    let _ = tell.send((machine.clone(), outcome));
}

impl Visitor {
    /// A connection on which an answer may take as long as images take.
    async fn connect_for_long(&self, machine: &Machine) -> Result<Engine> {
        Engine::connect(&machine.address.endpoint(&self.config)?, LONGEST, None).await
    }

    /// What takes no longer than any other question.
    async fn soon<T>(&self, machine: &Machine, work: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::time::timeout(self.limit, work).await.unwrap_or_else(|_| Err(self.too_slow(machine)))
    }

    async fn provide(
        &self,
        machine: &Machine,
        engine: Engine,
        (source, hear): (&Source, &Hear),
        now: Timestamp,
    ) -> Result<Prepared> {
        let lab = self.shelf.lab(&self.lab, &machine.prefix)?;
        let mut missing: Vec<&str> = Vec::new();
        for name in &lab.images {
            if self.soon(machine, engine.image(name)).await?.is_none() {
                missing.push(name);
            }
        }
        if let Source::Daemon(own, _) = source {
            // What the trainer's own daemon lacks is what not every machine can have.
            let here = own.images_here(&lab.images).await?;
            missing.retain(|name| here.iter().any(|one| one == name));
        }
        let mut came = missing.len();
        match source {
            _ if missing.is_empty() => {}
            Source::Daemon(own, total) => {
                let tell = |sent| hear(&machine.name, sent, *total);
                own.send(&missing, &engine, self.limit, tell).await?;
            }
            Source::Registry(mirror) => {
                for name in &missing {
                    let pulled = self.pull(machine, &engine, (name, mirror.as_deref()), hear).await;
                    // What cannot be had and is not needed for all steps keeps nobody from the others.
                    match pulled {
                        Err(_) if lab.is_optional(name) => came -= 1,
                        other => other?,
                    }
                }
            }
        }
        self.soon(machine, self.guest(machine, engine, now)).await?;
        Ok(if came == 0 { Prepared::Ready } else { Prepared::Came(came) })
    }

    /// Has a machine pull an image; one that tells of nothing for longer than the limit is given up.
    async fn pull(
        &self,
        machine: &Machine,
        engine: &Engine,
        (name, mirror): (&str, Option<&str>),
        hear: &Hear,
    ) -> Result<()> {
        let (alive, mut heard) = tokio::sync::watch::channel(());
        let tell = |layer: Progress| {
            alive.send_replace(());
            hear(&machine.name, layer.done, layer.total);
        };
        let pull = engine.pull(name, mirror, tell);
        tokio::pin!(pull);
        loop {
            tokio::select! {
                done = &mut pull => return done,
                moved = tokio::time::timeout(self.limit, heard.changed()) => {
                    if moved.is_err() {
                        return Err(self.too_slow(machine));
                    }
                }
            }
        }
    }
}
