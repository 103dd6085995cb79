//! `completions`: the script for a shell. All of them ask the program itself, as the docker CLI does, so that there
//! is one completer and it knows the labs.

mod complete;

use crate::cli::args;
use crate::cli::args::CompletedShell;
use crate::cli::ui::Ui;
use crate::error::Exit;
use crate::error::Result;

pub(crate) use complete::WORD;
pub(crate) use complete::answer;

/// Prints the script.
pub(crate) fn completions(args: &args::Completions, ui: &Ui) -> Result<Exit> {
    let script = match args.shell {
        CompletedShell::Bash => include_str!("docker-lab.bash"),
        CompletedShell::Zsh => include_str!("docker-lab.zsh"),
        CompletedShell::Fish => include_str!("docker-lab.fish"),
        CompletedShell::Powershell => include_str!("docker-lab.ps1"),
        CompletedShell::Elvish => include_str!("docker-lab.elv"),
    };
    ui.data(script)?;
    Ok(Exit::Done)
}
