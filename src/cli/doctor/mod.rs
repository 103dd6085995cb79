//! `doctor`: is this machine fit for the labs? What is wrong is told with the command that mends it; one failure does
//! not hide the next.

mod daemon;
mod machine;

use crate::cli::args::Common;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::error::Exit;
use crate::error::Result;
use crate::report;
use crate::report::Format;

/// Looks at everything that a lab needs.
pub(crate) async fn doctor(common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    ui.format.among(&[Format::Text, Format::Json])?;
    let mut findings = vec![machine::program(env)];
    findings.extend(daemon::findings(common, env).await);
    findings.push(machine::home(env));
    findings.extend(machine::workspace(common, env));
    ui.data(&match ui.format {
        Format::Json => report::checkup_json(&findings, ui.lang)?,
        _ => report::checkup_text(&findings, ui.lang, &ui.page),
    })?;
    let fit = findings.iter().all(|finding| finding.level.is_fit());
    Ok(if fit { Exit::Done } else { Exit::Environment })
}
