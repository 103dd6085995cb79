//! `reset`: shows what it would remove, then removes what this lab made and only that.

use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::confirm::confirm;
use crate::cli::desk;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::engine::Entry;
use crate::engine::Removal;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::text::Text;
use crate::text::say;

/// Ends a session and clears what it left.
pub(crate) async fn reset(args: &args::Reset, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let engine = desk::connect(common, env).await?;
    let mut session =
        desk::sessions(env).find(&args.lab, &engine.daemon, common.prefix.as_deref(), &env.here)?;
    let lab = desk::shelf(common).lab(&args.lab, &session.prefix)?;
    if !session.is_open {
        ui.note(&say!(
            "Aucune session ouverte ici : rien ne prouve qu'un objet soit au laboratoire, rien n'est supprimé.",
            "No session is open here: nothing proves an object to be the lab's, nothing is removed."
        ));
        return Ok(Exit::Done);
    }
    let removal = Removal::plan(&lab, &engine, &session.memory).await?;
    for line in removal.lines() {
        ui.note_plain(&ui.page.paragraph("  - ", &ui.say(&line)));
    }
    for line in &removal.unproven {
        let (fr, en) = (&line.fr, &line.en);
        ui.note(&say!(
            "{fr} : gardé. Rien dans le journal ne montre que ce laboratoire l'a créé ; à vous d'en juger.",
            "{en}: kept. Nothing in the journal shows that this lab made it; that is for you to judge."
        ));
    }
    if removal.is_empty() {
        ui.note(&say!(
            "Il n'y a rien à supprimer ; la session est terminée.",
            "There is nothing to remove; the session is ended."
        ));
    } else if !args.yes && !agreed(&say!("Supprimer ces objets ?", "Remove these objects?"), ui).await? {
        ui.note(&say!("Rien n'a été supprimé.", "Nothing was removed."));
        return Ok(Exit::NotYet);
    }
    let image = engine.first_image(&lab.images).await?;
    let workspace = std::path::PathBuf::from(&session.memory.workspace);
    engine.sweep().await?;
    let failures = removal.carry_out(&engine, &workspace, image.as_deref()).await;
    if let Some(first) = failures.first().cloned() {
        failures.iter().skip(1).for_each(|error| ui.complain(error));
        return Err(first.hint(say!(
            "un autre conteneur l'utilise peut-être (`docker ps -a`) ; `docker-lab reset` reprend où il en est",
            "another container may use it (`docker ps -a`); `docker-lab reset` goes on where it is"
        )));
    }
    let removed: Vec<String> = removal.lines().into_iter().map(|line| line.en).collect();
    let count = removed.len();
    session.note(env::now(), &[Entry::Reset { removed }])?;
    if count == 1 {
        ui.note(&say!(
            "Supprimé : un objet du laboratoire, rien d'autre.",
            "Removed: one object of the lab, nothing else."
        ));
    } else if count > 1 {
        ui.note(&say!(
            "Supprimé : {count} objets du laboratoire, rien d'autre.",
            "Removed: {count} objects of the lab, nothing else."
        ));
    }
    Ok(Exit::Done)
}

/// Whether the person in front of the terminal agrees.
pub(super) async fn agreed(question: &Text, ui: &Ui) -> Result<bool> {
    if !ui.interactive {
        return Err(Error::usage(say!(
            "sans terminal, rien n'est supprimé sans accord",
            "without a terminal, nothing is removed unasked"
        ))
        .hint(say!("`--yes` supprime ce qui est annoncé ci-dessus", "`--yes` removes what is told above")));
    }
    confirm(question, ui).await.map_err(|error| {
        Error::interrupted(say!("rien n'a été supprimé", "nothing was removed")).because(error)
    })
}
