//! Who made a scratch container: so that what a killed process left can be told from what a living one uses.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::hash::Hasher;
use std::path::Path;

/// How the name of every scratch container begins.
const NAMED: &str = "docker-lab-scratch-";

/// The value of the label: this boot of this machine, the process's own view of process ids, and its id; where the
/// system tells none of that, the id alone.
pub(super) fn mark() -> String {
    format!("{}/{}", here(), std::process::id())
}

/// A name that no other scratch container has: the seed of a new hasher is random.
pub(super) fn name() -> String {
    format!("{NAMED}{:016x}", RandomState::new().build_hasher().finish())
}

/// Whether a name is one of these.
pub(super) fn is_scratch(name: &str) -> bool {
    name.starts_with(NAMED)
}

/// Whether the process that made a container is known to have ended.
pub(super) fn is_gone(mark: &str) -> bool {
    let Some((place, id)) = mark.rsplit_once('/') else { return false };
    !place.is_empty() && place == here() && is_not_in(Path::new("/proc"), id)
}

/// Whether a process is not listed, though others are: a system that hides them (`hidepid`) hides the first one too.
fn is_not_in(processes: &Path, id: &str) -> bool {
    processes.join("1").exists() && !processes.join(id).exists()
}

/// This machine since it was started, and the namespace in which process ids count here; empty where there is no
/// `/proc` to ask.
fn here() -> String {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let ids =
        std::fs::read_link("/proc/self/ns/pid").map(|link| link.display().to_string()).unwrap_or_default();
    let digits: String = ids.chars().filter(char::is_ascii_digit).collect();
    if boot.is_empty() || digits.is_empty() { String::new() } else { format!("{}-{digits}", boot.trim()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_living_process_is_not_gone_and_a_foreign_one_is_not_known() {
        assert!(!is_gone(&mark()));
        assert!(is_gone(&format!("{}/999999999", here())));
        assert!(!is_gone("another-machine/999999999"));
        assert!(!is_gone("/1"));
    }

    #[test]
    fn where_processes_are_hidden_nobody_is_known_to_be_gone() {
        let processes = tempfile::tempdir().expect("a folder");
        assert!(!is_not_in(processes.path(), "42"));
        std::fs::create_dir(processes.path().join("1")).expect("the first process");
        assert!(is_not_in(processes.path(), "42"));
        std::fs::create_dir(processes.path().join("42")).expect("a process");
        assert!(!is_not_in(processes.path(), "42"));
    }
}
