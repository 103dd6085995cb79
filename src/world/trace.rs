//! What the daemon's history tells of containers that are gone: which volumes they used, and whether somebody pruned.

use serde::Deserialize;
use serde::Serialize;

use crate::world::Held;

/// What of the daemon's history is still known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Traces {
    /// The containers that used volumes, in order.
    pub uses: Vec<Use>,
    /// The Unix seconds at which unused volumes were pruned.
    pub prunes: Vec<i64>,
}

/// A container that used volumes, while it ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Use {
    /// The container's full id.
    pub container: String,
    /// Its name.
    pub name: String,
    /// Its image.
    pub image: String,
    /// The Unix second at which it was started.
    pub at: i64,
    /// The volumes it mounted, by name.
    pub volumes: Vec<String>,
    /// Those of them that it could only read.
    #[serde(default)]
    pub read_only: Vec<String>,
}

impl Use {
    /// Whether it used a volume.
    pub(crate) fn has(&self, volume: &str) -> bool {
        self.volumes.iter().any(|one| one == volume)
    }

    /// The same container, as both tell of it: the daemon forgets its oldest events, and what is started again may mount
    /// more. Where they differ the later one is right.
    pub(crate) fn and(&self, later: &Use) -> Use {
        let mut whole = later.clone();
        for (known, said) in [(&self.name, &mut whole.name), (&self.image, &mut whole.image)] {
            if said.is_empty() {
                said.clone_from(known);
            }
        }
        for volume in self.volumes.iter().filter(|volume| !later.has(volume)) {
            whole.volumes.push(volume.clone());
            if !self.writes(volume) {
                whole.read_only.push(volume.clone());
            }
        }
        whole
    }

    /// Whether it could write to a volume.
    pub(crate) fn writes(&self, volume: &str) -> bool {
        self.has(volume) && !self.read_only.iter().any(|one| one == volume)
    }
}

/// What the lists do not tell of a container: what it keeps in memory and, once it has ended, its last words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LastWords {
    /// Whether it runs.
    pub running: bool,
    /// Its exit code.
    pub exit: i64,
    /// Where it keeps things in memory.
    pub in_memory: Vec<String>,
    /// The same places, with the limits they were given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memory: Vec<Held>,
    /// When it was started last, as the daemon tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<String>,
    /// The last lines it wrote.
    pub lines: Vec<String>,
}

impl LastWords {
    /// The memory at a path inside the container.
    pub(crate) fn memory_at(&self, target: &str) -> Option<&Held> {
        self.memory.iter().find(|held| held.target.trim_end_matches('/') == target.trim_end_matches('/'))
    }

    /// What a database server says of its data folder, where it ended because of that: not because memory, the disk
    /// or the daemon failed it, or because it is not the version that wrote the data.
    pub(crate) fn fault_of_the_data(&self) -> Option<&str> {
        let others =
            ["No space left", "ut of memory", "annot allocate memory", "shared memory", "incompatible with"];
        // 128 and a signal: somebody ended it.
        let by_itself = !self.running && self.exit > 0 && self.exit < 128;
        let excused = others.iter().any(|words| self.lines.iter().any(|line| line.contains(words)));
        let faults = |line: &&String| line.contains("PANIC:") || line.contains("FATAL:");
        self.lines.iter().find(faults).filter(|_| by_itself && !excused).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(exit: i64, line: &str) -> LastWords {
        LastWords {
            running: false,
            exit,
            in_memory: Vec::new(),
            memory: Vec::new(),
            started: None,
            lines: vec![line.to_owned()],
        }
    }

    #[test]
    fn only_what_a_server_says_of_its_data_is_held_against_them() {
        for line in [
            "PANIC:  could not locate a valid checkpoint record",
            "FATAL:  could not open directory \"pg_notify\"",
        ] {
            assert!(ended(1, line).fault_of_the_data().is_some(), "{line}");
            assert!(ended(137, line).fault_of_the_data().is_none(), "killed after {line}");
            assert!(
                LastWords { running: true, ..ended(0, line) }.fault_of_the_data().is_none(),
                "still at it: {line}"
            );
        }
        for line in [
            "",
            "LOG:  database system was shut down",
            "FATAL:  could not write lock file \"postmaster.pid\": No space left on device",
            "FATAL:  could not map anonymous shared memory: Cannot allocate memory",
            "FATAL:  database files are incompatible with server",
        ] {
            assert!(ended(1, line).fault_of_the_data().is_none(), "{line}");
        }
    }

    #[test]
    fn what_the_daemon_forgot_of_a_container_stays_known() {
        let told = |name: &str, volumes: &[&str], read_only: &[&str]| Use {
            container: "1".to_owned(),
            name: name.to_owned(),
            image: String::new(),
            at: 1,
            volumes: volumes.iter().map(|&one| one.to_owned()).collect(),
            read_only: read_only.iter().map(|&one| one.to_owned()).collect(),
        };
        let whole = told("helper", &["from", "to"], &["from"]);
        let both = whole.and(&told("", &["to"], &[]));
        assert_eq!((both.name.as_str(), both.writes("to"), both.has("from")), ("helper", true, true));
        assert!(!both.writes("from"));
        assert_eq!(both.and(&both), both, "what is known is no news");
    }
}
