//! The session's journal: append-only, synced (see `syncing`), each line chained to the one before by a hash. A torn last line is
//! dropped with a notice; a broken chain is reported and nothing after it is believed.

use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Read;
use std::io::Seek;
use std::io::SeekFrom;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::Digest;
use sha2::Sha256;

use crate::engine::entry::Entry;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;

/// A line of the file.
#[derive(Deserialize, Serialize)]
struct Line<'a> {
    at: Timestamp,
    prev: String,
    #[serde(borrow)]
    entry: &'a RawValue,
    hash: String,
}

/// A journal on disk.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    /// What happened, in order.
    pub(super) entries: Vec<(Timestamp, Entry)>,
    /// Whether the last line was torn and left out.
    pub(super) torn: bool,
    last: String,
}

impl Journal {
    /// Reads a journal; one that does not exist is empty.
    pub(super) fn read(path: &Path) -> Result<Journal> {
        let mut text = Vec::new();
        match File::open(path) {
            Ok(mut file) => drop(file.read_to_end(&mut text).map_err(|error| unreadable(path, &error))?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(unreadable(path, &error)),
        }
        Journal::parse(path, &text).map(|(journal, _)| journal)
    }

    /// The file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A file in the journal's folder.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.path.with_file_name(name)
    }

    /// The journal, and how many bytes of the file are whole lines.
    fn parse(path: &Path, text: &[u8]) -> Result<(Journal, u64)> {
        let mut journal =
            Journal { path: path.to_owned(), entries: Vec::new(), torn: false, last: genesis() };
        let mut whole = 0;
        let mut lines = text.split_inclusive(|&byte| byte == b'\n').enumerate().peekable();
        while let Some((number, line)) = lines.next() {
            let read = line.ends_with(b"\n").then(|| read_line(line)).flatten();
            match read {
                Some((at, entry, prev, hash)) if prev == journal.last => {
                    journal.entries.push((at, entry));
                    journal.last = hash;
                    whole += line.len() as u64;
                }
                // Only what was being written when the machine stopped can be torn.
                None if lines.peek().is_none() => journal.torn = true,
                Some(_) | None => return Err(broken(path, number + 1)),
            }
        }
        Ok((journal, whole))
    }

    /// Appends entries, all of them or none; what others rest on is on disk then, the rest when the answered file has
    /// been synced. What belongs to a session that another process has ended meanwhile is not kept.
    pub(super) fn append(&mut self, at: Timestamp, entries: &[Entry]) -> Result<Option<File>> {
        if entries.is_empty() {
            return Ok(None);
        }
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| unwritten(&self.path, &error))?;
        }
        let path = self.path.clone();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| unwritten(&path, &error))?;
        file.lock().map_err(|error| unwritten(&path, &error))?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(|error| unreadable(&path, &error))?;
        // Another process may have written since: the chain goes on from what is there now.
        let (mut now, whole) = Journal::parse(&path, &text)?;
        let news = now.entries.get(self.entries.len()..).unwrap_or_default();
        let ended = news.iter().any(|(_, entry)| matches!(entry, Entry::Reset { .. }));
        if ended && !matches!(entries, [Entry::Opened { .. }, ..]) {
            *self = now;
            return Ok(None);
        }
        let lines = now.chain(at, entries).map_err(|error| unwritten(&path, &error))?;
        let at_once = entries.iter().any(Entry::is_awaited);
        let written = write_after(&mut file, whole, &lines);
        if let Err(error) = written.and_then(|()| if at_once { file.sync_data() } else { Ok(()) }) {
            // A half-written line would look torn; better none at all.
            let _ = file.set_len(whole);
            return Err(unwritten(&path, &error));
        }
        *self = now;
        // Whoever syncs the file keeps nobody else waiting.
        file.unlock().map_err(|error| unwritten(&path, &error))?;
        Ok((!at_once).then_some(file))
    }

    /// Chains entries to the last line, in memory and as text.
    fn chain(&mut self, at: Timestamp, entries: &[Entry]) -> io::Result<Vec<u8>> {
        let mut lines = Vec::new();
        for entry in entries {
            let raw = serde_json::value::to_raw_value(entry)?;
            let hash = link(&self.last, &at, raw.get());
            let line = Line { at, prev: self.last.clone(), entry: &raw, hash: hash.clone() };
            serde_json::to_writer(&mut lines, &line)?;
            lines.push(b'\n');
            self.last = hash;
            self.entries.push((at, entry.clone()));
        }
        Ok(lines)
    }
}

fn write_after(file: &mut File, whole: u64, lines: &[u8]) -> io::Result<()> {
    file.set_len(whole)?;
    file.seek(SeekFrom::Start(whole))?;
    file.write_all(lines)
}

fn read_line(line: &[u8]) -> Option<(Timestamp, Entry, String, String)> {
    let line: Line<'_> = serde_json::from_slice(line).ok()?;
    if link(&line.prev, &line.at, line.entry.get()) != line.hash {
        return None;
    }
    let entry = serde_json::from_str(line.entry.get()).ok()?;
    Some((line.at, entry, line.prev, line.hash))
}

fn genesis() -> String {
    link("", &Timestamp::UNIX_EPOCH, "docker-lab journal, format 1")
}

fn link(prev: &str, at: &Timestamp, entry: &str) -> String {
    let sum = Sha256::digest(format!("{prev}\n{at}\n{entry}"));
    sum.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    let path = path.display();
    Error::environment(say!(
        "le journal `{path}` n'a pas pu être lu",
        "the journal `{path}` could not be read"
    ))
    .because(error)
}

fn unwritten(path: &Path, error: &io::Error) -> Error {
    let path = path.display();
    Error::environment(say!(
        "le journal `{path}` n'a pas pu être écrit ; rien n'y a été perdu",
        "the journal `{path}` could not be written; nothing in it was lost"
    ))
    .because(error)
    .hint(say!(
        "faites de la place sur le disque, ou choisissez un autre dossier avec `DOCKER_LAB_HOME`",
        "make room on the disk, or choose another folder with `DOCKER_LAB_HOME`"
    ))
}

/// Unlike [`unwritten`], it is there for everybody who reads it, for as long as the machine has power.
pub(super) fn unsynced(path: &Path, error: &io::Error) -> Error {
    let path = path.display();
    Error::environment(say!(
        "le disque n'a pas gardé le journal `{path}`",
        "the disk did not keep the journal `{path}`"
    ))
    .because(error)
    .hint(say!(
        "vérifiez le disque, et copiez ce fichier ailleurs avant d'éteindre la machine",
        "check the disk, and copy this file elsewhere before the machine is switched off"
    ))
}

fn broken(path: &Path, line: usize) -> Error {
    let path = path.display();
    Error::environment(say!(
        "le journal `{path}` a été modifié : la chaîne est rompue à la ligne {line}, ses preuves ne valent plus",
        "the journal `{path}` was changed: the chain is broken at line {line}, its evidence no longer counts"
    ))
    .hint(say!(
        "mettez-le de côté (`mv {path} {path}.old`) et recommencez par `docker-lab start`",
        "put it aside (`mv {path} {path}.old`) and begin again with `docker-lab start`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_into_a_session_that_somebody_else_has_ended() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let path = written(folder.path());
        let [mut one, mut other] = [Journal::read(&path), Journal::read(&path)].map(|one| one.expect("read"));
        let reset = Entry::Reset { removed: Vec::new() };
        other.append(Timestamp::UNIX_EPOCH, &[reset]).expect("written");
        one.append(Timestamp::UNIX_EPOCH, &[Entry::SawFile("late".to_owned())]).expect("left out");
        assert!(matches!(one.entries.last(), Some((_, Entry::Reset { .. }))));
        assert_eq!(Journal::read(&path).expect("read").entries, other.entries);
    }

    fn written(folder: &Path) -> PathBuf {
        let path = folder.join("journal.ndjson");
        let mut journal = Journal::read(&path).expect("empty");
        for file in ["a", "b", "c"] {
            journal.append(Timestamp::UNIX_EPOCH, &[Entry::SawFile(file.to_owned())]).expect("written");
        }
        path
    }

    #[test]
    fn what_was_written_is_read_again() {
        let folder = tempfile::tempdir().expect("folder");
        let journal = Journal::read(&written(folder.path())).expect("readable");
        assert_eq!(journal.entries.len(), 3);
        assert!(!journal.torn);
    }

    #[test]
    fn a_torn_last_line_is_dropped_and_written_over() {
        let folder = tempfile::tempdir().expect("folder");
        let path = written(folder.path());
        let text = std::fs::read(&path).expect("text");
        std::fs::write(&path, &text[..text.len() - 20]).expect("cut");
        let mut journal = Journal::read(&path).expect("readable");
        assert!(journal.torn);
        assert_eq!(journal.entries.len(), 2);
        journal.append(Timestamp::UNIX_EPOCH, &[Entry::SawFile("d".to_owned())]).expect("written");
        assert_eq!(Journal::read(&path).expect("readable").entries.len(), 3);
    }

    #[test]
    fn a_changed_line_breaks_the_chain() {
        let folder = tempfile::tempdir().expect("folder");
        let path = written(folder.path());
        let text = std::fs::read_to_string(&path).expect("text").replace("\"b\"", "\"x\"");
        std::fs::write(&path, text).expect("changed");
        let error = Journal::read(&path).expect_err("broken");
        assert!(error.what.en.contains("line 2"), "{}", error.what.en);
    }

    #[test]
    fn two_writers_go_on_from_each_other() {
        let folder = tempfile::tempdir().expect("folder");
        let path = written(folder.path());
        let (mut one, mut two) = (Journal::read(&path).expect("one"), Journal::read(&path).expect("two"));
        one.append(Timestamp::UNIX_EPOCH, &[Entry::SawFile("d".to_owned())]).expect("one");
        two.append(Timestamp::UNIX_EPOCH, &[Entry::SawFile("e".to_owned())]).expect("two");
        assert_eq!(Journal::read(&path).expect("readable").entries.len(), 5);
    }
}
