//! Looking at the learner's folder: files, archives, dumps. Reading only.

use std::fs::Metadata;
use std::io;
use std::io::BufReader;
use std::path::Path;
use std::path::PathBuf;
use std::time::SystemTime;

use globset::GlobBuilder;

use crate::docker;
use crate::error::Error;
use crate::error::Result;
use crate::postgres;
use crate::text::say;
use crate::world::Fact;
use crate::world::File;

/// Up to so many bytes a file's text is part of the facts.
const TEXT: u64 = 64 * 1024;

/// A file or folder.
pub(super) fn file(workspace: &Path, path: &str) -> Result<Fact> {
    let full = workspace.join(path);
    let found = match std::fs::symlink_metadata(&full).and_then(|_| std::fs::metadata(&full)) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return absent(workspace, path),
        Err(error) => return Err(unreadable(&full, &error)),
    };
    let text = if found.is_file() && found.len() <= TEXT {
        let bytes = std::fs::read(&full).map_err(|error| unreadable(&full, &error))?;
        // A comment in Latin-1 makes a script no less a script.
        (!bytes.contains(&0)).then(|| String::from_utf8_lossy(&bytes).into_owned())
    } else {
        None
    };
    Ok(Fact::File(File { folder: found.is_dir(), size: found.len(), mode: mode(&found), text }))
}

/// The newest archive that matches a glob.
pub(super) fn archives(workspace: &Path, glob: &str) -> Result<Fact> {
    let matcher = GlobBuilder::new(glob).literal_separator(true).build();
    let matcher = matcher.map(|glob| glob.compile_matcher()).map_err(|error| {
        Error::usage(say!("le motif `{glob}` n'est pas valide", "the pattern `{glob}` is not valid"))
            .because(error)
    })?;
    let folder = glob.rsplit_once('/').map_or("", |(folder, _)| folder);
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
    let archive = docker::read_archive(&full, &path).map_err(|error| unreadable(&full, &error))?;
    Ok(Fact::Archives(vec![archive]))
}

/// A plain SQL dump.
pub(super) fn dump(workspace: &Path, path: &str) -> Result<Fact> {
    let full = workspace.join(path);
    match std::fs::File::open(&full) {
        Ok(file) => {
            let dump = postgres::read_dump(BufReader::with_capacity(1 << 16, file));
            dump.map(Fact::Dump).map_err(|error| unreadable(&full, &error))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => absent(workspace, path),
        Err(error) => Err(unreadable(&full, &error)),
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
        Ok(_) => Ok(Fact::Absent(say!("`{path}` n'existe pas encore", "`{path}` does not exist yet"))),
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

/// Windows knows no such bits; a file there is as executable as its name says.
#[cfg(not(unix))]
fn mode(_found: &Metadata) -> u32 {
    0o755
}
