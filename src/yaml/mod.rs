//! The only home of `serde_yaml`: reads a file piece by piece, so that every complaint about it is heard at
//! once, each with file, line, column and path.

mod letters;
mod limits;
mod marks;
mod wording;

use std::cell::OnceCell;
use std::cell::RefCell;
use std::io::Read;
use std::path::Path;

use serde::Serialize;
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

/// So many complaints are told; who has more begins with these.
const MOST_TOLD: usize = 100;

/// One thing that is wrong in a file, or could be better.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// The way to the value, such as `steps[1].checks[0].volume.name`; empty for the whole file.
    pub path: String,
    /// What is wrong.
    pub what: Text,
}

/// A parsed file, the places of its values, and what was found wrong with it so far.
pub(crate) struct Document {
    file: String,
    root: Value,
    source: String,
    /// Found only where there is something to complain of: most files are valid.
    marks: OnceCell<Marks>,
    complaints: RefCell<Vec<Complaint>>,
}

impl Document {
    /// Parses YAML (or JSON, which is YAML); `file` is the name used in complaints.
    pub(crate) fn parse(file: &str, source: &str) -> Result<Document> {
        if source.len() > LARGEST {
            return Err(too_large(file));
        }
        let root = limits::value(source).map_err(|(why, error)| unreadable(file, why, error.as_ref()))?;
        let (file, source) = (file.to_owned(), source.to_owned());
        let document =
            Document { file, root, source, marks: OnceCell::new(), complaints: RefCell::default() };
        letters::complain(&document, &document.root, "");
        Ok(document)
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
        self.note(path, self.marks().place(path), what);
    }

    /// Notes an id that is none: ids are typed, and name files.
    pub(crate) fn complain_of_id(&self, path: &str, id: &str) {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if id.is_empty() || !id.bytes().all(fits) {
            let what = say!(
                "un identifiant n'a que des minuscules, des chiffres et des tirets : `{id}`",
                "an id has only small letters, digits and dashes: `{id}`"
            );
            self.complain(path, what);
        }
    }

    /// Notes that a key of the mapping at `path` should not be there.
    pub(crate) fn complain_of_key(&self, path: &str, key: &str, what: Text) {
        let owner = path.strip_suffix(key).map_or(path, |path| path.trim_end_matches('.'));
        let at = join(owner, key);
        self.note(&at, self.marks().key(&at).unwrap_or_else(|| self.marks().place(path)), what);
    }

    fn marks(&self) -> &Marks {
        self.marks.get_or_init(|| Marks::of(&self.source))
    }

    fn note(&self, path: &str, (line, column): (usize, usize), what: Text) {
        let (file, path) = (self.file.clone(), path.to_owned());
        self.complaints.borrow_mut().push(Complaint { file, line, column, path, what });
    }

    /// Nothing, or one error that lists every complaint in the order of the file.
    pub(crate) fn verdict(self) -> Result<()> {
        let file = self.file.clone();
        let complaints = self.complaints();
        if complaints.is_empty() { Ok(()) } else { Err(refused(&file, &complaints)) }
    }

    /// Every complaint, in the order of the file.
    pub(crate) fn complaints(self) -> Vec<Complaint> {
        let mut complaints = self.complaints.into_inner();
        complaints.sort_by_key(|complaint| (complaint.line, complaint.column));
        complaints.dedup();
        complaints
    }
}

/// Reads the text of a file, if it is one that can be ours: a pipe would be waited for without end, and the start of
/// a file that is too large is enough to refuse it.
pub(crate) fn source(path: &Path) -> Result<String> {
    let shown = path.display().to_string();
    let unread = |error: std::io::Error| {
        Error::usage(say!("`{shown}` n'a pas pu être lu", "`{shown}` could not be read")).because(error)
    };
    if !std::fs::metadata(path).map_err(unread)?.is_file() {
        return Err(Error::usage(say!("`{shown}` n'est pas un fichier", "`{shown}` is not a file")));
    }
    let mut bytes = Vec::new();
    let most = u64::try_from(LARGEST).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)).map_err(unread)?;
    if bytes.len() > LARGEST {
        return Err(too_large(&shown));
    }
    String::from_utf8(bytes).map_err(|error| unread(std::io::Error::other(error)))
}

/// Writes a value as YAML.
pub(crate) fn write<T: Serialize>(value: &T) -> Result<String> {
    serde_yaml::to_string(value).map_err(|error| {
        Error::environment(say!("le fichier n'a pas pu être écrit", "the file could not be written"))
            .because(error)
    })
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

fn too_large(file: &str) -> Error {
    Error::usage(say!(
        "`{file}` dépasse 1024 Kio : aucun fichier de laboratoire ou de quiz n'est aussi gros",
        "`{file}` has more than 1024 KiB: no lab or quiz file is larger"
    ))
}

fn unreadable(file: &str, why: Option<Text>, error: Option<&serde_yaml::Error>) -> Error {
    let place = error.and_then(serde_yaml::Error::location);
    let place = place.map_or_else(String::new, |at| format!(":{}:{}", at.line(), at.column()));
    if let Some(Text { fr, en }) = why {
        return Error::usage(say!("`{file}{place}` est refusé : {fr}", "`{file}{place}` is refused: {en}"));
    }
    let what = say!("`{file}{place}` n'est pas du YAML lisible", "`{file}{place}` is not readable YAML");
    error.map_or_else(|| Error::usage(what.clone()), |error| Error::usage(what.clone()).because(error))
}

fn refused(file: &str, complaints: &[Complaint]) -> Error {
    let count = complaints.len();
    let what = if count == 1 {
        say!("`{file}` n'est pas valide", "`{file}` is not valid")
    } else {
        say!("`{file}` n'est pas valide : {count} erreurs", "`{file}` is not valid: {count} mistakes")
    };
    let error = complaints
        .iter()
        .take(MOST_TOLD)
        .fold(Error::usage(what), |error, complaint| error.detail(complaint.told()));
    if count <= MOST_TOLD {
        return error;
    }
    let more = count - MOST_TOLD;
    error.detail(say!("… et {more} autres", "… and {more} more"))
}

impl Complaint {
    /// The place, the way there, and what is wrong, on a line.
    pub(crate) fn told(&self) -> Text {
        let Complaint { file, line, column, path, what } = self;
        let path = if path.is_empty() { String::new() } else { format!(" {path}:") };
        let (fr, en) = (&what.fr, &what.en);
        say!("{file}:{line}:{column}:{path} {fr}", "{file}:{line}:{column}:{path} {en}")
    }
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
        assert_eq!((found[0].line, found[0].column), (3, 13));
        assert_eq!(found[0].path, "[1].port.number");
        assert!(found[0].what.fr.contains("abc"), "{found:?}");
    }

    #[test]
    fn an_unknown_key_is_found_at_the_key() {
        let found = complaints("- port:\n    number: 1\n    runing: 2\n");
        assert_eq!((found[0].line, found[0].column), (3, 5));
        assert!(found[0].what.fr.contains("clé inconnue `runing`"), "{found:?}");
    }

    #[test]
    fn a_missing_key_is_found_at_its_owner() {
        let found = complaints("- port: {}\n");
        assert_eq!((found[0].line, found[0].column), (1, 9));
        assert!(found[0].what.en.contains("missing field `number`"), "{found:?}");
    }
}
