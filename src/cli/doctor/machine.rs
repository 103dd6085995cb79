//! This machine: the docker CLI, the folders, the room on the disk.

use std::io;
use std::path::Path;

use crate::cli::args::Common;
use crate::cli::env::Env;
use crate::report::Finding;
use crate::report::Level;
use crate::report::size;
use crate::text::Text;
use crate::text::say;

/// What the volumes, copies and backups of a lab take, with the images, generously.
const ROOM: u64 = 1_000_000_000;

/// The learner types `docker`.
pub(super) fn program(env: &Env) -> Finding {
    let Some(path) = env.program("docker") else {
        let finding = Finding::new(
            "docker-cli",
            Level::Problem,
            say!(
                "la commande `docker` n'est pas dans le `PATH`",
                "the command `docker` is not on the `PATH`"
            ),
        );
        let elsewhere = say!(
            "installez Docker Desktop, ou ajoutez son dossier au `PATH`",
            "install Docker Desktop, or add its folder to the `PATH`"
        );
        let linux = say!(
            "`sudo apt install docker.io` (Debian, Ubuntu), ou le paquet Docker de votre système",
            "`sudo apt install docker.io` (Debian, Ubuntu), or your system's Docker package"
        );
        return finding.fix(if cfg!(target_os = "linux") { linux } else { elsewhere });
    };
    let path = path.display();
    Finding::new("docker-cli", Level::Fine, say!("commande `docker` : {path}", "command `docker`: {path}"))
}

/// Whether sessions can be kept.
pub(super) fn home(env: &Env) -> Finding {
    let folder = env.home.display();
    match std::fs::create_dir_all(&env.home).and_then(|()| writable(&env.home)) {
        Ok(()) => Finding::new(
            "home",
            Level::Fine,
            say!("sessions gardées dans {folder}", "sessions are kept in {folder}"),
        ),
        Err(error) => {
            let what = say!(
                "les sessions ne peuvent pas être gardées dans {folder}",
                "sessions cannot be kept in {folder}"
            );
            let finding =
                Finding { cause: Some(error.to_string()), ..Finding::new("home", Level::Problem, what) };
            finding.fix(say!(
                "choisissez un dossier à vous : `export DOCKER_LAB_HOME=DOSSIER`",
                "choose a folder of your own: `export DOCKER_LAB_HOME=FOLDER`"
            ))
        }
    }
}

/// The learner's folder: whether files can be written there, and how many.
pub(super) fn workspace(common: &Common, env: &Env) -> Vec<Finding> {
    let folder = common.dir.as_ref().map_or_else(|| env.here.clone(), |dir| env.here.join(dir));
    let shown = folder.display();
    // `start` makes a folder that is not there yet, where it can.
    let there = folder.ancestors().find(|part| part.exists()).unwrap_or(&folder);
    let usable =
        if there.is_dir() { writable(there) } else { Err(io::Error::from(io::ErrorKind::NotADirectory)) };
    let mut findings = Vec::new();
    findings.push(match usable {
        Ok(()) => {
            Finding::new("workspace", Level::Fine, say!("dossier de travail : {shown}", "workspace: {shown}"))
        }
        Err(error) => {
            let what = say!(
                "le dossier de travail {shown} n'est pas utilisable",
                "the workspace {shown} cannot be used"
            );
            Finding { cause: Some(error.to_string()), ..Finding::new("workspace", Level::Problem, what) }.fix(
                say!("choisissez un dossier à vous avec `--dir`", "choose a folder of your own with `--dir`"),
            )
        }
    });
    let place = say!("dans le dossier de travail", "in the workspace");
    findings.extend(room("room-workspace", &folder, &place));
    findings
}

/// The room on the disk of a folder; nothing where nobody can tell.
pub(super) fn room(id: &'static str, folder: &Path, place: &Text) -> Option<Finding> {
    let free = folder.ancestors().find_map(free)?;
    let (Text { fr, en }, folder, Text { fr: lieu, en: place }) = (size(free), folder.display(), place);
    if free >= ROOM {
        let what = say!("place libre {lieu} : {fr} ({folder})", "room left {place}: {en} ({folder})");
        return Some(Finding::new(id, Level::Fine, what));
    }
    let Text { fr: needed_fr, en: needed } = size(ROOM);
    let what = say!(
        "il ne reste que {fr} {lieu} ({folder}) ; il en faut environ {needed_fr}",
        "only {en} left {place} ({folder}); about {needed} is needed"
    );
    Some(Finding::new(id, Level::Problem, what).fix(say!(
        "`df -h` montre les disques, `docker system df` ce que Docker y garde ; supprimez par leur nom les images et les volumes qui ne servent plus",
        "`df -h` shows the disks, `docker system df` what Docker keeps there; remove images and volumes that nobody needs, by name"
    )))
}

/// The bytes that are free for us.
#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

/// Whether files can be made in a folder; nothing is made to find out.
#[cfg(unix)]
fn writable(folder: &Path) -> io::Result<()> {
    let rights = rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK | rustix::fs::Access::READ_OK;
    rustix::fs::access(folder, rights).map_err(io::Error::from)
}

#[cfg(not(unix))]
fn writable(folder: &Path) -> io::Result<()> {
    std::fs::read_dir(folder).map(drop)
}
