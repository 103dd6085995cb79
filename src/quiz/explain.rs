//! What is told after an answer: for every choice that was made why it is right or wrong, and what is right.

use crate::quiz::Choice;
use crate::quiz::Kind;
use crate::quiz::Question;
use crate::quiz::command;
use crate::quiz::grade::printed;
use crate::quiz::kinds;
use crate::quiz::kinds::Matching;
use crate::quiz::kinds::Outcome;
use crate::quiz::kinds::Place;
use crate::quiz::kinds::Typing;
use crate::text::Text;
use crate::text::say;

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// A choice that is right.
    Right,
    /// A choice that is wrong.
    Wrong,
    /// What would have been right.
    Instead,
}

/// A line of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// What it is about.
    pub tone: Tone,
    /// What was chosen, or what is right.
    pub what: Text,
    /// Why.
    pub why: Text,
}

fn told(tone: Tone, what: &Text, why: &Text) -> Told {
    Told { tone, what: what.clone(), why: why.clone() }
}

/// Explains an answer in its settled form; where nothing was answered, what is right.
pub(crate) fn explain(question: &Question, given: &[String]) -> Vec<Told> {
    match &question.kind {
        Kind::One(all) | Kind::Several(all) | Kind::TrueFalse(all) | Kind::ComposeFault(all) => {
            options(all, given)
        }
        Kind::Order(places) => order(places, given),
        Kind::Match(all) => matching(all, given),
        Kind::Command(typing) => typed(typing, given.first().map(String::as_str)),
        Kind::Output(all) => output(all, given.first().map(String::as_str)),
    }
}

fn options(options: &[Choice], given: &[String]) -> Vec<Told> {
    let line = |option: &Choice| match (given.contains(&option.id), option.right) {
        (true, true) => Some(told(Tone::Right, &option.text, &option.why)),
        (true, false) => Some(told(Tone::Wrong, &option.text, &option.why)),
        (false, true) => Some(told(Tone::Instead, &option.text, &option.why)),
        (false, false) => None,
    };
    let mut lines: Vec<Told> = options.iter().filter_map(line).collect();
    lines.sort_by_key(|line| line.tone == Tone::Instead);
    lines
}

fn order(places: &[Place], given: &[String]) -> Vec<Told> {
    let line = |(index, place): (usize, &Place)| {
        let number = index + 1;
        let Text { fr, en } = &place.text;
        let what = say!("{number}. {fr}", "{number}. {en}");
        let tone = if given.get(index) == Some(&place.id) { Tone::Right } else { Tone::Instead };
        told(tone, &what, &place.why)
    };
    kinds::in_order(places).into_iter().enumerate().map(line).collect()
}

fn matching(matching: &Matching, given: &[String]) -> Vec<Told> {
    let text = |id: &str| {
        matching
            .options
            .iter()
            .find(|option| option.id == id)
            .map(|option| option.text.clone())
            .unwrap_or_default()
    };
    let mut lines = Vec::new();
    for pair in &matching.pairs {
        let right = text(&pair.with);
        let is_right = given.contains(&format!("{}={}", pair.id, pair.with));
        let what = Text {
            fr: format!("{} → {}", pair.text.fr, right.fr),
            en: format!("{} → {}", pair.text.en, right.en),
        };
        lines.push(told(if is_right { Tone::Right } else { Tone::Instead }, &what, &pair.why));
    }
    lines
}

/// A command: what is known about this mistake, else what differs from the nearest that is right.
fn typed(typing: &Typing, given: Option<&str>) -> Vec<Told> {
    let model = typing.accepts.first().map(|model| Text::same(format!("`{model}`"))).unwrap_or_default();
    let Some(given) = given else { return vec![told(Tone::Instead, &model, &typing.why)] };
    let differences = |right: &String| typing.differences(right, given);
    let nearest = typing.accepts.iter().map(differences).min_by_key(Vec::len).unwrap_or_default();
    let what = Text::same(format!("`{given}`"));
    if nearest.is_empty() {
        return vec![told(Tone::Right, &what, &typing.why)];
    }
    let known =
        typing.wrong.iter().find(|slip| command::differences(&slip.command, given, &typing.free).is_empty());
    let why = known.map_or_else(|| joined(&nearest), |slip| slip.why.clone());
    vec![told(Tone::Wrong, &what, &why), told(Tone::Instead, &model, &typing.why)]
}

/// Differences as one sentence.
fn joined(all: &[Text]) -> Text {
    let join = |words: Vec<&str>| format!("{}.", words.join(" ; "));
    Text {
        fr: join(all.iter().map(|one| one.fr.as_str()).collect()),
        en: join(all.iter().map(|one| one.en.as_str()).collect()).replace(" ; ", "; "),
    }
}

fn output(all: &[Outcome], given: Option<&str>) -> Vec<Told> {
    let line = |tone, one: &Outcome| told(tone, &Text::same(format!("`{}`", one.text.trim())), &one.why);
    let right = all.iter().find(|one| one.right);
    let Some(given) = given.map(printed) else {
        return right.map(|one| line(Tone::Instead, one)).into_iter().collect();
    };
    match all.iter().find(|one| printed(&one.text) == given) {
        Some(one) if one.right => vec![line(Tone::Right, one)],
        Some(one) => {
            [line(Tone::Wrong, one)].into_iter().chain(right.map(|one| line(Tone::Instead, one))).collect()
        }
        None => right.map(|one| line(Tone::Instead, one)).into_iter().collect(),
    }
}
