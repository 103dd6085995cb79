//! An operation as the command a learner would type, in bash or PowerShell; pure.

mod bash;
mod powershell;

use crate::lab::Lab;
use crate::lab::Step;
use crate::world::Operation;

/// A shell that commands are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Shell {
    /// bash, and every shell close to it.
    Bash,
    /// `PowerShell` on Windows.
    Powershell,
}

/// The commands of one operation.
pub(crate) fn render(lab: &Lab, step: &Step, operation: &Operation, shell: Shell) -> String {
    match shell {
        Shell::Bash => bash::render(lab, step, operation),
        Shell::Powershell => powershell::render(lab, step, operation),
    }
}

/// The helper image's command, with each mount on a line of its own.
fn helper(mounts: &[String], command: &str, joint: &str) -> String {
    let mounts: String = mounts.iter().map(|mount| format!("  -v {mount} {joint}\n")).collect();
    format!("docker run --rm {joint}\n{mounts}  alpine {joint}\n  {command}")
}
