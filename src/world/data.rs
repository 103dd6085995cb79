//! What a database holds, in a form that can be compared: a dump and a live database give the same values,
//! since both are read as the lines of `COPY … TO STDOUT`.

use std::cmp::Ordering;

use serde::Deserialize;
use serde::Serialize;

use crate::text::Text;

/// A database of a running server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Database {
    /// The id of the container the server runs in.
    pub container_id: String,
    /// The cluster's identity, from `pg_control_system()`; its upper 32 bits are the Unix second of its initdb.
    pub system_identifier: u64,
    /// The server's version, such as `15.18`.
    pub version: String,
    /// Where the server keeps its data, inside the container.
    pub data_directory: String,
    /// Files that a copy of the data folder must hold: the database's own, and those of every table with rows, by
    /// path below the data folder.
    pub files: Vec<String>,
    /// The user tables, sorted by name.
    pub tables: Vec<Table>,
    /// The sequences, sorted by name.
    pub sequences: Vec<Sequence>,
}

impl Database {
    /// The Unix second at which the cluster was made.
    pub(crate) fn made_at(&self) -> i64 {
        i64::try_from(self.system_identifier >> 32).unwrap_or(i64::MAX)
    }
}

/// What came of restoring an archive, for trial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Drilled {
    /// The SHA-256 of the archive.
    pub sha256: String,
    /// The database that was asked for.
    pub database: String,
    /// What it held; `None` where no server came up, or it refused.
    pub held: Option<Database>,
    /// Why there is none.
    pub why: Option<Text>,
}

impl Drilled {
    /// Whether it is the drill of this archive, for this database.
    pub(crate) fn is_of(&self, sha256: &str, database: &str) -> bool {
        self.sha256 == sha256 && self.database == database
    }
}

/// A table's rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Table {
    /// The name with its schema, such as `public.users`.
    pub name: String,
    /// The columns in the order in which they are copied.
    pub columns: Vec<String>,
    /// How many rows there are.
    pub rows: u64,
    /// A sum over all rows that does not depend on their order.
    pub digest: String,
    /// A hash of each row, sorted; only for tables of at most [`Table::KEPT`] rows.
    pub hashes: Option<Vec<String>>,
    /// How many rows were written before the container they are served from was made, by a column that
    /// defaults to the time of writing; `None` where there is no such column.
    pub older: Option<u64>,
    /// Its owner, columns, constraints, indexes and triggers, a line each, sorted.
    #[serde(default)]
    pub shape: Vec<String>,
    /// The columns of its primary key.
    #[serde(default)]
    pub key: Vec<String>,
    /// The rows themselves, sorted, as `COPY` writes them; only where they are few and short.
    #[serde(default)]
    pub lines: Option<Vec<String>>,
}

/// What of one table is missing in another state of the same database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TableGap {
    /// The table is not there.
    Table(String),
    /// The table is there, so many of its rows are not (table, missing, expected).
    Rows(String, u64, u64),
    /// As many rows, but not the same (table).
    Content(String),
}

impl Table {
    /// Up to so many rows, and so many bytes, the rows themselves are kept.
    pub(crate) const SHOWN: (usize, usize) = (200, 16 * 1024);

    /// Up to so many rows their hashes are kept one by one.
    pub(crate) const KEPT: usize = 1000;

    /// The rows of `self` that `other` lacks; rows that only `other` has do not count.
    fn missing_in(&self, other: &Table) -> Option<TableGap> {
        if self.digest == other.digest && self.rows == other.rows {
            return None;
        }
        let (Some(mine), Some(others)) = (&self.hashes, &other.hashes) else {
            // Of a table that grew nobody can tell whether its old rows are still the same.
            return match self.rows.cmp(&other.rows) {
                Ordering::Greater => {
                    Some(TableGap::Rows(self.name.clone(), self.rows - other.rows, self.rows))
                }
                Ordering::Equal => Some(TableGap::Content(self.name.clone())),
                Ordering::Less => None,
            };
        };
        let mut unmatched: Vec<&String> = others.iter().collect();
        let missing = mine
            .iter()
            .filter(|hash| match unmatched.iter().position(|other| other == hash) {
                Some(at) => {
                    unmatched.swap_remove(at);
                    false
                }
                None => true,
            })
            .count() as u64;
        (missing > 0).then(|| TableGap::Rows(self.name.clone(), missing, self.rows))
    }
}

impl TableGap {
    /// What `these` tables hold and the `lacking` ones do not; what the others have more does not count.
    pub(crate) fn between(these: &[Table], lacking: &[Table]) -> Vec<TableGap> {
        these
            .iter()
            .filter_map(|table| match lacking.iter().find(|other| other.name == table.name) {
                None => Some(TableGap::Table(table.name.clone())),
                Some(other) => table.missing_in(other),
            })
            .collect()
    }
}

/// A sequence's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sequence {
    /// The name with its schema, such as `public.users_id_seq`.
    pub name: String,
    /// The last value given out.
    pub last_value: i64,
    /// Whether the last value was given out at all.
    pub is_called: bool,
}

impl Sequence {
    /// `PostgreSQL` logs a sequence this many values ahead, so that a copy that went through crash recovery may
    /// stand up to so much further (`SEQ_LOG_VALS` in its `sequence.c`).
    const LOGGED_AHEAD: i64 = 32;

    /// Whether `copy` is this sequence in a copy of the database, crash recovery allowed for.
    pub(crate) fn is_kept_by(&self, copy: &Sequence) -> bool {
        let ahead = copy.last_value.saturating_sub(self.last_value);
        self.name == copy.name && (0..=Sequence::LOGGED_AHEAD).contains(&ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, hashes: &[&str]) -> Table {
        let hashes: Vec<String> = hashes.iter().map(|&hash| hash.to_owned()).collect();
        Table {
            name: name.to_owned(),
            columns: vec!["id".to_owned()],
            rows: hashes.len() as u64,
            digest: hashes.concat(),
            hashes: Some(hashes),
            older: None,
            shape: Vec::new(),
            key: Vec::new(),
            lines: None,
        }
    }

    #[test]
    fn rows_that_only_the_other_has_do_not_count() {
        assert_eq!(TableGap::between(&[table("t", &["a", "b"])], &[table("t", &["a", "b", "c"])]), []);
    }

    #[test]
    fn a_row_that_stands_twice_must_stand_twice() {
        let gaps = TableGap::between(&[table("t", &["a", "a"])], &[table("t", &["a", "b"])]);
        assert_eq!(gaps, [TableGap::Rows("t".to_owned(), 1, 2)]);
    }

    #[test]
    fn a_large_table_that_grew_has_lost_nothing() {
        let large = |rows: u64| Table { rows, digest: rows.to_string(), hashes: None, ..table("t", &[]) };
        assert_eq!(TableGap::between(&[large(2000)], &[large(2001)]), []);
        let lost = TableGap::Rows("t".to_owned(), 1, 2000);
        assert_eq!(TableGap::between(&[large(2000)], &[large(1999)]), [lost]);
        let other = Table { digest: "x".to_owned(), ..large(2000) };
        assert_eq!(TableGap::between(&[large(2000)], &[other]), [TableGap::Content("t".to_owned())]);
    }

    #[test]
    fn a_missing_table_is_named() {
        assert_eq!(TableGap::between(&[table("t", &[])], &[]), [TableGap::Table("t".to_owned())]);
    }

    #[test]
    fn a_sequence_may_stand_further_after_crash_recovery_but_not_behind() {
        let at = |last_value| Sequence { name: "s".to_owned(), last_value, is_called: true };
        assert!(at(4).is_kept_by(&at(36)));
        assert!(!at(4).is_kept_by(&at(37)));
        assert!(!at(4).is_kept_by(&at(3)));
    }
}
