//! The learner's commands, run by their own shell in the workspace. What a command leaves behind — the current
//! folder, variables — is there for the next one, as in any terminal.

use std::fs::File;
use std::fs::Metadata;
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitStatus;

use tempfile::TempDir;
use tokio::process::Child;
use tokio::process::Command;

use crate::cli::env::Env;
use crate::cli::variables::Variables;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;

/// Takes up what the last command left, carries out this one, and leaves what it leaves. `$1` is the folder that
/// keeps it, `$2` the command. Every variable is exported, so that `export -p` keeps it; half of them, on a full disk,
/// would be worse than those of before.
const AROUND: &str = r#"__lab=$1
[ -r "$__lab/variables" ] && . "$__lab/variables" 2>/dev/null
[ -r "$__lab/folder" ] && cd "$(cat "$__lab/folder")" 2>/dev/null
set -a
trap '__status=$?; set +a
{
    export -p >"$__lab/variables.new" && command mv -f "$__lab/variables.new" "$__lab/variables"
    pwd >"$__lab/folder"
} 2>/dev/null
exit $__status' EXIT
eval "$2"
"#;

/// How the folders begin that keep what commands leave: their variables may hold secrets.
const KEPT: &str = "docker-lab-shell-";

/// A file in such a folder that is locked for as long as its session lives.
const ALIVE: &str = "alive";

/// Shells that understand [`AROUND`].
const KNOWN: [&str; 5] = ["bash", "zsh", "dash", "ksh", "sh"];

/// A shell that remembers.
pub(super) struct Shell {
    program: PathBuf,
    kept: TempDir,
    /// Unlocked when the process ends, however it does.
    _alive: File,
    workspace: PathBuf,
    variables: Variables,
}

impl Shell {
    /// `$SHELL` where it is one that can be used, else the system's.
    pub(super) fn new(env: &Env, workspace: &Path, variables: Variables) -> Result<Shell> {
        let fits = |path: &&PathBuf| {
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| KNOWN.contains(&name))
        };
        let program = env.shell.as_ref().filter(fits).cloned().unwrap_or_else(|| PathBuf::from("sh"));
        let unusable = |error: std::io::Error| {
            Error::environment(say!(
                "aucun dossier temporaire n'a pu être créé",
                "no temporary folder could be made"
            ))
            .because(error)
        };
        let kept = tempfile::Builder::new().prefix(KEPT).tempdir().map_err(unusable)?;
        let alive = alive(kept.path()).map_err(unusable)?;
        sweep(kept.path());
        Ok(Shell { program, kept, _alive: alive, workspace: workspace.to_owned(), variables })
    }

    /// Starts a command on the learner's terminal.
    pub(super) fn start(&self, command: &str) -> Result<Child> {
        let mut shell = Command::new(&self.program);
        shell.arg("-c").arg(AROUND).arg("docker-lab").arg(self.kept.path()).arg(command);
        shell.current_dir(&self.workspace);
        self.variables.give_to(&mut shell);
        let name = self.program.display().to_string();
        shell.spawn().map_err(|error| {
            Error::environment(say!("`{name}` n'a pas pu être lancé", "`{name}` could not be started"))
                .because(error)
        })
    }
}

/// Marks a folder as that of a living session; the mark is locked before it can be seen.
fn alive(folder: &Path) -> std::io::Result<File> {
    let new = folder.join("new");
    let mark = File::create(&new)?;
    mark.lock()?;
    std::fs::rename(&new, folder.join(ALIVE))?;
    Ok(mark)
}

/// Removes the folders beside `kept` that sessions of the same user left when they were killed.
fn sweep(kept: &Path) {
    let beside = kept.parent().and_then(|parent| std::fs::read_dir(parent).ok());
    for folder in beside.into_iter().flatten().flatten().map(|entry| entry.path()) {
        let named =
            folder.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(KEPT));
        let theirs = || folder.symlink_metadata().is_ok_and(|seen| seen.is_dir() && same_owner(&seen, kept));
        let dead = || File::open(folder.join(ALIVE)).is_ok_and(|mark| mark.try_lock().is_ok());
        if named && theirs() && dead() {
            // What cannot be removed now is tried again by the next session.
            let _ = std::fs::remove_dir_all(&folder);
        }
    }
}

#[cfg(unix)]
fn same_owner(seen: &Metadata, kept: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    kept.metadata().is_ok_and(|own| own.uid() == seen.uid())
}

/// Elsewhere the temporary folder is the user's own.
#[cfg(not(unix))]
fn same_owner(_: &Metadata, _: &Path) -> bool {
    true
}

/// How a command ended, where that is worth a word: its exit code, or the signal's, as shells count it.
pub(super) fn failure(status: ExitStatus) -> Option<i32> {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status).map(|signal| 128 + signal);
    #[cfg(not(unix))]
    let signal = None;
    status.code().or(signal).filter(|code| *code != 0)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    async fn ends(shell: &Shell, command: &str) -> Option<i32> {
        shell.start(command).expect("started").wait().await.expect("ended").code()
    }

    #[tokio::test]
    async fn variables_outlive_a_disk_that_is_full() {
        for program in ["sh", "bash"] {
            let env = Env { shell: Some(PathBuf::from(program)), ..Env::read() };
            let variables = Variables::for_learner(&env, Lang::En).expect("variables");
            let shell = Shell::new(&env, Path::new("/"), variables).expect("a shell");
            assert_eq!(ends(&shell, "A=kept").await, Some(0));
            // Nothing can be written any more, as on a full disk.
            ends(&shell, "trap '' XFSZ; ulimit -f 0; B=lost").await;
            assert_eq!(ends(&shell, "[ \"$A\" = kept ]").await, Some(0), "{program}");
        }
    }

    #[test]
    fn what_a_killed_session_left_is_removed_and_a_living_one_is_not() {
        let parent = tempfile::TempDir::new().expect("a folder");
        let made = |name: &str| {
            let folder = parent.path().join(format!("{KEPT}{name}"));
            std::fs::create_dir(&folder).expect("a folder");
            folder
        };
        let (own, living, killed, begun) = (made("own"), made("living"), made("killed"), made("begun"));
        let (_own, _living) = (alive(&own).expect("a mark"), alive(&living).expect("a mark"));
        drop(alive(&killed).expect("a mark"));
        let other = parent.path().join("other");
        std::fs::create_dir(&other).expect("a folder");
        drop(alive(&other).expect("a mark"));
        sweep(&own);
        let there = [&own, &living, &killed, &begun, &other].map(|folder| folder.exists());
        assert_eq!(there, [true, true, false, true, true]);
    }
}
