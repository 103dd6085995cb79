//! Clearing a room: first the plan for every machine, then what was agreed to. Only what the journals on the trainer's
//! side prove to be the lab's; files in the learners' folders are theirs.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use crate::class::Machine;
use crate::class::Room;
use crate::class::room::broken_off;
use crate::class::room::side_by_side;
use crate::class::visit::Guest;
use crate::class::visit::Visitor;
use crate::class::visit::files_there;
use crate::engine::Entry;
use crate::engine::Removal;
use crate::error::Error;
use crate::error::Result;

/// What would be removed from a machine.
pub(crate) struct Plan {
    /// The machine.
    pub machine: Machine,
    /// The list; an error where the machine could not be asked.
    pub removal: Result<Removal>,
    /// The lab's files in the learner's folder: they stay, and would count for whoever comes next.
    pub files: Vec<String>,
    guest: Option<Guest>,
}

impl Plan {
    /// How many proofs end with the machine's session, where one is open.
    pub(crate) fn proofs(&self) -> Option<usize> {
        self.guest.as_ref().map(|guest| guest.session.memory.evidence.len())
    }
}

/// What was removed from a machine.
pub(crate) struct Cleared {
    /// The machine.
    pub machine: Machine,
    /// How many objects are gone.
    pub removed: usize,
    /// Why others stayed.
    pub failures: Vec<Error>,
}

impl Room {
    /// The plan for every machine. Where no session is open nothing is proven, and nothing would be removed.
    pub(crate) async fn plan_reset(&self) -> Vec<Plan> {
        let plan = |visitor: Arc<Visitor>, machine: Machine| async move {
            let planned = tokio::time::timeout(visitor.limit, visitor.plan(&machine)).await;
            planned.unwrap_or_else(|_| Err(visitor.too_slow(&machine)))
        };
        let planned = self.each(plan).await;
        let machines = self.inventory.machines.iter().cloned();
        let plans = machines.zip(planned).map(|(machine, (_, planned))| {
            match planned.unwrap_or_else(|| Err(broken_off())) {
                Ok(planned) => planned,
                Err(error) => Plan { machine, removal: Err(error), files: Vec::new(), guest: None },
            }
        });
        plans.collect()
    }

    /// Carries the plans out; a machine that fails keeps the others from nothing.
    pub(crate) async fn reset(&self, plans: Vec<Plan>, now: Timestamp) -> Vec<Cleared> {
        let plans: Vec<Plan> = plans.into_iter().filter(|plan| plan.guest.is_some()).collect();
        let machines: Vec<Machine> = plans.iter().map(|plan| plan.machine.clone()).collect();
        let limit = self.visitor.limit;
        let visitor = Arc::clone(&self.visitor);
        let cleared = side_by_side(plans, self.jobs, move |plan| {
            let visitor = Arc::clone(&visitor);
            async move {
                let machine = plan.machine.clone();
                let cleared = tokio::time::timeout(limit, clear(plan, now)).await;
                cleared.unwrap_or_else(|_| (0, vec![visitor.too_slow(&machine)]))
            }
        });
        let cleared = cleared.await.into_iter();
        let cleared = cleared.map(|(_, outcome)| outcome.unwrap_or_else(|| (0, vec![broken_off()])));
        let cleared = machines.into_iter().zip(cleared);
        cleared.map(|(machine, (removed, failures))| Cleared { machine, removed, failures }).collect()
    }
}

impl Visitor {
    async fn plan(&self, machine: &Machine) -> Result<Plan> {
        let engine = self.connect(machine).await?;
        let lab = self.shelf.lab(&self.lab, &machine.prefix)?;
        let session = self.session(machine, &lab, &engine)?;
        let guest = Guest { engine, lab, session };
        let images = guest.images().await?.0;
        // A folder that cannot be read keeps nobody from clearing the rest.
        let files = files_there(&guest.engine, machine, &guest.lab, &images).await.unwrap_or_default();
        let machine = machine.clone();
        if !guest.session.is_open {
            return Ok(Plan { machine, removal: Ok(Removal::default()), files, guest: None });
        }
        let mut removal = Removal::plan(&guest.lab, &guest.engine, &guest.session.memory).await?;
        // Its paths are those of another machine.
        removal.files.clear();
        Ok(Plan { machine, removal: Ok(removal), files, guest: Some(guest) })
    }
}

/// How many objects are gone, and why others stayed. The session ends only where none did.
async fn clear(plan: Plan, now: Timestamp) -> (usize, Vec<Error>) {
    let (Some(mut guest), Ok(removal)) = (plan.guest, plan.removal) else { return (0, Vec::new()) };
    let mut failures: Vec<Error> = guest.engine.sweep().await.err().into_iter().collect();
    let stayed = removal.carry_out(&guest.engine, Path::new(""), None).await;
    let removed: Vec<String> = removal.lines().into_iter().map(|line| line.en).collect();
    let count = removed.len().saturating_sub(stayed.len());
    if stayed.is_empty() {
        failures.extend(guest.session.note(now, &[Entry::Reset { removed }]).err());
    }
    failures.extend(stayed);
    (count, failures)
}
