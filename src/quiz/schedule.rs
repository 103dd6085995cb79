//! When a question is due again: spaced repetition by FSRS (`rs-fsrs`; the crate `fsrs` brings a machine-learning
//! framework along to fit its parameters, which a course's few answers do not need). The whole schedule is worked out
//! from the history, so there is nothing else to keep.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use chrono::DateTime;
use chrono::Utc;
use jiff::Timestamp;
use rs_fsrs::Card;
use rs_fsrs::FSRS;
use rs_fsrs::Parameters;
use rs_fsrs::Rating;

use crate::quiz::FULL;
use crate::quiz::History;
use crate::quiz::Quiz;

/// When each question that was ever answered is due again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schedule {
    due: BTreeMap<String, Timestamp>,
}

impl Schedule {
    /// Replays a history.
    pub(crate) fn of(history: &History) -> Schedule {
        // Days, not minutes: a quiz is taken again tomorrow at the earliest. Without chance, so that it can be had again.
        let fsrs =
            FSRS::new(Parameters { enable_short_term: false, enable_fuzz: false, ..Parameters::default() });
        let mut cards: BTreeMap<&str, Card> = BTreeMap::new();
        for (question, credit, at) in history.answers() {
            let at = date(at);
            // `Card::new` reads the clock.
            let fresh = Card { due: at, last_review: at, ..Card::default() };
            let card = cards.remove(question).unwrap_or(fresh);
            let rating = match credit {
                FULL => Rating::Good,
                0 => Rating::Again,
                _ => Rating::Hard,
            };
            cards.insert(question, fsrs.next(card, at, rating).card);
        }
        let due = cards.into_iter().map(|(question, card)| (question.to_owned(), stamp(card.due)));
        Schedule { due: due.collect() }
    }

    /// The questions of a quiz that are due now.
    pub(crate) fn due(&self, quiz: &Quiz, now: Timestamp) -> BTreeSet<String> {
        let due = self.due.iter().filter(|(id, due)| **due <= now && quiz.question(id).is_some());
        due.map(|(id, _)| id.clone()).collect()
    }

    /// When the next question of a quiz is due.
    pub(crate) fn next(&self, quiz: &Quiz, now: Timestamp) -> Option<Timestamp> {
        let coming = self.due.iter().filter(|(id, due)| **due > now && quiz.question(id).is_some());
        coming.map(|(_, due)| *due).min()
    }
}

fn date(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp(at.as_second(), 0).unwrap_or_default()
}

fn stamp(at: DateTime<Utc>) -> Timestamp {
    Timestamp::from_second(at.timestamp()).unwrap_or_default()
}
