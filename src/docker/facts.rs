//! What kind of engine answers, as far as it matters to who works with it.

use bollard::API_DEFAULT_VERSION;

use crate::docker::Engine;
use crate::docker::older;
use crate::error::Result;

/// An engine's own traits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EngineFacts {
    /// It runs without root.
    pub rootless: bool,
    /// It is Docker Desktop's, in a virtual machine.
    pub desktop: bool,
    /// The folder where it keeps everything, on its own machine.
    pub root_dir: String,
    /// The newest API that this program was made for, where the engine's is newer.
    pub outdated_client: Option<String>,
}

impl Engine {
    /// Asks the engine what it is.
    pub(crate) async fn facts(&self) -> Result<EngineFacts> {
        let info = self.api.info().await.map_err(|error| self.unseen(&error))?;
        let security = info.security_options.unwrap_or_default();
        let known = format!("{}.{}", API_DEFAULT_VERSION.major_version, API_DEFAULT_VERSION.minor_version);
        Ok(EngineFacts {
            rootless: security.iter().any(|option| option.contains("rootless")),
            desktop: info.operating_system.is_some_and(|system| system.contains("Docker Desktop")),
            root_dir: info.docker_root_dir.unwrap_or_default(),
            outdated_client: older(&known, &self.daemon.api).then_some(known),
        })
    }
}
