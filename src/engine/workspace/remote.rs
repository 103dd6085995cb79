//! Looking at a learner's folder on the daemon's machine. The same facts as from the folder itself.

use std::io::BufReader;
use std::io::Read;

use globset::GlobMatcher;

use crate::docker::Folder;
use crate::engine::workspace::absent;
use crate::error::Result;
use crate::postgres;
use crate::world::Fact;

/// A file or folder.
pub(super) async fn file(folder: &Folder, path: &str) -> Result<Fact> {
    Ok(folder.file(path).await?.map_or_else(|| absent(path), Fact::File))
}

/// The newest archive that matches.
pub(super) async fn archives(folder: &Folder, leading: &str, matcher: GlobMatcher) -> Result<Fact> {
    let newest = folder.newest_archive(leading, matcher).await?;
    Ok(Fact::Archives(newest.into_iter().collect()))
}

/// A plain SQL dump.
pub(super) async fn dump(folder: &Folder, path: &str) -> Result<Fact> {
    let read = |source: &mut dyn Read| postgres::read_dump(BufReader::with_capacity(1 << 16, source));
    Ok(folder.read(path, read).await?.map_or_else(|| absent(path), Fact::Dump))
}

/// The first bytes of a file, at most so many.
pub(super) async fn bytes(folder: &Folder, path: &str, most: u64) -> Result<Option<Vec<u8>>> {
    let read = move |source: &mut dyn Read| {
        let mut bytes = Vec::new();
        source.take(most).read_to_end(&mut bytes).map(|_| bytes)
    };
    folder.read(path, read).await
}
