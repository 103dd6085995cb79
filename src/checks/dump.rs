//! `dump`: a plain SQL dump holds every table and row of a database.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::database::probe;
use crate::checks::scene::State;
use crate::checks::scene::unfit;
use crate::checks::verdict::Weighed;
use crate::text::Text;
use crate::text::say;
use crate::world::Dump;
use crate::world::Fact;
use crate::world::Probe;
use crate::world::Table;
use crate::world::TableGap;

/// The mistakes it can name.
pub(super) const MISTAKES: &[&str] = &[
    "dump-cut-short",
    "dump-data-only",
    "dump-empty",
    "dump-error-text",
    "dump-format",
    "dump-incomplete",
    "dump-of-another-database",
    "dump-one-table",
    "dump-schema-only",
    "dump-too-old",
    "dump-utf-16",
];

/// `dump: {path: backups/myapp_dump.sql, container: postgres_restored, database: myapp}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DumpCheck {
    /// The path below the workspace.
    pub path: String,
    /// The container that serves the source.
    pub container: String,
    /// The database that was dumped.
    pub database: String,
}

impl DumpCheck {
    pub(super) fn probes(&self) -> BTreeSet<Probe> {
        BTreeSet::from([Probe::Dump { path: self.path.clone() }, probe(&self.container, &self.database)])
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let Self { path, container, database } = self;
        let dump = match scene.fact(&Probe::Dump { path: path.clone() })? {
            Fact::Dump(dump) => dump,
            other => return Err(unfit(other)),
        };
        if !dump.complete {
            return Ok(self.cut_short(dump));
        }
        if dump.data_only {
            let found = say!(
                "`{path}` remplit des tables qu'il ne crée pas",
                "`{path}` fills tables that it does not make"
            );
            return Ok(Verdict::failed(self.expected(), found)
                .mistake("dump-data-only")
                .way_out(self.again()));
        }
        let states = scene.states_of_the_latest(container, database);
        let Some(latest) = states.first() else {
            return Ok(Verdict::Pending(say!(
                "la base de `{container}` n'a pas encore été vue",
                "the database in `{container}` has not been seen yet"
            )));
        };
        if states.iter().any(|state| gap(state.tables, dump).is_none()) {
            let rows: u64 = dump.tables.iter().map(|table| table.rows).sum();
            let tables = dump.tables.len();
            return Ok(Verdict::passed(
                say!(
                    "`{path}` contient {tables} tables et {rows} lignes : tout ce que contient `{database}`",
                    "`{path}` holds {tables} tables and {rows} rows: all that `{database}` holds"
                ),
                [format!("sha256 {} {path}", dump.sha256)],
            ));
        }
        let found = gap(latest.tables, dump).map_or_else(Text::default, |gap| described(&gap, path));
        let mistake = self.kind(scene, latest, dump);
        Ok(Verdict::failed(self.expected(), found).mistake(mistake).way_out(self.again()))
    }

    /// By what is there of the tables, and what is not.
    fn kind(&self, scene: &Scene<'_>, latest: &State<'_>, dump: &Dump) -> &'static str {
        let of = |name: &str| dump.tables.iter().find(|one| one.name == name);
        let filled: Vec<&Table> = latest.tables.iter().filter(|one| one.rows > 0).collect();
        let there = filled.iter().filter(|table| of(&table.name).is_some()).count();
        let earlier =
            scene.memory.clusters.iter().filter(|one| {
                one.database == self.database && one.system_identifier == latest.system_identifier
            });
        if there == 0 {
            return "dump-of-another-database";
        }
        if dump.tables.iter().all(|table| table.rows == 0) {
            return "dump-schema-only";
        }
        if there < filled.len() {
            return "dump-one-table";
        }
        if earlier.into_iter().any(|old| gap(&old.tables, dump).is_none()) {
            return "dump-too-old";
        }
        "dump-incomplete"
    }

    fn cut_short(&self, dump: &Dump) -> Verdict {
        let path = &self.path;
        let (found, mistake) = if let Some(other) = &dump.other_format {
            let what =
                say!("`{path}` n'est pas du SQL en clair ({other})", "`{path}` is no plain SQL ({other})");
            (what, if other == "UTF-16" { "dump-utf-16" } else { "dump-format" })
        } else if dump.size == 0 {
            (say!("`{path}` est vide", "`{path}` is empty"), "dump-empty")
        } else if let Some(said) = &dump.complaint {
            let what = say!(
                "`{path}` contient un message d'erreur : {said}",
                "`{path}` holds an error message: {said}"
            );
            (what, "dump-error-text")
        } else {
            let what = say!(
                "`{path}` ne se termine pas comme un dump de `pg_dump` : il a été coupé",
                "`{path}` does not end as `pg_dump` ends a dump: it was cut short"
            );
            (what, "dump-cut-short")
        };
        Verdict::failed(self.expected(), found).mistake(mistake).way_out(self.again())
    }

    fn expected(&self) -> Text {
        let database = &self.database;
        say!("toutes les tables et lignes de `{database}`", "every table and row of `{database}`")
    }

    fn again(&self) -> Text {
        let Self { path, container, database } = self;
        say!(
            "refaites-le : `docker exec {container} pg_dump -U postgres {database} > {path}`",
            "make it again: `docker exec {container} pg_dump -U postgres {database} > {path}`"
        )
    }
}

/// What the dump lacks of the tables.
fn gap(tables: &[Table], dump: &Dump) -> Option<TableGap> {
    TableGap::between(tables, &dump.tables).into_iter().next()
}

fn described(gap: &TableGap, path: &str) -> Text {
    match gap {
        TableGap::Table(table) => {
            say!("la table `{table}` manque dans `{path}`", "the table `{table}` is missing in `{path}`")
        }
        TableGap::Rows(table, missing, all) => say!(
            "`{path}` n'a pas {missing} des {all} lignes de `{table}`",
            "`{path}` lacks {missing} of the {all} rows of `{table}`"
        ),
        TableGap::Content(table) => say!(
            "les lignes de `{table}` sont autres dans `{path}`",
            "the rows of `{table}` differ in `{path}`"
        ),
    }
}
