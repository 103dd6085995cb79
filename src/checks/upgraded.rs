//! `upgraded`: a server of another version holds exactly what the old one holds, by way of a dump.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::database::probe;
use crate::checks::same::difference;
use crate::checks::scene::cluster_ref;
use crate::checks::scene::container_ref;
use crate::checks::verdict::Weighed;
use crate::text::say;
use crate::world::Probe;
use crate::world::TableGap;

/// The mistakes it can name, besides a refusal.
pub(super) const MISTAKES: &[&str] = &["upgrade-differs", "upgrade-incomplete"];

/// `upgraded: {source: pgup_15, copy: pgup_17, database: library}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpgradedCheck {
    /// The container that serves the source.
    pub source: String,
    /// The container into which the dump was loaded.
    pub copy: String,
    /// The database.
    pub database: String,
}

impl UpgradedCheck {
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
        if seen.tables.is_empty() && !latest.tables.is_empty() {
            return Err(Verdict::Pending(say!(
                "la base `{database}` de `{copy}` est encore vide",
                "the database `{database}` in `{copy}` is still empty"
            )));
        }
        // The source may have gone on since the dump: any of its known states will do.
        if states.iter().any(|state| difference(state, seen, copy).is_none()) {
            let count: u64 = seen.tables.iter().map(|table| table.rows).sum();
            let (tables, version) = (seen.tables.len(), &seen.version);
            return Ok(Verdict::passed(
                say!(
                    "`{copy}` ({version}) contient les mêmes {tables} tables et {count} lignes que `{source}`",
                    "`{copy}` ({version}) holds the same {tables} tables and {count} rows as `{source}`"
                ),
                [container_ref(copy, &seen.container_id), cluster_ref(seen.system_identifier)],
            ));
        }
        let lacks = !TableGap::between(latest.tables, &seen.tables).is_empty();
        let adds = !TableGap::between(&seen.tables, latest.tables).is_empty();
        let mistake = if lacks && !adds { "upgrade-incomplete" } else { "upgrade-differs" };
        let found = difference(latest, seen, copy).unwrap_or_default();
        Ok(Verdict::failed(say!("les mêmes données que `{source}`", "the same data as `{source}`"), found)
            .mistake(mistake)
            .way_out(say!(
                "repartez d'une base vide : supprimez `{copy}` et son volume, relancez-le, et rechargez un dump complet",
                "begin with an empty database: remove `{copy}` and its volume, run it again, and load a whole dump"
            )))
    }
}
