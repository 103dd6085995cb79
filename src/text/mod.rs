//! Text in the two languages of the program, and the choice between them.

mod typography;

use std::borrow::Cow;

use serde::Deserialize;
use serde::Serialize;

/// A language of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Lang {
    /// French, the language of the course, and the default.
    #[default]
    Fr,
    /// English.
    En,
}

impl Lang {
    /// The two-letter code, as it stands in a report.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Lang::Fr => "fr",
            Lang::En => "en",
        }
    }

    /// The language a locale name such as `en_GB.UTF-8` asks for; `None` where it says nothing useful
    /// (`C`, `POSIX`, empty, or a language that the program does not speak).
    pub(crate) fn from_locale(locale: &str) -> Option<Lang> {
        match locale.get(..2)?.to_ascii_lowercase().as_str() {
            "fr" => Some(Lang::Fr),
            "en" => Some(Lang::En),
            _ => None,
        }
    }
}

/// One sentence (or title, or paragraph) in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Text {
    /// The French wording; ordinary spaces are enough, see [`Text::get`].
    pub fr: String,
    /// The English wording.
    pub en: String,
}

impl Text {
    /// A text that is the same in both languages: a name, a command, a number.
    pub(crate) fn same(text: impl Into<String>) -> Text {
        let fr = text.into();
        Text { en: fr.clone(), fr }
    }

    /// The wording in `lang`. French gets its non-breaking spaces here, so that nobody has to type them.
    pub(crate) fn get(&self, lang: Lang) -> Cow<'_, str> {
        match lang {
            Lang::Fr => typography::french(&self.fr),
            Lang::En => Cow::Borrowed(&self.en),
        }
    }

    /// Whether one of the two wordings says nothing.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.fr.trim().is_empty() || self.en.trim().is_empty()
    }
}

/// Builds a [`Text`] from a French and an English format string, in this order; both may name variables in
/// scope: `say!("volume {name} absent", "volume {name} is missing")`.
macro_rules! say {
    ($fr:literal, $en:literal $(,)?) => {
        $crate::text::Text { fr: format!($fr), en: format!($en) }
    };
}
pub(crate) use say;

/// Joins names for a sentence: `a, b, c`.
pub(crate) fn list<I, S>(names: I) -> String
where
    I: IntoIterator<Item = S>,
    S: AsRef<str>,
{
    let names: Vec<String> = names.into_iter().map(|name| name.as_ref().to_owned()).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_names_a_language_or_nothing() {
        assert_eq!(Lang::from_locale("fr_CH.UTF-8"), Some(Lang::Fr));
        assert_eq!(Lang::from_locale("en"), Some(Lang::En));
        assert_eq!(Lang::from_locale("C.UTF-8"), None);
        assert_eq!(Lang::from_locale(""), None);
        assert_eq!(Lang::from_locale("é"), None);
    }
}
