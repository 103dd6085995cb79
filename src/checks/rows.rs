//! `rows_before`, `rows_kept`, `same_data`: rows that must survive, and rows that must be equal.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::database::find;
use crate::checks::database::probe;
use crate::checks::database::rows;
use crate::checks::scene::State;
use crate::checks::scene::cluster_ref;
use crate::checks::scene::container_ref;
use crate::checks::verdict::Weighed;
use crate::text::Text;
use crate::text::say;
use crate::world::Database;
use crate::world::Probe;
use crate::world::TableGap;

/// `rows_before: {old: postgres_main, new: postgres_restored, database: myapp, table: users, rows: 4}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RowsBeforeCheck {
    /// The container the rows were added in, before it was removed.
    pub old: String,
    /// The container that serves them afterwards.
    pub new: String,
    /// The database.
    pub database: String,
    /// The table.
    pub table: String,
    /// The least number of rows.
    pub rows: u64,
}

impl RowsBeforeCheck {
    pub(super) fn probes(&self) -> BTreeSet<Probe> {
        BTreeSet::from([
            probe(&self.old, &self.database),
            probe(&self.new, &self.database),
            Probe::Containers,
        ])
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let Self { old, new, database, table, rows: least } = self;
        let name = format!("public.{table}");
        let enough =
            |state: &State<'_>| state.tables.iter().any(|table| table.name == name && table.rows >= *least);
        if let Some(state) = scene.states(old, database).iter().find(|state| enough(state)) {
            return Ok(Verdict::passed(
                say!(
                    "`{table}` contenait {least} lignes ou plus dans `{old}`, avant sa suppression",
                    "`{table}` held {least} rows or more in `{old}`, before its removal"
                ),
                [container_ref(old, state.container_id), cluster_ref(state.system_identifier)],
            ));
        }
        if scene.container(new)?.is_none() {
            return self.too_few_yet(scene);
        }
        let seen = scene.database(new, database)?;
        let expected = say!(
            "{least} lignes dans `{table}` avant la suppression de `{old}`",
            "{least} rows in `{table}` before `{old}` was removed"
        );
        let older = find(seen, table).and_then(|table| table.older).unwrap_or(0);
        let found = rows(seen, table).unwrap_or(0);
        if older >= *least {
            return Ok(Verdict::passed(
                say!(
                    "{older} lignes de `{table}` sont plus anciennes que le conteneur `{new}`",
                    "{older} rows of `{table}` are older than container `{new}`"
                ),
                [container_ref(new, &seen.container_id), cluster_ref(seen.system_identifier)],
            ));
        }
        Ok(Verdict::failed(
            expected,
            say!(
                "`{table}` a {found} lignes, dont {older} seulement sont plus anciennes que `{new}`",
                "`{table}` has {found} rows, of which only {older} are older than `{new}`"
            ),
        )
        .mistake("row-added-too-late")
        .way_out(say!(
            "ajoutez une ligne dans `{new}`, détruisez-le et recréez-le sur le même volume : elle doit encore être là",
            "add a row in `{new}`, destroy it and create it again on the same volume: it must still be there"
        )))
    }

    fn too_few_yet(&self, scene: &Scene<'_>) -> Weighed {
        let Self { old, database, table, rows: least, .. } = self;
        let found = rows(scene.database(old, database)?, table).unwrap_or(0);
        Ok(Verdict::Pending(say!(
            "`{table}` a {found} lignes dans `{old}`, il en faut {least}",
            "`{table}` has {found} rows in `{old}`, {least} are asked for"
        )))
    }
}

/// `rows_kept: {before: postgres_main, now: postgres_restored, database: myapp}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RowsKeptCheck {
    /// The container that served the rows first.
    pub before: String,
    /// The container that serves them now.
    pub now: String,
    /// The database.
    pub database: String,
}

impl RowsKeptCheck {
    pub(super) fn probes(&self) -> BTreeSet<Probe> {
        BTreeSet::from([probe(&self.before, &self.database), probe(&self.now, &self.database)])
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let Self { before, now, database } = self;
        let seen = scene.database(now, database)?;
        let objects = [container_ref(now, &seen.container_id), cluster_ref(seen.system_identifier)];
        let Some(earlier) = scene.states(before, database).first().copied() else {
            return older_rows(now, seen, objects);
        };
        let gaps = TableGap::between(earlier.tables, &seen.tables);
        if let Some(gap) = gaps.first() {
            let expected = say!("toutes les lignes vues dans `{before}`", "every row seen in `{before}`");
            return Ok(Verdict::failed(expected, described(gap, now)).mistake("rows-lost"));
        }
        let count: u64 = earlier.tables.iter().map(|table| table.rows).sum();
        Ok(Verdict::passed(
            say!(
                "les {count} lignes vues dans `{before}` sont toutes dans `{now}`",
                "all {count} rows seen in `{before}` are in `{now}`"
            ),
            objects,
        ))
    }
}

/// Nobody saw the rows before: rows that are older than their container were kept.
fn older_rows(now: &str, seen: &Database, objects: [String; 2]) -> Weighed {
    let older: u64 = seen.tables.iter().filter_map(|table| table.older).sum();
    if older == 0 {
        return Ok(Verdict::failed(
            say!("des lignes plus anciennes que `{now}`", "rows older than `{now}`"),
            say!("aucune ligne de `{now}` n'est plus ancienne que lui", "no row in `{now}` is older than it"),
        )
        .mistake("rows-lost"));
    }
    Ok(Verdict::passed(
        say!(
            "{older} lignes sont plus anciennes que le conteneur `{now}`",
            "{older} rows are older than container `{now}`"
        ),
        objects,
    ))
}

/// `same_data: {source: postgres_restored, copy: postgres_from_backup, database: myapp}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SameDataCheck {
    /// The container that serves the source.
    pub source: String,
    /// The container that serves the copy.
    pub copy: String,
    /// The database.
    pub database: String,
}

impl SameDataCheck {
    pub(super) fn probes(&self) -> BTreeSet<Probe> {
        BTreeSet::from([probe(&self.source, &self.database), probe(&self.copy, &self.database)])
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let Self { source, copy, database } = self;
        let seen = scene.database(copy, database)?;
        let states = scene.states(source, database);
        let Some(latest) = states.first() else {
            return Err(Verdict::Pending(say!(
                "la base de `{source}` n'a pas encore été vue",
                "the database in `{source}` has not been seen yet"
            )));
        };
        // The source may have gone on since the backup: any of its known states will do.
        if states.iter().any(|state| difference(state, seen, copy).is_none()) {
            let count: u64 = seen.tables.iter().map(|table| table.rows).sum();
            let tables = seen.tables.len();
            return Ok(Verdict::passed(
                say!(
                    "`{copy}` contient les mêmes {tables} tables et {count} lignes que `{source}`",
                    "`{copy}` holds the same {tables} tables and {count} rows as `{source}`"
                ),
                [container_ref(copy, &seen.container_id), cluster_ref(seen.system_identifier)],
            ));
        }
        let found = difference(latest, seen, copy).unwrap_or_default();
        Ok(Verdict::failed(say!("les mêmes données que `{source}`", "the same data as `{source}`"), found)
            .mistake("data-differs")
            .way_out(say!(
                "videz le volume restauré, puis restaurez-y l'archive la plus récente avant d'y lancer PostgreSQL",
                "empty the restored volume, then unpack the newest archive into it before PostgreSQL starts there"
            )))
    }
}

/// The first difference between a state of the source and the copy, if there is one.
fn difference(source: &State<'_>, copy: &Database, name: &str) -> Option<Text> {
    if let Some(gap) = TableGap::between(source.tables, &copy.tables).first() {
        return Some(described(gap, name));
    }
    if let Some(gap) = TableGap::between(&copy.tables, source.tables).first() {
        let (fr, en) = match gap {
            TableGap::Table(table) => (format!("la table `{table}`"), format!("the table `{table}`")),
            TableGap::Rows(table, more, _) => {
                (format!("{more} ligne(s) dans `{table}`"), format!("{more} row(s) in `{table}`"))
            }
            TableGap::Content(table) => (format!("un autre `{table}`"), format!("another `{table}`")),
        };
        return Some(say!("`{name}` contient en plus {fr}", "`{name}` also holds {en}"));
    }
    let kept =
        |sequence: &&crate::world::Sequence| copy.sequences.iter().any(|other| sequence.is_kept_by(other));
    let lost = source.sequences.iter().find(|sequence| !kept(sequence))?;
    let (sequence, value) = (&lost.name, lost.last_value);
    Some(say!(
        "la séquence `{sequence}` de `{name}` n'est pas à {value}",
        "the sequence `{sequence}` in `{name}` does not stand at {value}"
    ))
}

fn described(gap: &TableGap, container: &str) -> Text {
    match gap {
        TableGap::Table(table) => {
            say!(
                "la table `{table}` manque dans `{container}`",
                "the table `{table}` is missing in `{container}`"
            )
        }
        TableGap::Rows(table, missing, all) => say!(
            "{missing} ligne(s) sur {all} de `{table}` manquent dans `{container}`",
            "{missing} of the {all} row(s) of `{table}` are missing in `{container}`"
        ),
        TableGap::Content(table) => say!(
            "les lignes de `{table}` ne sont pas les mêmes dans `{container}`",
            "the rows of `{table}` are not the same in `{container}`"
        ),
    }
}
