//! Files that only grow: one JSON object a line, synced before the program goes on. A last line that was being written
//! when the machine stopped is left out with a notice; anything else that cannot be read is told, and nothing is lost.

use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Read;
use std::io::Seek;
use std::io::SeekFrom;
use std::io::Write;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::error::Result;
use crate::text::say;

/// The lines of a file.
#[derive(Debug)]
pub(super) struct Ledger<T> {
    /// What they say.
    pub lines: Vec<T>,
    /// Whether the last one was unfinished and left out.
    pub torn: bool,
    /// How many bytes hold whole lines.
    whole: u64,
}

/// Reads a file; where there is none, nothing.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<Ledger<T>> {
    match std::fs::read(path) {
        Ok(text) => parse(path, &text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Ok(Ledger { lines: Vec::new(), torn: false, whole: 0 })
        }
        Err(error) => Err(unreadable(path, &error)),
    }
}

/// Appends lines and waits until they are on disk.
pub(super) fn append<T: Serialize + DeserializeOwned>(path: &Path, lines: &[T]) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| unwritten(path, &error))?;
    }
    let mut options = OpenOptions::new();
    let opened = options.read(true).write(true).create(true).truncate(false).open(path);
    let mut file = opened.map_err(|error| unwritten(path, &error))?;
    file.lock().map_err(|error| unwritten(path, &error))?;
    let mut text = Vec::new();
    file.read_to_end(&mut text).map_err(|error| unreadable(path, &error))?;
    let whole = parse::<T>(path, &text)?.whole;
    write(&mut file, whole, lines).map_err(|error| {
        // Half a line would look torn; better none at all.
        let _ = file.set_len(whole);
        unwritten(path, &error)
    })
}

fn write<T: Serialize>(file: &mut File, whole: u64, lines: &[T]) -> io::Result<()> {
    let mut text = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut text, line)?;
        text.push(b'\n');
    }
    file.set_len(whole)?;
    file.seek(SeekFrom::Start(whole))?;
    file.write_all(&text)?;
    file.sync_data()
}

fn parse<T: DeserializeOwned>(path: &Path, text: &[u8]) -> Result<Ledger<T>> {
    let mut ledger = Ledger { lines: Vec::new(), torn: false, whole: 0 };
    let mut lines = text.split_inclusive(|&byte| byte == b'\n').enumerate().peekable();
    while let Some((number, line)) = lines.next() {
        match serde_json::from_slice(line) {
            Ok(read) if line.ends_with(b"\n") => {
                ledger.lines.push(read);
                ledger.whole += line.len() as u64;
            }
            Ok(_) | Err(_) if lines.peek().is_none() && !line.ends_with(b"\n") => ledger.torn = true,
            Ok(_) => return Err(broken(path, number + 1, &"")),
            Err(error) => return Err(broken(path, number + 1, &error)),
        }
    }
    Ok(ledger)
}

fn broken(path: &Path, line: usize, error: &dyn std::fmt::Display) -> Error {
    let path = path.display();
    Error::usage(say!(
        "`{path}` a été modifié : sa ligne {line} n'est pas lisible, et rien n'y a été changé",
        "`{path}` was changed: its line {line} cannot be read, and nothing in it was touched"
    ))
    .because(error)
    .hint(say!(
        "corrigez cette ligne, ou mettez le fichier de côté : `mv {path} {path}.old`",
        "mend that line, or put the file aside: `mv {path} {path}.old`"
    ))
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    let path = path.display();
    Error::environment(say!("`{path}` n'a pas pu être lu", "`{path}` could not be read")).because(error)
}

fn unwritten(path: &Path, error: &io::Error) -> Error {
    let path = path.display();
    Error::environment(say!(
        "`{path}` n'a pas pu être écrit ; rien n'y a été perdu",
        "`{path}` could not be written; nothing in it was lost"
    ))
    .because(error)
    .hint(say!(
        "faites de la place sur le disque, ou choisissez un autre dossier avec `DOCKER_LAB_HOME`",
        "make room on the disk, or choose another folder with `DOCKER_LAB_HOME`"
    ))
}
