//! What most commands need at hand: the daemon, the lab, its session, and somebody to look.

use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use crate::cli::args::Common;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::docker::Endpoint;
use crate::docker::Engine;
use crate::engine;
use crate::engine::Entry;
use crate::engine::Observer;
use crate::engine::Session;
use crate::engine::Sessions;
use crate::error::Error;
use crate::error::Result;
use crate::lab::Lab;
use crate::lab::Shelf;
use crate::text::say;

/// A lab on a daemon, with its session open.
pub(crate) struct Desk {
    /// The daemon.
    pub engine: Engine,
    /// The lab, its names prefixed.
    pub lab: Lab,
    /// The session.
    pub session: Session,
    /// The lab's images that only stand in for the real ones.
    pub stand_ins: Vec<String>,
    /// The lab's images that are here.
    pub images: Vec<String>,
    limit: Duration,
}

/// The shelf that the arguments name.
pub(crate) fn shelf(common: &Common) -> Shelf {
    Shelf { labs: common.labs.clone(), quizzes: common.quizzes.clone() }
}

/// The sessions on this machine.
pub(crate) fn sessions(env: &Env) -> Sessions {
    Sessions::new(&env.home)
}

/// Connects to the daemon that is meant.
pub(crate) async fn connect(common: &Common, env: &Env) -> Result<Engine> {
    Engine::connect(&Endpoint::resolve(&env.docker)?, limit(common)).await
}

/// How long one request may take.
fn limit(common: &Common) -> Duration {
    Duration::from_secs(common.timeout.max(1))
}

impl Desk {
    /// Connects and finds the session; opens one where there is none, or refuses where the lab's names are taken.
    pub(crate) async fn open(lab: &str, common: &Common, env: &Env, ui: &Ui) -> Result<Desk> {
        let shelf = shelf(common);
        // A lab that is not valid is told before the daemon is asked.
        shelf.lab(lab, common.prefix.as_deref().unwrap_or_default())?;
        let engine = connect(common, env).await?;
        let prefix = common.prefix.as_deref();
        if let Some(prefix) = prefix {
            usable_prefix(prefix)?;
        }
        let mut session = sessions(env).find(lab, &engine.daemon, prefix, &env.here)?;
        if session.was_torn() {
            ui.note(&say!(
                "La dernière ligne du journal était inachevée (arrêt brutal ?) : elle est ignorée.",
                "The journal's last line was unfinished (a sudden stop?): it is left out."
            ));
        }
        let lab = shelf.lab(lab, &session.prefix)?;
        if session.is_open {
            same_workspace(common, env, &session)?;
        } else {
            let workspace = workspace(common, env)?;
            begin(&lab, &engine, &mut session, &workspace).await?;
        }
        let mut desk =
            Desk { engine, lab, session, stand_ins: Vec::new(), images: Vec::new(), limit: limit(common) };
        desk.look_for_images().await?;
        desk.engine.sweep().await?;
        Ok(desk)
    }

    /// Looks again which of the lab's images are here.
    pub(crate) async fn look_for_images(&mut self) -> Result<()> {
        self.images.clear();
        self.stand_ins.clear();
        for name in &self.lab.images {
            let Some(image) = self.engine.image(name).await? else { continue };
            self.images.push(name.clone());
            if image.stand_in {
                self.stand_ins.push(name.clone());
            }
        }
        Ok(())
    }

    /// The learner's folder.
    pub(crate) fn workspace(&self) -> PathBuf {
        PathBuf::from(&self.session.memory.workspace)
    }

    /// Somebody to look, now.
    pub(crate) fn observer(&self) -> Observer {
        Observer {
            engine: self.engine.clone(),
            workspace: self.workspace(),
            images: self.images.clone(),
            known: [&self.session.memory.baseline.volumes[..], &self.lab.resources.volumes].concat(),
            script_image: self.lab.images.last().filter(|last| self.images.contains(last)).cloned(),
            trials: self.session.memory.trials.clone(),
            began: self.session.memory.began,
            limit: self.limit,
            now: env::now(),
        }
    }
}

/// Opens a session: the baseline first, and nothing where it holds a name of the lab's.
async fn begin(lab: &Lab, engine: &Engine, session: &mut Session, workspace: &Path) -> Result<()> {
    let before = engine::baseline(lab, engine, workspace).await?;
    let opened = Entry::Opened {
        lab: lab.id.clone(),
        prefix: session.prefix.clone(),
        workspace: workspace.display().to_string(),
        daemon: engine.daemon.clone(),
        began: engine.clock().await?,
        baseline: before,
    };
    session.note(env::now(), &[opened])
}

/// The folder to work in: readable, writable, and absolute.
fn workspace(common: &Common, env: &Env) -> Result<PathBuf> {
    let asked = common.dir.as_ref().map_or_else(|| env.here.clone(), |dir| env.here.join(dir));
    let shown = asked.display().to_string();
    let unusable = |error: std::io::Error| {
        Error::environment(say!(
            "le dossier de travail `{shown}` n'est pas utilisable",
            "the workspace `{shown}` cannot be used"
        ))
        .because(error)
        .hint(say!("choisissez un dossier à vous avec `--dir`", "choose a folder of your own with `--dir`"))
    };
    std::fs::create_dir_all(&asked).map_err(unusable)?;
    std::fs::read_dir(&asked).map_err(unusable)?;
    asked.canonicalize().map_err(unusable)
}

/// A session stays in its folder.
fn same_workspace(common: &Common, env: &Env, session: &Session) -> Result<()> {
    let Some(dir) = &common.dir else { return Ok(()) };
    let asked = env.here.join(dir);
    let recorded = &session.memory.workspace;
    if asked.canonicalize().is_ok_and(|asked| asked == Path::new(recorded)) {
        return Ok(());
    }
    let asked = asked.display();
    Err(Error::usage(say!(
        "cette session travaille dans `{recorded}`, et non dans `{asked}`",
        "this session works in `{recorded}`, not in `{asked}`"
    ))
    .hint(say!(
        "sans `--dir`, docker-lab y va de lui-même ; `docker-lab reset` termine la session ; `--prefix NOM` en ouvre une autre",
        "without `--dir`, docker-lab goes there by itself; `docker-lab reset` ends the session; `--prefix NAME` opens another"
    )))
}

/// A prefix becomes part of names, so Docker's rules for names hold.
fn usable_prefix(prefix: &str) -> Result<()> {
    let fits = prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
        && prefix.len() <= 40
        && prefix.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    if fits {
        return Ok(());
    }
    Err(Error::usage(say!(
        "le préfixe `{prefix}` ne convient pas à un nom d'objet Docker",
        "the prefix `{prefix}` does not fit the name of a Docker object"
    ))
    .hint(say!(
        "lettres sans accent, chiffres, `_`, `-` et `.`, 40 au plus, en commençant par une lettre ou un chiffre",
        "plain letters, digits, `_`, `-` and `.`, 40 at most, beginning with a letter or digit"
    )))
}
