//! Which daemon is meant, as the docker CLI resolves it: `DOCKER_HOST`, then `DOCKER_CONTEXT`, then the current
//! context of its configuration, then the default socket.

use std::fmt;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use bollard::Docker;
use sha2::Digest;
use sha2::Sha256;

use crate::error::Error;
use crate::error::Result;
use crate::text::say;

/// What the environment says about Docker; the variables of the same names.
#[derive(Clone, Debug, Default)]
pub(crate) struct DockerEnv {
    /// `DOCKER_HOST`.
    pub host: Option<String>,
    /// `--context` of the docker CLI, or `DOCKER_CONTEXT`.
    pub context: Option<String>,
    /// `DOCKER_TLS_VERIFY` is set and not empty.
    pub tls: bool,
    /// `DOCKER_CONFIG`, or `.docker` in the home folder.
    pub config: PathBuf,
}

/// Where a daemon listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// A Unix socket.
    Unix(String),
    /// A Windows named pipe.
    Pipe(String),
    /// TCP without encryption, as `host:port`.
    Tcp(String),
}

impl fmt::Display for Endpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Endpoint::Unix(path) => write!(out, "unix://{path}"),
            Endpoint::Pipe(path) => write!(out, "npipe://{path}"),
            Endpoint::Tcp(address) => write!(out, "tcp://{address}"),
        }
    }
}

impl Endpoint {
    /// Finds the daemon that the docker CLI would use.
    pub(crate) fn resolve(env: &DockerEnv) -> Result<Endpoint> {
        if let Some(host) = env.host.as_deref().filter(|host| !host.is_empty()) {
            return Endpoint::parse(host, env.tls);
        }
        let current = env.context.clone().or_else(|| current_context(&env.config));
        match current.as_deref() {
            None | Some("" | "default") => Ok(Endpoint::platform()),
            Some(name) => Endpoint::of_context(&env.config, name),
        }
    }

    fn platform() -> Endpoint {
        if cfg!(windows) {
            Endpoint::Pipe("//./pipe/docker_engine".to_owned())
        } else {
            Endpoint::Unix("/var/run/docker.sock".to_owned())
        }
    }

    fn of_context(config: &Path, name: &str) -> Result<Endpoint> {
        let folder: String = Sha256::digest(name).iter().map(|byte| format!("{byte:02x}")).collect();
        let meta = config.join("contexts/meta").join(folder).join("meta.json");
        let unknown = || {
            Error::environment(say!(
                "le contexte Docker `{name}` n'existe pas",
                "the Docker context `{name}` does not exist"
            ))
            .hint(say!(
                "`docker context ls` montre ceux qui existent",
                "`docker context ls` shows those that exist"
            ))
        };
        let text = std::fs::read_to_string(&meta).map_err(|error| unknown().because(error))?;
        let json: serde_json::Value =
            serde_json::from_str(&text).map_err(|error| unknown().because(error))?;
        let host = json.pointer("/Endpoints/docker/Host").and_then(serde_json::Value::as_str);
        Endpoint::parse(host.ok_or_else(unknown)?, false)
    }

    /// Reads a `DOCKER_HOST`.
    fn parse(host: &str, tls: bool) -> Result<Endpoint> {
        let (scheme, rest) = host.split_once("://").unwrap_or(("tcp", host));
        match scheme {
            "unix" => Ok(Endpoint::Unix(rest.to_owned())),
            "npipe" => Ok(Endpoint::Pipe(rest.to_owned())),
            "tcp" | "http" if !tls => Ok(Endpoint::Tcp(rest.trim_end_matches('/').to_owned())),
            _ => Err(Error::environment(say!(
                "`{host}` : docker-lab ne sait pas encore joindre un moteur par TLS ou par ssh",
                "`{host}`: docker-lab cannot reach a daemon by TLS or ssh yet"
            ))
            .hint(say!(
                "ouvrez un tunnel : `ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock MACHINE`, puis \
                 `DOCKER_HOST=unix:///tmp/docker.sock`",
                "open a tunnel: `ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock MACHINE`, then \
                 `DOCKER_HOST=unix:///tmp/docker.sock`"
            ))),
        }
    }

    /// A client for this endpoint; nothing is sent yet.
    pub(super) fn client(&self, limit: Duration) -> Result<Docker> {
        let seconds = limit.as_secs().max(1);
        let version = bollard::API_DEFAULT_VERSION;
        let client = match self {
            Endpoint::Unix(path) | Endpoint::Pipe(path) => Docker::connect_with_local(path, seconds, version),
            Endpoint::Tcp(address) => Docker::connect_with_http(address, seconds, version),
        };
        client.map_err(|error| unreachable(&self.to_string(), limit, &error))
    }
}

fn current_context(config: &Path) -> Option<String> {
    let text = std::fs::read_to_string(config.join("config.json")).ok()?;
    let json: serde_json::Value = serde_json::from_str(&text).ok()?;
    json.get("currentContext")?.as_str().map(str::to_owned)
}

/// Nobody answers, or somebody who is no Docker.
pub(super) fn unreachable(place: &str, limit: Duration, error: &bollard::errors::Error) -> Error {
    if matches!(error, bollard::errors::Error::RequestTimeoutError) {
        return silent(place, limit);
    }
    let cause = chain(error);
    let denied = cause.contains("ermission denied");
    let what = if denied {
        say!(
            "vous n'avez pas le droit de parler à Docker (`{place}`)",
            "you may not talk to Docker (`{place}`)"
        )
    } else {
        say!("aucun moteur Docker ne répond à `{place}`", "no Docker engine answers at `{place}`")
    };
    let hint = if denied {
        say!(
            "`sudo usermod -aG docker $USER`, puis ouvrez une nouvelle session",
            "`sudo usermod -aG docker $USER`, then log in again"
        )
    } else {
        say!(
            "démarrez-le (`sudo systemctl start docker`, ou Docker Desktop), ou réglez `DOCKER_HOST`",
            "start it (`sudo systemctl start docker`, or Docker Desktop), or set `DOCKER_HOST`"
        )
    };
    Error::environment(what).because(cause).hint(hint)
}

/// Somebody accepted the connection and never answered.
pub(super) fn silent(place: &str, limit: Duration) -> Error {
    let seconds = limit.as_secs();
    Error::environment(say!(
        "le moteur Docker de `{place}` n'a pas répondu en {seconds} s",
        "the Docker engine at `{place}` did not answer within {seconds} s"
    ))
    .hint(say!(
        "il est peut-être bloqué : `docker info` répond-il ? `--timeout` donne plus de temps",
        "it may be stuck: does `docker info` answer? `--timeout` gives it more time"
    ))
}

/// An error with all its causes; hyper's own text hides the socket's.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_names_its_transport() {
        let of = |host| Endpoint::parse(host, false).ok();
        assert_eq!(of("unix:///run/docker.sock"), Some(Endpoint::Unix("/run/docker.sock".to_owned())));
        assert_eq!(of("tcp://127.0.0.1:2375/"), Some(Endpoint::Tcp("127.0.0.1:2375".to_owned())));
        assert_eq!(of("127.0.0.1:2375"), Some(Endpoint::Tcp("127.0.0.1:2375".to_owned())));
        assert!(Endpoint::parse("tcp://127.0.0.1:2376", true).is_err());
    }
}
