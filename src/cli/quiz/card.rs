//! A question as it is shown, and what can be replied to it.

use std::fmt::Write;

use crate::cli::ui::Ui;
use crate::quiz::Kind;
use crate::quiz::Question;
use crate::quiz::Quiz;
use crate::quiz::paper;
use crate::text::Text;
use crate::text::say;

/// A question at its place in the paper.
pub(super) struct Card<'a> {
    /// The question.
    pub question: &'a Question,
    /// The section's title.
    pub section: Text,
    /// The order of its options.
    pub order: Vec<usize>,
    /// Its number, from 1.
    pub number: usize,
    /// How many there are.
    pub count: usize,
    /// Whether nothing is explained before the end.
    pub exam: bool,
    /// What was answered already.
    pub given: Vec<String>,
    /// How many minutes are left.
    pub minutes: Option<i64>,
}

/// What somebody does with a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// Answers it; ids in place of letters.
    Answer(Vec<String>),
    /// Leaves it, and goes on.
    Leave,
    /// Goes back to the one before.
    Back,
    /// Ends the attempt.
    End,
}

impl<'a> Card<'a> {
    /// A question of a paper.
    pub(super) fn new(quiz: &Quiz, question: &'a Question, seed: u64) -> Card<'a> {
        Card {
            question,
            section: quiz.section_title(&question.section),
            order: paper::shown(question, seed),
            number: 1,
            count: 1,
            exam: false,
            given: Vec::new(),
            minutes: None,
        }
    }

    /// The labels of what is chosen from, in the order in which they are shown, with their ids.
    pub(super) fn options(&self) -> Vec<(&'a str, Text)> {
        let line = |line: Option<usize>, text: &Text| match line {
            Some(line) => {
                let Text { fr, en } = text;
                say!("ligne {line} : {fr}", "line {line}: {en}")
            }
            None => text.clone(),
        };
        let all: Vec<(&str, Text)> = match &self.question.kind {
            Kind::One(all) | Kind::Several(all) | Kind::TrueFalse(all) | Kind::ComposeFault(all) => {
                all.iter().map(|option| (option.id.as_str(), line(option.line, &option.text))).collect()
            }
            Kind::Order(places) => {
                places.iter().map(|place| (place.id.as_str(), place.text.clone())).collect()
            }
            Kind::Match(matching) => {
                matching.options.iter().map(|option| (option.id.as_str(), option.text.clone())).collect()
            }
            Kind::Command(_) | Kind::Output(_) => Vec::new(),
        };
        self.order.iter().filter_map(|at| all.get(*at).cloned()).collect()
    }

    /// The id behind a letter, as it is shown.
    pub(super) fn by_letter(&self, word: &str) -> String {
        let letter = match word.as_bytes() {
            [letter] if letter.is_ascii_alphabetic() => Some(usize::from(letter.to_ascii_lowercase() - b'a')),
            _ => None,
        };
        let options = self.options();
        letter.and_then(|at| options.get(at)).map_or_else(|| word.to_owned(), |(id, _)| (*id).to_owned())
    }

    /// Everything above the prompt; `lettered` adds the options.
    pub(super) fn text(&self, ui: &Ui, lettered: bool) -> String {
        let (number, count, section) = (self.number, self.count, ui.say(&self.section));
        let weight = "●".repeat(usize::from(self.question.difficulty));
        let left =
            self.minutes.map(|minutes| ui.say(&say!(" — encore {minutes} min", " — {minutes} min left")));
        let left = left.unwrap_or_default();
        let mut out = String::from("\n");
        out.push_str(&ui.page.heading(&format!("{number}/{count} · {section} {weight}{left}")));
        out.push_str(&ui.page.paragraph("", &ui.say(&self.question.ask)));
        if let Some(shows) = &self.question.shows {
            let numbered = matches!(self.question.kind, Kind::ComposeFault(_));
            for (index, line) in shows.lines().enumerate() {
                let number = if numbered { format!("{:>3}  ", index + 1) } else { "    ".to_owned() };
                let _ = writeln!(out, "{number}{}", crate::report::clean(line));
            }
        }
        if let Kind::Match(matching) = &self.question.kind {
            for (index, pair) in matching.pairs.iter().enumerate() {
                out.push_str(&ui.page.paragraph(&format!("  {}. ", index + 1), &ui.say(&pair.text)));
            }
        }
        if lettered {
            for ((_, text), letter) in self.options().iter().zip('A'..='Z') {
                out.push_str(&ui.page.paragraph(&format!("  {letter}. "), &ui.say(text)));
            }
        }
        if !self.given.is_empty() {
            let given = self.given.join(", ");
            out.push_str(
                &ui.page.paragraph("", &ui.say(&say!("votre réponse : `{given}`", "your answer: `{given}`"))),
            );
        }
        out
    }
}
