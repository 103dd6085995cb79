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

/// The mistakes of `rows_before`, besides a refusal.
pub(super) const MISTAKES_BEFORE: &[&str] = &["row-added-too-late", "row-not-added"];

/// `rows_before: {old: postgres_main, new: postgres_restored, database: myapp, table: users, rows: 4}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
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
        if let Some(state) = scene.states_of_the_latest(old, database).iter().find(|state| enough(state)) {
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
        if found < *least {
            return Ok(Verdict::failed(
                expected,
                say!(
                    "`{table}` n'a que {found} lignes, et `{old}` n'existe plus",
                    "`{table}` has only {found} rows, and `{old}` is gone"
                ),
            )
            .mistake("row-not-added")
            .way_out(say!(
                "ajoutez la ligne dans `{new}`, détruisez-le et recréez-le sur le même volume : elle doit encore être là",
                "add the row in `{new}`, destroy it and create it again on the same volume: it must still be there"
            )));
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

/// The mistakes of `rows_kept`, besides a refusal.
pub(super) const MISTAKES_KEPT: &[&str] = &["rows-lost"];

/// `rows_kept: {before: postgres_main, now: postgres_restored, database: myapp}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
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
        // What the learner took away later, in this very container, had come through.
        let had_come_through = || {
            let mut known = scene.memory.clusters.iter().filter(|one| {
                one.container_id == seen.container_id
                    && one.system_identifier == seen.system_identifier
                    && one.database == *database
            });
            known.any(|one| TableGap::between(earlier.tables, &one.tables).is_empty())
        };
        if let Some(gap) = gaps.first().filter(|_| !had_come_through()) {
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

pub(super) fn described(gap: &TableGap, container: &str) -> Text {
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
