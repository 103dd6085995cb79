//! `same_data`: a copy holds exactly what its source holds.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::database::probe;
use crate::checks::differences;
use crate::checks::rows::described;
use crate::checks::scene::State;
use crate::checks::scene::cluster_ref;
use crate::checks::scene::container_ref;
use crate::checks::verdict::Weighed;
use crate::text::Text;
use crate::text::say;
use crate::world::Database;
use crate::world::Probe;
use crate::world::Table;
use crate::world::TableGap;

/// The mistakes it can name.
pub(super) const MISTAKES: &[&str] =
    &["data-differs", "restored-too-old", "restore-over-running", "restored-then-changed", "schema-differs"];

/// `same_data: {source: postgres_restored, copy: postgres_from_backup, database: myapp}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
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
        let states = scene.states_of_the_latest(source, database);
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
            .mistake(self.kind(scene, latest, seen))
            .way_out(say!(
                "videz le volume restauré, puis restaurez-y l'archive la plus récente avant d'y lancer PostgreSQL",
                "empty the restored volume, then unpack the newest archive into it before PostgreSQL starts there"
            )))
    }
}

impl SameDataCheck {
    /// More than the source, as much as it once held, or simply something else.
    fn kind(&self, scene: &Scene<'_>, latest: &State<'_>, seen: &Database) -> &'static str {
        let same_cluster = latest.system_identifier == seen.system_identifier;
        // pg_control is read from disk: the identity is that of the new files, the tables are still those of the old.
        let filled = || latest.tables.iter().filter(|one| one.rows > 0);
        let there = |one: &Table| seen.tables.iter().any(|other| other.name == one.name);
        if same_cluster && filled().next().is_some() && !filled().any(there) {
            return "restore-over-running";
        }
        let keeps = |tables: &[Table]| TableGap::between(latest.tables, tables).is_empty();
        let adds = |tables: &[Table]| !TableGap::between(tables, latest.tables).is_empty();
        let shapes = differences::of_shapes(latest.tables, &seen.tables, &self.copy);
        if same_cluster && keeps(&seen.tables) && !adds(&seen.tables) && shapes.is_some() {
            return "schema-differs";
        }
        if same_cluster && keeps(&seen.tables) && adds(&seen.tables) {
            return "restored-then-changed";
        }
        let earlier = scene.memory.clusters.iter();
        let mut earlier = earlier.filter(|one| one.system_identifier == seen.system_identifier);
        if same_cluster
            && earlier.any(|one| {
                one.container != self.copy && difference(&State::from(one), seen, &self.copy).is_none()
            })
        {
            return "restored-too-old";
        }
        "data-differs"
    }
}

/// The first difference between a state of the source and the copy, if there is one.
pub(super) fn difference(source: &State<'_>, copy: &Database, name: &str) -> Option<Text> {
    if let Some(row) = differences::of_rows(source.tables, &copy.tables, name) {
        return Some(row);
    }
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
    let Some(lost) = source.sequences.iter().find(|sequence| !kept(sequence)) else {
        return differences::of_shapes(source.tables, &copy.tables, name);
    };
    let (sequence, value) = (&lost.name, lost.last_value);
    Some(say!(
        "la séquence `{sequence}` de `{name}` n'est pas à {value}",
        "the sequence `{sequence}` in `{name}` does not stand at {value}"
    ))
}
