//! What the learner typed: a word for the lab, an answer to a question, or a command for their shell; pure.

use crate::text::Lang;

/// A word that the session understands by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Hint,
    Solution,
    Run,
    Check,
    Explain,
    Map,
    Quiz,
    Next,
    Back,
    Skip,
    ResetStep,
    Language(Option<Lang>),
    Status,
    Help,
    Quit,
}

/// All words in both languages, as they are typed.
pub(super) const WORDS: [(&str, &str); 15] = [
    ("indice", "hint"),
    ("solution", "solution"),
    ("fais", "run"),
    ("vérifie", "check"),
    ("explique", "explain"),
    ("carte", "map"),
    ("quiz", "quiz"),
    ("suivant", "next"),
    ("retour", "back"),
    ("passe", "skip"),
    ("recommence étape", "reset step"),
    ("langue", "language"),
    ("bilan", "status"),
    ("?", "?"),
    ("quitte", "quit"),
];

/// A line, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// Nothing was typed.
    Nothing,
    /// A word for the lab.
    Word(Word),
    /// A letter that answers the open question.
    Letter(char),
    /// A command for the shell.
    Command(String),
}

/// Understands a line. `asked` tells how many options the open question has. What begins with `!` is always the
/// shell's.
pub(super) fn understand(line: &str, asked: usize) -> Typed {
    let bare = line.trim();
    if bare.is_empty() {
        return Typed::Nothing;
    }
    if let Some(command) = bare.strip_prefix('!') {
        return Typed::Command(command.trim_start().to_owned());
    }
    let mut letters = bare.trim_end_matches(')').chars();
    if let (Some(letter), None) = (letters.next().map(|letter| letter.to_ascii_lowercase()), letters.next())
        && ('a'..='z').take(asked).any(|one| one == letter)
    {
        return Typed::Letter(letter);
    }
    word(bare).map_or_else(|| Typed::Command(line.to_owned()), Typed::Word)
}

fn word(bare: &str) -> Option<Word> {
    let lower = bare.to_lowercase();
    let parts: Vec<&str> = lower.split_whitespace().collect();
    let word = match parts.as_slice() {
        ["hint" | "indice" | "piste"] => Word::Hint,
        ["solution"] => Word::Solution,
        ["run" | "fais" | "exécute"] => Word::Run,
        ["check" | "vérifie" | "verifie" | "vérifier"] => Word::Check,
        ["explain" | "explique" | "pourquoi"] => Word::Explain,
        ["map" | "carte"] => Word::Map,
        ["quiz"] => Word::Quiz,
        ["next" | "suivant" | "suivante"] => Word::Next,
        ["back" | "retour" | "précédent"] => Word::Back,
        ["skip" | "passe" | "passer"] => Word::Skip,
        ["reset", "step"] | ["recommence"] | ["recommence", "étape" | "etape"] => Word::ResetStep,
        ["language" | "lang" | "langue"] => Word::Language(None),
        ["language" | "lang" | "langue", code] => Word::Language(Some(Lang::from_locale(code)?)),
        ["status" | "bilan"] => Word::Status,
        ["?" | "help" | "aide"] => Word::Help,
        ["quit" | "exit" | "quitte" | "quitter"] => Word::Quit,
        _ => return None,
    };
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_known_in_both_languages_and_alone_on_their_line() {
        for (fr, en) in WORDS {
            assert_eq!(understand(fr, 0), understand(en, 0), "{fr} {en}");
            assert!(matches!(understand(en, 0), Typed::Word(_)), "{en}");
        }
        let command = |line: &str| Typed::Command(line.to_owned());
        assert_eq!(understand("check this", 0), command("check this"));
        assert_eq!(understand("! map", 0), command("map"));
        assert_eq!(understand("docker run -d x", 0), command("docker run -d x"));
        assert_eq!(understand("language klingon", 0), command("language klingon"));
        assert_eq!(understand("langue en", 0), Typed::Word(Word::Language(Some(Lang::En))));
    }

    #[test]
    fn a_letter_answers_only_an_open_question() {
        assert_eq!(understand("b", 2), Typed::Letter('b'));
        assert_eq!(understand("B)", 2), Typed::Letter('b'));
        assert_eq!(understand("w", 2), Typed::Command("w".to_owned()));
        assert_eq!(understand("b", 0), Typed::Command("b".to_owned()));
        assert_eq!(understand("  ", 2), Typed::Nothing);
    }
}
