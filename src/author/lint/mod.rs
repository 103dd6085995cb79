//! Everything a machine can know about a file that is valid and could still be better, each remark with its place.
//! What is not valid is an error, as in every other command.

mod commands;
mod hints;
mod names;
mod texts;

use std::path::Path;

use jiff::Timestamp;

use crate::class::Inventory;
use crate::engine;
use crate::engine::Status;
use crate::error::Error;
use crate::error::Result;
use crate::lab::Lab;
use crate::lab::Shelf;
use crate::quiz;
use crate::quiz::Quiz;
use crate::quiz::Tags;
use crate::text::Text;
use crate::text::say;
use crate::world::Fact;
use crate::world::Facts;
use crate::world::Memory;
use crate::world::Observed;
use crate::world::Probe;
use crate::world::Traces;
use crate::yaml;
use crate::yaml::Complaint;
use crate::yaml::Document;

/// What came of looking through one lab, quiz or inventory.
#[derive(Clone, Debug)]
pub(crate) struct Linted {
    /// The file's name.
    pub file: String,
    /// `lab`, `quiz` or `inventory`.
    pub kind: &'static str,
    /// What could be better, in the order of the files.
    pub remarks: Vec<Complaint>,
}

/// Looks through every lab and quiz of a shelf.
pub(crate) fn lint_shelf(shelf: &Shelf) -> Result<Vec<Linted>> {
    let labs = shelf.labs().into_iter().map(|id| lab(shelf, &id));
    let quizzes = shelf.quizzes().into_iter().map(|id| {
        let (file, source) = shelf.quiz_source(&id)?;
        of_quiz(shelf, &file, &source)
    });
    labs.chain(quizzes).collect()
}

/// Looks through one file, or a lab's folder; what it is, its first keys tell.
pub(crate) fn lint_file(path: &Path, shelf: &Shelf) -> Result<Linted> {
    let path = if path.is_dir() { path.join("lab.yaml") } else { path.to_owned() };
    let shown = path.display().to_string();
    let source = yaml::source(&path)?;
    let document = Document::parse(&shown, &source)?;
    let has = |key: &str| document.root().get(key).is_some();
    if has("steps") {
        return of_lab_file(&path, shelf);
    }
    if has("questions") {
        return of_quiz(shelf, &shown, &source);
    }
    if has("machines") {
        Inventory::load(&path)?;
        return Ok(Linted { file: shown, kind: "inventory", remarks: Vec::new() });
    }
    Err(Error::usage(say!(
        "`{shown}` n'est ni un laboratoire (`steps`), ni un quiz (`questions`), ni un inventaire (`machines`)",
        "`{shown}` is neither a lab (`steps`), nor a quiz (`questions`), nor an inventory (`machines`)"
    )))
}

/// A lab is read as the program would read it: `FOLDER/ID/lab.yaml`.
fn of_lab_file(path: &Path, shelf: &Shelf) -> Result<Linted> {
    // As it was typed, where that tells the names of both folders.
    let is_enough = path.parent().and_then(Path::parent).is_some_and(|labs| labs.file_name().is_some());
    let whole = if is_enough { Ok(path.to_owned()) } else { path.canonicalize() };
    let whole = whole.unwrap_or_else(|_| path.to_owned());
    let folder = whole.parent();
    let id = folder.and_then(Path::file_name).and_then(|name| name.to_str());
    let is_lab = whole.file_name().is_some_and(|name| name == "lab.yaml");
    let (Some(id), Some(labs), true) = (id, folder.and_then(Path::parent), is_lab) else {
        let shown = path.display();
        return Err(Error::usage(say!(
            "`{shown}` : un laboratoire s'appelle `lab.yaml`, dans un dossier qui porte son nom",
            "`{shown}`: a lab is called `lab.yaml`, in a folder that bears its name"
        )));
    };
    lab(&Shelf { labs: Some(labs.to_owned()), ..shelf.clone() }, id)
}

fn lab(shelf: &Shelf, id: &str) -> Result<Linted> {
    let lab = shelf.lab(id, "")?;
    let attempts = shelf.attempts(id, "")?;
    let (file, source) = shelf.lab_source(id)?;
    let document = Document::parse(&file, &source)?;
    names::complain(&document, &lab);
    hints::complain(&document, &lab);
    texts::complain(&document, document.root(), "");
    passing_when_blank(&document, &lab);
    if attempts.is_empty() {
        let what = say!(
            "aucun sabotage (`sabotages/*.yaml`) ne prouve qu'un travail faux est refusé",
            "no sabotage (`sabotages/*.yaml`) proves that wrong work is refused"
        );
        document.complain("id", what);
    }
    for (index, mistake) in lab.mistakes.iter().enumerate() {
        let made = attempts.iter().any(|attempt| attempt.fails.values().any(|made| *made == mistake.id));
        if !made && !attempts.is_empty() {
            let id = &mistake.id;
            let what = say!("aucun sabotage ne commet `{id}`", "no sabotage makes `{id}`");
            document.complain(&yaml::join(&yaml::item("mistakes", index), "id"), what);
        }
    }
    let mut remarks = document.complaints();
    for (file, source) in shelf.sabotages(id)? {
        let document = Document::parse(&file, &source)?;
        commands::complain(&document, &lab);
        remarks.extend(document.complaints());
    }
    Ok(Linted { file, kind: "lab", remarks })
}

/// A check that passes where nothing was done proves nothing.
fn passing_when_blank(document: &Document, lab: &Lab) {
    let all: Vec<_> = lab.steps.iter().collect();
    let probes = all.iter().flat_map(|step| &step.checks).flat_map(|item| item.check.probes());
    let mut facts = Facts::default();
    for probe in probes.chain([Probe::Containers, Probe::Volumes]) {
        let answer = blank(&probe);
        facts.insert(probe, Observed::Seen(answer));
    }
    let card = engine::judge(lab, &all, &facts, &Memory::default(), Timestamp::UNIX_EPOCH);
    for (at, step) in card.steps.iter().enumerate() {
        for (index, check) in step.checks.iter().enumerate().filter(|(_, one)| one.status == Status::Passed) {
            let id = &check.id;
            let path = yaml::item(&yaml::join(&yaml::item("steps", at), "checks"), index);
            document.complain(
                &path,
                say!(
                    "`{id}` passe déjà quand rien n'a été fait",
                    "`{id}` passes already where nothing was done"
                ),
            );
        }
    }
}

/// What a daemon and a workspace without anything answer.
fn blank(probe: &Probe) -> Fact {
    match probe {
        Probe::Containers => Fact::Containers(Vec::new()),
        Probe::Volumes => Fact::Volumes(Vec::new()),
        Probe::Orphans => Fact::Orphans(Vec::new()),
        Probe::Traces => Fact::Traces(Traces::default()),
        _ => Fact::Absent(say!("rien n'est là", "nothing is there")),
    }
}

fn of_quiz(shelf: &Shelf, file: &str, source: &str) -> Result<Linted> {
    let quiz = Quiz::parse(file, source)?;
    let document = Document::parse(file, source)?;
    // The steps and criteria that it may name are those of the lab of the same name.
    let lab = if shelf.labs().contains(&quiz.id) { Some(shelf.lab(&quiz.id, "")?) } else { None };
    let steps: Vec<String> = lab.iter().flat_map(|lab| &lab.steps).map(|step| step.id.clone()).collect();
    let criteria: Vec<String> = lab.iter().flat_map(|lab| &lab.criteria).map(|one| one.id.clone()).collect();
    for (id, what) in quiz::lint(&quiz, Tags { steps: &steps, criteria: &criteria }) {
        let at = quiz.questions.iter().position(|question| question.id == id);
        document.complain(&at.map_or_else(|| "id".to_owned(), |at| yaml::item("questions", at)), what);
    }
    Ok(Linted { file: file.to_owned(), kind: "quiz", remarks: document.complaints() })
}

/// The words between back-ticks of a text.
fn spans(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// A remark about a part of a command, in both languages.
fn dangerous(command: &str) -> Option<Text> {
    let words: Vec<&str> = command.split_whitespace().collect();
    // Whoever asks for help takes nothing away.
    let is_docker = words.first().is_some_and(|first| *first == "docker") && !words.contains(&"--help");
    if is_docker && words.contains(&"prune") && !command.contains("--filter") {
        return Some(say!(
            "`{command}` prend aussi ce qui est à d'autres : un `--filter` le borne",
            "`{command}` takes what is other people's too: a `--filter` limits it"
        ));
    }
    let removes = words.iter().any(|word| commands::REMOVING.contains(word));
    if is_docker && removes && (command.contains("$(docker") || command.contains("`docker")) {
        return Some(say!(
            "`{command}` prend tout ce qui est sur le moteur",
            "`{command}` takes all there is on the daemon"
        ));
    }
    None
}
