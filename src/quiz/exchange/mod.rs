//! Questions from and for other programs: Markdown as courses write it, Moodle's GIFT and XML, and HTML for paper. What a
//! format cannot hold is told, never dropped in silence.

mod gift;
mod gift_reader;
mod html;
mod markdown;
mod moodle;
mod rich;

use std::collections::BTreeSet;

use crate::quiz::Kind;
use crate::quiz::Question;
use crate::quiz::Quiz;
use crate::quiz::kinds;
use crate::text::Lang;
use crate::text::Text;
use crate::text::say;

pub(crate) use gift::write as write_gift;
pub(crate) use gift_reader::read as read_gift;
pub(crate) use html::key as write_key;
pub(crate) use html::paper as write_html;
pub(crate) use markdown::read as read_markdown;
pub(crate) use moodle::write as write_moodle;

/// What was read from a foreign file, and what is to be known about it.
#[derive(Debug)]
pub(crate) struct Imported {
    /// The questions as a quiz.
    pub quiz: Quiz,
    /// What could not be taken over, or not in full.
    pub notes: Vec<Text>,
}

/// What a quiz holds that Moodle's formats cannot.
pub(crate) fn losses(quiz: &Quiz, lang: Lang) -> Vec<Text> {
    let count =
        |fits: &dyn Fn(&Kind) -> bool| quiz.questions.iter().filter(|question| fits(&question.kind)).count();
    let other =
        if lang == Lang::Fr { say!("l'anglais", "the English") } else { say!("le français", "the French") };
    let Text { fr, en } = other;
    let mut notes = vec![say!(
        "une seule langue : {fr} n'y est pas ; ni les identifiants des options, ni les réglages de l'examen",
        "one language: {en} is not in it; nor are the options' ids and the exam's settings"
    )];
    let commands = count(&|kind| matches!(kind, Kind::Command(_)));
    if commands > 0 {
        notes.push(say!(
            "{commands} commandes : Moodle compare leur orthographe, et non leur sens",
            "{commands} commands: Moodle compares their spelling, not their meaning"
        ));
    }
    let order = count(&|kind| matches!(kind, Kind::Order(_)));
    if order > 0 {
        notes.push(say!(
            "{order} mises en ordre : elles deviennent des appariements avec des numéros",
            "{order} orderings: they become matchings with numbers"
        ));
    }
    let matching = order + count(&|kind| matches!(kind, Kind::Match(_)));
    if matching > 0 {
        notes.push(say!(
            "{matching} appariements : sans l'explication de chaque paire",
            "{matching} matchings: without the explanation of each pair"
        ));
    }
    notes
}

/// A name for an id: small letters, digits and dashes.
fn slug(text: &str) -> String {
    let plain = |letter: char| match letter {
        'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' | 'ö' => 'o',
        'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        letter => letter,
    };
    let letters = text.to_lowercase().chars().map(plain).collect::<String>();
    let words = letters.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut out = String::new();
    for word in words {
        if !out.is_empty() && out.len() + word.len() > 40 {
            break;
        }
        if !out.is_empty() {
            out.push('-');
        }
        out.extend(word.chars().take(40));
    }
    out
}

/// A slug that is not taken yet; a letter alone would be read as an option's place.
fn fresh(text: &str, taken: &mut BTreeSet<String>, fallback: &str) -> String {
    let slug = slug(text);
    let base = if slug.len() < 2 { format!("{fallback}{slug}") } else { slug };
    let mut id = base.clone();
    let mut number = 2;
    while !taken.insert(id.clone()) {
        id = format!("{base}-{number}");
        number += 1;
    }
    id
}

/// The tags that carry what a format has no field for.
fn tags(question: &Question) -> Vec<String> {
    let mut tags = vec![format!("kind:{}", question.kind.word()), format!("section:{}", question.section)];
    tags.extend(question.step.iter().map(|step| format!("step:{step}")));
    tags.extend(question.criterion.iter().map(|criterion| format!("criterion:{criterion}")));
    tags.push(format!("difficulty:{}", question.difficulty));
    if let Kind::Command(typing) = &question.kind {
        let named = [("free", &typing.free), ("spelled", &typing.spelled)];
        let named = named.into_iter().filter(|(_, names)| !names.is_empty());
        tags.extend(named.map(|(tag, names)| format!("{tag}:{}", names.join(","))));
    }
    tags
}

/// An option's label: a Compose file's option begins with its line.
fn label(line: Option<usize>, text: &Text) -> Text {
    match line {
        Some(line) => {
            let Text { fr, en } = text;
            say!("ligne {line} : {fr}", "line {line}: {en}")
        }
        None => text.clone(),
    }
}

/// The right answer in words, for a key.
fn in_words(question: &Question, lang: Lang) -> String {
    let letter = |at: usize| char::from(b'A' + u8::try_from(at.min(25)).unwrap_or(0));
    match &question.kind {
        Kind::Order(places) => {
            let at = |id: &str| places.iter().position(|place| place.id == id).unwrap_or(0);
            kinds::in_order(places)
                .iter()
                .map(|place| letter(at(&place.id)).to_string())
                .collect::<Vec<_>>()
                .join(" ")
        }
        Kind::Match(matching) => {
            let at = |id: &str| matching.options.iter().position(|option| option.id == id).unwrap_or(0);
            let pairs = matching.pairs.iter().enumerate();
            pairs
                .map(|(index, pair)| format!("{}{}", index + 1, letter(at(&pair.with))))
                .collect::<Vec<_>>()
                .join(" ")
        }
        Kind::Command(_) | Kind::Output(_) => question.kind.correct().join(""),
        _ => {
            let right = question.kind.choices().iter().enumerate().filter(|(_, option)| option.right);
            let words = right.map(|(at, option)| match &question.kind {
                Kind::TrueFalse(_) => option.text.get(lang).into_owned(),
                _ => letter(at).to_string(),
            });
            words.collect::<Vec<_>>().join(" ")
        }
    }
}
