//! TCP: without Nagle's delay (44 ms a request over TLS), and with an end to the waiting.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use tower_service::Service;

use crate::docker::transport::Io;
use crate::docker::transport::Tls;
use crate::docker::transport::find;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;

/// Connects to a port, and wraps the connection in TLS where that is asked for.
pub(in crate::docker) struct Tcp {
    http: HttpConnector,
    tls: Option<Tls>,
    /// For sentences: `tcp://host:port`.
    place: String,
    patience: Duration,
}

impl Tcp {
    /// Nothing is sent yet.
    pub(in crate::docker) fn new(place: String, tls: Option<Tls>, patience: Duration) -> Tcp {
        let mut http = HttpConnector::new();
        http.set_nodelay(true);
        Tcp { http, tls, place, patience }
    }

    /// A new connection.
    pub(super) async fn connect(&self, to: Uri) -> Result<Box<dyn Io>> {
        let connected = async {
            let socket = self.http.clone().call(to).await.map_err(|error| self.unreached(&error))?;
            match &self.tls {
                Some(tls) => Ok(Box::new(tls.handshake(socket.into_inner()).await?) as Box<dyn Io>),
                None => Ok(Box::new(socket.into_inner()) as Box<dyn Io>),
            }
        };
        tokio::time::timeout(self.patience, connected).await.unwrap_or_else(|_| Err(self.silent()))
    }

    /// A request was answered: whatever fails from now on, it is not the certificates.
    pub(super) fn answered(&self) {
        if let Some(tls) = &self.tls {
            tls.answered();
        }
    }

    /// What a failure after connecting says about the certificates.
    pub(super) fn explain(&self, error: &(dyn StdError + 'static)) -> Option<Error> {
        self.tls.as_ref()?.explain(error)
    }

    fn unreached(&self, error: &(dyn StdError + 'static)) -> Error {
        let place = &self.place;
        let found = find::<io::Error>(error);
        let cause = found.map_or_else(|| error.to_string(), ToString::to_string);
        if found.is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused) {
            return Error::environment(say!(
                "aucun moteur Docker n'écoute sur `{place}`",
                "no Docker engine listens at `{place}`"
            ))
            .because(cause)
            .hint(say!(
                "vérifiez le port (2376 avec TLS, 2375 sans), et que `dockerd` a été lancé avec `-H tcp://…`",
                "check the port (2376 with TLS, 2375 without), and that `dockerd` was started with `-H tcp://…`"
            ));
        }
        Error::environment(say!("`{place}` ne peut pas être joint", "`{place}` cannot be reached"))
            .because(cause)
            .hint(say!(
                "vérifiez le nom de la machine dans `DOCKER_HOST` et le réseau",
                "check the machine's name in `DOCKER_HOST`, and the network"
            ))
    }

    fn silent(&self) -> Error {
        let (place, seconds) = (&self.place, self.patience.as_secs_f32());
        Error::environment(say!(
            "`{place}` n'a pas accepté de connexion en {seconds:.0} s",
            "`{place}` did not accept a connection within {seconds:.0} s"
        ))
        .hint(say!(
            "la machine est-elle allumée, et un pare-feu laisse-t-il passer ce port ?",
            "is the machine up, and does a firewall let this port through?"
        ))
    }
}
