//! An operation as the command a learner would type, in bash or PowerShell; pure.

mod bash;
mod powershell;

use crate::lab::Lab;
use crate::lab::Step;
use crate::world::MountSpec;
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

/// A mount as `--mount` takes it, without the source where Docker makes up a name.
fn detailed(mount: &MountSpec, source: Option<&str>) -> String {
    let kind = if mount.bind.is_some() { "bind" } else { "volume" };
    let source = source.map(|source| format!("source={source},")).unwrap_or_default();
    let mode = if mount.read_only { ",readonly" } else { "" };
    let labels: String =
        mount.labels.iter().map(|(key, value)| format!(",volume-label={key}={value}")).collect();
    format!("type={kind},{source}target={}{mode}{labels}", mount.target)
}

/// What follows the name of Compose's program.
fn composed(operation: &Operation) -> String {
    match operation {
        Operation::ComposeUp(up) => format!("-f {} -p {} up -d", up.file, up.project),
        Operation::ComposeDown(down) => {
            let volumes = if down.volumes { " -v" } else { "" };
            format!("-f {} -p {} down{volumes}", down.file, down.project)
        }
        _ => String::new(),
    }
}

/// The command of a helper container, with each mount on a line of its own.
fn helper(lab: &Lab, mounts: &[String], command: &str, joint: &str) -> String {
    let (image, mounts) = (lab.helper(), mounts.iter().map(|mount| format!("  -v {mount} {joint}\n")));
    let mounts: String = mounts.collect();
    format!("docker run --rm {joint}\n{mounts}  {image} {joint}\n  {command}")
}
