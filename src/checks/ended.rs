//! Why a container ended: what it said last, and what it mounts from the workspace.

use std::collections::BTreeSet;
use std::path::Path;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::text::Text;
use crate::text::say;
use crate::world::Container;
use crate::world::Fact;
use crate::world::LastWords;
use crate::world::MountKind;
use crate::world::Probe;

/// Where the image looks for what to run at its first start.
pub(super) const INIT: &str = "/docker-entrypoint-initdb.d";

/// What to look at, once a container has ended.
pub(super) fn clues(scene: &Scene<'_>, container: &Container) -> BTreeSet<Probe> {
    let words = Probe::LastWords { container: container.name.clone() };
    scripts(scene, container).map(|path| Probe::File { path }).chain([words]).collect()
}

/// What of the workspace is mounted to be run at the first start, by path below it.
pub(super) fn scripts(scene: &Scene<'_>, container: &Container) -> impl Iterator<Item = String> {
    let mounts =
        container.mounts.iter().filter(|one| one.kind == MountKind::Bind && one.target.starts_with(INIT));
    let below = |source: &str| {
        let rest = source.strip_prefix(scene.memory.workspace.as_str())?.strip_prefix('/')?;
        (!rest.is_empty()).then(|| rest.to_owned())
    };
    mounts.filter_map(|one| below(&one.source)).collect::<Vec<_>>().into_iter()
}

/// Whether what is mounted as a script is a folder: Docker made it, since no file was there.
pub(super) fn folder_for_script(scene: &Scene<'_>, container: &Container) -> Option<String> {
    let is_folder = |path: &String| {
        Path::new(path).extension().is_some_and(|extension| extension == "sql")
            && matches!(scene.clue(&Probe::File { path: path.clone() }), Some(Fact::File(file)) if file.folder)
    };
    scripts(scene, container).find(is_folder)
}

/// A tmpfs where something else was asked for: the daemon's lists leave `--tmpfs` out.
pub(super) fn in_memory(scene: &Scene<'_>, name: &str, target: &str) -> Option<Verdict> {
    let Some(Fact::LastWords(words)) = scene.clue(&Probe::LastWords { container: name.to_owned() }) else {
        return None;
    };
    let held = words.in_memory.iter().any(|place| place.trim_end_matches('/') == target);
    held.then(|| {
        Verdict::failed(
            say!("un montage qui reste", "a mount that stays"),
            say!("`{name}` monte un tmpfs sur `{target}`", "`{name}` mounts a tmpfs at `{target}`"),
        )
        .mistake("tmpfs-instead-of-volume")
    })
}

/// The verdict that the last words allow.
pub(super) fn told(scene: &Scene<'_>, container: &Container) -> Option<Verdict> {
    let name = &container.name;
    let Some(Fact::LastWords(words)) = scene.clue(&Probe::LastWords { container: name.clone() }) else {
        return None;
    };
    if words.running {
        return None;
    }
    if let Some(path) = folder_for_script(scene, container) {
        return Some(is_folder(name, &path));
    }
    let (mistake, line) = reason(words)?;
    let exit = words.exit;
    let found =
        say!("`{name}` s'est arrêté (code {exit}) : {line}", "`{name}` ended (exit code {exit}): {line}");
    Some(Verdict::failed(running(name), found).mistake(mistake))
}

/// An init script that is a folder.
pub(super) fn is_folder(name: &str, path: &str) -> Verdict {
    Verdict::failed(
        running(name),
        say!("`{path}` est un dossier dans le dossier de travail", "`{path}` is a folder in the workspace"),
    )
    .mistake("init-is-folder")
    .way_out(say!(
        "`docker rm -f {name}`, `sudo rmdir {path}`, écrivez le fichier, puis recommencez sur un volume vide",
        "`docker rm -f {name}`, `sudo rmdir {path}`, write the file, then begin again on an empty volume"
    ))
}

fn running(name: &str) -> Text {
    say!("`{name}` en marche", "`{name}` running")
}

/// The mistake that a line shows, and the line: the server's words are English, whatever the locale of the learner.
fn reason(words: &LastWords) -> Option<(&'static str, &str)> {
    let known: [(&[&str], &str); 4] = [
        (&["superuser password is not specified"], "password-missing"),
        (&["Read-only file system"], "volume-read-only"),
        (&["exists but is not empty"], "data-folder-not-empty"),
        (&["psql:", "ERROR"], "init-failed"),
    ];
    known.iter().find_map(|(parts, mistake)| {
        let fits = |line: &&String| parts.iter().all(|part| line.contains(part));
        words.lines.iter().find(fits).map(|line| (*mistake, line.trim()))
    })
}
