//! The bank of questions, read from YAML and validated.

use serde::Deserialize;

use crate::error::Error;
use crate::error::Result;
use crate::text::Text;
use crate::text::say;
use crate::yaml;
use crate::yaml::Document;
use crate::yaml::Node;

/// A quiz.
#[derive(Clone, Debug)]
pub(crate) struct Quiz {
    /// The id, also its file's name.
    pub id: String,
    /// The title.
    pub title: Text,
    /// The questions.
    pub questions: Vec<Question>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawQuiz {
    id: String,
    title: Text,
    questions: Vec<Node>,
}

/// How a question is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Exactly one option.
    One,
    /// All right options and no other.
    Several,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    /// The id.
    pub id: String,
    /// The module's section it belongs to.
    pub section: String,
    /// The step of the lab to do again after a wrong answer.
    pub step: String,
    /// From 1, easy, to 3.
    pub difficulty: u8,
    /// How it is answered.
    pub kind: Kind,
    /// The question itself.
    pub ask: Text,
    /// What there is to choose from; the first is A.
    pub options: Vec<Choice>,
}

/// An option.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choice {
    /// The id.
    pub id: String,
    /// Whether it is right.
    #[serde(default)]
    pub right: bool,
    /// What it says.
    pub text: Text,
    /// Why it is right or wrong.
    pub why: Text,
}

impl Quiz {
    /// Reads a quiz; all complaints at once.
    pub(crate) fn parse(file: &str, source: &str) -> Result<Quiz> {
        let document = Document::parse(file, source)?;
        let raw: Option<RawQuiz> = document.read("", document.root());
        let Some(raw) = raw else {
            document.verdict()?;
            return Err(Error::usage(say!("`{file}` n'est pas un quiz", "`{file}` is not a quiz")));
        };
        let mut questions: Vec<Question> = Vec::new();
        for (index, node) in raw.questions.iter().enumerate() {
            let path = yaml::item("questions", index);
            let Some(question) = document.read::<Question>(&path, node) else { continue };
            if questions.iter().any(|other| other.id == question.id) {
                let id = &question.id;
                let what = say!("l'identifiant `{id}` est déjà pris", "the id `{id}` is already taken");
                document.complain(&yaml::join(&path, "id"), what);
            }
            if let Some(what) = unanswerable(&question) {
                document.complain(&yaml::join(&path, "options"), what);
            }
            questions.push(question);
        }
        document.verdict()?;
        Ok(Quiz { id: raw.id, title: raw.title, questions })
    }
}

fn unanswerable(question: &Question) -> Option<Text> {
    let right = question.options.iter().filter(|option| option.right).count();
    let texts =
        question.options.iter().any(|option| option.text.is_incomplete() || option.why.is_incomplete());
    if question.options.len() > 26 {
        return Some(say!("plus de 26 options", "more than 26 options"));
    }
    if texts || question.ask.is_incomplete() {
        return Some(say!("un texte est vide dans une langue", "a text is empty in one language"));
    }
    match (question.kind, right) {
        (Kind::One, 1) => None,
        (Kind::One, _) => {
            Some(say!("il faut exactement une bonne réponse", "exactly one right answer is needed"))
        }
        (Kind::Several, 0) => {
            Some(say!("il faut une bonne réponse au moins", "at least one right answer is needed"))
        }
        (Kind::Several, _) => None,
    }
}
