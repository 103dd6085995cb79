//! The session's prefix: every name that the lab owns gets it, wherever it stands as a word.

use crate::error::Error;
use crate::error::Result;
use crate::text::say;
use crate::world::Resources;
use crate::yaml::Document;

/// The parts of a lab file in which names stand.
const PARTS: [&str; 6] = ["resources", "tasks", "steps", "criteria", "goal", "mistakes"];

/// Which names change, and to what.
pub(super) struct Prefix {
    prefix: String,
    names: Vec<String>,
}

impl Prefix {
    /// The prefix for a lab's volumes and containers; files stay, since the workspace is the learner's own.
    pub(super) fn new(prefix: &str, owned: &Resources) -> Prefix {
        let joined = if prefix.is_empty() || prefix.ends_with(['_', '-']) {
            prefix.to_owned()
        } else {
            format!("{prefix}_")
        };
        Prefix { prefix: joined, names: owned.volumes.iter().chain(&owned.containers).cloned().collect() }
    }

    /// What is put before a name, joint included.
    pub(super) fn text(&self) -> &str {
        &self.prefix
    }

    /// Changes a whole lab file.
    pub(super) fn apply(&self, document: &mut Document) {
        if !self.prefix.is_empty() {
            document.map_strings(&PARTS, &|text| self.change(text));
        }
    }

    /// Changes a text: a name counts where no letter, digit, `_`, `-`, `.` or `/` touches it.
    pub(super) fn change(&self, text: &str) -> String {
        if self.prefix.is_empty() {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len() + 16);
        let mut word = String::new();
        for letter in text.chars().chain(std::iter::once('\n')) {
            if letter.is_alphanumeric() || "_-./".contains(letter) {
                word.push(letter);
                continue;
            }
            self.put(&word, &mut out);
            word.clear();
            out.push(letter);
        }
        out.pop();
        out
    }

    fn put(&self, word: &str, out: &mut String) {
        // A full stop at the end belongs to the sentence.
        let bare = word.trim_end_matches('.');
        if self.names.iter().any(|name| name == bare) {
            out.push_str(&self.prefix);
        }
        out.push_str(word);
    }
}

/// A prefix becomes part of names, so Docker's rules for names hold.
pub(crate) fn usable_prefix(prefix: &str) -> Result<()> {
    let fits = prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
        && prefix.len() <= 40
        && prefix.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    if fits {
        return Ok(());
    }
    Err(Error::usage(say!(
        "le préfixe `{prefix}` ne convient pas à un nom d'objet Docker",
        "the prefix `{prefix}` does not fit the name of a Docker object"
    ))
    .hint(say!(
        "lettres sans accent, chiffres, `_`, `-` et `.`, 40 au plus, en commençant par une lettre ou un chiffre",
        "plain letters, digits, `_`, `-` and `.`, 40 at most, beginning with a letter or digit"
    )))
}

/// Refuses a prefix that Compose would refuse before a project's name, or would change without a word.
pub(super) fn fits_compose(prefix: &str) -> Result<()> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    if prefix.bytes().all(fits) {
        return Ok(());
    }
    Err(Error::usage(say!(
        "le préfixe `{prefix}` ne convient pas au nom d'un projet Compose, dont ce laboratoire se sert",
        "the prefix `{prefix}` does not fit the name of a Compose project, which this lab uses"
    ))
    .hint(say!("minuscules, chiffres, `_` et `-` seulement", "small letters, digits, `_` and `-` only")))
}

#[cfg(test)]
mod tests {
    #[test]
    fn compose_takes_no_capitals_and_no_full_stops() {
        for good in ["", "ana", "pc-01", "salle_3"] {
            assert!(fits_compose(good).is_ok(), "{good}");
        }
        for bad in ["Ada", "PC-01", "salle.3"] {
            assert!(fits_compose(bad).is_err(), "{bad}");
        }
    }

    use super::*;

    #[test]
    fn only_whole_names_change() {
        let owned = Resources { volumes: vec!["data".to_owned()], ..Resources::default() };
        let prefix = Prefix::new("ana", &owned);
        assert_eq!(
            prefix.change("-v data:/data:ro data. data_copy"),
            "-v ana_data:/data:ro ana_data. data_copy"
        );
        assert_eq!(Prefix::new("", &owned).change("data"), "data");
        assert_eq!(Prefix::new("b-", &owned).change("data"), "b-data");
    }
}
