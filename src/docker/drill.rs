//! A restore drill: an archive is unpacked into a scratch container without network, and its server is started there as
//! its learner's was, with the same image and user. Whoever wants to look asks the container by its name; dropping the drill removes it, data
//! and all.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use bollard::models::ContainerCreateBody;
use bollard::models::HostConfig;
use bollard::query_parameters::UploadToContainerOptionsBuilder;
use flate2::read::MultiGzDecoder;
use tokio_util::io::ReaderStream;
use tokio_util::io::SyncIoBridge;

use crate::docker::Engine;
use crate::docker::Seat;
use crate::docker::scratch::Scratch;
use crate::docker::streams;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;
use crate::world::DataFolder;

/// Where the images up to version 17 keep their data.
const DATA: &str = "/var/lib/postgresql/data";

/// A server on what an archive holds.
pub(crate) struct Drill {
    scratch: Scratch,
}

/// How a cluster was served.
struct Server {
    image: String,
    user: String,
    password: String,
    major: Option<String>,
}

impl Server {
    /// As its container serves it, by an image that tells which `PostgreSQL` it is; else as the lab's own image does.
    fn of(seat: Option<Seat>, image: &str) -> Server {
        let (own, user, password, major) = match seat {
            Some(seat) => (Some(seat.image), Some(seat.user), seat.password, seat.major),
            None => (None, None, None, None),
        };
        Server {
            image: own.filter(|_| major.is_some()).unwrap_or_else(|| image.to_owned()),
            user: user.unwrap_or_else(|| "postgres".to_owned()),
            // The cluster brings its roles along; the image asks for a password all the same.
            password: password.unwrap_or_else(|| "drill".to_owned()),
            major,
        }
    }
}

impl Engine {
    /// Begins a drill of what `container` served with a gzip tar that holds this data folder; `image` serves where the
    /// container is gone. It streams: a large archive needs no more memory than a small one.
    pub(crate) async fn drill(
        &self,
        archive: PathBuf,
        folder: DataFolder,
        (container, image): (&str, &str),
    ) -> Result<Drill> {
        let server = Server::of(self.seat(container).await?, image);
        if let (Some(major), Some(version)) = (&server.major, &folder.version)
            && major != version.trim()
        {
            let (image, version) = (&server.image, version.trim());
            return Err(Error::environment(say!(
                "l'archive est d'un PostgreSQL {version}, et `{image}` en est un {major}",
                "the archive is of a PostgreSQL {version}, and `{image}` is a {major}"
            )));
        }
        let leading = folder.leading;
        let host = HostConfig { network_mode: Some("none".to_owned()), ..HostConfig::default() };
        let body = ContainerCreateBody {
            image: Some(server.image),
            env: Some(vec![
                format!("POSTGRES_USER={}", server.user),
                format!("POSTGRES_PASSWORD={}", server.password),
                format!("PGDATA={DATA}"),
            ]),
            host_config: Some(host),
            ..ContainerCreateBody::default()
        };
        let scratch = self.scratch_from(body).await?;
        let (sender, receiver) = tokio::io::duplex(1 << 16);
        let unpack = streams::blocking(move || unpacked(&archive, &leading, SyncIoBridge::new(sender)));
        let options = UploadToContainerOptionsBuilder::default().path(DATA).build();
        let stream = bollard::body_try_stream(ReaderStream::new(receiver));
        let upload = self.api.upload_to_container(&scratch.id, Some(options), stream);
        let (unpacked, uploaded) = tokio::join!(unpack, upload);
        unpacked.map_err(|error| {
            Error::environment(say!(
                "l'archive n'a pas pu être déballée pour l'essai",
                "the archive could not be unpacked for the drill"
            ))
            .because(error)
        })?;
        uploaded.map_err(|error| self.unseen(&error))?;
        self.api.start_container(&scratch.id, None).await.map_err(|error| self.unseen(&error))?;
        Ok(Drill { scratch })
    }
}

impl Drill {
    /// The container's name.
    pub(crate) fn container(&self) -> &str {
        &self.scratch.id
    }

    /// Ends it.
    pub(crate) async fn end(self) -> Result<()> {
        self.scratch.remove().await
    }
}

/// Writes the members below `leading` as a plain tar, without it.
fn unpacked(archive: &std::path::Path, leading: &str, sink: impl io::Write) -> io::Result<()> {
    let mut source = tar::Archive::new(MultiGzDecoder::new(io::BufReader::new(File::open(archive)?)));
    let mut target = tar::Builder::new(sink);
    for member in source.entries()? {
        let mut member = member?;
        let name = String::from_utf8_lossy(&member.path_bytes()).into_owned();
        let name = name.trim_start_matches("./").trim_matches('/');
        let Some(below) = name.strip_prefix(leading).map(|rest| rest.trim_start_matches('/')) else {
            continue;
        };
        if below.is_empty() || below == "." {
            continue;
        }
        let mut header = member.header().clone();
        match member.link_name()? {
            Some(link) => target.append_link(&mut header, below, link)?,
            None => target.append_data(&mut header, below, &mut member)?,
        }
    }
    target.into_inner()?.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_s_image_serves_where_it_is_a_postgresql() {
        let seat = |image: &str, major: Option<&str>| Seat {
            id: String::new(),
            running: true,
            state: "running".to_owned(),
            created: 0.0,
            started: None,
            user: "bob".to_owned(),
            password: None,
            image: image.to_owned(),
            major: major.map(str::to_owned),
        };
        let image = |seat: Option<Seat>| Server::of(seat, "postgres:15-alpine").image;
        assert_eq!(image(Some(seat("postgres:16", Some("16")))), "postgres:16");
        assert_eq!(image(Some(seat("alpine", None))), "postgres:15-alpine");
        assert_eq!(image(None), "postgres:15-alpine");
        assert_eq!(Server::of(Some(seat("postgres:16", Some("16"))), "x").user, "bob");
    }
}
