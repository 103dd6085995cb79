//! Which daemon is meant, as the docker CLI resolves it: `DOCKER_HOST`, then `DOCKER_CONTEXT`, then the current
//! context of its configuration, then the default socket.

use std::fmt;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use bollard::Docker;
use sha2::Digest;
use sha2::Sha256;

use crate::docker::transport;
use crate::docker::transport::Ssh;
use crate::docker::transport::SshTarget;
use crate::docker::transport::Tcp;
use crate::docker::transport::Tls;
use crate::docker::transport::TlsFiles;
use crate::docker::transport::Way;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;

/// What the environment says about Docker; the variables of the same names.
#[derive(Clone, Debug, Default)]
pub(crate) struct DockerEnv {
    /// `--host` of the docker CLI, or `DOCKER_HOST`.
    pub host: Option<String>,
    /// `--context` of the docker CLI, or `DOCKER_CONTEXT`.
    pub context: Option<String>,
    /// `--tls` or `--tlsverify` of the docker CLI, or `DOCKER_TLS_VERIFY` is set and not empty.
    pub tls: bool,
    /// With TLS, whoever answers is trusted: `--tls` without `--tlsverify`.
    pub unverified: bool,
    /// `--tlscacert`, where it is given.
    pub ca: Option<PathBuf>,
    /// `--tlscert`, where it is given.
    pub cert: Option<PathBuf>,
    /// `--tlskey`, where it is given.
    pub key: Option<PathBuf>,
    /// `DOCKER_CERT_PATH`, or the folder of the configuration.
    pub certs: PathBuf,
    /// `DOCKER_CONFIG`, or `.docker` in the home folder.
    pub config: PathBuf,
}

impl DockerEnv {
    /// The certificates for a host that is named; a context has its own.
    fn certificates(&self) -> TlsFiles {
        let usual = TlsFiles::within(&self.certs, !self.unverified);
        TlsFiles {
            ca: usual.ca.map(|ca| self.ca.clone().unwrap_or(ca)),
            cert: self.cert.clone().unwrap_or(usual.cert),
            key: self.key.clone().unwrap_or(usual.key),
        }
    }
}

/// Where a daemon listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// A Unix socket.
    Unix(String),
    /// A Windows named pipe.
    Pipe(String),
    /// TCP as `host:port`, with TLS where there are files for it.
    Tcp(String, Option<TlsFiles>),
    /// Another machine's, through ssh.
    Ssh(SshTarget),
}

/// What says which daemon is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// `DOCKER_HOST`, with its value.
    Host(String),
    /// A context that was asked for: `DOCKER_CONTEXT`.
    Asked(String),
    /// The docker CLI's current context.
    Current(String),
    /// Nothing: the default socket.
    Nobody,
}

impl Choice {
    /// `DOCKER_HOST`, else a context that was asked for, else the current one.
    pub(crate) fn of(env: &DockerEnv) -> Choice {
        if let Some(host) = env.host.clone().filter(|host| !host.is_empty()) {
            return Choice::Host(host);
        }
        let chosen = env.context.clone().map(Choice::Asked);
        let chosen = chosen.or_else(|| current_context(&env.config).map(Choice::Current));
        match chosen {
            Some(Choice::Asked(name) | Choice::Current(name)) if name.is_empty() || name == "default" => {
                Choice::Nobody
            }
            Some(choice) => choice,
            None => Choice::Nobody,
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Endpoint::Unix(path) => write!(out, "unix://{path}"),
            Endpoint::Pipe(path) => write!(out, "npipe://{path}"),
            Endpoint::Tcp(address, _) => write!(out, "tcp://{address}"),
            Endpoint::Ssh(target) => target.fmt(out),
        }
    }
}

impl Endpoint {
    /// Finds the daemon that the docker CLI would use.
    pub(crate) fn resolve(env: &DockerEnv) -> Result<Endpoint> {
        match Choice::of(env) {
            Choice::Host(host) => Endpoint::parse(&host, env.tls.then(|| env.certificates())),
            Choice::Asked(name) | Choice::Current(name) => Endpoint::of_context(&env.config, &name),
            Choice::Nobody => Ok(Endpoint::platform()),
        }
    }

    /// The daemon at an address that a file names, with TLS where it names certificates.
    pub(crate) fn at(host: &str, tls: Option<TlsFiles>) -> Result<Endpoint> {
        Endpoint::parse(host, tls)
    }

    /// Whether the daemon listens on this machine.
    pub(crate) fn is_local(&self) -> bool {
        matches!(self, Endpoint::Unix(_) | Endpoint::Pipe(_))
    }

    fn platform() -> Endpoint {
        if cfg!(windows) {
            Endpoint::Pipe("//./pipe/docker_engine".to_owned())
        } else {
            Endpoint::Unix("/var/run/docker.sock".to_owned())
        }
    }

    /// The daemon of one of the docker CLI's contexts.
    pub(crate) fn of_context(config: &Path, name: &str) -> Result<Endpoint> {
        let folder = context_folder(name);
        let meta = config.join("contexts/meta").join(&folder).join("meta.json");
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
        let skip = json.pointer("/Endpoints/docker/SkipTLSVerify").and_then(serde_json::Value::as_bool);
        let (skip, material) =
            (skip.unwrap_or(false), config.join("contexts/tls").join(&folder).join("docker"));
        let tls = (skip || material.is_dir()).then(|| TlsFiles::within(&material, !skip));
        Endpoint::parse(host.ok_or_else(unknown)?, tls)
    }

    /// Reads a `DOCKER_HOST`.
    fn parse(host: &str, tls: Option<TlsFiles>) -> Result<Endpoint> {
        let (scheme, rest) = host.split_once("://").unwrap_or(("tcp", host));
        match scheme {
            "unix" => Ok(Endpoint::Unix(rest.to_owned())),
            "npipe" => Ok(Endpoint::Pipe(rest.to_owned())),
            "ssh" => SshTarget::parse(rest).map(Endpoint::Ssh),
            "tcp" | "http" => Ok(Endpoint::Tcp(address(rest, tls.is_some()), tls)),
            "https" if tls.is_some() => Ok(Endpoint::Tcp(address(rest, true), tls)),
            _ => Err(Error::environment(say!(
                "`{host}` n'est pas une adresse de moteur Docker",
                "`{host}` is not an address of a Docker engine"
            ))
            .hint(say!(
                "`unix://`, `npipe://`, `tcp://` (avec `DOCKER_TLS_VERIFY=1` pour TLS) et `ssh://` sont connus",
                "`unix://`, `npipe://`, `tcp://` (with `DOCKER_TLS_VERIFY=1` for TLS) and `ssh://` are known"
            ))),
        }
    }

    /// A client for this endpoint; nothing is sent yet.
    pub(super) fn client(&self, limit: Duration) -> Result<Docker> {
        let seconds = limit.as_secs().max(1);
        let place = self.to_string();
        let patience = transport::patience(limit);
        let client = match self {
            Endpoint::Unix(path) | Endpoint::Pipe(path) => {
                Docker::connect_with_local(path, seconds, bollard::API_DEFAULT_VERSION)
            }
            Endpoint::Tcp(address, files) => {
                let host = address.rsplit_once(':').map_or(address.as_str(), |(host, _)| host);
                let tls = files.as_ref().map(|files| Tls::load(files, host, place.clone())).transpose()?;
                transport::client(Way::Tcp(Tcp::new(place.clone(), tls, patience)), address, limit)
            }
            Endpoint::Ssh(target) => {
                transport::client(Way::Ssh(Ssh::new(target.clone(), patience)), "docker", limit)
            }
        };
        client.map_err(|error| unreachable(&place, limit, &error))
    }
}

/// The `host:port` of a TCP address; the docker CLI's defaults where it leaves something out.
fn address(rest: &str, tls: bool) -> String {
    let bare = rest.split('/').next().unwrap_or_default();
    let bare =
        if bare.is_empty() || bare.starts_with(':') { format!("localhost{bare}") } else { bare.to_owned() };
    let has_port = bare.rsplit_once(':').is_some_and(|(_, port)| !port.contains(']'));
    if has_port { bare } else { format!("{bare}:{}", if tls { 2376 } else { 2375 }) }
}

/// Under which name the docker CLI keeps a context.
fn context_folder(name: &str) -> String {
    Sha256::digest(name).iter().map(|byte| format!("{byte:02x}")).collect()
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
    if let Some(sentence) = transport::told(error) {
        return sentence;
    }
    let cause = chain(error);
    // The answer of Go's server to a request without TLS.
    if cause.contains("HTTP request to an HTTPS server") {
        return Error::environment(say!(
            "le moteur Docker de `{place}` ne parle que TLS",
            "the Docker engine at `{place}` speaks TLS only"
        ))
        .because(cause)
        .hint(say!(
            "réglez `DOCKER_TLS_VERIFY=1`, et `DOCKER_CERT_PATH` sur le dossier de ses certificats",
            "set `DOCKER_TLS_VERIFY=1`, and `DOCKER_CERT_PATH` to the folder of its certificates"
        ));
    }
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
pub(super) fn chain(error: &dyn std::error::Error) -> String {
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
        let of = |host| Endpoint::parse(host, None).ok();
        let tcp = |address: &str| Some(Endpoint::Tcp(address.to_owned(), None));
        assert_eq!(of("unix:///run/docker.sock"), Some(Endpoint::Unix("/run/docker.sock".to_owned())));
        assert_eq!(of("tcp://127.0.0.1:2375/"), tcp("127.0.0.1:2375"));
        assert_eq!(of("127.0.0.1:2375"), tcp("127.0.0.1:2375"));
        assert_eq!(of("tcp://[::1]"), tcp("[::1]:2375"));
        assert_eq!(of("tcp://:2377"), tcp("localhost:2377"));
        assert_eq!(of("https://host"), None);
        assert_eq!(of("fd://"), None);
        let files = TlsFiles::within(Path::new("/certs"), true);
        let secured = Endpoint::parse("tcp://host", Some(files.clone())).ok();
        assert_eq!(secured, Some(Endpoint::Tcp("host:2376".to_owned(), Some(files))));
    }

    #[test]
    fn a_context_brings_its_own_certificates() {
        let config = tempfile::TempDir::new().expect("a folder");
        let config = config.path();
        let meta = config.join("contexts/meta").join(context_folder("lab"));
        let material = config.join("contexts/tls").join(context_folder("lab")).join("docker");
        std::fs::create_dir_all(&meta).expect("a folder");
        let resolved = |endpoint: &str| {
            let json = format!(r#"{{"Name":"lab","Endpoints":{{"docker":{{{endpoint}}}}}}}"#);
            std::fs::write(meta.join("meta.json"), json).expect("written");
            let env = DockerEnv {
                context: Some("lab".to_owned()),
                config: config.to_owned(),
                ..DockerEnv::default()
            };
            Endpoint::resolve(&env).ok()
        };
        let tcp = |tls| Some(Endpoint::Tcp("h:1".to_owned(), tls));
        assert_eq!(resolved(r#""Host":"tcp://h:1""#), tcp(None));
        let skipping = resolved(r#""Host":"tcp://h:1","SkipTLSVerify":true"#);
        assert_eq!(skipping, tcp(Some(TlsFiles::within(&material, false))));
        std::fs::create_dir_all(&material).expect("a folder");
        assert_eq!(resolved(r#""Host":"tcp://h:1""#), tcp(Some(TlsFiles::within(&material, true))));
    }
}
