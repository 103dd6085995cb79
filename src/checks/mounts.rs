//! What a container mounts, held against what it should.

use crate::checks::Verdict;
use crate::checks::verdict::all_of;
use crate::text::Text;
use crate::text::say;
use crate::world::Container;
use crate::world::Mount;
use crate::world::MountKind;
use crate::world::MountSpec;
use crate::world::host_path;

/// The mistakes of a mount.
pub(super) const MISTAKES: &[&str] = &[
    "anonymous-volume",
    "bind-instead-of-volume",
    "mount-missing",
    "path-became-volume",
    "read-only-forgotten",
    "tmpfs-instead-of-volume",
    "volume-instead-of-bind",
    "volume-read-only",
    "volume-misspelt",
    "wrong-folder",
    "wrong-mount-target",
    "wrong-volume",
];

/// Passes silently where the container mounts what is wanted; else says what it does instead.
pub(super) fn mounted(container: &Container, wanted: &MountSpec, workspace: &str) -> Result<(), Verdict> {
    let expected = described(wanted);
    let Some(mount) = container.mount_at(&wanted.target) else {
        return Err(elsewhere(container, wanted, expected));
    };
    let source = match (&wanted.volume, &wanted.bind) {
        (Some(volume), _) => is_volume(container, mount, volume, expected),
        (None, Some(path)) => is_bind(container, mount, &format!("{workspace}/{path}"), expected),
        (None, None) => Ok(()),
    };
    all_of([source, allows(container, mount, wanted)])
}

/// Whether it may be written to, or only read, as is wanted.
fn allows(container: &Container, mount: &Mount, wanted: &MountSpec) -> Result<(), Verdict> {
    let (name, target) = (&container.name, &wanted.target);
    match (wanted.read_only, mount.writable) {
        (false, false) => Err(Verdict::failed(
            described(wanted),
            say!("`{name}` ne peut que lire `{target}`", "`{name}` can only read `{target}`"),
        )
        .mistake("volume-read-only")
        .way_out(say!(
            "supprimez `{name}` et relancez-le sans `:ro` sur `{target}`",
            "remove `{name}` and run it again without `:ro` at `{target}`"
        ))),
        (true, true) => Err(Verdict::failed(
            described(wanted),
            say!("`{name}` peut écrire dans `{target}`", "`{name}` can write to `{target}`"),
        )
        .mistake("read-only-forgotten")
        .way_out(say!("ajoutez `:ro` au montage", "add `:ro` to the mount"))),
        (true, false) | (false, true) => Ok(()),
    }
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
    let (found, mistake) = match mount.kind {
        MountKind::Volume if mount.is_anonymous() => (
            say!(
                "`{name}` monte un volume anonyme sur `{target}`",
                "`{name}` mounts an anonymous volume at `{target}`"
            ),
            "anonymous-volume",
        ),
        MountKind::Bind => (
            say!(
                "`{name}` monte le dossier de l'hôte `{source}` sur `{target}`",
                "`{name}` mounts the host's folder `{source}` at `{target}`"
            ),
            "bind-instead-of-volume",
        ),
        MountKind::Tmpfs => (
            say!("`{name}` monte un tmpfs sur `{target}`", "`{name}` mounts a tmpfs at `{target}`"),
            "tmpfs-instead-of-volume",
        ),
        MountKind::Volume | MountKind::Other => {
            let mistake = if is_near(source, volume) { "volume-misspelt" } else { "wrong-volume" };
            (
                say!("`{name}` monte `{source}` sur `{target}`", "`{name}` mounts `{source}` at `{target}`"),
                mistake,
            )
        }
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
    if mount.kind == MountKind::Bind && host_path(&mount.source) == host_path(path) {
        return Ok(());
    }
    let (name, target, source) = (&container.name, &mount.target, &mount.source);
    let folder = path.rsplit('/').next().unwrap_or(path);
    let again = say!(
        "supprimez `{name}` et relancez-le avec `-v \"$(pwd)\"/{folder}:{target}` depuis le dossier de travail",
        "remove `{name}` and run it again with `-v \"$(pwd)\"/{folder}:{target}` from the workspace"
    );
    let (found, mistake) = if mount.is_anonymous() {
        let what = say!(
            "`{name}` monte un volume anonyme sur `{target}`",
            "`{name}` mounts an anonymous volume at `{target}`"
        );
        (what, "anonymous-volume")
    } else if mount.kind == MountKind::Volume {
        let what = say!(
            "`{name}` monte le volume `{source}` sur `{target}`",
            "`{name}` mounts the volume `{source}` at `{target}`"
        );
        let mistake = if source == folder { "path-became-volume" } else { "volume-instead-of-bind" };
        (what, mistake)
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

pub(super) fn described(wanted: &MountSpec) -> Text {
    let MountSpec { volume, bind, target, read_only, .. } = wanted;
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

/// Whether a name was meant to be the other: at most two letters differ, or only dashes, dots and capitals.
pub(super) fn is_near(name: &str, meant: &str) -> bool {
    let bare = |text: &str| text.to_lowercase().replace(['-', '_', '.'], "");
    bare(name) == bare(meant) || distance(name, meant) <= 2
}

/// How many letters must be put in, taken out or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut above_left = i;
        let mut left = i + 1;
        for (j, to) in b.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or(usize::MAX);
            let here = (above_left + usize::from(from != *to)).min(above + 1).min(left + 1);
            above_left = above;
            if let Some(slot) = row.get_mut(j) {
                *slot = left;
            }
            left = here;
        }
        if let Some(slot) = row.last_mut() {
            *slot = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_near_and_another_name_is_not() {
        assert!(is_near("postgres-data", "postgres_data"));
        assert!(is_near("postgre_data", "postgres_data"));
        assert!(!is_near("postgres_data_restored", "postgres_data"));
        assert!(!is_near("postgres_copy", "postgres_data"));
    }
}
