//! Wrong use, told in the chosen language.

use std::process::ExitCode;

use clap::error::ContextKind;
use clap::error::ErrorKind;

use crate::error::Error;
use crate::error::Exit;
use crate::text::Lang;
use crate::text::Text;
use crate::text::say;

/// Help and version go to stdout and succeed; wrong use goes to stderr. `name` is what a person types to call us.
pub(super) fn tell(error: &clap::Error, lang: Lang, name: &str) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            Exit::Done.into()
        }
        // A bare `docker-lab` shows what there is.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            Exit::Usage.into()
        }
        kind => {
            let told = in_words(error, kind).hint(say!("`{name} --help`", "`{name} --help`"));
            let _ = std::io::Write::write_all(&mut std::io::stderr(), (told.render(lang) + "\n").as_bytes());
            Exit::Usage.into()
        }
    }
}

fn in_words(error: &clap::Error, kind: ErrorKind) -> Error {
    let word = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let (arg, value, sub) = (
        word(ContextKind::InvalidArg),
        word(ContextKind::InvalidValue),
        word(ContextKind::InvalidSubcommand),
    );
    let what = match kind {
        ErrorKind::UnknownArgument => {
            say!("l'argument `{arg}` n'existe pas ici", "the argument `{arg}` does not exist here")
        }
        ErrorKind::InvalidSubcommand => {
            say!("il n'y a pas de commande `{sub}`", "there is no command `{sub}`")
        }
        ErrorKind::InvalidValue if value.is_empty() => {
            say!("`{arg}` attend une valeur", "`{arg}` needs a value")
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            say!("`{value}` ne convient pas à `{arg}`", "`{value}` does not fit `{arg}`")
        }
        ErrorKind::MissingRequiredArgument => say!("il manque `{arg}`", "`{arg}` is missing"),
        ErrorKind::ArgumentConflict => {
            say!("`{arg}` ne va pas avec un autre argument", "`{arg}` does not go with another argument")
        }
        _ => Text {
            fr: "la commande n'est pas comprise".to_owned(),
            en: "the command is not understood".to_owned(),
        },
    };
    let told = Error::usage(what);
    let known = word(ContextKind::ValidValue);
    let likely = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let likely = likely.into_iter().map(word).find(|word| !word.is_empty());
    let told = match likely {
        Some(likely) => told.hint(say!("peut-être `{likely}` ?", "perhaps `{likely}`?")),
        None => told,
    };
    if known.is_empty() { told } else { told.hint(say!("possible : {known}", "possible: {known}")) }
}
