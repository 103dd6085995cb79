//! ssh, as the docker CLI uses it: a child process that carries the daemon's socket on its standard streams. It
//! is the user's own ssh, with their keys, agent and configuration.

use std::fmt;
use std::io;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::Semaphore;

use crate::docker::transport::demand::Demand;
use crate::docker::transport::line::Line;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;

/// So many connections are being set up at once: sshd drops some of more than ten (`MaxStartups`).
const AT_ONCE: usize = 4;

/// A line in use is mostly free again after this time: worth waiting, for a new one takes ten times as long.
const SOON_FREE: Duration = Duration::from_millis(30);

/// A machine reached by ssh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SshTarget {
    user: Option<String>,
    host: String,
    port: Option<u16>,
    /// The daemon's socket over there, where the address names one.
    socket: Option<String>,
}

impl fmt::Display for SshTarget {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("ssh://")?;
        if let Some(user) = &self.user {
            write!(out, "{user}@")?;
        }
        if self.host.contains(':') { write!(out, "[{}]", self.host) } else { out.write_str(&self.host) }?;
        if let Some(port) = self.port {
            write!(out, ":{port}")?;
        }
        out.write_str(self.socket.as_deref().unwrap_or_default())
    }
}

impl SshTarget {
    /// Reads what follows `ssh://`: `[user@]host[:port][/socket]`.
    pub(crate) fn parse(rest: &str) -> Result<SshTarget> {
        let wrong = || {
            Error::environment(say!(
                "`ssh://{rest}` n'est pas une adresse ssh",
                "`ssh://{rest}` is not an ssh address"
            ))
            .hint(say!(
                "la forme est `ssh://[utilisateur@]machine[:port]`, sans mot de passe",
                "the form is `ssh://[user@]host[:port]`, without a password"
            ))
        };
        let (login, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (user, address) = login.rsplit_once('@').map_or((None, login), |(user, at)| (Some(user), at));
        let (host, port) = split_port(address).ok_or_else(wrong)?;
        let socket = Some(path).filter(|path| !path.trim_matches('/').is_empty());
        let words = [Some(host), user];
        if !words.into_iter().flatten().all(harmless)
            || socket.is_some_and(|path| path.contains(char::is_control))
        {
            return Err(wrong());
        }
        Ok(SshTarget {
            user: user.map(str::to_owned),
            host: host.to_owned(),
            port,
            socket: socket.map(str::to_owned),
        })
    }

    /// How a person would reach the machine: `ssh -p 2222 user@host`.
    pub(super) fn by_hand(&self) -> String {
        let port = self.port.map(|port| format!("-p {port} ")).unwrap_or_default();
        let user = self.user.as_ref().map(|user| format!("{user}@")).unwrap_or_default();
        format!("ssh {port}{user}{}", self.host)
    }

    /// The daemon's socket over there, as `DOCKER_HOST` has it, where the address names one.
    pub(crate) fn daemon_there(&self) -> Option<String> {
        self.socket.as_ref().map(|socket| format!("unix://{socket}"))
    }

    /// The name of the machine alone.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// The arguments of `ssh`. `BatchMode`: it asks nothing, there is nobody to answer. `ControlMaster`: it may use
    /// the user's shared connection, but none may hang on a child that is about to be killed.
    fn arguments(&self, patience: Duration) -> Vec<String> {
        let mut arguments = self.options(patience);
        arguments.push("docker".to_owned());
        if let Some(socket) = &self.socket {
            // A shell over there reads this word again.
            arguments.push(format!("--host='unix://{}'", socket.replace('\'', r"'\''")));
        }
        arguments.extend(["system".to_owned(), "dial-stdio".to_owned()]);
        arguments
    }

    /// What comes before the words for the machine: the options, and where it is.
    pub(super) fn options(&self, patience: Duration) -> Vec<String> {
        let patience = format!("ConnectTimeout={}", patience.as_secs().max(1));
        let options = ["-T", "-o", "BatchMode=yes", "-o", "ControlMaster=no", "-o", &patience];
        let mut arguments: Vec<String> = options.map(str::to_owned).to_vec();
        if let Some(port) = self.port {
            arguments.extend(["-p".to_owned(), port.to_string()]);
        }
        if let Some(user) = &self.user {
            arguments.extend(["-l".to_owned(), user.clone()]);
        }
        arguments.extend(["--".to_owned(), self.host.clone()]);
        arguments
    }
}

/// A host with its port; the host in brackets where it is an IPv6 address.
fn split_port(address: &str) -> Option<(&str, Option<u16>)> {
    if let Some(inner) = address.strip_prefix('[') {
        let (host, rest) = inner.split_once(']')?;
        return match rest.strip_prefix(':') {
            Some(port) => Some((host, Some(port.parse().ok()?))),
            None => rest.is_empty().then_some((host, None)),
        };
    }
    match address.split_once(':') {
        Some((host, port)) => Some((host, Some(port.parse().ok()?))),
        None => Some((address, None)),
    }
}

/// Whether a user or host is just a name: no option for ssh, nothing that a shell (`ProxyCommand`) would obey.
fn harmless(word: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "-._:%+\\".contains(c);
    !word.is_empty() && !word.starts_with('-') && word.chars().all(plain)
}

/// Starts an ssh for every connection.
pub(in crate::docker) struct Ssh {
    target: Arc<SshTarget>,
    patience: Duration,
    gate: Arc<Semaphore>,
}

impl Ssh {
    /// Nothing is started yet.
    pub(in crate::docker) fn new(target: SshTarget, patience: Duration) -> Ssh {
        Ssh { target: Arc::new(target), patience, gate: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// A new connection. Whether it comes about shows when the daemon's first byte, or ssh's end, is read.
    pub(super) async fn connect(&self, demand: &Demand) -> Result<Line> {
        // Every line holds the target.
        if Arc::strong_count(&self.target) > 1 {
            tokio::time::sleep(SOON_FREE).await;
        }
        let turn = Arc::clone(&self.gate).acquire_owned().await.ok();
        if demand.is_met() {
            // Nobody reads this: whoever wanted the connection has another.
            return Err(Error::environment(say!("connexion devenue inutile", "connection no longer needed")));
        }
        let mut command = Command::new("ssh");
        command
            .args(self.target.arguments(self.patience))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // Ctrl-C is for the program, which may still have to tidy up over this connection.
        #[cfg(unix)]
        command.process_group(0);
        let child = command.spawn().map_err(|error| not_started(&error))?;
        Line::new(child, Arc::clone(&self.target), turn).map_err(|error| not_started(&error))
    }
}

pub(super) fn not_started(error: &io::Error) -> Error {
    let (what, hint) = if error.kind() == io::ErrorKind::NotFound {
        (
            say!("la commande `ssh` n'est pas installée", "the command `ssh` is not installed"),
            say!(
                "installez OpenSSH (`sudo apt-get install openssh-client` ; une fonctionnalité facultative sous Windows)",
                "install OpenSSH (`sudo apt-get install openssh-client`; an optional feature on Windows)"
            ),
        )
    } else {
        (
            say!("la commande `ssh` n'a pas pu être lancée", "the command `ssh` could not be started"),
            say!("`ssh -V` répond-il ?", "does `ssh -V` answer?"),
        )
    };
    Error::environment(what).because(error).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_arguments_and_never_an_option() {
        let words = |rest| {
            SshTarget::parse(rest).map(|to| to.arguments(Duration::from_secs(5)).split_off(7).join(" "))
        };
        assert_eq!(words("lab1").ok().as_deref(), Some("-- lab1 docker system dial-stdio"));
        assert_eq!(
            words("anna@[::1]:2222/").ok().as_deref(),
            Some("-p 2222 -l anna -- ::1 docker system dial-stdio")
        );
        assert_eq!(
            words("h/run/it's.sock").ok().as_deref(),
            Some(r"-- h docker --host='unix:///run/it'\''s.sock' system dial-stdio")
        );
        for bad in [
            "-oProxyCommand=x",
            "-l@host",
            "a@-h",
            "",
            "@h",
            "a@",
            "h:x",
            "h:70000",
            "a b",
            "a;b",
            "a$(b)@h",
            "[::1",
        ] {
            assert!(SshTarget::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_address_is_shown_as_it_was_written() {
        for address in ["lab1", "anna@lab1:2222", "anna@[::1]:22", "lab1/run/docker.sock"] {
            assert_eq!(
                SshTarget::parse(address).map(|to| to.to_string()).ok(),
                Some(format!("ssh://{address}"))
            );
        }
    }
}
