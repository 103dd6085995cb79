//! Certificate files: where they lie, what they hold, and what is wrong with them.

use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::ServerCertVerifier;
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::pki_types::pem;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::sign::CertifiedKey;

use crate::docker::transport::trust::Anyone;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;

/// Where the certificates of an endpoint lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    /// Whoever signed the daemon's certificate; `None` trusts whoever answers.
    pub ca: Option<PathBuf>,
    /// Our certificate. Where this and the key are missing, none is shown.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

impl TlsFiles {
    /// The docker CLI's names in a folder.
    pub(crate) fn within(folder: &Path, verify: bool) -> TlsFiles {
        TlsFiles {
            ca: verify.then(|| folder.join("ca.pem")),
            cert: folder.join("cert.pem"),
            key: folder.join("key.pem"),
        }
    }
}

/// Who decides whether the daemon is the one that was meant: the authority of `ca` alone.
pub(super) fn verifier(
    ca: Option<&Path>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>> {
    let Some(ca) = ca else {
        return Ok(Arc::new(Anyone(provider.signature_verification_algorithms)));
    };
    let pem = read(ca)?.ok_or_else(|| missing(ca))?;
    let mut roots = RootCertStore::empty();
    for certificate in certificates(ca, &pem)? {
        roots.add(certificate).map_err(|error| no_certificate(ca, &error))?;
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider)).build();
    verifier.map(|verifier| verifier as _).map_err(|error| no_certificate(ca, &error))
}

/// Our own certificate with its key; `None` where there is neither.
pub(super) fn own_key(files: &TlsFiles, provider: &CryptoProvider) -> Result<Option<CertifiedKey>> {
    let (cert, key) = match (read(&files.cert)?, read(&files.key)?) {
        (None, None) => return Ok(None),
        (Some(_), None) => return Err(missing(&files.key)),
        (None, Some(_)) => return Err(missing(&files.cert)),
        (Some(cert), Some(key)) => (certificates(&files.cert, &cert)?, private_key(&files.key, &key)?),
    };
    CertifiedKey::from_der(cert, key, provider).map(Some).map_err(|error| {
        let (cert, key) = (files.cert.display(), files.key.display());
        Error::environment(say!(
            "`{cert}` et `{key}` ne vont pas ensemble",
            "`{cert}` and `{key}` do not belong together"
        ))
        .because(error)
        .hint(say!(
            "prenez les deux fichiers de la même création de certificat",
            "take both files from the same making of a certificate"
        ))
    })
}

fn certificates(path: &Path, text: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let found: std::result::Result<Vec<_>, pem::Error> = CertificateDer::pem_slice_iter(text).collect();
    let found = found.map_err(|error| no_certificate(path, &error))?;
    if found.is_empty() {
        return Err(no_certificate(path, &pem::Error::NoItemsFound));
    }
    Ok(found)
}

fn private_key(path: &Path, text: &[u8]) -> Result<PrivateKeyDer<'static>> {
    PrivateKeyDer::from_pem_slice(text).map_err(|error| {
        let path = path.display();
        Error::environment(say!(
            "`{path}` ne contient pas de clé privée PEM sans mot de passe",
            "`{path}` holds no PEM private key without a passphrase"
        ))
        .because(error)
        .hint(say!(
            "un fichier PEM commence par `-----BEGIN` ; `openssl pkey -in CLÉ -out key.pem` ôte le mot de passe",
            "a PEM file begins with `-----BEGIN`; `openssl pkey -in KEY -out key.pem` takes the passphrase off"
        ))
    })
}

/// The content of a file; `None` where there is no such file.
fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let path = path.display();
            Err(Error::environment(say!(
                "le fichier de certificat `{path}` n'a pas pu être lu",
                "the certificate file `{path}` could not be read"
            ))
            .because(error)
            .hint(say!("`ls -l {path}` montre qui peut le lire", "`ls -l {path}` shows who may read it")))
        }
    }
}

fn missing(path: &Path) -> Error {
    let path = path.display();
    Error::environment(say!(
        "le fichier de certificat `{path}` n'existe pas",
        "the certificate file `{path}` does not exist"
    ))
    .hint(say!(
        "`DOCKER_CERT_PATH` nomme le dossier de `ca.pem`, `cert.pem` et `key.pem`",
        "`DOCKER_CERT_PATH` names the folder of `ca.pem`, `cert.pem` and `key.pem`"
    ))
}

fn no_certificate(path: &Path, error: &dyn std::error::Error) -> Error {
    let path = path.display();
    Error::environment(say!(
        "`{path}` ne contient pas de certificat PEM valide",
        "`{path}` holds no valid PEM certificate"
    ))
    .because(error)
    .hint(say!(
        "un certificat PEM commence par `-----BEGIN CERTIFICATE-----`",
        "a PEM certificate begins with `-----BEGIN CERTIFICATE-----`"
    ))
}
