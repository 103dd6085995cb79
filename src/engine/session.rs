//! A session: one learner, one daemon, one lab (and prefix). Everything it knows stands in its journal.

use std::path::Path;
use std::path::PathBuf;

use jiff::Timestamp;
use sha2::Digest;
use sha2::Sha256;

use crate::engine::journal::Entry;
use crate::engine::journal::Journal;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;
use crate::world::Daemon;
use crate::world::Memory;

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
    /// For each step how many hints were shown.
    pub hints: std::collections::BTreeMap<String, usize>,
    named: Vec<(String, usize, String)>,
}

impl Sessions {
    /// The sessions below `home`.
    pub(crate) fn new(home: &Path) -> Sessions {
        Sessions { home: home.join("sessions") }
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

    /// The session of a lab that was used last, on whatever daemon.
    pub(crate) fn latest(&self, lab: &str) -> Result<Option<Session>> {
        let mut folders: Vec<(std::time::SystemTime, PathBuf)> = self
            .folders(&format!("{lab}-"))
            .into_iter()
            .filter_map(|path| Some((path.join("journal.ndjson").metadata().ok()?.modified().ok()?, path)))
            .collect();
        folders.sort();
        folders.pop().map(|(_, path)| Session::read(&path)).transpose()
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

/// Engine ids repeat on cloned machines, so the machine's name belongs to the key.
fn key(lab: &str, daemon: &Daemon) -> String {
    let sum = Sha256::digest(format!("{}\n{}", daemon.id, daemon.name));
    let short: String = sum.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
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
            hints: std::collections::BTreeMap::new(),
            named: Vec::new(),
        };
        session.fold();
        Ok(session)
    }

    /// Whether the journal's last line was torn and left out.
    pub(crate) fn was_torn(&self) -> bool {
        self.journal.torn
    }

    /// Writes entries, and knows them from then on.
    pub(crate) fn note(&mut self, at: Timestamp, entries: &[Entry]) -> Result<()> {
        self.journal.append(at, entries)?;
        self.fold();
        Ok(())
    }

    /// The file name that `run` chose for an operation, if it has.
    pub(crate) fn named(&self, step: &str, operation: usize) -> Option<&str> {
        let fits = |(at, number, _): &&(String, usize, String)| at == step && *number == operation;
        self.named.iter().find(fits).map(|(_, _, path)| path.as_str())
    }

    fn fold(&mut self) {
        self.memory = Memory::default();
        self.is_open = false;
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
                memory.workspace.clone_from(workspace);
                memory.baseline = baseline.clone();
                memory.began = *began;
            }
            Entry::SawContainer(seen) => memory.containers.push(seen.clone()),
            Entry::SawVolume(seen) => memory.volumes.push(seen.clone()),
            Entry::SawCluster(seen) => memory.clusters.push(seen.clone()),
            Entry::SawFile(path) => memory.files.push(path.clone()),
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
            Entry::Reset { .. } => {
                self.memory = Memory::default();
                self.is_open = false;
                self.hints.clear();
                self.named.clear();
            }
        }
    }
}
