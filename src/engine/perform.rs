//! `run`: a step's operations, carried out one after the other. What is begun and what is done stands in the
//! journal, so that a run that was killed goes on where it was.

use std::fs::File;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use globset::Glob;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::docker::Answer;
use crate::docker::Engine;
use crate::engine::Entry;
use crate::engine::Session;
use crate::engine::removal::remove_path;
use crate::error::Error;
use crate::error::Result;
use crate::lab::Lab;
use crate::lab::Step;
use crate::postgres;
use crate::text::say;
use crate::world::DatabaseDump;
use crate::world::FileMode;
use crate::world::FileWrite;
use crate::world::LineAppend;
use crate::world::Operation;
use crate::world::VolumeArchive;
use crate::world::VolumeRestore;

/// A server has this long to answer its first query.
const STARTING: Duration = Duration::from_secs(120);

/// A container that is waited for has this long to end.
const ENDING: Duration = Duration::from_secs(60);

/// What is needed to act.
pub(crate) struct Performer<'a> {
    /// The daemon.
    pub engine: &'a Engine,
    /// The lab.
    pub lab: &'a Lab,
    /// The learner's folder.
    pub workspace: &'a Path,
    /// The image for scratch containers.
    pub image: &'a str,
}

impl Performer<'_> {
    /// Carries out one operation; repeating one that is done changes nothing. `Check`, `QuizAnswer` and those of
    /// Compose are the caller's, who can look, grade, and run a program.
    pub(crate) async fn perform(
        &self,
        step: &Step,
        number: usize,
        session: &mut Session,
        now: Timestamp,
    ) -> Result<()> {
        let Some(operation) = step.operations.get(number) else { return Ok(()) };
        match operation {
            Operation::VolumeCreate(volume) => self.engine.volume_create(volume).await,
            Operation::FileWrite(write) => self.file_write(write, session, now),
            Operation::FolderCreate(folder) => self.folder_create(&folder.path, session, now),
            Operation::FileMode(file) => self.file_mode(file),
            Operation::LineAppend(append) => self.line_append(append, session, now),
            Operation::ContainerRun(run) => self.engine.run(run, self.workspace).await,
            Operation::PostgresReady(ready) => postgres::ready(self.engine, &ready.container, STARTING).await,
            Operation::Sql(sql) => {
                postgres::execute(self.engine, &sql.container, &sql.database, &sql.statement).await
            }
            Operation::ContainerRemove(remove) => {
                for name in &remove.names {
                    self.engine.container_remove(name, remove.volumes).await?;
                }
                Ok(())
            }
            Operation::CopyIn(copy) => {
                let full = self.workspace.join(&copy.path);
                self.engine.copy_in(&full, &copy.container, &copy.to).await
            }
            Operation::ContainerStop(_)
            | Operation::ContainerStart(_)
            | Operation::ContainerWait(_)
            | Operation::OneOff(_)
            | Operation::Exec(_)
            | Operation::VolumeList(_)
            | Operation::VolumeInspect(_)
            | Operation::VolumePrune(_) => self.command(operation, session, now).await,
            Operation::VolumeArchive(archive) => {
                let path = self.archive_path((step, number), archive, session, now)?;
                self.archive(archive, &path).await
            }
            Operation::DatabaseDump(dump) => self.dump(dump, session, now).await,
            Operation::VolumeRestore(restore) => self.restore(restore).await,
            Operation::VolumeCopy(copy) => self.engine.volume_copy(&copy.from, &copy.to, self.image).await,
            Operation::VolumeRemove(remove) if remove.answer.is_some() => {
                self.command(operation, session, now).await
            }
            Operation::VolumeRemove(names) => {
                for name in &names.names {
                    self.engine.volume_remove(name).await?;
                }
                Ok(())
            }
            Operation::FolderRemove(folder) => {
                remove_path(self.engine, self.workspace, &folder.path, Some(self.image)).await
            }
            Operation::ComposeUp(_)
            | Operation::ComposeDown(_)
            | Operation::QuizAnswer(_)
            | Operation::Check(_) => Ok(()),
        }
    }

    /// What is a command and no more; its answer is kept where the lab asks for it.
    async fn command(&self, operation: &Operation, session: &mut Session, now: Timestamp) -> Result<()> {
        let answer = match operation {
            Operation::Exec(exec) => self.engine.exec_told(&exec.container, &exec.shell).await?,
            Operation::OneOff(one) => self.engine.one_off(one, self.workspace).await?,
            Operation::VolumeRemove(remove) => {
                let mut whole = Answer { text: String::new(), done: true };
                for name in &remove.names {
                    let one = self.engine.volume_remove_told(name).await?;
                    whole = Answer { text: whole.text + &one.text, done: whole.done && one.done };
                }
                whole
            }
            Operation::VolumeList(list) => self.engine.volume_list_told(&list.label).await?,
            Operation::VolumeInspect(inspect) => self.engine.volume_place_told(&inspect.name).await?,
            Operation::VolumePrune(prune) => {
                return self.engine.volume_prune(&prune.label, prune.all).await;
            }
            Operation::ContainerStop(names) => {
                for name in &names.names {
                    self.engine.container_stop(name).await?;
                }
                return Ok(());
            }
            Operation::ContainerWait(names) => {
                for name in &names.names {
                    self.engine.container_wait(name, ENDING).await?;
                }
                return Ok(());
            }
            Operation::ContainerStart(names) => {
                for name in &names.names {
                    self.engine.container_start(name).await?;
                }
                return Ok(());
            }
            _ => return Ok(()),
        };
        match operation.answer() {
            Some(path) => {
                let full = self.workspace.join(path);
                session.note(now, &[Entry::SawFile(path.to_owned())])?;
                into_place(&full, |file| file.write_all(answer.text.as_bytes()))
            }
            None if answer.done => Ok(()),
            None => Err(Error::environment(say!("la commande a été refusée", "the command was refused"))
                .because(answer.text.trim_end())),
        }
    }

    fn file_mode(&self, file: &FileMode) -> Result<()> {
        let bits = u32::from_str_radix(&file.mode, 8).unwrap_or(0o644);
        set_mode(&self.workspace.join(&file.path), bits)
    }

    /// A line that is there already is not added again.
    fn line_append(&self, append: &LineAppend, session: &mut Session, now: Timestamp) -> Result<()> {
        let full = self.workspace.join(&append.path);
        session.note(now, &[Entry::SawFile(append.path.clone())])?;
        let text = std::fs::read_to_string(&full).unwrap_or_default();
        if text.lines().any(|line| line == append.line) {
            return Ok(());
        }
        let file = File::options().append(true).create(true).open(&full);
        let added = file.and_then(|mut file| writeln!(file, "{}", append.line));
        added.map_err(|error| unwritten(&full, &error))
    }

    /// A file that is there stays as it is: it may be the learner's own work.
    fn file_write(&self, write: &FileWrite, session: &mut Session, now: Timestamp) -> Result<()> {
        let full = self.workspace.join(&write.path);
        session.note(now, &[Entry::SawFile(write.path.clone())])?;
        if full.exists() {
            return Ok(());
        }
        let text = self.lab.assets.get(&write.from).map_or("", String::as_str);
        into_place(&full, |file| file.write_all(text.as_bytes()))?;
        if write.executable { set_mode(&full, 0o755) } else { Ok(()) }
    }

    fn folder_create(&self, path: &str, session: &mut Session, now: Timestamp) -> Result<()> {
        session.note(now, &[Entry::SawFile(path.to_owned())])?;
        let full = self.workspace.join(path);
        std::fs::create_dir_all(&full).map_err(|error| unwritten(&full, &error))
    }

    /// The archive's path is chosen once, so that a killed run does not leave two archives.
    fn archive_path(
        &self,
        (step, number): (&Step, usize),
        archive: &VolumeArchive,
        session: &mut Session,
        now: Timestamp,
    ) -> Result<PathBuf> {
        if let Some(path) = session.named(&step.id, number) {
            return Ok(self.workspace.join(path));
        }
        let stamp = now.to_zoned(TimeZone::system()).strftime("%Y%m%d_%H%M%S").to_string();
        let path = format!("{}/{}", archive.folder, archive.name.replace("{timestamp}", &stamp));
        let named = Entry::Named { step: step.id.clone(), operation: number, path: path.clone() };
        session.note(now, &[named, Entry::SawFile(path.clone())])?;
        Ok(self.workspace.join(path))
    }

    async fn archive(&self, archive: &VolumeArchive, full: &Path) -> Result<()> {
        if full.exists() {
            return Ok(());
        }
        let partial = partial(full);
        let file = File::create(&partial).map_err(|error| unwritten(&partial, &error))?;
        let packed = self.engine.volume_archive(&archive.volume, self.image, file).await;
        if let Err(error) = packed {
            let _ = std::fs::remove_file(&partial);
            return Err(error);
        }
        std::fs::rename(&partial, full).map_err(|error| unwritten(full, &error))
    }

    async fn dump(&self, dump: &DatabaseDump, session: &mut Session, now: Timestamp) -> Result<()> {
        let full = self.workspace.join(&dump.path);
        session.note(now, &[Entry::SawFile(dump.path.clone())])?;
        let partial = partial(&full);
        let mut file = File::create(&partial).map_err(|error| unwritten(&partial, &error))?;
        let command = ["pg_dump", "-U", "postgres", &dump.database];
        if let Err(error) = self.engine.exec_into(&dump.container, &command, &mut file).await {
            let _ = std::fs::remove_file(&partial);
            return Err(error);
        }
        std::fs::rename(&partial, &full).map_err(|error| unwritten(&full, &error))
    }

    async fn restore(&self, restore: &VolumeRestore) -> Result<()> {
        let folder = self.workspace.join(&restore.folder);
        let found = matching(&folder, &restore.name).map_err(|error| unwritten(&folder, &error))?;
        let pattern = format!("{}/{}", restore.folder, restore.name);
        match found.as_slice() {
            [archive] => self.engine.volume_restore(&restore.volume, self.image, archive).await,
            [] => Err(Error::environment(say!(
                "aucune archive `{pattern}` à restaurer",
                "no archive `{pattern}` to restore"
            ))),
            several => {
                let count = several.len();
                Err(Error::environment(say!(
                    "{count} archives correspondent à `{pattern}` : `tar` n'en lirait qu'une",
                    "{count} archives match `{pattern}`: `tar` would read only one"
                ))
                .hint(say!("rangez les autres ailleurs", "put the others elsewhere")))
            }
        }
    }
}

fn matching(folder: &Path, pattern: &str) -> io::Result<Vec<PathBuf>> {
    let matcher = Glob::new(pattern).map_err(io::Error::other)?.compile_matcher();
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if matcher.is_match(entry.file_name()) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// The name a file has until it is whole.
fn partial(full: &Path) -> PathBuf {
    let name = full.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    full.with_file_name(format!(".{name}.partial"))
}

/// Writes a file so that it is there whole or not at all.
fn into_place(full: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<()> {
    let partial = partial(full);
    let written = File::create(&partial).and_then(|mut file| {
        write(&mut file)?;
        file.sync_all()
    });
    let placed = written.and_then(|()| std::fs::rename(&partial, full));
    placed.map_err(|error| {
        let _ = std::fs::remove_file(&partial);
        unwritten(full, &error)
    })
}

#[cfg(unix)]
fn set_mode(full: &Path, bits: u32) -> Result<()> {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(bits);
    std::fs::set_permissions(full, mode).map_err(|error| unwritten(full, &error))
}

#[cfg(not(unix))]
fn set_mode(_full: &Path, _bits: u32) -> Result<()> {
    Ok(())
}

fn unwritten(path: &Path, error: &io::Error) -> Error {
    let path = path.display();
    Error::environment(say!("`{path}` n'a pas pu être écrit", "`{path}` could not be written"))
        .because(error)
        .hint(say!(
            "le dossier de travail est-il à vous, et reste-t-il de la place sur le disque ?",
            "is the workspace yours, and is there room left on the disk?"
        ))
}
