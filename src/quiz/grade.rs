//! Answers in, grades out; pure. Where there is something to be had in part, guessing earns nothing on average: a wrong
//! choice takes back what a right one gives.

use crate::error::Error;
use crate::error::Result;
use crate::quiz::Answers;
use crate::quiz::Kind;
use crate::quiz::Question;
use crate::quiz::Quiz;
use crate::quiz::given;
use crate::quiz::kinds::Place;
use crate::text::list;
use crate::text::say;

/// What a question that is right in full earns, in hundredths.
pub(crate) const FULL: u32 = 100;

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
    /// What it earned, from 0 to [`FULL`].
    pub credit: u32,
    /// What it weighs: 1, or in an exam its difficulty.
    pub weight: u32,
    /// What was answered, letters as ids.
    pub given: Vec<String>,
    /// What is right.
    pub correct: Vec<String>,
    /// The step to do again.
    pub step: Option<String>,
}

/// A quiz, graded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Graded {
    /// The quiz's id.
    pub quiz: String,
    /// The questions, in the order in which they were asked; only those that were.
    pub questions: Vec<Grade>,
}

impl Graded {
    /// The points, in hundredths.
    pub(crate) fn points(&self) -> u32 {
        self.questions.iter().map(|grade| grade.credit * grade.weight).sum()
    }

    /// The points there are, in hundredths.
    pub(crate) fn max(&self) -> u32 {
        self.questions.iter().map(|grade| FULL * grade.weight).sum()
    }

    /// The share of the points, rounded down: 100 only where everything is right.
    pub(crate) fn percent(&self) -> u32 {
        (self.points() * 100).checked_div(self.max()).unwrap_or(0)
    }

    /// How many questions are right in full.
    pub(crate) fn right(&self) -> usize {
        self.questions.iter().filter(|grade| grade.mark == Mark::Right).count()
    }

    /// Weighs the questions by their difficulty, as an exam does.
    #[must_use]
    pub(crate) fn weighted(mut self, quiz: &Quiz) -> Graded {
        for grade in &mut self.questions {
            grade.weight = quiz.question(&grade.id).map_or(1, |question| u32::from(question.difficulty));
        }
        self
    }
}

/// Grades the questions that have an answer; ids that the quiz does not have are refused, all at once.
pub(crate) fn grade(quiz: &Quiz, answers: &Answers) -> Result<Graded> {
    let settled = settled(quiz, answers)?;
    let questions = settled.into_iter().map(|(question, given)| one(question, given)).collect();
    Ok(Graded { quiz: quiz.id.clone(), questions })
}

/// Refuses answers that do not fit the quiz, all at once, as [`grade`] does.
pub(crate) fn fitting(quiz: &Quiz, answers: &Answers) -> Result<()> {
    settled(quiz, answers).map(drop)
}

/// The questions that have an answer, in the quiz's order, with what was answered, letters as ids.
fn settled<'a>(quiz: &'a Quiz, answers: &Answers) -> Result<Vec<(&'a Question, Vec<String>)>> {
    let unknown: Vec<&String> = answers.keys().filter(|id| quiz.question(id).is_none()).collect();
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
    let mut wrong: Option<Error> = None;
    for question in &quiz.questions {
        let Some(answer) = answers.get(&question.id) else { continue };
        match given::settled(question, answer) {
            Ok(given) => questions.push((question, given)),
            // The first wrong kind of answer makes the error, the others are told with it.
            Err(error) => {
                wrong = Some(match wrong {
                    None => error,
                    Some(first) => error.hints.into_iter().fold(first.detail(error.what), Error::hint),
                });
            }
        }
    }
    wrong.map_or(Ok(questions), Err)
}

/// Grades one settled answer.
fn one(question: &Question, given: Vec<String>) -> Grade {
    let credit = if given.is_empty() { 0 } else { credit(question, &given) };
    let mark = match credit {
        _ if given.is_empty() => Mark::Open,
        FULL => Mark::Right,
        _ => Mark::Wrong,
    };
    Grade {
        id: question.id.clone(),
        mark,
        credit,
        weight: 1,
        given,
        correct: question.kind.correct(),
        step: question.step.clone(),
    }
}

/// What an answer earns, from 0 to [`FULL`].
fn credit(question: &Question, given: &[String]) -> u32 {
    let all_or_nothing = |right: bool| if right { FULL } else { 0 };
    match &question.kind {
        Kind::One(_) | Kind::TrueFalse(_) | Kind::ComposeFault(_) => {
            all_or_nothing(given == question.kind.correct())
        }
        Kind::Several(all) => {
            let hits = all.iter().filter(|option| option.right && given.contains(&option.id)).count();
            let right = all.iter().filter(|option| option.right).count();
            let slips = given.len() - hits;
            let wrong = (all.len() - right).max(1);
            share(hits * wrong, slips * right, right * wrong)
        }
        Kind::Order(places) => order(places, given),
        Kind::Match(matching) => {
            let correct = question.kind.correct();
            let hits = given.iter().filter(|pair| correct.contains(pair)).count();
            let others = matching.options.len() - 1;
            share(hits * others, given.len() - hits, correct.len() * others)
        }
        Kind::Command(typing) => all_or_nothing(typing.accepts(&given[0])),
        Kind::Output(all) => {
            let typed = printed(&given[0]);
            all_or_nothing(all.iter().any(|one| one.right && printed(&one.text) == typed))
        }
    }
}

/// Pairs of steps in their right order, less those in the wrong one.
fn order(places: &[Place], given: &[String]) -> u32 {
    let place = |id: &String| places.iter().find(|place| place.id == *id).map_or(0, |place| place.place);
    let given: Vec<usize> = given.iter().map(place).collect();
    let (mut right, mut wrong) = (0, 0);
    for (index, first) in given.iter().enumerate() {
        for second in &given[index + 1..] {
            if first < second {
                right += 1;
            } else {
                wrong += 1;
            }
        }
    }
    share(right, wrong, places.len() * (places.len() - 1) / 2)
}

/// Hundredths, rounded down and never below nothing.
fn share(gained: usize, lost: usize, all: usize) -> u32 {
    let hundredths = gained.saturating_sub(lost) * FULL as usize / all.max(1);
    u32::try_from(hundredths).unwrap_or(FULL).min(FULL)
}

/// What is printed, without what a reader does not see: blanks at the ends and double ones.
pub(super) fn printed(text: &str) -> String {
    let lines = text.trim().lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.collect::<Vec<_>>().join("\n")
}
