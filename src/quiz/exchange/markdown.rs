//! Markdown of the kind that courses are written in: a numbered question, its options as a task list, the answer below.

use std::collections::BTreeSet;

use crate::error::Error;
use crate::error::Result;
use crate::quiz::Choice;
use crate::quiz::Kind;
use crate::quiz::Question;
use crate::quiz::Quiz;
use crate::quiz::bank::Exam;
use crate::quiz::exchange::Imported;
use crate::quiz::exchange::fresh;
use crate::text::Text;
use crate::text::say;

/// A question while it is read.
#[derive(Debug, Default)]
struct Draft {
    line: usize,
    ask: String,
    options: Vec<(bool, String)>,
    answers: Vec<char>,
    why: String,
}

/// Reads the quiz of a Markdown file: its section `Quiz`, or all of it where it has none.
pub(crate) fn read(file: &str, id: &str, source: &str) -> Result<Imported> {
    let lines: Vec<(usize, &str)> = source.lines().enumerate().map(|(at, line)| (at + 1, line)).collect();
    let title = lines.iter().find_map(|(_, line)| line.strip_prefix("# ")).unwrap_or(id).trim();
    let drafts = drafts(section(&lines));
    if drafts.is_empty() {
        return Err(Error::usage(say!(
            "`{file}` : pas de question trouvée",
            "`{file}`: no question was found"
        ))
        .hint(say!(
            "une question : `1. **Texte ?**`, des options `- [ ] A. …`, puis `**Réponse :** B`",
            "a question: `1. **Text?**`, options `- [ ] A. …`, then `**Answer:** B`"
        )));
    }
    let (mut taken, mut questions, mut wrong) = (BTreeSet::new(), Vec::new(), Vec::new());
    for draft in drafts {
        let line = draft.line;
        match question(draft, &mut taken) {
            Ok(question) => questions.push(question),
            Err(Text { fr, en }) => wrong.push(say!("{file}:{line}: {fr}", "{file}:{line}: {en}")),
        }
    }
    if !wrong.is_empty() {
        let what = say!(
            "`{file}` : des questions ne peuvent pas être notées",
            "`{file}`: some questions cannot be graded"
        );
        return Err(wrong.into_iter().fold(Error::usage(what), Error::detail));
    }
    let sections = crate::quiz::bank::named_sections(&questions);
    let quiz =
        Quiz { id: id.to_owned(), title: Text::same(title), sections, exam: Exam::default(), questions };
    Ok(Imported { quiz, notes: Vec::new() })
}

/// The lines below the heading `Quiz`, up to the next heading that is not below it.
fn section<'a>(lines: &[(usize, &'a str)]) -> Vec<(usize, &'a str)> {
    let depth = |line: &str| line.chars().take_while(|sign| *sign == '#').count();
    let is_quiz = |line: &str| {
        depth(line) > 0 && line.trim_start_matches('#').trim().to_lowercase().starts_with("quiz")
    };
    let Some(begin) = lines.iter().position(|(_, line)| is_quiz(line)) else { return lines.to_vec() };
    let level = depth(lines[begin].1);
    let below = lines[begin + 1..].iter().take_while(|(_, line)| depth(line) == 0 || depth(line) > level);
    below.copied().collect()
}

fn drafts(lines: Vec<(usize, &str)>) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    for (number, line) in lines {
        let text = line.trim();
        if let Some((ticked, option)) = task(text) {
            if let Some(draft) = drafts.last_mut() {
                draft.options.push((ticked, option));
            }
        } else if let Some(ask) = numbered(line) {
            drafts.push(Draft { line: number, ask: bare(ask), ..Draft::default() });
        } else if let (Some(draft), Some((word, rest))) = (drafts.last_mut(), labelled(text)) {
            if word.starts_with("réponse") || word.starts_with("answer") {
                let (letters, why) = letters(&rest);
                draft.answers = letters;
                why.clone_into(&mut draft.why);
            } else if word.starts_with("expli") {
                draft.why = rest;
            }
        } else if let Some(draft) =
            drafts.last_mut().filter(|draft| draft.options.is_empty() && !text.is_empty())
        {
            draft.ask = format!("{} {}", draft.ask, bare(text));
        }
    }
    drafts.retain(|draft| !draft.options.is_empty());
    drafts
}

/// `- [x] A. text`: whether it is ticked, and the text without its letter.
fn task(text: &str) -> Option<(bool, String)> {
    let rest = text.strip_prefix(['-', '*', '+'])?.trim_start();
    let ticked = rest.starts_with("[x]") || rest.starts_with("[X]");
    let rest = rest
        .strip_prefix("[ ]")
        .or_else(|| rest.strip_prefix("[x]"))
        .or_else(|| rest.strip_prefix("[X]"))?
        .trim();
    let mut signs = rest.chars();
    let lettered =
        signs.next().is_some_and(|sign| sign.is_ascii_uppercase()) && matches!(signs.next(), Some('.' | ')'));
    Some((ticked, if lettered { rest[2..].trim().to_owned() } else { rest.to_owned() }))
}

/// The text after a number at the beginning of a line.
fn numbered(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches(|sign: char| sign.is_ascii_digit());
    if rest.len() == line.len() {
        return None;
    }
    rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") ")).map(str::trim)
}

/// `**Réponse :** B`: the word in small letters, and the rest.
fn labelled(text: &str) -> Option<(String, String)> {
    let (word, rest) = text.trim_start_matches(['*', '_', '>', ' ']).split_once(':')?;
    let word = word.trim().to_lowercase();
    let known = ["réponse", "reponse", "answer", "expli"].iter().any(|begin| word.starts_with(begin));
    known.then(|| (word.replace("reponse", "réponse"), rest.trim_matches(['*', '_', ' ']).to_owned()))
}

/// The letters up to the first word that is none, and the explanation that begins there: `B. Because …` is B alone.
fn letters(rest: &str) -> (Vec<char>, &str) {
    let (mut letters, mut at) = (Vec::new(), rest);
    loop {
        at = at.trim_start_matches(|sign: char| sign.is_whitespace() || "*_.,;:)(".contains(sign));
        let word = at.split(|sign: char| sign.is_whitespace() || "*_.,;:)(".contains(sign)).next();
        let word = word.unwrap_or_default();
        match (word, word.as_bytes()) {
            (_, [letter]) if letter.is_ascii_uppercase() => letters.push(char::from(*letter)),
            ("et" | "and" | "&" | "+", _) if !letters.is_empty() => {}
            _ => return (letters, at.trim_start_matches(['—', '–', '-']).trim()),
        }
        at = &at[word.len()..];
    }
}

/// Without the stars and underscores of emphasis around it.
fn bare(text: &str) -> String {
    text.trim().trim_matches(['*', '_']).trim().to_owned()
}

fn question(draft: Draft, taken: &mut BTreeSet<String>) -> std::result::Result<Question, Text> {
    let places: Vec<usize> = draft.answers.iter().map(|letter| usize::from(*letter as u8 - b'A')).collect();
    if let Some(letter) =
        draft.answers.iter().find(|letter| usize::from(**letter as u8 - b'A') >= draft.options.len())
    {
        return Err(say!("il n'y a pas d'option {letter}", "there is no option {letter}"));
    }
    let mut ids = BTreeSet::new();
    let why = Text::same(draft.why);
    let choices: Vec<Choice> = draft
        .options
        .into_iter()
        .enumerate()
        .map(|(at, (ticked, text))| {
            let right = ticked || places.contains(&at);
            let why = if right { why.clone() } else { Text::default() };
            Choice { id: fresh(&text, &mut ids, "option-"), right, line: None, text: Text::same(text), why }
        })
        .collect();
    let kind = match choices.iter().filter(|option| option.right).count() {
        0 => return Err(say!("la bonne réponse n'est pas indiquée", "the right answer is not given")),
        1 => Kind::One(choices),
        _ => Kind::Several(choices),
    };
    Ok(Question {
        id: fresh(&draft.ask, taken, "question-"),
        section: "quiz".to_owned(),
        step: None,
        criterion: None,
        difficulty: 1,
        ask: Text::same(draft.ask),
        shows: None,
        kind,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_names_no_more_letters() {
        assert_eq!(letters("B. Car Docker le gère"), (vec!['B'], "Car Docker le gère"));
        assert_eq!(letters("A, C — Docker et D"), (vec!['A', 'C'], "Docker et D"));
        assert_eq!(letters("A et C"), (vec!['A', 'C'], ""));
        assert_eq!(letters("Docker"), (vec![], "Docker"));
    }
}
