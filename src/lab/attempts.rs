//! A lab's proof of itself: wrong attempts, each with what must be said of it, and right work done in another way,
//! which must never be refused. `sabotages/*.yaml` beside `lab.yaml`.

use std::collections::BTreeMap;

use schemars::Schema;
use serde::Deserialize;

use crate::error::Result;
use crate::lab::Lab;
use crate::text::say;
use crate::yaml;
use crate::yaml::Document;
use crate::yaml::Node;

/// Something that a learner may do.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attempt {
    /// The id; also the name of its recorded facts.
    pub id: String,
    /// The steps that are done rightly before.
    #[serde(default)]
    pub after: Vec<String>,
    /// What stands before the session begins, made by bash as well.
    #[serde(default)]
    pub before: String,
    /// What is done then, in the workspace, by bash. The lab's names get the session's prefix; `$P` is that prefix,
    /// for every other name.
    #[serde(rename = "do")]
    pub shell: String,
    /// The checks that must fail, as `step.check`, each with the mistake that must be named: these and no others.
    #[serde(default)]
    pub fails: BTreeMap<String, String>,
    /// The criteria that are lost by it: these and no others.
    #[serde(default)]
    pub loses: Vec<String>,
    /// The checks that must pass all the same.
    #[serde(default)]
    pub passes: Vec<String>,
}

impl Attempt {
    /// Whether it is right work, done in another way.
    pub(crate) fn is_detour(&self) -> bool {
        self.fails.is_empty()
    }
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawAttempts {
    /// Wrong work, and right work done otherwise.
    #[schemars(with = "Vec<Attempt>")]
    attempts: Vec<Node>,
}

/// What a file of attempts may hold, as JSON Schema.
pub(crate) fn schema() -> Schema {
    schemars::schema_for!(RawAttempts)
}

/// Reads one file; what it names must be in the lab.
pub(crate) fn read(file: &str, source: &str, lab: &Lab) -> Result<Vec<Attempt>> {
    let document = Document::parse(file, source)?;
    let raw: Option<RawAttempts> = document.read("", document.root());
    let mut all = Vec::new();
    for (index, node) in raw.iter().flat_map(|raw| &raw.attempts).enumerate() {
        let path = yaml::item("attempts", index);
        if let Some(attempt) = document.read::<Attempt>(&path, node) {
            complain(&document, &path, &attempt, lab);
            all.push(attempt);
        }
    }
    document.verdict()?;
    Ok(all)
}

fn complain(document: &Document, path: &str, attempt: &Attempt, lab: &Lab) {
    for step in attempt.after.iter().filter(|step| lab.step(step).is_err()) {
        let what = say!("l'étape `{step}` n'existe pas", "there is no step `{step}`");
        document.complain(&yaml::join(path, "after"), what);
    }
    for check in attempt.fails.keys().chain(&attempt.passes).filter(|check| !has_check(lab, check)) {
        let what = say!("le contrôle `{check}` n'existe pas", "there is no check `{check}`");
        document.complain(path, what);
    }
    for criterion in &attempt.loses {
        if !lab.criteria.iter().any(|one| one.id == *criterion) {
            let what = say!("le critère `{criterion}` n'existe pas", "there is no criterion `{criterion}`");
            document.complain(&yaml::join(path, "loses"), what);
        }
    }
    if attempt.is_detour() && (attempt.passes.is_empty() || !attempt.loses.is_empty()) {
        let what = say!(
            "il faut `fails`, ou `passes` pour un travail juste fait autrement",
            "`fails` is needed, or `passes` for right work done in another way"
        );
        document.complain(path, what);
    }
}

fn has_check(lab: &Lab, name: &str) -> bool {
    let (step, check) = name.split_once('.').unwrap_or((name, ""));
    lab.steps.iter().any(|one| one.id == step && one.checks.iter().any(|item| item.id == check))
}
