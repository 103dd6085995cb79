//! The answers to all probes, each looked at again when something it rests on has changed, and no more often than
//! its price allows.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::time::Duration;

use globset::GlobBuilder;
use jiff::Timestamp;
use tokio::task::Id;
use tokio::task::JoinError;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::engine::Observer;
use crate::engine::Session;
use crate::engine::watch::slot::Slot;
use crate::text::say;
use crate::world::Container;
use crate::world::Fact;
use crate::world::Facts;
use crate::world::Observed;
use crate::world::Probe;

/// Between two looks at the same thing lies so many times the price of a look: at most a fifth of the time goes
/// into looking, however fast things change …
const REST: u32 = 4;

/// … and no more than this: one slow look, on a machine that was busy, must not keep a tick waiting for a minute.
const LONG_ENOUGH: Duration = Duration::from_secs(5);

/// A file that is being written and was not closed is looked at after so long without a change.
const QUIET: Duration = Duration::from_secs(1);

/// See the module.
pub(super) struct Looks {
    observer: Observer,
    slots: BTreeMap<Probe, Slot>,
    facts: Facts,
    running: JoinSet<Look>,
    /// What the running looks look at.
    tasks: HashMap<Id, Probe>,
}

/// A finished look.
struct Look {
    probe: Probe,
    observed: Observed,
    price: Duration,
}

impl Looks {
    /// Nothing has been looked at yet.
    pub(super) fn new(observer: Observer, probes: BTreeSet<Probe>) -> Looks {
        let observer = Observer { waits: false, ..observer };
        let slots = probes.into_iter().map(|probe| (probe, Slot::unseen())).collect();
        Looks { observer, slots, facts: Facts::default(), running: JoinSet::new(), tasks: HashMap::new() }
    }

    /// What was seen last.
    pub(super) fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The probes whose answers are those of now, or, of what changes all the time, the newest that there can be: else
    /// it would never be judged.
    pub(super) fn settled(&self) -> BTreeSet<Probe> {
        let known = self.slots.iter().filter(|(_, slot)| slot.is_settled() || slot.is_restless());
        known.map(|(probe, _)| probe.clone()).collect()
    }

    /// The probes whose answers are those of now.
    pub(super) fn at_rest(&self) -> BTreeSet<Probe> {
        let known = self.slots.iter().filter(|(_, slot)| slot.is_settled());
        known.map(|(probe, _)| probe.clone()).collect()
    }

    /// Whether all are.
    pub(super) fn is_settled(&self) -> bool {
        self.slots.values().all(Slot::is_settled)
    }

    /// Looks at these from now on, too.
    pub(super) fn want(&mut self, probes: BTreeSet<Probe>) {
        for probe in probes {
            self.slots.entry(probe).or_insert_with(Slot::unseen);
        }
    }

    /// Marks probes to be looked at again.
    pub(super) fn stale(&mut self, touched: impl Fn(&Probe) -> bool) {
        for (_, slot) in self.slots.iter_mut().filter(|(probe, _)| touched(probe)) {
            slot.touch();
        }
    }

    /// A command inside a container ended: it may have written to the database, and to the volumes.
    pub(super) fn command_ended(&mut self, name: &str) {
        self.entered(name);
        let Some(Observed::Seen(Fact::Containers(all))) = self.facts.get(&Probe::Containers) else { return };
        let container = all.iter().find(|one| one.name == name);
        let mounts = container.into_iter().flat_map(|one| &one.mounts);
        let volumes: BTreeSet<String> = mounts.map(|mount| mount.source.clone()).collect();
        self.stale(|probe| matches!(probe, Probe::DataFolder { volume } if volumes.contains(volume)));
    }

    /// Something was done inside a container.
    pub(super) fn entered(&mut self, name: &str) {
        self.stale(|probe| match probe {
            Probe::Database { container, .. }
            | Probe::ContainerFile { container, .. }
            | Probe::Page { container, .. } => container == name,
            // It may have written to any volume that it mounts.
            Probe::VolumeFile { .. } => true,
            _ => false,
        });
    }

    /// A path of the workspace changed.
    pub(super) fn path_changed(&mut self, path: &str, whole: bool) {
        let due = Instant::now() + if whole { Duration::ZERO } else { QUIET };
        // A container may see the same file through a bind mount.
        self.stale(|probe| matches!(probe, Probe::ContainerFile { .. } | Probe::Page { .. }));
        for (_, slot) in self.slots.iter_mut().filter(|(probe, _)| reads(probe, path)) {
            slot.touch_at(due, whole);
        }
    }

    /// When the next look may begin, if one waits.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.slots.values().filter_map(Slot::due).min()
    }

    /// Begins the looks that are due.
    pub(super) fn begin_due(&mut self, session: &Session, now: Timestamp) {
        let instant = Instant::now();
        for (probe, slot) in &mut self.slots {
            if slot.due().is_none_or(|due| due > instant) {
                continue;
            }
            slot.begin(instant);
            let mut eyes = self.observer.clone();
            eyes.now = now;
            eyes.trials.clone_from(&session.memory.trials);
            eyes.drills.clone_from(&session.memory.drills);
            let looked = probe.clone();
            let task = self.running.spawn(async move {
                let began = Instant::now();
                let observed = eyes.within_limit(&looked).await;
                Look { probe: looked, observed, price: began.elapsed() }
            });
            self.tasks.insert(task.id(), probe.clone());
        }
    }

    /// Waits for a look to end, and takes all that have.
    pub(super) async fn arrival(&mut self) {
        let Some(done) = self.running.join_next_with_id().await else { return std::future::pending().await };
        let mut done = Some(done);
        while let Some(ended) = done {
            self.ended(ended);
            done = self.running.try_join_next_with_id();
        }
    }

    fn ended(&mut self, ended: std::result::Result<(Id, Look), JoinError>) {
        let (id, look) = match ended {
            Ok((id, look)) => (id, Ok(look)),
            Err(error) => (error.id(), Err(error)),
        };
        let Some(probe) = self.tasks.remove(&id) else { return };
        self.arrived(look.unwrap_or_else(|error| Look {
            probe,
            observed: Observed::Unseen(say!(
                "docker-lab a échoué en regardant : {error}",
                "docker-lab failed while looking: {error}"
            )),
            price: Duration::ZERO,
        }));
    }

    fn arrived(&mut self, look: Look) {
        let Look { probe, observed, price } = look;
        self.follow(&probe, &observed);
        if let Some(slot) = self.slots.get_mut(&probe) {
            let waits = matches!(&observed, Observed::Seen(Fact::Absent(_))) && runs(&self.facts, &probe);
            let rest = (price * REST).min(LONG_ENOUGH);
            slot.end(rest, waits, matches!(&observed, Observed::Unseen(_)));
        }
        self.facts.insert(probe, observed);
    }

    /// What a new list of containers or volumes shows about the other probes.
    fn follow(&mut self, probe: &Probe, observed: &Observed) {
        let before = match self.facts.get(probe) {
            Some(Observed::Seen(before)) => Some(before),
            Some(Observed::Unseen(_)) | None => None,
        };
        let Observed::Seen(now) = observed else { return };
        match (before, now) {
            (before, Fact::Containers(now)) => {
                let before = match before {
                    Some(Fact::Containers(before)) => &before[..],
                    _ => &[],
                };
                let changed = changed(before, now);
                if changed.is_empty() {
                    return;
                }
                // What is being looked at while the first list comes is no older than the list.
                let at_first = self.facts.get(&Probe::Containers).is_none();
                let touched = |probe: &Probe| match probe {
                    Probe::Database { container, .. }
                    | Probe::ContainerFile { container, .. }
                    | Probe::Page { container, .. }
                    | Probe::LastWords { container } => changed.contains(container),
                    Probe::Orphans | Probe::Traces | Probe::VolumeFile { .. } => true,
                    _ => false,
                };
                for (probe, slot) in &mut self.slots {
                    if touched(probe) && (!at_first || slot.was_looked_at()) {
                        slot.touch();
                    }
                }
            }
            (Some(Fact::Volumes(before)), Fact::Volumes(now)) => {
                let name = |all: &[crate::world::Volume]| {
                    all.iter().map(|volume| volume.name.clone()).collect::<BTreeSet<_>>()
                };
                let (before, now) = (name(before), name(now));
                let differ: BTreeSet<String> = before.symmetric_difference(&now).cloned().collect();
                self.stale(|probe| match probe {
                    Probe::DataFolder { volume } | Probe::VolumeFile { volume, .. } => {
                        differ.contains(volume)
                    }
                    Probe::Orphans | Probe::Traces => !differ.is_empty(),
                    _ => false,
                });
            }
            _ => {}
        }
    }
}

/// Whether the container of a database runs, as far as is known.
fn runs(facts: &Facts, probe: &Probe) -> bool {
    let Probe::Database { container, .. } = probe else { return false };
    let Some(Observed::Seen(Fact::Containers(all))) = facts.get(&Probe::Containers) else { return false };
    all.iter().any(|one| one.name == *container && one.is_running())
}

/// The names of the containers that came, went or changed; our own scratch containers do not count.
fn changed(before: &[Container], now: &[Container]) -> BTreeSet<String> {
    let own = |all: &'_ [Container]| -> BTreeMap<String, Container> {
        all.iter().filter(|one| !one.scratch).map(|one| (one.name.clone(), one.clone())).collect()
    };
    let (before, now) = (own(before), own(now));
    let names = before.keys().chain(now.keys());
    names.filter(|name| before.get(*name) != now.get(*name)).cloned().collect()
}

/// Whether a probe reads a path of the workspace, or something below it.
fn reads(probe: &Probe, path: &str) -> bool {
    let Some(read) = probe.path() else { return false };
    let below =
        |outer: &str, inner: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    let glob = GlobBuilder::new(read).literal_separator(true).build();
    let fits = glob.is_ok_and(|glob| glob.compile_matcher().is_match(path));
    path.is_empty() || fits || read == path || below(path, read) || below(read, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_touches_what_reads_it_or_lies_below() {
        let file = |path: &str| Probe::File { path: path.to_owned() };
        let archives = Probe::Archives { glob: "backups/*.tar.gz".to_owned() };
        assert!(reads(&file("init.sql"), "init.sql"));
        assert!(!reads(&file("init.sql"), "init.sq"));
        assert!(reads(&file("backups/dump.sql"), "backups"));
        assert!(reads(&archives, "backups/a.tar.gz"));
        assert!(reads(&archives, "backups"));
        assert!(!reads(&archives, "backups/a.txt"));
        assert!(!reads(&Probe::Volumes, "init.sql"));
    }
}
