//! `images`: which of the labs' images are here, and how the others come.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use indicatif::MultiProgress;
use indicatif::ProgressBar;
use indicatif::ProgressDrawTarget;
use indicatif::ProgressStyle;

use crate::cli::args::Common;
use crate::cli::args::ImagesAction;
use crate::cli::desk;
use crate::cli::desk::Desk;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::docker::Engine;
use crate::docker::Progress;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::report;
use crate::text::list;
use crate::text::say;

/// Shows, pulls, saves or loads.
pub(crate) async fn images(action: &ImagesAction, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let names = needed(common)?;
    let engine = desk::connect(common, env).await?;
    match action {
        ImagesAction::Status => status(&engine, &names, ui).await,
        ImagesAction::Pull { mirror, quiet } => {
            let missing = missing(&engine, &names).await?;
            pull_all(&engine, &missing, mirror.as_deref(), *quiet, ui).await?;
            Ok(Exit::Done)
        }
        ImagesAction::Save { file } => save(&engine, &names, &env.here.join(file), ui).await,
        ImagesAction::Load { file } => {
            for line in engine.load(&env.here.join(file)).await? {
                ui.note_plain(&format!("{}\n", report::clean(&line)));
            }
            status(&engine, &names, ui).await
        }
    }
}

/// Makes sure that a lab's images are here.
pub(crate) async fn provide(desk: &mut Desk, mirror: Option<&str>, ui: &Ui) -> Result<()> {
    let missing: Vec<String> =
        desk.lab.images.iter().filter(|name| !desk.images.contains(name)).cloned().collect();
    if missing.is_empty() {
        return Ok(());
    }
    pull_all(&desk.engine, &missing, mirror, false, ui).await?;
    desk.look_for_images().await
}

/// The images of all labs on the shelf.
fn needed(common: &Common) -> Result<Vec<String>> {
    let shelf = desk::shelf(common);
    let mut names = Vec::new();
    for id in shelf.labs() {
        names.extend(shelf.lab(&id, "")?.images);
    }
    names.sort();
    names.dedup();
    Ok(names)
}

async fn missing(engine: &Engine, names: &[String]) -> Result<Vec<String>> {
    let mut missing = Vec::new();
    for name in names {
        if engine.image(name).await?.is_none() {
            missing.push(name.clone());
        }
    }
    Ok(missing)
}

async fn status(engine: &Engine, names: &[String], ui: &Ui) -> Result<Exit> {
    let (mut out, mut all) = (String::new(), true);
    for name in names {
        let state = match engine.image(name).await? {
            Some(image) if image.stand_in => {
                let megabytes = image.size / 1_000_000;
                say!("{megabytes} Mo, image de remplacement", "{megabytes} MB, a stand-in")
            }
            Some(image) => {
                let megabytes = image.size / 1_000_000;
                say!("{megabytes} Mo", "{megabytes} MB")
            }
            None => {
                all = false;
                say!("absente", "missing")
            }
        };
        let _ = writeln!(out, "{name:<24} {}", ui.say(&state));
    }
    ui.data(&out)?;
    Ok(if all { Exit::Done } else { Exit::Environment })
}

/// Pulls one after the other; the daemon already fetches layers side by side.
async fn pull_all(
    engine: &Engine,
    names: &[String],
    mirror: Option<&str>,
    quiet: bool,
    ui: &Ui,
) -> Result<()> {
    for name in names {
        if !quiet {
            ui.note(&say!("Téléchargement de l'image `{name}`…", "Pulling the image `{name}`…"));
        }
        let mut bars = Bars::new(quiet);
        engine.pull(name, mirror, |progress| bars.show(&progress)).await?;
    }
    Ok(())
}

/// A bar for each layer.
struct Bars {
    all: MultiProgress,
    bars: BTreeMap<String, ProgressBar>,
}

impl Bars {
    fn new(quiet: bool) -> Bars {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        Bars { all: MultiProgress::with_draw_target(target), bars: BTreeMap::new() }
    }

    fn show(&mut self, progress: &Progress) {
        if progress.total == 0 {
            return;
        }
        let all = &self.all;
        let bar = self.bars.entry(progress.layer.clone()).or_insert_with(|| {
            let style = ProgressStyle::with_template("{prefix:>12} {bar:30} {bytes}/{total_bytes} {msg}");
            let bar = all.add(ProgressBar::new(progress.total));
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_prefix(report::clean(&progress.layer).into_owned());
            bar
        });
        bar.set_length(progress.total);
        bar.set_position(progress.done);
        bar.set_message(report::clean(&progress.status).into_owned());
    }
}

/// How the file that will take a name is called until then; whom else it is for is the shell's mask's to say.
fn beside() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".docker-lab-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}

/// Writes the images beside their final name, and puts the file there when it is whole.
async fn save(engine: &Engine, names: &[String], path: &Path, ui: &Ui) -> Result<Exit> {
    let absent = missing(engine, names).await?;
    if !absent.is_empty() {
        let names = list(&absent);
        return Err(Error::environment(say!("images absentes : {names}", "images missing: {names}"))
            .hint(say!("`docker-lab images pull`", "`docker-lab images pull`")));
    }
    let shown = path.display().to_string();
    let failed = |error: std::io::Error| {
        Error::environment(say!("`{shown}` n'a pas pu être écrit", "`{shown}` could not be written"))
            .because(error)
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Whatever ends this early, Ctrl-C too, it goes with it.
    let partial = beside().tempfile_in(folder).map_err(failed)?;
    let mut file = tokio::fs::File::from_std(partial.reopen().map_err(failed)?);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let bytes = engine.save(&names, &mut file).await?;
    partial.persist(path).map_err(|error| failed(error.error))?;
    let megabytes = bytes / 1_000_000;
    ui.note(&say!("`{shown}` : {megabytes} Mo", "`{shown}`: {megabytes} MB"));
    Ok(Exit::Done)
}
