//! `same_cluster`: two containers serve, or served, one and the same database cluster.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::database::probe;
use crate::checks::scene::cluster_ref;
use crate::checks::scene::container_ref;
use crate::checks::verdict::Weighed;
use crate::text::say;
use crate::world::Probe;

/// `same_cluster: {before: postgres_main, now: postgres_restored, database: myapp}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SameClusterCheck {
    /// The container that served it first.
    pub before: String,
    /// The container that serves it now.
    pub now: String,
    /// The database to connect to.
    pub database: String,
}

impl SameClusterCheck {
    pub(super) fn probes(&self) -> BTreeSet<Probe> {
        let (before, now) = (probe(&self.before, &self.database), probe(&self.now, &self.database));
        BTreeSet::from([before, now, Probe::Containers])
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let Self { before, now, database } = self;
        let seen = scene.database(now, database)?;
        let id = seen.system_identifier;
        let objects = [container_ref(now, &seen.container_id), cluster_ref(id)];
        let earlier = scene.states(before, database);
        let expected =
            say!("le même cluster que dans `{before}`", "the same database cluster as in `{before}`");
        if earlier.iter().any(|state| state.system_identifier == id) {
            return Ok(Verdict::passed(
                say!(
                    "`{now}` sert le même cluster que `{before}` (identité {id})",
                    "`{now}` serves the same cluster as `{before}` (identity {id})"
                ),
                objects,
            ));
        }
        if let Some(state) = earlier.first() {
            let other = state.system_identifier;
            return Ok(Verdict::failed(
                expected,
                say!(
                    "`{now}` sert un cluster neuf (identité {id}, et non {other}) : ce sont d'autres fichiers",
                    "`{now}` serves a fresh cluster (identity {id}, not {other}): these are other files"
                ),
            )
            .mistake("fresh-cluster")
            .way_out(say!(
                "supprimez `{now}` et relancez-le sur le volume qui contient les données",
                "remove `{now}` and run it again on the volume that holds the data"
            )));
        }
        let created = scene.container(now)?.map_or(i64::MIN, |container| container.created);
        if seen.made_at() < created {
            return Ok(Verdict::passed(
                say!(
                    "le cluster de `{now}` est plus ancien que son conteneur : il a survécu au précédent",
                    "the cluster in `{now}` is older than its container: it has survived the one before"
                ),
                objects,
            ));
        }
        Ok(Verdict::failed(
            expected,
            say!("le cluster est né avec `{now}`", "the cluster was born with `{now}`"),
        )
        .mistake("fresh-cluster"))
    }
}
