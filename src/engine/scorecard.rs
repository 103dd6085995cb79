//! The verdicts on a lab, as data; `report` puts them into words.

use jiff::Timestamp;

use crate::text::Text;
use crate::world::Author;
use crate::world::Storage;

/// The status of a check, a step or a criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Done.
    Passed,
    /// Not done, and something was done instead.
    Failed,
    /// Its first object does not exist yet.
    Pending,
    /// An earlier step comes first.
    Blocked,
    /// It could not be looked at.
    Unseen,
}

impl Status {
    /// The word of the contract.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Status::Passed => "passed",
            Status::Failed => "failed",
            Status::Pending => "pending",
            Status::Blocked => "blocked",
            Status::Unseen => "unseen",
        }
    }

    /// The status of a whole from those of its parts: the most telling one wins.
    pub(crate) fn of_parts(parts: impl Iterator<Item = Status>) -> Status {
        let rank = |status: &Status| match status {
            Status::Failed => 0,
            Status::Unseen => 1,
            Status::Pending => 2,
            Status::Blocked => 3,
            Status::Passed => 4,
        };
        parts.min_by_key(rank).unwrap_or(Status::Pending)
    }
}

/// Where the proof of a pass was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// On the daemon, now.
    Live,
    /// In the session's journal.
    Journal,
}

/// The proof of a pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EvidenceCard {
    /// When it was first seen.
    pub at: Timestamp,
    /// Where it was seen.
    pub source: Source,
    /// Who did the step.
    pub by: Author,
    /// The objects it rests on.
    pub objects: Vec<String>,
}

/// A check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CheckCard {
    /// The id within its step.
    pub id: String,
    /// The claim.
    pub title: Text,
    /// The verdict.
    pub status: Status,
    /// What should be seen, where it failed.
    pub expected: Option<Text>,
    /// What is seen instead.
    pub found: Option<Text>,
    /// The mistake's name.
    pub mistake: Option<&'static str>,
    /// The verdict in words.
    pub message: Text,
    /// The next step out of a failure.
    pub hint: Option<Text>,
    /// The proof, where it passed.
    pub evidence: Option<EvidenceCard>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StepCard {
    /// The id.
    pub id: String,
    /// The title.
    pub title: Text,
    /// The verdict on the whole step.
    pub status: Status,
    /// Whether the program did it, or its solution was shown.
    pub assisted: bool,
    /// The storage as it stood when it was passed.
    pub map: Option<Storage>,
    /// Its checks.
    pub checks: Vec<CheckCard>,
}

/// A criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CriterionCard {
    /// The id.
    pub id: String,
    /// The title.
    pub title: Text,
    /// The verdict.
    pub status: Status,
    /// What was earned: all or nothing.
    pub points: u32,
    /// What could be earned.
    pub max: u32,
    /// The proofs, as (step, check, proof).
    pub evidence: Vec<(String, String, EvidenceCard)>,
}

/// A lab, judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scorecard {
    /// The lab's id.
    pub lab: String,
    /// The lab's title.
    pub title: Text,
    /// When it was judged.
    pub at: Timestamp,
    /// The steps that were asked for.
    pub asked: Vec<String>,
    /// All steps; those that were not asked for show what is remembered.
    pub steps: Vec<StepCard>,
    /// The criteria.
    pub criteria: Vec<CriterionCard>,
}

impl Scorecard {
    /// A check, by its step's id and its own.
    pub(crate) fn check(&self, step: &str, check: &str) -> Option<&CheckCard> {
        let step = self.steps.iter().find(|one| one.id == step)?;
        step.checks.iter().find(|one| one.id == check)
    }

    /// The points earned.
    pub(crate) fn points(&self) -> u32 {
        self.criteria.iter().map(|criterion| criterion.points).sum()
    }

    /// The points there are.
    pub(crate) fn max(&self) -> u32 {
        self.criteria.iter().map(|criterion| criterion.max).sum()
    }

    /// The points earned, in percent, rounded down.
    pub(crate) fn percent(&self) -> u32 {
        (self.points() * 100).checked_div(self.max()).unwrap_or(0)
    }

    /// The steps that were asked for.
    pub(crate) fn asked_steps(&self) -> impl Iterator<Item = &StepCard> {
        self.steps.iter().filter(|step| self.asked.contains(&step.id))
    }

    /// The status of all that was asked for; of the criteria too, where the whole lab was.
    pub(crate) fn overall(&self) -> Status {
        let steps = self.asked_steps().map(|step| step.status);
        if self.asked.len() == self.steps.len() {
            return Status::of_parts(steps.chain(self.criteria.iter().map(|criterion| criterion.status)));
        }
        Status::of_parts(steps)
    }

    /// Whether something that was asked for could not be seen.
    pub(crate) fn has_unseen(&self) -> bool {
        self.asked_steps().flat_map(|step| &step.checks).any(|check| check.status == Status::Unseen)
    }
}
