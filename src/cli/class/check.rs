//! `class check`: every machine side by side, and the sheet.

use std::sync::Arc;

use crate::class::Findings;
use crate::class::Store;
use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::args::Way;
use crate::cli::class::place;
use crate::cli::class::room;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::report;
use crate::report::Format;
use crate::text::say;

/// Looks at every machine once.
pub(crate) async fn check(args: &args::RoomCheck, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    ui.format.among(&report::SHEET_FORMS)?;
    let mut room = room(&args.room, common, env)?;
    Arc::make_mut(&mut room.visitor).remote = (args.via == Way::Remote).then_some(ui.lang);
    let place = place(&args.room, env)?;
    let mut sheet = room.check(env::now()).await;
    // What was seen is shown, also where it cannot be kept.
    let kept = async {
        let mut store = match Store::open(place).await {
            Ok(mut store) => store.keep(&Findings::of(&sheet, &sheet.rows)?).await.map(|()| store),
            Err(error) => Err(error),
        }
        .map_err(not_kept)?;
        store.curves(&sheet.filed()).await
    };
    let trouble = match kept.await {
        Ok(curves) => {
            sheet.curves = curves;
            None
        }
        Err(error) => Some(error),
    };
    if ui.format == Format::Moodle {
        for told in report::not_in_moodle(&sheet) {
            ui.note(&told);
        }
    }
    ui.data(&report::sheet(&sheet, ui.format, ui.lang, &ui.page)?)?;
    match trouble {
        Some(error) => Err(error),
        None => Ok(sheet.exit()),
    }
}

fn not_kept(error: Error) -> Error {
    error.hint(say!(
        "ce contrôle n'est pas gardé ; les précédents le sont toujours",
        "this check is not kept; the earlier ones still are"
    ))
}
