//! What most commands need at hand: the daemon, the lab, its session, and somebody to look.

use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use crate::cli::args::Common;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::ui;
use crate::cli::ui::Ui;
use crate::docker::Endpoint;
use crate::docker::Engine;
use crate::docker::Teller;
use crate::engine;
use crate::engine::Entry;
use crate::engine::Observer;
use crate::engine::Session;
use crate::engine::Sessions;
use crate::error::Error;
use crate::error::Result;
use crate::lab;
use crate::lab::Lab;
use crate::lab::Shelf;
use crate::lab::Step;
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
    /// What surrounds the program.
    pub env: Env,
    limit: Duration,
}

/// The shelf that the arguments name.
pub(crate) fn shelf(common: &Common) -> Shelf {
    Shelf { labs: common.labs.clone(), quizzes: common.quizzes.clone() }
}

/// The options by which a command finds the author's own labs and quizzes again, a space before each.
pub(crate) fn folders(common: &Common) -> String {
    let quoted = |dir: &Path| format!("'{}'", dir.display().to_string().replace('\'', "'\\''"));
    let options = [("--labs", &common.labs), ("--quizzes", &common.quizzes)];
    options
        .into_iter()
        .filter_map(|(name, dir)| Some(format!(" {name} {}", quoted(dir.as_deref()?))))
        .collect()
}

/// The sessions on this machine.
pub(crate) fn sessions(env: &Env) -> Sessions {
    Sessions::new(&env.home)
}

/// Connects to the daemon that is meant.
pub(crate) async fn connect(common: &Common, env: &Env) -> Result<Engine> {
    let teller: Option<Teller> = if common.trace { Some(ui::trace) } else { None };
    Engine::connect(&Endpoint::resolve(&env.docker)?, limit(common), teller).await
}

/// How long one request may take.
fn limit(common: &Common) -> Duration {
    Duration::from_secs(common.timeout.max(1))
}

impl Desk {
    /// Connects and finds the session; opens one where there is none, or refuses where the lab's names are taken.
    pub(crate) async fn open(lab: &str, common: &Common, env: &Env, ui: &Ui) -> Result<Desk> {
        Desk::at(lab, common, env, ui, true).await
    }

    /// The same, but a session that has not begun is refused.
    pub(crate) async fn resume(lab: &str, common: &Common, env: &Env, ui: &Ui) -> Result<Desk> {
        Desk::at(lab, common, env, ui, false).await
    }

    async fn at(lab: &str, common: &Common, env: &Env, ui: &Ui, begins: bool) -> Result<Desk> {
        let shelf = shelf(common);
        // A lab that is not valid is told before the daemon is asked.
        shelf.lab(lab, common.prefix.as_deref().unwrap_or_default())?;
        let engine = connect(common, env).await?;
        let prefix = common.prefix.as_deref();
        if let Some(prefix) = prefix {
            lab::usable_prefix(prefix)?;
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
        } else if !begins {
            let id = &lab.id;
            return Err(Error::usage(say!(
                "aucune session du laboratoire `{id}` n'est ouverte ici",
                "no session of the lab `{id}` is open here"
            ))
            .hint(say!("`docker-lab start {id}` en commence une", "`docker-lab start {id}` begins one")));
        } else {
            let workspace = workspace(common, env)?;
            begin((&lab, own_labs(common, env, &lab.id)), &engine, &mut session, &workspace).await?;
        }
        let mut desk = Desk {
            engine,
            lab,
            session,
            stand_ins: Vec::new(),
            images: Vec::new(),
            env: env.clone(),
            limit: limit(common),
        };
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

    /// An image that a step needs and that is not here. It may have come since the last look.
    pub(crate) async fn lacking(&mut self, step: &Step) -> Result<Option<String>> {
        let lab = self.lab.clone();
        let needed = lab.images_for(step);
        let is_missing = |here: &[String], image: &str| !here.iter().any(|one| one == image);
        if needed.iter().any(|image| is_missing(&self.images, image)) {
            self.look_for_images().await?;
        }
        Ok(needed.into_iter().find(|image| is_missing(&self.images, image)).map(str::to_owned))
    }

    /// The learner's folder.
    pub(crate) fn workspace(&self) -> PathBuf {
        PathBuf::from(&self.session.memory.workspace)
    }

    /// Somebody to look, now.
    pub(crate) fn observer(&self) -> Observer {
        Observer {
            engine: self.engine.for_looking(),
            workspace: engine::Workspace::Here(self.workspace()),
            images: self.images.clone(),
            known: [&self.session.memory.baseline.volumes[..], &self.lab.resources.volumes].concat(),
            prefix: self.lab.prefix.clone(),
            all_images: self.lab.required_images(),
            trials: self.session.memory.trials.clone(),
            drills: self.session.memory.drills.clone(),
            began: self.session.memory.began,
            waits: true,
            limit: self.limit,
            now: env::now(),
        }
    }
}

/// Opens a session: the baseline first, and nothing where it holds a name of the lab's.
async fn begin(
    (lab, own): (&Lab, Option<PathBuf>),
    engine: &Engine,
    session: &mut Session,
    workspace: &Path,
) -> Result<()> {
    let before = engine::baseline(lab, engine, workspace).await?;
    let opened = Entry::Opened {
        lab: lab.id.clone(),
        prefix: session.prefix.clone(),
        workspace: workspace.display().to_string(),
        daemon: engine.daemon.clone(),
        began: engine.clock().await?,
        baseline: before,
    };
    let from = own.map(|folder| Entry::LabFrom(folder.display().to_string()));
    let all: Vec<Entry> = std::iter::once(opened).chain(from).collect();
    session.note(env::now(), &all)
}

/// The folder of `--labs`, where it is the one that has the lab: whoever looks without that option finds it there.
fn own_labs(common: &Common, env: &Env, lab: &str) -> Option<PathBuf> {
    let folder = env.here.join(common.labs.as_ref()?).canonicalize().ok()?;
    folder.join(lab).join("lab.yaml").exists().then_some(folder)
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
