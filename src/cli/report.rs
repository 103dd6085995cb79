//! `report`: the scorecard as a document.

use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::check::steps;
use crate::cli::desk::Desk;
use crate::cli::env::Env;
use crate::cli::quiz;
use crate::cli::ui::Ui;
use crate::engine;
use crate::error::Exit;
use crate::error::Result;
use crate::report::Report;

/// Looks once more and writes the whole scorecard; a document that says "not yet" is still a good document.
pub(crate) async fn report(args: &args::LabName, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let mut desk = Desk::open(&args.lab, common, env, ui).await?;
    let (observer, lab) = (desk.observer(), desk.lab.clone());
    let examined = engine::examine(&lab, &steps(&lab, &[])?, &observer, &mut desk.session).await?;
    let report =
        Report { scorecard: &examined.scorecard, daemon: &desk.engine.daemon, stand_ins: &desk.stand_ins };
    let text = report.render(ui.format, ui.lang, &ui.page)?;
    ui.data(&quiz::with_progress(text, &args.lab, common, env, ui)?)?;
    Ok(Exit::Done)
}
