//! `class serve`: the sheet as a web page, on this machine alone unless another address is named.

use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::mpsc::unbounded_channel;

use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::class::keep::hand;
use crate::cli::class::keep::keep;
use crate::cli::class::room;
use crate::cli::class::store;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::report::Format;
use crate::text::say;
use crate::web;
use crate::web::Guard;

/// Serves a room until somebody stops it.
pub(crate) async fn serve(args: &args::RoomServe, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    ui.format.among(&[Format::Text])?;
    let mut room = room(&args.room, common, env)?;
    Arc::make_mut(&mut room.visitor).draws = true;
    let mut store = store(&args.room, env).await?;
    let address = args.listen;
    let unbound = |error: std::io::Error| {
        Error::environment(say!("impossible d'écouter sur {address}", "cannot listen on {address}"))
            .because(error)
            .hint(say!("un autre port : `--listen 127.0.0.1:0`", "another port: `--listen 127.0.0.1:0`"))
    };
    let listener = TcpListener::bind(address).await.map_err(unbound)?;
    let bound = listener.local_addr().map_err(unbound)?;
    let (guard, token) = if bound.ip().is_loopback() {
        (Guard::Loopback, None)
    } else {
        guarded(&room.visitor.home, args.new_token)?
    };
    let query = token.map(|token| format!("?token={token}")).unwrap_or_default();
    ui.data(&format!("http://{bound}/{query}\n"))?;
    let mut live = room.follow(env::now);
    live.sheet.curves = store.curves(&live.sheet.filed()).await?;
    let (sender, receiver) = tokio::sync::watch::channel(live.sheet.clone());
    let (keeper, news) = unbounded_channel();
    let follow = async {
        while let Some(seen) = live.next().await {
            live.sheet.at = env::now();
            if seen.changed {
                live.sheet.grow(seen.index);
                hand(&live.sheet, seen.index, &keeper)?;
            }
            if seen.changed || seen.beside {
                sender.send_replace(live.sheet.clone());
            }
        }
        std::future::pending::<Result<()>>().await
    };
    tokio::select! {
        served = web::serve(listener, receiver, ui.lang, guard) => served.map(|()| Exit::Done),
        followed = follow => followed.map(|()| Exit::Done),
        () = keep(store, news, ui) => Ok(Exit::Done),
    }
}

/// The room's token: made once, shown then, and kept as a checksum alone.
fn guarded(home: &Path, anew: bool) -> Result<(Guard, Option<String>)> {
    let path = home.join("token");
    if let Some(known) = std::fs::read_to_string(&path).ok().filter(|_| !anew) {
        return Ok((Guard::Token(known.trim().to_owned()), None));
    }
    let token = web::new_token()?;
    let sum = web::sum(&token);
    let shown = path.display().to_string();
    std::fs::create_dir_all(home).and_then(|()| std::fs::write(&path, &sum)).map_err(|error| {
        Error::environment(say!("`{shown}` n'a pas pu être écrit", "`{shown}` could not be written"))
            .because(error)
    })?;
    Ok((Guard::Token(sum), Some(token)))
}
