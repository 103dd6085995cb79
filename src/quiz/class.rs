//! A class's answers to one quiz: each learner's grade, and how each question did.
//!
//! - **Rate of success**: the mean of what was earned, over those who were asked.
//! - **Discrimination**: the point-biserial correlation of what the question earned with what the learner earned on all
//!   the others (the question itself left out). From 0.2 on it tells the strong from the weak; around 0 it does not, and
//!   below 0 the key may be wrong. Where all did alike there is none.
//! - **Never chosen**: options that nobody took deceive nobody.

use std::collections::BTreeMap;

use crate::quiz::FULL;
use crate::quiz::Graded;
use crate::quiz::Kind;
use crate::quiz::Mark;
use crate::quiz::Question;
use crate::quiz::Quiz;

/// A learner's grade.
#[derive(Clone, Debug)]
pub(crate) struct Learner {
    /// The file's name without its ending.
    pub name: String,
    /// The grade.
    pub graded: Graded,
    /// The percentage before the key was corrected.
    pub before: Option<u32>,
}

/// How a question did.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    /// The question's id.
    pub id: String,
    /// How many were asked.
    pub asked: usize,
    /// How many left it open.
    pub open: usize,
    /// The rate of success, in percent.
    pub rate: f64,
    /// The discrimination, from -1 to 1.
    pub discrimination: Option<f64>,
    /// How often each option was chosen.
    pub chosen: BTreeMap<String, usize>,
    /// The options that nobody chose.
    pub never: Vec<String>,
}

/// How every question did that somebody was asked.
pub(crate) fn items(quiz: &Quiz, learners: &[Learner]) -> Vec<Item> {
    let sums: Vec<(u32, u32)> = learners.iter().map(|one| (one.graded.points(), one.graded.max())).collect();
    quiz.questions.iter().filter_map(|question| item(question, learners, &sums)).collect()
}

/// `sums`: of each learner the points and how many there are.
fn item(question: &Question, learners: &[Learner], sums: &[(u32, u32)]) -> Option<Item> {
    let (mut pairs, mut chosen, mut open) = (Vec::new(), BTreeMap::new(), 0);
    for (learner, (points, max)) in learners.iter().zip(sums) {
        let graded = &learner.graded;
        let Some(grade) = graded.questions.iter().find(|grade| grade.id == question.id) else { continue };
        open += usize::from(grade.mark == Mark::Open);
        if is_chosen_from(&question.kind) {
            for option in &grade.given {
                *chosen.entry(option.clone()).or_insert(0) += 1;
            }
        }
        let others = max - FULL * grade.weight;
        let rest = points - grade.credit * grade.weight;
        pairs.push((f64::from(grade.credit) / 100.0, f64::from(rest) / f64::from(others.max(1))));
    }
    if pairs.is_empty() {
        return None;
    }
    let never =
        question.kind.choices().iter().map(|option| option.id.clone()).filter(|id| !chosen.contains_key(id));
    Some(Item {
        id: question.id.clone(),
        asked: pairs.len(),
        open,
        rate: mean(pairs.iter().map(|(credit, _)| *credit)) * 100.0,
        discrimination: correlation(&pairs),
        never: never.collect(),
        chosen,
    })
}

fn is_chosen_from(kind: &Kind) -> bool {
    !kind.choices().is_empty()
}

#[expect(clippy::cast_precision_loss, reason = "no class has 2^52 learners")]
fn mean(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = values.clone().count().max(1) as f64;
    values.sum::<f64>() / count
}

/// Pearson's correlation; of a two-valued variable it is the point-biserial one.
fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    let (left, right) = (mean(pairs.iter().map(|pair| pair.0)), mean(pairs.iter().map(|pair| pair.1)));
    let spread = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(|pair| of(pair) * of(pair)).sum::<f64>();
    let (from_left, from_right) = (|pair: &(f64, f64)| pair.0 - left, |pair: &(f64, f64)| pair.1 - right);
    let both = pairs.iter().map(|pair| from_left(pair) * from_right(pair)).sum::<f64>();
    let spreads = (spread(&from_left) * spread(&from_right)).sqrt();
    (spreads > 1e-12).then(|| (both / spreads).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discrimination_is_the_point_biserial_correlation() {
        // Worked by hand: the strong half is right, the weak half wrong.
        let pairs = [(1.0, 0.9), (1.0, 0.8), (0.0, 0.2), (0.0, 0.1)];
        let found = correlation(&pairs).expect("a value");
        assert!((found - 0.989_949_493_661_166_5).abs() < 1e-9, "{found}");
        assert_eq!(correlation(&[(1.0, 0.5), (1.0, 0.7)]), None);
        assert!(correlation(&[(1.0, 0.1), (0.0, 0.9)]).is_some_and(|found| found < -0.99));
    }
}
