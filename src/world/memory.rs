//! What is remembered: the baseline, what was seen earlier, and the evidence that can no longer be observed.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::world::Drilled;
use crate::world::ScriptRun;
use crate::world::Sequence;
use crate::world::Storage;
use crate::world::Table;
use crate::world::Use;

/// What stood on the daemon and in the workspace before the lab began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Baseline {
    /// The containers, as (id, name).
    pub containers: Vec<(String, String)>,
    /// The volumes, by name.
    pub volumes: Vec<String>,
    /// The lab's own file names that were already taken in the workspace.
    pub files: Vec<String>,
}

/// Who did a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Author {
    /// The learner.
    Learner,
    /// The program, by `run`.
    App,
}

/// A check of a step.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct CheckRef {
    /// The step's id.
    pub step: String,
    /// The check's id within its step.
    pub check: String,
}

/// A check that passed once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Evidence {
    /// When it first passed.
    pub at: Timestamp,
    /// Who did the step.
    pub by: Author,
    /// What it rests on: container ids, volume names with their time, cluster ids, checksums.
    pub objects: Vec<String>,
}

/// A container of the lab that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SeenContainer {
    /// The name.
    pub name: String,
    /// The full id.
    pub id: String,
    /// The Unix second of its creation.
    pub created: i64,
    /// Its anonymous volumes.
    pub anonymous: Vec<String>,
    /// Its volumes with a name.
    #[serde(default)]
    pub named: Vec<String>,
}

/// A database of the lab that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SeenCluster {
    /// The container's name.
    pub container: String,
    /// The container's full id.
    pub container_id: String,
    /// The database's name.
    pub database: String,
    /// The cluster's identity.
    pub system_identifier: u64,
    /// Where the server keeps its data, inside the container.
    pub data_directory: String,
    /// Files that a copy of the data folder must hold.
    pub files: Vec<String>,
    /// Its tables.
    pub tables: Vec<Table>,
    /// Its sequences.
    pub sequences: Vec<Sequence>,
}

/// A question of the quiz that was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answered {
    /// The quiz's id.
    pub quiz: String,
    /// The question's id.
    pub question: String,
    /// Whether the answer scored in full.
    pub right: bool,
}

/// The journal of a session, folded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// What stood before.
    pub baseline: Baseline,
    /// The workspace's path on this machine.
    pub workspace: String,
    /// When the session began, the Unix second on the daemon's clock.
    pub began: i64,
    /// The lab's containers that were seen, the oldest sighting first.
    pub containers: Vec<SeenContainer>,
    /// The lab's volumes that were seen, by name.
    pub volumes: Vec<String>,
    /// The states in which the lab's databases were seen, the latest last.
    pub clusters: Vec<SeenCluster>,
    /// The lab's files that were seen.
    pub files: Vec<String>,
    /// The last answer to each question.
    pub answers: Vec<Answered>,
    /// The trials of scripts, by what they depend on: each is paid for once.
    pub trials: Vec<ScriptRun>,
    /// The containers that used the lab's volumes, or bore its names, in order.
    #[serde(default)]
    pub uses: Vec<Use>,
    /// When somebody pruned volumes.
    #[serde(default)]
    pub prunes: Vec<i64>,
    /// The restore drills, by the archive's checksum: each is paid for once.
    #[serde(default)]
    pub drills: Vec<Drilled>,
    /// The checks that passed.
    #[serde(with = "pairs")]
    pub evidence: BTreeMap<CheckRef, Evidence>,
    /// The steps that `run` has begun, and how many of their operations are done.
    pub progress: BTreeMap<String, usize>,
    /// Containers (ids) and volumes (names) that bore the lab's names when the session began: judged, but nothing proves
    /// who made them.
    #[serde(default)]
    pub stood: BTreeSet<String>,
    /// The steps whose solution was shown.
    #[serde(default)]
    pub helped: BTreeSet<String>,
    /// The storage as it stood when each step was passed.
    #[serde(default)]
    pub maps: BTreeMap<String, Storage>,
    /// The step at which the guided session stands.
    #[serde(default)]
    pub at: Option<String>,
    /// The steps that were skipped.
    #[serde(default)]
    pub skipped: BTreeSet<String>,
    /// What was expected: for each question of a step the option that was chosen.
    #[serde(default)]
    pub expected: BTreeMap<String, String>,
}

impl Memory {
    /// The last container seen under a name, whether it still exists or not.
    pub(crate) fn container(&self, name: &str) -> Option<&SeenContainer> {
        self.containers.iter().rev().find(|seen| seen.name == name)
    }

    /// The last state seen of a database.
    pub(crate) fn cluster(&self, container: &str, database: Option<&str>) -> Option<&SeenCluster> {
        let fits = |seen: &&SeenCluster| {
            seen.container == container && database.is_none_or(|database| seen.database == database)
        };
        self.clusters.iter().rev().find(fits)
    }

    /// Whether a step was done by the program or after its solution was shown.
    pub(crate) fn is_assisted(&self, step: &str) -> bool {
        self.helped.contains(step) || self.progress.contains_key(step)
    }

    /// The evidence that a check passed once.
    pub(crate) fn evidence(&self, step: &str, check: &str) -> Option<&Evidence> {
        self.evidence.get(&CheckRef { step: step.to_owned(), check: check.to_owned() })
    }
}

/// A map with structured keys, written as a list of pairs.
mod pairs {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use crate::world::CheckRef;
    use crate::world::Evidence;

    pub(super) fn serialize<S: serde::Serializer>(
        map: &BTreeMap<CheckRef, Evidence>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map.iter())
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<CheckRef, Evidence>, D::Error> {
        Ok(Vec::<(CheckRef, Evidence)>::deserialize(deserializer)?.into_iter().collect())
    }
}
