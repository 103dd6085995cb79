//! `author export`: a quiz for Moodle or for paper.

use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::args::Target;
use crate::cli::env::Env;
use crate::cli::quiz;
use crate::cli::ui::Ui;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::quiz::Quiz;
use crate::quiz::exchange;
use crate::quiz::paper;
use crate::quiz::paper::Wish;
use crate::text::say;

/// Writes the quiz, or the paper of a seed, in another form.
pub(super) fn export(args: &args::Export, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let whole = quiz::read(&args.quiz, common)?;
    let quiz = chosen(&whole, args);
    let lang = ui.lang;
    match args.to {
        Target::Gift | Target::Moodle => {
            for note in exchange::losses(&quiz, lang) {
                ui.note(&note);
            }
            let write = if args.to == Target::Gift { exchange::write_gift } else { exchange::write_moodle };
            ui.data(&write(&quiz, lang))?;
        }
        Target::Html => ui.data(&exchange::write_html(&quiz, lang))?,
    }
    if let Some(file) = &args.key {
        let shown = file.display();
        std::fs::write(env.here.join(file), exchange::write_key(&quiz, lang)).map_err(|error| {
            Error::environment(say!("`{shown}` n'a pas pu être écrit", "`{shown}` could not be written"))
                .because(error)
        })?;
    } else if args.to == Target::Html {
        ui.note(&say!("Le corrigé : `--key FICHIER`.", "The key: `--key FILE`."));
    }
    Ok(Exit::Done)
}

/// The questions of a paper, or all of them; options keep the bank's order, so that letters mean what they do in a file
/// of answers.
fn chosen(quiz: &Quiz, args: &args::Export) -> Quiz {
    if args.seed.is_none() && args.questions.is_none() {
        return quiz.clone();
    }
    let usual = args.seed.map(|_| quiz::usual_count(quiz, args.exam));
    let wish = Wish { count: args.questions.or(usual), ..Wish::default() };
    let ids = paper::draw(quiz, args.seed.unwrap_or_default(), &wish);
    let questions = ids.iter().filter_map(|id| quiz.question(id).cloned()).collect();
    Quiz { questions, ..quiz.clone() }
}
