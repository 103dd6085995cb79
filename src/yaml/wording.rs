//! serde's messages, in both languages.

use crate::text::Text;

/// The openings of serde's messages and how French says them; a name or a value follows.
const OPENINGS: [(&str, &str); 8] = [
    ("unknown field ", "clé inconnue "),
    ("unknown variant ", "genre inconnu "),
    ("missing field ", "clé manquante "),
    ("duplicate field ", "clé en double "),
    ("duplicate entry with key ", "clé en double "),
    ("invalid type: ", "type inattendu : "),
    ("invalid value: ", "valeur inattendue : "),
    ("invalid length ", "longueur inattendue "),
];

/// The words that follow.
const WORDS: [(&str, &str); 16] = [
    ("there are no fields", "aucune clé n'est admise ici"),
    ("expected one of ", "attendu : l'une de "),
    ("a sequence", "une liste"),
    ("a boolean", "`true` ou `false`"),
    ("a string", "un texte"),
    ("a map", "des clés"),
    ("expected a ", "attendu : "),
    ("expected ", "attendu : "),
    ("string ", "texte "),
    ("boolean ", "valeur "),
    ("integer ", "nombre "),
    ("sequence", "liste"),
    ("unit value", "rien"),
    ("inattendu : map,", "inattendu : des clés,"),
    ("` or `", "` ou `"),
    ("floating point ", "nombre "),
];

/// The message in both languages; English stays as serde wrote it.
pub(super) fn of(message: &str) -> Text {
    // `serde_yaml` adds its own idea of the place to some messages; ours is the right one.
    let english = message.split(" at line ").next().unwrap_or(message);
    let mut french = english.to_owned();
    for (en, fr) in OPENINGS {
        if let Some(rest) = french.strip_prefix(en) {
            french = format!("{fr}{rest}");
            break;
        }
    }
    for (en, fr) in WORDS {
        french = french.replace(en, fr);
    }
    Text { fr: french, en: english.to_owned() }
}

/// The key that serde refused, where the message is about one.
pub(super) fn unknown_key(message: &str) -> Option<&str> {
    message.strip_prefix("unknown field `")?.split('`').next()
}
