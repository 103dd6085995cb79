//! `map`: what is mounted where, now. It only looks: it opens no session and writes nothing down.

use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::desk;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::docker::Engine;
use crate::engine::Session;
use crate::error::Exit;
use crate::error::Result;
use crate::lab;
use crate::report;
use crate::report::Format;
use crate::text::say;
use crate::world::Others;
use crate::world::Storage;

/// Draws the lab's storage, or that of the whole daemon.
pub(crate) async fn map(args: &args::Map, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    ui.format.among(&[Format::Text, Format::Json, Format::Svg])?;
    let shelf = desk::shelf(common);
    shelf.lab(&args.lab, common.prefix.as_deref().unwrap_or_default())?;
    let engine = desk::connect(common, env).await?;
    let storage = match session(args, common, env, &engine)? {
        Some(session) => {
            let lab = shelf.lab(&args.lab, &session.prefix)?;
            engine.storage(|all| all.only(&lab.resources, &session.memory.containers)).await?
        }
        None => engine.storage(|all| all).await?,
    };
    let drawn = match ui.format {
        Format::Json => report::map_json(&storage, &engine.daemon, env::now())?,
        Format::Svg => report::map_svg(&storage, ui.lang),
        _ => terminal(&storage, &engine, ui),
    };
    ui.data(&drawn)?;
    Ok(Exit::Done)
}

/// The open session whose objects are meant, if there is one.
fn session(args: &args::Map, common: &Common, env: &Env, engine: &Engine) -> Result<Option<Session>> {
    if args.all {
        return Ok(None);
    }
    if let Some(prefix) = &common.prefix {
        lab::usable_prefix(prefix)?;
    }
    let found = desk::sessions(env).find(&args.lab, &engine.daemon, common.prefix.as_deref(), &env.here)?;
    Ok(Some(found).filter(|session| session.is_open))
}

fn terminal(storage: &Storage, engine: &Engine, ui: &Ui) -> String {
    let (version, name, place) = (&engine.daemon.version, &engine.daemon.name, &engine.endpoint);
    let daemon = say!("Docker {version} sur {name}, {place}", "Docker {version} on {name}, {place}");
    let mut out = ui.page.faint(ui.page.paragraph("", &ui.say(&daemon)).trim_end()) + "\n\n";
    out.push_str(&report::map_text(storage, ui.lang, &ui.page));
    if storage.others != Others::default() {
        let more = say!("`docker-lab map --all` montre tout.", "`docker-lab map --all` shows everything.");
        out.push_str(&ui.page.paragraph("", &ui.say(&more)));
    }
    out
}
