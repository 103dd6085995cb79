//! The session's journal: append-only, synced, each line chained to the one before by a hash. A torn last line is
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

use crate::error::Error;
use crate::error::Result;
use crate::text::say;
use crate::world::Answered;
use crate::world::Baseline;
use crate::world::CheckRef;
use crate::world::Daemon;
use crate::world::Drilled;
use crate::world::Evidence;
use crate::world::ScriptRun;
use crate::world::SeenCluster;
use crate::world::SeenContainer;
use crate::world::Storage;
use crate::world::Use;

/// Something that happened in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Entry {
    /// The session began.
    Opened {
        /// The lab's id.
        lab: String,
        /// The prefix of the session's objects.
        prefix: String,
        /// The workspace's absolute path.
        workspace: String,
        /// The daemon.
        daemon: Daemon,
        /// The Unix second on the daemon's clock.
        began: i64,
        /// What stood before.
        baseline: Baseline,
    },
    /// Containers (ids) and volumes (names) that bore the lab's names already when the session began.
    Stood(Vec<String>),
    /// The folder of the author's own from which the lab was read.
    LabFrom(String),
    /// A container of the lab was seen.
    SawContainer(SeenContainer),
    /// A volume of the lab was seen.
    SawVolume(String),
    /// A database of the lab was seen in a new state.
    SawCluster(SeenCluster),
    /// The daemon told of a container that used the lab's volumes, or bore one of its names.
    SawUse(Use),
    /// The daemon told that volumes were pruned, at this Unix second.
    SawPrune(i64),
    /// A file of the lab was seen.
    SawFile(String),
    /// A script was tried.
    Tried(ScriptRun),
    /// An archive was restored for trial.
    Drilled(Drilled),
    /// A check passed.
    Passed {
        /// Which.
        check: CheckRef,
        /// Its proof.
        evidence: Evidence,
    },
    /// `run` has done so many operations of a step.
    Progress {
        /// The step's id.
        step: String,
        /// How many operations are done; 0 when the step begins.
        done: usize,
    },
    /// `run` chose a file's name.
    Named {
        /// The step's id.
        step: String,
        /// The operation's number in the step, from 0.
        operation: usize,
        /// The path below the workspace.
        path: String,
    },
    /// A question was answered.
    Answered(Answered),
    /// A hint was shown.
    Hinted {
        /// The step's id.
        step: String,
        /// How many hints of it were shown so far.
        level: usize,
    },
    /// The guided session moved to a step.
    At {
        /// The step's id.
        step: String,
    },
    /// A step was skipped.
    Skipped {
        /// The step's id.
        step: String,
    },
    /// The solution of a step was shown.
    Helped {
        /// The step's id.
        step: String,
    },
    /// The storage was drawn when a step was passed.
    Drew {
        /// The step's id.
        step: String,
        /// The picture.
        storage: Storage,
    },
    /// The learner said what they expect.
    Expected {
        /// The question, as `step.question`.
        question: String,
        /// The option's id.
        option: String,
    },
    /// What a step made was removed, so that it can be done again: its evidence no longer counts.
    Redone {
        /// The step's id.
        step: String,
    },
    /// The session's objects were removed; what came before no longer counts.
    Reset {
        /// What was removed, in words.
        removed: Vec<String>,
    },
}

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

    /// Appends entries and waits until they are on disk; all of them or none. What belongs to a session that another
    /// process has ended meanwhile is not kept.
    pub(super) fn append(&mut self, at: Timestamp, entries: &[Entry]) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
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
            return Ok(());
        }
        let lines = now.chain(at, entries).map_err(|error| unwritten(&path, &error))?;
        if let Err(error) = write_after(&mut file, whole, &lines) {
            // A half-written line would look torn; better none at all.
            let _ = file.set_len(whole);
            return Err(unwritten(&path, &error));
        }
        *self = now;
        Ok(())
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
    file.write_all(lines)?;
    file.sync_data()
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
