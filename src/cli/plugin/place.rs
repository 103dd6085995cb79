//! The docker CLI's plugin folder: what stands there under our name, and whether it is us.

use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use crate::cli::env;
use crate::cli::plugin::METADATA;
use crate::cli::plugin::VENDOR;

/// How long a program may take to say who it is.
const PATIENCE: Duration = Duration::from_secs(5);

/// What stands under our name in the plugin folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing.
    Nothing,
    /// This program: itself, or a link to it.
    This,
    /// docker-lab, but another copy of it or a link that leads nowhere.
    Other,
    /// Somebody else's.
    Foreign,
}

/// The file that makes us a plugin, below the docker CLI's configuration.
pub(super) fn file(config: &Path) -> PathBuf {
    config.join("cli-plugins").join(format!("docker-lab{}", env::EXE_SUFFIX))
}

/// Looks what is there.
pub(super) async fn look(file: &Path, program: &Path) -> Found {
    if file.symlink_metadata().is_err() {
        return Found::Nothing;
    }
    let Ok(real) = file.canonicalize() else {
        // A link to a program that moved: ours, where it bears our name.
        let target = std::fs::read_link(file).unwrap_or_default();
        let ours = target.file_stem().is_some_and(|stem| stem == "docker-lab");
        return if ours { Found::Other } else { Found::Foreign };
    };
    if program.canonicalize().is_ok_and(|program| program == real) {
        return Found::This;
    }
    if vendor(file).await.as_deref() == Some(VENDOR) { Found::Other } else { Found::Foreign }
}

/// Who made the plugin, by its own answer: the question that the docker CLI asks it too.
async fn vendor(file: &Path) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Answer {
        vendor: String,
    }
    let mut asked = tokio::process::Command::new(file);
    asked.arg(METADATA).stdin(std::process::Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, asked.output()).await.ok()?.ok()?;
    serde_json::from_slice::<Answer>(&output.stdout).ok().map(|answer| answer.vendor)
}

/// The folders on the way to a file that are not there yet, the deepest first.
pub(super) fn missing_folders(file: &Path) -> Vec<PathBuf> {
    file.ancestors().skip(1).take_while(|folder| !folder.exists()).map(Path::to_owned).collect()
}

/// Puts the program in place: a link, so that a newer program is at once the newer plugin; a copy where links are
/// not for everybody.
pub(super) fn put(file: &Path, program: &Path) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let beside = file.with_extension(format!("new-{}", std::process::id()));
    let made = link(program, &beside).and_then(|()| std::fs::rename(&beside, file));
    if made.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    made
}

#[cfg(unix)]
fn link(program: &Path, at: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(program, at)
}

#[cfg(not(unix))]
fn link(program: &Path, at: &Path) -> io::Result<()> {
    std::fs::copy(program, at).map(drop)
}
