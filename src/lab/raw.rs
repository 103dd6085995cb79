//! The lab file as it is written. Lists stay values here, so that a mistake in one item does not hide the next.

use serde::Deserialize;

use crate::text::Text;
use crate::world::Resources;
use crate::yaml::Node;

/// `lab.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLab {
    pub id: String,
    pub title: Text,
    pub goal: Text,
    pub images: Vec<String>,
    pub resources: Resources,
    pub tasks: Vec<Node>,
    pub steps: Vec<Node>,
    pub criteria: Vec<Node>,
}

/// One of `tasks`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTask {
    pub title: Text,
    pub steps: Vec<String>,
}

/// One of `steps`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStep {
    pub id: String,
    pub title: Text,
    pub goal: Text,
    pub explain: Text,
    #[serde(default)]
    pub needs: Vec<String>,
    pub operations: Vec<Node>,
    pub checks: Vec<Node>,
    pub hints: Vec<Text>,
}

/// One of `checks`, without the key that names its kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawItem {
    pub id: String,
    pub title: Text,
}

/// One of `criteria`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCriterion {
    pub id: String,
    pub title: Text,
    pub points: u32,
    pub proven_by: Vec<String>,
}
