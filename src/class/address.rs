//! Where a machine's daemon is: what the inventory says, and the endpoint that it means. Keys and certificates are
//! files; nothing secret stands in an inventory.

use std::path::Path;
use std::path::PathBuf;

use crate::docker::Endpoint;
use crate::docker::TlsFiles;
use crate::error::Result;
use crate::text::Text;
use crate::text::say;

/// The way to a daemon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// As `DOCKER_HOST` has it, with certificates or without.
    Host(String, Option<TlsFiles>),
    /// One of the docker CLI's contexts.
    Context(String),
}

impl Address {
    /// The endpoint; `config` is the docker CLI's folder, where contexts are.
    pub(super) fn endpoint(&self, config: &Path) -> Result<Endpoint> {
        match self {
            Address::Host(host, tls) => Endpoint::at(host, tls.clone()),
            Address::Context(name) => Endpoint::of_context(config, name),
        }
    }

    /// As a person would name it.
    pub(crate) fn shown(&self) -> &str {
        match self {
            Address::Host(host, _) => host,
            Address::Context(name) => name,
        }
    }
}

/// The certificates' files as they were written: names, below the inventory's folder.
#[derive(Clone, Debug, Default, schemars::JsonSchema)]
pub(super) struct Files {
    pub(super) ca: Option<String>,
    pub(super) cert: Option<String>,
    pub(super) key: Option<String>,
}

impl Files {
    /// The files, below `folder` where their paths are not absolute.
    pub(super) fn below(&self, folder: &Path) -> TlsFiles {
        let at =
            |path: &Option<String>, usual: &str| -> PathBuf { folder.join(path.as_deref().unwrap_or(usual)) };
        TlsFiles {
            ca: Some(at(&self.ca, "ca.pem")),
            cert: at(&self.cert, "cert.pem"),
            key: at(&self.key, "key.pem"),
        }
    }
}

/// What is wrong with an address, seen from the inventory alone.
pub(super) fn complaint(host: &str) -> Option<Text> {
    let rest = host.split_once("://").map_or(host, |(_, rest)| rest);
    let login = rest.rsplit_once('@').map(|(login, _)| login);
    if login.is_some_and(|login| login.contains(':')) {
        return Some(say!(
            "un mot de passe n'a pas sa place dans un inventaire : une clé ou un agent ssh",
            "a password has no place in an inventory: use a key or an ssh agent"
        ));
    }
    Endpoint::at(host, Some(Files::default().below(Path::new("")))).err().map(|error| error.what)
}
