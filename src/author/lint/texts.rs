//! Texts: said in both languages, and not twice in the same.

use crate::text::say;
use crate::yaml;
use crate::yaml::Document;
use crate::yaml::Node;

/// From so many words on, what is the same in both languages was not translated.
const PHRASE: usize = 4;

/// Complains of every `{fr, en}` below `path` whose two wordings are one.
pub(super) fn complain(document: &Document, node: &Node, path: &str) {
    match node {
        Node::Mapping(map) => {
            let part = |key: &str| node.get(key).and_then(Node::as_str);
            if let (Some(fr), Some(en)) = (part("fr"), part("en"))
                && fr.trim() == en.trim()
                && words(fr) >= PHRASE
            {
                document.complain(
                    path,
                    say!(
                        "le texte est le même dans les deux langues",
                        "the text is the same in both languages"
                    ),
                );
            }
            for (key, value) in map {
                complain(document, value, &yaml::join(path, key.as_str().unwrap_or_default()));
            }
        }
        Node::Sequence(items) => {
            for (index, value) in items.iter().enumerate() {
                complain(document, value, &yaml::item(path, index));
            }
        }
        Node::Null | Node::Bool(_) | Node::Number(_) | Node::String(_) | Node::Tagged(_) => {}
    }
}

/// How many words there are outside commands.
fn words(text: &str) -> usize {
    text.split('`').step_by(2).flat_map(str::split_whitespace).count()
}
