//! Scratch containers: ours, labelled, without network, short-lived. One that is created but never started hands
//! out what its volumes hold.

use std::sync::LazyLock;
use std::time::Duration;

use bollard::models::ContainerCreateBody;
use bollard::models::HostConfig;
use bollard::models::Mount;
use bollard::models::MountType;
use bollard::models::MountVolumeOptions;
use bollard::models::Volume;
use bollard::query_parameters::CreateContainerOptionsBuilder;
use bollard::query_parameters::DownloadFromContainerOptionsBuilder;
use bollard::query_parameters::ListContainersOptionsBuilder;
use bollard::query_parameters::RemoveContainerOptionsBuilder;
use bytes::Bytes;
use futures_util::Stream;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::docker::Engine;
use crate::docker::SCRATCH;
use crate::docker::is_in_use;
use crate::docker::is_not_found;
use crate::docker::owner;
use crate::docker::streams;
use crate::docker::tarball;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;
use crate::world::DataFolder;

/// Where a volume is mounted inside a scratch container: a path that no image has, so that Docker copies
/// nothing into an empty volume.
pub(super) const PLACE: &str = "/docker-lab.volume";

/// A scratch container older than this was left by a process that was killed.
const FORGOTTEN: Duration = Duration::from_secs(600);

/// The removals that go on after the work that needed them was cancelled; see [`settle`].
static REMOVALS: LazyLock<TaskTracker> = LazyLock::new(TaskTracker::new);

/// So long the end of the program waits for them.
const SETTLING: Duration = Duration::from_secs(10);

/// So long where many machines were asked: one that hangs must not hold up the others' result.
const SETTLING_MANY: Duration = Duration::from_millis(600);

/// A scratch container. [`Scratch::remove`] ends it; where the work is cancelled before (a time limit, Ctrl-C),
/// dropping it does.
pub(super) struct Scratch {
    pub(super) engine: Engine,
    pub(super) id: String,
    ended: bool,
    /// While this lives, the end of the program waits: a task that is cancelled is dropped a moment later.
    _alive: TaskTrackerToken,
}

/// Waits until every scratch container of cancelled work is gone; not for long where `many` machines were asked:
/// what one of them keeps, the next command removes.
pub(crate) async fn settle(many: bool) {
    REMOVALS.close();
    let patience = if many { SETTLING_MANY } else { SETTLING };
    let _ = tokio::time::timeout(patience, REMOVALS.wait()).await;
}

impl Engine {
    /// Creates a scratch container that mounts a volume, and does not start it.
    pub(super) async fn scratch(&self, volume: &str, image: &str, writable: bool) -> Result<Scratch> {
        self.scratch_with(
            Mount {
                typ: Some(MountType::VOLUME),
                source: Some(volume.to_owned()),
                read_only: Some(!writable),
                volume_options: Some(MountVolumeOptions { no_copy: Some(true), ..Default::default() }),
                ..Mount::default()
            },
            image,
        )
        .await
    }

    /// Creates a scratch container that sees a folder of the daemon's machine, and does not start it. An error where
    /// there is no such folder: it is not made.
    pub(super) async fn scratch_on(&self, folder: &str, image: &str) -> Result<Scratch> {
        self.scratch_with(
            Mount {
                typ: Some(MountType::BIND),
                source: Some(folder.to_owned()),
                read_only: Some(true),
                ..Mount::default()
            },
            image,
        )
        .await
    }

    async fn scratch_with(&self, mount: Mount, image: &str) -> Result<Scratch> {
        let host = HostConfig {
            // Not `binds`: with those the daemon would make a folder that is missing.
            mounts: Some(vec![Mount { target: Some(PLACE.to_owned()), ..mount }]),
            network_mode: Some("none".to_owned()),
            ..HostConfig::default()
        };
        let body = ContainerCreateBody {
            image: Some(image.to_owned()),
            cmd: Some(vec!["true".to_owned()]),
            host_config: Some(host),
            ..ContainerCreateBody::default()
        };
        self.scratch_from(body).await
    }

    /// Creates a scratch container as described, with our label.
    pub(super) async fn scratch_from(&self, body: ContainerCreateBody) -> Result<Scratch> {
        self.scratch_known(body).await.map_err(|error| self.unseen(&error))
    }

    /// The same; the daemon's own words where it refuses.
    pub(super) async fn scratch_known(
        &self,
        mut body: ContainerCreateBody,
    ) -> std::result::Result<Scratch, bollard::errors::Error> {
        // The label says who, for the one who finds what a killed process left.
        body.labels.get_or_insert_default().insert(SCRATCH.to_owned(), owner::mark());
        // The name is ours before the daemon answers, so that a creation that is cancelled can be undone too.
        let mut scratch =
            Scratch { engine: self.clone(), id: owner::name(), ended: false, _alive: REMOVALS.token() };
        let options = CreateContainerOptionsBuilder::default().name(&scratch.id).build();
        match self.api.create_container(Some(options), body).await {
            // It keeps its name: by that the gate knows it for ours.
            Ok(_) => Ok(scratch),
            Err(error) => {
                // Where the daemon did not answer it may have made it all the same.
                scratch.ended = matches!(error, bollard::errors::Error::DockerResponseServerError { .. });
                Err(error)
            }
        }
    }

    /// The `PostgreSQL` data folder in a volume; `None` where there is no such volume.
    pub(crate) async fn data_folder(&self, volume: &str, image: &str) -> Result<Option<DataFolder>> {
        let Some(scratch) = self.scratch_in(volume, image).await? else { return Ok(None) };
        let stream = scratch.download(&format!("{PLACE}/."));
        let read = streams::blocking(move || tarball::read_folder(streams::reader(stream))).await;
        scratch.remove().await?;
        read.map(Some).map_err(|error| {
            Error::environment(say!(
                "le volume `{volume}` n'a pas pu être lu",
                "volume `{volume}` could not be read"
            ))
            .because(error)
        })
    }

    /// Creates a scratch container that sees what a volume holds; `None` where there is no such volume.
    ///
    /// A mounted volume cannot be removed, and mounting one that has just been removed makes it anew. So what the
    /// daemon itself keeps in a folder is mounted as that folder: then nobody's `docker volume rm` is refused
    /// because somebody looks. Only where that cannot be (another driver, options, a daemon whose folders cannot be
    /// mounted) the volume is.
    pub(super) async fn scratch_in(&self, volume: &str, image: &str) -> Result<Option<Scratch>> {
        // Between two questions a volume may go and another come in its place: that is no folder that cannot be mounted.
        for _ in 0..3 {
            let Some(found) = self.volume(volume).await? else { return Ok(None) };
            if found.driver != "local" || !found.options.is_empty() {
                break;
            }
            if let Ok(scratch) = self.scratch_on(&found.mountpoint, image).await {
                return Ok(Some(scratch));
            }
        }
        if self.volume(volume).await?.is_none() {
            return Ok(None);
        }
        self.scratch(volume, image, false).await.map(Some)
    }

    async fn volume(&self, name: &str) -> Result<Option<Volume>> {
        match self.api.inspect_volume(name).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if is_not_found(&error) => Ok(None),
            Err(error) => Err(self.unseen(&error)),
        }
    }

    /// Removes scratch containers that a killed process left behind.
    pub(crate) async fn sweep(&self) -> Result<usize> {
        let left = self.leftovers().await?;
        let swept = left.len();
        for (id, _) in left {
            Scratch { engine: self.clone(), id, ended: false, _alive: REMOVALS.token() }.remove().await?;
        }
        Ok(swept)
    }

    /// The scratch containers that a killed process left behind, as (id, name): at once where that process was on
    /// this machine, after a while where nobody can know.
    pub(crate) async fn leftovers(&self) -> Result<Vec<(String, String)>> {
        let filters = std::collections::HashMap::from([("label".to_owned(), vec![SCRATCH.to_owned()])]);
        let options = ListContainersOptionsBuilder::default().all(true).filters(&filters).build();
        let listed = self.api.list_containers(Some(options)).await.map_err(|error| self.unseen(&error))?;
        if listed.is_empty() {
            return Ok(Vec::new());
        }
        let limit = self.clock().await? - i64::try_from(FORGOTTEN.as_secs()).unwrap_or(0);
        let mut left = Vec::new();
        for one in listed {
            let mark = one.labels.and_then(|labels| labels.get(SCRATCH).cloned()).unwrap_or_default();
            let forgotten = one.created.unwrap_or(0) < limit || owner::is_gone(&mark);
            let name = one.names.and_then(|names| names.into_iter().next()).unwrap_or_default();
            left.extend(one.id.filter(|_| forgotten).map(|id| (id, name.trim_start_matches('/').to_owned())));
        }
        Ok(left)
    }
}

impl Scratch {
    /// The archive of a path inside the container.
    pub(super) fn download(
        &self,
        path: &str,
    ) -> impl Stream<Item = std::result::Result<Bytes, bollard::errors::Error>> + Send + Unpin + use<> {
        let options = DownloadFromContainerOptionsBuilder::default().path(path).build();
        Box::pin(self.engine.api.download_from_container(&self.id, Some(options)))
    }

    /// Removes the container and the anonymous volumes that its image asked for.
    pub(super) async fn remove(mut self) -> Result<()> {
        match remove(&self.engine.api, &self.id).await {
            Ok(()) => {
                self.ended = true;
                Ok(())
            }
            Err(error) => Err(self.engine.unseen(&error)),
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if self.ended {
            return;
        }
        let (api, id) = (self.engine.api.clone(), self.id.clone());
        REMOVALS.spawn_on(
            async move {
                // Twice: the request to create it may still be on its way.
                let _ = remove(&api, &id).await;
                tokio::time::sleep(Duration::from_millis(300)).await;
                let _ = remove(&api, &id).await;
            },
            &runtime,
        );
    }
}

async fn remove(api: &bollard::Docker, id: &str) -> std::result::Result<(), bollard::errors::Error> {
    let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
    match api.remove_container(id, Some(options)).await {
        // Somebody else is removing it, or has.
        Err(error) if !is_not_found(&error) && !is_in_use(&error) => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
