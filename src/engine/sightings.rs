//! What of the lab's objects was seen and was not known yet; pure. It is remembered, since the exercise destroys
//! what it proved.

use crate::engine::Entry;
use crate::lab::Lab;
use crate::world::Container;
use crate::world::Database;
use crate::world::Fact;
use crate::world::Facts;
use crate::world::Memory;
use crate::world::Mount;
use crate::world::MountKind;
use crate::world::Observed;
use crate::world::Probe;
use crate::world::SeenCluster;
use crate::world::SeenContainer;
use crate::world::Traces;
use crate::world::Use;
use crate::world::Volume;

/// The entries for the journal.
pub(super) fn sightings(lab: &Lab, facts: &Facts, memory: &Memory) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (probe, observed) in facts.iter() {
        let Observed::Seen(fact) = observed else { continue };
        match (probe, fact) {
            (_, Fact::Containers(all)) => {
                let own = all.iter().filter(|one| lab.resources.has_container(&one.name));
                entries.extend(own.filter_map(|one| container(one, memory)));
            }
            (_, Fact::Volumes(all)) => {
                let own = all.iter().filter(|one| lab.resources.has_volume(&one.name));
                entries.extend(own.filter_map(|one| volume(one, memory)));
            }
            (Probe::Database { container, database }, Fact::Database(seen)) => {
                entries.extend(cluster(container, database, seen, memory));
            }
            (_, Fact::Archives(archives)) => {
                entries.extend(archives.iter().filter_map(|archive| file(&archive.path, memory)));
            }
            (_, Fact::Script(run)) if !memory.trials.contains(run) && !run.was_stopped() => {
                entries.push(Entry::Tried(run.clone()));
            }
            (Probe::Dump { path }, Fact::Dump(_)) | (Probe::File { path }, Fact::File(_)) => {
                entries.extend(file(path, memory));
            }
            (_, Fact::Drilled(drill)) => {
                let known = memory.drills.iter().any(|one| one.is_of(&drill.sha256, &drill.database));
                entries.extend((!known).then(|| Entry::Drilled(drill.clone())));
            }
            (_, Fact::Traces(traces)) => entries.extend(history(lab, traces, memory)),
            _ => {}
        }
    }
    entries
}

/// What of the daemon's history concerns the lab. Its names were free when the session began, so whoever bore one
/// since is the lab's.
fn history(lab: &Lab, traces: &Traces, memory: &Memory) -> Vec<Entry> {
    let own = |one: &&Use| {
        let before = memory.baseline.containers.iter().any(|(id, _)| *id == one.container);
        let concerns = lab.resources.has_container(&one.name)
            || one.volumes.iter().any(|volume| lab.resources.has_volume(volume));
        concerns && !before
    };
    let uses = traces.uses.iter().filter(own).filter_map(|one| {
        let known = memory.uses.iter().find(|old| old.container == one.container);
        let whole = known.map_or_else(|| one.clone(), |known| known.and(one));
        (known != Some(&whole)).then_some(Entry::SawUse(whole))
    });
    let prunes = traces.prunes.iter().filter(|at| !memory.prunes.contains(at)).map(|at| Entry::SawPrune(*at));
    uses.chain(prunes).collect()
}

fn container(seen: &Container, memory: &Memory) -> Option<Entry> {
    let anonymous: Vec<String> = seen
        .mounts
        .iter()
        .filter(|mount| mount.is_anonymous())
        .map(|mount: &Mount| mount.source.clone())
        .collect();
    let named = seen.mounts.iter().filter(|mount| mount.kind == MountKind::Volume && !mount.is_anonymous());
    let named = named.map(|mount| mount.source.clone()).collect();
    let known = memory.containers.iter().any(|old| old.id == seen.id && old.name == seen.name);
    let before = memory.baseline.containers.iter().any(|(id, _)| *id == seen.id);
    (!known && !before).then(|| {
        Entry::SawContainer(SeenContainer {
            name: seen.name.clone(),
            id: seen.id.clone(),
            created: seen.created,
            anonymous,
            named,
        })
    })
}

fn volume(seen: &Volume, memory: &Memory) -> Option<Entry> {
    let name = &seen.name;
    let known = memory.volumes.contains(name) || memory.baseline.volumes.contains(name);
    (!known).then(|| Entry::SawVolume(name.clone()))
}

fn cluster(container: &str, database: &str, seen: &Database, memory: &Memory) -> Option<Entry> {
    let fresh = SeenCluster {
        container: container.to_owned(),
        container_id: seen.container_id.clone(),
        database: database.to_owned(),
        system_identifier: seen.system_identifier,
        data_directory: seen.data_directory.clone(),
        files: seen.files.clone(),
        tables: seen.tables.clone(),
        sequences: seen.sequences.clone(),
    };
    (memory.cluster(container, Some(database)) != Some(&fresh)).then_some(Entry::SawCluster(fresh))
}

fn file(path: &str, memory: &Memory) -> Option<Entry> {
    let before = memory.baseline.files.iter().any(|old| old.trim_end_matches('/') == path);
    (!before && !memory.files.iter().any(|old| old == path)).then(|| Entry::SawFile(path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Shelf;
    use crate::world::ScriptDay;
    use crate::world::ScriptRun;

    /// What is remembered of a script's trial that ended so.
    fn remembered(exit: i32) -> usize {
        let day = ScriptDay {
            date: "20260101".to_owned(),
            exit,
            calls: Vec::new(),
            files: Vec::new(),
            good: Vec::new(),
        };
        let run = ScriptRun {
            key: "1".to_owned(),
            folder: None,
            days: vec![day],
            harmed: Vec::new(),
            complaint: None,
        };
        let mut facts = Facts::default();
        let probe = Probe::Script { path: "backup_script.sh".to_owned() };
        facts.insert(probe, Observed::Seen(Fact::Script(run)));
        let lab = Shelf { labs: None, quizzes: None }.lab("volumes", "").expect("the lab");
        sightings(&lab, &facts, &Memory::default()).len()
    }

    #[test]
    fn a_trial_that_had_to_be_stopped_is_not_remembered() {
        assert_eq!((remembered(1), remembered(143)), (1, 0));
    }
}
