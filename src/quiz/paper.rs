//! A paper: which questions, and in which order they and their options are shown. A seed names it.

use std::collections::BTreeSet;
use std::collections::VecDeque;

use crate::quiz::Kind;
use crate::quiz::Question;
use crate::quiz::Quiz;
use crate::quiz::dice::Dice;

/// What a paper should hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish<'a> {
    /// How many questions at most.
    pub count: Option<usize>,
    /// Of this section only.
    pub section: Option<&'a str>,
    /// Of these questions only.
    pub only: Option<&'a BTreeSet<String>>,
    /// These come first, in this order.
    pub first: &'a [String],
}

/// The ids of a paper's questions, in their order. Each section gets its share, so that short papers too go over the
/// whole course.
pub(crate) fn draw(quiz: &Quiz, seed: u64, wish: &Wish<'_>) -> Vec<String> {
    let fits = |question: &&Question| {
        wish.section.is_none_or(|section| question.section == section)
            && wish.only.is_none_or(|only| only.contains(&question.id))
    };
    let fitting: Vec<&Question> = quiz.questions.iter().filter(fits).collect();
    let count = wish.count.unwrap_or(usize::MAX).min(fitting.len());
    let known = |id: &&String| fitting.iter().any(|question| question.id == **id);
    let mut chosen: Vec<String> = wish.first.iter().filter(known).take(count).cloned().collect();
    let first = chosen.len();
    let mut dice = Dice::new(seed, &format!("questions of {}", quiz.id));
    let mut piles: Vec<VecDeque<&Question>> = Vec::new();
    for section in &quiz.sections {
        let of_section = fitting.iter().filter(|question| question.section == section.id);
        let mut pile: Vec<&Question> =
            of_section.copied().filter(|question| !chosen.contains(&question.id)).collect();
        dice.shuffle(&mut pile);
        piles.push(pile.into());
    }
    while chosen.len() < count {
        let before = chosen.len();
        for pile in &mut piles {
            if chosen.len() < count {
                chosen.extend(pile.pop_front().map(|question| question.id.clone()));
            }
        }
        if chosen.len() == before {
            break;
        }
    }
    dice.shuffle(&mut chosen[first..]);
    chosen
}

/// The order in which a question's options (or steps, or matches) are shown; it depends on the seed and the question
/// alone. Truths and the lines of a file keep theirs.
pub(crate) fn shown(question: &Question, seed: u64) -> Vec<usize> {
    let count = match &question.kind {
        Kind::One(all) | Kind::Several(all) => all.len(),
        Kind::TrueFalse(all) | Kind::ComposeFault(all) => return (0..all.len()).collect(),
        Kind::Order(places) => places.len(),
        Kind::Match(matching) => matching.options.len(),
        Kind::Command(_) | Kind::Output(_) => 0,
    };
    let mut order: Vec<usize> = (0..count).collect();
    Dice::new(seed, &format!("options of {}", question.id)).shuffle(&mut order);
    order
}
