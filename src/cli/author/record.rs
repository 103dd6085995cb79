//! `author record`: what stands there now, as a file of facts and as checks to choose from.

use crate::author;
use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::author::recorded;
use crate::cli::desk::Desk;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::engine;
use crate::error::Exit;
use crate::error::Result;
use crate::lab::Step;
use crate::text::say;

/// Looks at everything, writes it down, and proposes what a lab could demand of it.
pub(super) async fn record(args: &args::AuthorRecord, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let mut desk = Desk::open(&args.lab, common, env, ui).await?;
    let (observer, lab) = (desk.observer(), desk.lab.clone());
    let all: Vec<&Step> = lab.steps.iter().collect();
    let examined = engine::examine(&lab, &all, &observer, &mut desk.session).await?;
    let proposal = author::proposal(&examined.recording, &lab.prefix);
    let (id, folder) = (&lab.id, args.into.display());
    recorded::write(&env.here.join(&args.into), id, examined.recording)?;
    ui.note(&say!(
        "Les faits sont dans `{folder}/{id}.json.gz`. Ceci passerait maintenant ; choisissez :",
        "The facts are in `{folder}/{id}.json.gz`. This would pass now; choose:"
    ));
    ui.data(&proposal)?;
    Ok(Exit::Done)
}
