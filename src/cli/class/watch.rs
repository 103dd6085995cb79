//! `class watch`: a line for each machine, and another whenever something changes there.

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
use crate::error::Exit;
use crate::error::Result;
use crate::report;
use crate::report::Format;

/// Follows a room until somebody stops it.
pub(crate) async fn watch(args: &args::Room, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    ui.format.among(&[Format::Text])?;
    let room = room(args, common, env)?;
    let store = store(args, env).await?;
    let mut live = room.follow(env::now);
    let (keeper, news) = unbounded_channel();
    let follow = async {
        // Taken along, so that the one who keeps knows when nothing more comes.
        let keeper = keeper;
        while let Some(seen) = live.next().await {
            if seen.changed {
                live.sheet.at = env::now();
                let text = report::sheet_line(&live.sheet, seen.index, live.sheet.at, ui.lang, &ui.page);
                let is_read = ui.more(&text)?;
                hand(&live.sheet, seen.index, &keeper)?;
                if !is_read {
                    break;
                }
            }
        }
        Ok(Exit::Done)
    };
    tokio::join!(follow, keep(store, news, ui)).0
}
