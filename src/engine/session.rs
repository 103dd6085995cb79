//! A session: one learner, one daemon, one lab (and prefix). Everything it knows stands in its journal.

use std::path::Path;
use std::path::PathBuf;

use jiff::Timestamp;
use sha2::Digest;
use sha2::Sha256;

use crate::engine::entry::Entry;
use crate::engine::journal;
use crate::engine::journal::Journal;
use crate::engine::syncing::Syncing;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;
use crate::world::Daemon;
use crate::world::Memory;

/// How many hexadecimal digits name the daemon of a session.
const KEY: usize = 12;

/// The folder of all sessions.
#[derive(Clone, Debug)]
pub(crate) struct Sessions {
    home: PathBuf,
}

/// One session.
#[derive(Debug)]
pub(crate) struct Session {
    journal: Journal,
    /// What the journal tells.
    pub memory: Memory,
    /// The prefix of its objects.
    pub prefix: String,
    /// Whether it has begun and was not reset since.
    pub is_open: bool,
    /// The folder of the author's own from which the lab was read; built in where there is none.
    pub labs: Option<PathBuf>,
    /// For each step how many hints were shown.
    pub hints: std::collections::BTreeMap<String, usize>,
    named: Vec<(String, usize, String)>,
    syncing: Syncing,
}

impl Sessions {
    /// The sessions below `home`.
    pub(crate) fn new(home: &Path) -> Sessions {
        Sessions { home: home.join("sessions") }
    }

    /// Whether no session was ever begun.
    pub(crate) fn are_none(&self) -> bool {
        self.folders("").is_empty()
    }

    /// The labs that had a session on a daemon, by id.
    pub(crate) fn labs_on(&self, daemon: &Daemon) -> Vec<String> {
        let end = key("", daemon);
        let names = self.folders("").into_iter();
        let names = names.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()));
        let mut ids: Vec<String> =
            names.filter_map(|name| name.split_once(&end).map(|(id, _)| id.to_owned())).collect();
        ids.dedup();
        ids
    }

    /// The session of a lab on a daemon. Where no prefix is asked for and exactly one session is open, that is
    /// the one; where several are, the one in `here` (the current folder).
    pub(crate) fn find(
        &self,
        lab: &str,
        daemon: &Daemon,
        prefix: Option<&str>,
        here: &Path,
    ) -> Result<Session> {
        let key = key(lab, daemon);
        if let Some(prefix) = prefix {
            return self.read(&key, prefix);
        }
        let open = self.open_under(&key)?;
        match self.chosen(open, here) {
            Ok(Some(session)) => Ok(session),
            Ok(None) => self.read(&key, ""),
            Err(error) => Err(error),
        }
    }

    /// The open session of a lab, on whatever daemon: with this prefix, where one is asked for; the one in `here` before
    /// others, and the one used last before those. `None` where none is open.
    pub(crate) fn last_open(&self, lab: &str, prefix: Option<&str>, here: &Path) -> Result<Option<Session>> {
        let mut found: Option<(bool, std::time::SystemTime, Session)> = None;
        for folder in self.folders(&format!("{lab}-")).into_iter().filter(|path| is_of_lab(path, lab)) {
            let Ok(used) = folder.join("journal.ndjson").metadata().and_then(|file| file.modified()) else {
                continue;
            };
            let session = Session::read(&folder)?;
            let is_here = Path::new(&session.memory.workspace) == here;
            if !session.is_open || prefix.is_some_and(|prefix| prefix != session.prefix) {
                continue;
            }
            if found.as_ref().is_none_or(|(there, before, _)| (is_here, used) >= (*there, *before)) {
                found = Some((is_here, used, session));
            }
        }
        Ok(found.map(|(_, _, session)| session))
    }

    fn open_under(&self, key: &str) -> Result<Vec<Session>> {
        let mut open = Vec::new();
        for folder in self.folders(key) {
            let session = Session::read(&folder)?;
            if session.is_open {
                open.push(session);
            }
        }
        Ok(open)
    }

    fn chosen(&self, mut open: Vec<Session>, here: &Path) -> Result<Option<Session>> {
        if open.len() > 1 {
            open.retain(|session| Path::new(&session.memory.workspace) == here);
            if open.len() != 1 {
                return Err(Error::usage(say!(
                    "plusieurs sessions de ce laboratoire sont ouvertes sur ce moteur",
                    "several sessions of this lab are open on this daemon"
                ))
                .hint(say!(
                    "précisez laquelle avec `--prefix`, ou allez dans son dossier de travail",
                    "say which with `--prefix`, or go to its workspace"
                )));
            }
        }
        Ok(open.pop())
    }

    fn read(&self, key: &str, prefix: &str) -> Result<Session> {
        let name = if prefix.is_empty() { key.to_owned() } else { format!("{key}-{prefix}") };
        let mut session = Session::read(&self.home.join(name))?;
        prefix.clone_into(&mut session.prefix);
        Ok(session)
    }

    fn folders(&self, begin: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&self.home).into_iter().flatten().flatten();
        let fits = |path: &PathBuf| {
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(begin))
        };
        let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(fits).collect();
        folders.sort();
        folders
    }
}

/// Whether a folder is named as a session of this lab is (see [`key`]), and not of another whose name begins alike.
fn is_of_lab(folder: &Path, lab: &str) -> bool {
    let name = folder.file_name().and_then(|name| name.to_str());
    let Some(rest) = name.and_then(|name| name.strip_prefix(lab)?.strip_prefix('-')) else { return false };
    let (sum, prefix) = rest.split_once('-').map_or((rest, None), |(sum, prefix)| (sum, Some(prefix)));
    sum.len() == KEY && sum.bytes().all(|byte| byte.is_ascii_hexdigit()) && prefix != Some("")
}

/// Engine ids repeat on cloned machines, so the machine's name belongs to the key.
fn key(lab: &str, daemon: &Daemon) -> String {
    let sum = Sha256::digest(format!("{}\n{}", daemon.id, daemon.name));
    let short: String = sum.iter().take(KEY / 2).map(|byte| format!("{byte:02x}")).collect();
    format!("{lab}-{short}")
}

impl Session {
    fn read(folder: &Path) -> Result<Session> {
        let journal = Journal::read(&folder.join("journal.ndjson"))?;
        let mut session = Session {
            journal,
            memory: Memory::default(),
            prefix: String::new(),
            is_open: false,
            labs: None,
            hints: std::collections::BTreeMap::new(),
            named: Vec::new(),
            syncing: Syncing::default(),
        };
        session.fold();
        Ok(session)
    }

    /// Whether the journal's last line was torn and left out.
    pub(crate) fn was_torn(&self) -> bool {
        self.journal.torn
    }

    /// When something new was seen last.
    pub(crate) fn last_news(&self) -> Option<Timestamp> {
        self.journal.entries.last().map(|(at, _)| *at)
    }

    /// Where it is kept.
    pub(super) fn file(&self) -> &Path {
        self.journal.path()
    }

    /// Reads again what other processes have written since; answers whether they have.
    pub(crate) fn refresh(&mut self) -> Result<bool> {
        let now = Journal::read(self.file())?;
        let grown = now.entries.len() != self.journal.entries.len();
        if grown {
            self.journal = now;
            self.fold();
        }
        Ok(grown)
    }

    /// A file beside the journal, for what proves nothing.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.journal.beside(name)
    }

    /// Writes entries, and knows them from then on.
    pub(crate) fn note(&mut self, at: Timestamp, entries: &[Entry]) -> Result<()> {
        let written = self.journal.append(at, entries)?;
        self.fold();
        let synced = written.map_or(Ok(()), |file| self.syncing.take(file));
        synced.map_err(|error| journal::unsynced(self.file(), &error))
    }

    /// The file name that `run` chose for an operation, if it has.
    pub(crate) fn named(&self, step: &str, operation: usize) -> Option<&str> {
        let fits = |(at, number, _): &&(String, usize, String)| at == step && *number == operation;
        self.named.iter().find(fits).map(|(_, _, path)| path.as_str())
    }

    fn fold(&mut self) {
        self.memory = Memory::default();
        self.is_open = false;
        self.labs = None;
        self.hints.clear();
        self.named.clear();
        let entries = std::mem::take(&mut self.journal.entries);
        for (_, entry) in &entries {
            self.take(entry);
        }
        self.journal.entries = entries;
    }

    fn take(&mut self, entry: &Entry) {
        let memory = &mut self.memory;
        match entry {
            Entry::Opened { prefix, workspace, began, baseline, .. } => {
                self.prefix.clone_from(prefix);
                self.is_open = true;
                self.labs = None;
                // What somebody wrote after the reset belongs to no session.
                *memory = Memory::default();
                self.hints.clear();
                self.named.clear();
                memory.workspace.clone_from(workspace);
                memory.baseline = baseline.clone();
                memory.began = *began;
            }
            Entry::LabFrom(folder) => self.labs = Some(PathBuf::from(folder)),
            Entry::Stood(all) => memory.stood.extend(all.iter().cloned()),
            Entry::SawContainer(seen) => memory.containers.push(seen.clone()),
            Entry::SawVolume(seen) => memory.volumes.push(seen.clone()),
            Entry::SawCluster(seen) => memory.clusters.push(seen.clone()),
            Entry::SawUse(seen) => {
                // A container that is started again may mount more: the last word counts.
                memory.uses.retain(|old| old.container != seen.container);
                memory.uses.push(seen.clone());
            }
            Entry::SawPrune(at) => memory.prunes.push(*at),
            Entry::SawFile(path) => memory.files.push(path.clone()),
            Entry::Drilled(drill) => memory.drills.push(drill.clone()),
            Entry::Tried(run) => memory.trials.push(run.clone()),
            Entry::Passed { check, evidence } => {
                drop(memory.evidence.insert(check.clone(), evidence.clone()));
            }
            Entry::Progress { step, done } => drop(memory.progress.insert(step.clone(), *done)),
            Entry::Named { step, operation, path } => {
                self.named.push((step.clone(), *operation, path.clone()));
            }
            Entry::Answered(answer) => memory.answers.push(answer.clone()),
            Entry::Hinted { step, level } => drop(self.hints.insert(step.clone(), *level)),
            Entry::At { step } => {
                memory.skipped.remove(step);
                memory.at = Some(step.clone());
            }
            Entry::Skipped { step } => drop(memory.skipped.insert(step.clone())),
            Entry::Helped { step } => drop(memory.helped.insert(step.clone())),
            Entry::Drew { step, storage } => drop(memory.maps.insert(step.clone(), storage.clone())),
            Entry::Expected { question, option } => {
                drop(memory.expected.insert(question.clone(), option.clone()));
            }
            Entry::Redone { step } => {
                memory.evidence.retain(|check, _| check.step != *step);
                memory.progress.remove(step);
                memory.maps.remove(step);
                self.hints.remove(step);
            }
            Entry::Reset { .. } => {
                self.memory = Memory::default();
                self.is_open = false;
                self.hints.clear();
                self.named.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Baseline;

    #[test]
    fn a_session_begins_with_nothing_of_the_one_before() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let mut session = Session::read(folder.path()).expect("a session");
        let opened = Entry::Opened {
            lab: "volumes".to_owned(),
            prefix: String::new(),
            workspace: "/work".to_owned(),
            daemon: Daemon::default(),
            began: 7,
            baseline: Baseline::default(),
        };
        let late = Entry::SawVolume("postgres_data".to_owned());
        let reset = Entry::Reset { removed: Vec::new() };
        let hint = Entry::Hinted { step: "create".to_owned(), level: 2 };
        let all = [opened.clone(), reset, late, hint, opened];
        session.note(Timestamp::UNIX_EPOCH, &all).expect("noted");
        assert!(session.is_open);
        assert_eq!((session.memory.volumes.len(), session.hints.len(), session.memory.began), (0, 0, 7));
    }

    #[test]
    fn the_open_session_is_that_of_the_prefix_and_of_the_lab() {
        let home = tempfile::TempDir::new().expect("a folder");
        let sessions = Sessions::new(home.path());
        let begin = |lab: &str, prefix: &str, end: &[Entry]| {
            let daemon = Daemon::default();
            let mut session = sessions.read(&key(lab, &daemon), prefix).expect("a session");
            let opened = Entry::Opened {
                lab: lab.to_owned(),
                prefix: prefix.to_owned(),
                workspace: format!("/home/{prefix}/lab"),
                daemon,
                began: 7,
                baseline: Baseline::default(),
            };
            session.note(Timestamp::UNIX_EPOCH, &[&[opened], end].concat()).expect("noted");
        };
        let of = |prefix: Option<&str>, here: &str| {
            let found = sessions.last_open("volumes", prefix, Path::new(here)).expect("readable");
            found.map(|session| session.prefix)
        };
        begin("volumes-2", "", &[]);
        assert_eq!(of(None, "/"), None, "another lab's evidence proves nothing here");
        begin("volumes", "alice", &[]);
        begin("volumes", "bob-2", &[]);
        begin("volumes", "carol", &[Entry::Reset { removed: Vec::new() }]);
        assert_eq!(of(Some("alice"), "/").as_deref(), Some("alice"));
        assert_eq!(of(Some("bob-2"), "/").as_deref(), Some("bob-2"));
        assert_eq!(of(None, "/home/alice/lab").as_deref(), Some("alice"));
        assert!(of(None, "/").is_some_and(|prefix| prefix != "carol"), "a session that was reset hides none");
        assert_eq!(of(Some("carol"), "/"), None);
    }
}
