//! `quiz --answers FOLDER`: a file of answers for each learner, graded together.

use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::env::Env;
use crate::cli::quiz;
use crate::cli::quiz::begin;
use crate::cli::ui::Ui;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::quiz::Answers;
use crate::quiz::Graded;
use crate::quiz::Quiz;
use crate::quiz::answers;
use crate::quiz::class;
use crate::quiz::class::Learner;
use crate::quiz::key;
use crate::report::Format;
use crate::report::Sheet;
use crate::text::Text;
use crate::text::say;

/// Grades every file; one that is not valid is told, and the others are graded all the same.
pub(super) fn class(args: &args::Quiz, folder: &Path, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let old = quiz::read(&args.quiz, common)?;
    begin::refuse_in_exam(&old, &quiz::history(&old.id, env, ui)?, env)?;
    let new = match &args.key {
        Some(file) => Some(key::corrected(&old, &answers::read(&env.here.join(file), &old)?)?),
        None => None,
    };
    let (mut sheets, mut learners, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for path in files(folder)? {
        match answers::read(&path, &old).and_then(|given| known(&path, &old, given)) {
            Ok(given) => sheets.push((path, given)),
            Err(error) => errors.push(error),
        }
    }
    // Whoever leaves a question out that the others were asked has left it open.
    let asked = || sheets.iter().flat_map(|(_, given)| given.keys().cloned()).collect::<BTreeSet<String>>();
    let paper = begin::paper(&old, &args.taking)?.unwrap_or_else(|| asked().into_iter().collect());
    for (path, given) in sheets {
        match learner(&path, given, (&old, new.as_ref(), &paper), args.taking.exam) {
            Ok(learner) => learners.push(learner),
            Err(error) => errors.push(error),
        }
    }
    for error in &errors {
        ui.complain(error);
    }
    if learners.is_empty() {
        let shown = folder.display();
        return Err(Error::usage(say!(
            "aucun fichier de réponses valide dans `{shown}`",
            "no valid file of answers in `{shown}`"
        ))
        .hint(say!(
            "un fichier par apprenant, par exemple `lea.yaml` : `{{question: réponse}}`",
            "a file for each learner, such as `lea.yaml`: `{{question: answer}}`"
        )));
    }
    let quiz = new.as_ref().unwrap_or(&old);
    let items = class::items(quiz, &learners);
    let unread: Vec<Text> = errors.iter().map(|error| error.what.clone()).collect();
    let sheet = Sheet { quiz, learners: &learners, items: &items, unread: &unread };
    if let Some(file) = &args.csv {
        let shown = file.display();
        std::fs::write(env.here.join(file), sheet.csv()).map_err(|error| {
            Error::environment(say!("`{shown}` n'a pas pu être écrit", "`{shown}` could not be written"))
                .because(error)
        })?;
    }
    let text = if ui.format == Format::Json { sheet.json(ui.lang)? } else { sheet.text(&ui.page, ui.lang) };
    ui.data(&text)?;
    Ok(if errors.is_empty() { Exit::Done } else { Exit::Usage })
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let shown = folder.display();
    let entries = std::fs::read_dir(folder).map_err(|error| {
        Error::usage(say!("`{shown}` n'a pas pu être lu", "`{shown}` could not be read")).because(error)
    })?;
    let fits = |path: &PathBuf| {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        matches!(ending, "yaml" | "yml" | "json")
    };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(fits).collect();
    files.sort();
    Ok(files)
}

/// The answers, once each is known to fit its question.
fn known(path: &Path, quiz: &Quiz, given: Answers) -> Result<Answers> {
    crate::quiz::fitting(quiz, &given).map_err(|error| of(path, error))?;
    Ok(given)
}

fn of(path: &Path, error: Error) -> Error {
    let (Text { fr, en }, file) = (&error.what, path.display());
    let what = say!("`{file}` : {fr}", "`{file}`: {en}");
    Error { what, ..error }
}

fn learner(
    path: &Path,
    given: Answers,
    (old, new, paper): (&Quiz, Option<&Quiz>, &[String]),
    exam: bool,
) -> Result<Learner> {
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let answers = answers::on_paper(given, paper).map_err(|error| of(path, error))?;
    let graded = |quiz: &Quiz| -> Result<Graded> {
        let graded = crate::quiz::grade(quiz, &answers).map_err(|error| of(path, error))?;
        Ok(if exam { graded.weighted(quiz) } else { graded })
    };
    let first = graded(old)?;
    match new {
        Some(quiz) => Ok(Learner { name, before: Some(first.percent()), graded: graded(quiz)? }),
        None => Ok(Learner { name, graded: first, before: None }),
    }
}
