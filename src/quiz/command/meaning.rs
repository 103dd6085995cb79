//! A command line, taken apart: which command, which options, which mounts, and what follows them.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::VecDeque;

use crate::quiz::command::flags;
use crate::quiz::command::flags::Flag;
use crate::quiz::command::inner;
use crate::quiz::command::mount::Mount;
use crate::quiz::command::mount::path;
use crate::quiz::command::words;
use crate::quiz::command::words::Token;
use crate::text::Text;
use crate::text::say;

/// What a line asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Meaning {
    /// The program and its command: `docker volume create`.
    pub command: Vec<String>,
    /// The options by their long names; a switch has no value.
    pub options: BTreeMap<String, Vec<String>>,
    /// What is mounted, in whatever way it was written.
    pub mounts: BTreeSet<Mount>,
    /// The options by which it was mounted, by their long names.
    pub ways: BTreeSet<&'static str>,
    /// What stands after the options: names, an image and its command.
    pub rest: Vec<String>,
    /// What follows the command: a pipe, a redirection, another command.
    pub tail: Vec<String>,
}

/// Commands that have a longer form, or another name.
const ALIASES: [(&[&str], &[&str]); 17] = [
    (&["container", "ls"], &["ps"]),
    (&["container", "list"], &["ps"]),
    (&["container", "ps"], &["ps"]),
    (&["volume", "list"], &["volume", "ls"]),
    (&["volume", "remove"], &["volume", "rm"]),
    (&["container", "remove"], &["rm"]),
    (&["container", "run"], &["run"]),
    (&["container", "create"], &["create"]),
    (&["container", "exec"], &["exec"]),
    (&["container", "rm"], &["rm"]),
    (&["container", "stop"], &["stop"]),
    (&["container", "start"], &["start"]),
    (&["container", "restart"], &["restart"]),
    (&["container", "logs"], &["logs"]),
    (&["container", "cp"], &["cp"]),
    (&["image", "save"], &["save"]),
    (&["image", "load"], &["load"]),
];

/// Commands of two words.
const GROUPS: [&str; 6] = ["volume", "container", "image", "system", "compose", "network"];

/// Takes a line apart.
pub(super) fn of(line: &str) -> Result<Meaning, Text> {
    let mut words = VecDeque::new();
    let mut tail = Vec::new();
    for token in words::split(line.trim().trim_start_matches("$ "))? {
        match token {
            Token::Word(word) if tail.is_empty() => words.push_back(word),
            Token::Word(word) if tail.last().is_some_and(|last: &String| last.ends_with(['<', '>'])) => {
                tail.push(file(&word));
            }
            Token::Word(word) => tail.push(word),
            Token::Operator(operator) => tail.push(operator),
        }
    }
    if words.front().is_some_and(|word| word == "sudo") {
        words.pop_front();
    }
    let mut meaning = Meaning { tail, ..Meaning::default() };
    let program = words.pop_front().ok_or_else(|| say!("il n'y a pas de commande", "there is no command"))?;
    match program.as_str() {
        "docker" => meaning.docker(words)?,
        "docker-compose" => meaning.compose(words)?,
        _ => {
            meaning.command.push(program);
            meaning.rest = words.into();
        }
    }
    Ok(meaning)
}

impl Meaning {
    fn docker(&mut self, mut words: VecDeque<String>) -> Result<(), Text> {
        self.options(&mut words, flags::GLOBAL, "docker", false)?;
        let mut path: Vec<String> = words.pop_front().into_iter().collect();
        if path.first().is_some_and(|word| word == "compose") {
            return self.compose(words);
        }
        if path.first().is_some_and(|word| GROUPS.contains(&word.as_str())) {
            path.extend(words.pop_front());
        }
        let words_of: Vec<&str> = path.iter().map(String::as_str).collect();
        if let Some((_, short)) = ALIASES.iter().find(|(long, _)| *long == words_of) {
            path = short.iter().map(|word| (*word).to_owned()).collect();
        }
        let runs_inside = matches!(path.first().map(String::as_str), Some("run" | "create" | "exec"));
        self.options(&mut words, flags::of(&path), &path.join(" "), !runs_inside)?;
        self.rest = words.into();
        self.command = [vec!["docker".to_owned()], path].concat();
        self.settle();
        Ok(())
    }

    fn compose(&mut self, mut words: VecDeque<String>) -> Result<(), Text> {
        self.options(&mut words, flags::COMPOSE, "docker compose", false)?;
        let path: Vec<String> = ["compose".to_owned()].into_iter().chain(words.pop_front()).collect();
        self.options(&mut words, flags::of(&path), &path.join(" "), true)?;
        self.rest = words.into();
        self.command = [vec!["docker".to_owned()], path].concat();
        Ok(())
    }

    /// Takes the options off the front; where they may stand anywhere (`everywhere`), off the whole.
    fn options(
        &mut self,
        words: &mut VecDeque<String>,
        known: &[Flag],
        command: &str,
        everywhere: bool,
    ) -> Result<(), Text> {
        let mut others = VecDeque::new();
        while let Some(word) = words.pop_front() {
            if word == "--" {
                others.append(words);
            } else if let Some(long) = word.strip_prefix("--") {
                self.long(long, words, known, command)?;
            } else if word.len() > 1 && word.starts_with('-') {
                self.shorts(&word[1..], words, known, command)?;
            } else if everywhere {
                others.push_back(word);
            } else {
                words.push_front(word);
                break;
            }
        }
        others.append(words);
        *words = others;
        Ok(())
    }

    fn long(
        &mut self,
        text: &str,
        words: &mut VecDeque<String>,
        known: &[Flag],
        command: &str,
    ) -> Result<(), Text> {
        let (name, value) =
            text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value.to_owned())));
        let flag = known
            .iter()
            .find(|flag| flag.long == name)
            .ok_or_else(|| unknown(&format!("--{name}"), command))?;
        self.keep(*flag, value, words)
    }

    /// One-letter options, perhaps several behind one dash; the last may carry its value.
    fn shorts(
        &mut self,
        text: &str,
        words: &mut VecDeque<String>,
        known: &[Flag],
        command: &str,
    ) -> Result<(), Text> {
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            rest = &rest[letter.len_utf8()..];
            let flag = known
                .iter()
                .find(|flag| flag.short == Some(letter))
                .ok_or_else(|| unknown(&format!("-{letter}"), command))?;
            let joined =
                rest.strip_prefix('=').or_else(|| (flag.takes_value && !rest.is_empty()).then_some(rest));
            if let Some(value) = joined {
                return self.keep(*flag, Some(value.to_owned()), words);
            }
            self.keep(*flag, None, words)?;
        }
        Ok(())
    }

    fn keep(&mut self, flag: Flag, value: Option<String>, words: &mut VecDeque<String>) -> Result<(), Text> {
        let name = flag.long;
        if !flag.takes_value {
            let off = ["false", "False", "FALSE", "f", "F", "0"];
            if value.is_none_or(|value| !off.contains(&value.as_str())) {
                self.options.entry(name.to_owned()).or_default();
            } else {
                self.options.remove(name);
            }
            return Ok(());
        }
        let missing = || say!("il manque la valeur de `--{name}`", "the value of `--{name}` is missing");
        let value = value.or_else(|| words.pop_front()).ok_or_else(missing)?;
        if matches!(name, "volume" | "mount" | "tmpfs") {
            self.ways.insert(name);
        }
        match name {
            "volume" => drop(self.mounts.insert(Mount::of_volume(&value))),
            "mount" => drop(self.mounts.insert(Mount::of_mount(&value))),
            "tmpfs" => drop(self.mounts.insert(Mount::of_tmpfs(&value))),
            _ => self.options.entry(name.to_owned()).or_default().push(value),
        }
        Ok(())
    }

    /// Brings what can be said in several ways into one.
    fn settle(&mut self) {
        for values in self.options.values_mut() {
            values.sort();
            values.dedup();
        }
        let command: Vec<&str> = self.command.iter().skip(1).map(String::as_str).collect();
        match command[..] {
            ["run" | "create"] => {
                if let Some(image) = self.rest.first_mut() {
                    *image = image_name(image);
                }
                self.inner(1);
            }
            ["exec"] => self.inner(1),
            ["volume", "create"] => {
                if self.options.get("driver").is_some_and(|driver| driver[..] == ["local"]) {
                    self.options.remove("driver");
                }
                self.rest.extend(self.options.remove("name").into_iter().flatten());
            }
            ["rm" | "stop" | "start" | "restart" | "kill"] | ["volume", "rm" | "inspect"] => self.rest.sort(),
            _ => {}
        }
    }

    fn inner(&mut self, at: usize) {
        if self.rest.len() > at {
            let argv = self.rest.split_off(at);
            self.rest.extend(inner::normal(&argv));
        }
    }
}

/// The file of a redirection: `x`, `./x` and `$PWD/x` are one.
fn file(word: &str) -> String {
    let path = path(word);
    path.strip_prefix("$PWD/").unwrap_or(&path).to_owned()
}

/// `alpine`, `alpine:latest` and `docker.io/library/alpine` are one image.
fn image_name(name: &str) -> String {
    let name = name.strip_prefix("docker.io/").unwrap_or(name);
    let name = name.strip_prefix("library/").unwrap_or(name);
    let tagged = name.rsplit('/').next().is_some_and(|last| last.contains([':', '@']));
    if tagged { name.to_owned() } else { format!("{name}:latest") }
}

fn unknown(option: &str, command: &str) -> Text {
    say!(
        "`{command}` se passe ici de l'option `{option}`, ou ne l'a pas",
        "`{command}` does without the option `{option}` here, or does not have it"
    )
}
