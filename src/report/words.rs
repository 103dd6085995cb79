//! The words that stand for a status, the same in every form of the report.

use crate::engine::Source;
use crate::engine::Status;
use crate::text::Lang;
use crate::text::Text;
use crate::text::say;
use crate::world::Author;

/// The sign and the word of a status; the word alone tells it too.
pub(crate) fn status_word(status: Status, lang: Lang) -> (&'static str, &'static str) {
    match (status, lang) {
        (Status::Passed, Lang::Fr) => ("✓", "réussi"),
        (Status::Passed, Lang::En) => ("✓", "passed"),
        (Status::Failed, Lang::Fr) => ("✗", "à corriger"),
        (Status::Failed, Lang::En) => ("✗", "to be mended"),
        (Status::Pending, Lang::Fr) => ("○", "à faire"),
        (Status::Pending, Lang::En) => ("○", "to do"),
        (Status::Blocked, Lang::Fr) => ("·", "en attente"),
        (Status::Blocked, Lang::En) => ("·", "waiting"),
        (Status::Unseen, Lang::Fr) => ("?", "pas pu être vu"),
        (Status::Unseen, Lang::En) => ("?", "could not be seen"),
    }
}

/// Where a proof was seen.
pub(super) fn source_word(source: Source) -> &'static str {
    match source {
        Source::Live => "live",
        Source::Journal => "journal",
    }
}

/// Who did it.
pub(super) fn author_word(author: Author) -> &'static str {
    match author {
        Author::Learner => "learner",
        Author::App => "app",
    }
}

/// A choice between two wordings of the program's own.
pub(super) fn either(lang: Lang, fr: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Fr => fr,
        Lang::En => en,
    }
}

/// A size in the decimal units that Docker uses, with three digits.
pub(crate) fn size(bytes: u64) -> Text {
    const UNITS: [(&str, &str); 5] = [("o", "B"), ("ko", "kB"), ("Mo", "MB"), ("Go", "GB"), ("To", "TB")];
    let (mut tenths, mut unit) = (u128::from(bytes) * 10, 0);
    while tenths >= 9_995 && unit + 1 < UNITS.len() {
        tenths = (tenths + 500) / 1000;
        unit += 1;
    }
    let (fr, en) = UNITS[unit];
    let (whole, part) = (tenths / 10, tenths % 10);
    if unit == 0 || whole >= 100 || part == 0 {
        return say!("{whole}\u{a0}{fr}", "{whole} {en}");
    }
    say!("{whole},{part}\u{a0}{fr}", "{whole}.{part} {en}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_digits() {
        let said = |bytes| size(bytes).en;
        assert_eq!(said(0), "0 B");
        assert_eq!(said(999), "999 B");
        assert_eq!(said(1000), "1 kB");
        assert_eq!(said(48_217_000), "48.2 MB");
        assert_eq!(said(999_960), "1 MB");
        assert_eq!(said(312_400_000), "312 MB");
        assert_eq!(size(1_500_000_000).fr, "1,5\u{a0}Go");
        assert_eq!(said(u64::MAX), "18446744 TB");
    }
}
