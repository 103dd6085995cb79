//! What a session's journal tells.

use serde::Deserialize;
use serde::Serialize;

use crate::world::Answered;
use crate::world::Baseline;
use crate::world::CheckRef;
use crate::world::Daemon;
use crate::world::Drilled;
use crate::world::Evidence;
use crate::world::ScriptRun;
use crate::world::SeenCluster;
use crate::world::SeenContainer;
use crate::world::Storage;
use crate::world::Use;

/// Something that happened in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Entry {
    /// The session began.
    Opened {
        /// The lab's id.
        lab: String,
        /// The prefix of the session's objects.
        prefix: String,
        /// The workspace's absolute path.
        workspace: String,
        /// The daemon.
        daemon: Daemon,
        /// The Unix second on the daemon's clock.
        began: i64,
        /// What stood before.
        baseline: Baseline,
    },
    /// Containers (ids) and volumes (names) that bore the lab's names already when the session began.
    Stood(Vec<String>),
    /// The folder of the author's own from which the lab was read.
    LabFrom(String),
    /// A container of the lab was seen.
    SawContainer(SeenContainer),
    /// A volume of the lab was seen.
    SawVolume(String),
    /// A database of the lab was seen in a new state.
    SawCluster(SeenCluster),
    /// The daemon told of a container that used the lab's volumes, or bore one of its names.
    SawUse(Use),
    /// The daemon told that volumes were pruned, at this Unix second.
    SawPrune(i64),
    /// A file of the lab was seen.
    SawFile(String),
    /// A script was tried.
    Tried(ScriptRun),
    /// An archive was restored for trial.
    Drilled(Drilled),
    /// A check passed.
    Passed {
        /// Which.
        check: CheckRef,
        /// Its proof.
        evidence: Evidence,
    },
    /// `run` has done so many operations of a step.
    Progress {
        /// The step's id.
        step: String,
        /// How many operations are done; 0 when the step begins.
        done: usize,
    },
    /// `run` chose a file's name.
    Named {
        /// The step's id.
        step: String,
        /// The operation's number in the step, from 0.
        operation: usize,
        /// The path below the workspace.
        path: String,
    },
    /// A question was answered.
    Answered(Answered),
    /// A hint was shown.
    Hinted {
        /// The step's id.
        step: String,
        /// How many hints of it were shown so far.
        level: usize,
    },
    /// The guided session moved to a step.
    At {
        /// The step's id.
        step: String,
    },
    /// A step was skipped.
    Skipped {
        /// The step's id.
        step: String,
    },
    /// The solution of a step was shown.
    Helped {
        /// The step's id.
        step: String,
    },
    /// The storage was drawn when a step was passed.
    Drew {
        /// The step's id.
        step: String,
        /// The picture.
        storage: Storage,
    },
    /// The learner said what they expect.
    Expected {
        /// The question, as `step.question`.
        question: String,
        /// The option's id.
        option: String,
    },
    /// What a step made was removed, so that it can be done again: its evidence no longer counts.
    Redone {
        /// The step's id.
        step: String,
    },
    /// The session's objects were removed; what came before no longer counts.
    Reset {
        /// What was removed, in words.
        removed: Vec<String>,
    },
}

impl Entry {
    /// Whether it must be on disk before anything else is done: what may be removed later rests on it, or nobody could
    /// say it again. All else reaches the disk within moments; a tick does not wait for that.
    pub(super) fn is_awaited(&self) -> bool {
        matches!(
            self,
            Entry::Opened { .. }
                | Entry::Stood(_)
                | Entry::Answered(_)
                | Entry::Redone { .. }
                | Entry::Reset { .. }
        )
    }
}
