//! Answers chosen with the arrow keys.

use dialoguer::Input;
use dialoguer::MultiSelect;
use dialoguer::Select;
use dialoguer::Sort;

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

/// Asks until there is a reply.
pub(super) fn ask(card: &Card<'_>, ui: &Ui) -> Result<Reply> {
    ui.note_plain(&card.text(ui, false));
    loop {
        let given = match &card.question.kind {
            Kind::One(_) | Kind::TrueFalse(_) | Kind::ComposeFault(_) => one(card, ui)?,
            Kind::Several(_) => several(card, ui)?,
            Kind::Order(_) => order(card, ui)?,
            Kind::Match(matching) => {
                let mut pairs = Vec::new();
                for pair in &matching.pairs {
                    let Some(option) = choose(card, &ui.say(&pair.text), ui)? else { break };
                    pairs.push(format!("{}={option}", pair.id));
                }
                pairs
            }
            Kind::Command(_) | Kind::Output(_) => typed(card, ui)?,
        };
        if !given.is_empty() {
            let given = quiz::settled(card.question, &Answer { given })?;
            return Ok(Reply::Answer(given));
        }
        if let Some(reply) = otherwise(card, ui)? {
            return Ok(reply);
        }
    }
}

fn one(card: &Card<'_>, ui: &Ui) -> Result<Vec<String>> {
    let prompt = ui.say(&say!(
        "Votre réponse (Entrée : choisir, Échap : autre chose)",
        "Your answer (Enter: choose, Esc: something else)"
    ));
    Ok(choose(card, &prompt, ui)?.into_iter().collect())
}

fn choose(card: &Card<'_>, prompt: &str, ui: &Ui) -> Result<Option<String>> {
    let options = card.options();
    // What was chosen is told below, wrapped; dialoguer would cut its lines anywhere.
    let prompt = Select::new().with_prompt(prompt).items(labels(card, ui)).default(0).report(false);
    let chosen = prompt.interact_opt().map_err(stopped)?.and_then(|at| options.get(at));
    if let Some((_, text)) = chosen {
        ui.note_plain(&ui.page.paragraph("> ", &ui.say(text)));
    }
    Ok(chosen.map(|(id, _)| (*id).to_owned()))
}

fn several(card: &Card<'_>, ui: &Ui) -> Result<Vec<String>> {
    let prompt = say!(
        "Cochez (Espace), puis Entrée ; rien de coché : autre chose",
        "Tick (Space), then Enter; nothing ticked: something else"
    );
    let prompt = MultiSelect::new().with_prompt(ui.say(&prompt)).items(labels(card, ui)).report(false);
    let chosen = prompt.interact_opt().map_err(stopped)?.unwrap_or_default();
    let options = card.options();
    Ok(chosen.into_iter().filter_map(|at| options.get(at)).map(|(id, _)| (*id).to_owned()).collect())
}

fn order(card: &Card<'_>, ui: &Ui) -> Result<Vec<String>> {
    let prompt = say!(
        "Espace : prendre ou poser une ligne, flèches : la déplacer, Entrée : valider, Échap : autre chose",
        "Space: take or drop a line, arrows: move it, Enter: done, Esc: something else"
    );
    let sorted =
        Sort::new().with_prompt(ui.say(&prompt)).items(labels(card, ui)).interact_opt().map_err(stopped)?;
    let options = card.options();
    let sorted = sorted.unwrap_or_default();
    Ok(sorted.into_iter().filter_map(|at| options.get(at)).map(|(id, _)| (*id).to_owned()).collect())
}

fn typed(card: &Card<'_>, ui: &Ui) -> Result<Vec<String>> {
    let prompt = match card.question.kind {
        Kind::Output(_) => {
            say!("Ce qui s'affiche (rien : autre chose)", "What is printed (nothing: something else)")
        }
        _ => say!("La commande (rien : autre chose)", "The command (nothing: something else)"),
    };
    let text: String =
        Input::new().with_prompt(ui.say(&prompt)).allow_empty(true).interact_text().map_err(stopped)?;
    Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()).into_iter().collect())
}

/// What can be done instead of an answer.
fn otherwise(card: &Card<'_>, ui: &Ui) -> Result<Option<Reply>> {
    let again = (say!("Revenir à cette question", "Back to this question"), None);
    let choices = if card.exam {
        vec![
            (say!("Laisser pour plus tard", "Leave it for later"), Some(Reply::Leave)),
            (say!("Question précédente", "The question before"), Some(Reply::Back)),
            again,
            (say!("Rendre la copie", "Hand in"), Some(Reply::End)),
        ]
    } else {
        vec![
            (say!("Passer", "Skip"), Some(Reply::Leave)),
            again,
            (say!("Arrêter ici", "Stop here"), Some(Reply::End)),
        ]
    };
    let items: Vec<String> = choices.iter().map(|(text, _)| ui.say(text)).collect();
    let at = Select::new().items(items).default(0).interact().map_err(stopped)?;
    Ok(choices.into_iter().nth(at).and_then(|(_, reply)| reply))
}

/// The options on lines that fit: dialoguer counts bytes, so some room is left for accents.
fn labels(card: &Card<'_>, ui: &Ui) -> Vec<String> {
    let width = ui.page.width.clamp(30, 100).saturating_sub(14);
    let wrapped = |text: &Text| textwrap::wrap(&ui.say(text), width).join("\n    ");
    card.options().iter().map(|(_, text)| wrapped(text)).collect()
}

/// The quiz was broken off at a prompt.
pub(super) fn stopped(error: impl std::fmt::Display) -> Error {
    Error::interrupted(say!("quiz interrompu", "quiz interrupted")).because(error)
}
