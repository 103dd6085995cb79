//! TLS as the docker CLI's files describe it: the given authority alone is trusted, none of the system's.

use std::error::Error as StdError;
use std::fmt::Display;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls;
use tokio_rustls::rustls::CertificateError;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::docker::transport::certificates;
use crate::docker::transport::certificates::TlsFiles;
use crate::docker::transport::find;
use crate::docker::transport::identity::Identity;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;

/// TLS to one daemon.
pub(in crate::docker) struct Tls {
    connector: TlsConnector,
    name: ServerName<'static>,
    identity: Arc<Identity>,
    answered: AtomicBool,
    files: TlsFiles,
    /// For sentences: `tcp://host:port`.
    place: String,
}

impl Tls {
    /// Reads the certificates for a daemon on `host`.
    pub(in crate::docker) fn load(files: &TlsFiles, host: &str, place: String) -> Result<Tls> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let identity = Arc::new(Identity::new(certificates::own_key(files, &provider)?));
        let name = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(name).map_err(|error| {
            Error::environment(say!("`{host}` n'est pas un nom de machine", "`{host}` is no host name"))
                .because(error)
        })?;
        let verifier = certificates::verifier(files.ca.as_deref(), &provider)?;
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| {
                Error::environment(say!("TLS n'est pas utilisable", "TLS cannot be used")).because(error)
            })?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_client_cert_resolver(Arc::clone(&identity) as _);
        let connector = TlsConnector::from(Arc::new(config));
        Ok(Tls { connector, name, identity, answered: AtomicBool::new(false), files: files.clone(), place })
    }

    /// Agrees on keys with the daemon, which proves who it is.
    pub(super) async fn handshake(&self, socket: TcpStream) -> Result<TlsStream<TcpStream>> {
        self.connector.connect(self.name.clone(), socket).await.map_err(|error| {
            find::<rustls::Error>(&error).map_or_else(|| self.broken(&error), |found| self.refused(found))
        })
    }

    /// See [`super::Tcp::answered`].
    pub(super) fn answered(&self) {
        self.answered.store(true, Ordering::Relaxed);
    }

    /// See [`super::Tcp::explain`].
    pub(super) fn explain(&self, error: &(dyn StdError + 'static)) -> Option<Error> {
        if let Some(found) = find::<rustls::Error>(error) {
            return Some(self.refused(found));
        }
        let hung_up = find::<io::Error>(error).map(ToString::to_string).or_else(|| hung_up_early(error))?;
        let never_answered = !self.answered.load(Ordering::Relaxed);
        (never_answered && self.identity.was_asked()).then(|| self.unknown_to_daemon(hung_up))
    }

    fn refused(&self, error: &rustls::Error) -> Error {
        let place = &self.place;
        match error {
            rustls::Error::InvalidCertificate(reason) => self.distrusted(reason),
            rustls::Error::InvalidMessage(_) => Error::environment(say!(
                "ce qui écoute sur `{place}` ne parle pas TLS",
                "what listens at `{place}` does not speak TLS"
            ))
            .because(error)
            .hint(say!(
                "vérifiez le port (2376 avec TLS, 2375 sans), ou effacez `DOCKER_TLS_VERIFY`",
                "check the port (2376 with TLS, 2375 without), or unset `DOCKER_TLS_VERIFY`"
            )),
            rustls::Error::AlertReceived(_) if self.identity.was_asked() => self.unknown_to_daemon(error),
            _ => self.broken(error),
        }
    }

    /// The daemon's certificate does not convince us.
    fn distrusted(&self, reason: &CertificateError) -> Error {
        let place = &self.place;
        let ca = self.files.ca.as_deref().unwrap_or(Path::new("ca.pem")).display();
        let (what, hint) = match reason {
            CertificateError::UnknownIssuer | CertificateError::BadSignature => (
                say!(
                    "le certificat de `{place}` n'est pas signé par l'autorité de `{ca}`",
                    "the certificate of `{place}` is not signed by the authority in `{ca}`"
                ),
                say!(
                    "prenez le `ca.pem` de ce moteur (`DOCKER_CERT_PATH`)",
                    "use the `ca.pem` of this engine (`DOCKER_CERT_PATH`)"
                ),
            ),
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
                say!(
                    "le certificat de `{place}` est fait pour un autre nom de machine",
                    "the certificate of `{place}` is made for another host name"
                ),
                say!(
                    "appelez le moteur par un nom de son certificat, ou refaites-le avec ce nom (subjectAltName)",
                    "call the engine by a name in its certificate, or make one with this name (subjectAltName)"
                ),
            ),
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => (
                say!(
                    "le certificat de `{place}` n'est pas valable en ce moment",
                    "the certificate of `{place}` is not valid at this time"
                ),
                say!("renouvelez-le, ou mettez l'horloge à l'heure", "renew it, or set the clock"),
            ),
            _ => (
                say!(
                    "le certificat de `{place}` n'est pas accepté",
                    "the certificate of `{place}` is not accepted"
                ),
                say!(
                    "refaites-le comme l'explique https://docs.docker.com/engine/security/protect-access/",
                    "make it as https://docs.docker.com/engine/security/protect-access/ explains"
                ),
            ),
        };
        Error::environment(what).because(reason).hint(hint)
    }

    /// Our certificate does not convince the daemon.
    fn unknown_to_daemon(&self, error: impl Display) -> Error {
        let (place, cert) = (&self.place, self.files.cert.display());
        if self.identity.is_known() {
            return Error::environment(say!(
                "`{place}` n'accepte pas le certificat client `{cert}`",
                "`{place}` does not accept the client certificate `{cert}`"
            ))
            .because(error)
            .hint(say!(
                "il doit être signé par l'autorité de ce moteur, et valable aujourd'hui",
                "it must be signed by this engine's authority, and valid today"
            ));
        }
        let folder = self.files.cert.parent().unwrap_or(Path::new(".")).display();
        Error::environment(say!(
            "`{place}` exige un certificat client",
            "`{place}` demands a client certificate"
        ))
        .because(error)
        .hint(say!(
            "mettez `cert.pem` et `key.pem` dans `{folder}`, ou réglez `DOCKER_CERT_PATH`",
            "put `cert.pem` and `key.pem` into `{folder}`, or set `DOCKER_CERT_PATH`"
        ))
    }

    fn broken(&self, error: &dyn StdError) -> Error {
        let place = &self.place;
        Error::environment(say!(
            "la connexion TLS à `{place}` n'a pas abouti",
            "the TLS connection to `{place}` did not come about"
        ))
        .because(error)
        .hint(say!(
            "est-ce bien le port TLS d'un moteur Docker (2376 d'habitude) ?",
            "is it the TLS port of a Docker engine (usually 2376)?"
        ))
    }
}

/// The end of a connection that came before the request could be written: hyper names no I/O error then.
fn hung_up_early(error: &(dyn StdError + 'static)) -> Option<String> {
    let found = find::<hyper::Error>(error)?;
    (found.is_canceled() || found.is_closed() || found.is_incomplete_message()).then(|| found.to_string())
}
