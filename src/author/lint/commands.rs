//! The commands of sabotages: they run on a daemon that others may use, so each object they take away is the lab's, or
//! has the session's prefix.

use crate::author::lint::dangerous;
use crate::lab::Lab;
use crate::text::say;
use crate::yaml;
use crate::yaml::Document;
use crate::yaml::Node;

/// Docker's words that take something away from whoever uses it.
pub(super) const REMOVING: [&str; 8] = ["rm", "rmi", "remove", "stop", "kill", "pause", "rename", "restart"];

/// Complains of commands that would touch other people's objects.
pub(super) fn complain(document: &Document, lab: &Lab) {
    let attempts = document.root().get("attempts").and_then(Node::as_sequence);
    for (index, attempt) in attempts.into_iter().flatten().enumerate() {
        for key in ["before", "do"] {
            let path = yaml::join(&yaml::item("attempts", index), key);
            let script = attempt.get(key).and_then(Node::as_str).unwrap_or_default().replace("\\\n", " ");
            for command in script.split(['\n', ';', '|', '&']).map(str::trim) {
                if let Some(what) = dangerous(command) {
                    document.complain(&path, what);
                    continue;
                }
                for name in removed(command).filter(|name| !is_ours(name, lab)) {
                    let what = say!(
                        "`{command}` : `{name}` n'est ni un nom du laboratoire ni un nom qui commence par `$P`",
                        "`{command}`: `{name}` is neither a name of the lab's nor one that begins with `$P`"
                    );
                    document.complain(&path, what);
                }
            }
        }
    }
}

/// The names that a command takes away.
fn removed(command: &str) -> impl Iterator<Item = &str> {
    let mut words = command.split_whitespace();
    let is_docker = words.next() == Some("docker");
    let verb = words.by_ref().take(2).position(|word| REMOVING.contains(&word));
    // `-t 0` is a time, not a name.
    let names = words.filter(|word| !word.starts_with('-') && word.parse::<u32>().is_err());
    names.filter(move |_| is_docker && verb.is_some()).map(|word| word.trim_matches(['"', '\'']))
}

fn is_ours(name: &str, lab: &Lab) -> bool {
    name.starts_with('$')
        || name.starts_with(['>', '2', '<'])
        || lab.resources.has_container(name)
        || lab.resources.has_volume(name)
}
