//! Answers typed on a line: letters, numbers or a command. Nothing on the screen moves, so that it suits a screen reader,
//! a Braille display or a dumb terminal.

use std::io::BufRead;

use crate::cli::quiz::card::Card;
use crate::cli::quiz::card::Reply;
use crate::cli::ui::Ui;
use crate::error::Error;
use crate::error::Result;
use crate::quiz;
use crate::quiz::Answer;
use crate::quiz::Kind;
use crate::text::Text;
use crate::text::say;

/// Asks until there is a reply that can be understood.
pub(super) fn ask(card: &Card<'_>, ui: &Ui) -> Result<Reply> {
    ui.note_plain(&card.text(ui, true));
    loop {
        ui.note_plain(&format!("{}\n> ", ui.page.paragraph("", &ui.say(&how(card))).trim_end()));
        let line = line()?;
        match line.trim() {
            "" => return Ok(Reply::Leave),
            "<" if card.exam => return Ok(Reply::Back),
            "!" => return Ok(Reply::End),
            text => {
                let given = meant(card, text);
                match quiz::settled(card.question, &Answer { given }) {
                    Ok(given) => return Ok(Reply::Answer(given)),
                    Err(error) => ui.complain(&error),
                }
            }
        }
    }
}

fn how(card: &Card<'_>) -> Text {
    let what = match &card.question.kind {
        Kind::One(_) | Kind::TrueFalse(_) => say!("une lettre", "a letter"),
        Kind::ComposeFault(_) => say!("une lettre ou un numéro de ligne", "a letter or the number of a line"),
        Kind::Several(_) => {
            say!("une ou plusieurs lettres, par exemple : a c", "one or more letters, such as: a c")
        }
        Kind::Order(_) => say!(
            "toutes les lettres dans l'ordre, par exemple : b a c",
            "all letters in order, such as: b a c"
        ),
        Kind::Match(_) => say!(
            "une lettre par numéro, dans l'ordre, par exemple : b a c",
            "a letter for each number, in order, such as: b a c"
        ),
        Kind::Command(_) => say!("la commande", "the command"),
        Kind::Output(_) => say!("ce qui s'affiche", "what is printed"),
    };
    let Text { fr, en } = what;
    if card.exam {
        say!(
            "Tapez {fr} (Entrée : plus tard, < : question précédente, ! : rendre la copie)",
            "Type {en} (Enter: later, <: the question before, !: hand in)"
        )
    } else {
        say!("Tapez {fr} (Entrée : passer, ! : arrêter)", "Type {en} (Enter: skip, !: stop)")
    }
}

/// What was typed, with ids in place of the letters on the screen.
fn meant(card: &Card<'_>, text: &str) -> Vec<String> {
    match &card.question.kind {
        Kind::Command(_) | Kind::Output(_) => vec![text.to_owned()],
        Kind::TrueFalse(_) | Kind::ComposeFault(_) | Kind::One(_) => vec![card.by_letter(text)],
        Kind::Several(_) | Kind::Order(_) | Kind::Match(_) => {
            let words = text.split([',', ' ', ';']).filter(|word| !word.is_empty());
            words
                .map(|word| match word.split_once('=') {
                    Some((thing, letter)) => format!("{thing}={}", card.by_letter(letter)),
                    None => card.by_letter(word),
                })
                .collect()
        }
    }
}

fn line() -> Result<String> {
    let mut line = String::new();
    match std::io::stdin().lock().read_line(&mut line) {
        Ok(read) if read > 0 => Ok(line),
        Ok(_) | Err(_) => Err(Error::interrupted(say!("quiz interrompu", "quiz interrupted"))),
    }
}
