//! Looking at a learner's folder on this machine: files, archives, dumps. Reading only.

use std::fs::Metadata;
use std::io;
use std::io::BufReader;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;
use std::time::SystemTime;

use globset::GlobMatcher;
use jiff::Timestamp;

use crate::docker;
use crate::error::Error;
use crate::error::Result;
use crate::postgres;
use crate::text::say;
use crate::world::Fact;
use crate::world::File;

/// A file or folder.
pub(super) fn file(workspace: &Path, path: &str) -> Result<Fact> {
    let full = workspace.join(path);
    let found = match std::fs::symlink_metadata(&full).and_then(|_| std::fs::metadata(&full)) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return absent(workspace, path),
        Err(error) => return Err(unreadable(&full, &error)),
    };
    let text = if found.is_file() && found.len() <= docker::FILE_TEXT {
        let bytes = std::fs::read(&full).map_err(|error| unreadable(&full, &error))?;
        // A comment in Latin-1 makes a script no less a script.
        (!bytes.contains(&0)).then(|| String::from_utf8_lossy(&bytes).into_owned())
    } else {
        None
    };
    let foreign = std::fs::metadata(workspace).is_ok_and(|home| owner(&home) != owner(&found));
    Ok(Fact::File(File {
        folder: found.is_dir(),
        size: found.len(),
        mode: mode(&found),
        foreign,
        text,
        changed: None,
    }))
}

/// The newest archive that matches a glob.
pub(super) fn archives(workspace: &Path, folder: &str, matcher: &GlobMatcher) -> Result<Fact> {
    let mut found: Vec<(SystemTime, String, PathBuf)> = Vec::new();
    for entry in entries(workspace, folder)? {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        let modified = entry.metadata().ok().filter(Metadata::is_file).and_then(|data| data.modified().ok());
        if let Some(modified) = modified.filter(|_| matcher.is_match(&path)) {
            found.push((modified, path, entry.path()));
        }
    }
    found.sort();
    let Some((_, path, full)) = found.pop() else { return Ok(Fact::Archives(Vec::new())) };
    let mut archive = docker::read_archive(&full, &path).map_err(|error| unreadable(&full, &error))?;
    for (modified, path, _) in found.into_iter().rev() {
        archive.others.push(path);
        // One that cannot be told is as if it had just been written.
        archive.others_changed.push(Timestamp::try_from(modified).map_or(i64::MAX, Timestamp::as_second));
    }
    Ok(Fact::Archives(vec![archive]))
}

/// A plain SQL dump.
pub(super) fn dump(workspace: &Path, path: &str) -> Result<Fact> {
    let full = workspace.join(path);
    let Some(file) = ordinary(&full)? else { return absent(workspace, path) };
    let dump = postgres::read_dump(BufReader::with_capacity(1 << 16, file));
    dump.map(Fact::Dump).map_err(|error| unreadable(&full, &error))
}

/// The first bytes of a file, at most so many; `None` where it is not there.
pub(super) fn bytes(workspace: &Path, path: &str, most: u64) -> Result<Option<Vec<u8>>> {
    let full = workspace.join(path);
    let Some(file) = ordinary(&full)? else { return Ok(None) };
    let mut bytes = Vec::new();
    let read = file.take(most).read_to_end(&mut bytes);
    read.map(|_| Some(bytes)).map_err(|error| unreadable(&full, &error))
}

/// Opens a file, if there is one. What is no ordinary file may never end, and opening a pipe may wait for ever.
fn ordinary(full: &Path) -> Result<Option<std::fs::File>> {
    match std::fs::metadata(full) {
        Ok(found) if !found.is_file() => {
            let path = full.display();
            Err(Error::environment(say!(
                "`{path}` n'est pas un fichier ordinaire",
                "`{path}` is no ordinary file"
            )))
        }
        Ok(_) => std::fs::File::open(full).map(Some).map_err(|error| unreadable(full, &error)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(full, &error)),
    }
}

fn entries(workspace: &Path, folder: &str) -> Result<Vec<std::fs::DirEntry>> {
    let full = workspace.join(folder);
    match std::fs::read_dir(&full) {
        Ok(entries) => Ok(entries.flatten().collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            absent(workspace, folder)?;
            Ok(Vec::new())
        }
        Err(error) => Err(unreadable(&full, &error)),
    }
}

/// A path that is not there; where the workspace itself is not, nothing can be said about its files.
fn absent(workspace: &Path, path: &str) -> Result<Fact> {
    match std::fs::metadata(workspace) {
        Ok(_) => Ok(super::absent(path)),
        Err(error) => Err(unreadable(workspace, &error)),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    let path = path.display();
    Error::environment(say!("`{path}` n'a pas pu être lu", "`{path}` could not be read")).because(error)
}

#[cfg(unix)]
fn mode(found: &Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o7777
}

#[cfg(unix)]
fn owner(found: &Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::uid(found)
}

/// Windows has other ways to say whose a file is.
#[cfg(not(unix))]
fn owner(_found: &Metadata) -> u32 {
    0
}

/// Windows knows no such bits; a file there is as executable as its name says.
#[cfg(not(unix))]
fn mode(_found: &Metadata) -> u32 {
    0o755
}
