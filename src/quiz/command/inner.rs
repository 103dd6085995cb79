//! The command inside a container: a script handed to `sh -c` is split again, and `tar` and `cp` are read by what their
//! letters mean.

use crate::quiz::command::mount::path;
use crate::quiz::command::words;
use crate::quiz::command::words::Token;

/// The command in one spelling; a command that is not known keeps its words.
pub(super) fn normal(argv: &[String]) -> Vec<String> {
    match argv.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [shell, "-c", script] if is_shell(shell) => script_of(script).unwrap_or_else(|| argv.to_vec()),
        _ => one(argv),
    }
}

fn is_shell(word: &str) -> bool {
    matches!(word, "sh" | "bash" | "ash" | "/bin/sh" | "/bin/bash" | "/bin/ash")
}

/// `sh -c` with a single command is that command; the shell adds nothing but the wildcards, which stay visible.
fn script_of(script: &str) -> Option<Vec<String>> {
    let tokens = words::split(&script.replace("\\$", "$")).ok()?;
    let (mut out, mut command) = (Vec::new(), Vec::new());
    for token in tokens {
        match token {
            Token::Word(word) => command.push(word),
            Token::Operator(operator) => {
                out.extend(one(&std::mem::take(&mut command)));
                out.push(operator);
            }
        }
    }
    out.extend(one(&command));
    let wild = out
        .iter()
        .any(|word| word.contains(['*', '?', '[', '$']) || matches!(word.as_str(), "|" | "&&" | ";" | ">"));
    if wild {
        out.insert(0, "sh -c".to_owned());
    }
    Some(out)
}

fn one(argv: &[String]) -> Vec<String> {
    match argv.first().map(String::as_str) {
        Some("tar" | "/bin/tar") => tar(&argv[1..]),
        Some("cp" | "/bin/cp") => cp(&argv[1..]),
        Some("pg_dump") => pg_dump(&argv[1..]),
        Some("cd") => argv.iter().map(|word| path(word)).collect(),
        _ => argv.to_vec(),
    }
}

/// The letters of `tar` sorted, its file and folder named; `v` only talks.
fn tar(args: &[String]) -> Vec<String> {
    let (mut letters, mut out, mut members) = (Vec::new(), vec!["tar".to_owned()], Vec::new());
    let mut words = args.iter().enumerate();
    let mut named = Vec::new();
    while let Some((at, word)) = words.next() {
        let bundle = match word.strip_prefix('-') {
            Some(_) if word.starts_with("--") => None,
            Some(bundle) => Some(bundle),
            None if at == 0 => Some(word.as_str()),
            None => None,
        };
        if let Some(bundle) = bundle {
            let (more, files) = unbundled(bundle, word.starts_with('-'), &mut words);
            letters.extend(more);
            named.extend(files);
        } else if let Some(long) = word.strip_prefix("--") {
            long_option(long, &mut words, &mut letters, &mut named);
        } else {
            members.push(place(word));
        }
    }
    letters.sort_unstable();
    letters.dedup();
    named.sort();
    // Who reads an archive need not say how it is compressed: the `tar` of GNU and that of busybox see it themselves.
    let is_gzip = |name: &String| {
        let ending =
            name.strip_prefix("-f ").and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending);
        matches!(ending, Some("gz" | "tgz"))
    };
    if letters.iter().any(|letter| "xt".contains(*letter)) && named.iter().any(is_gzip) {
        letters.retain(|letter| *letter != 'z');
    }
    out.push(letters.into_iter().collect());
    out.extend(named);
    out.extend(members);
    out
}

/// The letters of a bundle, and the files and folders that some of them name.
fn unbundled<'a>(
    bundle: &str,
    dashed: bool,
    words: &mut impl Iterator<Item = (usize, &'a String)>,
) -> (Vec<char>, Vec<String>) {
    let (mut letters, mut named) = (Vec::new(), Vec::new());
    for (at, letter) in bundle.char_indices() {
        if !"fCXT".contains(letter) {
            letters.extend((letter != 'v').then_some(letter));
            continue;
        }
        // Behind a dash the rest of the bundle is the value: `-cfz x` writes a file `z`.
        let rest = if dashed { &bundle[at + 1..] } else { "" };
        let next = if rest.is_empty() { words.next() } else { None };
        named.push(format!("-{letter} {}", place(next.map_or(rest, |(_, value)| value.as_str()))));
        if !rest.is_empty() {
            break;
        }
    }
    (letters, named)
}

/// A member or file name: `./` and `.` mean the folder itself, so they stay.
fn place(word: &str) -> String {
    if matches!(word, "." | "./") {
        ".".to_owned()
    } else if word.starts_with('/') {
        path(word)
    } else {
        word.to_owned()
    }
}

fn long_option<'a>(
    long: &str,
    words: &mut impl Iterator<Item = (usize, &'a String)>,
    letters: &mut Vec<char>,
    named: &mut Vec<String>,
) {
    let (name, value) =
        long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value.to_owned())));
    let mut value =
        || value.clone().or_else(|| words.next().map(|(_, word)| word.clone())).unwrap_or_default();
    match name {
        "create" => letters.push('c'),
        "extract" | "get" => letters.push('x'),
        "list" => letters.push('t'),
        "gzip" => letters.push('z'),
        "verbose" => {}
        "file" => named.push(format!("-f {}", place(&value()))),
        "directory" => named.push(format!("-C {}", place(&value()))),
        // `--strip 1` is short for `--strip-components 1`.
        name if name.starts_with("strip") => named.push(format!("--strip-components {}", value())),
        _ => named.push(format!("--{long}")),
    }
}

/// `pg_dump` with its user and its database first, however they were given.
fn pg_dump(args: &[String]) -> Vec<String> {
    let (mut user, mut database, mut others) = (None, None, Vec::new());
    let mut words = args.iter();
    while let Some(word) = words.next() {
        if let Some(value) = value_of(word, "-U", "--username") {
            user = given(value, &mut words);
        } else if let Some(value) = value_of(word, "-d", "--dbname") {
            database = given(value, &mut words);
        } else if word.starts_with('-') || database.is_some() {
            others.push(word.clone());
        } else {
            database = Some(word.clone());
        }
    }
    let named = |name: &str, value: Option<String>| value.map(|value| format!("{name} {value}"));
    let head = [Some("pg_dump".to_owned()), named("-U", user), named("-d", database)];
    head.into_iter().flatten().chain(others).collect()
}

/// What is joined to an option, in one of its two names; nothing where the next word is its value.
fn value_of<'a>(word: &'a str, short: &str, long: &str) -> Option<&'a str> {
    match word.strip_prefix(long) {
        Some("") => Some(""),
        Some(rest) => rest.strip_prefix('='),
        None => word.strip_prefix(short).filter(|_| !word.starts_with("--")),
    }
}

fn given(joined: &str, words: &mut std::slice::Iter<'_, String>) -> Option<String> {
    if joined.is_empty() { words.next().cloned() } else { Some(joined.to_owned()) }
}

/// `cp -av`, `cp --archive` and `cp -a` are one.
fn cp(args: &[String]) -> Vec<String> {
    let (mut letters, mut places) = (Vec::new(), Vec::new());
    for word in args {
        match word.as_str() {
            "--archive" => letters.push('a'),
            "--recursive" => letters.push('r'),
            "--verbose" => {}
            word if word.starts_with("--") => places.insert(0, word.to_owned()),
            word if word.starts_with('-') => {
                letters.extend(
                    word[1..]
                        .chars()
                        .filter(|letter| *letter != 'v')
                        .map(|letter| if letter == 'R' { 'r' } else { letter }),
                );
            }
            // `/from/.` takes hidden files too, `/from/` and `/from` do not mean the same as `/from/*`.
            word if word.ends_with("/.") => places.push(format!("{}/.", path(word))),
            word => places.push(path(word)),
        }
    }
    letters.sort_unstable();
    letters.dedup();
    let mut out = vec!["cp".to_owned(), letters.into_iter().collect()];
    out.extend(places);
    out
}
