//! A Compose file, as far as its storage goes.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde::Deserialize;
use serde::Serialize;

use crate::text::Text;
use crate::world::Held;

/// What a Compose file says of storage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Composed {
    /// Why it is no YAML that can be read; the rest is empty then.
    pub fault: Option<Text>,
    /// What each service mounts; a bind's source as it is written, without `./`.
    pub services: BTreeMap<String, Vec<Held>>,
    /// The services of which a part stands elsewhere (`extends`), so that not all they mount is known.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub elsewhere: BTreeSet<String>,
    /// The volumes that are declared, each with the options of its driver.
    pub volumes: BTreeMap<String, BTreeMap<String, String>>,
}
