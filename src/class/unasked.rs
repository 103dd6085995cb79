//! What the Docker API alone cannot tell: whether the learner answers the quiz. Where no answers are known the quiz's
//! checks could not be seen, and nobody is stuck for them. Pure.

use crate::engine::CheckCard;
use crate::engine::Scorecard;
use crate::engine::Status;
use crate::lab::Lab;
use crate::text::say;
use crate::world::CheckRef;
use crate::world::Memory;

/// The quiz's checks to which no answer is known.
pub(super) fn unasked(lab: &Lab, memory: &Memory) -> Vec<CheckRef> {
    let answered = |quiz: &str| memory.answers.iter().any(|answer| answer.quiz == quiz);
    lab.quiz_checks().into_iter().filter(|(_, quiz)| !answered(quiz)).map(|(check, _)| check).collect()
}

/// Says of those checks that they could not be seen. A step or a criterion stands as all else in it does; where all else
/// is passed it could not be seen either.
pub(super) fn leave_open(card: &mut Scorecard, lab: &Lab, unasked: &[CheckRef]) {
    let is_unasked =
        |step: &str, check: &str| unasked.iter().any(|one| one.step == step && one.check == check);
    for step in &mut card.steps {
        let id = step.id.clone();
        let (open, rest): (Vec<&mut CheckCard>, Vec<&mut CheckCard>) =
            step.checks.iter_mut().partition(|check| is_unasked(&id, &check.id));
        if open.is_empty() {
            continue;
        }
        step.status = but_for_the_quiz(&rest.iter().map(|check| check.status).collect::<Vec<_>>());
        for check in open {
            check.status = Status::Unseen;
            check.message = say!(
                "l'API de Docker ne dit rien du quiz : `docker-lab class quiz` recueille les réponses",
                "the Docker API tells nothing of the quiz: `docker-lab class quiz` collects the answers"
            );
        }
    }
    let status = |one: &CheckRef| card.check(&one.step, &one.check).map(|check| check.status);
    let mut statuses = Vec::new();
    for criterion in &lab.criteria {
        let (open, rest): (Vec<&CheckRef>, Vec<&CheckRef>) =
            criterion.proven_by.iter().partition(|one| is_unasked(&one.step, &one.check));
        let rest: Vec<Status> = rest.into_iter().filter_map(status).collect();
        statuses.push((!open.is_empty()).then(|| but_for_the_quiz(&rest)));
    }
    for (criterion, status) in card.criteria.iter_mut().zip(statuses) {
        let Some(status) = status else { continue };
        criterion.status = status;
        criterion.points = 0;
    }
}

fn but_for_the_quiz(rest: &[Status]) -> Status {
    match Status::of_parts(rest.iter().copied()) {
        Status::Pending if rest.is_empty() => Status::Unseen,
        Status::Passed => Status::Unseen,
        status => status,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::Row;
    use crate::class::testing;
    use crate::world::Answered;

    #[test]
    fn nobody_is_stuck_for_a_quiz_that_was_not_asked() {
        let row = testing::row("a", Status::Passed);
        let reached = row.reached().expect("seen");
        assert_eq!(reached.unasked.len(), 1);
        assert_eq!(reached.scorecard.points(), 85);
        assert!(reached.stands().is_none() && !reached.is_blind() && reached.is_undecided());
        let sheet = testing::sheet(vec![row]);
        assert_eq!(sheet.counts(), (1, 0));
        assert_eq!(sheet.unasked(), (1, 15));
    }

    #[test]
    fn what_was_answered_is_judged() {
        let lab = testing::lab();
        let answer = Answered { quiz: "volumes".to_owned(), question: "tmpfs-when".to_owned(), right: false };
        let memory = Memory { answers: vec![answer], ..Memory::default() };
        assert_eq!(unasked(&lab, &memory), []);
    }

    #[test]
    fn a_criterion_that_waits_for_more_than_the_quiz_says_so() {
        let row: Row = testing::row("a", Status::Pending);
        let card = &row.reached().expect("seen").scorecard;
        let criterion = card.criteria.iter().find(|one| one.id == "storage-types-understood");
        assert_eq!(criterion.map(|one| one.status), Some(Status::Pending));
    }
}
