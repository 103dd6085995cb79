//! A file of answers: `{question: answer}`, in YAML or JSON.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde::Serialize;

use crate::error::Error;
use crate::error::Result;
use crate::text::say;
use crate::yaml::Document;
use crate::yaml::Node;

/// What somebody answered, by question id.
pub(crate) type Answers = BTreeMap<String, Answer>;

/// An answer: letters or ids of options.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Answer {
    /// As they were given.
    pub given: Vec<String>,
}

/// Reads a file of answers.
pub(crate) fn read(path: &Path) -> Result<Answers> {
    let shown = path.display().to_string();
    let source = std::fs::read_to_string(path).map_err(|error| {
        Error::usage(say!("`{shown}` n'a pas pu être lu", "`{shown}` could not be read")).because(error)
    })?;
    let document = Document::parse(&shown, &source)?;
    let mut answers = Answers::new();
    match document.root() {
        Node::Mapping(map) => {
            for (key, value) in map {
                let id = key.as_str().unwrap_or_default().to_owned();
                match given(value) {
                    Some(given) => drop(answers.insert(id, Answer { given })),
                    None => document.complain(
                        &id,
                        say!(
                            "une réponse est une lettre, un texte ou une liste",
                            "an answer is a letter, a text or a list"
                        ),
                    ),
                }
            }
        }
        Node::Null => {}
        _ => document.complain(
            "",
            say!(
                "attendu : une ligne `question: réponse` par question",
                "expected: a line `question: answer` for each question"
            ),
        ),
    }
    document.verdict()?;
    Ok(answers)
}

fn given(value: &Node) -> Option<Vec<String>> {
    match value {
        Node::String(text) => Some(vec![text.clone()]),
        // A bare `n` or `y` is a letter too, but YAML 1.1 readers make it a truth; so does a hand that writes one.
        Node::Bool(truth) => Some(vec![truth.to_string()]),
        Node::Number(number) => Some(vec![number.to_string()]),
        Node::Sequence(items) => {
            items.iter().map(|item| given(item).filter(|one| one.len() == 1)).map(|one| one?.pop()).collect()
        }
        Node::Null => Some(Vec::new()),
        Node::Mapping(_) | Node::Tagged(_) => None,
    }
}
