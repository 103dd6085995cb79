//! `class reset`: the plan for every machine first, then what was agreed to.

use crate::class::Plan;
use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::class::room;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::reset::agreed;
use crate::cli::ui::Ui;
use crate::error::Exit;
use crate::error::Result;
use crate::report::Format;
use crate::text::list;
use crate::text::say;

/// Clears what the lab left on the machines of a room.
pub(crate) async fn reset(args: &args::RoomReset, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    ui.format.among(&[Format::Text])?;
    let room = room(&args.room, common, env)?;
    let plans = room.plan_reset().await;
    let mut trouble = false;
    for plan in &plans {
        trouble |= !tell(plan, ui);
    }
    let ending: Vec<usize> = plans.iter().filter_map(Plan::proofs).collect();
    if ending.is_empty() {
        ui.note(&say!("Il n'y a rien à supprimer.", "There is nothing to remove."));
        return Ok(if trouble { Exit::Environment } else { Exit::Done });
    }
    let (sessions, proofs) = (ending.len(), ending.iter().sum::<usize>());
    ui.note(&say!(
        "Sessions qui prennent fin : {sessions}. Preuves qui ne compteront plus : {proofs}.",
        "Sessions that end: {sessions}. Proofs that no longer count: {proofs}."
    ));
    // Where there is nothing to remove, what was proven is lost all the same.
    if !args.yes && !agreed(&say!("Vider cette salle ?", "Clear this room?"), ui).await? {
        ui.note(&say!("Rien n'a été supprimé.", "Nothing was removed."));
        return Ok(Exit::NotYet);
    }
    let mut removed = 0;
    for cleared in room.reset(plans, env::now()).await {
        removed += cleared.removed;
        for error in &cleared.failures {
            trouble = true;
            let name = &cleared.machine.name;
            let (fr, en) = (&error.what.fr, &error.what.en);
            ui.note(&say!("{name} : {fr}", "{name}: {en}"));
        }
    }
    if removed > 0 {
        ui.note(&say!(
            "Supprimé : {removed} objets du laboratoire, rien d'autre.",
            "Removed: {removed} objects of the lab, nothing else."
        ));
    }
    Ok(if trouble { Exit::Environment } else { Exit::Done })
}

/// Tells a machine's plan; answers whether the machine could be asked.
fn tell(plan: &Plan, ui: &Ui) -> bool {
    let name = &plan.machine.name;
    match &plan.removal {
        Ok(removal) => {
            if let (true, Some(proofs)) = (removal.is_empty(), plan.proofs()) {
                ui.note(&say!(
                    "{name} : rien à supprimer ; sa session prend fin, avec ses preuves ({proofs})",
                    "{name}: nothing to remove; its session ends, with its proofs ({proofs})"
                ));
            }
            for line in removal.lines() {
                ui.note_plain(&ui.page.paragraph(&format!("  - {name}: "), &ui.say(&line)));
            }
            if !plan.files.is_empty() {
                let files = list(&plan.files);
                ui.note(&say!(
                    "{name}, gardé dans le dossier de travail : {files}. Effacez-les sur place : ils compteraient pour le groupe suivant.",
                    "{name}, kept in the workspace: {files}. Delete them there: they would count for the next group."
                ));
            }
            if !removal.unproven.is_empty() {
                let (fr, en) = (
                    list(removal.unproven.iter().map(|line| &line.fr)),
                    list(removal.unproven.iter().map(|line| &line.en)),
                );
                ui.note(&say!(
                    "{name}, gardé : {fr}. Rien ne montre que ce laboratoire l'a créé ; à vous d'en juger.",
                    "{name}, kept: {en}. Nothing shows that this lab made it; that is for you to judge."
                ));
            }
            true
        }
        Err(error) => {
            let (fr, en) = (&error.what.fr, &error.what.en);
            ui.note(&say!("{name} : {fr}", "{name}: {en}"));
            false
        }
    }
}
