//! The kinds of questions: what there is to choose from, to arrange or to type, and what is right.

use serde::Deserialize;
use serde::Serialize;

use crate::quiz::command;
use crate::text::Text;
use crate::text::say;

/// How a question is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Exactly one option.
    One(Vec<Choice>),
    /// All right options and no other.
    Several(Vec<Choice>),
    /// The options `true` and `false`.
    TrueFalse(Vec<Choice>),
    /// The faulty line of a Compose file.
    ComposeFault(Vec<Choice>),
    /// Steps to be put in order.
    Order(Vec<Place>),
    /// Things to be matched with others.
    Match(Matching),
    /// A docker command, graded by what it means.
    Command(Typing),
    /// What a command prints, typed.
    Output(Vec<Outcome>),
}

/// An option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choice {
    /// The id.
    pub id: String,
    /// Whether it is right.
    #[serde(default, skip_serializing_if = "is_false")]
    pub right: bool,
    /// The line of a Compose file that it speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// What it says.
    pub text: Text,
    /// Why it is right or wrong.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub why: Text,
}

/// What a true-or-false question holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Truth {
    /// Whether the sentence is true.
    pub right: bool,
    /// What is told to those who take it for true.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub if_true: Text,
    /// What is told to those who take it for false.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub if_false: Text,
}

/// A step to be put in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    /// The id.
    pub id: String,
    /// Its right place, from 1.
    pub place: usize,
    /// What it says.
    pub text: Text,
    /// Why it stands there.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub why: Text,
}

/// Things to be matched with others; an option may fit several things, or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Matching {
    /// The things.
    pub pairs: Vec<Pair>,
    /// What they are matched with.
    pub options: Vec<Label>,
}

/// A thing and its match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pair {
    /// The id.
    pub id: String,
    /// What it says.
    pub text: Text,
    /// The option that fits.
    pub with: String,
    /// Why it fits.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub why: Text,
}

/// An option of a matching.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Label {
    /// The id.
    pub id: String,
    /// What it says.
    pub text: Text,
}

/// A command to be typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typing {
    /// Commands that are right; the first is the model.
    pub accepts: Vec<String>,
    /// Options that may be there or not, by their long names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub free: Vec<String>,
    /// The ways to mount that the question asks for (`mount`, `volume`, `tmpfs`): another says the same, and is not
    /// what was asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spelled: Vec<String>,
    /// Why the model is right.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub why: Text,
    /// Mistakes that are often made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wrong: Vec<Slip>,
}

/// A command that is wrong, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Slip {
    /// The command.
    pub command: String,
    /// Why it is wrong.
    pub why: Text,
}

/// Something that could be printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outcome {
    /// What is printed.
    pub text: String,
    /// Whether that is so.
    #[serde(default, skip_serializing_if = "is_false")]
    pub right: bool,
    /// Why it is, or why not.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub why: Text,
}

impl Kind {
    /// The word for it in a bank.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Kind::One(_) => "one",
            Kind::Several(_) => "several",
            Kind::TrueFalse(_) => "true_false",
            Kind::ComposeFault(_) => "compose_fault",
            Kind::Order(_) => "order",
            Kind::Match(_) => "match",
            Kind::Command(_) => "command",
            Kind::Output(_) => "output",
        }
    }

    /// The options, where there are some to choose from.
    pub(crate) fn choices(&self) -> &[Choice] {
        match self {
            Kind::One(all) | Kind::Several(all) | Kind::TrueFalse(all) | Kind::ComposeFault(all) => all,
            Kind::Order(_) | Kind::Match(_) | Kind::Command(_) | Kind::Output(_) => &[],
        }
    }

    /// What is right, in the form of an answer.
    pub(crate) fn correct(&self) -> Vec<String> {
        match self {
            Kind::One(all) | Kind::Several(all) | Kind::TrueFalse(all) | Kind::ComposeFault(all) => {
                all.iter().filter(|option| option.right).map(|option| option.id.clone()).collect()
            }
            Kind::Order(places) => in_order(places).into_iter().map(|place| place.id.clone()).collect(),
            Kind::Match(matching) => {
                matching.pairs.iter().map(|pair| format!("{}={}", pair.id, pair.with)).collect()
            }
            Kind::Command(typing) => typing.accepts.first().cloned().into_iter().collect(),
            Kind::Output(all) => {
                all.iter().find(|one| one.right).map(|one| one.text.clone()).into_iter().collect()
            }
        }
    }

    /// Whether an answer is one word or text, and not a list.
    pub(crate) fn is_single(&self) -> bool {
        !matches!(self, Kind::Several(_) | Kind::Order(_) | Kind::Match(_))
    }
}

impl Typing {
    /// Whether a command does what one of those that are right does.
    pub(super) fn accepts(&self, given: &str) -> bool {
        // What is written as it should be needs no taking apart; of what is spelled in a wanted way that is not known.
        if self.spelled.is_empty() && self.accepts.iter().any(|right| right == given) {
            return true;
        }
        command::misspelled(given, &self.spelled).is_empty()
            && command::is_one_of(&self.accepts, given, &self.free)
    }

    /// What differs between one of its commands and another; nothing where that would do as well.
    pub(super) fn differences(&self, right: &str, given: &str) -> Vec<Text> {
        let mut found = command::differences(right, given, &self.free);
        found.extend(command::misspelled(given, &self.spelled));
        found
    }
}

impl Matching {
    /// The options that fit nothing.
    pub(super) fn unused(&self) -> impl Iterator<Item = &Label> {
        self.options.iter().filter(|option| self.pairs.iter().all(|pair| pair.with != option.id))
    }
}

/// The options of a true-or-false question.
pub(super) fn truths(truth: Truth) -> Vec<Choice> {
    let option = |id: &str, right, text, why| Choice { id: id.to_owned(), right, line: None, text, why };
    vec![
        option("true", truth.right, say!("Vrai", "True"), truth.if_true),
        option("false", !truth.right, say!("Faux", "False"), truth.if_false),
    ]
}

/// Steps in their right order.
pub(super) fn in_order(places: &[Place]) -> Vec<&Place> {
    let mut sorted: Vec<&Place> = places.iter().collect();
    sorted.sort_by_key(|place| place.place);
    sorted
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

fn is_empty(text: &Text) -> bool {
    text.fr.is_empty() && text.en.is_empty()
}
