//! What an attempt leaves on a daemon besides the lab's own objects: found by what it can be told from what others
//! do there meanwhile, and removed.

use std::collections::BTreeSet;
use std::path::Path;

use crate::docker::Engine;
use crate::error::Error;
use crate::error::Result;
use crate::world::Container;
use crate::world::MountKind;

/// See the module.
#[derive(Debug)]
pub(crate) struct Strays {
    prefix: String,
    containers: BTreeSet<String>,
    volumes: BTreeSet<String>,
}

impl Strays {
    /// Notes what stands before; `prefix` begins every name of the attempt's.
    pub(crate) async fn before(engine: &Engine, prefix: &str) -> Result<Strays> {
        let (containers, volumes) = tokio::try_join!(engine.containers(), engine.volumes())?;
        Ok(Strays {
            prefix: prefix.to_owned(),
            containers: containers.into_iter().map(|one| one.id).collect(),
            volumes: volumes.into_iter().map(|one| one.name).collect(),
        })
    }

    /// What came since: containers with the prefix, or that hold a volume with it or a folder of the workspace; what
    /// they alone mount; and volumes with the prefix.
    pub(crate) async fn since(self, engine: &Engine, workspace: &Path) -> Result<Strays> {
        let (containers, volumes) = tokio::try_join!(engine.containers(), engine.volumes())?;
        let holds = |one: &Container| {
            one.mounts.iter().any(|mount| match mount.kind {
                MountKind::Volume => mount.source.starts_with(&self.prefix),
                MountKind::Bind => Path::new(&mount.source).starts_with(workspace),
                MountKind::Tmpfs | MountKind::Other => false,
            })
        };
        let is_new = |one: &&Container| !self.containers.contains(&one.id) && !one.scratch;
        let (ours, others): (Vec<&Container>, Vec<&Container>) = containers
            .iter()
            .partition(|one| is_new(one) && (one.name.starts_with(&self.prefix) || holds(one)));
        let mounts = |all: &[&Container]| -> BTreeSet<String> {
            let volumes = all.iter().flat_map(|one| &one.mounts).filter(|m| m.kind == MountKind::Volume);
            volumes.map(|mount| mount.source.clone()).collect()
        };
        let (held, elsewhere) = (mounts(&ours), mounts(&others));
        let names = volumes.into_iter().map(|one| one.name).filter(|name| !self.volumes.contains(name));
        Ok(Strays {
            volumes: names
                .filter(|name| {
                    name.starts_with(&self.prefix) || held.contains(name) && !elsewhere.contains(name)
                })
                .collect(),
            containers: ours.iter().map(|one| one.id.clone()).collect(),
            prefix: self.prefix.clone(),
        })
    }

    /// Removes the containers; answers what failed.
    pub(crate) async fn remove_containers(&self, engine: &Engine) -> Vec<Error> {
        let mut failures = Vec::new();
        for id in &self.containers {
            failures.extend(engine.container_discard(id).await.err());
        }
        failures
    }

    /// Removes the volumes; answers what failed.
    pub(crate) async fn remove_volumes(&self, engine: &Engine) -> Vec<Error> {
        let mut failures = Vec::new();
        for name in &self.volumes {
            failures.extend(engine.volume_remove(name).await.err());
        }
        failures
    }
}
