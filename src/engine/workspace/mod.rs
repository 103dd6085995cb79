//! The learner's folder, wherever it is: on this machine, or on the daemon's, read through a scratch container.

mod composed;
mod local;
mod remote;

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use globset::GlobBuilder;
use globset::GlobMatcher;

use crate::docker::Folder;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;
use crate::world::Fact;

/// No script is longer than this.
const LONGEST: u64 = 1 << 20;

/// A learner's folder.
#[derive(Clone)]
pub(crate) enum Workspace {
    /// On this machine.
    Here(PathBuf),
    /// On the daemon's machine.
    There(Arc<Folder>),
    /// It cannot be looked at, and why.
    Unseen(Error),
}

impl Workspace {
    /// A file or folder.
    pub(super) async fn file(&self, path: &str) -> Result<Fact> {
        match self {
            Workspace::Here(here) => {
                let path = path.to_owned();
                blocking(here, move |here| local::file(here, &path)).await
            }
            Workspace::There(folder) => remote::file(folder, path).await,
            Workspace::Unseen(why) => Err(why.clone()),
        }
    }

    /// The newest archive that matches a glob.
    pub(super) async fn archives(&self, glob: &str) -> Result<Fact> {
        let matcher = matcher(glob)?;
        let folder = glob.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        match self {
            Workspace::Here(here) => {
                blocking(here, move |here| local::archives(here, &folder, &matcher)).await
            }
            Workspace::There(there) => remote::archives(there, &folder, matcher).await,
            Workspace::Unseen(why) => Err(why.clone()),
        }
    }

    /// A plain SQL dump.
    pub(super) async fn dump(&self, path: &str) -> Result<Fact> {
        match self {
            Workspace::Here(here) => {
                let path = path.to_owned();
                blocking(here, move |here| local::dump(here, &path)).await
            }
            Workspace::There(folder) => remote::dump(folder, path).await,
            Workspace::Unseen(why) => Err(why.clone()),
        }
    }

    /// A Compose file.
    pub(super) async fn composed(&self, path: &str) -> Result<Fact> {
        let Some(bytes) = self.bytes(path).await? else { return Ok(absent(path)) };
        Ok(Fact::Composed(composed::read(path, &String::from_utf8_lossy(&bytes))))
    }

    /// Where a path is on this machine; nowhere for a folder that is read through its daemon.
    pub(super) fn on_this_machine(&self, path: &str) -> Option<PathBuf> {
        match self {
            Workspace::Here(here) => Some(here.join(path)),
            Workspace::There(_) | Workspace::Unseen(_) => None,
        }
    }

    /// A whole file, as far as a script goes; `None` where it is not there.
    pub(super) async fn bytes(&self, path: &str) -> Result<Option<Vec<u8>>> {
        match self {
            Workspace::Here(here) => {
                let path = path.to_owned();
                blocking(here, move |here| local::bytes(here, &path, LONGEST)).await
            }
            Workspace::There(folder) => remote::bytes(folder, path, LONGEST).await,
            Workspace::Unseen(why) => Err(why.clone()),
        }
    }
}

fn matcher(glob: &str) -> Result<GlobMatcher> {
    let matcher = GlobBuilder::new(glob).literal_separator(true).build();
    matcher.map(|glob| glob.compile_matcher()).map_err(|error| {
        Error::usage(say!("le motif `{glob}` n'est pas valide", "the pattern `{glob}` is not valid"))
            .because(error)
    })
}

/// A path that is not there.
fn absent(path: &str) -> Fact {
    Fact::Absent(say!("`{path}` n'existe pas encore", "`{path}` does not exist yet"))
}

async fn blocking<T, F>(folder: &Path, look: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce(&Path) -> Result<T> + Send + 'static,
{
    let folder = folder.to_owned();
    let looked = tokio::task::spawn_blocking(move || look(&folder)).await;
    looked.unwrap_or_else(|error| {
        Err(Error::environment(say!("la lecture s'est interrompue", "reading broke off")).because(error))
    })
}
