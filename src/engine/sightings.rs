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
use crate::world::Observed;
use crate::world::Probe;
use crate::world::SeenCluster;
use crate::world::SeenContainer;
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
            (_, Fact::Script(run)) if !memory.trials.contains(run) => entries.push(Entry::Tried(run.clone())),
            (Probe::Dump { path }, Fact::Dump(_)) | (Probe::File { path }, Fact::File(_)) => {
                entries.extend(file(path, memory));
            }
            _ => {}
        }
    }
    entries
}

fn container(seen: &Container, memory: &Memory) -> Option<Entry> {
    let anonymous: Vec<String> = seen
        .mounts
        .iter()
        .filter(|mount| mount.is_anonymous())
        .map(|mount: &Mount| mount.source.clone())
        .collect();
    let known = memory.containers.iter().any(|old| old.id == seen.id && old.name == seen.name);
    let before = memory.baseline.containers.iter().any(|(id, _)| *id == seen.id);
    (!known && !before).then(|| {
        Entry::SawContainer(SeenContainer {
            name: seen.name.clone(),
            id: seen.id.clone(),
            created: seen.created,
            anonymous,
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
