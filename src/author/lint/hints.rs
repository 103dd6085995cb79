//! Hints: from a nudge to nearly the answer, never the answer at once, and never a danger to others.

use crate::author::lint::dangerous;
use crate::author::lint::spans;
use crate::engine;
use crate::engine::Shell;
use crate::lab::Hint;
use crate::lab::Lab;
use crate::lab::Step;
use crate::text::say;
use crate::yaml;
use crate::yaml::Document;

/// Complains of the hints that give too much away.
pub(super) fn complain(document: &Document, lab: &Lab) {
    for (at, step) in lab.steps.iter().enumerate() {
        let path = yaml::join(&yaml::item("steps", at), "hints");
        let answer = answer(lab, step);
        for (index, hint) in step.hints.iter().enumerate() {
            let path = yaml::item(&path, index);
            let given = answer.iter().filter(|command| gives(hint, command)).count();
            if index == 0 && given > 0 {
                let what = say!(
                    "la première piste donne déjà une commande entière : qu'elle pousse seulement du coude",
                    "the first hint gives a whole command away: let it only nudge"
                );
                document.complain(&path, what);
            } else if answer.len() > 1 && given == answer.len() {
                let what = say!(
                    "cette piste donne toutes les commandes de l'étape : il y a `solution` pour cela",
                    "this hint gives all commands of the step: that is what `solution` is for"
                );
                document.complain(&path, what);
            }
            for what in spans(&hint.fr).chain(spans(&hint.en)).filter_map(dangerous) {
                document.complain(&path, what);
            }
        }
        if step.hints.len() == 1 {
            let what = say!(
                "une seule piste : il en faut une qui pousse du coude, et une qui donne presque la réponse",
                "only one hint: one that nudges is needed, and one that nearly gives the answer"
            );
            document.complain(&path, what);
        }
    }
}

/// The commands of docker's by which a step is done, each on a line.
fn answer(lab: &Lab, step: &Step) -> Vec<String> {
    let render = |operation| engine::render(lab, step, operation, Shell::Bash).replace("\\\n", " ");
    let whole: Vec<String> = step.operations.iter().map(render).collect();
    let lines = whole.iter().flat_map(|text| text.lines()).map(tight);
    // Docker's own words with a name or two are the answer only where there is little else to say.
    lines.filter(|line| line.starts_with("docker ")).collect()
}

fn gives(hint: &Hint, command: &str) -> bool {
    [&hint.fr, &hint.en].into_iter().any(|text| tight(text).contains(command))
}

fn tight(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
