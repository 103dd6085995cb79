//! What must be looked at to judge some steps: a set, so that each thing is looked at once.

use std::collections::BTreeSet;

use crate::engine::lacking;
use crate::lab::Lab;
use crate::lab::Step;
use crate::world::Probe;

/// The probes for these steps. Containers and volumes are always among them: they are cheap, and what is seen of
/// the lab's objects is remembered; so is what the daemon's short history tells.
pub(super) fn plan(lab: &Lab, asked: &[&Step]) -> BTreeSet<Probe> {
    let steps = || lab.steps.iter().filter(|step| asked.iter().any(|one| one.id == step.id));
    let checks = steps().flat_map(|step| &step.checks).flat_map(|item| item.check.probes());
    let images = steps().flat_map(|step| lacking::probes(lab, step));
    checks.chain(images).chain([Probe::Containers, Probe::Volumes, Probe::Traces]).collect()
}
