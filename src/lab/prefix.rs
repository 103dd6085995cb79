//! The session's prefix: every name that the lab owns gets it, wherever it stands as a word.

use crate::world::Resources;
use crate::yaml::Document;

/// The parts of a lab file in which names stand.
const PARTS: [&str; 5] = ["resources", "tasks", "steps", "criteria", "goal"];

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

#[cfg(test)]
mod tests {
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
