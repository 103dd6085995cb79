//! Answers probes side by side, each with a time limit. Observing never fails as a whole: what cannot be
//! answered becomes `Unseen` in its own slot.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::docker::Engine;
use crate::engine::lacking::without;
use crate::engine::workspace::Workspace;
use crate::error::Error;
use crate::error::Result;
use crate::postgres;
use crate::postgres::Patience;
use crate::text::Text;
use crate::text::say;
use crate::world::Drilled;
use crate::world::Fact;
use crate::world::Facts;
use crate::world::File;
use crate::world::LastWords;
use crate::world::Observed;
use crate::world::Orphan;
use crate::world::Probe;
use crate::world::ScriptRun;
use crate::world::is_anonymous;

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
    pub workspace: Workspace,
    /// The lab's images that are here: the first serves for scratch containers.
    pub images: Vec<String>,
    /// The images that all steps of the lab need, here or not; the last has bash for scripts.
    pub all_images: Vec<String>,
    /// The trials of scripts that are known already.
    pub trials: Vec<ScriptRun>,
    /// The restore drills that are known already.
    pub drills: Vec<Drilled>,
    /// The Unix second on the daemon's clock at which the session began.
    pub began: i64,
    /// What stands before each name of the lab's.
    pub prefix: String,
    /// Volumes that are no orphans: those that stood before, and the lab's own.
    pub known: Vec<String>,
    /// Whether servers that are getting ready are waited for.
    pub waits: bool,
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

    /// Answers one probe.
    pub(super) async fn within_limit(&self, probe: &Probe) -> Observed {
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
                postgres::look(&self.engine, container, database, self.patience()).await
            }
            Probe::DataFolder { volume } => self.data_folder(volume).await,
            Probe::Orphans => self.orphans().await,
            Probe::File { path } => self.workspace.file(path).await,
            Probe::VolumeFile { volume, path } => {
                let found = self.engine.volume_file(volume, path, &self.scratch_image().await?).await?;
                Ok(there(found, path, volume))
            }
            Probe::Page { container, path } => {
                let found = self.engine.page(container, path).await?;
                Ok(there(found, path, container))
            }
            Probe::ContainerFile { container, path } => {
                let found = self.engine.container_file(container, path).await?;
                Ok(there(found, path, container))
            }
            Probe::Archives { glob } => self.workspace.archives(glob).await,
            Probe::Dump { path } => self.workspace.dump(path).await,
            Probe::Composed { path } => self.workspace.composed(path).await,
            Probe::Script { path } => self.script(path).await,
            Probe::Drill { glob, container, database } => self.drill(glob, container, database).await,
            Probe::LastWords { container } => Ok(self.engine.last_words_of(container).await?.map_or_else(
                || Fact::Absent(say!("`{container}` n'existe pas", "`{container}` does not exist")),
                Fact::LastWords,
            )),
            Probe::Traces => self.engine.traces(self.began).await.map(Fact::Traces),
            Probe::Image { name } => Ok(self.engine.image(name).await?.map_or_else(
                || Fact::Absent(without(name)),
                |image| Fact::Image { stand_in: image.stand_in },
            )),
        }
    }

    fn patience(&self) -> Patience {
        if self.waits { Patience::WhileYoung(self.now) } else { Patience::None }
    }

    async fn data_folder(&self, volume: &str) -> Result<Fact> {
        let folder = self.engine.data_folder(volume, &self.scratch_image().await?).await?;
        Ok(folder.map_or_else(
            || Fact::Absent(say!("le volume `{volume}` n'existe pas", "volume `{volume}` does not exist")),
            Fact::DataFolder,
        ))
    }

    async fn orphans(&self) -> Result<Fact> {
        let mut orphans = Vec::new();
        let found = self.engine.dangling_since(self.began).await?;
        // Under a prefix others work on the same daemon: their volumes are none of ours, and looking into one while it
        // is being removed would make it anew.
        let theirs = |name: &String| !is_anonymous(name) && !name.starts_with(&self.prefix);
        let found = found.into_iter().filter(|name| !self.known.contains(name) && !theirs(name));
        for name in found.take(MOST_ORPHANS) {
            let folder = self.engine.data_folder(&name, &self.scratch_image().await?).await?;
            let system_identifier = folder.and_then(|folder| folder.system_identifier);
            orphans.push(Orphan { name, system_identifier });
        }
        Ok(Fact::Orphans(orphans))
    }

    /// Restores the newest archive into a scratch container and looks at its database there.
    async fn drill(&self, glob: &str, container: &str, database: &str) -> Result<Fact> {
        let found = self.workspace.archives(glob).await?;
        let newest = match found {
            Fact::Archives(mut all) if !all.is_empty() => all.swap_remove(0),
            _ => return Ok(Fact::Absent(say!("aucune archive `{glob}`", "no archive `{glob}`"))),
        };
        let known = |one: &&Drilled| one.is_of(&newest.sha256, database);
        if let Some(known) = self.drills.iter().find(known) {
            return Ok(Fact::Drilled(known.clone()));
        }
        let image = &self.script_image().await?;
        let Some(path) = self.workspace.on_this_machine(&newest.path) else {
            return Ok(Fact::Absent(say!(
                "un essai de restauration ne se fait que sur la machine de l'élève",
                "a restore drill is only done on the learner's own machine"
            )));
        };
        let drill = self.engine.drill(path, newest.folder, (container, image)).await?;
        let looked =
            postgres::look(&self.engine, drill.container(), database, Patience::WhileYoung(self.now)).await;
        let words = self.engine.last_words_of(drill.container()).await;
        drill.end().await?;
        let (held, why) = match looked? {
            Fact::Database(held) => (Some(held), None),
            Fact::Refused(why) => (None, Some(why)),
            _ => {
                let words = words?;
                match words.as_ref().and_then(LastWords::fault_of_the_data) {
                    Some(fault) => (None, Some(Text::same(fault.to_owned()))),
                    None => return Err(broke_off(words)),
                }
            }
        };
        Ok(Fact::Drilled(Drilled { sha256: newest.sha256, database: database.to_owned(), held, why }))
    }

    async fn script(&self, path: &str) -> Result<Fact> {
        let Some(script) = self.workspace.bytes(path).await? else {
            return Ok(Fact::Absent(say!("`{path}` n'existe pas encore", "`{path}` does not exist yet")));
        };
        let image = &self.script_image().await?;
        let key = self.engine.trial_key(&script, image).await?;
        // One that was stopped may only have been slow that day.
        match self.trials.iter().find(|trial| trial.key == key && !trial.was_stopped()) {
            Some(known) => Ok(Fact::Script(known.clone())),
            None => self.engine.fortnight(&script, image, key).await.map(Fact::Script),
        }
    }

    async fn scratch_image(&self) -> Result<String> {
        if let Some(here) = self.images.first() {
            return Ok(here.clone());
        }
        for name in &self.all_images {
            if self.is_here(name).await? {
                return Ok(name.clone());
            }
        }
        Err(no_image())
    }

    async fn script_image(&self) -> Result<String> {
        let last = self.all_images.last().ok_or_else(no_image)?;
        if self.is_here(last).await? { Ok(last.clone()) } else { Err(no_image()) }
    }

    /// The learner's own `docker run` may have brought an image since this observer was made.
    async fn is_here(&self, image: &str) -> Result<bool> {
        Ok(self.images.iter().any(|here| here == image) || self.engine.image(image).await?.is_some())
    }
}

fn there(found: Option<File>, path: &str, place: &str) -> Fact {
    found.map_or_else(
        || {
            Fact::Absent(say!(
                "pas encore de `{path}` dans `{place}`",
                "there is no `{path}` in `{place}` yet"
            ))
        },
        Fact::File,
    )
}

/// A drill that says nothing about the archive: memory, disk or daemon failed it, or it took too long.
fn broke_off(words: Option<LastWords>) -> Error {
    let why = words.and_then(|words| words.lines.last().cloned()).unwrap_or_default();
    Error::environment(say!(
        "l'essai de restauration n'a pas abouti, sans que l'archive soit en cause",
        "the restore drill came to nothing, and not by the archive's fault"
    ))
    .because(why)
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
