//! How the program was called: by its own name, or by the docker CLI as `docker lab`, which puts its own flags first
//! and our name between them and our words.

use std::ffi::OsString;

/// The name under which the docker CLI knows us: `docker-lab` is its plugin `lab`.
pub(crate) const PLUGIN: &str = "lab";

/// Flags of the docker CLI that take a value.
const WITH_VALUE: [&str; 7] =
    ["--context", "--host", "--config", "--log-level", "--tlscacert", "--tlscert", "--tlskey"];

/// Flags of the docker CLI that take none, or one after `=`.
const ALONE: [&str; 4] = ["--tls", "--tlsverify", "--debug", "--help"];

/// A call, understood as far as is needed before clap.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// The arguments without the docker CLI's word for us; the first is the program.
    pub args: Vec<OsString>,
    /// Whether the docker CLI called.
    pub plugin: bool,
    /// Where in `args` the first word stands that is no flag of the docker CLI.
    first: usize,
}

impl Call {
    /// Reads the arguments as the shell, or the docker CLI, gave them.
    pub(crate) fn read(mut args: Vec<OsString>) -> Call {
        let first = first_word(&args);
        let word = |at: usize| args.get(at).and_then(|arg| arg.to_str());
        // `docker help lab check` arrives as `help lab check`.
        if word(first) == Some("help") && word(first + 1) == Some(PLUGIN) {
            args.drain(first..first + 2);
            args.push("--help".into());
            return Call { args, plugin: true, first };
        }
        let plugin = word(first) == Some(PLUGIN);
        if plugin {
            args.remove(first);
        }
        Call { args, plugin, first }
    }

    /// What a person types to call us.
    pub(crate) fn name(&self) -> &'static str {
        if self.plugin { "docker lab" } else { "docker-lab" }
    }

    /// The words after `word`, where that is the first one.
    pub(crate) fn after(&self, word: &str) -> Option<&[OsString]> {
        let (head, rest) = self.args.get(self.first..)?.split_first()?;
        (head.to_str() == Some(word)).then_some(rest)
    }
}

/// The position of the first argument that is neither a flag of the docker CLI's nor the value of one. Any other
/// flag ends the search: its value might be called `lab`.
fn first_word(args: &[OsString]) -> usize {
    let mut at = 1;
    while let Some(arg) = args.get(at).and_then(|arg| arg.to_str()) {
        match width(arg) {
            0 => break,
            width => at += width,
        }
    }
    at
}

/// How many arguments a flag of the docker CLI takes, itself included; 0 for anything else.
fn width(arg: &str) -> usize {
    if WITH_VALUE.contains(&arg) {
        return 2;
    }
    let name = arg.split('=').next().unwrap_or(arg);
    if ALONE.contains(&name) || (arg.contains('=') && WITH_VALUE.contains(&name)) {
        return 1;
    }
    let Some(letters) = arg.strip_prefix('-').filter(|rest| !rest.is_empty() && !rest.starts_with('-'))
    else {
        return 0;
    };
    // `-Dc name`, `-Dcname`: the first letter that takes a value ends the group.
    for (at, letter) in letters.char_indices() {
        match letter {
            'D' | 'h' => {}
            'c' | 'H' | 'l' => return if at + 1 == letters.len() { 2 } else { 1 },
            _ => return 0,
        }
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> (String, bool) {
        let args = std::iter::once("docker-lab").chain(words.split_whitespace()).map(OsString::from);
        let call = Call::read(args.collect());
        let rest: Vec<&str> = call.args[1..].iter().filter_map(|arg| arg.to_str()).collect();
        (rest.join(" "), call.plugin)
    }

    #[test]
    fn the_docker_cli_says_its_flags_first_and_then_our_name() {
        for (words, rest) in [
            ("lab check", "check"),
            ("--context y lab check a", "--context y check a"),
            ("-H tcp://h:1 lab lab", "-H tcp://h:1 lab"),
            ("--host=tcp://h:1 -D --tls lab check", "--host=tcp://h:1 -D --tls check"),
            ("-Dc lab lab check", "-Dc lab check"),
            ("-cx --tlsverify=false lab list", "-cx --tlsverify=false list"),
            ("help lab check", "check --help"),
            ("--help lab", "--help"),
        ] {
            assert_eq!(read(words), (rest.to_owned(), true), "{words}");
        }
    }

    #[test]
    fn called_by_our_own_name_nothing_is_taken_away() {
        for words in ["check lab", "--prefix lab check", "--context lab check", "-v lab", "help", ""] {
            assert_eq!(read(words), (words.to_owned(), false), "{words}");
        }
    }

    #[test]
    fn the_words_after_the_first_are_found_behind_flags() {
        let args = ["docker-lab", "-D", "lab", "docker-cli-plugin-hooks", "{}"].map(OsString::from);
        let call = Call::read(args.to_vec());
        assert_eq!(call.after("docker-cli-plugin-hooks"), Some(&[OsString::from("{}")][..]));
        assert_eq!(call.after("__complete"), None);
    }
}
