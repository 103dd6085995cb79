//! Scratch containers: ours, labelled, without network, short-lived. One that is created but never started hands
//! out what its volumes hold.

use std::sync::LazyLock;
use std::time::Duration;

use bollard::models::ContainerCreateBody;
use bollard::models::HostConfig;
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

/// A scratch container. [`Scratch::remove`] ends it; where the work is cancelled before (a time limit, Ctrl-C),
/// dropping it does.
pub(super) struct Scratch<'a> {
    pub(super) engine: &'a Engine,
    pub(super) id: String,
    ended: bool,
    /// While this lives, the end of the program waits: a task that is cancelled is dropped a moment later.
    _alive: TaskTrackerToken,
}

/// Waits until every scratch container of cancelled work is gone.
pub(crate) async fn settle() {
    REMOVALS.close();
    let _ = tokio::time::timeout(SETTLING, REMOVALS.wait()).await;
}

impl Engine {
    /// Creates a scratch container that sees a volume, and does not start it.
    pub(super) async fn scratch(&self, volume: &str, image: &str, writable: bool) -> Result<Scratch<'_>> {
        let mode = if writable { "nocopy" } else { "ro,nocopy" };
        let host = HostConfig {
            binds: Some(vec![format!("{volume}:{PLACE}:{mode}")]),
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
    pub(super) async fn scratch_from(&self, mut body: ContainerCreateBody) -> Result<Scratch<'_>> {
        // The label says who, for the one who finds what a killed process left.
        body.labels.get_or_insert_default().insert(SCRATCH.to_owned(), owner::mark());
        // The name is ours before the daemon answers, so that a creation that is cancelled can be undone too.
        let mut scratch = Scratch { engine: self, id: owner::name(), ended: false, _alive: REMOVALS.token() };
        let options = CreateContainerOptionsBuilder::default().name(&scratch.id).build();
        match self.api.create_container(Some(options), body).await {
            Ok(created) => scratch.id = created.id,
            Err(error) => {
                scratch.ended = true;
                return Err(self.unseen(&error));
            }
        }
        Ok(scratch)
    }

    /// The `PostgreSQL` data folder in a volume. The volume must exist: naming one that does not would make it.
    pub(crate) async fn data_folder(&self, volume: &str, image: &str) -> Result<Option<DataFolder>> {
        match self.api.inspect_volume(volume).await {
            Ok(_) => {}
            Err(error) if is_not_found(&error) => return Ok(None),
            Err(error) => return Err(self.unseen(&error)),
        }
        let scratch = self.scratch(volume, image, false).await?;
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

    /// Removes scratch containers that a killed process left behind: at once where that process was on this
    /// machine, after a while where nobody can know.
    pub(crate) async fn sweep(&self) -> Result<usize> {
        let filters = std::collections::HashMap::from([("label".to_owned(), vec![SCRATCH.to_owned()])]);
        let options = ListContainersOptionsBuilder::default().all(true).filters(&filters).build();
        let listed = self.api.list_containers(Some(options)).await.map_err(|error| self.unseen(&error))?;
        if listed.is_empty() {
            return Ok(0);
        }
        let limit = self.clock().await? - i64::try_from(FORGOTTEN.as_secs()).unwrap_or(0);
        let mut swept = 0;
        for one in listed {
            let mark = one.labels.and_then(|labels| labels.get(SCRATCH).cloned()).unwrap_or_default();
            let forgotten = one.created.unwrap_or(0) < limit || owner::is_gone(&mark);
            if let Some(id) = one.id.filter(|_| forgotten) {
                Scratch { engine: self, id, ended: false, _alive: REMOVALS.token() }.remove().await?;
                swept += 1;
            }
        }
        Ok(swept)
    }
}

impl Scratch<'_> {
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

impl Drop for Scratch<'_> {
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
        Err(error) if !is_not_found(&error) => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
