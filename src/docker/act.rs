//! Carrying operations out through the Docker API. Each leaves the daemon as the command does that a learner
//! would type, and each may be repeated: what is already done stays done.

use std::fs::File;
use std::io;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use bollard::container::LogOutput;
use bollard::models::ContainerCreateBody;
use bollard::models::HostConfig;
use bollard::models::RestartPolicy;
use bollard::models::RestartPolicyNameEnum;
use bollard::models::VolumeCreateRequest;
use bollard::query_parameters::CreateContainerOptionsBuilder;
use bollard::query_parameters::LogsOptionsBuilder;
use bollard::query_parameters::RemoveContainerOptionsBuilder;
use bollard::query_parameters::RemoveVolumeOptions;
use bollard::query_parameters::UploadToContainerOptionsBuilder;
use bytes::Bytes;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use futures_util::Stream;
use futures_util::StreamExt;
use tokio_util::io::ReaderStream;

use crate::docker::Engine;
use crate::docker::is_in_use;
use crate::docker::is_not_found;
use crate::docker::said;
use crate::docker::scratch::PLACE;
use crate::docker::scratch::Scratch;
use crate::docker::streams;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;
use crate::world::MountSpec;
use crate::world::Run;

/// So often, and with this pause, a volume that is in use is tried again.
const LETTING_GO: usize = 5;
const A_MOMENT: Duration = Duration::from_millis(200);

impl Engine {
    /// `docker volume create NAME`.
    pub(crate) async fn volume_create(&self, name: &str) -> Result<()> {
        let request = VolumeCreateRequest { name: Some(name.to_owned()), ..VolumeCreateRequest::default() };
        self.api
            .create_volume(request)
            .await
            .map_err(|error| self.refused("docker volume create", name, &error))?;
        Ok(())
    }

    /// `docker volume rm NAME`; a volume that is not there is removed already. The daemon may still be letting go
    /// of a container that was just removed, or of a request that was interrupted: it is asked again for a moment.
    pub(crate) async fn volume_remove(&self, name: &str) -> Result<()> {
        for _ in 0..LETTING_GO {
            match self.api.remove_volume(name, None::<RemoveVolumeOptions>).await {
                Err(error) if is_in_use(&error) => tokio::time::sleep(A_MOMENT).await,
                Err(error) if !is_not_found(&error) => {
                    return Err(self.refused("docker volume rm", name, &error));
                }
                Ok(()) | Err(_) => return Ok(()),
            }
        }
        let last = self.api.remove_volume(name, None::<RemoveVolumeOptions>).await;
        last.map_err(|error| self.refused("docker volume rm", name, &error))
    }

    /// `docker run -d …`; a container that is there is started where it does not run.
    pub(crate) async fn run(&self, run: &Run, workspace: &Path) -> Result<()> {
        let binds = run.mounts.iter().map(|mount| bind(mount, workspace)).collect();
        let body = ContainerCreateBody {
            image: Some(run.image.clone()),
            env: Some(run.env.iter().map(|(name, value)| format!("{name}={value}")).collect()),
            host_config: Some(HostConfig {
                binds: Some(binds),
                restart_policy: Some(never()),
                ..HostConfig::default()
            }),
            ..ContainerCreateBody::default()
        };
        if self.seat(&run.name).await?.is_none() {
            let options = CreateContainerOptionsBuilder::default().name(&run.name).build();
            let created = self.api.create_container(Some(options), body).await;
            created.map_err(|error| self.refused("docker run", &run.name, &error))?;
        }
        let started = self.api.start_container(&run.name, None).await;
        started.map_err(|error| self.refused("docker run", &run.name, &error))
    }

    /// `docker stop NAME` and `docker rm NAME`; what is not there is removed already.
    pub(crate) async fn container_remove(&self, name: &str) -> Result<()> {
        match self.api.stop_container(name, None).await {
            Ok(()) => {}
            Err(error) if is_not_found(&error) => return Ok(()),
            Err(error) => return Err(self.refused("docker stop", name, &error)),
        }
        match self.api.remove_container(name, None).await {
            Ok(()) => Ok(()),
            Err(error) if is_not_found(&error) => Ok(()),
            Err(error) => Err(self.refused("docker rm", name, &error)),
        }
    }

    /// `docker rm -f -v NAME`: also the anonymous volumes that the container made.
    pub(crate) async fn container_discard(&self, id: &str) -> Result<()> {
        let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
        match self.api.remove_container(id, Some(options)).await {
            Ok(()) => Ok(()),
            Err(error) if is_not_found(&error) => Ok(()),
            Err(error) => Err(self.refused("docker rm", id, &error)),
        }
    }

    /// Packs a volume into a gzip tar whose members begin with `./`, as `tar czf FILE -C VOLUME .` does.
    pub(crate) async fn volume_archive(&self, volume: &str, image: &str, file: File) -> Result<()> {
        let scratch = self.scratch(volume, image, false).await?;
        let stream = scratch.download(&format!("{PLACE}/."));
        let packed = streams::blocking(move || pack(streams::reader(stream), file)).await;
        scratch.remove().await?;
        packed.map_err(|error| {
            Error::environment(say!(
                "l'archive du volume `{volume}` n'a pas pu être écrite",
                "the archive of volume `{volume}` could not be written"
            ))
            .because(error)
            .hint(say!("reste-t-il de la place sur le disque ?", "is there room left on the disk?"))
        })
    }

    /// Unpacks a gzip tar into a volume, owners and modes included.
    pub(crate) async fn volume_restore(&self, volume: &str, image: &str, archive: &Path) -> Result<()> {
        let shown = archive.display().to_string();
        let unreadable = |error: io::Error| {
            Error::environment(say!("`{shown}` n'a pas pu être lu", "`{shown}` could not be read"))
                .because(error)
        };
        let file = File::open(archive).map_err(unreadable)?;
        let scratch = self.scratch(volume, image, true).await?;
        let (sender, receiver) = tokio::io::duplex(1 << 16);
        let mut sink = tokio_util::io::SyncIoBridge::new(sender);
        let unpack = streams::blocking(move || {
            io::copy(&mut MultiGzDecoder::new(io::BufReader::new(file)), &mut sink)?;
            sink.shutdown()
        });
        let stream = ReaderStream::new(receiver);
        let upload = scratch.upload(stream);
        let (unpacked, uploaded) = tokio::join!(unpack, upload);
        scratch.remove().await?;
        unpacked.map_err(unreadable)?;
        uploaded
    }

    /// Copies all of a volume into another, owners and modes included.
    pub(crate) async fn volume_copy(&self, from: &str, to: &str, image: &str) -> Result<()> {
        let source = self.scratch(from, image, false).await?;
        let target = self.scratch(to, image, true).await?;
        let stream = source.download(&format!("{PLACE}/."));
        let copied = target.upload(stream.map(|part| part.map_err(io::Error::other))).await;
        source.remove().await?;
        target.remove().await?;
        copied
    }

    /// Runs a command in a container and writes what it prints; its complaints become the error.
    pub(crate) async fn exec_into(&self, container: &str, command: &[&str], file: &mut File) -> Result<()> {
        let words = command.iter().map(|&word| word.to_owned()).collect();
        let (mut output, input) = self.exec(container, words).await?;
        drop(input);
        let (mut complaint, shown) = (String::new(), command.join(" "));
        while let Some(frame) = output.next().await {
            match frame.map_err(|error| self.unseen(&error))? {
                LogOutput::StdOut { message } => {
                    file.write_all(&message).map_err(|error| unwritten(&error))?;
                }
                LogOutput::StdErr { message } => complaint.push_str(&String::from_utf8_lossy(&message)),
                LogOutput::StdIn { .. } | LogOutput::Console { .. } => {}
            }
        }
        file.sync_all().map_err(|error| unwritten(&error))?;
        if complaint.is_empty() {
            return Ok(());
        }
        Err(Error::environment(say!(
            "`{shown}` a échoué dans `{container}`",
            "`{shown}` failed in `{container}`"
        ))
        .because(complaint))
    }

    /// Removes a folder of the workspace that belongs to a container's user: a scratch container does it.
    pub(crate) async fn remove_folder(&self, workspace: &Path, folder: &str, image: &str) -> Result<()> {
        let host = HostConfig {
            binds: Some(vec![format!("{}:{PLACE}", workspace.display())]),
            network_mode: Some("none".to_owned()),
            ..HostConfig::default()
        };
        let body = ContainerCreateBody {
            image: Some(image.to_owned()),
            entrypoint: Some(vec!["rm".to_owned()]),
            cmd: Some(vec!["-rf".to_owned(), format!("{PLACE}/{folder}")]),
            host_config: Some(host),
            ..ContainerCreateBody::default()
        };
        let scratch = self.scratch_from(body).await?;
        let started = self.api.start_container(&scratch.id, None).await;
        let mut ended = Box::pin(self.api.wait_container(&scratch.id, None));
        let ended = ended.next().await;
        scratch.remove().await?;
        started.map_err(|error| self.refused("rm", folder, &error))?;
        ended.transpose().map_err(|error| self.refused("rm", folder, &error))?;
        Ok(())
    }

    /// The last lines that a container wrote, for the sentence that explains why it died.
    pub(crate) async fn last_words(&self, container: &str) -> String {
        let options = LogsOptionsBuilder::default().stdout(true).stderr(true).tail("5").build();
        let mut logs = Box::pin(self.api.logs(container, Some(options)));
        let mut words = String::new();
        while let Some(Ok(line)) = logs.next().await {
            words.push_str(&line.to_string());
        }
        words
    }

    pub(super) fn refused(&self, command: &str, name: &str, error: &bollard::errors::Error) -> Error {
        Error::environment(say!(
            "`{command}` a été refusé pour `{name}`",
            "`{command}` was refused for `{name}`"
        ))
        .because(said(error))
    }
}

impl Scratch<'_> {
    /// Unpacks a tar stream into the volume.
    async fn upload<S>(&self, stream: S) -> Result<()>
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        let options = UploadToContainerOptionsBuilder::default().path(PLACE).build();
        let uploaded = self
            .engine
            .api
            .upload_to_container(&self.id, Some(options), bollard::body_try_stream(stream))
            .await;
        uploaded.map_err(|error| self.engine.unseen(&error))
    }
}

/// What the docker CLI sends where `--restart` is not given.
fn never() -> RestartPolicy {
    RestartPolicy { name: Some(RestartPolicyNameEnum::NO), maximum_retry_count: None }
}

/// A mount as `-v` writes it.
fn bind(mount: &MountSpec, workspace: &Path) -> String {
    let source = match (&mount.volume, &mount.bind) {
        (Some(volume), _) => volume.clone(),
        (None, Some(path)) => workspace.join(path).display().to_string(),
        (None, None) => return mount.target.clone(),
    };
    let mode = if mount.read_only { ":ro" } else { "" };
    format!("{source}:{}{mode}", mount.target)
}

/// Writes the stream again as gzip, with members that begin with `./`.
fn pack(stream: impl io::Read, file: File) -> io::Result<()> {
    let mut builder = tar::Builder::new(GzEncoder::new(io::BufWriter::new(file), Compression::fast()));
    builder.mode(tar::HeaderMode::Complete);
    let mut source = tar::Archive::new(stream);
    for member in source.entries()? {
        let mut member = member?;
        let name = String::from_utf8_lossy(&member.path_bytes()).into_owned();
        let name = format!("./{}", name.trim_start_matches("./").trim_start_matches('/'));
        let mut header = member.header().clone();
        if let Some(link) = member.link_name()? {
            builder.append_link(&mut header, &name, link)?;
        } else {
            builder.append_data(&mut header, &name, &mut member)?;
        }
    }
    let buffered = builder.into_inner()?.finish()?;
    buffered.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

fn unwritten(error: &io::Error) -> Error {
    Error::environment(say!("le fichier n'a pas pu être écrit", "the file could not be written"))
        .because(error)
}
