//! The only home of `serde_yaml`: reads a file piece by piece, so that every complaint about it is heard at
//! once, each with file, line, column and path.

mod marks;
mod wording;

use std::cell::RefCell;

use serde::de::DeserializeOwned;
use serde_yaml::Mapping;
use serde_yaml::Value;

use crate::error::Error;
use crate::error::Result;
use crate::text::Text;
use crate::text::say;
use crate::yaml::marks::Marks;

pub(crate) use serde_yaml::Value as Node;

/// The largest file that is read, in bytes: a course's lab has about 60 kB.
const LARGEST: usize = 1 << 20;

/// One thing that is wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// Where: `file:line:column`, lines and columns counted from 1.
    pub place: String,
    /// The way to the value, such as `steps[1].checks[0].volume.name`; empty for the whole file.
    pub path: String,
    /// What is wrong.
    pub what: Text,
}

/// A parsed file, the places of its values, and what was found wrong with it so far.
pub(crate) struct Document {
    file: String,
    root: Value,
    marks: Marks,
    complaints: RefCell<Vec<Complaint>>,
}

impl Document {
    /// Parses YAML (or JSON, which is YAML); `file` is the name used in complaints.
    pub(crate) fn parse(file: &str, source: &str) -> Result<Document> {
        if source.len() > LARGEST {
            let size = source.len() / 1024;
            let what = say!(
                "`{file}` fait {size} Kio : un fichier de laboratoire ou de quiz n'en dépasse jamais 1024",
                "`{file}` is {size} KiB: no lab or quiz file is larger than 1024"
            );
            return Err(Error::usage(what));
        }
        let marks = Marks::of(source);
        let root = serde_yaml::from_str(source).map_err(|error| syntax(file, &error))?;
        Ok(Document { file: file.to_owned(), root, marks, complaints: RefCell::default() })
    }

    /// The whole value.
    pub(crate) fn root(&self) -> &Value {
        &self.root
    }

    /// Changes every string below one of the top-level `keys`; a lab applies its prefix here, once.
    pub(crate) fn map_strings(&mut self, keys: &[&str], change: &dyn Fn(&str) -> String) {
        let Value::Mapping(map) = &mut self.root else { return };
        for key in keys {
            if let Some(value) = map.get_mut(*key) {
                change_strings(value, change);
            }
        }
    }

    /// Reads the value at `path` as a `T`; what is wrong is kept as a complaint.
    pub(crate) fn read<T: DeserializeOwned>(&self, path: &str, value: &Value) -> Option<T> {
        let mut track = serde_path_to_error::Track::new();
        let tracked = serde_path_to_error::Deserializer::new(value.clone(), &mut track);
        match serde_yaml::with::singleton_map_recursive::deserialize(tracked) {
            Ok(read) => Some(read),
            Err(error) => {
                let (message, at) = (error.to_string(), join(path, &track.path().to_string()));
                match wording::unknown_key(&message) {
                    Some(key) => self.complain_of_key(&at, key, wording::of(&message)),
                    None => self.complain(&at, wording::of(&message)),
                }
                None
            }
        }
    }

    /// Notes that the value at `path` is wrong.
    pub(crate) fn complain(&self, path: &str, what: Text) {
        self.note(path, self.marks.place(path), what);
    }

    /// Notes that a key of the mapping at `path` should not be there.
    pub(crate) fn complain_of_key(&self, path: &str, key: &str, what: Text) {
        let owner = path.strip_suffix(key).map_or(path, |path| path.trim_end_matches('.'));
        let at = join(owner, key);
        self.note(&at, self.marks.key(&at).unwrap_or_else(|| self.marks.place(path)), what);
    }

    fn note(&self, path: &str, (line, column): (usize, usize), what: Text) {
        let place = format!("{}:{line}:{column}", self.file);
        self.complaints.borrow_mut().push(Complaint { place, path: path.to_owned(), what });
    }

    /// Nothing, or one error that lists every complaint in the order of the file.
    pub(crate) fn verdict(self) -> Result<()> {
        let mut complaints = self.complaints.into_inner();
        if complaints.is_empty() {
            return Ok(());
        }
        complaints.sort_by_key(|complaint| position(&complaint.place));
        complaints.dedup();
        Err(refused(&self.file, &complaints))
    }
}

/// One step down the path: `steps` and 2 give `steps[2]`.
pub(crate) fn item(path: &str, index: usize) -> String {
    format!("{path}[{index}]")
}

/// One key down the path: `steps[2]` and `id` give `steps[2].id`.
pub(crate) fn join(path: &str, key: &str) -> String {
    match (path, key) {
        (path, "" | ".") => path.to_owned(),
        ("", key) => key.to_owned(),
        (path, key) if key.starts_with('[') => format!("{path}{key}"),
        (path, key) => format!("{path}.{key}"),
    }
}

/// Splits a mapping in two: the keys in `apart`, and the others.
pub(crate) fn split(value: &Value, apart: &[&str]) -> (Mapping, Value) {
    let Value::Mapping(map) = value else { return (Mapping::new(), value.clone()) };
    let is_apart = |key: &Value| key.as_str().is_some_and(|key| apart.contains(&key));
    let taken = map.iter().filter(|(key, _)| is_apart(key)).map(|(k, v)| (k.clone(), v.clone())).collect();
    let rest = map.iter().filter(|(key, _)| !is_apart(key)).map(|(k, v)| (k.clone(), v.clone())).collect();
    (taken, Value::Mapping(rest))
}

fn change_strings(value: &mut Value, change: &dyn Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = change(text),
        Value::Sequence(items) => items.iter_mut().for_each(|item| change_strings(item, change)),
        Value::Mapping(map) => map.iter_mut().for_each(|(_, item)| change_strings(item, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Tagged(_) => {}
    }
}

fn position(place: &str) -> (usize, usize) {
    let mut parts = place.rsplit(':').map(|part| part.parse().unwrap_or(0));
    let column = parts.next().unwrap_or(0);
    (parts.next().unwrap_or(0), column)
}

fn syntax(file: &str, error: &serde_yaml::Error) -> Error {
    let place = error.location().map_or_else(String::new, |at| format!(":{}:{}", at.line(), at.column()));
    let what = say!("`{file}{place}` n'est pas du YAML lisible", "`{file}{place}` is not readable YAML");
    Error::usage(what).because(error)
}

fn refused(file: &str, complaints: &[Complaint]) -> Error {
    let count = complaints.len();
    let what = if count == 1 {
        say!("`{file}` n'est pas valide", "`{file}` is not valid")
    } else {
        say!("`{file}` n'est pas valide : {count} erreurs", "`{file}` is not valid: {count} mistakes")
    };
    complaints.iter().fold(Error::usage(what), |error, complaint| {
        let Complaint { place, path, what } = complaint;
        let path = if path.is_empty() { String::new() } else { format!(" {path}:") };
        error.detail(Text {
            fr: format!("{place}:{path} {}", what.fr),
            en: format!("{place}:{path} {}", what.en),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only reading is tested")]
    struct Port {
        number: u16,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    #[expect(dead_code, reason = "only reading is tested")]
    enum Check {
        Port(Port),
    }

    fn complaints(source: &str) -> Vec<Complaint> {
        let document = Document::parse("lab.yaml", source).expect("readable");
        for (index, value) in document.root().as_sequence().expect("a list").iter().enumerate() {
            document.read::<Check>(&item("", index), value);
        }
        document.complaints.into_inner()
    }

    #[test]
    fn a_wrong_type_is_found_where_it_stands() {
        let found = complaints("- port: {number: 1}\n- port:\n    number: abc\n");
        assert_eq!(found[0].place, "lab.yaml:3:13");
        assert_eq!(found[0].path, "[1].port.number");
        assert!(found[0].what.fr.contains("abc"), "{found:?}");
    }

    #[test]
    fn an_unknown_key_is_found_at_the_key() {
        let found = complaints("- port:\n    number: 1\n    runing: 2\n");
        assert_eq!(found[0].place, "lab.yaml:3:5");
        assert!(found[0].what.fr.contains("clé inconnue `runing`"), "{found:?}");
    }

    #[test]
    fn a_missing_key_is_found_at_its_owner() {
        let found = complaints("- port: {}\n");
        assert_eq!(found[0].place, "lab.yaml:1:9");
        assert!(found[0].what.en.contains("missing field `number`"), "{found:?}");
    }
}
