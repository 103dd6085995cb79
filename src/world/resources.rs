//! The names that a lab owns, after its prefix.

use serde::Deserialize;
use serde::Serialize;

/// Every name the lab owns; nothing else on the daemon or in the workspace is ever removed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resources {
    /// The volumes.
    #[serde(default)]
    pub volumes: Vec<String>,
    /// The containers.
    #[serde(default)]
    pub containers: Vec<String>,
    /// The files and folders of the workspace; a folder ends with `/`.
    #[serde(default)]
    pub files: Vec<String>,
}

impl Resources {
    /// Whether a volume of this name is the lab's.
    pub(crate) fn has_volume(&self, name: &str) -> bool {
        self.volumes.iter().any(|own| own == name)
    }

    /// Whether a container of this name is the lab's.
    pub(crate) fn has_container(&self, name: &str) -> bool {
        self.containers.iter().any(|own| own == name)
    }
}
