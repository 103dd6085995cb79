//! Every check that was made, in an embedded database or on a PostgreSQL that trainers share: the same tables and the same
//! statements, one transaction a check, so that a machine that loses its power or its disk's last byte loses that check at most.

mod sqlite;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::class::Machine;
use crate::class::Reached;
use crate::class::Row;
use crate::class::Sheet;
use crate::class::store::sqlite::File;
use crate::error::Error;
use crate::error::Result;
use crate::postgres::Ledger;
use crate::postgres::Server;
use crate::postgres::Statement;
use crate::postgres::Value;
use crate::text::say;

/// The steps from an empty database to the newest form; each is done once, in a transaction of its own.
const MIGRATIONS: [&str; 2] = [
    "
    CREATE TABLE checks (id BIGINT PRIMARY KEY, room TEXT NOT NULL, lab TEXT NOT NULL, at BIGINT NOT NULL);
    CREATE INDEX checks_at ON checks (room, lab, at);
    CREATE TABLE results (
        check_id BIGINT NOT NULL REFERENCES checks (id), machine TEXT NOT NULL, learner TEXT, team TEXT,
        status TEXT NOT NULL, message TEXT, ms BIGINT NOT NULL, points BIGINT, max BIGINT, step TEXT, mistake TEXT,
        PRIMARY KEY (check_id, machine));
    CREATE TABLE criteria (
        check_id BIGINT NOT NULL REFERENCES checks (id), machine TEXT NOT NULL, criterion TEXT NOT NULL,
        status TEXT NOT NULL, points BIGINT NOT NULL, PRIMARY KEY (check_id, machine, criterion));
",
    "
    CREATE INDEX results_learner ON results (learner);
    CREATE INDEX results_machine ON results (machine);
",
];

/// A check. What is there already was written by an attempt whose answer was lost: the number is nobody else's.
const CHECK: &str = "INSERT INTO checks VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";

/// What it found on a machine.
const RESULT: &str =
    "INSERT INTO results VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING";

/// And for a criterion.
const CRITERION: &str = "INSERT INTO criteria VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";

/// The last result of each machine and learner up to a moment.
const LATEST: &str = "
    SELECT machine, learner, at, status, points, max, step FROM (
        SELECT results.machine AS machine, learner, at, status, points, max, step, ROW_NUMBER() OVER (
            PARTITION BY results.machine, learner ORDER BY at DESC, check_id DESC) AS place
        FROM results JOIN checks ON checks.id = check_id WHERE room = ?1 AND lab = ?2 AND at <= ?3) AS found
    WHERE place = 1";

/// Every result that is worth something, the earliest first.
const POINTS: &str = "
    SELECT machine, learner, at, points FROM results JOIN checks ON checks.id = check_id
    WHERE room = ?1 AND lab = ?2 AND points IS NOT NULL ORDER BY at, checks.id";

/// The machines with results of a learner, or with that name, in a room.
const SEATS: &str = "
    SELECT DISTINCT machine FROM results WHERE (learner = ?1 OR machine = ?1)
    AND check_id IN (SELECT id FROM checks WHERE room = ?2) ORDER BY machine";

/// Deletes those results: first what belongs to them.
const FORGET: [&str; 2] = [
    "DELETE FROM criteria WHERE (check_id, machine) IN (SELECT check_id, machine FROM results
     WHERE (learner = ?1 OR machine = ?1) AND check_id IN (SELECT id FROM checks WHERE room = ?2))",
    "DELETE FROM results WHERE (learner = ?1 OR machine = ?1) AND check_id IN (SELECT id FROM checks WHERE room = ?2)",
];

/// Where results are kept.
#[derive(Clone)]
pub(crate) enum Place {
    /// In a file on this machine.
    File(PathBuf),
    /// On a PostgreSQL.
    Server(Box<Server>),
}

/// The results that are kept.
pub(crate) struct Store(Tables);

enum Tables {
    File(File),
    Server(Box<Ledger>),
}

/// What a check saw on some machines of a room, to be kept; its number is its own, so that it is kept once however often that
/// is tried.
pub(crate) struct Findings(Vec<Statement>);

impl Findings {
    /// What is seen in these rows of a sheet.
    pub(crate) fn of(sheet: &Sheet, rows: &[Row]) -> Result<Findings> {
        Ok(Findings(statements(number()?, sheet, rows)))
    }
}

/// What one check found on one machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The word of the contract.
    pub status: String,
    /// The points, where the machine was seen.
    pub points: Option<u32>,
    /// The points there are.
    pub max: Option<u32>,
    /// The first step that was not done.
    pub step: Option<String>,
}

/// Whose results are asked for: those of a room and a lab, and of its machines' learners of now.
pub(crate) struct Filed<'a> {
    /// What the room is filed under.
    pub room: &'a str,
    /// The lab's id.
    pub lab: &'a str,
    /// The machines.
    pub machines: Vec<&'a Machine>,
}

impl Filed<'_> {
    /// Whether a result is one of the machine's learner of now.
    fn holds(&self, machine: &str, learner: Option<&str>) -> bool {
        self.machines.iter().any(|one| one.name == machine && one.learner.as_deref() == learner)
    }
}

/// Each machine's points over time, the earliest first.
pub(crate) type Curves = BTreeMap<String, Vec<(Timestamp, u32)>>;

impl Store {
    /// Opens the results, makes the tables where there are none, and brings older ones up to date.
    pub(crate) async fn open(place: Place) -> Result<Store> {
        Store::open_at(place, &MIGRATIONS).await
    }

    async fn open_at(place: Place, steps: &[&str]) -> Result<Store> {
        Ok(Store(match place {
            Place::File(path) => Tables::File(File::open(&path, steps)?),
            Place::Server(server) => Tables::Server(Box::new(Ledger::open(*server, steps).await?)),
        }))
    }

    /// Keeps what a check saw: all of it or nothing. What is kept already stays as it is.
    pub(crate) async fn keep(&mut self, findings: &Findings) -> Result<()> {
        self.write(&findings.0).await.map(drop)
    }

    /// The last result of each machine at or before a time, and when the last of them was; `None` where there is none.
    pub(crate) async fn at(
        &mut self,
        filed: &Filed<'_>,
        time: Timestamp,
    ) -> Result<Option<(Timestamp, BTreeMap<String, Kept>)>> {
        let asked = vec![text(filed.room), text(filed.lab), Value::Int(time.as_millisecond())];
        let (mut kept, mut last) = (BTreeMap::new(), None);
        for row in self.read(&(LATEST, asked)).await? {
            let mut row = row.into_iter();
            let (machine, learner) = (words(row.next()).unwrap_or_default(), words(row.next()));
            if !filed.holds(&machine, learner.as_deref()) {
                continue;
            }
            last = last.max(Some(moment(row.next())));
            let (status, points, max) =
                (words(row.next()).unwrap_or_default(), count(row.next()), count(row.next()));
            kept.insert(machine, Kept { status, points, max, step: words(row.next()) });
        }
        Ok(last.map(|at| (at, kept)))
    }

    /// How each machine of a room came to its points: the moments at which they changed.
    pub(crate) async fn curves(&mut self, filed: &Filed<'_>) -> Result<Curves> {
        let mut curves = Curves::new();
        for row in self.read(&(POINTS, vec![text(filed.room), text(filed.lab)])).await? {
            let mut row = row.into_iter();
            let (machine, learner) = (words(row.next()).unwrap_or_default(), words(row.next()));
            let (at, points) = (moment(row.next()), count(row.next()).unwrap_or_default());
            if filed.holds(&machine, learner.as_deref()) {
                let curve = curves.entry(machine).or_default();
                if curve.last().is_none_or(|(_, last)| *last != points) {
                    curve.push((at, points));
                }
            }
        }
        Ok(curves)
    }

    /// The machines in a room at which a learner was seen, also one who is no longer in its inventory.
    pub(crate) async fn machines_of(&mut self, room: &str, learner: &str) -> Result<Vec<String>> {
        let rows = self.read(&(SEATS, vec![text(learner), text(room)])).await?;
        Ok(rows.into_iter().filter_map(|row| words(row.into_iter().next())).collect())
    }

    /// Deletes what is kept of a learner in a room (or of a machine of that name); answers how many results that were.
    /// Nothing of it stays in an embedded database's file.
    pub(crate) async fn forget(&mut self, room: &str, learner: &str) -> Result<u64> {
        let deletes = FORGET.map(|delete| (delete, vec![text(learner), text(room)]));
        let counts = self.write(&deletes).await?;
        if let Tables::File(file) = &self.0 {
            file.wipe()?;
        }
        Ok(counts.last().copied().unwrap_or_default())
    }

    async fn write(&mut self, statements: &[Statement]) -> Result<Vec<u64>> {
        match &mut self.0 {
            Tables::File(file) => file.write(statements),
            Tables::Server(ledger) => ledger.write(statements).await,
        }
    }

    async fn read(&mut self, statement: &Statement) -> Result<Vec<Vec<Value>>> {
        match &mut self.0 {
            Tables::File(file) => file.read(statement),
            Tables::Server(ledger) => ledger.read(statement).await,
        }
    }
}

/// What is to be written for a check with this number: the check, its results, and what each criterion is worth.
fn statements(number: i64, sheet: &Sheet, rows: &[Row]) -> Vec<Statement> {
    let number = || Value::Int(number);
    let at = Value::Int(sheet.at.as_millisecond());
    let mut all: Vec<Statement> = vec![(CHECK, vec![number(), text(&sheet.key), text(&sheet.lab.id), at])];
    for row in rows {
        let (machine, reached) = (&row.machine, row.reached());
        let stands = reached.and_then(Reached::stands);
        let result = vec![
            number(),
            text(&machine.name),
            perhaps(machine.learner.as_deref()),
            perhaps(machine.group.as_deref()),
            text(row.word()),
            perhaps(row.trouble().map(|error| error.what.en.as_str())),
            Value::Int(i64::try_from(row.ms).unwrap_or(i64::MAX)),
            // What could not be seen is not worth nothing.
            row.points().map_or(Value::Null, |points| Value::Int(points.into())),
            reached.map_or(Value::Null, |one| Value::Int(one.scorecard.max().into())),
            perhaps(stands.map(|(_, step, _)| step.id.as_str())),
            perhaps(stands.and_then(|(_, _, check)| check?.mistake)),
        ];
        all.push((RESULT, result));
    }
    for row in rows {
        let criteria = row.reached().into_iter().flat_map(|one| &one.scorecard.criteria);
        all.extend(criteria.map(|one| {
            let status = text(one.status.word());
            let points = Value::Int(one.points.into());
            (CRITERION, vec![number(), text(&row.machine.name), text(&one.id), status, points])
        }));
    }
    all
}

/// A check's number, made here so that two trainers need not agree on one: 63 random bits.
fn number() -> Result<i64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| {
        Error::environment(say!("pas de hasard sur cette machine", "no randomness on this machine"))
            .because(error)
    })?;
    Ok(i64::from_le_bytes(bytes) & i64::MAX)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn perhaps(text: Option<&str>) -> Value {
    text.map_or(Value::Null, |text| Value::Text(text.to_owned()))
}

fn words(value: Option<Value>) -> Option<String> {
    match value? {
        Value::Text(text) => Some(text),
        Value::Null | Value::Int(_) => None,
    }
}

fn whole(value: Option<Value>) -> Option<i64> {
    match value? {
        Value::Int(number) => Some(number),
        Value::Null | Value::Text(_) => None,
    }
}

fn count(value: Option<Value>) -> Option<u32> {
    u32::try_from(whole(value)?).ok()
}

fn moment(value: Option<Value>) -> Timestamp {
    Timestamp::from_millisecond(whole(value).unwrap_or_default()).unwrap_or(Timestamp::UNIX_EPOCH)
}
