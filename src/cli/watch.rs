//! `watch`: the same as `check`, again at every change, from the daemon's events.

use std::collections::BTreeSet;

use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::desk::Desk;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::engine;
use crate::engine::Change;
use crate::engine::Status;
use crate::engine::Told;
use crate::engine::Watch;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::report;
use crate::report::Format;
use crate::text::say;

/// Watches until it is interrupted.
pub(crate) async fn watch(args: &args::LabName, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    ui.format.among(&[Format::Text, Format::Ndjson])?;
    let mut desk = Desk::open(&args.lab, common, env, ui).await?;
    let mut watch = Watch::begin(&desk.lab, desk.observer(), &desk.session, env::now).await?;
    let workspace = &desk.session.memory.workspace;
    ui.note(&say!(
        "En veille sur `{workspace}` et sur le moteur Docker. Ctrl-C pour finir.",
        "Watching `{workspace}` and the Docker engine. Ctrl-C ends it."
    ));
    // What `--output` names begins empty.
    ui.data("")?;
    let mut trouble = Trouble::default();
    loop {
        let news = match watch.next(&mut desk.session).await {
            Ok(news) => news,
            Err(error) => {
                trouble.tell(&error, ui);
                continue;
            }
        };
        match news {
            Told::Changes(changes) => {
                if !ui.more(&told(&changes, ui)?)? {
                    return Ok(Exit::Done);
                }
                let Some(card) = watch.scorecard() else { continue };
                let at = env::now();
                if let Err(error) = engine::sketch(&desk.lab, &desk.engine, &mut desk.session, card, at).await
                {
                    trouble.tell(&error, ui);
                }
            }
            Told::Lost(why) => {
                ui.complain(&why);
                ui.note(&say!("docker-lab attend qu'il réponde…", "docker-lab waits for it to answer…"));
            }
            Told::Back => {
                ui.note(&say!("Le moteur Docker répond de nouveau.", "The Docker engine answers again."));
            }
            Told::Ended => {
                ui.note(&say!(
                    "La session a été remise à zéro : il n'y a plus rien à surveiller.",
                    "The session was reset: there is nothing left to watch."
                ));
                return Ok(Exit::Done);
            }
        }
    }
}

/// What went wrong, each told once: a disk that is full now need not stay so.
#[derive(Default)]
struct Trouble(BTreeSet<String>);

impl Trouble {
    fn tell(&mut self, error: &Error, ui: &Ui) {
        if self.0.insert(error.render(ui.lang)) {
            ui.complain(error);
        }
    }
}

/// For programs every change; for people, at the first look, only what is not still to be done.
fn told(changes: &[Change], ui: &Ui) -> Result<String> {
    if ui.format == Format::Ndjson {
        let at = env::now();
        return changes.iter().map(|change| report::change_ndjson(change, at, ui.lang)).collect();
    }
    let quiet = |status: Status| matches!(status, Status::Pending | Status::Blocked);
    let news = changes.iter().filter(|change| !(quiet(change.status) && change.was.is_none_or(quiet)));
    Ok(news.map(|change| report::change_line(change, ui.lang, &ui.page)).collect())
}
