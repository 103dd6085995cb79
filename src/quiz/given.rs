//! An answer as it was given — letters, ids, lines, words — and what it means for its question.

use crate::error::Error;
use crate::error::Result;
use crate::quiz::Answer;
use crate::quiz::Choice;
use crate::quiz::Kind;
use crate::quiz::Question;
use crate::quiz::kinds::Matching;
use crate::text::list;
use crate::text::say;

/// The answer in its settled form: ids in place of letters, pairs as `thing=option`, texts as they are. Empty where
/// nothing was answered.
pub(crate) fn settled(question: &Question, answer: &Answer) -> Result<Vec<String>> {
    let words: Vec<&str> = answer.given.iter().map(|word| word.trim()).collect();
    if words.iter().all(|word| word.is_empty()) {
        return Ok(Vec::new());
    }
    match &question.kind {
        Kind::One(all) | Kind::TrueFalse(all) | Kind::ComposeFault(all) => {
            let chosen = chosen(question, all, &words)?;
            if chosen.len() > 1 {
                return Err(only_one(question));
            }
            Ok(chosen)
        }
        Kind::Several(all) => chosen(question, all, &split(&words)),
        Kind::Order(places) => {
            let ids: Vec<&str> = places.iter().map(|place| place.id.as_str()).collect();
            let words = split(&words);
            let order =
                words.iter().map(|word| by_name(question, &ids, word)).collect::<Result<Vec<String>>>()?;
            let mut once = order.clone();
            once.sort();
            if let Some([twice, ..]) = once.windows(2).find(|pair| pair[0] == pair[1]) {
                let id = &question.id;
                return Err(Error::usage(say!(
                    "la question `{id}` attend chaque étape une fois : `{twice}` y est deux fois",
                    "the question `{id}` takes each step once: `{twice}` is there twice"
                )));
            }
            Ok(order)
        }
        Kind::Match(matching) => pairs(question, matching, &words),
        Kind::Command(_) | Kind::Output(_) if words.len() > 1 => Err(only_one(question)),
        Kind::Command(_) | Kind::Output(_) => Ok(vec![words[0].to_owned()]),
    }
}

fn only_one(question: &Question) -> Error {
    let id = &question.id;
    Error::usage(say!(
        "la question `{id}` n'attend qu'une réponse",
        "the question `{id}` takes only one answer"
    ))
}

/// A single text may hold several letters or ids: `a, c`.
fn split<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let parts = words.iter().flat_map(|word| word.split([',', ' ', ';']));
    parts.filter(|part| !part.is_empty()).collect()
}

/// The chosen options, in the bank's order.
fn chosen(question: &Question, options: &[Choice], words: &[&str]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for word in words {
        found.push(option(question, options, word)?);
    }
    Ok(options.iter().map(|option| option.id.clone()).filter(|id| found.contains(id)).collect())
}

/// The option that a word means: its id, its letter in either case, a truth in either language, a line.
fn option(question: &Question, options: &[Choice], word: &str) -> Result<String> {
    let lower = word.to_lowercase();
    let meant = match (&question.kind, lower.as_str()) {
        (Kind::TrueFalse(_), "vrai" | "v" | "oui" | "yes" | "t") => "true",
        (Kind::TrueFalse(_), "faux" | "f" | "non" | "no") => "false",
        (Kind::TrueFalse(_), "true" | "false") => lower.as_str(),
        _ => word,
    };
    if let (Kind::ComposeFault(_), Ok(line)) = (&question.kind, word.parse::<usize>())
        && let Some(option) = options.iter().find(|option| option.line == Some(line))
    {
        return Ok(option.id.clone());
    }
    let ids: Vec<&str> = options.iter().map(|option| option.id.as_str()).collect();
    by_name(question, &ids, meant)
}

/// An id, or the letter of its place.
fn by_name(question: &Question, ids: &[&str], word: &str) -> Result<String> {
    let letter = match word.as_bytes() {
        [letter] if letter.is_ascii_alphabetic() => Some(usize::from(letter.to_ascii_lowercase() - b'a')),
        _ => None,
    };
    let by_id = ids.iter().find(|id| **id == word).copied();
    let found = by_id.or_else(|| ids.get(letter?).copied());
    found.map(str::to_owned).ok_or_else(|| {
        let (id, known) = (&question.id, list(ids));
        Error::usage(say!(
            "la question `{id}` n'a pas d'option `{word}`",
            "the question `{id}` has no option `{word}`"
        ))
        .hint(say!("une lettre à partir de A, ou : {known}", "a letter from A, or: {known}"))
    })
}

/// Pairs: `thing=option`, or the options alone in the order of the things; a thing goes by its id or its number.
fn pairs(question: &Question, matching: &Matching, words: &[&str]) -> Result<Vec<String>> {
    let options: Vec<&str> = matching.options.iter().map(|option| option.id.as_str()).collect();
    let words: Vec<&str> = if words.len() == 1 { split(words) } else { words.to_vec() };
    let mut chosen: Vec<Option<String>> = vec![None; matching.pairs.len()];
    for (index, word) in words.iter().enumerate().filter(|(_, word)| !word.is_empty()) {
        let (at, option) = match word.split_once('=') {
            Some((thing, option)) => (thing_at(question, matching, thing.trim())?, option.trim()),
            None => (index, *word),
        };
        let option = if option.is_empty() { None } else { Some(by_name(question, &options, option)?) };
        let Some(place) = chosen.get_mut(at) else {
            let (id, count) = (&question.id, matching.pairs.len());
            return Err(Error::usage(say!(
                "la question `{id}` n'a que {count} paires",
                "the question `{id}` has only {count} pairs"
            )));
        };
        *place = option;
    }
    let settled = matching.pairs.iter().zip(chosen);
    Ok(settled.filter_map(|(pair, option)| Some(format!("{}={}", pair.id, option?))).collect())
}

fn thing_at(question: &Question, matching: &Matching, thing: &str) -> Result<usize> {
    let by_number = thing.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let known = matching.pairs.iter().map(|pair| &pair.id);
    let found = matching.pairs.iter().position(|pair| pair.id == thing).or(by_number);
    found.filter(|at| *at < matching.pairs.len()).ok_or_else(|| {
        let (id, known) = (&question.id, list(known));
        Error::usage(say!(
            "la question `{id}` n'a pas d'élément `{thing}`",
            "the question `{id}` has no item `{thing}`"
        ))
        .hint(say!("un numéro à partir de 1, ou : {known}", "a number from 1, or: {known}"))
    })
}
