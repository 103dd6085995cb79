//! `class report`: what the checks that were kept say, with no machine asked.

use jiff::Span;
use jiff::Timestamp;
use jiff::ToSpan;

use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::class::room;
use crate::cli::class::store;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::report;
use crate::report::Format;
use crate::text::say;

/// Compares the last check with an earlier one.
pub(crate) async fn report(args: &args::RoomReport, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    ui.format.among(&[Format::Text, Format::Json])?;
    let room = room(&args.room, common, env)?;
    let (name, lab, mut store) = (&room.inventory.name, &room.lab.id, store(&args.room, env).await?);
    let (now, filed) = (env::now(), room.filed());
    let Some(latest) = store.at(&filed, now).await? else {
        return Err(Error::usage(say!(
            "aucun contrôle de cette salle n'est gardé",
            "no check of this room is kept"
        ))
        .hint(say!("`docker-lab class check` en fait un", "`docker-lab class check` makes one")));
    };
    let before = match &args.since {
        Some(since) => store.at(&filed, moment(since, now)?).await?,
        None => None,
    };
    let machines: Vec<String> = room.inventory.machines.iter().map(|one| one.name.clone()).collect();
    let compared = report::Compared { room: name, lab, machines: &machines, before, latest };
    let told = if ui.format == Format::Json {
        report::compared_json(&compared)?
    } else {
        report::compared_text(&compared, ui.lang)
    };
    ui.data(&told)?;
    Ok(Exit::Done)
}

/// A moment as it was typed: `2026-03-01T14:00:00Z`, or how long ago: `10min`, `2h`, `1 day`.
fn moment(typed: &str, now: Timestamp) -> Result<Timestamp> {
    if let Ok(moment) = typed.parse::<Timestamp>() {
        return Ok(moment);
    }
    let ago = typed.parse::<Span>().ok().and_then(|span| {
        let hours = i64::from(span.get_weeks()) * 168 + i64::from(span.get_days()) * 24;
        let clock = span.weeks(0).days(0);
        now.checked_sub(clock).ok()?.checked_sub(hours.hours()).ok()
    });
    ago.ok_or_else(|| {
        Error::usage(say!(
            "`{typed}` n'est ni une date ni une durée",
            "`{typed}` is neither a time nor a duration"
        ))
        .hint(say!(
            "par exemple `--since 30min`, `--since 2h` ou `--since 2026-03-01T14:00:00Z`",
            "for instance `--since 30min`, `--since 2h` or `--since 2026-03-01T14:00:00Z`"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_or_a_while_ago() {
        let now: Timestamp = "2026-03-02T12:00:00Z".parse().expect("a time");
        let said = |typed: &str| moment(typed, now).map(|moment| moment.to_string()).ok();
        assert_eq!(said("30min").as_deref(), Some("2026-03-02T11:30:00Z"));
        assert_eq!(said("1 day").as_deref(), Some("2026-03-01T12:00:00Z"));
        assert_eq!(said("2026-03-01T14:00:00+01:00").as_deref(), Some("2026-03-01T13:00:00Z"));
        assert_eq!(said("yesterday"), None);
    }
}
