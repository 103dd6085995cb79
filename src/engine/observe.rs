//! Answers probes side by side, each with a time limit. Observing never fails as a whole: what cannot be
//! answered becomes `Unseen` in its own slot.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::docker::Engine;
use crate::engine::workspace;
use crate::error::Error;
use crate::error::Result;
use crate::postgres;
use crate::text::Text;
use crate::text::say;
use crate::world::Fact;
use crate::world::Facts;
use crate::world::Observed;
use crate::world::Orphan;
use crate::world::Probe;
use crate::world::ScriptRun;

/// So many probes are under way at once: enough to hide waiting, too few to weigh on the daemon.
const AT_ONCE: usize = 12;

/// So many unused volumes are looked into at most.
const MOST_ORPHANS: usize = 30;

/// What is needed to look.
#[derive(Clone)]
pub(crate) struct Observer {
    /// The daemon.
    pub engine: Engine,
    /// The learner's folder.
    pub workspace: PathBuf,
    /// The lab's images that are here: the first serves for scratch containers.
    pub images: Vec<String>,
    /// The lab's last image, which has bash for scripts, if it is here.
    pub script_image: Option<String>,
    /// The trials of scripts that are known already.
    pub trials: Vec<ScriptRun>,
    /// The Unix second on the daemon's clock at which the session began.
    pub began: i64,
    /// Volumes that are no orphans: those that stood before, and the lab's own.
    pub known: Vec<String>,
    /// How long a single probe may take.
    pub limit: Duration,
    /// The time.
    pub now: Timestamp,
}

impl Observer {
    /// Answers all probes.
    pub(crate) async fn observe(&self, probes: BTreeSet<Probe>) -> Facts {
        let gate = Arc::new(Semaphore::new(AT_ONCE));
        let mut looking = JoinSet::new();
        for probe in probes {
            let (observer, gate) = (self.clone(), Arc::clone(&gate));
            looking.spawn(async move {
                let _turn = gate.acquire().await;
                let seen = observer.within_limit(&probe).await;
                (probe, seen)
            });
        }
        let mut facts = Facts::default();
        while let Some(done) = looking.join_next().await {
            if let Ok((probe, observed)) = done {
                facts.insert(probe, observed);
            }
        }
        facts
    }

    async fn within_limit(&self, probe: &Probe) -> Observed {
        match tokio::time::timeout(self.limit, self.look(probe)).await {
            Ok(Ok(fact)) => Observed::Seen(fact),
            Ok(Err(error)) => Observed::Unseen(in_words(&error)),
            Err(_) => {
                let seconds = self.limit.as_secs();
                Observed::Unseen(say!(
                    "pas de réponse en {seconds} s (`--timeout` donne plus de temps)",
                    "no answer within {seconds} s (`--timeout` gives more time)"
                ))
            }
        }
    }

    async fn look(&self, probe: &Probe) -> Result<Fact> {
        match probe {
            Probe::Containers => self.engine.containers().await.map(Fact::Containers),
            Probe::Volumes => self.engine.volumes().await.map(Fact::Volumes),
            Probe::Database { container, database } => {
                postgres::look(&self.engine, container, database, self.now).await
            }
            Probe::DataFolder { volume } => self.data_folder(volume).await,
            Probe::Orphans => self.orphans().await,
            Probe::File { path } => {
                let path = path.clone();
                self.in_workspace(move |workspace| workspace::file(workspace, &path)).await
            }
            Probe::Archives { glob } => {
                let glob = glob.clone();
                self.in_workspace(move |workspace| workspace::archives(workspace, &glob)).await
            }
            Probe::Dump { path } => {
                let path = path.clone();
                self.in_workspace(move |workspace| workspace::dump(workspace, &path)).await
            }
            Probe::Script { path } => self.script(path).await,
        }
    }

    async fn data_folder(&self, volume: &str) -> Result<Fact> {
        let folder = self.engine.data_folder(volume, self.scratch_image()?).await?;
        Ok(folder.map_or_else(
            || Fact::Absent(say!("le volume `{volume}` n'existe pas", "volume `{volume}` does not exist")),
            Fact::DataFolder,
        ))
    }

    async fn orphans(&self) -> Result<Fact> {
        let mut orphans = Vec::new();
        let found = self.engine.dangling_since(self.began).await?;
        for name in found.into_iter().filter(|name| !self.known.contains(name)).take(MOST_ORPHANS) {
            let folder = self.engine.data_folder(&name, self.scratch_image()?).await?;
            let system_identifier = folder.and_then(|folder| folder.system_identifier);
            orphans.push(Orphan { name, system_identifier });
        }
        Ok(Fact::Orphans(orphans))
    }

    async fn script(&self, path: &str) -> Result<Fact> {
        let full = self.workspace.join(path);
        match tokio::fs::read(&full).await {
            Ok(script) => {
                let image = self.script_image.as_ref().ok_or_else(no_image)?;
                let key = self.engine.trial_key(&script, image).await?;
                match self.trials.iter().find(|trial| trial.key == key) {
                    Some(known) => Ok(Fact::Script(known.clone())),
                    None => self.engine.fortnight(&script, image, key).await.map(Fact::Script),
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Ok(Fact::Absent(say!("`{path}` n'existe pas encore", "`{path}` does not exist yet")))
            }
            Err(error) => {
                Err(Error::environment(say!("`{path}` n'a pas pu être lu", "`{path}` could not be read"))
                    .because(error))
            }
        }
    }

    fn scratch_image(&self) -> Result<&str> {
        self.images.first().map(String::as_str).ok_or_else(no_image)
    }

    async fn in_workspace<F>(&self, look: F) -> Result<Fact>
    where
        F: FnOnce(&std::path::Path) -> Result<Fact> + Send + 'static,
    {
        let folder = self.workspace.clone();
        let looked = tokio::task::spawn_blocking(move || look(&folder)).await;
        looked.unwrap_or_else(|error| {
            Err(Error::environment(say!("la lecture s'est interrompue", "reading broke off")).because(error))
        })
    }
}

fn no_image() -> Error {
    Error::environment(say!(
        "aucune image du laboratoire n'est sur cette machine",
        "none of the lab's images is on this machine"
    ))
    .hint(say!("`docker-lab images pull`", "`docker-lab images pull`"))
}

fn in_words(error: &Error) -> Text {
    match &error.cause {
        Some(cause) => {
            let (fr, en) = (&error.what.fr, &error.what.en);
            say!("{fr} ({cause})", "{en} ({cause})")
        }
        None => error.what.clone(),
    }
}
