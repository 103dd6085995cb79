//! Is each machine of a room fit for the lab? Facts alone; the words are `cli`'s.

use std::sync::Arc;

use jiff::Timestamp;

use crate::class::Machine;
use crate::class::Room;
use crate::class::room::broken_off;
use crate::class::visit::Visitor;
use crate::class::visit::files_there;
use crate::error::Error;
use crate::error::Result;

/// What was found on a machine.
#[derive(Clone, Debug)]
pub(crate) struct Checkup {
    /// The engine's version.
    pub version: String,
    /// The lab's images that are missing.
    pub missing: Vec<String>,
    /// The lab's images that only stand in for the real ones.
    pub stand_ins: Vec<String>,
    /// By how many seconds its clock is ahead of ours; negative where it is behind.
    pub ahead: i64,
    /// Objects with the lab's names: the work of now, or what the last group left.
    pub taken: Vec<String>,
    /// How many scratch containers a killed docker-lab left.
    pub scratch: usize,
    /// Why the workspace cannot be read, where it cannot.
    pub workspace: Option<Error>,
    /// The lab's files that lie in the workspace.
    pub files: Vec<String>,
}

impl Room {
    /// Looks at every machine, and judges nothing.
    pub(crate) async fn doctor(&self, now: fn() -> Timestamp) -> Vec<(Machine, Result<Checkup>)> {
        let look = |visitor: Arc<Visitor>, machine: Machine| async move {
            let looked = tokio::time::timeout(visitor.limit, visitor.look_over(&machine, now)).await;
            looked.unwrap_or_else(|_| Err(visitor.too_slow(&machine)))
        };
        let found = self.each(look).await.into_iter();
        let found = found.map(|(_, found)| found.unwrap_or_else(|| Err(broken_off())));
        self.inventory.machines.iter().cloned().zip(found).collect()
    }
}

impl Visitor {
    async fn look_over(&self, machine: &Machine, now: fn() -> Timestamp) -> Result<Checkup> {
        let engine = self.connect(machine).await?;
        let lab = self.shelf.lab(&self.lab, &machine.prefix)?;
        let ahead = engine.clock().await? - now().as_second();
        let (mut here, mut missing, mut stand_ins) = (Vec::new(), Vec::new(), Vec::new());
        for name in &lab.images {
            match engine.image(name).await? {
                Some(image) => {
                    here.push(name.clone());
                    stand_ins.extend(image.stand_in.then(|| name.clone()));
                }
                // What needs it is skipped and unseen there, and the rest can be done.
                None if lab.is_optional(name) => {}
                None => missing.push(name.clone()),
            }
        }
        let containers = engine.containers().await?.into_iter().map(|one| one.name);
        let mut taken: Vec<String> = containers.filter(|name| lab.resources.has_container(name)).collect();
        let volumes = engine.volumes().await?.into_iter().map(|one| one.name);
        taken.extend(volumes.filter(|name| lab.resources.has_volume(name)));
        let scratch = engine.leftovers().await?.len();
        let (mut workspace, mut files) = (None, Vec::new());
        if machine.workspace.is_some() && !here.is_empty() {
            match files_there(&engine, machine, &lab, &here).await {
                Ok(found) => files = found,
                Err(error) => workspace = Some(error),
            }
        }
        let version = engine.daemon.version.clone();
        Ok(Checkup { version, missing, stand_ins, ahead, taken, scratch, workspace, files })
    }
}
