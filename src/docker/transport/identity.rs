//! The client's own certificate, and whether the daemon asked for it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use tokio_rustls::rustls::SignatureScheme;
use tokio_rustls::rustls::client::ResolvesClientCert;
use tokio_rustls::rustls::sign::CertifiedKey;

/// What is shown to a daemon that wants to know who we are.
#[derive(Debug)]
pub(super) struct Identity {
    key: Option<Arc<CertifiedKey>>,
    asked: AtomicBool,
}

impl Identity {
    /// With a certificate, or with none.
    pub(super) fn new(key: Option<CertifiedKey>) -> Identity {
        Identity { key: key.map(Arc::new), asked: AtomicBool::new(false) }
    }

    /// Whether there is a certificate to show.
    pub(super) fn is_known(&self) -> bool {
        self.key.is_some()
    }

    /// Whether the daemon asked. With TLS 1.3 it refuses only after the handshake, at times without a word.
    pub(super) fn was_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}

impl ResolvesClientCert for Identity {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        self.key.clone()
    }

    fn has_certs(&self) -> bool {
        self.is_known()
    }
}
