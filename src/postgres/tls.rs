//! TLS to a PostgreSQL server: the given authority alone is trusted, and the server's name is checked.

use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Context;
use std::task::Poll;

use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::io::ReadBuf;
use tokio_postgres::Socket;
use tokio_postgres::tls::ChannelBinding;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::tls::TlsConnect;
use tokio_postgres::tls::TlsStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::InvalidDnsNameError;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::pki_types::pem::PemObject;

use crate::error::Error;
use crate::error::Result;
use crate::text::say;

/// Connections that trust one authority.
#[derive(Clone)]
pub(super) struct Trusting(TlsConnector);

impl Trusting {
    /// Reads the authority's certificate.
    pub(super) fn in_authority(ca: &Path) -> Result<Trusting> {
        Trusting::load(ca).map_err(|error| {
            let ca = ca.display();
            Error::environment(say!(
                "`{ca}` ne contient pas de certificat d'autorité utilisable",
                "`{ca}` holds no certificate of an authority that can be used"
            ))
            .because(error)
            .hint(say!(
                "`sslrootcert` (ou `PGSSLROOTCERT`) nomme le certificat PEM qui a signé celui du serveur",
                "`sslrootcert` (or `PGSSLROOTCERT`) names the PEM certificate that signed the server's"
            ))
        })
    }

    fn load(ca: &Path) -> std::result::Result<Trusting, Box<dyn std::error::Error>> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(ca)? {
            roots.add(certificate?)?;
        }
        if roots.is_empty() {
            return Err("no certificate".into());
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Trusting(TlsConnector::from(Arc::new(config))))
    }
}

impl MakeTlsConnect<Socket> for Trusting {
    type Stream = Secured;
    type TlsConnect = ToServer;
    type Error = InvalidDnsNameError;

    fn make_tls_connect(&mut self, domain: &str) -> std::result::Result<ToServer, InvalidDnsNameError> {
        Ok(ToServer(self.0.clone(), ServerName::try_from(domain)?.to_owned()))
    }
}

/// A connection that is to be secured, to a server of this name.
pub(super) struct ToServer(TlsConnector, ServerName<'static>);

impl TlsConnect<Socket> for ToServer {
    type Stream = Secured;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Secured>> + Send>>;

    fn connect(self, stream: Socket) -> Self::Future {
        let handshake = self.0.connect(self.1, stream);
        Box::pin(async move { handshake.await.map(Secured) })
    }
}

/// A secured connection.
pub(super) struct Secured(tokio_rustls::client::TlsStream<Socket>);

impl TlsStream for Secured {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl AsyncRead for Secured {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Secured {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
