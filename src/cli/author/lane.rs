//! One trial: a home, a workspace and a prefix of its own, and nothing of it left afterwards.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use tempfile::TempDir;
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

use crate::cli::args::Common;
use crate::cli::author::standing::Standing;
use crate::cli::author::test::Trial;
use crate::cli::author::test::WITHOUT;
use crate::cli::author::verdict::Outcome;
use crate::cli::author::verdict::complaints;
use crate::cli::desk;
use crate::cli::desk::Desk;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::images;
use crate::cli::interrupted;
use crate::cli::run;
use crate::cli::ui::Ui;
use crate::cli::variables::Variables;
use crate::docker::Engine;
use crate::engine;
use crate::engine::Examination;
use crate::engine::Recording;
use crate::engine::Removal;
use crate::engine::Strays;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::lab::Step;
use crate::text::Text;
use crate::text::say;

/// What an attempt's commands find: `$P` is the prefix, `$LAB_FILES` has the lab's files, `docker-lab` is this session's, `ready NAME` waits for a server,
/// `pg NAME …` runs one with the exercise's variables and waits for it.
const AROUND: &str = r#"docker-lab() { "$DOCKER_LAB" "$@" --prefix "$PREFIX" ${LABS:+--labs "$LABS"} ${QUIZZES:+--quizzes "$QUIZZES"}; }
ready() { for _ in $(seq 150); do docker exec "$1" pg_isready -q -h 127.0.0.1 -U postgres && return; sleep 0.1; done; }
pg() {
    docker run -d --name "$1" -e POSTGRES_PASSWORD=mypassword -e POSTGRES_DB=myapp "${@:2}" postgres:15-alpine && ready "$1"
}
"#;

/// An attempt is stopped after this.
const LONGEST: Duration = Duration::from_secs(120);

/// So long a request that was broken off may still take to reach the daemon and be done there.
const ON_ITS_WAY: Duration = Duration::from_millis(500);

/// See the module.
pub(super) struct Lane<'a> {
    lab: &'a str,
    common: Common,
    env: Env,
    ui: &'a Ui,
    folder: TempDir,
    prefix: String,
}

impl<'a> Lane<'a> {
    /// Makes the folders.
    pub(super) fn open(
        number: usize,
        lab: &'a str,
        (common, env, ui): (&Common, &Env, &'a Ui),
    ) -> Result<Lane<'a>> {
        let folder = tempfile::Builder::new().prefix("docker-lab-author-").tempdir().map_err(|error| {
            Error::environment(say!(
                "aucun dossier temporaire n'a pu être créé",
                "no temporary folder could be made"
            ))
            .because(error)
        })?;
        let prefix = format!("try{}n{number}", std::process::id());
        let work = folder.path().join("work");
        let common = Common {
            dir: Some(work.clone()),
            prefix: Some(prefix.clone()),
            labs: common.labs.as_ref().map(|dir| env.here.join(dir)),
            quizzes: common.quizzes.as_ref().map(|dir| env.here.join(dir)),
            output: None,
            ..common.clone()
        };
        let env = Env { home: folder.path().join("home"), here: work, interactive: false, ..env.clone() };
        Ok(Lane { lab, common, env, ui, folder, prefix })
    }

    /// The trial, with the names of this lane.
    pub(super) fn prefixed(&self, trial: &Trial) -> Result<Trial> {
        let Trial::Attempt(bare) = trial else { return Ok(trial.clone()) };
        let all = desk::shelf(&self.common).attempts(self.lab, &self.prefix)?;
        Ok(all.into_iter().find(|one| one.id == bare.id).map_or_else(|| trial.clone(), Trial::Attempt))
    }

    /// Tries, judges, and clears away, even where the trial fails or is stopped.
    pub(super) async fn carry_out(
        self,
        trial: &Trial,
        stop: &CancellationToken,
    ) -> Result<(Outcome, Option<Recording>)> {
        let began = Instant::now();
        let engine = desk::connect(&self.common, &self.env).await?;
        // Before anything is made: what comes from here on is the trial's.
        let strays = Strays::before(&engine, &format!("{}_", self.prefix)).await?;
        let (mut desk, mut steps) = (None, Vec::new());
        let judged = tokio::select! {
            biased;
            () = stop.cancelled() => Err(interrupted::told()),
            judged = self.judged(trial, &mut desk, &mut steps) => judged,
        };
        if judged.is_err() {
            // What was being made when it broke off may be on its way to the daemon.
            tokio::time::sleep(ON_ITS_WAY).await;
        }
        let alone = trial.is_ours() && judged.is_ok();
        let (failures, left) = self.clear(&engine, desk.as_mut(), strays, alone).await;
        let (examined, harm) = judged?;
        if let Some(failure) = failures.into_iter().next() {
            return Err(failure);
        }
        let lab = desk.as_ref().map(|desk| &desk.lab);
        let complaints = lab.map(|lab| complaints(trial, lab, &examined.scorecard)).unwrap_or_default();
        let complaints = complaints.into_iter().chain(harm).chain(left).collect();
        Ok((Outcome { complaints, took: began.elapsed(), steps }, Some(examined.recording)))
    }

    /// The desk is left to whoever clears away.
    async fn judged(
        &self,
        trial: &Trial,
        desk: &mut Option<Desk>,
        times: &mut Vec<(String, Duration)>,
    ) -> Result<(Examination, Option<Text>)> {
        if let Trial::Attempt(attempt) = trial {
            std::fs::create_dir_all(&self.env.here).map_err(|error| broken(trial, error))?;
            self.shell(trial, &attempt.before).await?;
        }
        let desk = desk.insert(Desk::open(self.lab, &self.common, &self.env, self.ui).await?);
        images::provide_all(desk, self.ui).await?;
        let lab = desk.lab.clone();
        match trial {
            Trial::Blank => {}
            Trial::Solution | Trial::Again => {
                for step in &lab.steps {
                    let began = Instant::now();
                    self.run(desk, &[step]).await?;
                    times.push((step.id.clone(), began.elapsed()));
                }
            }
            Trial::Without(name) => {
                let left_out = lab.built_on(lab.step(name.trim_start_matches(WITHOUT))?);
                let rest = lab.steps.iter().filter(|step| !left_out.iter().any(|one| one.id == step.id));
                for step in rest {
                    // What Docker refuses for want of the step that was left out stays undone, as it would for a learner.
                    let done = self.run(desk, &[step]).await;
                    done.or_else(|error| if error.exit == Exit::Interrupted { Err(error) } else { Ok(()) })?;
                }
            }
            Trial::Attempt(attempt) => {
                let after = attempt.after.iter().map(|step| lab.step(step)).collect::<Result<Vec<_>>>()?;
                self.run(desk, &after).await?;
                self.shell(trial, &attempt.shell).await?;
                // The attempt may have had docker-lab look too.
                desk.session.refresh()?;
            }
        }
        let all: Vec<&Step> = lab.steps.iter().collect();
        let observer = desk.observer();
        let work = desk.workspace();
        let before = Standing::now(&desk.engine, &lab.prefix, &work).await?;
        let examined = engine::examine(&lab, &all, &observer, &mut desk.session).await?;
        let after = Standing::now(&desk.engine, &lab.prefix, &work).await?;
        Ok((examined, after.changed_since(&before)))
    }

    async fn run(&self, desk: &mut Desk, steps: &[&Step]) -> Result<()> {
        let quiet = self.ui.silent();
        run::in_order(desk, steps, &self.common, &quiet).await
    }

    async fn shell(&self, trial: &Trial, commands: &str) -> Result<()> {
        if commands.is_empty() {
            return Ok(());
        }
        let mut bash = Command::new("bash");
        bash.arg("-c").arg(format!("{AROUND}{commands}")).current_dir(&self.env.here).kill_on_drop(true);
        Variables::for_learner(&self.env, self.ui.lang)?.give_to(&mut bash);
        bash.env("DOCKER_LAB", env::program().map_err(|error| broken(trial, error))?);
        bash.env("LAB_FILES", self.files(trial)?);
        let folders = [("LABS", &self.common.labs), ("QUIZZES", &self.common.quizzes)];
        bash.envs(folders.into_iter().filter_map(|(name, folder)| Some((name, folder.as_ref()?))));
        bash.env("P", format!("{}_", self.prefix)).env("PREFIX", &self.prefix);
        bash.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Ctrl-C is for docker-lab, which then ends them.
        #[cfg(unix)]
        bash.process_group(0);
        let child = bash.spawn().map_err(|error| broken(trial, error))?;
        #[cfg(unix)]
        let _group = Group::of(&child);
        let output = tokio::time::timeout(LONGEST, child.wait_with_output()).await;
        let output = output.unwrap_or_else(|late| Err(std::io::Error::other(late)));
        let output = output.map_err(|error| broken(trial, error))?;
        if self.ui.page.verbose {
            self.ui.note_plain(&String::from_utf8_lossy(&output.stdout));
            self.ui.note_plain(&String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }

    /// The lab's own files, written where the attempt can take them from.
    fn files(&self, trial: &Trial) -> Result<PathBuf> {
        let folder = self.folder.path().join("files");
        let lab = desk::shelf(&self.common).lab(self.lab, &self.prefix)?;
        let written = std::fs::create_dir_all(&folder).and_then(|()| {
            lab.assets.iter().try_for_each(|(name, text)| std::fs::write(folder.join(name), text))
        });
        written.map(|()| folder).map_err(|error| broken(trial, error))
    }

    /// Removes whatever came since, going on after a failure: what failed, and, where `reset` must have left nothing
    /// by itself, what it left.
    async fn clear(
        &self,
        engine: &Engine,
        desk: Option<&mut Desk>,
        strays: Strays,
        alone: bool,
    ) -> (Vec<Error>, Option<Text>) {
        let (mut failures, mut left) = (Vec::new(), None);
        let image = desk.as_ref().and_then(|desk| desk.images.first().cloned());
        match strays.since(engine, &self.env.here).await {
            Ok(strays) => {
                if !alone {
                    // First whoever may hold something of the lab's.
                    failures.extend(strays.remove_containers(engine).await);
                }
                if let Some(desk) = desk {
                    failures.extend(self.remove_seen(desk, image.as_deref()).await);
                }
                if alone {
                    match Standing::now(engine, &format!("{}_", self.prefix), &self.env.here).await {
                        Ok(standing) => left = standing.left_by_reset(),
                        Err(error) => failures.push(error),
                    }
                    failures.extend(strays.remove_containers(engine).await);
                }
                failures.extend(strays.remove_volumes(engine).await);
            }
            Err(error) => failures.push(error),
        }
        // What a server wrote belongs to its user.
        if let (Err(_), Some(image)) = (std::fs::remove_dir_all(&self.env.here), image) {
            failures.extend(engine.remove_folder(self.folder.path(), "work", &image).await.err());
        }
        (failures, left)
    }

    /// Removes what the journal knows, the entries of the attempt's own calls included.
    async fn remove_seen(&self, desk: &mut Desk, image: Option<&str>) -> Vec<Error> {
        let read = desk.session.refresh().err();
        match Removal::plan(&desk.lab, &desk.engine, &desk.session.memory).await {
            Ok(removal) => {
                let failed = removal.carry_out(&desk.engine, &self.env.here, image).await;
                read.into_iter().chain(failed).collect()
            }
            Err(error) => read.into_iter().chain([error]).collect(),
        }
    }
}

/// The processes of an attempt's commands, ended together: a command of the shell's would outlive it.
#[cfg(unix)]
struct Group(Option<rustix::process::Pid>);

#[cfg(unix)]
impl Group {
    fn of(shell: &tokio::process::Child) -> Group {
        let id = shell.id().and_then(|id| i32::try_from(id).ok());
        Group(id.and_then(rustix::process::Pid::from_raw))
    }
}

#[cfg(unix)]
impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // Nobody left is what is wanted.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

fn broken(trial: &Trial, error: std::io::Error) -> Error {
    let id = trial.id();
    Error::environment(say!(
        "la tentative `{id}` n'a pas pu être menée",
        "the attempt `{id}` could not be carried out"
    ))
    .because(error)
}
