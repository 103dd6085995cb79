//! A corrected key: `{question: answer}` in the form of an answers file, put in place of what a bank calls right.

use crate::error::Result;
use crate::quiz::Answers;
use crate::quiz::Kind;
use crate::quiz::Question;
use crate::quiz::Quiz;
use crate::quiz::given;
use crate::quiz::grade;
use crate::quiz::kinds::Outcome;
use crate::text::Text;

/// The quiz with another key; a question that the key does not name keeps its own.
pub(crate) fn corrected(quiz: &Quiz, key: &Answers) -> Result<Quiz> {
    // Unknown ids and wrong kinds of answer are told as they are for a learner's file.
    grade::grade(quiz, key)?;
    let mut quiz = quiz.clone();
    for question in &mut quiz.questions {
        if let Some(answer) = key.get(&question.id) {
            let right = given::settled(question, answer)?;
            if !right.is_empty() {
                set(question, &right);
            }
        }
    }
    Ok(quiz)
}

fn set(question: &mut Question, right: &[String]) {
    match &mut question.kind {
        Kind::One(all) | Kind::Several(all) | Kind::TrueFalse(all) | Kind::ComposeFault(all) => {
            for option in all {
                option.right = right.contains(&option.id);
            }
        }
        Kind::Order(places) => {
            for place in places {
                place.place =
                    right.iter().position(|id| *id == place.id).map_or(right.len() + 1, |at| at + 1);
            }
        }
        Kind::Match(matching) => {
            for pair in &mut matching.pairs {
                let with = right.iter().find_map(|word| word.strip_prefix(&format!("{}=", pair.id)));
                with.unwrap_or(&pair.with.clone()).clone_into(&mut pair.with);
            }
        }
        Kind::Command(typing) => typing.accepts = right.to_vec(),
        Kind::Output(all) => {
            let printed = grade::printed(&right[0]);
            let mut found = false;
            for one in all.iter_mut() {
                one.right = grade::printed(&one.text) == printed;
                found |= one.right;
            }
            if !found {
                all.push(Outcome { text: right[0].clone(), right: true, why: Text::default() });
            }
        }
    }
}
