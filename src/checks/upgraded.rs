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
        // The latest alone: what the source held before all of its tables were there would let a part of it pass.
        let Some(latest) = scene.states_of_the_latest(source, database).into_iter().next() else {
            return Err(Verdict::Pending(say!(
                "la base de `{source}` n'a pas encore été vue",
                "the database in `{source}` has not been seen yet"
            )));
        };
        if seen.tables.is_empty() {
            return Err(Verdict::Pending(say!(
                "la base `{database}` de `{copy}` est encore vide",
                "the database `{database}` in `{copy}` is still empty"
            )));
        }
        let Some(found) = difference(&latest, seen, copy) else {
            let count: u64 = seen.tables.iter().map(|table| table.rows).sum();
            let (tables, version) = (seen.tables.len(), &seen.version);
            return Ok(Verdict::passed(
                say!(
                    "`{copy}` ({version}) contient les mêmes {tables} tables et {count} lignes que `{source}`",
                    "`{copy}` ({version}) holds the same {tables} tables and {count} rows as `{source}`"
                ),
                [container_ref(copy, &seen.container_id), cluster_ref(seen.system_identifier)],
            ));
        };
        let lacks = !TableGap::between(latest.tables, &seen.tables).is_empty();
        let adds = !TableGap::between(&seen.tables, latest.tables).is_empty();
        let mistake = if lacks && !adds { "upgrade-incomplete" } else { "upgrade-differs" };
        Ok(Verdict::failed(say!("les mêmes données que `{source}`", "the same data as `{source}`"), found)
            .mistake(mistake)
            .way_out(say!(
                "repartez d'une base vide : supprimez `{copy}` et son volume, relancez-le, et rechargez un dump complet",
                "begin with an empty database: remove `{copy}` and its volume, run it again, and load a whole dump"
            )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Database;
    use crate::world::Fact;
    use crate::world::Facts;
    use crate::world::Memory;
    use crate::world::Observed;
    use crate::world::Resources;
    use crate::world::SeenCluster;
    use crate::world::Table;

    fn table(name: &str) -> Table {
        Table {
            name: format!("public.{name}"),
            columns: vec!["id".to_owned()],
            rows: 1,
            digest: name.to_owned(),
            hashes: None,
            older: None,
            shape: Vec::new(),
            key: Vec::new(),
            lines: None,
        }
    }

    fn served(container: &str, cluster: u64, tables: &[&str]) -> Database {
        Database {
            container_id: container.to_owned(),
            system_identifier: cluster,
            version: "17.1".to_owned(),
            data_directory: String::new(),
            files: Vec::new(),
            tables: tables.iter().map(|name| table(name)).collect(),
            sequences: Vec::new(),
        }
    }

    /// What is said where the source held `books` alone before it held `old`, and the copy holds `new`.
    fn judged(old: &[&str], new: &[&str]) -> Verdict {
        let name = |name: &str| name.to_owned();
        let check = UpgradedCheck { source: name("old"), copy: name("new"), database: name("library") };
        let mut facts = Facts::default();
        for (container, cluster, tables) in [("old", 1, old), ("new", 2, new)] {
            let seen = Observed::Seen(Fact::Database(served(container, cluster, tables)));
            facts.insert(probe(container, "library"), seen);
        }
        let earlier = SeenCluster {
            container: name("old"),
            container_id: name("old"),
            database: name("library"),
            system_identifier: 1,
            data_directory: String::new(),
            files: Vec::new(),
            tables: vec![table("books")],
            sequences: Vec::new(),
        };
        let memory = Memory { clusters: vec![earlier], ..Memory::default() };
        let resources = Resources::default();
        let scene = Scene { facts: &facts, memory: &memory, resources: &resources, prefix: "" };
        check.weigh(&scene).unwrap_or_else(|verdict| verdict)
    }

    #[test]
    fn all_that_the_source_holds_now_is_asked_for_and_nothing_is_no_copy() {
        let both = ["books", "loans"];
        assert!(matches!(judged(&both, &both), Verdict::Passed { .. }));
        let Verdict::Failed(failure) = judged(&both, &["books"]) else { panic!("a part passed") };
        assert_eq!(failure.mistake, Some("upgrade-incomplete"));
        assert!(matches!(judged(&both, &[]), Verdict::Pending(_)));
        assert!(matches!(judged(&[], &[]), Verdict::Pending(_)), "two empty databases are no upgrade");
    }
}
