//! `status`: where the learner stands, by the journal alone.

use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::desk;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::engine;
use crate::engine::Scorecard;
use crate::error::Exit;
use crate::error::Result;
use crate::lab::Lab;
use crate::report::Report;
use crate::text::Lang;
use crate::text::say;
use crate::world::Daemon;
use crate::world::Facts;
use crate::world::Memory;

/// Shows what is remembered.
pub(crate) fn status(args: &args::LabName, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let session = desk::sessions(env).last_open(&args.lab, common.prefix.as_deref(), &env.here)?;
    let prefix = session.as_ref().map_or("", |session| session.prefix.as_str());
    let lab = desk::shelf(common).lab(&args.lab, common.prefix.as_deref().unwrap_or(prefix))?;
    let nothing = Memory::default();
    let memory = session.as_ref().map_or(&nothing, |session| &session.memory);
    let card = remembered(&lab, memory);
    if ui.format != crate::report::Format::Text {
        let report = Report { scorecard: &card, daemon: &Daemon::default(), stand_ins: &[] };
        ui.data(&report.render(ui.format, ui.lang, &ui.page)?)?;
        return Ok(Exit::Done);
    }
    let mut out = ui.page.heading(&ui.say(&lab.title));
    if session.is_none() {
        let id = &lab.id;
        let note =
            say!("Pas encore commencé : `docker-lab start {id}`.", "Not begun yet: `docker-lab start {id}`.");
        out.push_str(&ui.page.paragraph("", &ui.say(&note)));
    }
    for (index, step) in card.steps.iter().enumerate() {
        let passed = step.checks.iter().filter(|check| check.evidence.is_some()).count();
        let (title, count) = (step.title.get(ui.lang), step.checks.len());
        let text = format!("{}. {title} ({passed}/{count})", index + 1);
        out.push_str(&ui.page.marked("  ", step.status, ui.lang, &text));
    }
    out.push_str(&total(&card, ui.lang));
    ui.data(&out)?;
    Ok(Exit::Done)
}

/// The scorecard that the journal alone gives.
pub(crate) fn remembered(lab: &Lab, memory: &Memory) -> Scorecard {
    engine::judge(lab, &[], &Facts::default(), memory, env::now())
}

fn total(card: &Scorecard, lang: Lang) -> String {
    let (points, max) = (card.points(), card.max());
    format!("{}\n", say!("{points} points sur {max}", "{points} of {max} points").get(lang))
}
