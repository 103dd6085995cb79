//! A folder on a daemon's machine, read through the archive API: a scratch container mounts it read-only and is never
//! started. So a learner's workspace can be looked at from elsewhere, with nothing installed there.

use std::io;
use std::io::Read;

use bollard::query_parameters::DownloadFromContainerOptionsBuilder;
use bytes::Bytes;
use futures_util::Stream;
use futures_util::StreamExt;
use globset::GlobMatcher;
use tar::Archive as Tar;
use tar::EntryType;

use crate::docker::Engine;
use crate::docker::is_not_found;
use crate::docker::scratch::PLACE;
use crate::docker::scratch::Scratch;
use crate::docker::streams;
use crate::docker::tarball;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;
use crate::world::Archive;
use crate::world::File;

/// Up to so many bytes a file's text is part of the facts.
pub(crate) const TEXT: u64 = 64 * 1024;

/// A folder of another machine.
pub(crate) struct Folder {
    scratch: Scratch,
    /// The numeric owner of the folder itself.
    owner: u64,
    path: String,
}

type Bodies = dyn Stream<Item = std::result::Result<Bytes, bollard::errors::Error>> + Send + Unpin;

impl Engine {
    /// Opens a folder of the daemon's machine; an error where it does not exist there, for a check makes nothing.
    pub(crate) async fn open_folder(&self, path: &str, image: &str) -> Result<Folder> {
        let scratch = self.scratch_on(path, image).await?;
        let mut folder = Folder { scratch, owner: 0, path: path.to_owned() };
        let found = folder.first("").await?.filter(|found| found.folder);
        let Some(found) = found else {
            return Err(Error::environment(say!(
                "`{path}` n'est pas un dossier sur cette machine",
                "`{path}` is no folder on that machine"
            )));
        };
        folder.owner = found.owner;
        Ok(folder)
    }
}

impl Engine {
    /// A file or folder in a volume; `None` where there is no such volume, or nothing at that path.
    pub(crate) async fn volume_file(&self, volume: &str, path: &str, image: &str) -> Result<Option<File>> {
        let Some(scratch) = self.scratch_in(volume, image).await? else { return Ok(None) };
        let folder = Folder { scratch, owner: 0, path: volume.to_owned() };
        let file = folder.file(path.trim_start_matches('/')).await;
        folder.close().await?;
        file
    }

    /// A file or folder of a container as the archive API hands it out, volumes included and memory left out; `None`
    /// where it is not there.
    pub(super) async fn kept_file(&self, container: &str, path: &str) -> Result<Option<File>> {
        let options = DownloadFromContainerOptionsBuilder::default().path(path).build();
        let stream = Box::new(self.api.download_from_container(container, Some(options)).boxed());
        let found = match self.unpacked(stream, first).await? {
            None => return Ok(None),
            Some(Ok(found)) if found.link => Err(io::Error::other("symbolic link")),
            Some(found) => found,
        };
        let unread = |error| {
            Error::environment(say!(
                "`{path}` de `{container}` n'a pas pu être lu",
                "`{path}` of `{container}` could not be read"
            ))
            .because(error)
        };
        found.map(|found| Some(found.into_file(0))).map_err(unread)
    }

    /// Reads an archive as it comes; `None` where the daemon has nothing at that path.
    async fn unpacked<T, F>(&self, stream: Box<Bodies>, work: F) -> Result<Option<io::Result<T>>>
    where
        T: Send + 'static,
        F: FnOnce(Tar<Box<dyn Read + Send>>) -> io::Result<T> + Send + 'static,
    {
        let mut stream = stream.peekable();
        match std::pin::Pin::new(&mut stream).peek().await {
            Some(Err(error)) if is_not_found(error) => return Ok(None),
            Some(Err(error)) => return Err(self.unseen(error)),
            Some(Ok(_)) | None => {}
        }
        let read = streams::blocking(move || work(Tar::new(Box::new(streams::reader(stream)))));
        Ok(Some(read.await))
    }
}

/// What the first header of an archive tells.
struct Found {
    folder: bool,
    size: u64,
    mode: u32,
    owner: u64,
    changed: u64,
    link: bool,
    text: Option<String>,
}

impl Folder {
    /// Ends the scratch container.
    pub(crate) async fn close(self) -> Result<()> {
        self.scratch.remove().await
    }

    /// A file or folder, by its path below this one; `None` where it is not there.
    pub(crate) async fn file(&self, path: &str) -> Result<Option<File>> {
        let Some(found) = self.first(path).await? else { return Ok(None) };
        if found.link {
            return Err(self.unread(path, &io::Error::other("symbolic link")));
        }
        Ok(Some(found.into_file(self.owner)))
    }

    /// Reads one file as a stream; `None` where it is not there.
    pub(crate) async fn read<T, F>(&self, path: &str, work: F) -> Result<Option<T>>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Read) -> io::Result<T> + Send + 'static,
    {
        self.stream(path, "", move |mut tar| {
            let mut member = next(&mut tar)?;
            if !member.header().entry_type().is_file() {
                return Err(io::Error::other("not an ordinary file"));
            }
            work(&mut member)
        })
        .await
    }

    /// The newest file in `folder` whose path matches, read as an archive to its last byte; `None` where there is
    /// none, or no such folder.
    pub(crate) async fn newest_archive(&self, folder: &str, matcher: GlobMatcher) -> Result<Option<Archive>> {
        let leading = folder.to_owned();
        let newest = self
            .stream(folder, "/.", move |mut tar| {
                let mut newest: Option<(u64, Archive)> = None;
                for member in tar.entries()? {
                    let member = member?;
                    let Some(path) = below(&member, &leading) else { continue };
                    let at = member.header().mtime().unwrap_or(0);
                    let older =
                        newest.as_ref().is_some_and(|(best, known)| (at, &path) < (*best, &known.path));
                    if older || !matcher.is_match(&path) {
                        continue;
                    }
                    let size = member.size();
                    newest = Some((at, tarball::read_archive_from(member, size, &path)?));
                }
                Ok(newest.map(|(_, archive)| archive))
            })
            .await?;
        Ok(newest.flatten())
    }

    async fn first(&self, path: &str) -> Result<Option<Found>> {
        self.stream(path, "", first).await
    }

    /// Asks for a path's archive; `None` where there is no such path.
    async fn stream<T, F>(&self, path: &str, tail: &str, work: F) -> Result<Option<T>>
    where
        T: Send + 'static,
        F: FnOnce(Tar<Box<dyn Read + Send>>) -> io::Result<T> + Send + 'static,
    {
        let whole = format!("{PLACE}/{path}");
        let stream = self.scratch.download(&format!("{}{tail}", whole.trim_end_matches('/')));
        let read = self.scratch.engine.unpacked(Box::new(stream), work).await?;
        read.transpose().map_err(|error| self.unread(path, &error))
    }

    fn unread(&self, path: &str, error: &io::Error) -> Error {
        let whole = format!("{}/{path}", self.path);
        let whole = whole.trim_end_matches('/');
        Error::environment(say!("`{whole}` n'a pas pu être lu", "`{whole}` could not be read")).because(error)
    }
}

impl Found {
    /// As a fact, seen from the side of this owner.
    fn into_file(self, owner: u64) -> File {
        File {
            folder: self.folder,
            size: if self.folder { 0 } else { self.size },
            mode: self.mode,
            foreign: self.owner != owner,
            text: self.text,
            changed: Some(self.changed),
        }
    }
}

/// Reads an archive's first member.
fn first<R: Read>(mut tar: Tar<R>) -> io::Result<Found> {
    let mut member = next(&mut tar)?;
    let (kind, size) = (member.header().entry_type(), member.size());
    let mut found = Found {
        folder: kind.is_dir(),
        size,
        mode: member.header().mode()? & 0o7777,
        owner: member.header().uid()?,
        changed: member.header().mtime()?,
        link: kind == EntryType::Symlink,
        text: None,
    };
    if kind.is_file() && size <= TEXT {
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes)?;
        // A comment in Latin-1 makes a script no less a script.
        found.text = (!bytes.contains(&0)).then(|| String::from_utf8_lossy(&bytes).into_owned());
    }
    Ok(found)
}

fn next<R: Read>(tar: &mut Tar<R>) -> io::Result<tar::Entry<'_, R>> {
    tar.entries()?.next().unwrap_or_else(|| Err(io::ErrorKind::UnexpectedEof.into()))
}

/// The path of an ordinary file that lies in the folder itself.
fn below<R: Read>(member: &tar::Entry<'_, R>, folder: &str) -> Option<String> {
    let name = String::from_utf8_lossy(&member.path_bytes()).into_owned();
    let name = name.trim_start_matches("./");
    let plain = member.header().entry_type().is_file() && !name.is_empty() && !name.contains('/');
    let joined = || if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    plain.then(joined)
}
