//! `images`: which of the labs' images are here, and how the others come.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

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
use crate::engine;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::report;
use crate::text::Text;
use crate::text::list;
use crate::text::say;

/// So long a registry may be silent about an image that is optional.
const SILENCE: Duration = Duration::from_secs(20);

/// An image of the labs.
struct Needed {
    name: String,
    /// The labs that do without it, but for some steps; none where a lab cannot be done without it.
    optional_for: Vec<String>,
}

impl Needed {
    fn is_optional(&self) -> bool {
        !self.optional_for.is_empty()
    }
}

/// Shows, pulls, saves or loads.
pub(crate) async fn images(action: &ImagesAction, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let needed = needed(common)?;
    let engine = desk::connect(common, env).await?;
    match action {
        ImagesAction::Status => status(&engine, &needed, ui).await,
        ImagesAction::Pull { mirror, quiet } => {
            let missing = missing(&engine, &needed).await?;
            let (optional, required): (Vec<&Needed>, Vec<&Needed>) =
                missing.into_iter().partition(|one| one.is_optional());
            let required: Vec<String> = required.into_iter().map(|one| one.name.clone()).collect();
            pull_all(&engine, &required, mirror.as_deref(), *quiet, ui).await?;
            for one in optional {
                if !has_come(&engine, &one.name, mirror.as_deref(), *quiet, ui).await {
                    ui.note(&does_without(one));
                }
            }
            Ok(Exit::Done)
        }
        ImagesAction::Save { file } => save(&engine, &needed, &env.here.join(file), ui).await,
        ImagesAction::Load { file } => {
            for line in engine.load(&env.here.join(file)).await? {
                ui.note_plain(&format!("{}\n", report::clean(&line)));
            }
            status(&engine, &needed, ui).await
        }
    }
}

/// Makes sure that a lab's images are here. One that not every machine can have is tried for, and told where it does not
/// come: what needs it is skipped.
pub(crate) async fn provide(desk: &mut Desk, mirror: Option<&str>, ui: &Ui) -> Result<()> {
    let missing: Vec<String> =
        desk.lab.images.iter().filter(|name| !desk.images.contains(name)).cloned().collect();
    let (optional, required): (Vec<String>, Vec<String>) =
        missing.into_iter().partition(|name| desk.lab.is_optional(name));
    if required.is_empty() && optional.is_empty() {
        return Ok(());
    }
    pull_all(&desk.engine, &required, mirror, false, ui).await?;
    for name in &optional {
        if !has_come(&desk.engine, name, mirror, false, ui).await {
            let (steps, without) = (list(desk.lab.steps_with(name)), engine::without(name));
            let (fr, en) = (without.fr, without.en);
            ui.note(&say!(
                "Étapes sautées, et non jugées : {steps} ; {fr}.",
                "Steps that are skipped, and not judged: {steps}; {en}."
            ));
        }
    }
    desk.look_for_images().await
}

/// The same for whoever proves a lab: nothing of it may be skipped.
pub(crate) async fn provide_all(desk: &mut Desk, ui: &Ui) -> Result<()> {
    let missing: Vec<String> =
        desk.lab.images.iter().filter(|name| !desk.images.contains(name)).cloned().collect();
    if missing.is_empty() {
        return Ok(());
    }
    pull_all(&desk.engine, &missing, None, false, ui).await?;
    desk.look_for_images().await
}

/// The images of all labs on the shelf, by name.
fn needed(common: &Common) -> Result<Vec<Needed>> {
    let shelf = desk::shelf(common);
    // The labs that can do without it, and whether there is one that cannot.
    let mut all: BTreeMap<String, (Vec<String>, bool)> = BTreeMap::new();
    for id in shelf.labs() {
        let lab = shelf.lab(&id, "")?;
        for image in &lab.images {
            let (optional_for, required) = all.entry(image.clone()).or_default();
            if lab.is_optional(image) {
                optional_for.push(id.clone());
            } else {
                *required = true;
            }
        }
    }
    let needed = all.into_iter().map(|(name, (optional_for, required))| {
        let optional_for = if required { Vec::new() } else { optional_for };
        Needed { name, optional_for }
    });
    Ok(needed.collect())
}

async fn missing<'a>(engine: &Engine, needed: &'a [Needed]) -> Result<Vec<&'a Needed>> {
    let mut missing = Vec::new();
    for one in needed {
        if engine.image(&one.name).await?.is_none() {
            missing.push(one);
        }
    }
    Ok(missing)
}

/// What goes without an optional image, and what does not.
fn does_without(one: &Needed) -> Text {
    let (name, labs) = (&one.name, list(&one.optional_for));
    say!(
        "`{name}` est absente, et facultative : sans elle, des étapes de {labs} sont sautées, et non jugées",
        "`{name}` is missing, and optional: without it, steps of {labs} are skipped, and not judged"
    )
}

async fn status(engine: &Engine, needed: &[Needed], ui: &Ui) -> Result<Exit> {
    let (mut out, mut all) = (String::new(), true);
    for one in needed {
        let state = match engine.image(&one.name).await? {
            Some(image) if image.stand_in => {
                let megabytes = image.size / 1_000_000;
                say!("{megabytes} Mo, image de remplacement", "{megabytes} MB, a stand-in")
            }
            Some(image) => {
                let megabytes = image.size / 1_000_000;
                say!("{megabytes} Mo", "{megabytes} MB")
            }
            None if one.is_optional() => {
                let labs = list(&one.optional_for);
                say!(
                    "absente ; facultative : des étapes de {labs} s'en servent",
                    "missing; optional: steps of {labs} use it"
                )
            }
            None => {
                all = false;
                say!("absente", "missing")
            }
        };
        let _ = writeln!(out, "{:<24} {}", one.name, ui.say(&state));
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

/// Tries for an image that is optional. A registry that is silent for long is given up: nobody should have to wait for what
/// is not needed.
async fn has_come(engine: &Engine, name: &str, mirror: Option<&str>, quiet: bool, ui: &Ui) -> bool {
    if !quiet {
        ui.note(&say!("Téléchargement de l'image `{name}`…", "Pulling the image `{name}`…"));
    }
    let mut bars = Bars::new(quiet);
    let (alive, mut heard) = tokio::sync::watch::channel(());
    let pull = engine.pull(name, mirror, |progress| {
        alive.send_replace(());
        bars.show(&progress);
    });
    tokio::pin!(pull);
    loop {
        tokio::select! {
            done = &mut pull => return done.is_ok(),
            moved = tokio::time::timeout(SILENCE, heard.changed()) => {
                if moved.is_err() {
                    return false;
                }
            }
        }
    }
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
async fn save(engine: &Engine, needed: &[Needed], path: &Path, ui: &Ui) -> Result<Exit> {
    let absent = missing(engine, needed).await?;
    let absent: Vec<&str> = absent.iter().map(|one| one.name.as_str()).collect();
    let is_here = |one: &&Needed| !absent.contains(&one.name.as_str());
    for one in needed.iter().filter(|one| one.is_optional() && !is_here(one)) {
        ui.note(&does_without(one));
    }
    if needed.iter().any(|one| !one.is_optional() && !is_here(&one)) {
        let names =
            list(needed.iter().filter(|one| !one.is_optional() && !is_here(one)).map(|one| &one.name));
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
    let names: Vec<&str> = needed.iter().filter(is_here).map(|one| one.name.as_str()).collect();
    let bytes = engine.save(&names, &mut file).await?;
    partial.persist(path).map_err(|error| failed(error.error))?;
    let megabytes = bytes / 1_000_000;
    ui.note(&say!("`{shown}` : {megabytes} Mo", "`{shown}`: {megabytes} MB"));
    Ok(Exit::Done)
}
