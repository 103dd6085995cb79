//! The only home of bollard and tar: connecting, looking, acting, tunnels, images. What bollard returns never
//! leaves this folder.

mod act;
mod drill;
mod endpoint;
mod events;
mod facts;
mod folder;
mod fortnight;
mod gate;
mod history;
mod images;
mod look;
mod owner;
mod peek;
mod scratch;
mod storage;
mod streams;
mod tarball;
mod told;
mod transport;
mod tunnel;

use std::time::Duration;
use std::time::Instant;

use bollard::Docker;

use crate::docker::gate::Gate;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;
use crate::world::Daemon;

pub(crate) use endpoint::Choice;
pub(crate) use endpoint::DockerEnv;
pub(crate) use endpoint::Endpoint;
pub(crate) use events::Happening;
pub(crate) use events::Happenings;
pub(crate) use facts::EngineFacts;
pub(crate) use folder::Folder;
pub(crate) use folder::TEXT as FILE_TEXT;
pub(crate) use gate::Teller;
pub(crate) use images::Progress;
pub(crate) use look::Seat;
pub(crate) use scratch::settle;
pub(crate) use tarball::read_archive;
pub(crate) use told::Answer;
pub(crate) use transport::Said;
pub(crate) use transport::SshTarget;
pub(crate) use transport::TlsFiles;
pub(crate) use tunnel::Tunnel;

/// The label of everything that a check makes for a moment; the value says who made it.
pub(crate) const SCRATCH: &str = "docker-lab.scratch";

/// The label of an image that stands in for a real one.
pub(crate) const STAND_IN: &str = "docker-lab.stand-in";

/// The oldest API that is spoken: Docker 19.03 of July 2019.
const OLDEST_API: &str = "1.40";

/// A connection to a Docker daemon.
#[derive(Clone)]
pub(crate) struct Engine {
    api: Docker,
    gate: Gate,
    /// The daemon that answered.
    pub daemon: Daemon,
    /// Where it was found, for sentences: `unix:///var/run/docker.sock`.
    pub endpoint: String,
}

impl Engine {
    /// Connects, and asks who answers. `limit` bounds every single request.
    /// Every request is told to `teller`, if there is one.
    pub(crate) async fn connect(
        endpoint: &Endpoint,
        limit: Duration,
        teller: Option<Teller>,
    ) -> Result<Engine> {
        let gate = Gate::open(teller, Instant::now());
        let api = gate.before(endpoint.client(limit)?);
        let place = endpoint.to_string();
        let asked = async {
            // One after the other where a second connection is dear.
            if matches!(endpoint, Endpoint::Ssh(_)) {
                return Ok((api.version().await?, api.info().await?));
            }
            tokio::try_join!(api.version(), api.info())
        };
        let answers =
            tokio::time::timeout(limit, asked).await.map_err(|_| endpoint::silent(&place, limit))?;
        let (version, info) = answers.map_err(|error| endpoint::unreachable(&place, limit, &error))?;
        let daemon = Daemon {
            id: info.id.unwrap_or_default(),
            name: info.name.unwrap_or_default(),
            version: version.version.unwrap_or_default(),
            api: version.api_version.unwrap_or_default(),
        };
        if older(&daemon.api, OLDEST_API) {
            let (version, spoken) = (&daemon.version, &daemon.api);
            return Err(Error::environment(say!(
                "le moteur Docker {version} de `{place}` parle l'API {spoken}, il faut au moins {OLDEST_API}",
                "the Docker engine {version} at `{place}` speaks API {spoken}; at least {OLDEST_API} is needed"
            ))
            .hint(say!("mettez Docker à jour (19.03 ou plus récent)", "update Docker (19.03 or newer)")));
        }
        Ok(Engine { api, gate, daemon, endpoint: place })
    }

    /// The same daemon for somebody who only looks: whatever would change something of the learner's is turned away.
    #[must_use]
    pub(crate) fn for_looking(&self) -> Engine {
        let gate = self.gate.looking();
        Engine { api: gate.before(self.api.clone()), gate, ..self.clone() }
    }
}

/// Whether API version `a` is older than `b`; what is no version is older than all.
fn older(a: &str, b: &str) -> bool {
    let parts = |version: &str| {
        let mut numbers = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
        (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
    };
    parts(a) < parts(b)
}

/// Whether the daemon said that there is no such object.
fn is_not_found(error: &bollard::errors::Error) -> bool {
    matches!(error, bollard::errors::Error::DockerResponseServerError { status_code: 404, .. })
}

/// Whether the daemon said that something else still uses the object.
fn is_in_use(error: &bollard::errors::Error) -> bool {
    matches!(error, bollard::errors::Error::DockerResponseServerError { status_code: 409, .. })
}

/// What the daemon said, without bollard's wrapping.
fn said(error: &bollard::errors::Error) -> String {
    match error {
        bollard::errors::Error::DockerResponseServerError { message, .. } => message.clone(),
        other => endpoint::chain(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn api_versions_are_compared_by_number() {
        assert!(older("1.9", "1.40"));
        assert!(!older("1.41", "1.40"));
        assert!(!older("1.40", "1.40"));
        assert!(older("?", "1.40"));
    }
}
