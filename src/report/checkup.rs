//! What `doctor` found, line by line: how it stands, and what mends it.

use owo_colors::Style;

use crate::error::Error;
use crate::report::Page;
use crate::text::Lang;
use crate::text::Text;
use crate::text::say;

/// How a finding stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// As it should be.
    Fine,
    /// Nothing is wrong, but it is good to know.
    Note,
    /// It keeps the labs from working.
    Problem,
    /// Nobody could look.
    Unseen,
}

/// Something that was looked at.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    /// What was looked at, in a word.
    pub id: &'static str,
    /// How it stands.
    pub level: Level,
    /// In a sentence.
    pub what: Text,
    /// What the system or the daemon said.
    pub cause: Option<String>,
    /// What mends it, the likeliest first.
    pub fixes: Vec<Text>,
}

impl Finding {
    /// A finding.
    pub(crate) fn new(id: &'static str, level: Level, what: Text) -> Finding {
        Finding { id, level, what, cause: None, fixes: Vec::new() }
    }

    /// A failure, with its cause and its next steps.
    pub(crate) fn failed(id: &'static str, error: Error) -> Finding {
        Finding { id, level: Level::Problem, what: error.what, cause: error.cause, fixes: error.hints }
    }

    /// Adds what mends it, or what follows from it.
    #[must_use]
    pub(crate) fn fix(mut self, fix: Text) -> Finding {
        self.fixes.push(fix);
        self
    }
}

impl Level {
    /// As it stands in JSON.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Level::Fine => "ok",
            Level::Note => "note",
            Level::Problem => "problem",
            Level::Unseen => "unseen",
        }
    }

    /// Whether the labs work all the same.
    pub(crate) fn is_fit(self) -> bool {
        matches!(self, Level::Fine | Level::Note)
    }

    /// The sign of a drawn page, the words of a plain one.
    fn sign(self) -> (&'static str, Text) {
        match self {
            Level::Fine => ("✓", say!("En ordre :", "Fine:")),
            Level::Note => ("!", say!("À savoir :", "Good to know:")),
            Level::Problem => ("✗", say!("À corriger :", "To be mended:")),
            Level::Unseen => ("?", say!("Pas pu être vu :", "Could not be seen:")),
        }
    }

    fn style(self) -> Style {
        match self {
            Level::Fine => Style::new().green().bold(),
            Level::Note | Level::Unseen => Style::new().yellow().bold(),
            Level::Problem => Style::new().red().bold(),
        }
    }
}

/// The findings for a terminal, and the sum of them.
pub(crate) fn checkup_text(findings: &[Finding], lang: Lang, page: &Page) -> String {
    let mut out: String = findings.iter().map(|finding| one(finding, lang, page)).collect();
    let wrong = findings.iter().filter(|finding| finding.level == Level::Problem).count();
    let sum = match wrong {
        0 => say!("Cette machine convient aux laboratoires.", "This machine is fit for the labs."),
        1 => say!("Un point est à corriger.", "One point needs mending."),
        _ => say!("{wrong} points sont à corriger.", "{wrong} points need mending."),
    };
    out.push('\n');
    out.push_str(&page.heading(&sum.get(lang)));
    out
}

fn one(finding: &Finding, lang: Lang, page: &Page) -> String {
    let (sign, words) = finding.level.sign();
    let what = finding.what.get(lang);
    let mut out = if page.plain {
        page.paragraph("", &format!("{} {what}", words.get(lang)))
    } else {
        let line = page.paragraph(&format!("{sign} "), &what);
        line.replacen(sign, &page.paint(sign, finding.level.style()), 1)
    };
    if let Some(cause) = &finding.cause {
        out.push_str(&page.paragraph("    ", cause));
    }
    let arrow = if page.plain { "    " } else { "  → " };
    for fix in &finding.fixes {
        out.push_str(&page.paragraph(arrow, &fix.get(lang)));
    }
    out
}
