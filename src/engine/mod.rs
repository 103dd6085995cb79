//! From the lab to the verdict: plan what to look at, observe it, judge it, keep what may go away. `plan` and
//! `judge` are pure.

mod examine;
mod journal;
mod judge;
mod observe;
mod perform;
mod plan;
mod preflight;
mod removal;
mod render;
mod scorecard;
mod session;
mod sightings;
mod workspace;

pub(crate) use examine::Recording;
pub(crate) use examine::examine;
pub(crate) use journal::Entry;
pub(crate) use judge::judge;
pub(crate) use observe::Observer;
pub(crate) use perform::Performer;
pub(crate) use preflight::baseline;
pub(crate) use removal::Removal;
pub(crate) use render::Shell;
pub(crate) use render::render;
pub(crate) use scorecard::CheckCard;
pub(crate) use scorecard::CriterionCard;
pub(crate) use scorecard::EvidenceCard;
pub(crate) use scorecard::Scorecard;
pub(crate) use scorecard::Source;
pub(crate) use scorecard::Status;
pub(crate) use scorecard::StepCard;
pub(crate) use session::Session;
pub(crate) use session::Sessions;
