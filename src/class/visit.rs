//! One machine: connect, find its session on the trainer's side, look, judge. Nothing but the Docker API, unless the
//! machine's own docker-lab is asked for.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use sha2::Digest;
use sha2::Sha256;

use crate::class::Machine;
use crate::class::Reached;
use crate::class::State;
use crate::class::Via;
use crate::class::unasked;
use crate::docker::Engine;
use crate::docker::Folder;
use crate::engine;
use crate::engine::Entry;
use crate::engine::Observer;
use crate::engine::Session;
use crate::engine::Sessions;
use crate::engine::Workspace;
use crate::error::Error;
use crate::error::Result;
use crate::lab::Lab;
use crate::lab::Shelf;
use crate::lab::Step;
use crate::text::Lang;
use crate::text::say;
use crate::world::Storage;

/// What every visit needs.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    /// Where labs are found.
    pub shelf: Shelf,
    /// The lab.
    pub lab: String,
    /// Where the sessions of this room are kept: one folder a machine.
    pub home: PathBuf,
    /// The docker CLI's folder, where contexts are.
    pub config: PathBuf,
    /// How long a machine may take, all in all.
    pub limit: Duration,
    /// Each machine's own docker-lab is asked where it can be, in this language.
    pub remote: Option<Lang>,
    /// The storage of each machine is to be drawn.
    pub draws: bool,
}

/// A machine that answered.
pub(super) struct Guest {
    pub(super) engine: Engine,
    pub(super) lab: Lab,
    pub(super) session: Session,
}

impl Visitor {
    /// Looks at a machine and judges what is seen; never longer than the limit.
    pub(super) async fn check(&self, machine: &Machine, now: Timestamp) -> State {
        let deadline = tokio::time::Instant::now() + self.limit;
        let engine = match tokio::time::timeout_at(deadline, self.connect(machine)).await {
            Ok(Ok(engine)) => engine,
            Ok(Err(error)) => return State::Unreachable(error),
            Err(_) => return State::Unreachable(self.too_slow(machine)),
        };
        match tokio::time::timeout_at(deadline, Box::pin(self.look(machine, engine, now))).await {
            Ok(Ok(reached)) => State::Reached(Box::new(reached)),
            Ok(Err(error)) => State::Failed(error),
            Err(_) => State::Failed(self.too_slow(machine)),
        }
    }

    /// Deletes the journals of a machine.
    pub(crate) fn forget(&self, machine: &str) -> Result<()> {
        let folder = self.home.join(folder_name(machine));
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                let shown = folder.display();
                Err(Error::environment(say!(
                    "`{shown}` n'a pas pu être supprimé",
                    "`{shown}` could not be removed"
                ))
                .because(error))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Asks who answers.
    pub(super) async fn connect(&self, machine: &Machine) -> Result<Engine> {
        Engine::connect(&machine.address.endpoint(&self.config)?, self.limit, None).await
    }

    /// The machine's session as it is known.
    pub(super) fn session(&self, machine: &Machine, lab: &Lab, engine: &Engine) -> Result<Session> {
        let sessions = Sessions::new(&self.home.join(folder_name(&machine.name)));
        sessions.find(&lab.id, &engine.daemon, Some(&machine.prefix), Path::new(""))
    }

    /// The machine's session; it begins with the first look.
    pub(super) async fn guest(&self, machine: &Machine, engine: Engine, now: Timestamp) -> Result<Guest> {
        let lab = self.shelf.lab(&self.lab, &machine.prefix)?;
        let mut session = self.session(machine, &lab, &engine)?;
        if !session.is_open {
            let (baseline, stood) = engine::late_baseline(&lab, &engine).await?;
            let opened = Entry::Opened {
                lab: lab.id.clone(),
                prefix: machine.prefix.clone(),
                workspace: machine.workspace.clone().unwrap_or_default(),
                daemon: engine.daemon.clone(),
                began: engine.clock().await?,
                baseline,
            };
            session.note(now, &[opened, Entry::Stood(stood)])?;
            // Where this cannot be kept nobody is warned, and no verdict is another.
            let _ = std::fs::write(session.beside(LEARNER), checksum(machine.learner.as_deref()));
        }
        Ok(Guest { engine, lab, session })
    }

    async fn look(&self, machine: &Machine, engine: Engine, now: Timestamp) -> Result<Reached> {
        let Some(lang) = self.remote else { return self.examine(machine, engine, now).await };
        match self.ask_there(machine, &engine, (lang, now)).await? {
            Ok(reached) => Ok(reached),
            Err(why) => {
                let reached = self.examine(machine, engine, now).await?;
                Ok(Reached { via: Via::Instead(why), ..reached })
            }
        }
    }

    async fn examine(&self, machine: &Machine, engine: Engine, now: Timestamp) -> Result<Reached> {
        let mut guest = self.guest(machine, engine, now).await?;
        // What a scratch container leaves behind is no verdict on the learner's work.
        let mut left = guest.engine.sweep().await.err();
        let (images, stand_ins) = guest.images().await?;
        let folder = open(&guest.engine, machine, &images).await;
        let workspace = match &folder {
            Ok(folder) => Workspace::There(Arc::clone(folder)),
            Err(error) => Workspace::Unseen(error.clone()),
        };
        let observer = guest.observer(workspace, images, now, self.limit);
        let asked: Vec<&Step> = guest.lab.steps.iter().collect();
        let examined = engine::examine(&guest.lab, &asked, &observer, &mut guest.session).await;
        drop(observer);
        if let Some(folder) = folder.ok().and_then(Arc::into_inner) {
            left = folder.close().await.err().or(left);
        }
        let (memory, mut scorecard) = (&guest.session.memory, examined?.scorecard);
        let unasked = unasked::unasked(&guest.lab, memory);
        unasked::leave_open(&mut scorecard, &guest.lab, &unasked);
        let clusters = memory.clusters.iter();
        let storage = if self.draws { guest.drawing().await } else { None };
        Ok(Reached {
            daemon: guest.engine.daemon.clone(),
            scorecard,
            via: Via::Api,
            unasked,
            stand_ins,
            left,
            begun_by_another: guest.is_begun_by_another(machine),
            clusters: clusters.map(|seen| seen.system_identifier).collect(),
            moved: guest.session.last_news().unwrap_or(now),
            storage,
        })
    }

    pub(super) fn too_slow(&self, machine: &Machine) -> Error {
        let (seconds, place) = (self.limit.as_secs(), machine.address.shown());
        Error::environment(say!(
            "`{place}` n'a pas répondu à tout en {seconds} s",
            "`{place}` did not answer everything within {seconds} s"
        ))
        .hint(say!("`--timeout` donne plus de temps", "`--timeout` gives more time"))
    }
}

/// The file beside a journal that tells whose session it is: a checksum, so that no name outlives [`Visitor::forget`].
const LEARNER: &str = "learner";

fn checksum(learner: Option<&str>) -> String {
    let sum = |learner: &str| Sha256::digest(learner).iter().map(|byte| format!("{byte:02x}")).collect();
    learner.map(sum).unwrap_or_default()
}

/// So long a picture is waited for: where it does not come, the verdicts are none the worse.
const PICTURE: Duration = Duration::from_secs(2);

impl Guest {
    /// What is mounted where, as far as it is the lab's.
    async fn drawing(&self) -> Option<Storage> {
        let seen = &self.session.memory.containers;
        let drawn = self.engine.storage_unmeasured(|all| all.only(&self.lab.resources, seen));
        tokio::time::timeout(PICTURE, drawn).await.ok()?.ok()
    }

    /// Whether somebody else than the machine's learner of now began the session: what the journal proves may be theirs.
    fn is_begun_by_another(&self, machine: &Machine) -> bool {
        let known = std::fs::read_to_string(self.session.beside(LEARNER)).unwrap_or_default();
        let now = checksum(machine.learner.as_deref());
        !known.is_empty() && !now.is_empty() && known != now
    }

    /// The lab's images that are on the machine, and those of them that only stand in for the real ones.
    pub(super) async fn images(&self) -> Result<(Vec<String>, Vec<String>)> {
        let (mut here, mut stand_ins) = (Vec::new(), Vec::new());
        for name in &self.lab.images {
            let Some(image) = self.engine.image(name).await? else { continue };
            here.push(name.clone());
            if image.stand_in {
                stand_ins.push(name.clone());
            }
        }
        Ok((here, stand_ins))
    }

    fn observer(
        &self,
        workspace: Workspace,
        images: Vec<String>,
        now: Timestamp,
        limit: Duration,
    ) -> Observer {
        let memory = &self.session.memory;
        Observer {
            engine: self.engine.for_looking(),
            workspace,
            known: [&memory.baseline.volumes[..], &self.lab.resources.volumes].concat(),
            all_images: self.lab.required_images(),
            images,
            trials: memory.trials.clone(),
            drills: memory.drills.clone(),
            prefix: self.lab.prefix.clone(),
            began: memory.began,
            waits: false,
            // What hangs alone is unseen alone, while there is time left for the rest.
            limit: limit * 3 / 4,
            now,
        }
    }
}

pub(super) async fn open(engine: &Engine, machine: &Machine, images: &[String]) -> Result<Arc<Folder>> {
    let Some(path) = &machine.workspace else {
        return Err(Error::environment(say!(
            "l'inventaire ne dit pas où est le dossier de travail de cette machine (`workspace`)",
            "the inventory does not say where this machine's workspace is (`workspace`)"
        )));
    };
    let Some(image) = images.first() else {
        return Err(Error::environment(say!(
            "aucune image du laboratoire n'est sur cette machine (`docker-lab class prepare`)",
            "none of the lab's images is on this machine (`docker-lab class prepare`)"
        )));
    };
    engine.open_folder(path, image).await.map(Arc::new)
}

/// The lab's files that lie in a machine's workspace, whoever put them there.
pub(super) async fn files_there(
    engine: &Engine,
    machine: &Machine,
    lab: &Lab,
    images: &[String],
) -> Result<Vec<String>> {
    let folder = open(engine, machine, images).await?;
    let mut there = Vec::new();
    for own in &lab.resources.files {
        // A link is there too, though nobody follows it.
        if !matches!(folder.file(own.trim_end_matches('/')).await, Ok(None)) {
            there.push(own.clone());
        }
    }
    if let Some(folder) = Arc::into_inner(folder) {
        folder.close().await?;
    }
    Ok(there)
}

/// A folder's name for a room or a machine, whatever it is called: what is readable of it, and a checksum.
pub(super) fn folder_name(machine: &str) -> String {
    let readable: String = machine
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' })
        .take(40)
        .collect();
    let sum: String = Sha256::digest(machine).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{readable}-{sum}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_machine_name_leaves_its_folder_and_no_two_share_one() {
        assert_eq!(folder_name("poste-01").get(..9), Some("poste-01-"));
        assert!(!folder_name("../../etc").contains(['/', '.']));
        assert_ne!(folder_name("é"), folder_name("è"));
    }
}
