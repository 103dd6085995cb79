//! Where labs and quizzes are found: built into the binary, or in a folder of the user's, which wins.

use std::path::Path;
use std::path::PathBuf;

use include_dir::Dir;
use include_dir::include_dir;

use crate::error::Error;
use crate::error::Result;
use crate::lab::Attempt;
use crate::lab::Lab;
use crate::lab::attempts;
use crate::lab::prefix::Prefix;
use crate::lab::prefix::fits_compose;
use crate::lab::prefix::usable_prefix;
use crate::lab::validate;
use crate::text::list;
use crate::text::say;
use crate::world::Operation;
use crate::yaml;

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
        if !prefix.is_empty() {
            // Else each name of the lab would be called wrong.
            usable_prefix(prefix)?;
        }
        let asset = |name: &str| self.asset(id, name);
        let lab = validate::lab(&file, &source, prefix, &asset)?;
        let by_compose =
            |operation: &Operation| matches!(operation, Operation::ComposeUp(_) | Operation::ComposeDown(_));
        if lab.steps.iter().flat_map(|step| &step.operations).any(by_compose) {
            fits_compose(prefix)?;
        }
        Ok(lab)
    }

    /// The attempts by which a lab proves itself, the names of its objects prefixed.
    pub(crate) fn attempts(&self, id: &str, prefix: &str) -> Result<Vec<Attempt>> {
        let lab = self.lab(id, "")?;
        let prefix = Prefix::new(prefix, &lab.resources);
        let mut all = Vec::new();
        for (file, source) in self.sabotages(id)? {
            all.extend(attempts::read(&file, &source, &lab)?);
        }
        for attempt in &mut all {
            attempt.shell = prefix.change(&attempt.shell);
            attempt.before = prefix.change(&attempt.before);
        }
        Ok(all)
    }

    /// The files beside `lab.yaml` that hold them, by name.
    pub(crate) fn sabotages(&self, id: &str) -> Result<Vec<(String, String)>> {
        let own = self.labs.as_ref().map(|dir| dir.join(id)).filter(|dir| dir.join("lab.yaml").exists());
        let mut files = Vec::new();
        if let Some(dir) = own {
            for entry in std::fs::read_dir(dir.join("sabotages")).into_iter().flatten().flatten() {
                if stem(&entry.path()).is_some() {
                    files.push((entry.path().display().to_string(), yaml::source(&entry.path())?));
                }
            }
        } else if let Some(dir) = LABS.get_dir(format!("{id}/sabotages")) {
            let built_in = dir.files().filter(|file| stem(file.path()).is_some());
            files.extend(built_in.filter_map(|file| {
                Some((format!("labs/{}", file.path().display()), file.contents_utf8()?.to_owned()))
            }));
        }
        files.sort();
        Ok(files)
    }

    /// The name for complaints and the text of a quiz.
    pub(crate) fn quiz_source(&self, id: &str) -> Result<(String, String)> {
        if let Some(path) =
            self.quizzes.as_ref().map(|dir| dir.join(format!("{id}.yaml"))).filter(|p| p.exists())
        {
            return Ok((path.display().to_string(), yaml::source(&path)?));
        }
        let file = QUIZZES.get_file(format!("{id}.yaml")).and_then(|file| file.contents_utf8());
        let known = list(self.quizzes());
        file.map(|text| (format!("quizzes/{id}.yaml"), text.to_owned())).ok_or_else(|| {
            Error::usage(say!("il n'y a pas de quiz `{id}`", "there is no quiz `{id}`"))
                .hint(say!("les quiz : {known}", "the quizzes: {known}"))
        })
    }

    /// The name for complaints and the text of a lab.
    pub(crate) fn lab_source(&self, id: &str) -> Result<(String, String)> {
        if let Some(path) = self.labs.as_ref().map(|dir| dir.join(id).join("lab.yaml")).filter(|p| p.exists())
        {
            return Ok((path.display().to_string(), yaml::source(&path)?));
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
            // Neither `..` nor a link leads out of the lab's folder.
            let (dir, path) = (dir.canonicalize().ok()?, dir.join(name).canonicalize().ok()?);
            return yaml::source(&path).ok().filter(|_| path.starts_with(dir));
        }
        LABS.get_file(format!("{id}/{name}"))?.contents_utf8().map(str::to_owned)
    }
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
