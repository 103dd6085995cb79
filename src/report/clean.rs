//! Text from outside — container output, file names, learners' names — is made harmless before a terminal sees
//! it: no escape sequences, no marks that turn the direction of writing.

use std::borrow::Cow;

/// Replaces what could steer a terminal or hide text by the replacement sign.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_harmful) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|letter| if is_harmful(letter) { '\u{fffd}' } else { letter }).collect())
}

fn is_harmful(letter: char) -> bool {
    let bidi = matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    bidi || (letter.is_control() && letter != '\n' && letter != '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_bidi_marks_are_replaced() {
        assert_eq!(clean("a\u{1b}[31mb\u{202e}c"), "a\u{fffd}[31mb\u{fffd}c");
        assert_eq!(clean("é\nü\t"), "é\nü\t");
    }
}
