//! Answers in, grades out; pure.

use std::collections::BTreeSet;

use crate::error::Error;
use crate::error::Result;
use crate::quiz::Answer;
use crate::quiz::Answers;
use crate::quiz::Choice;
use crate::quiz::Kind;
use crate::quiz::Question;
use crate::quiz::Quiz;
use crate::text::list;
use crate::text::say;

/// The mark of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// In full.
    Right,
    /// Not in full.
    Wrong,
    /// No answer.
    Open,
}

/// A question, graded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grade {
    /// The question's id.
    pub id: String,
    /// The mark.
    pub mark: Mark,
    /// What was answered, as option ids.
    pub given: Vec<String>,
    /// What is right, as option ids.
    pub correct: Vec<String>,
    /// The step to do again.
    pub step: String,
}

/// A quiz, graded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Graded {
    /// The quiz's id.
    pub quiz: String,
    /// The questions, in the bank's order; only those that were asked.
    pub questions: Vec<Grade>,
}

impl Graded {
    /// How many are right.
    pub(crate) fn points(&self) -> usize {
        self.questions.iter().filter(|grade| grade.mark == Mark::Right).count()
    }
}

/// Grades the questions that have an answer; ids that the quiz does not have are refused, all at once.
pub(crate) fn grade(quiz: &Quiz, answers: &Answers) -> Result<Graded> {
    let unknown: Vec<&String> =
        answers.keys().filter(|id| !quiz.questions.iter().any(|question| question.id == **id)).collect();
    if !unknown.is_empty() {
        let (id, names) = (&quiz.id, list(unknown));
        let known = list(quiz.questions.iter().map(|question| &question.id));
        return Err(Error::usage(say!(
            "le quiz `{id}` n'a pas de question `{names}`",
            "the quiz `{id}` has no question `{names}`"
        ))
        .hint(say!("ses questions : {known}", "its questions: {known}")));
    }
    let mut questions = Vec::new();
    for question in &quiz.questions {
        if let Some(answer) = answers.get(&question.id) {
            questions.push(one(question, answer)?);
        }
    }
    Ok(Graded { quiz: quiz.id.clone(), questions })
}

fn one(question: &Question, answer: &Answer) -> Result<Grade> {
    let mut given = BTreeSet::new();
    for word in &answer.given {
        given.insert(option(question, word)?.id.clone());
    }
    let correct: BTreeSet<String> =
        question.options.iter().filter(|option| option.right).map(|option| option.id.clone()).collect();
    let mark = if given.is_empty() {
        Mark::Open
    } else if given == correct {
        Mark::Right
    } else {
        Mark::Wrong
    };
    if question.kind == Kind::One && given.len() > 1 {
        let id = &question.id;
        return Err(Error::usage(say!(
            "la question `{id}` n'attend qu'une réponse",
            "the question `{id}` takes only one answer"
        )));
    }
    Ok(Grade {
        id: question.id.clone(),
        mark,
        given: given.into_iter().collect(),
        correct: correct.into_iter().collect(),
        step: question.step.clone(),
    })
}

/// The option that a word means: its id, or its letter in either case.
fn option<'a>(question: &'a Question, word: &str) -> Result<&'a Choice> {
    let word = word.trim();
    let letter = match word.as_bytes() {
        [letter] if letter.is_ascii_alphabetic() => Some(usize::from(letter.to_ascii_lowercase() - b'a')),
        _ => None,
    };
    let by_id = question.options.iter().find(|option| option.id == word);
    by_id.or_else(|| question.options.get(letter?)).ok_or_else(|| {
        let (id, known) = (&question.id, list(question.options.iter().map(|option| &option.id)));
        Error::usage(say!(
            "la question `{id}` n'a pas d'option `{word}`",
            "the question `{id}` has no option `{word}`"
        ))
        .hint(say!("une lettre à partir de A, ou : {known}", "a letter from A, or: {known}"))
    })
}
