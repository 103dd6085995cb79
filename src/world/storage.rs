//! A picture of the storage on a daemon: who mounts what, and where. Plain data, so that it can be kept and drawn
//! again later.

use serde::Deserialize;
use serde::Serialize;

use crate::world::MountKind;
use crate::world::Resources;
use crate::world::SeenContainer;
use crate::world::is_anonymous;

/// The storage of a daemon, or the part of it that somebody chose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Storage {
    /// The containers, by name.
    pub containers: Vec<Tenant>,
    /// The volumes: those with names of their own first, each kind by name.
    pub volumes: Vec<StoredVolume>,
    /// How much there is besides.
    #[serde(default)]
    pub others: Others,
}

/// How much a picture leaves out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Others {
    /// So many containers.
    pub containers: usize,
    /// So many volumes.
    pub volumes: usize,
}

/// A container, and what it mounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tenant {
    /// The full id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The image as it was named at creation.
    pub image: String,
    /// `running`, `exited`, `created`, …
    pub state: String,
    /// What it mounts, by target.
    pub mounts: Vec<Held>,
}

/// A mount of a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Held {
    /// Its kind.
    pub kind: MountKind,
    /// The volume's name, or the path on the host; nothing for a tmpfs.
    pub source: String,
    /// The path inside the container.
    pub target: String,
    /// Whether the container may write there.
    pub writable: bool,
    /// How large a tmpfs may grow, in bytes, where a limit is set.
    pub limit: Option<u64>,
}

/// A volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredVolume {
    /// The name.
    pub name: String,
    /// The driver.
    pub driver: String,
    /// Whether Docker made the name up.
    pub anonymous: bool,
    /// The size in bytes, where it could be had.
    pub size: Option<u64>,
    /// Nobody asked for the size.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unmeasured: bool,
    /// The names of the containers that mount it, running or not.
    pub users: Vec<String>,
}

impl StoredVolume {
    /// Whether no container uses it.
    pub(crate) fn is_orphan(&self) -> bool {
        self.users.is_empty()
    }
}

impl Held {
    /// Whether it is a volume that Docker named itself.
    pub(crate) fn is_anonymous(&self) -> bool {
        self.kind == MountKind::Volume && is_anonymous(&self.source)
    }
}

impl Tenant {
    /// Whether it mounts this volume.
    fn mounts_volume(&self, name: &str) -> bool {
        self.mounts.iter().any(|held| held.kind == MountKind::Volume && held.source == name)
    }
}

impl Storage {
    /// Whether there is nothing to draw.
    pub(crate) fn is_empty(&self) -> bool {
        self.containers.is_empty() && self.volumes.is_empty()
    }

    /// The volume of a name.
    pub(crate) fn volume(&self, name: &str) -> Option<&StoredVolume> {
        self.volumes.iter().find(|volume| volume.name == name)
    }

    /// The part that belongs to a lab: its volumes and containers, the containers that were seen in the session
    /// with the anonymous volumes they had, and whoever else mounts a volume of the lab's. The rest is counted.
    #[must_use]
    pub(crate) fn only(self, own: &Resources, seen: &[SeenContainer]) -> Storage {
        let is_left = |name: &String| seen.iter().any(|one| one.anonymous.contains(name));
        let of_lab = |volume: &str| own.has_volume(volume);
        let (near, far): (Vec<Tenant>, Vec<Tenant>) = self.containers.into_iter().partition(|one| {
            own.has_container(&one.name)
                || seen.iter().any(|known| known.id == one.id)
                || one.mounts.iter().any(|held| held.kind == MountKind::Volume && of_lab(&held.source))
        });
        let (kept, left): (Vec<StoredVolume>, Vec<StoredVolume>) =
            self.volumes.into_iter().partition(|one| {
                of_lab(&one.name)
                    || is_left(&one.name)
                    || near.iter().any(|tenant| tenant.mounts_volume(&one.name))
            });
        let others = Others {
            containers: self.others.containers + far.len(),
            volumes: self.others.volumes + left.len(),
        };
        Storage { containers: near, volumes: kept, others }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(name: &str, volume: &str) -> Tenant {
        let held = Held {
            kind: MountKind::Volume,
            source: volume.to_owned(),
            target: "/data".to_owned(),
            writable: true,
            limit: None,
        };
        let (id, image, state) = (format!("id-{name}"), "alpine".to_owned(), "running".to_owned());
        Tenant { id, name: name.to_owned(), image, state, mounts: vec![held] }
    }

    fn volume(name: &str) -> StoredVolume {
        let (name, driver) = (name.to_owned(), "local".to_owned());
        StoredVolume { name, driver, anonymous: false, size: None, unmeasured: false, users: Vec::new() }
    }

    #[test]
    fn the_labs_part_is_what_it_owns_what_was_seen_and_who_shares_its_volumes() {
        let all = Storage {
            containers: vec![
                tenant("own", "extra"),
                tenant("guest", "data"),
                tenant("far", "else"),
                tenant("x", "y"),
            ],
            volumes: ["data", "else", "extra", "left", "y"].map(volume).to_vec(),
            others: Others::default(),
        };
        let own = Resources {
            volumes: vec!["data".to_owned()],
            containers: vec!["own".to_owned()],
            ..Resources::default()
        };
        let seen = |id: &str, anonymous: &str| SeenContainer {
            name: String::new(),
            id: id.to_owned(),
            created: 0,
            anonymous: vec![anonymous.to_owned()],
            named: Vec::new(),
        };
        let part = all.only(&own, &[seen("id-x", "y"), seen("gone", "left")]);
        let containers: Vec<&str> = part.containers.iter().map(|one| one.name.as_str()).collect();
        let volumes: Vec<&str> = part.volumes.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(containers, ["own", "guest", "x"]);
        assert_eq!(volumes, ["data", "extra", "left", "y"]);
        assert_eq!(part.others, Others { containers: 1, volumes: 1 });
    }
}
