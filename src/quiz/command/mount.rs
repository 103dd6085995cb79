//! A mount, however it was written: `-v`, `--mount` and `--tmpfs` say the same things in three ways.

use std::collections::BTreeMap;
use std::fmt;

/// What is mounted where, and how.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mount {
    /// Where the container sees it; first, so that mounts sort by it.
    pub target: String,
    /// What kind it is.
    pub kind: Kind,
    /// The volume's name or the host's path; empty for what has none.
    pub source: String,
    /// Whether the container may only read.
    pub read_only: bool,
    /// Everything else, by name.
    pub more: BTreeMap<String, String>,
}

/// The kinds of mounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A path of the host.
    Bind,
    /// A volume.
    Volume,
    /// Memory.
    Tmpfs,
    /// Something that Docker does not know.
    Other,
}

impl fmt::Display for Mount {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Bind => "bind",
            Kind::Volume => "volume",
            Kind::Tmpfs => "tmpfs",
            Kind::Other => "?",
        };
        write!(out, "type={kind}")?;
        if !self.source.is_empty() {
            write!(out, ",source={}", self.source)?;
        }
        write!(out, ",target={}", self.target)?;
        if self.read_only {
            out.write_str(",readonly")?;
        }
        self.more.iter().try_for_each(|(key, value)| write!(out, ",{key}={value}"))
    }
}

impl Mount {
    /// Reads the value of `-v`.
    pub(super) fn of_volume(text: &str) -> Mount {
        let parts = colons(text);
        let (source, target, options) = match &parts[..] {
            [target] => ("", target.as_str(), ""),
            [source, target] => (source.as_str(), target.as_str(), ""),
            [source, target, rest @ ..] => {
                (source.as_str(), target.as_str(), rest.first().map_or("", String::as_str))
            }
            [] => ("", "", ""),
        };
        let is_path = source.starts_with(['/', '.', '~', '$', '\\']) || is_drive(source);
        let kind = if is_path { Kind::Bind } else { Kind::Volume };
        let mut mount = Mount::new(kind, source, target);
        for option in options.split(',').filter(|option| !option.is_empty()) {
            match option {
                "ro" | "readonly" => mount.read_only = true,
                "rw" => {}
                "nocopy" => drop(mount.more.insert("volume-nocopy".to_owned(), String::new())),
                "z" | "Z" => drop(mount.more.insert("relabel".to_owned(), option.to_owned())),
                other => drop(mount.more.insert("option".to_owned(), other.to_owned())),
            }
        }
        mount
    }

    /// Reads the value of `--mount`.
    pub(super) fn of_mount(text: &str) -> Mount {
        let mut mount = Mount::new(Kind::Volume, "", "");
        let mut source = String::new();
        for field in text.split(',') {
            let (key, value) = field.split_once('=').unwrap_or((field, ""));
            match key.trim().to_ascii_lowercase().as_str() {
                "type" => {
                    mount.kind = match value {
                        "bind" => Kind::Bind,
                        "volume" => Kind::Volume,
                        "tmpfs" => Kind::Tmpfs,
                        _ => Kind::Other,
                    }
                }
                "source" | "src" => value.clone_into(&mut source),
                "target" | "dst" | "destination" => mount.target = path(value),
                "readonly" | "ro" => mount.read_only = is_true(value),
                "volume-nocopy" if is_true(value) => {
                    drop(mount.more.insert("volume-nocopy".to_owned(), String::new()));
                }
                "tmpfs-size" => drop(mount.more.insert("tmpfs-size".to_owned(), size(value))),
                "" => {}
                other => drop(mount.more.insert(other.to_owned(), value.to_owned())),
            }
        }
        mount.source = if mount.kind == Kind::Bind { path(&source) } else { source };
        mount
    }

    /// Reads the value of `--tmpfs`.
    pub(super) fn of_tmpfs(text: &str) -> Mount {
        let (target, options) = text.split_once(':').unwrap_or((text, ""));
        let mut mount = Mount::new(Kind::Tmpfs, "", target);
        for option in options.split(',').filter(|option| !option.is_empty()) {
            match option.split_once('=') {
                Some(("size", value)) => drop(mount.more.insert("tmpfs-size".to_owned(), size(value))),
                Some(("mode", value)) => drop(mount.more.insert("tmpfs-mode".to_owned(), value.to_owned())),
                _ if option == "ro" => mount.read_only = true,
                _ if option == "rw" => {}
                _ => drop(mount.more.insert(option.to_owned(), String::new())),
            }
        }
        mount
    }

    fn new(kind: Kind, source: &str, target: &str) -> Mount {
        let source = if kind == Kind::Bind { path(source) } else { source.to_owned() };
        Mount { target: path(target), kind, source, read_only: false, more: BTreeMap::new() }
    }
}

/// The parts between colons; the colon of a Windows drive and those inside `${…}` and `$(…)` separate nothing.
fn colons(text: &str) -> Vec<String> {
    let (mut parts, mut part, mut depth) = (Vec::new(), String::new(), 0_i32);
    for sign in text.chars() {
        depth += i32::from("({".contains(sign)) - i32::from(")}".contains(sign));
        let drive = parts.is_empty() && is_drive(&format!("{part}:/"));
        if sign == ':' && depth == 0 && !drive {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push(sign);
        }
    }
    parts.push(part);
    parts
}

fn is_drive(text: &str) -> bool {
    let mut signs = text.chars();
    signs.next().is_some_and(|letter| letter.is_ascii_uppercase())
        && signs.next() == Some(':')
        && matches!(signs.next(), Some('/' | '\\'))
}

fn is_true(value: &str) -> bool {
    matches!(value, "" | "1" | "true" | "True" | "TRUE")
}

/// A path in one spelling: `./x` is below the current folder, doubled and closing slashes go.
pub(super) fn path(text: &str) -> String {
    let text = match text.strip_prefix('.') {
        Some("") => "$PWD".to_owned(),
        Some(rest) if rest.starts_with('/') => format!("$PWD{rest}"),
        _ if text.starts_with("../") || text == ".." => format!("$PWD/{text}"),
        _ => text.replacen('~', "$HOME", usize::from(text == "~" || text.starts_with("~/"))),
    };
    let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let begin = if text.starts_with('/') { "/" } else { "" };
    format!("{begin}{}", parts.join("/"))
}

/// A size in bytes; what is none stays as it is.
fn size(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let lower = lower.trim_end_matches('b').trim_end_matches('i');
    let digits = lower.trim_end_matches(['k', 'm', 'g']);
    let shift = match lower.chars().last() {
        Some('k') => 10,
        Some('m') => 20,
        Some('g') => 30,
        _ => 0,
    };
    match digits.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift)) {
        Some(bytes) => bytes.to_string(),
        None => text.to_owned(),
    }
}
