//! Ways to a daemon that is not on this machine, under hyper's pooled client: TCP, TLS and ssh. bollard's own
//! lose time with every request, and lose the words that say what is wrong.

mod certificates;
mod demand;
mod identity;
mod line;
mod parting;
mod program;
mod ssh;
mod tcp;
mod tls;
mod trust;

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Context;
use std::task::Poll;
use std::time::Duration;

use bollard::BollardRequest;
use bollard::Docker;
use http::Uri;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::Connected;
use hyper_util::client::legacy::connect::Connection;
use hyper_util::client::legacy::connect::capture_connection;
use hyper_util::rt::TokioExecutor;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tower_service::Service;

use crate::docker::transport::demand::Demand;
use crate::error::Error;
use crate::error::Result;

pub(crate) use certificates::TlsFiles;
pub(crate) use program::Said;
pub(super) use ssh::Ssh;
pub(crate) use ssh::SshTarget;
pub(super) use tcp::Tcp;
pub(super) use tls::Tls;

/// Whoever does not answer within this time will not: half a minute of silence helps nobody.
const PATIENCE: Duration = Duration::from_secs(10);

/// A way to a daemon.
pub(super) enum Way {
    /// TCP, with TLS or without.
    Tcp(Tcp),
    /// A child process.
    Ssh(Ssh),
}

/// How long connecting may take, so that its own sentence comes before that of the whole request.
pub(super) fn patience(limit: Duration) -> Duration {
    PATIENCE.min(limit * 3 / 4)
}

/// A client that goes this way; nothing is sent yet. `authority` is the host and port that HTTP names.
pub(super) fn client(
    way: Way,
    authority: &str,
    limit: Duration,
) -> std::result::Result<Docker, bollard::errors::Error> {
    let (way, demand) = (Arc::new(way), Demand::default());
    let connector = Connector { way: Arc::clone(&way), demand: demand.clone() };
    let client = legacy::Client::builder(TokioExecutor::new()).build(connector);
    let send = move |mut request: BollardRequest| {
        let (way, waiting) = (Arc::clone(&way), demand.one_more());
        let mut connected = capture_connection(&mut request);
        let mut response = client.request(request);
        async move {
            let early = tokio::select! {
                biased;
                response = &mut response => Some(response),
                _ = connected.wait_for_connection_metadata() => None,
            };
            drop(waiting);
            let answer = match early {
                Some(answer) => answer,
                None => response.await,
            };
            let answer = answer.map_err(|error| way.explain(error))?;
            way.answered();
            Ok(answer)
        }
    };
    let address = Some(format!("http://{authority}"));
    Docker::connect_with_custom_transport(send, address, limit.as_secs().max(1), bollard::API_DEFAULT_VERSION)
}

/// The sentence that a transport found for a failure, if it was one of its own.
pub(super) fn told(error: &bollard::errors::Error) -> Option<Error> {
    // A transparent error hides what it wraps from those who follow the sources.
    let first: &(dyn StdError + 'static) = match error {
        bollard::errors::Error::IOError { err } => err,
        other => other,
    };
    find::<Told>(first).map(|told| told.0.clone())
}

impl Way {
    async fn connect(&self, to: Uri, demand: &Demand) -> Result<Box<dyn Io>> {
        match self {
            Way::Tcp(tcp) => tcp.connect(to).await,
            Way::Ssh(ssh) => ssh.connect(demand).await.map(|line| Box::new(line) as Box<dyn Io>),
        }
    }

    fn answered(&self) {
        if let Way::Tcp(tcp) = self {
            tcp.answered();
        }
    }

    /// Adds what this way knows about a failure after connecting.
    fn explain(&self, error: legacy::Error) -> bollard::errors::Error {
        let known = match self {
            Way::Tcp(tcp) => tcp.explain(&error),
            Way::Ssh(_) => None,
        };
        match known {
            Some(sentence) => Told(sentence).within_io().into(),
            None => error.into(),
        }
    }
}

/// A connection, whatever it runs over.
trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

impl Connection for Box<dyn Io> {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

/// What hyper asks for new connections.
#[derive(Clone)]
struct Connector {
    way: Arc<Way>,
    demand: Demand,
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Box<dyn Io>>;
    type Error = Told;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<Self::Response, Told>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<std::result::Result<(), Told>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let Connector { way, demand } = self.clone();
        Box::pin(async move { way.connect(to, &demand).await.map(TokioIo::new).map_err(Told) })
    }
}

/// Carries a sentence through the errors of hyper and bollard.
#[derive(Debug)]
struct Told(Error);

impl Told {
    fn within_io(self) -> io::Error {
        io::Error::other(self)
    }
}

impl fmt::Display for Told {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0.cause.as_ref().unwrap_or(&self.0.what.en))
    }
}

impl StdError for Told {}

/// The first error of a type in a chain of causes.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(link) = next {
        if let Some(found) = link.downcast_ref::<T>() {
            return Some(found);
        }
        // What an I/O error wraps is not among its sources.
        next = match link.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => link.source(),
        };
    }
    None
}
