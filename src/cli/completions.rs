//! `completions`: the script that completes commands and options in a shell.

use clap::CommandFactory;

use crate::cli::args;
use crate::cli::args::Cli;
use crate::cli::ui::Ui;
use crate::error::Exit;
use crate::error::Result;

/// Prints the script.
pub(crate) fn completions(args: &args::Completions, ui: &Ui) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "docker-lab", &mut script);
    ui.data(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
