//! What may come next on a command line: a pure function of the arguments we take, the labs on the shelf and the
//! words typed so far. The protocol is that of the docker CLI: `__complete lab WORDS… LAST` is answered by lines
//! `value<TAB>description` and a last line that says what the shell may add.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Arg;
use clap::Command;
use clap::ValueHint;

use crate::cli::call::PLUGIN;
use crate::cli::check::MAIN;
use crate::lab::Shelf;
use crate::quiz::Quiz;
use crate::text::Lang;

/// The word by which the docker CLI and our own scripts ask.
pub(crate) const WORD: &str = "__complete";

/// What the shell may add to our values, as the docker CLI's library (cobra) numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Also {
    /// The names of files.
    Files = 0,
    /// Nothing.
    Nothing = 4,
    /// The names of folders.
    Folders = 16,
}

/// A value and what it means.
type Candidate = (String, String);

/// The answer to `__complete lab WORDS… LAST`, whatever the words are.
pub(crate) fn answer(words: &[OsString], command: Command, lang: Lang) -> String {
    let words: Vec<&str> = words.iter().map(|word| word.to_str().unwrap_or_default()).collect();
    let words = words.strip_prefix(&[PLUGIN][..]).unwrap_or(&words);
    let (last, before) = words.split_last().map_or(("", &[][..]), |(last, before)| (*last, before));
    let (found, also) = complete(command, lang, before, last);
    let mut out = String::new();
    for (value, meaning) in found.iter().filter(|(value, _)| value.starts_with(last)) {
        // One line each, whatever a lab's title holds.
        let meaning = crate::report::clean(meaning).replace(['\n', '\t'], " ");
        out.push_str(format!("{value}\t{meaning}").trim_end_matches('\t'));
        out.push('\n');
    }
    out + &format!(":{}\n", also as u8)
}

/// Where the cursor is: the command that was named, and what was said to it.
struct Line<'a> {
    command: &'a Command,
    /// How many positional arguments stand before the cursor.
    positionals: usize,
    /// The option that waits for its value.
    waiting: Option<&'a Arg>,
    /// Whether `--` was said.
    only_positionals: bool,
    /// The values of the words so far, by the argument's name.
    said: Vec<(&'a str, &'a str)>,
}

fn complete(mut command: Command, lang: Lang, before: &[&str], last: &str) -> (Vec<Candidate>, Also) {
    command.build();
    let line = read(&command, before);
    if let Some(option) = line.waiting {
        return values(option, &line, lang, "");
    }
    if let Some((name, _)) = last.split_once('=').filter(|_| last.starts_with("--")) {
        let Some(option) = option(line.command, name) else { return (Vec::new(), Also::Nothing) };
        return values(option, &line, lang, &format!("{name}="));
    }
    if last.starts_with('-') && !line.only_positionals {
        return (options(line.command), Also::Nothing);
    }
    let mut found = subcommands(line.command);
    let Some(argument) = positional(line.command, line.positionals) else { return (found, Also::Nothing) };
    let (more, also) = values(argument, &line, lang, "");
    found.extend(more);
    (found, also)
}

/// Follows the words to where the cursor is.
fn read<'a>(root: &'a Command, words: &[&'a str]) -> Line<'a> {
    let mut line =
        Line { command: root, positionals: 0, waiting: None, only_positionals: false, said: Vec::new() };
    for word in words {
        if let Some(option) = line.waiting.take() {
            line.said.push((option.get_id().as_str(), word));
        } else if line.only_positionals || !word.starts_with('-') || *word == "-" {
            line.take_word(word);
        } else if *word == "--" {
            line.only_positionals = true;
        } else if let Some((name, value)) = word.split_once('=') {
            let option = option(line.command, name);
            line.said.extend(option.map(|option| (option.get_id().as_str(), value)));
        } else {
            line.waiting = option(line.command, word).filter(|option| takes_next_word(option));
        }
    }
    line
}

impl<'a> Line<'a> {
    fn take_word(&mut self, word: &'a str) {
        let sub = if self.only_positionals { None } else { self.command.find_subcommand(word) };
        if let Some(sub) = sub.filter(|_| self.positionals == 0) {
            self.command = sub;
            return;
        }
        let argument = positional(self.command, self.positionals);
        self.said.extend(argument.map(|argument| (argument.get_id().as_str(), word)));
        self.positionals += 1;
    }

    fn value(&self, name: &str) -> Option<&'a str> {
        self.said.iter().rev().find(|(id, _)| *id == name).map(|(_, value)| *value)
    }

    fn shelf(&self) -> Shelf {
        Shelf {
            labs: self.value("labs").map(PathBuf::from),
            quizzes: self.value("quizzes").map(PathBuf::from),
        }
    }
}

fn option<'a>(command: &'a Command, name: &str) -> Option<&'a Arg> {
    let fits = |arg: &&Arg| match name.strip_prefix("--") {
        Some(long) => arg.get_long() == Some(long),
        // The last letter of a group is the one that may wait for a value.
        None => arg.get_short().is_some_and(|short| name.ends_with(short)),
    };
    command.get_arguments().find(fits)
}

fn takes_next_word(option: &Arg) -> bool {
    option.get_action().takes_values() && !option.is_require_equals_set()
}

/// The positional argument of a number; the last one again where it takes several.
fn positional(command: &Command, number: usize) -> Option<&Arg> {
    let mut all = command.get_positionals();
    let several = |arg: &&Arg| arg.get_num_args().is_some_and(|range| range.max_values() > 1) || appends(arg);
    command.get_positionals().nth(number).or_else(|| all.by_ref().last().filter(several))
}

fn appends(arg: &Arg) -> bool {
    matches!(arg.get_action(), clap::ArgAction::Append)
}

fn subcommands(command: &Command) -> Vec<Candidate> {
    let shown = command.get_subcommands().filter(|sub| !sub.is_hide_set());
    let named = shown.map(|sub| (sub.get_name().to_owned(), help(sub.get_about())));
    named.collect()
}

fn options(command: &Command) -> Vec<Candidate> {
    let shown = command.get_arguments().filter(|arg| !arg.is_hide_set());
    let long = shown.filter_map(|arg| Some((format!("--{}", arg.get_long()?), help(arg.get_help()))));
    long.collect()
}

fn help(text: Option<&clap::builder::StyledStr>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}

/// The values of an argument, each behind `lead`, and what else the shell may offer.
fn values(argument: &Arg, line: &Line<'_>, lang: Lang, lead: &str) -> (Vec<Candidate>, Also) {
    let possible = argument.get_possible_values();
    let shelf = line.shelf();
    let found: Vec<Candidate> = match argument.get_id().as_str() {
        _ if !possible.is_empty() => {
            let shown = possible.iter().filter(|value| !value.is_hide_set());
            shown.map(|value| (value.get_name().to_owned(), String::new())).collect()
        }
        // `check create` names a step of the main lab.
        "lab" if line.command.get_name() == "check" => {
            [labs(&shelf, lang), steps(&shelf, None, lang)].concat()
        }
        "lab" => labs(&shelf, lang),
        "steps" | "step" => steps(&shelf, line.value("lab"), lang),
        "quiz" => quizzes(&shelf, lang),
        _ => Vec::new(),
    };
    let also = match argument.get_value_hint() {
        ValueHint::AnyPath | ValueHint::FilePath => Also::Files,
        ValueHint::DirPath => Also::Folders,
        _ => Also::Nothing,
    };
    (found.into_iter().map(|(value, meaning)| (format!("{lead}{value}"), meaning)).collect(), also)
}

fn labs(shelf: &Shelf, lang: Lang) -> Vec<Candidate> {
    let title = |id: &str| shelf.lab(id, "").map_or_else(|_| String::new(), |lab| said(&lab.title, lang));
    shelf.labs().iter().map(|id| (id.clone(), title(id))).collect()
}

/// The steps of a lab that was named, else of the main one.
fn steps(shelf: &Shelf, lab: Option<&str>, lang: Lang) -> Vec<Candidate> {
    let named = lab.and_then(|lab| shelf.lab(lab, "").ok());
    let Some(lab) = named.or_else(|| shelf.lab(MAIN, "").ok()) else { return Vec::new() };
    lab.steps.iter().map(|step| (step.id.clone(), said(&step.title, lang))).collect()
}

fn quizzes(shelf: &Shelf, lang: Lang) -> Vec<Candidate> {
    let title = |id: &str| {
        let (file, source) = shelf.quiz_source(id).ok()?;
        Quiz::parse(&file, &source).ok().map(|quiz| said(&quiz.title, lang))
    };
    shelf.quizzes().iter().map(|id| (id.clone(), title(id).unwrap_or_default())).collect()
}

fn said(text: &crate::text::Text, lang: Lang) -> String {
    text.get(lang).into_owned()
}
