//! The picture of the daemon's storage. Sizes are dear (the daemon measures every volume) and are asked for once;
//! where they cannot be had in time, the picture comes without.

use std::collections::BTreeMap;
use std::time::Duration;

use bollard::BollardRequest;
use bollard::models::HostConfig;
use bollard::models::MountType;
use futures_util::TryStreamExt;
use http::Uri;
use serde::Deserialize;

use crate::docker::Engine;
use crate::docker::is_not_found;
use crate::error::Result;
use crate::world::Container;
use crate::world::Held;
use crate::world::MountKind;
use crate::world::Others;
use crate::world::Storage;
use crate::world::StoredVolume;
use crate::world::Tenant;
use crate::world::Volume;
use crate::world::is_anonymous;

/// So long the daemon may measure: a map is looked at, not waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// The question for sizes: engines before API 1.42 ignore `type`, those from 1.52 on list volumes only when
/// `verbose`.
const SIZES: &str = "/system/df?type=volume&verbose=1";

impl Engine {
    /// What is mounted where, now. `choose` narrows the picture before the dear questions are asked: sizes, and
    /// the inspection of each container.
    pub(crate) async fn storage(&self, choose: impl FnOnce(Storage) -> Storage) -> Result<Storage> {
        let mut storage = self.storage_unmeasured(choose).await?;
        let sizes = self.sizes(&storage).await;
        for volume in &mut storage.volumes {
            (volume.size, volume.unmeasured) = (sizes.get(&volume.name).copied(), false);
        }
        Ok(storage)
    }

    /// The same without sizes: for whoever looks again and again, since the daemon measures all volumes for them.
    pub(crate) async fn storage_unmeasured(
        &self,
        choose: impl FnOnce(Storage) -> Storage,
    ) -> Result<Storage> {
        let (containers, volumes) = tokio::join!(self.containers(), self.volumes());
        let mut storage = choose(picture(containers?, volumes?));
        let memory = self.in_memory(&storage).await?;
        for (tenant, held) in storage.containers.iter_mut().zip(memory) {
            add(tenant, held);
        }
        Ok(storage)
    }

    /// The sizes by volume; those that are not known are not there.
    async fn sizes(&self, storage: &Storage) -> BTreeMap<String, u64> {
        if storage.volumes.is_empty() {
            return BTreeMap::new();
        }
        // bollard reads only the newest shape of this answer, and no public call of its sends a request of one's
        // own. One that hands out bytes as they come, sent elsewhere, does.
        let gate = self.gate;
        let api = self.api.clone().with_request_modifier(move |mut request: BollardRequest| {
            let mut parts = request.uri().clone().into_parts();
            parts.path_and_query = Some(http::uri::PathAndQuery::from_static(SIZES));
            if let Ok(uri) = Uri::from_parts(parts) {
                *request.uri_mut() = uri;
            }
            gate.pass(request)
        });
        let asked = api.export_container("-").try_fold(Vec::new(), |mut all, part| async move {
            all.extend_from_slice(&part);
            Ok(all)
        });
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(body)) => measured(&body),
            Ok(Err(_)) | Err(_) => BTreeMap::new(),
        }
    }

    /// For each container what it keeps in memory: the daemon's lists leave `--tmpfs` out.
    async fn in_memory(&self, storage: &Storage) -> Result<Vec<Vec<Held>>> {
        let mut all = Vec::with_capacity(storage.containers.len());
        for tenant in &storage.containers {
            match self.api.inspect_container(&tenant.id, None).await {
                Ok(found) => all.push(found.host_config.map(tmpfs).unwrap_or_default()),
                // Gone since it was listed.
                Err(error) if is_not_found(&error) => all.push(Vec::new()),
                Err(error) => return Err(self.unseen(&error)),
            }
        }
        Ok(all)
    }
}

/// The picture that the daemon's lists give. What a check made for a moment is not in it.
fn picture(containers: Vec<Container>, volumes: Vec<Volume>) -> Storage {
    let (scratch, containers): (Vec<Container>, Vec<Container>) =
        containers.into_iter().partition(|one| one.scratch);
    let uses = |one: &Container, name: &str| {
        one.mounts.iter().any(|mount| mount.kind == MountKind::Volume && mount.source == name)
    };
    let mut kept: Vec<StoredVolume> = volumes
        .into_iter()
        .map(|volume| StoredVolume {
            anonymous: is_anonymous(&volume.name),
            users: containers
                .iter()
                .filter(|one| uses(one, &volume.name))
                .map(|one| one.name.clone())
                .collect(),
            name: volume.name,
            driver: volume.driver,
            size: None,
            unmeasured: true,
        })
        .filter(|volume| {
            !(volume.anonymous && volume.is_orphan() && scratch.iter().any(|one| uses(one, &volume.name)))
        })
        .collect();
    kept.sort_by(|a, b| (a.anonymous, &a.name).cmp(&(b.anonymous, &b.name)));
    let containers = containers.into_iter().map(tenant).collect();
    Storage { containers, volumes: kept, others: Others::default() }
}

fn tenant(container: Container) -> Tenant {
    let held = container.mounts.into_iter().map(|mount| Held {
        kind: mount.kind,
        source: mount.source,
        target: mount.target,
        writable: mount.writable,
        limit: None,
    });
    let mut mounts: Vec<Held> = held.collect();
    mounts.sort_by(|a, b| a.target.cmp(&b.target));
    let (id, name, image, state) = (container.id, container.name, container.image, container.state);
    Tenant { id, name, image, state, mounts }
}

/// Adds what is kept in memory; an entry of the list for the same target knows less.
fn add(tenant: &mut Tenant, held: Vec<Held>) {
    tenant.mounts.retain(|old| !held.iter().any(|new| new.target == old.target));
    tenant.mounts.extend(held);
    tenant.mounts.sort_by(|a, b| a.target.cmp(&b.target));
}

/// What a container keeps in memory, and how much of it.
pub(super) fn tmpfs(host: HostConfig) -> Vec<Held> {
    let made = |target: String, writable: bool, limit: Option<u64>| Held {
        kind: MountKind::Tmpfs,
        source: String::new(),
        target,
        writable,
        limit,
    };
    let short = host.tmpfs.unwrap_or_default().into_iter().map(|(target, options)| {
        let mut words = options.split(',').map(str::trim);
        let limit = words.clone().filter_map(|word| word.strip_prefix("size=")).next_back().and_then(bytes);
        made(target, words.all(|word| word != "ro"), limit)
    });
    let long =
        host.mounts.unwrap_or_default().into_iter().filter(|mount| mount.typ == Some(MountType::TMPFS));
    let long = long.map(|mount| {
        let limit = mount.tmpfs_options.and_then(|options| options.size_bytes);
        let limit = limit.and_then(|bytes| u64::try_from(bytes).ok()).filter(|bytes| *bytes > 0);
        made(mount.target.unwrap_or_default(), !mount.read_only.unwrap_or(false), limit)
    });
    short.chain(long).collect()
}

/// A size as `mount` takes it: `65536`, `64m`; a share of the memory is no number of bytes.
fn bytes(text: &str) -> Option<u64> {
    let (digits, unit) = match text.char_indices().last()? {
        (at, letter) if letter.is_ascii_alphabetic() => (text.get(..at)?, letter.to_ascii_lowercase()),
        _ => (text, ' '),
    };
    let factor = match unit {
        ' ' => 1,
        'k' => 1 << 10,
        'm' => 1 << 20,
        'g' => 1 << 30,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(factor).filter(|bytes| *bytes > 0)
}

/// The daemon's answer: `Volumes` up to API 1.51, `VolumeUsage` with `Items` after.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Usage {
    volumes: Option<Vec<Measured>>,
    volume_usage: Option<Items>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Items {
    items: Option<Vec<Measured>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Measured {
    name: String,
    usage_data: Option<Size>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Size {
    /// -1 where the driver does not tell.
    size: i64,
}

fn measured(body: &[u8]) -> BTreeMap<String, u64> {
    let usage: Usage = serde_json::from_slice(body).unwrap_or_default();
    let newer = usage.volume_usage.and_then(|usage| usage.items).unwrap_or_default();
    let all = usage.volumes.unwrap_or_default().into_iter().chain(newer);
    all.filter_map(|one| Some((one.name, u64::try_from(one.usage_data?.size).ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_in_the_older_and_the_newer_shape() {
        let items = r#"[{"Name":"a","UsageData":{"Size":7,"RefCount":1}},{"Name":"nfs","UsageData":{"Size":-1,"RefCount":0}}]"#;
        let known = BTreeMap::from([("a".to_owned(), 7)]);
        assert_eq!(measured(format!(r#"{{"Volumes":{items}}}"#).as_bytes()), known);
        assert_eq!(measured(format!(r#"{{"VolumeUsage":{{"Items":{items}}}}}"#).as_bytes()), known);
        assert_eq!(measured(br#"{"Volumes":null}"#), BTreeMap::new());
        assert_eq!(measured(b"a disk usage operation is already running"), BTreeMap::new());
    }

    #[test]
    fn the_size_of_a_tmpfs_has_a_unit_or_none() {
        assert_eq!(bytes("65536k"), Some(64 << 20));
        assert_eq!(bytes("4096"), Some(4096));
        assert_eq!(bytes("1G"), Some(1 << 30));
        assert_eq!(bytes("50%"), None);
        assert_eq!(bytes(""), None);
    }
}
