//! `class forget`: deletes what is kept of a learner.

use std::collections::BTreeSet;

use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::class::room;
use crate::cli::class::store;
use crate::cli::env::Env;
use crate::cli::reset::agreed;
use crate::cli::ui::Ui;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::report::Format;
use crate::text::list;
use crate::text::say;

/// Deletes the results and the journals of a learner's machines; the machines themselves are not touched.
pub(crate) async fn forget(args: &args::RoomForget, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    ui.format.among(&[Format::Text])?;
    let room = room(&args.room, common, env)?;
    let (who, mut store) = (&args.learner, store(&args.room, env).await?);
    let filed = store.machines_of(&room.inventory.key, who).await?;
    let known = &room.inventory.machines;
    let theirs = known.iter().filter(|one| one.learner.as_ref() == Some(who) || one.name == *who);
    // Where somebody else sits by now, the journal is theirs too.
    let is_free = |name: &&String| known.iter().all(|one| one.name != **name || one.learner.is_none());
    let journals: BTreeSet<&String> =
        theirs.map(|one| &one.name).chain(filed.iter().filter(is_free)).collect();
    let machines: BTreeSet<&String> = journals.iter().copied().chain(&filed).collect();
    if machines.is_empty() {
        let name = &room.inventory.name;
        return Err(Error::usage(say!(
            "ni participant ni machine `{who}` dans `{name}`",
            "neither a learner nor a machine `{who}` in `{name}`"
        )));
    }
    let names = list(&machines);
    ui.note(&say!(
        "Résultats et preuves gardés ici pour : {names}",
        "Results and evidence that are kept here of: {names}"
    ));
    if !args.yes && !agreed(&say!("Les supprimer ?", "Delete them?"), ui).await? {
        ui.note(&say!("Rien n'a été supprimé.", "Nothing was removed."));
        return Ok(Exit::NotYet);
    }
    let count = store.forget(&room.inventory.key, who).await?;
    for machine in journals {
        room.visitor.forget(machine)?;
    }
    ui.note(&say!(
        "Supprimé : {count} résultats, et les journaux.",
        "Removed: {count} results, and the journals."
    ));
    Ok(Exit::Done)
}
