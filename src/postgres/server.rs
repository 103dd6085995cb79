//! A PostgreSQL server that was named by a URL: who connects, with which password, and whether in the clear. What is shown
//! of it never holds a password.

use std::path::Path;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::NoTls;
use tokio_postgres::config::Host;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::tls::TlsConnect;

use crate::error::Error;
use crate::error::Result;
use crate::postgres::Connection;
use crate::postgres::in_words;
use crate::postgres::passfile;
use crate::postgres::tls::Trusting;
use crate::text::say;

/// A server that has not answered by then is out of reach.
const LIMIT: Duration = Duration::from_secs(10);

/// What the environment says of passwords and certificates, as libpq reads it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Login {
    /// `PGPASSWORD`.
    pub password: Option<String>,
    /// `PGPASSFILE`, else `~/.pgpass`.
    pub passfile: PathBuf,
    /// `PGSSLROOTCERT`.
    pub root: Option<PathBuf>,
}

/// A server, and how to reach it.
#[derive(Clone)]
pub(crate) struct Server {
    config: Config,
    tls: Option<Trusting>,
    /// For sentences: `postgres://user@host:port/database`.
    pub(super) shown: String,
}

/// Whether a URL holds a password; one that cannot be read holds none that could be used.
pub(crate) fn holds_password(url: &str) -> bool {
    let (plain, _) = split(url);
    Config::from_str(&plain).is_ok_and(|config| config.get_password().is_some())
}

impl Server {
    /// Reads a URL; nothing is connected.
    pub(crate) fn parse(url: &str, login: &Login) -> Result<Server> {
        if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
            return Err(unreadable("postgres://…"));
        }
        let (plain, tls) = split(url);
        let mut config = Config::from_str(&plain).map_err(unreadable)?;
        let Some(user) = config.get_user().map(str::to_owned) else {
            return Err(unreadable("no user"));
        };
        if config.get_hosts().is_empty() {
            return Err(unreadable("no host"));
        }
        // It would win over the name that is shown, and that decides on TLS.
        if !config.get_hostaddrs().is_empty() {
            return Err(unreadable("hostaddr"));
        }
        let database = config.get_dbname().unwrap_or(&user).to_owned();
        config.dbname(&database).application_name("docker-lab").connect_timeout(LIMIT);
        if config.get_options().is_none() {
            // A trainer's machine that falls asleep in the middle of a write holds nobody up for long.
            config.options("-c idle_in_transaction_session_timeout=60s");
        }
        let hosts = config.get_hosts().iter().map(named).collect::<Vec<_>>().join(",");
        let port = config.get_ports().first().copied().unwrap_or(5432);
        let shown = format!("postgres://{user}@{hosts}:{port}/{database}");
        if config.get_password().is_none() {
            let kept = || passfile::password(&login.passfile, [&hosts, &port.to_string(), &database, &user]);
            if let Some(password) = login.password.clone().or_else(kept) {
                config.password(password);
            }
        }
        let root = tls.root.as_deref().map(PathBuf::from).or_else(|| login.root.clone());
        let tls = secured(tls.mode.as_deref(), config.get_hosts(), root.as_deref(), &shown)?;
        config.ssl_mode(if tls.is_some() { SslMode::Require } else { SslMode::Disable });
        Ok(Server { config, tls, shown })
    }

    /// Connects.
    pub(super) async fn connect(&self) -> Result<Connection> {
        let connected = async {
            match &self.tls {
                Some(tls) => connect(&self.config, tls.clone()).await,
                None => connect(&self.config, NoTls).await,
            }
        };
        let shown = &self.shown;
        let out_of_reach = || {
            Error::environment(say!("`{shown}` n'a pas pu être atteint", "`{shown}` could not be reached"))
        };
        match tokio::time::timeout(LIMIT, connected).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => Err(out_of_reach().because(in_words(&error)).hint(say!(
                "un mot de passe se donne par `PGPASSWORD` ou `~/.pgpass`, jamais sur la ligne de commande",
                "a password comes from `PGPASSWORD` or `~/.pgpass`, never from the command line"
            ))),
            Err(_) => {
                let seconds = LIMIT.as_secs();
                Err(out_of_reach().because(format!("no answer within {seconds} s")))
            }
        }
    }
}

async fn connect<T>(config: &Config, tls: T) -> std::result::Result<Connection, tokio_postgres::Error>
where
    T: MakeTlsConnect<tokio_postgres::Socket>,
    T::Stream: Send + 'static,
    T::TlsConnect: Send,
    <T::TlsConnect as TlsConnect<tokio_postgres::Socket>>::Future: Send,
{
    let (client, connection) = config.connect(tls).await?;
    let mut driver = tokio::task::JoinSet::new();
    driver.spawn(async move {
        // The error of a lost connection reaches the one who asks the next question.
        let _ = connection.await;
    });
    Ok(Connection { client, _driver: driver })
}

/// What a URL says of TLS: these words are ours to read, the library does not know all of them.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    mode: Option<String>,
    root: Option<String>,
}

/// A URL without what it says of TLS, and that.
fn split(url: &str) -> (String, Said) {
    let mut said = Said::default();
    let Some((plain, query)) = url.split_once('?') else { return (url.to_owned(), said) };
    let mut rest: Vec<&str> = Vec::new();
    for part in query.split('&') {
        match part.split_once('=') {
            Some(("sslmode", mode)) => said.mode = Some(mode.to_owned()),
            Some(("sslrootcert", root)) => said.root = Some(root.replace("%2F", "/").replace("%20", " ")),
            Some(_) | None => rest.push(part),
        }
    }
    let plain = if rest.is_empty() { plain.to_owned() } else { format!("{plain}?{}", rest.join("&")) };
    (plain, said)
}

/// The rule: on this machine in the clear unless asked otherwise, elsewhere with TLS unless asked otherwise, and TLS only to a
/// server whose name and authority are checked.
fn secured(mode: Option<&str>, hosts: &[Host], root: Option<&Path>, shown: &str) -> Result<Option<Trusting>> {
    match (mode, root) {
        (Some("disable"), _) => Ok(None),
        (None, _) if hosts.iter().all(is_here) => Ok(None),
        (None | Some("require" | "verify-ca" | "verify-full"), Some(root)) => {
            Trusting::in_authority(root).map(Some)
        }
        (None | Some("require" | "verify-ca" | "verify-full"), None) => Err(Error::usage(say!(
            "`{shown}` est sur une autre machine : il faut le certificat de l'autorité qui a signé le sien",
            "`{shown}` is on another machine: the certificate of the authority that signed its own is needed"
        ))
        .hint(say!(
            "`?sslrootcert=/chemin/ca.pem` dans l'adresse, ou `PGSSLROOTCERT`",
            "`?sslrootcert=/path/ca.pem` in the URL, or `PGSSLROOTCERT`"
        ))
        .hint(say!(
            "`?sslmode=disable` envoie les noms et les résultats en clair : seulement sur un réseau à vous",
            "`?sslmode=disable` sends names and results in the clear: only on a network of your own"
        ))),
        (Some(mode), _) => Err(Error::usage(say!(
            "`sslmode={mode}` ne protège de personne",
            "`sslmode={mode}` protects from nobody"
        ))
        .hint(say!(
            "`sslmode=verify-full` avec `sslrootcert`, ou `sslmode=disable`",
            "`sslmode=verify-full` with `sslrootcert`, or `sslmode=disable`"
        ))),
    }
}

fn named(host: &Host) -> String {
    match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(folder) => folder.display().to_string(),
    }
}

/// Whether what is sent to a host stays on this machine.
fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            let address = name.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
            name == "localhost" || address.is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn unreadable(why: impl std::fmt::Display) -> Error {
    Error::usage(say!(
        "l'adresse des résultats n'est pas celle d'un PostgreSQL",
        "the address of the results is not that of a PostgreSQL"
    ))
    .because(why)
    .hint(say!(
        "par exemple `postgres://formateur@bd.example:5432/resultats`",
        "for instance `postgres://trainer@db.example:5432/results`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(url: &str) -> Result<Server> {
        Server::parse(url, &Login { password: Some("from-env".to_owned()), ..Login::default() })
    }

    fn refused(url: &str) -> String {
        parsed(url).err().map(|error| error.what.en).unwrap_or_default()
    }

    #[test]
    fn what_is_shown_holds_no_password_wherever_it_stands() {
        for url in [
            "postgres://ada:s3cret@localhost/room",
            "postgresql://ada@localhost:5432/room?password=s3cret",
            "postgres://ada:s3cret@localhost/room?sslmode=disable",
        ] {
            assert!(holds_password(url), "{url}");
            let server = parsed(url).expect("a server");
            assert_eq!(server.shown, "postgres://ada@localhost:5432/room");
            assert_eq!(server.config.get_password(), Some(&b"s3cret"[..]));
        }
        assert!(!holds_password("postgres://ada@localhost/room"));
        let server = parsed("postgres://ada@%2Frun%2Fpg/room").expect("a server");
        assert_eq!(server.shown, "postgres://ada@/run/pg:5432/room");
        assert_eq!(server.config.get_password(), Some(&b"from-env"[..]));
    }

    #[test]
    fn nothing_leaves_this_machine_in_the_clear_unless_somebody_says_so() {
        let tls = |url: &str| parsed(url).map(|server| server.tls.is_some());
        for here in ["localhost", "127.0.0.1", "[::1]", "%2Frun%2Fpg"] {
            assert_eq!(tls(&format!("postgres://a@{here}/r")), Ok(false), "{here}");
        }
        assert_eq!(tls("postgres://a@db.example/r?sslmode=disable"), Ok(false));
        let needed = "is on another machine: the certificate of the authority that signed its own is needed";
        assert!(refused("postgres://a@db.example/r").ends_with(needed));
        assert!(refused("postgres://a@localhost,db.example/r").ends_with(needed));
        assert!(refused("postgres://a@localhost.example/r").ends_with(needed));
        assert_eq!(
            refused("postgres://a@db.example/r?sslmode=prefer"),
            "`sslmode=prefer` protects from nobody"
        );
        assert!(
            refused("postgres://a@db.example/r?sslrootcert=/none.pem").starts_with("`/none.pem` holds no")
        );
    }

    #[test]
    fn an_address_that_means_nothing_is_refused_without_repeating_it() {
        for url in [
            "mysql://ada:s3cret@h/r",
            "postgres://localhost/r",
            "postgres:///r",
            "postgres://a:s3cret@h:x/r",
            "postgres://ada:s3cret@localhost/r?hostaddr=10.0.0.5",
        ] {
            let error = parsed(url).err().expect("refused");
            assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
        }
    }
}
