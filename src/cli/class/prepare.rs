//! `class prepare`: the images on every machine, with a bar for each.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;

use indicatif::MultiProgress;
use indicatif::ProgressBar;
use indicatif::ProgressDrawTarget;
use indicatif::ProgressStyle;

use crate::class::Hear;
use crate::class::Machine;
use crate::class::Prepared;
use crate::class::Room;
use crate::class::Source;
use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::class::room;
use crate::cli::desk;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::report;
use crate::report::Format;
use crate::text::Text;
use crate::text::list;
use crate::text::say;

/// Brings the images to every machine, and begins its session.
pub(crate) async fn prepare(args: &args::RoomPrepare, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    ui.format.among(&[Format::Text])?;
    let room = room(&args.room, common, env)?;
    let source = if args.pull || args.mirror.is_some() {
        Source::Registry(args.mirror.clone())
    } else {
        own_images(&room, common, env).await?
    };
    let (hear, bars) = bars(ui.page.plain || args.quiet);
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel::<(Machine, Result<Prepared>)>();
    // A file begins empty, and grows with each machine.
    ui.data("")?;
    let telling = async {
        let mut trouble = false;
        while let Some((machine, outcome)) = told.recv().await {
            trouble |= outcome.is_err();
            let (name, what) = (report::clean(&machine.name), ui.say(&in_words(&outcome)));
            bars.suspend(|| ui.more(&format!("{name}  {}\n", report::clean(&what))))?;
        }
        Ok(if trouble { Exit::Environment } else { Exit::Done })
    };
    let ((), told) = tokio::join!(room.prepare(&source, (&hear, tell), env::now()), telling);
    told
}

fn in_words(outcome: &Result<Prepared>) -> Text {
    match outcome {
        Ok(Prepared::Ready) => say!("prête", "ready"),
        Ok(Prepared::Came(count)) => say!("prête, {count} images envoyées", "ready, {count} images sent"),
        Err(error) => {
            let (fr, en) = (&error.what.fr, &error.what.en);
            let cause = error.cause.as_ref().map(|cause| format!(" ({cause})")).unwrap_or_default();
            say!("✗ {fr}{cause}", "✗ {en}{cause}")
        }
    }
}

/// The trainer's own daemon, where it has all of them.
async fn own_images(room: &Room, common: &Common, env: &Env) -> Result<Source> {
    let own = desk::connect(common, env).await?;
    let (mut missing, mut total) = (Vec::new(), 0);
    for name in &room.lab.images {
        match own.image(name).await? {
            Some(image) => total += image.size,
            None if room.lab.is_optional(name) => {}
            None => missing.push(name),
        }
    }
    if missing.is_empty() {
        return Ok(Source::Daemon(Box::new(own), total));
    }
    let names = list(missing);
    Err(Error::environment(say!("images absentes d'ici : {names}", "images missing here: {names}"))
        .hint(say!("`docker-lab images pull`", "`docker-lab images pull`"))
        .hint(say!(
            "`docker-lab class prepare --pull` : chaque machine les télécharge elle-même",
            "`docker-lab class prepare --pull`: each machine pulls them itself"
        )))
}

/// A bar for each machine that is sent something, and all of them together.
fn bars(quiet: bool) -> (Hear, MultiProgress) {
    let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let all = MultiProgress::with_draw_target(target);
    let shown = all.clone();
    let bars: Mutex<BTreeMap<String, ProgressBar>> = Mutex::new(BTreeMap::new());
    let hear: Hear = Arc::new(move |machine: &str, done: u64, total: u64| {
        let Ok(mut bars) = bars.lock() else { return };
        let bar = bars.entry(machine.to_owned()).or_insert_with(|| {
            let style = ProgressStyle::with_template("{prefix:>16} {bar:30} {bytes}/{total_bytes}");
            let bar = all.add(ProgressBar::new(total));
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_prefix(report::clean(machine).into_owned());
            bar
        });
        // Layers are smaller in a file than on the disk, or a little larger.
        bar.set_length(total.max(done));
        bar.set_position(done);
    });
    (hear, shown)
}
