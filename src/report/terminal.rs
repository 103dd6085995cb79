//! Text for a terminal: wrapped to its width, coloured where that is wanted, and readable without either.

use std::fmt::Write;

use owo_colors::OwoColorize;
use owo_colors::Style;
use textwrap::Options;
use textwrap::WordSeparator;
use textwrap::WordSplitter;

use crate::engine::CheckCard;
use crate::engine::Source;
use crate::engine::Status;
use crate::engine::StepCard;
use crate::report::Report;
use crate::report::clean;
use crate::report::words::either;
use crate::report::words::status_word;
use crate::text::Lang;
use crate::world::Author;

/// How a terminal is written to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    /// The width in columns.
    pub width: usize,
    /// Whether colours are wanted.
    pub color: bool,
    /// Whether the objects behind a proof are shown.
    pub verbose: bool,
    /// Whether only words are wanted: no drawing, no colours, no cursor movement.
    pub plain: bool,
}

impl Page {
    /// A paragraph, wrapped; `first` stands before its first line, the others are indented as far.
    pub(crate) fn paragraph(&self, first: &str, text: &str) -> String {
        let indent = " ".repeat(textwrap::core::display_width(first));
        let width = self.width.clamp(24, 100);
        let options = Options::new(width)
            .subsequent_indent(&indent)
            .initial_indent(first)
            .break_words(false)
            // Commands and paths are not cut at their dashes and slashes.
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation);
        let wrapped = textwrap::fill(&together(&clean(text)), options).replace(JOINT, " ");
        self.code(&wrapped) + "\n"
    }

    /// A heading, wrapped.
    pub(crate) fn heading(&self, text: &str) -> String {
        let lines = textwrap::wrap(text, self.width.clamp(24, 100));
        lines.iter().map(|line| format!("{}\n", self.paint(line, Style::new().bold()))).collect()
    }

    /// A paragraph that begins with the sign of a status, or in a plain terminal with its word.
    pub(crate) fn marked(&self, indent: &str, status: Status, lang: Lang, text: &str) -> String {
        let (sign, word) = status_word(status, lang);
        if self.plain {
            return self.paragraph(indent, &format!("[{word}] {text}"));
        }
        let line = self.paragraph(&format!("{indent}{sign} "), text);
        line.replacen(sign, &self.sign(status, lang), 1)
    }

    /// A sign in the colour of its status.
    pub(crate) fn sign(&self, status: Status, lang: Lang) -> String {
        self.paint(status_word(status, lang).0, style(status))
    }

    /// Text that matters less.
    pub(crate) fn faint(&self, text: &str) -> String {
        self.paint(text, Style::new().dimmed())
    }

    /// Commands: coloured without their back-ticks, or with them where there is no colour.
    fn code(&self, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let mut out = String::new();
        for (index, part) in text.split('`').enumerate() {
            if index % 2 == 1 {
                let _ = write!(out, "{}", part.cyan());
            } else {
                out.push_str(part);
            }
        }
        out
    }

    /// Text in a style, where colours are wanted.
    pub(super) fn paint(&self, text: &str, style: Style) -> String {
        if self.color { text.style(style).to_string() } else { text.to_owned() }
    }
}

/// A space that is no place to break, while a text is wrapped: a private character, so that what a learner copies
/// from the terminal has ordinary spaces.
const JOINT: char = '\u{e000}';

/// Up to so many characters a command stays on one line.
const SHORT: usize = 44;

/// Holds short commands together.
fn together(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let held = parts.map(|(index, part)| match index % 2 {
        1 if part.chars().count() <= SHORT => part.replace(' ', &JOINT.to_string()),
        _ => part.to_owned(),
    });
    held.collect::<Vec<_>>().join("`")
}

fn style(status: Status) -> Style {
    match status {
        Status::Passed => Style::new().green().bold(),
        Status::Failed => Style::new().red().bold(),
        Status::Unseen => Style::new().yellow().bold(),
        Status::Pending | Status::Blocked => Style::new().dimmed(),
    }
}

/// The whole scorecard.
pub(super) fn scorecard(report: &Report<'_>, lang: Lang, page: &Page) -> String {
    let card = report.scorecard;
    let mut out = page.heading(&card.title.get(lang));
    let daemon = report.daemon;
    let engine = clean(&format!("Docker {} ({})", daemon.version, daemon.name)).into_owned();
    let _ = writeln!(out, "{}", page.faint(&engine));
    if !report.stand_ins.is_empty() {
        let note =
            either(lang, "images de remplacement, et non les vraies", "stand-in images, not the real ones");
        let colon = either(lang, "\u{a0}:", ":");
        out.push_str(&page.paragraph("", &format!("{}{colon} {note}", report.stand_ins.join(", "))));
    }
    for (index, one) in card.steps.iter().enumerate() {
        if card.asked.contains(&one.id) {
            out.push('\n');
            out.push_str(&step(index + 1, one, lang, page));
        }
    }
    if card.asked.len() == card.steps.len() {
        out.push('\n');
        out.push_str(&criteria(report, lang, page));
    }
    out
}

/// A step and its checks.
pub(crate) fn step(number: usize, step: &StepCard, lang: Lang, page: &Page) -> String {
    let word = status_word(step.status, lang).1;
    let helped = either(lang, ", avec aide", ", assisted");
    let helped = if step.assisted && step.status == Status::Passed { helped } else { "" };
    let title = format!("{number}. {} — {word}{helped}", step.title.get(lang));
    let mut out = page.heading(title.trim_end());
    for one in &step.checks {
        out.push_str(&check(one, lang, page));
    }
    out
}

fn check(check: &CheckCard, lang: Lang, page: &Page) -> String {
    let mut out = page.marked("  ", check.status, lang, &check.title.get(lang));
    let assisted = check.evidence.as_ref().is_some_and(|proof| proof.by == Author::App);
    let remembered = check.evidence.as_ref().is_some_and(|proof| proof.source == Source::Journal);
    let mut message = check.message.get(lang).into_owned();
    if assisted && !remembered {
        message.push_str(either(lang, " (fait par docker-lab)", " (done by docker-lab)"));
    }
    out.push_str(&page.paragraph("    ", &message));
    let objects = check.evidence.iter().filter(|_| page.verbose).flat_map(|proof| &proof.objects);
    for object in objects {
        let _ = writeln!(out, "      {}", page.faint(&clean(object)));
    }
    if let Some(hint) = &check.hint {
        out.push_str(&page.paragraph("    → ", &hint.get(lang)));
    }
    out
}

fn criteria(report: &Report<'_>, lang: Lang, page: &Page) -> String {
    let card = report.scorecard;
    let mut out = page.heading(either(lang, "Critères", "Criteria"));
    for criterion in &card.criteria {
        let word = status_word(criterion.status, lang).1;
        let (points, max, title) = (criterion.points, criterion.max, criterion.title.get(lang));
        let text = format!("{points}/{max} {title} ({word})");
        out.push_str(&page.marked("  ", criterion.status, lang, &text));
    }
    let total = format!("{} : {}/{}", either(lang, "Total", "Total"), card.points(), card.max());
    let total = if lang == Lang::Fr { total.replace(" :", "\u{a0}:") } else { total.replace(" :", ":") };
    out.push_str(&page.heading(&total));
    out
}
