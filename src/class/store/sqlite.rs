//! The embedded database: one file on the trainer's machine. The only home of rusqlite.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::ToSql;
use rusqlite::TransactionBehavior;
use rusqlite::params_from_iter;
use rusqlite::types::ToSqlOutput;
use rusqlite::types::ValueRef;

use crate::error::Error;
use crate::error::Result;
use crate::postgres::Statement;
use crate::postgres::Value;
use crate::text::say;

/// So long another docker-lab that writes is waited for.
const BUSY: Duration = Duration::from_secs(5);

/// Tables in a file.
pub(super) struct File {
    connection: Connection,
    shown: String,
}

impl File {
    /// Opens the file, makes it where there is none, and does those of the steps to its newest form that were not done yet.
    pub(super) fn open(path: &Path, steps: &[&str]) -> Result<File> {
        let shown = path.display().to_string();
        let opened = || -> std::result::Result<(Connection, u32), Box<dyn std::error::Error>> {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let mut connection = Connection::open(path)?;
            connection.busy_timeout(BUSY)?;
            connection.execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON",
            )?;
            let done = migrate(&mut connection, steps)?;
            Ok((connection, done))
        };
        match opened() {
            Ok((_, done)) if done as usize > steps.len() => Err(Error::environment(say!(
                "les résultats de `{shown}` viennent d'un docker-lab plus récent",
                "the results in `{shown}` come from a newer docker-lab"
            ))
            .hint(say!("mettez celui-ci à jour", "bring this one up to date"))),
            Ok((connection, _)) => Ok(File { connection, shown }),
            Err(error) => Err(broken(&shown, &*error)),
        }
    }

    /// Carries out some statements, all of them or none, and answers how many rows each one touched.
    pub(super) fn write(&mut self, statements: &[Statement]) -> Result<Vec<u64>> {
        let mut write = || -> rusqlite::Result<Vec<u64>> {
            let work = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut counts = Vec::new();
            for alike in statements.chunk_by(|one, other| one.0 == other.0) {
                let Some((text, _)) = alike.first() else { continue };
                let mut prepared = work.prepare(text)?;
                for (_, values) in alike {
                    counts.push(prepared.execute(params_from_iter(values))? as u64);
                }
            }
            work.commit()?;
            Ok(counts)
        };
        write().map_err(|error| broken(&self.shown, &error))
    }

    /// Asks for rows.
    pub(super) fn read(&self, (text, values): &Statement) -> Result<Vec<Vec<Value>>> {
        let read = || -> rusqlite::Result<Vec<Vec<Value>>> {
            let mut asked = self.connection.prepare(text)?;
            let columns = asked.column_count();
            let fields = |row: &rusqlite::Row<'_>| (0..columns).map(|index| field(row, index)).collect();
            asked.query_map(params_from_iter(values), fields)?.collect()
        };
        read().map_err(|error| broken(&self.shown, &error))
    }

    /// Leaves nothing of what was deleted in the files.
    pub(super) fn wipe(&self) -> Result<()> {
        let wiped = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
        wiped.map_err(|error| broken(&self.shown, &error))
    }
}

/// Does the steps that were not done yet; answers how many there are now.
fn migrate(connection: &mut Connection, steps: &[&str]) -> rusqlite::Result<u32> {
    loop {
        let work = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done: u32 = work.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        let Some(next) = steps.get(done as usize) else { return Ok(done) };
        work.execute_batch(next)?;
        work.execute_batch(&format!("PRAGMA user_version = {}", done + 1))?;
        work.commit()?;
    }
}

fn field(row: &rusqlite::Row<'_>, index: usize) -> rusqlite::Result<Value> {
    Ok(match row.get_ref(index)? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Text(_) | ValueRef::Real(_) | ValueRef::Blob(_) => Value::Text(row.get(index)?),
    })
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

fn broken(shown: &str, error: &dyn std::error::Error) -> Error {
    Error::environment(say!(
        "les résultats gardés dans `{shown}` n'ont pas pu être lus ou écrits",
        "the results kept in `{shown}` could not be read or written"
    ))
    .because(error)
    .hint(say!(
        "reste-t-il de la place sur le disque ? `DOCKER_LAB_HOME` choisit un autre dossier",
        "is there room left on the disk? `DOCKER_LAB_HOME` chooses another folder"
    ))
}
