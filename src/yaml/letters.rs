//! Letters that have no place in a file of ours: they would reach a learner's terminal, or hide what a text says.

use serde_yaml::Value;

use crate::text::say;
use crate::yaml::Document;
use crate::yaml::item;
use crate::yaml::join;

/// Complains of every key and text below `path` that holds such a letter.
pub(super) fn complain(document: &Document, value: &Value, path: &str) {
    match value {
        Value::String(text) => of_text(document, path, text),
        Value::Sequence(items) => {
            for (index, value) in items.iter().enumerate() {
                complain(document, value, &item(path, index));
            }
        }
        Value::Mapping(map) => {
            for (key, value) in map {
                let key = key.as_str().unwrap_or_default();
                of_text(document, path, key);
                complain(document, value, &join(path, key));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Tagged(_) => {}
    }
}

fn of_text(document: &Document, path: &str, text: &str) {
    if let Some(letter) = text.chars().find(|letter| is_hostile(*letter)) {
        let code = u32::from(letter);
        document.complain(
            path,
            say!(
                "caractère de commande U+{code:04X} : un terminal y obéirait",
                "control character U+{code:04X}: a terminal would obey it"
            ),
        );
    }
}

/// Escape sequences and the like, and marks that turn the direction of what follows.
fn is_hostile(letter: char) -> bool {
    (letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'))
        || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
