//! Reading tar: what a backup archive or a volume's stream holds, member by member, without unpacking anything
//! and without holding more than names in memory.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::io::BufReader;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use sha2::Digest;
use sha2::Sha256;
use tar::Archive as Tar;
use tar::EntryType;

use crate::text::Text;
use crate::text::say;
use crate::world::Archive;
use crate::world::DataFolder;
use crate::world::Flaw;
use crate::world::Member;

/// What no data folder can do without, and what every backup of one therefore holds: the cluster's identity, its
/// shared catalogue (1262 is `pg_database`), its log, and the state of its transactions.
const NEEDED: [&str; 8] = [
    "PG_VERSION",
    "global/pg_control",
    "global/1262",
    "global/pg_filenode.map",
    "base/1/1259",
    "pg_wal/0",
    "pg_xact/0",
    "pg_multixact/offsets/0",
];

/// So many are compared one by one with those of a copy.
const MOST_COMPARED: usize = 20_000;

/// So many members of an archive are kept one by one, where they are no database's.
const MOST_KEPT: usize = 500;

/// So many members are remembered by name at most; a cluster of the lab has about a thousand.
const MOST_NAMES: usize = 200_000;

/// Reads an archive of the workspace to its last byte; `path` is how the report names it.
pub(crate) fn read_archive(file: &Path, path: &str) -> io::Result<Archive> {
    let opened = File::open(file)?;
    let size = opened.metadata()?.len();
    read_archive_from(BufReader::with_capacity(1 << 17, opened), size, path)
}

/// The same from wherever its bytes come.
pub(super) fn read_archive_from(source: impl Read, size: u64, path: &str) -> io::Result<Archive> {
    let mut hashed = Hashed { inner: source, sum: Sha256::new(), read: 0 };
    let mut magic = [0; 6];
    let got = hashed.fill(&mut magic)?;
    let gzip = magic.starts_with(&[0x1f, 0x8b]);
    let mut listing = Listing { whole: true, ..Listing::default() };
    let start = io::Cursor::new(magic[..got].to_vec());
    let outcome = if let Some(other) = other_compression(&magic[..got]) {
        Err(io::Error::other(other))
    } else if gzip {
        let mut unpacked = MultiGzDecoder::new(start.chain(&mut hashed));
        read_members(&mut unpacked, &mut listing)
    } else {
        let mut plain = start.chain(&mut hashed);
        read_members(&mut plain, &mut listing)
    };
    // The checksum is of the whole file, also where reading stopped early.
    io::copy(&mut hashed, &mut io::sink())?;
    let (read, sum, is_dump) = (hashed.read, hashed.sum.finalize(), begins_as_dump(&magic[..got]));
    if listing.marks.len() > MOST_KEPT || !listing.controls.is_empty() {
        listing.marks.clear();
    }
    let trouble = outcome.err().map(|error| damage(&error, gzip, is_dump, read));
    let (flaw, damage) = trouble.or_else(|| Some((Flaw::Empty, listing.nothing(size)?))).unzip();
    Ok(Archive {
        path: path.to_owned(),
        size,
        sha256: sum.iter().map(|byte| format!("{byte:02x}")).collect(),
        gzip,
        damage,
        flaw,
        others: Vec::new(),
        others_changed: Vec::new(),
        unportable: listing.unportable.clone(),
        folder: listing.folder(),
    })
}

/// Reads a tar stream as a data folder.
pub(super) fn read_folder(mut stream: impl Read) -> io::Result<DataFolder> {
    let mut listing = Listing { whole: true, ..Listing::default() };
    read_members(&mut stream, &mut listing)?;
    Ok(listing.folder())
}

fn read_members(stream: &mut dyn Read, listing: &mut Listing) -> io::Result<()> {
    let mut tar = Tar::new(stream);
    for member in tar.entries()? {
        listing.take(member?)?;
    }
    // What follows the end of the tar belongs to the stream's own checksum.
    io::copy(&mut tar.into_inner(), &mut io::sink())?;
    Ok(())
}

/// A compression that is no gzip, by the file's first bytes.
fn other_compression(magic: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 3] =
        [(b"\xfd7zXZ", "xz"), (b"BZh", "bzip2"), (&[0x28, 0xb5, 0x2f, 0xfd], "zstd")];
    known.iter().find(|(begin, _)| magic.starts_with(begin)).map(|(_, name)| *name)
}

/// Plain SQL begins with a comment of `pg_dump`'s, or with a statement.
fn begins_as_dump(magic: &[u8]) -> bool {
    [&b"--\n"[..], b"CREATE", b"SET "].iter().any(|begin| magic.starts_with(begin))
}

fn damage(error: &io::Error, gzip: bool, is_dump: bool, read: u64) -> (Flaw, Text) {
    if read == 0 {
        return (Flaw::Empty, say!("le fichier est vide", "the file is empty"));
    }
    if is_dump {
        let what = say!("c'est un dump SQL, et non une archive tar", "it is an SQL dump, not a tar archive");
        return (Flaw::Dump, what);
    }
    if let Some(name) = ["xz", "bzip2", "zstd"].into_iter().find(|name| error.to_string() == *name) {
        let what = say!(
            "le fichier est compressé avec {name} ; l'exercice demande gzip (`tar czf`)",
            "the file is compressed with {name}; the exercise asks for gzip (`tar czf`)"
        );
        return (Flaw::OtherCompression, what);
    }
    if error.kind() == io::ErrorKind::UnexpectedEof || error.to_string().contains("unexpected end") {
        let what =
            say!("le fichier est coupé après {read} octets", "the file is cut short after {read} bytes");
        return (Flaw::CutShort, what);
    }
    if gzip {
        let what = say!("le fichier est endommagé ({error})", "the file is damaged ({error})");
        return (Flaw::Unreadable, what);
    }
    // tar's own words quote the bytes it stumbled over.
    (Flaw::Unreadable, say!("ce n'est pas une archive tar lisible", "it is no readable tar archive"))
}

/// A writer that only sums up.
struct Summing<'a>(&'a mut Sha256);

impl io::Write for Summing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A reader that sums up what goes by.
struct Hashed<R> {
    inner: R,
    sum: Sha256,
    read: u64,
}

impl<R: Read> Hashed<R> {
    /// Fills `buffer` as far as the file goes.
    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut got = 0;
        while got < buffer.len() {
            match self.read(&mut buffer[got..])? {
                0 => break,
                more => got += more,
            }
        }
        Ok(got)
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.inner.read(buffer)?;
        self.sum.update(&buffer[..got]);
        self.read += got as u64;
        Ok(got)
    }
}

/// What went by.
#[derive(Default)]
struct Listing {
    files: BTreeMap<String, u64>,
    top: BTreeSet<String>,
    newest: i64,
    members: u64,
    entries: u64,
    versions: BTreeMap<String, String>,
    controls: BTreeMap<String, u64>,
    owners: BTreeSet<u64>,
    unportable: Vec<String>,
    /// Whether what is in files is looked at, so that they can be compared with others.
    whole: bool,
    marks: BTreeMap<String, Member>,
}

impl Listing {
    fn take<R: Read>(&mut self, mut member: tar::Entry<'_, R>) -> io::Result<()> {
        self.members += 1;
        let raw = member.path_bytes().into_owned();
        let shown = String::from_utf8_lossy(&raw).into_owned();
        self.portable(&raw, &shown, &member);
        let name = shown.trim_start_matches("./").trim_matches('/').to_owned();
        if name.is_empty() || name == "." {
            return Ok(());
        }
        self.entries += 1;
        self.owners.insert(member.header().uid().unwrap_or(u64::MAX));
        let mut sum = Sha256::new();
        if under(&name, "PG_VERSION").is_some() {
            let mut text = String::new();
            (&mut member).take(16).read_to_string(&mut text)?;
            sum.update(&text);
            self.versions.insert(name.clone(), text.trim().to_owned());
        } else if let Some(leading) = under(&name, "global/pg_control") {
            let mut bytes = [0; 8];
            if member.read_exact(&mut bytes).is_ok() {
                sum.update(bytes);
                self.controls.insert(leading.to_owned(), u64::from_le_bytes(bytes));
            }
        }
        if self.whole && self.marks.len() < MOST_COMPARED {
            self.mark(&name, &mut member, sum)?;
        }
        if self.top.len() < 40 {
            self.top.insert(name.split('/').next().unwrap_or_default().to_owned());
        }
        if self.files.len() < MOST_NAMES && !member.header().entry_type().is_dir() {
            let changed = member.header().mtime().ok().and_then(|at| i64::try_from(at).ok());
            self.newest = self.newest.max(changed.unwrap_or(0));
            self.files.insert(name, member.size());
        }
        Ok(())
    }

    fn mark<R: Read>(
        &mut self,
        name: &str,
        member: &mut tar::Entry<'_, R>,
        mut sum: Sha256,
    ) -> io::Result<()> {
        let header = member.header();
        let kind = match header.entry_type() {
            EntryType::Directory => 'd',
            EntryType::Symlink | EntryType::Link => 'l',
            _ => 'f',
        };
        let owner = (header.uid().unwrap_or(0), header.gid().unwrap_or(0));
        let (mode, changed) = (header.mode().unwrap_or(0) & 0o7777, header.mtime().unwrap_or(0));
        let link = member.link_name_bytes().map(|link| String::from_utf8_lossy(&link).into_owned());
        let content = if kind == 'f' {
            io::copy(member, &mut Summing(&mut sum))?;
            sum.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
        } else {
            link.unwrap_or_default()
        };
        let mut mark = Member { kind, mode, owner, changed: i64::try_from(changed).unwrap_or(0), content };
        if member.header().entry_type() == EntryType::Link {
            // Which of the names is the link is chance: it is the file that it points to, earlier in the archive.
            let other = mark.content.trim_start_matches("./").trim_start_matches('/');
            if let Some(file) = self.marks.get(other) {
                mark = file.clone();
            }
        }
        self.marks.insert(name.to_owned(), mark);
        Ok(())
    }

    fn portable<R: Read>(&mut self, raw: &[u8], shown: &str, member: &tar::Entry<'_, R>) {
        if self.unportable.len() >= 10 {
            return;
        }
        let kind = member.header().entry_type();
        let ordinary = matches!(
            kind,
            EntryType::Regular
                | EntryType::Continuous
                | EntryType::Directory
                | EntryType::Symlink
                | EntryType::Link
                | EntryType::GNUSparse
        );
        let link = member.link_name_bytes().map(|link| String::from_utf8_lossy(&link).into_owned());
        let leaves = |path: &str| path.starts_with('/') || path.split('/').any(|part| part == "..");
        let leading_link = link.as_deref().is_some_and(|link| leaves_folder(shown, link, kind));
        if std::str::from_utf8(raw).is_err() || !ordinary || leaves(shown) || leading_link {
            let target = link.map_or_else(String::new, |link| format!(" → {link}"));
            self.unportable.push(format!("{shown}{target}"));
        }
    }

    /// An empty file, or one in which tar found nothing at all.
    fn nothing(&self, size: u64) -> Option<Text> {
        if size == 0 {
            return Some(say!("le fichier est vide", "the file is empty"));
        }
        (self.members == 0).then(|| say!("l'archive ne contient rien", "the archive holds nothing"))
    }

    fn folder(mut self) -> DataFolder {
        let shortest = self.controls.iter().min_by_key(|(leading, _)| leading.len());
        let leading = shortest.map(|(leading, _)| leading.clone()).unwrap_or_default();
        let system_identifier = shortest.map(|(_, identifier)| *identifier);
        let at = |path: &str| if leading.is_empty() { path.to_owned() } else { format!("{leading}/{path}") };
        // The name of a log or state file begins with the digit that `NEEDED` names.
        let has = |path: &str| {
            let begin = at(path);
            let found = self.files.range(begin.clone()..).next();
            found.is_some_and(|(name, size)| {
                *size > 0 && if path.ends_with("/0") { name.starts_with(&begin) } else { *name == begin }
            })
        };
        let missing =
            NEEDED.iter().filter(|path| !has(path)).map(|path| at(path.trim_end_matches("/0"))).collect();
        let deeper = self.controls.iter().filter(|(at, _)| system_identifier.is_none() || **at != leading);
        let nested = deeper.map(|(at, identifier)| (at.clone(), *identifier)).collect();
        let version = self.versions.remove(&at("PG_VERSION"));
        let below = at("");
        let files = std::mem::take(&mut self.files);
        let files =
            files.into_iter().filter_map(|(name, size)| Some((name.strip_prefix(&below)?.to_owned(), size)));
        DataFolder {
            entries: self.entries,
            top: self.top.into_iter().collect(),
            version,
            system_identifier,
            files: files.collect(),
            newest: self.newest,
            missing,
            owner: (self.owners.len() == 1).then(|| self.owners.first().copied()).flatten(),
            nested,
            members: self.marks,
            leading,
        }
    }
}

/// The path above `tail`, where `name` ends with it: `a/b/PG_VERSION` is `PG_VERSION` under `a/b`.
fn under<'a>(name: &'a str, tail: &str) -> Option<&'a str> {
    if name == tail {
        return Some("");
    }
    name.strip_suffix(tail)?.strip_suffix('/')
}

/// Whether a link points out of the folder that the archive is unpacked into.
fn leaves_folder(name: &str, link: &str, kind: EntryType) -> bool {
    if link.starts_with('/') {
        return true;
    }
    // A symbolic link is relative to its own folder, a hard link to the root of the archive.
    let mut depth = if kind == EntryType::Symlink {
        name.trim_start_matches("./").trim_end_matches('/').matches('/').count()
    } else {
        0
    };
    for part in link.split('/') {
        match part {
            ".." if depth == 0 => return true,
            ".." => depth -= 1,
            "" | "." => {}
            _ => depth += 1,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_may_climb_no_higher_than_the_archive() {
        assert!(!leaves_folder("./a/b", "../c", EntryType::Symlink));
        assert!(leaves_folder("./b", "../c", EntryType::Symlink));
        assert!(leaves_folder("b", "/etc/passwd", EntryType::Symlink));
        assert!(leaves_folder("a/b", "../c", EntryType::Link));
    }

    #[test]
    fn a_tail_is_found_at_any_depth() {
        assert_eq!(under("PG_VERSION", "PG_VERSION"), Some(""));
        assert_eq!(under("data/PG_VERSION", "PG_VERSION"), Some("data"));
        assert_eq!(under("OLD_PG_VERSION", "PG_VERSION"), None);
    }
}
