//! Compose, whichever is installed: the docker CLI's plugin (v2), or `docker-compose` (v1). It has no API: the program
//! itself is run.

use std::process::Stdio;

use tokio::process::Command;

use crate::cli::desk::Desk;
use crate::cli::env::Env;
use crate::cli::variables::Variables;
use crate::error::Error;
use crate::error::Result;
use crate::lab::Lab;
use crate::text::say;
use crate::world::Operation;

/// The two programs, as words.
const PROGRAMS: [&[&str]; 2] = [&["docker", "compose"], &["docker-compose"]];

/// Whether a lab has something for Compose to do.
pub(super) fn is_needed(lab: &Lab) -> bool {
    let mut operations = lab.steps.iter().flat_map(|step| &step.operations);
    operations.any(|operation| matches!(operation, Operation::ComposeUp(_) | Operation::ComposeDown(_)))
}

/// The words that begin a Compose command on this machine; an error that says where to get it.
pub(super) async fn program(env: &Env) -> Result<&'static [&'static str]> {
    for words in PROGRAMS {
        let mut command = prepared(words, env)?;
        let asked = command.arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status().await;
        if asked.is_ok_and(|status| status.success()) {
            return Ok(words);
        }
    }
    Err(Error::environment(say!(
        "Compose n'est pas installé : ni `docker compose`, ni `docker-compose` ne répond",
        "Compose is not installed: neither `docker compose` nor `docker-compose` answers"
    ))
    .hint(say!(
        "`sudo apt install docker-compose` (Debian), `docker-compose-v2` (Ubuntu) ou `docker-compose-plugin` (dépôt de Docker)",
        "`sudo apt install docker-compose` (Debian), `docker-compose-v2` (Ubuntu) or `docker-compose-plugin` (Docker's repository)"
    )))
}

/// Carries out an operation of Compose's in the workspace.
pub(super) async fn carry_out(operation: &Operation, desk: &Desk) -> Result<()> {
    let (file, project, rest): (_, _, &[&str]) = match operation {
        Operation::ComposeUp(up) => (&up.file, &up.project, &["up", "-d"]),
        Operation::ComposeDown(down) if down.volumes => (&down.file, &down.project, &["down", "-v"]),
        Operation::ComposeDown(down) => (&down.file, &down.project, &["down"]),
        _ => return Ok(()),
    };
    let words = program(&desk.env).await?;
    let mut command = prepared(words, &desk.env)?;
    command.args(["-f", file, "-p", project]).args(rest).current_dir(desk.workspace());
    let broken = |cause: String| {
        let shown = [words, &["-p", project], rest].concat().join(" ");
        Error::environment(say!("`{shown}` a échoué", "`{shown}` failed")).because(cause)
    };
    let output = command.output().await.map_err(|error| broken(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(broken(String::from_utf8_lossy(&output.stderr).trim_end().to_owned()))
}

/// A command that finds the daemon that was chosen.
fn prepared(words: &[&str], env: &Env) -> Result<Command> {
    let (first, rest) = words.split_first().unwrap_or((&"docker", &[]));
    let mut command = Command::new(first);
    command.args(rest).stdin(Stdio::null()).kill_on_drop(true);
    Variables::for_learner(env, env.lang)?.give_to(&mut command);
    Ok(command)
}
