//! Reading the daemon's lists: pure reads, about a millisecond for the whole picture.

use bollard::models::ContainerSummary;
use bollard::models::MountPoint;
use bollard::query_parameters::ListContainersOptionsBuilder;
use bollard::query_parameters::ListVolumesOptions;
use jiff::Timestamp;

use crate::docker::Engine;
use crate::docker::SCRATCH;
use crate::docker::is_not_found;
use crate::docker::said;
use crate::docker::transport;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;
use crate::world::Container;
use crate::world::Mount;
use crate::world::MountKind;
use crate::world::Volume;

/// Where a database server sits: what is needed to talk to it.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    /// The container's full id.
    pub id: String,
    /// Whether it runs now.
    pub running: bool,
    /// Its state in Docker's words.
    pub state: String,
    /// The Unix second of its creation, with its fraction.
    pub created: f64,
    /// When it was started last.
    pub started: Option<Timestamp>,
    /// `POSTGRES_USER`, else `postgres`.
    pub user: String,
    /// `POSTGRES_PASSWORD`, if it is set.
    pub password: Option<String>,
    /// The image, as it was named at creation.
    pub image: String,
    /// `PG_MAJOR`, by which the official images tell the server's major version.
    pub major: Option<String>,
}

impl Engine {
    /// All containers, running or not, with their mounts.
    pub(crate) async fn containers(&self) -> Result<Vec<Container>> {
        let options = ListContainersOptionsBuilder::default().all(true).build();
        let listed = self.api.list_containers(Some(options)).await;
        let listed = listed.map_err(|error| self.unseen(&error))?;
        let mut containers: Vec<Container> = listed.into_iter().map(container).collect();
        containers.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(containers)
    }

    /// All volumes.
    pub(crate) async fn volumes(&self) -> Result<Vec<Volume>> {
        let listed = self.api.list_volumes(None::<ListVolumesOptions>).await;
        let listed = listed.map_err(|error| self.unseen(&error))?.volumes.unwrap_or_default();
        let mut volumes: Vec<Volume> = listed
            .into_iter()
            .map(|volume| Volume {
                name: volume.name,
                in_memory: volume.options.get("type").is_some_and(|kind| kind == "tmpfs"),
                labels: volume.labels.into_iter().collect(),
                options: volume.options.into_iter().collect(),
                driver: volume.driver,
                created: volume.created_at.unwrap_or_default(),
            })
            .collect();
        volumes.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(volumes)
    }

    /// The names of unused volumes made at or after a Unix second of the daemon's clock.
    pub(crate) async fn dangling_since(&self, since: i64) -> Result<Vec<String>> {
        let filters = std::collections::HashMap::from([("dangling".to_owned(), vec!["true".to_owned()])]);
        let options = ListVolumesOptions { filters: Some(filters) };
        let listed = self.api.list_volumes(Some(options)).await.map_err(|error| self.unseen(&error))?;
        let made = |created: &Option<String>| {
            created
                .as_ref()
                .and_then(|at| at.parse::<Timestamp>().ok())
                .is_some_and(|at| at.as_second() >= since)
        };
        let volumes = listed.volumes.unwrap_or_default().into_iter();
        let volumes = volumes.filter(|volume| made(&volume.created_at));
        Ok(volumes.map(|volume| volume.name).collect())
    }

    /// The container of a name and how to reach the server in it; `None` where there is none.
    pub(crate) async fn seat(&self, name: &str) -> Result<Option<Seat>> {
        let inspected = match self.api.inspect_container(name, None).await {
            Ok(inspected) => inspected,
            Err(error) if is_not_found(&error) => return Ok(None),
            Err(error) => return Err(self.unseen(&error)),
        };
        let state = inspected.state.unwrap_or_default();
        let config = inspected.config.unwrap_or_default();
        let env = config.env.unwrap_or_default();
        let value = |key: &str| {
            env.iter()
                .filter_map(|line| line.split_once('='))
                .find(|(name, _)| *name == key)
                .map(|(_, v)| v.to_owned())
        };
        let created = inspected.created.and_then(|at| at.parse::<Timestamp>().ok());
        Ok(Some(Seat {
            id: inspected.id.unwrap_or_default(),
            running: state.running.unwrap_or(false),
            state: state.status.map_or_else(String::new, |status| status.to_string()),
            created: created.map_or(0.0, |at| at.as_duration().as_secs_f64()),
            started: state.started_at.and_then(|at| at.parse().ok()),
            user: value("POSTGRES_USER")
                .filter(|user| !user.is_empty())
                .unwrap_or_else(|| "postgres".to_owned()),
            password: value("POSTGRES_PASSWORD"),
            image: config.image.unwrap_or_default(),
            major: value("PG_MAJOR"),
        }))
    }

    /// Whether a container removes itself when it ends (`--rm`); one that is gone already did.
    pub(crate) async fn removes_itself(&self, id: &str) -> Result<bool> {
        match self.api.inspect_container(id, None).await {
            Ok(found) => Ok(found.host_config.and_then(|host| host.auto_remove).unwrap_or(false)),
            Err(error) if is_not_found(&error) => Ok(true),
            Err(error) => Err(self.unseen(&error)),
        }
    }

    /// The Unix second on the daemon's clock.
    pub(crate) async fn clock(&self) -> Result<i64> {
        let info = self.api.info().await.map_err(|error| self.unseen(&error))?;
        let time = info.system_time.and_then(|at| at.parse::<Timestamp>().ok());
        Ok(time.map_or(0, Timestamp::as_second))
    }

    /// The daemon answered with an error, or no longer answers.
    pub(super) fn unseen(&self, error: &bollard::errors::Error) -> Error {
        if let Some(sentence) = transport::told(error) {
            return sentence;
        }
        let place = &self.endpoint;
        Error::environment(say!(
            "le moteur Docker de `{place}` n'a pas pu répondre",
            "the Docker engine at `{place}` could not answer"
        ))
        .because(said(error))
    }
}

fn container(summary: ContainerSummary) -> Container {
    let names = summary.names.unwrap_or_default();
    let labels = summary.labels.unwrap_or_default();
    let mut mounts: Vec<Mount> = summary.mounts.unwrap_or_default().into_iter().map(mount).collect();
    // The daemon tells them in another order each time.
    mounts.sort_by(|a, b| a.target.cmp(&b.target));
    Container {
        id: summary.id.unwrap_or_default(),
        name: names.first().map(|name| name.trim_start_matches('/').to_owned()).unwrap_or_default(),
        image: summary.image.unwrap_or_default(),
        state: summary.state.map_or_else(String::new, |state| state.to_string()),
        created: summary.created.unwrap_or_default(),
        mounts,
        scratch: labels.contains_key(SCRATCH),
    }
}

fn mount(point: MountPoint) -> Mount {
    let kind = match point.typ.as_deref() {
        Some("volume") => MountKind::Volume,
        Some("bind") => MountKind::Bind,
        Some("tmpfs") => MountKind::Tmpfs,
        _ => MountKind::Other,
    };
    let source = match kind {
        MountKind::Volume => point.name,
        // The learner's shell may name the folder through a link; on another machine the path is left alone.
        MountKind::Bind => point
            .source
            .map(|path| std::fs::canonicalize(&path).map_or(path, |real| real.display().to_string())),
        MountKind::Tmpfs | MountKind::Other => point.source,
    };
    Mount {
        kind,
        source: source.unwrap_or_default(),
        target: point.destination.unwrap_or_default(),
        writable: point.rw.unwrap_or(true),
    }
}
