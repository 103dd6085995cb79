//! Carrying operations out through the Docker API. Each leaves the daemon as the command does that a learner
//! would type, and each may be repeated: what is already done stays done.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use bollard::container::LogOutput;
use bollard::models::ContainerCreateBody;
use bollard::models::HostConfig;
use bollard::models::Mount;
use bollard::models::MountType;
use bollard::models::MountVolumeOptions;
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
use crate::world::VolumeCreate;

/// So often, and with this pause, a volume that is in use is tried again.
const LETTING_GO: usize = 5;
const A_MOMENT: Duration = Duration::from_millis(200);

impl Engine {
    /// `docker volume create NAME`.
    pub(crate) async fn volume_create(&self, volume: &VolumeCreate) -> Result<()> {
        let name = &volume.name;
        let some = |words: &BTreeMap<String, String>| {
            (!words.is_empty()).then(|| words.clone().into_iter().collect::<HashMap<_, _>>())
        };
        let request = VolumeCreateRequest {
            name: Some(name.clone()),
            labels: some(&volume.labels),
            driver_opts: some(&volume.options),
            ..VolumeCreateRequest::default()
        };
        let made = self.api.create_volume(request).await;
        made.map(drop).map_err(|error| self.refused("docker volume create", name, &error))
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
        let body = ContainerCreateBody {
            image: Some(run.image.clone()),
            cmd: (!run.command.is_empty()).then(|| run.command.clone()),
            env: Some(run.env.iter().map(|(name, value)| format!("{name}={value}")).collect()),
            volumes: anonymous(&run.mounts),
            host_config: Some(HostConfig {
                restart_policy: Some(never()),
                ..mounted(&run.mounts, workspace)
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

    /// `docker stop NAME` and `docker rm NAME`, with `-v` where its anonymous volumes go too; what is not there is
    /// removed already.
    pub(crate) async fn container_remove(&self, name: &str, volumes: bool) -> Result<()> {
        match self.api.stop_container(name, None).await {
            Ok(()) => {}
            Err(error) if is_not_found(&error) => return Ok(()),
            Err(error) => return Err(self.refused("docker stop", name, &error)),
        }
        let options = RemoveContainerOptionsBuilder::default().v(volumes).build();
        match self.api.remove_container(name, Some(options)).await {
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

    /// Removes a folder that a server filled and nobody else may read: a scratch container looks first whether a
    /// cluster lies there; what else is in a folder stays, and is named.
    pub(crate) async fn remove_data_folder(&self, workspace: &Path, folder: &str, image: &str) -> Result<()> {
        let script = "if [ -e \"$1/PG_VERSION\" ]; then rm -rf \"$1\"; else rmdir \"$1\"; fi";
        let place = format!("{PLACE}/{folder}");
        let command = ["-c", script, "sh", &place].map(str::to_owned);
        if self.in_folder(workspace, ("sh", &command), image).await? {
            return Ok(());
        }
        Err(Error::environment(say!(
            "`{folder}` reste : il n'est pas vide, vous ne pouvez pas le lire et ce n'est pas le dossier d'une base",
            "`{folder}` is left: it is not empty, you may not read it, and it is no database's folder"
        ))
        .hint(say!(
            "voyez avec `sudo ls -la {folder}` à qui est ce qui s'y trouve",
            "see with `sudo ls -la {folder}` whose is what lies there"
        )))
    }

    /// Removes a folder of ours, whoever owns what is in it: a scratch container does it.
    pub(crate) async fn remove_folder(&self, outer: &Path, folder: &str, image: &str) -> Result<()> {
        let command = ["-rf".to_owned(), format!("{PLACE}/{folder}")];
        if self.in_folder(outer, ("rm", &command), image).await? {
            return Ok(());
        }
        Err(Error::environment(say!(
            "`{folder}` n'a pas pu être supprimé en entier",
            "`{folder}` could not be removed as a whole"
        )))
    }

    /// Runs a command in a scratch container that sees a folder of this machine; whether it went well.
    async fn in_folder(
        &self,
        folder: &Path,
        (program, arguments): (&str, &[String]),
        image: &str,
    ) -> Result<bool> {
        let host = HostConfig {
            binds: Some(vec![format!("{}:{PLACE}", folder.display())]),
            network_mode: Some("none".to_owned()),
            ..HostConfig::default()
        };
        let body = ContainerCreateBody {
            image: Some(image.to_owned()),
            entrypoint: Some(vec![program.to_owned()]),
            cmd: Some(arguments.to_vec()),
            host_config: Some(host),
            ..ContainerCreateBody::default()
        };
        let scratch = self.scratch_from(body).await?;
        let started = self.api.start_container(&scratch.id, None).await;
        let mut ended = Box::pin(self.api.wait_container(&scratch.id, None));
        let ended = ended.next().await;
        scratch.remove().await?;
        let shown = folder.display().to_string();
        started.map_err(|error| self.refused(program, &shown, &error))?;
        match ended {
            // A code other than zero is told as an error.
            Some(Err(bollard::errors::Error::DockerContainerWaitError { .. })) => Ok(false),
            Some(Err(error)) => Err(self.refused(program, &shown, &error)),
            Some(Ok(_)) | None => Ok(true),
        }
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

impl Scratch {
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

/// The mounts as the docker CLI sends them: `-v` as binds, `--mount` as mounts, `--tmpfs` by itself.
pub(super) fn mounted(mounts: &[MountSpec], workspace: &Path) -> HostConfig {
    let of = |long: bool| mounts.iter().filter(move |one| one.tmpfs.is_none() && one.long == long);
    let binds: Vec<String> = of(false).filter_map(|mount| bind(mount, workspace)).collect();
    let long: Vec<Mount> = of(true).map(|mount| detailed(mount, workspace)).collect();
    let memory: HashMap<String, String> = mounts
        .iter()
        .filter_map(|one| Some((one.target.clone(), format!("size={}", one.tmpfs.as_ref()?))))
        .collect();
    HostConfig {
        binds: Some(binds),
        mounts: (!long.is_empty()).then_some(long),
        tmpfs: (!memory.is_empty()).then_some(memory),
        ..HostConfig::default()
    }
}

/// A mount as `--mount` writes it.
fn detailed(mount: &MountSpec, workspace: &Path) -> Mount {
    let (kind, source) = match (&mount.volume, &mount.bind) {
        (volume, None) => (MountType::VOLUME, volume.clone()),
        (_, Some(path)) => (MountType::BIND, Some(workspace.join(path).display().to_string())),
    };
    Mount {
        typ: Some(kind),
        source,
        target: Some(mount.target.clone()),
        read_only: mount.read_only.then_some(true),
        volume_options: (!mount.labels.is_empty()).then(|| MountVolumeOptions {
            labels: Some(mount.labels.clone().into_iter().collect()),
            ..MountVolumeOptions::default()
        }),
        ..Mount::default()
    }
}

/// The places of anonymous volumes, which `-v` sends apart from the rest.
pub(super) fn anonymous(mounts: &[MountSpec]) -> Option<Vec<String>> {
    let named = |one: &MountSpec| one.volume.is_some() || one.bind.is_some() || one.tmpfs.is_some();
    let nameless = |one: &&MountSpec| !one.long && !named(one);
    let places: Vec<String> = mounts.iter().filter(nameless).map(|one| one.target.clone()).collect();
    (!places.is_empty()).then_some(places)
}

/// A mount with a source, as `-v` writes it.
fn bind(mount: &MountSpec, workspace: &Path) -> Option<String> {
    let bound = || mount.bind.as_ref().map(|path| workspace.join(path).display().to_string());
    let source = mount.volume.clone().or_else(bound)?;
    let mode = if mount.read_only { ":ro" } else { "" };
    Some(format!("{source}:{}{mode}", mount.target))
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
