//! What makes a bank a good one, beyond being gradable: explanations, tags that exist, and no way to guess.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::quiz::Choice;
use crate::quiz::Kind;
use crate::quiz::Question;
use crate::quiz::Quiz;
use crate::text::Text;
use crate::text::say;

/// What a lab has that a question may name.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tags<'a> {
    /// Its steps; empty where there is no lab.
    pub steps: &'a [String],
    /// Its criteria.
    pub criteria: &'a [String],
}

/// A complaint: the question's id, and what is wrong.
pub(crate) type Complaint = (String, Text);

/// Phrases that give away or spoil a question, lower case.
const LAZY: [&str; 8] = [
    "all of the above",
    "none of the above",
    "all of these",
    "toutes les réponses",
    "tout ce qui précède",
    "aucune de ces réponses",
    "aucune des réponses",
    "toutes ces réponses",
];

/// How many questions it takes to speak of a habit.
const HABIT: usize = 8;

/// Everything that could be better.
pub(crate) fn lint(quiz: &Quiz, tags: Tags<'_>) -> Vec<Complaint> {
    let mut found = Vec::new();
    for question in &quiz.questions {
        let texts = whys(question).into_iter().any(Text::is_incomplete);
        if texts {
            tell(
                &mut found,
                question,
                say!("une explication manque dans une langue", "an explanation is missing in a language"),
            );
        }
        tagged(question, tags, &mut found);
        options(question, &mut found);
    }
    habits(quiz, &mut found);
    found
}

fn tell(found: &mut Vec<Complaint>, question: &Question, what: Text) {
    found.push((question.id.clone(), what));
}

/// Every explanation of a question.
fn whys(question: &Question) -> Vec<&Text> {
    match &question.kind {
        Kind::Order(places) => places.iter().map(|place| &place.why).collect(),
        Kind::Match(matching) => matching.pairs.iter().map(|pair| &pair.why).collect(),
        Kind::Command(typing) => typing.wrong.iter().map(|slip| &slip.why).chain([&typing.why]).collect(),
        Kind::Output(all) => all.iter().map(|one| &one.why).collect(),
        _ => question.kind.choices().iter().map(|option| &option.why).collect(),
    }
}

fn tagged(question: &Question, tags: Tags<'_>, found: &mut Vec<Complaint>) {
    let steps = question.step.iter().filter(|step| !tags.steps.is_empty() && !tags.steps.contains(step));
    for step in steps {
        tell(
            found,
            question,
            say!("le laboratoire n'a pas d'étape `{step}`", "the lab has no step `{step}`"),
        );
    }
    let criteria =
        question.criterion.iter().filter(|one| !tags.criteria.is_empty() && !tags.criteria.contains(one));
    for criterion in criteria {
        tell(
            found,
            question,
            say!("le laboratoire n'a pas de critère `{criterion}`", "the lab has no criterion `{criterion}`"),
        );
    }
}

fn options(question: &Question, found: &mut Vec<Complaint>) {
    let choices = question.kind.choices();
    let mut seen = BTreeSet::new();
    for text in choices.iter().map(|option| &option.text) {
        let whole = format!("{} {}", text.fr.to_lowercase(), text.en.to_lowercase());
        if LAZY.iter().any(|phrase| whole.contains(phrase)) {
            tell(
                found,
                question,
                say!(
                    "une option renvoie aux autres (« toutes les réponses »)",
                    "an option speaks of the others (\"all of the above\")"
                ),
            );
        }
        if !seen.insert(text.fr.trim().to_lowercase())
            || !seen.insert(format!("\n{}", text.en.trim().to_lowercase()))
        {
            tell(found, question, say!("deux options disent la même chose", "two options say the same"));
        }
    }
    let sorted =
        |places: &[crate::quiz::kinds::Place]| places.windows(2).all(|pair| pair[0].place < pair[1].place);
    if let Kind::Order(places) = &question.kind
        && sorted(places)
    {
        tell(found, question, say!("les étapes sont déjà dans l'ordre", "the steps are in order already"));
    }
}

/// The right option is not always the longest, nor always in the same place.
fn habits(quiz: &Quiz, found: &mut Vec<Complaint>) {
    let single: Vec<&[Choice]> = quiz
        .questions
        .iter()
        .filter_map(|question| match &question.kind {
            Kind::One(all) => Some(all.as_slice()),
            _ => None,
        })
        .collect();
    if single.len() < HABIT {
        return;
    }
    let (mut longest, mut places) = (0, BTreeMap::new());
    for options in &single {
        let length = |option: &Choice| option.text.fr.chars().count();
        let Some(at) = options.iter().position(|option| option.right) else { continue };
        let others =
            options.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, option)| length(option));
        longest += usize::from(others.max().is_some_and(|other| other < length(&options[at])));
        *places.entry(at).or_insert(0_usize) += 1;
    }
    let (count, id) = (single.len(), &quiz.id);
    if longest * 2 > count {
        let what = say!(
            "la bonne option est la plus longue {longest} fois sur {count}",
            "the right option is the longest {longest} times of {count}"
        );
        found.push((id.clone(), what));
    }
    for (place, times) in places.into_iter().filter(|(_, times)| times * 5 > count * 3) {
        let letter = char::from(b'A' + u8::try_from(place).unwrap_or(0));
        let what = say!(
            "la bonne option est {letter} {times} fois sur {count}",
            "the right option is {letter} {times} times of {count}"
        );
        found.push((id.clone(), what));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bank() -> Quiz {
        Quiz::parse("volumes.yaml", include_str!("../../quizzes/volumes.yaml")).expect("valid")
    }

    /// The ids of a list in the lab file.
    fn ids(from: &str, to: &str) -> Vec<String> {
        let lab = include_str!("../../labs/volumes/lab.yaml");
        let part = lab.split(from).nth(1).and_then(|rest| rest.split(to).next()).expect("a part");
        part.lines().filter_map(|line| line.strip_prefix("  - id: ")).map(str::to_owned).collect()
    }

    #[test]
    fn the_bank_has_nothing_to_complain_of() {
        let (steps, criteria) = (ids("\nsteps:", "\ncriteria:"), ids("\ncriteria:", "\nmistakes:"));
        assert_eq!((steps.len(), criteria.len()), (8, 6));
        let bank = bank();
        assert_eq!(lint(&bank, Tags { steps: &steps, criteria: &criteria }), []);
        assert!(bank.questions.len() >= 60);
        for question in &bank.questions {
            assert!(question.step.is_some() && question.criterion.is_some(), "{}", question.id);
        }
    }

    #[test]
    fn what_could_be_better_is_told() {
        let source = include_str!("../../quizzes/volumes.yaml");
        let told = |from: &str, to: &str| {
            let changed = source.replacen(from, to, 1);
            assert_ne!(changed, source, "{from}");
            let quiz = Quiz::parse("volumes.yaml", &changed).expect("valid");
            lint(&quiz, Tags { steps: &["create".to_owned()], criteria: &[] })
        };
        let of = |complaints: &[Complaint], id: &str, what: &str| {
            complaints.iter().any(|(question, text)| question == id && text.en.contains(what))
        };
        assert!(of(
            &told("en: \"The tmpfs\"", "en: \"All of the above\""),
            "managed-by-docker",
            "speaks of the others"
        ));
        assert!(of(&told("fr: \"Le tmpfs\"", "fr: \"Le volume\""), "managed-by-docker", "say the same"));
        let unexplained =
            told("en: \"A tmpfs is memory of the host: nothing is kept anywhere.\"", "en: \"\"");
        assert!(of(&unexplained, "managed-by-docker", "explanation is missing"));
        assert!(of(&unexplained, "what-survives-rm", "no step `persist`"));
    }
}
