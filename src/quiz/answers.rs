//! A file of answers: `{question: answer}`, in YAML or JSON.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde::Serialize;

use crate::error::Error;
use crate::error::Result;
use crate::quiz::Kind;
use crate::quiz::Quiz;
use crate::text::list;
use crate::text::say;
use crate::yaml;
use crate::yaml::Document;
use crate::yaml::Node;

/// What somebody answered, by question id.
pub(crate) type Answers = BTreeMap<String, Answer>;

/// An answer: letters or ids of options, pairs `thing=option`, or a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Answer {
    /// As they were given.
    pub given: Vec<String>,
}

/// Reads a file of answers to a quiz.
pub(crate) fn read(path: &Path, quiz: &Quiz) -> Result<Answers> {
    let shown = path.display().to_string();
    let source = yaml::source(path)?;
    parse(&shown, &source, quiz)
}

/// Reads the text of such a file.
pub(crate) fn parse(shown: &str, source: &str, quiz: &Quiz) -> Result<Answers> {
    let document = Document::parse(shown, source)?;
    let mut answers = Answers::new();
    match document.root() {
        Node::Mapping(map) => {
            for (key, value) in map {
                // A bare number is an id as good as any, if the quiz has one.
                let id = given(key).and_then(|mut one| one.pop()).unwrap_or_default();
                let pairs = quiz.question(&id).is_none_or(|question| matches!(question.kind, Kind::Match(_)));
                match given(value).filter(|_| pairs || !matches!(value, Node::Mapping(_))) {
                    Some(given) => drop(answers.insert(id, Answer { given })),
                    None => document.complain(
                        &id,
                        say!(
                            "une réponse est une lettre, un texte, une liste ou des paires",
                            "an answer is a letter, a text, a list or pairs"
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

/// The answers to a paper: a question of it that was left out is open, one that it does not have is refused.
pub(crate) fn on_paper(mut answers: Answers, paper: &[String]) -> Result<Answers> {
    let others: Vec<&String> = answers.keys().filter(|id| !paper.contains(id)).collect();
    if !others.is_empty() {
        let (names, known) = (list(others), list(paper));
        return Err(Error::usage(say!(
            "le sujet n'a pas de question `{names}`",
            "the paper has no question `{names}`"
        ))
        .hint(say!("ses questions : {known}", "its questions: {known}")));
    }
    for id in paper {
        answers.entry(id.clone()).or_insert_with(|| Answer { given: Vec::new() });
    }
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
        // Things and what they are matched with.
        Node::Mapping(map) => map
            .iter()
            .map(|(thing, option)| {
                let (thing, option) = (given(thing)?.pop()?, given(option).filter(|one| one.len() <= 1)?);
                Some(format!("{thing}={}", option.first().map_or("", String::as_str)))
            })
            .collect(),
        Node::Tagged(_) => None,
    }
}
