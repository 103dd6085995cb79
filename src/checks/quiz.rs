//! `quiz`: questions of a quiz are answered well.

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::verdict::Weighed;
use crate::text::list;
use crate::text::say;

/// The mistakes it can name.
pub(super) const MISTAKES: &[&str] = &["quiz-wrong", "quiz-incomplete"];

/// `quiz: {quiz: volumes, questions: [managed-by-docker]}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuizCheck {
    /// The quiz's id.
    pub quiz: String,
    /// The questions, all of which must be right.
    pub questions: Vec<String>,
}

impl QuizCheck {
    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let quiz = &self.quiz;
        let answer = |question: &String| {
            let answers = scene.memory.answers.iter();
            answers.rev().find(|seen| seen.quiz == *quiz && seen.question == *question)
        };
        let again = say!("`docker-lab quiz {quiz}`", "`docker-lab quiz {quiz}`");
        let wrong: Vec<&String> = self
            .questions
            .iter()
            .filter(|&question| answer(question).is_some_and(|seen| !seen.right))
            .collect();
        let open = self.questions.iter().filter(|&question| answer(question).is_none()).count();
        let all = self.questions.len();
        if open == all {
            return Ok(Verdict::Pending(say!(
                "le quiz n'a pas encore été passé : `docker-lab quiz {quiz}`",
                "the quiz has not been taken yet: `docker-lab quiz {quiz}`"
            )));
        }
        let expected = say!("{all} bonnes réponses", "{all} right answers");
        if !wrong.is_empty() {
            let names = list(wrong);
            return Ok(Verdict::failed(expected, say!("à revoir : {names}", "to look at again: {names}"))
                .mistake("quiz-wrong")
                .way_out(again));
        }
        if open > 0 {
            let found = say!("{open} questions sans réponse", "{open} questions without an answer");
            return Ok(Verdict::failed(expected, found).mistake("quiz-incomplete").way_out(again));
        }
        Ok(Verdict::passed(
            say!("les {all} questions sont justes", "all {all} questions are right"),
            [format!("quiz {quiz}")],
        ))
    }
}
