//! The images that the labs need: which are here, pulling them, and files for rooms without a registry.

use std::path::Path;
use std::time::Duration;

use bollard::query_parameters::CreateImageOptionsBuilder;
use bollard::query_parameters::ImportImageOptionsBuilder;
use bollard::query_parameters::TagImageOptionsBuilder;
use futures_util::StreamExt;
use tokio::io::AsyncWriteExt;
use tokio_util::codec::BytesCodec;
use tokio_util::codec::FramedRead;

use crate::docker::Engine;
use crate::docker::STAND_IN;
use crate::docker::is_not_found;
use crate::docker::said;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;

/// A daemon may be silent for so many times our patience while it unpacks what it was sent.
const UNPACKING: u32 = 4;

/// So long a daemon that takes no more images may say why.
const LAST_WORD: Duration = Duration::from_secs(2);

/// An image that is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    /// The id.
    pub id: String,
    /// The size in bytes.
    pub size: u64,
    /// Whether it only stands in for the real one.
    pub stand_in: bool,
}

/// What a pull tells while it runs.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    /// The layer.
    pub layer: String,
    /// What happens to it, in the daemon's words.
    pub status: String,
    /// How many bytes are done.
    pub done: u64,
    /// How many there are.
    pub total: u64,
}

impl Engine {
    /// The image of a name, if it is here.
    pub(crate) async fn image(&self, name: &str) -> Result<Option<Image>> {
        match self.api.inspect_image(name).await {
            Ok(found) => {
                let labels = found.config.and_then(|config| config.labels).unwrap_or_default();
                Ok(Some(Image {
                    id: found.id.unwrap_or_default(),
                    size: found.size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0),
                    stand_in: labels.get(STAND_IN).is_some_and(|value| value == "true"),
                }))
            }
            Err(error) if is_not_found(&error) => Ok(None),
            Err(error) => Err(self.unseen(&error)),
        }
    }

    /// The first of some images that is here.
    pub(crate) async fn first_image(&self, names: &[String]) -> Result<Option<String>> {
        for name in names {
            if self.image(name).await?.is_some() {
                return Ok(Some(name.clone()));
            }
        }
        Ok(None)
    }

    /// Those of some images that are here.
    pub(crate) async fn images_here(&self, names: &[String]) -> Result<Vec<String>> {
        let mut here = Vec::new();
        for name in names {
            if self.image(name).await?.is_some() {
                here.push(name.clone());
            }
        }
        Ok(here)
    }

    /// Pulls an image, from a mirror where one is named (`HOST/PREFIX`); it is then tagged with its own name.
    pub(crate) async fn pull(
        &self,
        name: &str,
        mirror: Option<&str>,
        mut tell: impl FnMut(Progress),
    ) -> Result<()> {
        let source = mirror
            .map_or_else(|| name.to_owned(), |mirror| format!("{}/{name}", mirror.trim_end_matches('/')));
        let (repository, tag) = split(&source);
        let options = CreateImageOptionsBuilder::default().from_image(repository).tag(tag).build();
        let mut stream = Box::pin(self.api.create_image(Some(options), None, None));
        while let Some(event) = stream.next().await {
            let event = event.map_err(|error| not_pulled(&source, &said(&error)))?;
            if let Some(error) = event.error_detail.and_then(|detail| detail.message) {
                return Err(not_pulled(&source, &error));
            }
            let detail = event.progress_detail.unwrap_or_default();
            let number = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok()).unwrap_or(0);
            tell(Progress {
                layer: event.id.unwrap_or_default(),
                status: event.status.unwrap_or_default(),
                done: number(detail.current),
                total: number(detail.total),
            });
        }
        if mirror.is_some() {
            let (repository, tag) = split(name);
            let options = TagImageOptionsBuilder::default().repo(repository).tag(tag).build();
            self.api.tag_image(&source, Some(options)).await.map_err(|error| self.unseen(&error))?;
        }
        Ok(())
    }

    /// Writes images into one tar file, as `docker save` does.
    pub(crate) async fn save(&self, names: &[&str], file: &mut tokio::fs::File) -> Result<u64> {
        let unwritten = |error: std::io::Error| {
            Error::environment(say!("le fichier n'a pas pu être écrit", "the file could not be written"))
                .because(error)
                .hint(say!("reste-t-il de la place sur le disque ?", "is there room left on the disk?"))
        };
        let mut stream = Box::pin(self.api.export_images(names));
        let mut written = 0;
        while let Some(part) = stream.next().await {
            let part = part.map_err(|error| self.unseen(&error))?;
            file.write_all(&part).await.map_err(unwritten)?;
            written += part.len() as u64;
        }
        file.flush().await.map_err(unwritten)?;
        file.sync_all().await.map_err(unwritten)?;
        Ok(written)
    }

    /// Sends images to another daemon, as `docker save | docker load` does, and tells how many bytes went by. Nothing
    /// but a few parts is held; a daemon that takes none for `patience` is given up.
    pub(crate) async fn send(
        &self,
        names: &[&str],
        to: &Engine,
        patience: Duration,
        mut tell: impl FnMut(u64),
    ) -> Result<()> {
        let place = &to.endpoint;
        let broken = || {
            Error::environment(say!(
                "les images n'ont pas pu être chargées sur `{place}`",
                "the images could not be loaded at `{place}`"
            ))
        };
        let silent = || {
            let seconds = patience.as_secs();
            broken().because(format!("{seconds} s"))
        };
        let (sender, receiver) = tokio::sync::mpsc::channel::<bytes::Bytes>(4);
        let feed = async move {
            let mut stream = Box::pin(self.api.export_images(names));
            let mut sent = 0;
            while let Some(part) =
                tokio::time::timeout(patience, stream.next()).await.map_err(|_| silent())?
            {
                let part = part.map_err(|error| self.unseen(&error))?;
                sent += part.len() as u64;
                match tokio::time::timeout(patience, sender.send(part)).await {
                    Ok(Ok(())) => tell(sent),
                    Ok(Err(_)) => return Err(broken()),
                    Err(_) => return Err(silent()),
                }
            }
            Ok(())
        };
        let parts = futures_util::stream::unfold(receiver, async |mut receiver| {
            let part = receiver.recv().await?;
            Some((Ok::<_, std::io::Error>(part), receiver))
        });
        let load = async {
            let options = ImportImageOptionsBuilder::default().quiet(true).build();
            let mut stream = Box::pin(to.api.import_image(options, bollard::body_try_stream(parts), None));
            while let Some(event) = stream.next().await {
                let event = event.map_err(|error| broken().because(said(&error)))?;
                if let Some(error) = event.error_detail.and_then(|detail| detail.message) {
                    return Err(broken().because(error));
                }
            }
            Ok(())
        };
        tokio::pin!(feed, load);
        tokio::select! {
            sent = &mut feed => match sent {
                // A daemon unpacks what it was sent before it answers.
                Ok(()) => tokio::time::timeout(patience * UNPACKING, load).await.map_err(|_| silent())?,
                // Where loading fails too, its reason is the better one; a machine that is gone has none.
                Err(error) => match tokio::time::timeout(LAST_WORD, load).await {
                    Ok(Err(reason)) => Err(reason),
                    Ok(Ok(())) | Err(_) => Err(error),
                },
            },
            loaded = &mut load => loaded,
        }
    }

    /// Loads images from a file that `docker save` or [`Engine::save`] wrote; answers what the daemon says.
    pub(crate) async fn load(&self, path: &Path) -> Result<Vec<String>> {
        let shown = path.display().to_string();
        let broken =
            || Error::environment(say!("`{shown}` n'a pas pu être chargé", "`{shown}` could not be loaded"));
        let file = tokio::fs::File::open(path).await.map_err(|error| broken().because(error))?;
        let parts = FramedRead::new(file, BytesCodec::new()).map(|part| part.map(bytes::BytesMut::freeze));
        let options = ImportImageOptionsBuilder::default().quiet(true).build();
        let body = bollard::body_try_stream(parts);
        let mut stream = Box::pin(self.api.import_image(options, body, None));
        let mut lines = Vec::new();
        while let Some(event) = stream.next().await {
            let event = event.map_err(|error| broken().because(said(&error)))?;
            if let Some(error) = event.error_detail.and_then(|detail| detail.message) {
                return Err(broken().because(error));
            }
            lines.extend(event.stream.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()));
        }
        Ok(lines)
    }
}

/// Repository and tag; a colon before the last slash belongs to a registry's port.
fn split(name: &str) -> (&str, &str) {
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (name, "latest"),
    }
}

fn not_pulled(name: &str, cause: &str) -> Error {
    Error::environment(say!(
        "l'image `{name}` n'est pas sur cette machine et n'a pas pu être téléchargée",
        "the image `{name}` is not on this machine and could not be pulled"
    ))
    .because(cause)
    .hint(say!(
        "un registre local ? `docker-lab images pull --mirror HÔTE/PRÉFIXE`",
        "a local registry? `docker-lab images pull --mirror HOST/PREFIX`"
    ))
    .hint(say!(
        "un fichier reçu du formateur ? `docker-lab images load FICHIER`",
        "a file from the trainer? `docker-lab images load FILE`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_port_is_no_tag() {
        assert_eq!(split("alpine"), ("alpine", "latest"));
        assert_eq!(split("postgres:15-alpine"), ("postgres", "15-alpine"));
        assert_eq!(split("127.0.0.1:5000/library/alpine"), ("127.0.0.1:5000/library/alpine", "latest"));
    }
}
