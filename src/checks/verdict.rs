//! What a check concludes, with the sentence for the learner in both languages.

use crate::text::Text;

/// What a single check concludes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Done: why it counts, and the objects it rests on.
    Passed {
        /// One line of why it counts.
        why: Text,
        /// Container ids, volume names with their time, cluster ids, checksums.
        objects: Vec<String>,
    },
    /// Not done, and what was done instead.
    Failed(Failure),
    /// Its first object does not exist yet.
    Pending(Text),
    /// It could not be looked at.
    Unseen(Text),
}

/// What was done instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What should be seen.
    pub expected: Text,
    /// What is seen.
    pub found: Text,
    /// The name of the misconception, where the facts show one.
    pub mistake: Option<&'static str>,
    /// The next step out of it.
    pub way_out: Option<Text>,
    /// What else was done instead, where the facts show two mistakes.
    pub also: Option<Box<Failure>>,
}

/// Ends a weighing at what is wrong first, which then tells too what else is wrong.
pub(super) fn all_of(found: impl IntoIterator<Item = Result<(), Verdict>>) -> Result<(), Verdict> {
    let mut wrong = found.into_iter().filter_map(Result::err);
    let Some(mut first) = wrong.next() else { return Ok(()) };
    if let Verdict::Failed(failure) = &mut first {
        failure.also = wrong.find_map(|other| match other {
            // The same mistake seen from two sides is one.
            Verdict::Failed(other) if other.mistake != failure.mistake => Some(Box::new(other)),
            _ => None,
        });
    }
    Err(first)
}

/// A verdict reached early stands as `Err`, so that `?` can end a weighing.
pub(super) type Weighed = Result<Verdict, Verdict>;

impl Verdict {
    /// A pass that rests on these objects.
    pub(super) fn passed(why: Text, objects: impl IntoIterator<Item = String>) -> Verdict {
        Verdict::Passed { why, objects: objects.into_iter().collect() }
    }

    /// A failure: what should be seen, and what is.
    pub(super) fn failed(expected: Text, found: Text) -> Verdict {
        Verdict::Failed(Failure { expected, found, mistake: None, way_out: None, also: None })
    }

    /// Names the mistake of a failure.
    pub(super) fn mistake(mut self, id: &'static str) -> Verdict {
        if let Verdict::Failed(failure) = &mut self {
            failure.mistake = Some(id);
        }
        self
    }

    /// Adds the way out of a failure.
    pub(super) fn way_out(mut self, text: Text) -> Verdict {
        if let Verdict::Failed(failure) = &mut self {
            failure.way_out = Some(text);
        }
        self
    }
}
