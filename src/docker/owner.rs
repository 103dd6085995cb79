//! Who made a scratch container: so that what a killed process left can be told from what a living one uses.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::hash::Hasher;

/// The value of the label: this boot of this machine, the process's own view of process ids, and its id; where the
/// system tells none of that, the id alone.
pub(super) fn mark() -> String {
    format!("{}/{}", here(), std::process::id())
}

/// A name that no other scratch container has: the seed of a new hasher is random.
pub(super) fn name() -> String {
    format!("docker-lab-scratch-{:016x}", RandomState::new().build_hasher().finish())
}

/// Whether the process that made a container is known to have ended.
pub(super) fn is_gone(mark: &str) -> bool {
    let Some((place, id)) = mark.rsplit_once('/') else { return false };
    !place.is_empty() && place == here() && !std::path::Path::new("/proc").join(id).exists()
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
}
