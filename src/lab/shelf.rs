//! Where labs and quizzes are found: built into the binary, or in a folder of the user's, which wins.

use std::path::Path;
use std::path::PathBuf;

use include_dir::Dir;
use include_dir::include_dir;

use crate::error::Error;
use crate::error::Result;
use crate::lab::Lab;
use crate::lab::validate;
use crate::text::list;
use crate::text::say;

static LABS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/labs");
static QUIZZES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/quizzes");

/// The places to look, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shelf {
    /// `--labs DIR`: a folder with `ID/lab.yaml`.
    pub labs: Option<PathBuf>,
    /// `--quizzes DIR`: a folder with `ID.yaml`.
    pub quizzes: Option<PathBuf>,
}

impl Shelf {
    /// The ids of all labs, sorted.
    pub(crate) fn labs(&self) -> Vec<String> {
        let built_in = LABS.dirs().filter_map(|dir| name(dir.path()));
        let own = self.labs.iter().flat_map(|dir| folders(dir));
        sorted(built_in.chain(own))
    }

    /// The ids of all quizzes, sorted.
    pub(crate) fn quizzes(&self) -> Vec<String> {
        let built_in = QUIZZES.files().filter_map(|file| stem(file.path()));
        let own = self.quizzes.iter().flat_map(|dir| quiz_files(dir));
        sorted(built_in.chain(own))
    }

    /// Reads a lab and gives its objects the prefix.
    pub(crate) fn lab(&self, id: &str, prefix: &str) -> Result<Lab> {
        let (file, source) = self.lab_source(id)?;
        let asset = |name: &str| self.asset(id, name);
        validate::lab(&file, &source, prefix, &asset)
    }

    /// The name for complaints and the text of a quiz.
    pub(crate) fn quiz_source(&self, id: &str) -> Result<(String, String)> {
        if let Some(path) =
            self.quizzes.as_ref().map(|dir| dir.join(format!("{id}.yaml"))).filter(|p| p.exists())
        {
            return Ok((path.display().to_string(), read(&path)?));
        }
        let file = QUIZZES.get_file(format!("{id}.yaml")).and_then(|file| file.contents_utf8());
        let known = list(self.quizzes());
        file.map(|text| (format!("quizzes/{id}.yaml"), text.to_owned())).ok_or_else(|| {
            Error::usage(say!("il n'y a pas de quiz `{id}`", "there is no quiz `{id}`"))
                .hint(say!("les quiz : {known}", "the quizzes: {known}"))
        })
    }

    fn lab_source(&self, id: &str) -> Result<(String, String)> {
        if let Some(path) = self.labs.as_ref().map(|dir| dir.join(id).join("lab.yaml")).filter(|p| p.exists())
        {
            return Ok((path.display().to_string(), read(&path)?));
        }
        let file = LABS.get_file(format!("{id}/lab.yaml")).and_then(|file| file.contents_utf8());
        let known = list(self.labs());
        file.map(|text| (format!("labs/{id}/lab.yaml"), text.to_owned())).ok_or_else(|| {
            Error::usage(say!("il n'y a pas de laboratoire `{id}`", "there is no lab `{id}`"))
                .hint(say!("les laboratoires : {known}", "the labs: {known}"))
        })
    }

    /// A file beside `lab.yaml`; the folder of the lab that was read is the only one looked into.
    fn asset(&self, id: &str, name: &str) -> Option<String> {
        let own = self.labs.as_ref().map(|dir| dir.join(id));
        if let Some(dir) = own.filter(|dir| dir.join("lab.yaml").exists()) {
            return std::fs::read_to_string(dir.join(name)).ok();
        }
        LABS.get_file(format!("{id}/{name}"))?.contents_utf8().map(str::to_owned)
    }
}

fn read(path: &Path) -> Result<String> {
    let shown = path.display();
    std::fs::read_to_string(path).map_err(|error| {
        Error::usage(say!("`{shown}` n'a pas pu être lu", "`{shown}` could not be read")).because(error)
    })
}

fn name(path: &Path) -> Option<String> {
    path.file_name().and_then(|name| name.to_str()).map(str::to_owned)
}

fn stem(path: &Path) -> Option<String> {
    let is_yaml = path.extension().is_some_and(|extension| extension == "yaml");
    path.file_stem().filter(|_| is_yaml).and_then(|stem| stem.to_str()).map(str::to_owned)
}

fn folders(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.path().join("lab.yaml").exists())
        .filter_map(|entry| name(&entry.path()))
        .collect()
}

fn quiz_files(dir: &Path) -> Vec<String> {
    std::fs::read_dir(dir).into_iter().flatten().flatten().filter_map(|entry| stem(&entry.path())).collect()
}

fn sorted(ids: impl Iterator<Item = String>) -> Vec<String> {
    let mut ids: Vec<String> = ids.collect();
    ids.sort();
    ids.dedup();
    ids
}
