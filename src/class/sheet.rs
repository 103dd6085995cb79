//! The sheet: machines × criteria, and what only shows when all machines are seen together. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::class::Curves;
use crate::class::Filed;
use crate::class::Machine;
use crate::class::Via;
use crate::engine::CheckCard;
use crate::engine::Scorecard;
use crate::engine::Status;
use crate::engine::StepCard;
use crate::error::Error;
use crate::error::Exit;
use crate::lab::Lab;
use crate::text::list;
use crate::text::say;
use crate::world::CheckRef;
use crate::world::Daemon;
use crate::world::Storage;

/// Who saw nothing new for so many seconds has not moved.
const STILL: i64 = 600;

/// A machine that was seen.
#[derive(Clone, Debug)]
pub(crate) struct Reached {
    /// The daemon.
    pub daemon: Daemon,
    /// The verdicts.
    pub scorecard: Scorecard,
    /// How it was looked at.
    pub via: Via,
    /// The quiz's checks to which no answer is known.
    pub unasked: Vec<CheckRef>,
    /// Images that only stand in for the real ones.
    pub stand_ins: Vec<String>,
    /// Why a scratch container could not be removed, where one could not.
    pub left: Option<Error>,
    /// Whether somebody else than the learner of now began the session.
    pub begun_by_another: bool,
    /// The clusters that were seen there.
    pub clusters: Vec<u64>,
    /// When something new was seen there last.
    pub moved: Timestamp,
    /// What was mounted where, if that was to be drawn.
    pub storage: Option<Storage>,
}

/// What came of a visit.
#[derive(Clone, Debug)]
pub(crate) enum State {
    /// Looked at and judged.
    Reached(Box<Reached>),
    /// Nobody answered.
    Unreachable(Error),
    /// Somebody answered, and then something went wrong.
    Failed(Error),
}

/// A line of the sheet.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The machine.
    pub machine: Machine,
    /// How long the visit took.
    pub ms: u64,
    /// What came of it.
    pub state: State,
}

/// The whole room at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Sheet {
    /// The room's name.
    pub room: String,
    /// What its results are filed under.
    pub key: String,
    /// The lab.
    pub lab: Lab,
    /// When.
    pub at: Timestamp,
    /// The machines, in the inventory's order.
    pub rows: Vec<Row>,
    /// How each came to its points, as far as earlier checks are kept.
    pub curves: Curves,
}

impl Row {
    /// What was seen, if anything was.
    pub(crate) fn reached(&self) -> Option<&Reached> {
        match &self.state {
            State::Reached(reached) => Some(reached),
            State::Unreachable(_) | State::Failed(_) => None,
        }
    }

    /// Why nothing was seen.
    pub(crate) fn trouble(&self) -> Option<&Error> {
        match &self.state {
            State::Reached(_) => None,
            State::Unreachable(error) | State::Failed(error) => Some(error),
        }
    }

    /// The word of the contract.
    pub(crate) fn word(&self) -> &'static str {
        match self.state {
            State::Reached(_) => "ok",
            State::Unreachable(_) => "unreachable",
            State::Failed(_) => "error",
        }
    }
}

/// What tells one learner's part of a daemon from another's: the daemon's id and name, and the prefix.
pub(super) type Seat = (String, String, String);

impl Row {
    /// Where the row was seen, if it was.
    pub(super) fn seat(&self) -> Option<Seat> {
        let daemon = &self.reached()?.daemon;
        Some((daemon.id.clone(), daemon.name.clone(), self.machine.prefix.clone()))
    }

    /// Says that others of the room are this very machine: nobody knows whose work was seen.
    pub(super) fn is_also(&mut self, others: &[&str]) {
        let names = list(others);
        self.state = State::Failed(
            Error::environment(say!(
                "c'est la même machine que {names}, avec le même préfixe",
                "this is the same machine as {names}, with the same prefix"
            ))
            .hint(say!(
                "un `host` par machine, ou un `prefix` par participant, dans l'inventaire",
                "a `host` for each machine, or a `prefix` for each learner, in the inventory"
            )),
        );
    }
}

/// Two rows that turn out to be one machine would give one learner's work to another: none of them counts.
pub(super) fn tell_apart(rows: &mut [Row]) {
    let seats: Vec<Option<Seat>> = rows.iter().map(Row::seat).collect();
    let names: Vec<String> = rows.iter().map(|row| row.machine.name.clone()).collect();
    for (index, row) in rows.iter_mut().enumerate() {
        let same = |other: &usize| *other != index && seats[index].is_some() && seats[*other] == seats[index];
        let others: Vec<&str> = (0..seats.len()).filter(same).map(|other| names[other].as_str()).collect();
        if !others.is_empty() {
            row.is_also(&others);
        }
    }
}

impl Reached {
    /// How many steps were done with help; unknown where only the daemon was asked.
    pub(crate) fn assisted(&self) -> Option<usize> {
        (self.via == Via::Remote).then(|| self.scorecard.steps.iter().filter(|step| step.assisted).count())
    }

    /// Where the learner stands: the first step that is not done, and the check in it that tells most; the first
    /// mistake in it before anything else.
    pub(crate) fn stands(&self) -> Option<(usize, &StepCard, Option<&CheckCard>)> {
        let steps = &self.scorecard.steps;
        let failed = steps.iter().enumerate().find(|(_, step)| step.status == Status::Failed);
        let open = || steps.iter().enumerate().find(|(_, step)| self.is_open(step));
        let (index, step) = failed.or_else(open)?;
        let telling =
            |check: &&CheckCard| check.status == step.status && !self.is_unasked(&step.id, &check.id);
        let check = step.checks.iter().find(|check| check.mistake.is_some());
        Some((index + 1, step, check.or_else(|| step.checks.iter().find(telling))))
    }

    /// Whether something is left in a step but the quiz.
    fn is_open(&self, step: &StepCard) -> bool {
        step.checks
            .iter()
            .any(|check| check.status != Status::Passed && !self.is_unasked(&step.id, &check.id))
    }

    fn is_unasked(&self, step: &str, check: &str) -> bool {
        self.unasked.iter().any(|one| one.step == step && one.check == check)
    }

    /// Whether something could not be seen, the quiz aside.
    pub(crate) fn is_blind(&self) -> bool {
        let unseen = |step: &StepCard| {
            let mut unseen = step.checks.iter().filter(|check| check.status == Status::Unseen);
            unseen.any(|check| !self.is_unasked(&step.id, &check.id))
        };
        self.scorecard.steps.iter().any(unseen)
    }

    /// Whether a criterion could not be judged, for the quiz or for anything else.
    pub(crate) fn is_undecided(&self) -> bool {
        self.is_blind() || self.scorecard.criteria.iter().any(|one| one.status == Status::Unseen)
    }

    /// The minutes since something new was seen, where that is long and there is still something to do.
    pub(crate) fn still_for(&self) -> Option<i64> {
        let seconds = self.scorecard.at.as_second() - self.moved.as_second();
        (seconds >= STILL && self.stands().is_some()).then_some(seconds / 60)
    }
}

impl Row {
    /// The points, where nothing is missing that could have given some.
    pub(crate) fn points(&self) -> Option<u32> {
        self.reached().filter(|one| !one.is_blind()).map(|one| one.scorecard.points())
    }
}

impl Sheet {
    /// Where its results are filed.
    pub(crate) fn filed(&self) -> Filed<'_> {
        let machines = self.rows.iter().map(|row| &row.machine).collect();
        Filed { room: &self.key, lab: &self.lab.id, machines }
    }

    /// Lets a machine's curve go on to what was seen now.
    pub(crate) fn grow(&mut self, index: usize) {
        let Some(row) = self.rows.get(index) else { return };
        let Some(points) = row.points() else { return };
        let curve = self.curves.entry(row.machine.name.clone()).or_default();
        if curve.last().is_none_or(|(_, last)| *last != points) {
            curve.push((self.at, points));
        }
    }

    /// How many machines passed a criterion.
    pub(crate) fn passed(&self, criterion: usize) -> usize {
        let reached = self.rows.iter().filter_map(Row::reached);
        let cards = reached.filter_map(|one| one.scorecard.criteria.get(criterion));
        cards.filter(|card| card.status == Status::Passed).count()
    }

    /// The criterion that fewest machines passed; none where all are alike.
    pub(crate) fn hardest(&self) -> Option<usize> {
        let counts: Vec<usize> = (0..self.lab.criteria.len()).map(|index| self.passed(index)).collect();
        let (least, most) = (counts.iter().min()?, counts.iter().max()?);
        (least < most).then(|| counts.iter().position(|count| count == least))?
    }

    /// For each machine the others on which the same cluster was seen: a data folder that was copied, not made.
    /// Machines that share a daemon tell the same identity only when the volume is the same too.
    pub(crate) fn twins(&self) -> BTreeMap<usize, Vec<usize>> {
        let mut seen: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (index, row) in self.rows.iter().enumerate() {
            for cluster in row.reached().into_iter().flat_map(|one| &one.clusters) {
                let rows = seen.entry(*cluster).or_default();
                if !rows.contains(&index) {
                    rows.push(index);
                }
            }
        }
        let mut twins: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for rows in seen.values().filter(|rows| rows.len() > 1) {
            for row in rows {
                let others = twins.entry(*row).or_default();
                others.extend(rows.iter().filter(|other| *other != row));
                others.sort_unstable();
                others.dedup();
            }
        }
        twins
    }

    /// How many machines were reached, and how many are done.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let reached: Vec<&Reached> = self.rows.iter().filter_map(Row::reached).collect();
        let done = reached.iter().filter(|one| one.scorecard.overall() == Status::Passed).count();
        (reached.len(), done)
    }

    /// On how many machines the quiz was not asked, and the points that only it can give there.
    pub(crate) fn unasked(&self) -> (usize, u32) {
        let waits = |one: &&Reached| !one.unasked.is_empty();
        let waiting: Vec<&Reached> = self.rows.iter().filter_map(Row::reached).filter(waits).collect();
        let Some(first) = waiting.first() else { return (0, 0) };
        let of_quiz = self.lab.criteria.iter();
        let of_quiz = of_quiz.filter(|one| one.proven_by.iter().any(|proof| first.unasked.contains(proof)));
        (waiting.len(), of_quiz.map(|one| one.points).sum())
    }

    /// What it means for the exit code.
    pub(crate) fn exit(&self) -> Exit {
        let blind = |row: &Row| row.reached().is_none_or(Reached::is_blind);
        if self.rows.iter().any(blind) {
            return Exit::Environment;
        }
        if self.counts().1 == self.rows.len() { Exit::Done } else { Exit::NotYet }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::testing;

    #[test]
    fn rows_that_are_one_machine_are_errors() {
        let mut rows: Vec<Row> =
            ["a", "b", "c"].iter().map(|name| testing::row(name, Status::Passed)).collect();
        rows[2].machine.prefix = "c_".to_owned();
        tell_apart(&mut rows);
        assert_eq!(rows.iter().map(Row::word).collect::<Vec<_>>(), ["error", "error", "ok"]);
        let told = rows[1].trouble().map(|error| error.what.en.clone());
        assert_eq!(told.as_deref(), Some("this is the same machine as a, with the same prefix"));
    }
}
