//! `container`: a container runs and mounts what it should, where it should.

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::scene::container_ref;
use crate::checks::scene::volume_ref;
use crate::checks::verdict::Weighed;
use crate::text::Text;
use crate::text::say;
use crate::world::Container;
use crate::world::Mount;
use crate::world::MountKind;
use crate::world::MountSpec;

/// `container: {name: postgres_main, mounts: [{volume: postgres_data, target: /var/lib/postgresql/data}]}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContainerCheck {
    /// The container's name.
    pub name: String,
    /// The container that may take its place, once this one is destroyed.
    #[serde(default)]
    pub successor: Option<String>,
    /// The mounts it must have; it may have others.
    #[serde(default)]
    pub mounts: Vec<MountSpec>,
}

impl ContainerCheck {
    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let successor = self.successor.as_deref().map(|name| scene.container(name)).transpose()?.flatten();
        let Some(container) = scene.container(&self.name)?.or(successor) else {
            return self.absent(scene);
        };
        for wanted in &self.mounts {
            mounted(container, wanted, &scene.memory.workspace)?;
        }
        let (name, state) = (&container.name, &container.state);
        if !container.is_running() {
            return Ok(Verdict::failed(
                say!("`{name}` en marche", "`{name}` running"),
                say!("`{name}` est à l'état « {state} »", "`{name}` is in the state \"{state}\""),
            )
            .mistake("container-not-running")
            .way_out(say!(
                "lisez `docker logs {name}`, puis `docker start {name}` ; s'il s'arrête encore, supprimez-le et \
                 relancez-le sur un volume vide",
                "read `docker logs {name}`, then `docker start {name}`; if it stops again, remove it and run it \
                 again on an empty volume"
            )));
        }
        let volumes = self.mounts.iter().filter_map(|mount| mount.volume.as_deref());
        let volumes = volumes.filter_map(|volume| scene.volume(volume).ok().flatten()).map(volume_ref);
        let objects = std::iter::once(container_ref(name, &container.id)).chain(volumes);
        Ok(Verdict::passed(self.why(name), objects))
    }

    fn why(&self, name: &str) -> Text {
        let mounts: Vec<Text> = self.mounts.iter().map(described).collect();
        let fr: Vec<&str> = mounts.iter().map(|mount| mount.fr.as_str()).collect();
        let en: Vec<&str> = mounts.iter().map(|mount| mount.en.as_str()).collect();
        let (fr, en) = (fr.join(", "), en.join(", "));
        if mounts.is_empty() {
            return say!("`{name}` est en marche", "`{name}` is running");
        }
        say!("`{name}` est en marche et monte {fr}", "`{name}` is running and mounts {en}")
    }

    /// The name is not there: perhaps the work was done under another one.
    fn absent(&self, scene: &Scene<'_>) -> Weighed {
        let name = &self.name;
        let known = |other: &&Container| {
            !scene.resources.has_container(&other.name)
                && !scene.memory.baseline.containers.iter().any(|(id, _)| *id == other.id)
        };
        let stray = scene.containers()?.filter(|other| other.is_running()).filter(known).find(|other| {
            self.mounts.iter().any(|wanted| mounted(other, wanted, &scene.memory.workspace).is_ok())
        });
        let Some(stray) = stray.filter(|_| !self.mounts.is_empty()) else {
            return Ok(Verdict::Pending(say!(
                "le conteneur `{name}` n'existe pas encore",
                "container `{name}` does not exist yet"
            )));
        };
        let other = &stray.name;
        Ok(Verdict::failed(
            say!("un conteneur nommé `{name}`", "a container named `{name}`"),
            say!("le conteneur s'appelle `{other}`", "the container is called `{other}`"),
        )
        .mistake("container-name")
        .way_out(say!("`docker rename {other} {name}`", "`docker rename {other} {name}`")))
    }
}

/// Passes silently where the container mounts what is wanted; else says what it does instead.
pub(super) fn mounted(container: &Container, wanted: &MountSpec, workspace: &str) -> Result<(), Verdict> {
    let expected = described(wanted);
    let Some(mount) = container.mount_at(&wanted.target) else {
        return Err(elsewhere(container, wanted, expected));
    };
    match (&wanted.volume, &wanted.bind) {
        (Some(volume), _) => is_volume(container, mount, volume, expected)?,
        (None, Some(path)) => is_bind(container, mount, &format!("{workspace}/{path}"), expected)?,
        (None, None) => {}
    }
    if wanted.read_only && mount.writable {
        let (name, target) = (&container.name, &wanted.target);
        return Err(Verdict::failed(
            described(wanted),
            say!("`{name}` peut écrire dans `{target}`", "`{name}` can write to `{target}`"),
        )
        .mistake("read-only-forgotten")
        .way_out(say!("ajoutez `:ro` au montage", "add `:ro` to the mount")));
    }
    Ok(())
}

fn is_volume(container: &Container, mount: &Mount, volume: &str, expected: Text) -> Result<(), Verdict> {
    if mount.kind == MountKind::Volume && mount.source == volume {
        return Ok(());
    }
    let (name, target, source) = (&container.name, &mount.target, &mount.source);
    let again = say!(
        "supprimez `{name}` et relancez-le avec `-v {volume}:{target}`",
        "remove `{name}` and run it again with `-v {volume}:{target}`"
    );
    let wanted =
        container.mounts.iter().find(|other| other.kind == MountKind::Volume && other.source == volume);
    if let Some(other) = wanted.filter(|_| mount.is_anonymous()) {
        return Err(beside(container, other, mount, expected));
    }
    let (found, mistake) = if mount.is_anonymous() {
        let what = say!(
            "`{name}` monte un volume anonyme sur `{target}`",
            "`{name}` mounts an anonymous volume at `{target}`"
        );
        (what, "anonymous-volume")
    } else if mount.kind == MountKind::Bind {
        let what = say!(
            "`{name}` monte le dossier de l'hôte `{source}` sur `{target}`",
            "`{name}` mounts the host's folder `{source}` at `{target}`"
        );
        (what, "bind-instead-of-volume")
    } else {
        let what =
            say!("`{name}` monte `{source}` sur `{target}`", "`{name}` mounts `{source}` at `{target}`");
        (what, "wrong-volume")
    };
    Err(Verdict::failed(expected, found).mistake(mistake).way_out(again))
}

/// The volume is mounted, but not where the image keeps its data: Docker put an anonymous one there. What the
/// image had in the place was copied into the volume, so that it is no longer empty.
fn beside(container: &Container, other: &Mount, mount: &Mount, expected: Text) -> Verdict {
    let (name, volume, place, target) = (&container.name, &other.source, &other.target, &mount.target);
    Verdict::failed(
        expected,
        say!(
            "`{name}` monte `{volume}` sur `{place}` : PostgreSQL écrit à côté, dans un volume anonyme",
            "`{name}` mounts `{volume}` at `{place}`: PostgreSQL writes beside it, into an anonymous volume"
        ),
    )
    .mistake("wrong-mount-target")
    .way_out(say!(
        "`docker rm -f -v {name}`, `docker volume rm {volume}`, `docker volume create {volume}`, puis relancez avec \
         `-v {volume}:{target}`",
        "`docker rm -f -v {name}`, `docker volume rm {volume}`, `docker volume create {volume}`, then run it again \
         with `-v {volume}:{target}`"
    ))
}

fn is_bind(container: &Container, mount: &Mount, path: &str, expected: Text) -> Result<(), Verdict> {
    if mount.kind == MountKind::Bind && mount.source == path {
        return Ok(());
    }
    let (name, target, source) = (&container.name, &mount.target, &mount.source);
    let folder = path.rsplit('/').next().unwrap_or(path);
    let again = say!(
        "supprimez `{name}` et relancez-le avec `-v \"$(pwd)\"/{folder}:{target}` depuis le dossier de travail",
        "remove `{name}` and run it again with `-v \"$(pwd)\"/{folder}:{target}` from the workspace"
    );
    let (found, mistake) = if mount.kind == MountKind::Volume {
        let what = say!(
            "`{name}` monte le volume `{source}` sur `{target}`",
            "`{name}` mounts the volume `{source}` at `{target}`"
        );
        (what, "volume-instead-of-bind")
    } else {
        let what =
            say!("`{name}` monte `{source}` sur `{target}`", "`{name}` mounts `{source}` at `{target}`");
        (what, "wrong-folder")
    };
    Err(Verdict::failed(expected, found).mistake(mistake).way_out(again))
}

/// Nothing is mounted at the target; perhaps the right thing is mounted somewhere else.
fn elsewhere(container: &Container, wanted: &MountSpec, expected: Text) -> Verdict {
    let (name, target) = (&container.name, &wanted.target);
    let source = wanted.volume.as_deref().or(wanted.bind.as_deref()).unwrap_or_default();
    let other = container.mounts.iter().find(|mount| mount.source.rsplit('/').next() == Some(source));
    let again = say!(
        "supprimez `{name}` et relancez-le avec la cible `{target}`",
        "remove `{name}` and run it again with the target `{target}`"
    );
    match other.map(|mount| &mount.target) {
        Some(other) => Verdict::failed(
            expected,
            say!("`{name}` monte `{source}` sur `{other}`", "`{name}` mounts `{source}` at `{other}`"),
        )
        .mistake("wrong-mount-target")
        .way_out(again),
        None => Verdict::failed(
            expected,
            say!("`{name}` ne monte rien sur `{target}`", "`{name}` mounts nothing at `{target}`"),
        )
        .mistake("mount-missing")
        .way_out(again),
    }
}

fn described(wanted: &MountSpec) -> Text {
    let MountSpec { volume, bind, target, read_only } = wanted;
    let (fr, en) = if *read_only { (" en lecture seule", " read-only") } else { ("", "") };
    match (volume, bind) {
        (Some(volume), _) => {
            say!("le volume `{volume}` sur `{target}`{fr}", "the volume `{volume}` at `{target}`{en}")
        }
        (None, Some(bind)) => {
            say!("le dossier `./{bind}` sur `{target}`{fr}", "the folder `./{bind}` at `{target}`{en}")
        }
        (None, None) => say!("quelque chose sur `{target}`", "something at `{target}`"),
    }
}
