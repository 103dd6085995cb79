//! From the file to the lab: every complaint at once, each with its place.

use std::collections::BTreeMap;
use std::path::Path;

use crate::checks::Check;
use crate::error::Error;
use crate::error::Result;
use crate::lab::Criterion;
use crate::lab::Item;
use crate::lab::Lab;
use crate::lab::Mistake;
use crate::lab::Prediction;
use crate::lab::Step;
use crate::lab::Task;
use crate::lab::mistakes;
use crate::lab::names;
use crate::lab::predictions;
use crate::lab::prefix::Prefix;
use crate::lab::raw::RawCriterion;
use crate::lab::raw::RawItem;
use crate::lab::raw::RawLab;
use crate::lab::raw::RawStep;
use crate::lab::raw::RawTask;
use crate::text::Text;
use crate::text::list;
use crate::text::say;
use crate::world::CheckRef;
use crate::world::Operation;
use crate::world::Probe;
use crate::world::Resources;
use crate::yaml;
use crate::yaml::Document;
use crate::yaml::Node;

/// Looks up a file beside `lab.yaml`.
pub(crate) type Assets<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Reads, prefixes and validates a lab file.
pub(crate) fn lab(file: &str, source: &str, prefix: &str, assets: Assets<'_>) -> Result<Lab> {
    let mut document = Document::parse(file, source)?;
    let owned: Option<Resources> =
        document.root().get("resources").and_then(|value| document.read("resources", value));
    let prefix = Prefix::new(prefix, &owned.unwrap_or_default());
    prefix.apply(&mut document);
    let document = document;
    let raw: Option<RawLab> = document.read("", document.root());
    let Some(raw) = raw else {
        document.verdict()?;
        return Err(Error::usage(say!("`{file}` n'est pas un laboratoire", "`{file}` is not a lab")));
    };
    let mut lab = Lab {
        id: raw.id,
        title: raw.title,
        goal: raw.goal,
        images: raw.images,
        prefix: prefix.text().to_owned(),
        resources: raw.resources,
        tasks: read_all(&document, "tasks", &raw.tasks, |raw: RawTask, _| Task {
            title: raw.title,
            steps: raw.steps,
        }),
        steps: read_all(&document, "steps", &raw.steps, |raw: RawStep, path| step(&document, raw, path)),
        criteria: read_all(&document, "criteria", &raw.criteria, criterion),
        mistakes: read_all(&document, "mistakes", &raw.mistakes, |one: Mistake, _| one),
        assets: BTreeMap::new(),
    };
    document.complain_of_id("id", &lab.id);
    complain_of_folder(&document, file, &lab.id);
    names::complain_of_resources(&document, &lab);
    complain_of_steps(&document, &lab);
    names::complain_of_images(&document, &lab);
    complain_of_criteria(&document, &lab);
    mistakes::complain(&document, &lab);
    complain_of_texts(&document, document.root(), "");
    for (at, step) in lab.steps.iter().enumerate() {
        for (index, operation) in step.operations.iter().enumerate() {
            let path = yaml::item(&yaml::join(&yaml::item("steps", at), "operations"), index);
            names::complain(&document, &path, operation, &lab);
            if let Operation::FileWrite(write) = operation {
                match assets(&write.from) {
                    Some(text) => drop(lab.assets.insert(write.from.clone(), prefix.change(&text))),
                    None => complain_of_asset(&document, &path, &write.from),
                }
            }
        }
    }
    document.verdict()?;
    Ok(lab)
}

/// What was done is kept by the id: in a folder of another name, the session of another lab would be taken for its own.
fn complain_of_folder(document: &Document, file: &str, id: &str) {
    let folder = Path::new(file).parent().and_then(Path::file_name).and_then(|name| name.to_str());
    if let Some(folder) = folder.filter(|folder| *folder != id) {
        let what = say!(
            "le laboratoire s'appelle `{id}`, et son dossier `{folder}` : donnez-leur le même nom",
            "the lab is called `{id}`, its folder `{folder}`: give them the same name"
        );
        document.complain("id", what);
    }
}

/// Reads the items of a list one by one.
fn read_all<R, T>(document: &Document, path: &str, nodes: &[Node], make: impl Fn(R, &str) -> T) -> Vec<T>
where
    R: serde::de::DeserializeOwned,
{
    let read = |(index, node)| {
        let path = yaml::item(path, index);
        document.read::<R>(&path, node).map(|raw| make(raw, &path))
    };
    nodes.iter().enumerate().filter_map(read).collect()
}

fn step(document: &Document, raw: RawStep, path: &str) -> Step {
    let operations = yaml::join(path, "operations");
    let checks = yaml::join(path, "checks");
    let items = raw.checks.iter().enumerate();
    let items = items.filter_map(|(index, node)| item(document, &yaml::item(&checks, index), node)).collect();
    Step {
        id: raw.id,
        title: raw.title,
        goal: raw.goal,
        explain: raw.explain,
        needs: raw.needs,
        needs_images: raw.needs_images,
        operations: read_all(document, &operations, &raw.operations, |operation: Operation, _| operation),
        checks: items,
        hints: raw.hints,
        predict: read_all(document, &yaml::join(path, "predict"), &raw.predict, |one: Prediction, _| one),
    }
}

/// A check: its own keys, and exactly one that names the kind.
fn item(document: &Document, path: &str, node: &Node) -> Option<Item> {
    let (kinds, rest) = yaml::split(node, Check::kinds());
    let raw: Option<RawItem> = document.read(path, &rest);
    if kinds.len() != 1 {
        let known = list(Check::kinds());
        document.complain(
            path,
            say!(
                "un contrôle porte exactement un genre parmi {known}",
                "a check has exactly one kind out of {known}"
            ),
        );
        return None;
    }
    let check = document.read::<Check>(path, &Node::Mapping(kinds))?;
    for outside in check.probes().iter().filter_map(Probe::path).filter(|path| names::leaves(path)) {
        document.complain(
            path,
            say!("`{outside}` sort du dossier de travail", "`{outside}` leaves the workspace"),
        );
    }
    let raw = raw?;
    Some(Item { id: raw.id, title: raw.title, check })
}

fn criterion(raw: RawCriterion, _path: &str) -> Criterion {
    let refer = |name: &String| {
        let (step, check) = name.split_once('.').unwrap_or((name, ""));
        CheckRef { step: step.to_owned(), check: check.to_owned() }
    };
    Criterion {
        id: raw.id,
        title: raw.title,
        points: raw.points,
        proven_by: raw.proven_by.iter().map(refer).collect(),
    }
}

fn complain_of_steps(document: &Document, lab: &Lab) {
    unique(document, "steps", lab.steps.iter().map(|step| step.id.as_str()));
    for (index, step) in lab.steps.iter().enumerate() {
        let path = yaml::item("steps", index);
        unique(document, &yaml::join(&path, "checks"), step.checks.iter().map(|item| item.id.as_str()));
        for (at, need) in step.needs.iter().enumerate() {
            if !lab.steps[..index].iter().any(|earlier| earlier.id == *need) {
                let what = say!(
                    "aucune étape `{need}` ne vient avant celle-ci",
                    "no step `{need}` comes before this one"
                );
                document.complain(&yaml::item(&yaml::join(&path, "needs"), at), what);
            }
        }
        if step.checks.is_empty() {
            document.complain(
                &path,
                say!("une étape sans contrôle ne prouve rien", "a step without a check proves nothing"),
            );
        }
        if step.hints.is_empty() {
            document.complain(&path, say!("il manque une piste", "a hint is missing"));
        }
    }
    predictions::complain(document, lab);
    complain_of_evidence(document, lab);
    for (index, task) in lab.tasks.iter().enumerate() {
        for (at, name) in task.steps.iter().enumerate() {
            if !lab.steps.iter().any(|step| step.id == *name) {
                let path = yaml::item(&yaml::join(&yaml::item("tasks", index), "steps"), at);
                document.complain(&path, say!("l'étape `{name}` n'existe pas", "there is no step `{name}`"));
            }
        }
    }
}

/// What a check rests on was shown by an earlier one, of a file in a container.
fn complain_of_evidence(document: &Document, lab: &Lab) {
    for (index, step) in lab.steps.iter().enumerate() {
        for (at, item) in step.checks.iter().enumerate() {
            let Some(name) = item.check.rests_on() else { continue };
            let path = yaml::item(&yaml::join(&yaml::item("steps", index), "checks"), at);
            let path = yaml::join(&path, "content");
            let (from, check) = name.split_once('.').unwrap_or((name, ""));
            let earlier = lab.foundations(step).into_iter().chain([step]).find(|one| one.id == from);
            let shown = earlier.and_then(|one| one.checks.iter().find(|item| item.id == check));
            let of_a_file = |one: &Item| one.check.is_of_a_container() && one.check.rests_on().is_none();
            if !item.check.is_of_a_container() || !shown.is_some_and(of_a_file) {
                let what = say!(
                    "`{name}` n'est pas un contrôle `content` d'une étape dont celle-ci a besoin, sur un fichier d'un \
                     conteneur",
                    "`{name}` is not a `content` check of a step that this one needs, about a file in a container"
                );
                document.complain(&path, what);
            }
        }
    }
}

fn complain_of_criteria(document: &Document, lab: &Lab) {
    unique(document, "criteria", lab.criteria.iter().map(|criterion| criterion.id.as_str()));
    for (index, criterion) in lab.criteria.iter().enumerate() {
        let path = yaml::join(&yaml::item("criteria", index), "proven_by");
        if criterion.proven_by.is_empty() {
            document.complain(
                &path,
                say!(
                    "un critère sans preuve passerait toujours",
                    "a criterion without proof would always pass"
                ),
            );
        }
        for (at, proof) in criterion.proven_by.iter().enumerate() {
            let known = lab
                .steps
                .iter()
                .any(|step| step.id == proof.step && step.checks.iter().any(|item| item.id == proof.check));
            if !known {
                let CheckRef { step, check } = proof;
                let what = say!(
                    "l'étape `{step}` n'a pas de contrôle `{check}`",
                    "the step `{step}` has no check `{check}`"
                );
                document.complain(&yaml::item(&path, at), what);
            }
        }
    }
}

pub(super) fn unique<'a>(document: &Document, path: &str, ids: impl Iterator<Item = &'a str>) {
    let mut seen: Vec<&str> = Vec::new();
    for (index, id) in ids.enumerate() {
        let at = yaml::join(&yaml::item(path, index), "id");
        if seen.contains(&id) {
            document
                .complain(&at, say!("l'identifiant `{id}` est déjà pris", "the id `{id}` is already taken"));
        }
        document.complain_of_id(&at, id);
        seen.push(id);
    }
}

/// Every `{fr, en}` must say something in both languages.
fn complain_of_texts(document: &Document, node: &Node, path: &str) {
    match node {
        Node::Mapping(map) => {
            let text = document_text(node);
            if text.is_some_and(|text| text.is_incomplete()) {
                document.complain(
                    path,
                    say!("le texte est vide dans une langue", "the text is empty in one language"),
                );
            }
            for (key, value) in map {
                let key = key.as_str().unwrap_or_default();
                complain_of_texts(document, value, &yaml::join(path, key));
            }
        }
        Node::Sequence(items) => {
            for (index, value) in items.iter().enumerate() {
                complain_of_texts(document, value, &yaml::item(path, index));
            }
        }
        Node::Null | Node::Bool(_) | Node::Number(_) | Node::String(_) | Node::Tagged(_) => {}
    }
}

fn document_text(node: &Node) -> Option<Text> {
    let part = |key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
    Some(Text { fr: part("fr")?, en: part("en")? })
}

fn complain_of_asset(document: &Document, path: &str, name: &str) {
    let what = say!(
        "le fichier `{name}` n'est pas à côté de `lab.yaml`",
        "the file `{name}` is not beside `lab.yaml`"
    );
    document.complain(&yaml::join(&yaml::join(path, "file_write"), "from"), what);
}
