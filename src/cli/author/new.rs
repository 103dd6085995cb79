//! `author new`: a small lab to begin with.

use crate::author;
use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::error::Exit;
use crate::error::Result;
use crate::text::say;

/// Writes the lab, and says what comes next.
pub(super) fn new(args: &args::AuthorNew, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let labs = common.labs.clone().unwrap_or_else(|| "labs".into());
    author::scaffold(&env.here.join(&labs), &args.id)?;
    let (id, labs) = (&args.id, labs.display());
    ui.note(&say!("`{labs}/{id}` est écrit. La suite :", "`{labs}/{id}` is written. What comes next:"));
    ui.data(&format!(
        "docker-lab author lint {labs}/{id}\ndocker-lab author test {id} --labs {labs}\ndocker-lab start {id} --labs {labs}\n"
    ))?;
    Ok(Exit::Done)
}
