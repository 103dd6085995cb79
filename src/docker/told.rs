//! Commands whose answer is part of the exercise: what they print, and whether they were refused, as a learner's
//! terminal shows it.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use bollard::models::ContainerCreateBody;
use bollard::query_parameters::ListVolumesOptions;
use bollard::query_parameters::LogsOptionsBuilder;
use bollard::query_parameters::RemoveVolumeOptions;
use bollard::query_parameters::UploadToContainerOptionsBuilder;
use futures_util::StreamExt;

use crate::docker::Engine;
use crate::docker::act::anonymous;
use crate::docker::act::mounted;
use crate::docker::said;
use crate::docker::scratch::Scratch;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;
use crate::world::OneOff;
use crate::world::is_anonymous;

/// What a command answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// What it printed, complaints included.
    pub text: String,
    /// Whether it did what it was told.
    pub done: bool,
}

impl Engine {
    /// `docker exec CONTAINER sh -c SHELL`.
    pub(crate) async fn exec_told(&self, container: &str, shell: &str) -> Result<Answer> {
        let command = ["sh", "-c", shell].map(str::to_owned).to_vec();
        let (id, (mut output, input)) = self.exec_known(container, command).await?;
        drop(input);
        let mut text = Vec::new();
        while let Some(frame) = output.next().await {
            text.extend_from_slice(&frame.map_err(|error| self.unseen(&error))?.into_bytes());
        }
        let ended = self.api.inspect_exec(&id).await.map_err(|error| self.unseen(&error))?;
        let text = String::from_utf8_lossy(&text).into_owned();
        Ok(Answer { text, done: ended.exit_code == Some(0) })
    }

    /// `docker cp FILE CONTAINER:FOLDER`.
    pub(crate) async fn copy_in(&self, file: &Path, container: &str, folder: &str) -> Result<()> {
        let shown = file.display().to_string();
        let unread = |error: std::io::Error| {
            Error::environment(say!("`{shown}` n'a pas pu être lu", "`{shown}` could not be read"))
                .because(error)
        };
        let mut packed = tar::Builder::new(Vec::new());
        let name = file.file_name().unwrap_or_default();
        packed.append_path_with_name(file, name).map_err(unread)?;
        let bytes = packed.into_inner().map_err(unread)?;
        let options = UploadToContainerOptionsBuilder::default().path(folder).build();
        let body = bollard::body_full(bytes.into());
        let copied = self.api.upload_to_container(container, Some(options), body).await;
        copied.map_err(|error| self.refused("docker cp", container, &error))
    }

    /// `docker run --rm MOUNTS IMAGE sh -c SHELL`.
    pub(crate) async fn one_off(&self, one: &OneOff, workspace: &Path) -> Result<Answer> {
        let body = ContainerCreateBody {
            image: Some(one.image.clone()),
            cmd: Some(["sh", "-c", &one.shell].map(str::to_owned).to_vec()),
            volumes: anonymous(&one.mounts),
            host_config: Some(mounted(&one.mounts, workspace)),
            ..ContainerCreateBody::default()
        };
        let scratch = match self.scratch_known(body).await {
            Ok(scratch) => scratch,
            Err(error) => return self.refusal("docker: ", &error),
        };
        let ran = self.ran(&scratch).await;
        scratch.remove().await?;
        ran
    }

    /// Starts a container, waits for its end, and takes what it printed.
    async fn ran(&self, scratch: &Scratch) -> Result<Answer> {
        if let Err(error) = self.api.start_container(&scratch.id, None).await {
            return self.refusal("docker: ", &error);
        }
        let mut ended = Box::pin(self.api.wait_container(&scratch.id, None));
        let done = match ended.next().await {
            // bollard makes an error of every exit code but 0.
            Some(Err(bollard::errors::Error::DockerContainerWaitError { .. })) => false,
            Some(Err(error)) => return Err(self.unseen(&error)),
            Some(Ok(_)) | None => true,
        };
        let options = LogsOptionsBuilder::default().stdout(true).stderr(true).build();
        let mut logs = Box::pin(self.api.logs(&scratch.id, Some(options)));
        let mut text = Vec::new();
        while let Some(Ok(part)) = logs.next().await {
            text.extend_from_slice(&part.into_bytes());
        }
        Ok(Answer { text: String::from_utf8_lossy(&text).into_owned(), done })
    }

    /// `docker volume rm NAME`, asked once.
    pub(crate) async fn volume_remove_told(&self, name: &str) -> Result<Answer> {
        match self.api.remove_volume(name, None::<RemoveVolumeOptions>).await {
            Ok(()) => Ok(Answer { text: format!("{name}\n"), done: true }),
            Err(error) => self.refusal("", &error),
        }
    }

    /// What `docker volume prune --filter label=LABEL` would take, by name: nothing that was not listed can go. With
    /// `all`, those with a name too, which engines before 23 take anyway.
    pub(crate) async fn volume_prune(&self, label: &str, all: bool) -> Result<()> {
        let one = |text: &str| vec![text.to_owned()];
        let filters = HashMap::from([("label".to_owned(), one(label)), ("dangling".to_owned(), one("true"))]);
        let listed = self.api.list_volumes(Some(ListVolumesOptions { filters: Some(filters) })).await;
        let volumes = listed.map_err(|error| self.unseen(&error))?.volumes.unwrap_or_default();
        let version = self.daemon.version.split('.').next().and_then(|major| major.parse().ok());
        let named = all || version.is_some_and(|major: u32| major < 23);
        for volume in volumes.iter().filter(|volume| named || is_anonymous(&volume.name)) {
            self.volume_remove(&volume.name).await?;
        }
        Ok(())
    }

    /// `docker volume ls -q --filter label=LABEL`.
    pub(crate) async fn volume_list_told(&self, label: &str) -> Result<Answer> {
        let filters = HashMap::from([("label".to_owned(), vec![label.to_owned()])]);
        let listed = self.api.list_volumes(Some(ListVolumesOptions { filters: Some(filters) })).await;
        let volumes = listed.map_err(|error| self.unseen(&error))?.volumes.unwrap_or_default();
        let mut names: Vec<String> = volumes.into_iter().map(|volume| volume.name + "\n").collect();
        names.sort();
        Ok(Answer { text: names.concat(), done: true })
    }

    /// `docker volume inspect -f '{{.Mountpoint}}' NAME`.
    pub(crate) async fn volume_place_told(&self, name: &str) -> Result<Answer> {
        match self.api.inspect_volume(name).await {
            Ok(volume) => Ok(Answer { text: volume.mountpoint + "\n", done: true }),
            Err(error) => self.refusal("", &error),
        }
    }

    /// `docker start NAME`.
    pub(crate) async fn container_start(&self, name: &str) -> Result<()> {
        let started = self.api.start_container(name, None).await;
        started.map_err(|error| self.refused("docker start", name, &error))
    }

    /// `docker wait NAME`, but no longer than the limit; with which code it ended is for the checks to say.
    pub(crate) async fn container_wait(&self, name: &str, limit: Duration) -> Result<()> {
        let mut ended = Box::pin(self.api.wait_container(name, None));
        match tokio::time::timeout(limit, ended.next()).await {
            // bollard makes an error of every exit code but 0.
            Ok(Some(Ok(_) | Err(bollard::errors::Error::DockerContainerWaitError { .. })) | None) => Ok(()),
            Ok(Some(Err(error))) => Err(self.refused("docker wait", name, &error)),
            Err(_) => {
                Err(Error::environment(say!("`{name}` tourne encore", "`{name}` still runs")).hint(say!(
                    "`docker logs {name}` dit ce qu'il fait ; relancez la commande quand il s'est arrêté",
                    "`docker logs {name}` tells what it is doing; run the command again once it has ended"
                )))
            }
        }
    }

    /// `docker stop NAME`.
    pub(crate) async fn container_stop(&self, name: &str) -> Result<()> {
        let stopped = self.api.stop_container(name, None).await;
        stopped.map_err(|error| self.refused("docker stop", name, &error))
    }

    /// What the terminal shows of a daemon's refusal; an error where no daemon answered.
    fn refusal(&self, program: &str, error: &bollard::errors::Error) -> Result<Answer> {
        match error {
            bollard::errors::Error::DockerResponseServerError { .. } => {
                let text = format!("{program}Error response from daemon: {}\n", said(error));
                Ok(Answer { text, done: false })
            }
            other => Err(self.unseen(other)),
        }
    }
}
