//! Reading and writing the docker CLI's `config.json` without harm: what cannot be understood is left alone, a link
//! is followed, the new text stands beside the old one before it takes its place.

use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::ser::PrettyFormatter;

use crate::error::Error;
use crate::error::Result;
use crate::text::say;

/// The file, as it was read.
pub(super) struct Config {
    /// Where it really lies.
    pub path: PathBuf,
    /// What it holds.
    pub root: Map<String, Value>,
    /// What it held when it was read: a file in which nothing changes keeps its form.
    before: Map<String, Value>,
    /// The text; `None` where there is no file.
    text: Option<String>,
}

impl Config {
    /// Reads the configuration of a folder; empty where there is none.
    pub(super) fn read(folder: &Path) -> Result<Config> {
        let named = folder.join("config.json");
        let path = real(&named);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(unusable(&path, &error)),
        };
        let root = match text.as_deref().map(str::trim) {
            None | Some("") => Map::new(),
            Some(text) => serde_json::from_str(text).map_err(|error| invalid(&path).because(error))?,
        };
        Ok(Config { path, before: root.clone(), root, text })
    }

    /// Whether there is a file.
    pub(super) fn exists(&self) -> bool {
        self.text.is_some()
    }

    /// Writes what it holds now, in the form that the file had.
    pub(super) fn write(&self) -> Result<()> {
        if self.exists() && self.root == self.before {
            return Ok(());
        }
        let text = self.rendered().map_err(|error| unusable(&self.path, &error.into()))?;
        if self.text.as_ref() == Some(&text) {
            return Ok(());
        }
        replace(&self.path, &text)
    }

    fn rendered(&self) -> serde_json::Result<String> {
        let old = self.text.as_deref().unwrap_or("{\n\t\n}");
        let end = if old.ends_with('\n') { "\n" } else { "" };
        if !old.trim_end().contains('\n') && old.trim().len() > 2 {
            return Ok(serde_json::to_string(&self.root)? + end);
        }
        let mut out = Vec::new();
        let formatter = PrettyFormatter::with_indent(indent(old).as_bytes());
        self.root.serialize(&mut serde_json::Serializer::with_formatter(&mut out, formatter))?;
        Ok(String::from_utf8_lossy(&out).into_owned() + end)
    }
}

/// What stands before the first indented line; the docker CLI itself takes a tab.
fn indent(text: &str) -> &str {
    let line = text.lines().find(|line| line.starts_with([' ', '\t']));
    line.map_or("\t", |line| &line[..line.len() - line.trim_start().len()])
}

/// The file that a chain of links ends at, whether it exists or not.
fn real(named: &Path) -> PathBuf {
    let mut path = named.to_owned();
    // As many links as the kernel follows.
    for _ in 0..40 {
        let Ok(target) = std::fs::read_link(&path) else { break };
        path = path.parent().map_or(target.clone(), |folder| folder.join(&target));
    }
    path
}

/// Puts a text in the place of a file, whole or not at all; a new file is for its owner alone.
pub(super) fn replace(path: &Path, text: &str) -> Result<()> {
    let beside = path.with_extension(format!("docker-lab-{}", std::process::id()));
    let written = write_beside(path, &beside, text).and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        unusable(path, &error)
    })
}

fn write_beside(path: &Path, beside: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(beside)?;
    match path.metadata() {
        Ok(old) => file.set_permissions(old.permissions())?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// The file is there and is no configuration.
pub(super) fn invalid(path: &Path) -> Error {
    let shown = path.display();
    Error::usage(say!(
        "`{shown}` n'est pas une configuration de docker valide : rien n'y a été changé",
        "`{shown}` is no valid docker configuration: nothing in it was changed"
    ))
    .hint(say!(
        "corrigez-le à l'endroit indiqué, puis recommencez",
        "mend it at the place that is named, then try again"
    ))
}

fn unusable(path: &Path, error: &std::io::Error) -> Error {
    let shown = path.display();
    Error::environment(say!(
        "`{shown}` n'a pas pu être lu ou écrit : il est resté tel quel",
        "`{shown}` could not be read or written: it is as it was"
    ))
    .because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(text: &str) -> String {
        let root: Map<String, Value> = serde_json::from_str(text).expect("an object");
        Config { path: PathBuf::new(), before: root.clone(), root, text: Some(text.to_owned()) }
            .rendered()
            .expect("json")
    }

    #[test]
    fn the_form_of_the_file_is_kept() {
        for text in [
            "{\n\t\"b\": 1,\n\t\"a\": {\n\t\t\"c\": []\n\t}\n}",
            "{\n    \"b\": 1\n}\n",
            "{\"b\":1,\"a\":2}\n",
        ] {
            assert_eq!(again(text), text);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_and_the_mode_kept() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("kept/real.json");
        std::fs::create_dir(folder.path().join("kept")).expect("a folder");
        std::fs::write(&file, "{\"a\": 1}").expect("written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).expect("mode");
        std::os::unix::fs::symlink("kept/real.json", folder.path().join("config.json")).expect("a link");
        let mut config = Config::read(folder.path()).expect("valid");
        config.root.insert("b".to_owned(), Value::from(2));
        config.write().expect("written");
        assert_eq!(std::fs::read_to_string(&file).expect("text"), "{\"a\":1,\"b\":2}");
        assert_eq!(file.metadata().expect("file").permissions().mode() & 0o777, 0o640);
        assert!(folder.path().join("config.json").is_symlink());
        assert_eq!(std::fs::read_dir(folder.path().join("kept")).expect("folder").count(), 1);
    }
}
