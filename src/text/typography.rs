//! French spacing: a high sign (`: ; ! ?`) and guillemets keep their word with a non-breaking space.

use std::borrow::Cow;

const NBSP: char = '\u{a0}';

/// Puts non-breaking spaces where French wants them; what stands between back-ticks is a command and stays
/// as it is.
pub(super) fn french(text: &str) -> Cow<'_, str> {
    if !text.contains([':', ';', '!', '?', '«', '»', '%']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut in_code = false;
    let mut chars = text.chars().peekable();
    while let Some(here) = chars.next() {
        if here == '`' {
            in_code = !in_code;
        }
        let next = chars.peek().copied();
        let before_sign = here == ' ' && next.is_some_and(|next| ":;!?»%".contains(next));
        let after_guillemet = here == ' ' && out.ends_with('«');
        out.push(if !in_code && (before_sign || after_guillemet) { NBSP } else { here });
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn high_signs_and_guillemets_keep_their_word() {
        assert_eq!(french("Vu : oui !"), "Vu\u{a0}: oui\u{a0}!");
        assert_eq!(french("« a »"), "«\u{a0}a\u{a0}»");
    }

    #[test]
    fn commands_stay_as_they_are() {
        assert_eq!(french("tapez `a ; b` ?"), "tapez `a ; b`\u{a0}?");
    }
}
