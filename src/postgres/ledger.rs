//! Tables on a PostgreSQL server that was named by a URL, in a schema of their own. Each batch is one transaction; a
//! connection that was lost is made anew.

use std::time::Duration;

use bytes::BytesMut;
use futures_util::future::try_join_all;
use tokio_postgres::Row;
use tokio_postgres::Transaction;
use tokio_postgres::types::IsNull;
use tokio_postgres::types::ToSql;
use tokio_postgres::types::Type;
use tokio_postgres::types::to_sql_checked;

use crate::error::Error;
use crate::error::Result;
use crate::postgres::Connection;
use crate::postgres::in_words;
use crate::postgres::server::Server;
use crate::text::say;

/// A batch that takes longer is given up, and the server takes it back.
const LIMIT: Duration = Duration::from_secs(60);

/// Where the tables are, whatever else is kept in the database.
const IN_SCHEMA: &str = "SET LOCAL search_path TO docker_lab";

/// What two docker-labs agree on before they make or change tables, so that one waits for the other.
const TURN: &str = "SELECT pg_advisory_xact_lock(5793142018553)";

/// A field of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// Nothing.
    Null,
    /// A number.
    Int(i64),
    /// A text.
    Text(String),
}

/// A statement, with `?1`, `?2`… where its values go.
pub(crate) type Statement = (&'static str, Vec<Value>);

/// Tables on a server.
pub(crate) struct Ledger {
    server: Server,
    /// `None` once it was given up.
    connection: Option<Connection>,
}

impl Ledger {
    /// Connects, and does those of the steps to the newest form of the tables that were not done yet.
    pub(crate) async fn open(server: Server, steps: &[&str]) -> Result<Ledger> {
        let mut ledger = Ledger { server, connection: None };
        let done = ledger.again(async |connection| migrate(connection, steps).await).await?;
        if usize::try_from(done).is_ok_and(|done| done <= steps.len()) {
            return Ok(ledger);
        }
        let shown = &ledger.server.shown;
        Err(Error::environment(say!(
            "les résultats de `{shown}` viennent d'un docker-lab plus récent",
            "the results in `{shown}` come from a newer docker-lab"
        ))
        .hint(say!("mettez celui-ci à jour", "bring this one up to date")))
    }

    /// Carries out some statements, all of them or none, and answers how many rows each one touched. They are sent again
    /// where the connection was lost, so doing them twice must come to the same.
    pub(crate) async fn write(&mut self, statements: &[Statement]) -> Result<Vec<u64>> {
        self.again(async |connection| {
            let work = begin(connection).await?;
            let mut counts = Vec::new();
            // Statements that are alike go out together: a server far away would be waited for at each of them.
            for alike in statements.chunk_by(|one, other| one.0 == other.0) {
                counts.extend(together(&work, alike).await?);
            }
            work.commit().await?;
            Ok(counts)
        })
        .await
    }

    /// Asks for rows.
    pub(crate) async fn read(&mut self, statement: &Statement) -> Result<Vec<Vec<Value>>> {
        self.again(async |connection| {
            let work = begin(connection).await?;
            let values: Vec<&(dyn ToSql + Sync)> = statement.1.iter().map(|one| one as _).collect();
            let rows = work.query(&dollars(statement.0), &values).await?;
            rows.iter().map(fields).collect()
        })
        .await
    }

    /// Does something on the connection, and once more on a new one where the old one was lost.
    async fn again<T>(
        &mut self,
        work: impl AsyncFn(&mut Connection) -> std::result::Result<T, tokio_postgres::Error>,
    ) -> Result<T> {
        let mut was_lost = false;
        loop {
            let mut connection = match self.connection.take() {
                Some(connection) if !connection.client.is_closed() => connection,
                Some(_) | None => self.server.connect().await?,
            };
            let Ok(done) = tokio::time::timeout(LIMIT, work(&mut connection)).await else {
                let seconds = LIMIT.as_secs();
                return Err(self.unanswered().because(format!("no answer within {seconds} s")));
            };
            let is_lost = connection.client.is_closed();
            self.connection = Some(connection);
            match done {
                Ok(done) => return Ok(done),
                Err(_) if is_lost && !was_lost => was_lost = true,
                Err(error) if is_refusal(&error) => return Err(self.refused().because(in_words(&error))),
                Err(error) => return Err(self.unanswered().because(in_words(&error))),
            }
        }
    }

    fn refused(&self) -> Error {
        let shown = &self.server.shown;
        Error::usage(say!("`{shown}` ne veut pas de ces résultats", "`{shown}` does not take these results"))
            .hint(say!(
                "la base doit être en UTF-8 : `createdb -E UTF8 -T template0 resultats`",
                "the database must be in UTF-8: `createdb -E UTF8 -T template0 results`"
            ))
    }

    fn unanswered(&self) -> Error {
        let shown = &self.server.shown;
        Error::environment(say!(
            "les résultats gardés dans `{shown}` n'ont pas pu être lus ou écrits",
            "the results kept in `{shown}` could not be read or written"
        ))
    }
}

/// Whether the server will never take it, however often it is sent: SQLSTATE classes 22 (data) and 23 (constraints).
fn is_refusal(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| ["22", "23"].iter().any(|class| code.code().starts_with(class)))
}

async fn begin(connection: &mut Connection) -> std::result::Result<Transaction<'_>, tokio_postgres::Error> {
    let work = connection.client.transaction().await?;
    work.batch_execute(IN_SCHEMA).await?;
    Ok(work)
}

async fn together(
    work: &Transaction<'_>,
    alike: &[Statement],
) -> std::result::Result<Vec<u64>, tokio_postgres::Error> {
    let Some((text, _)) = alike.first() else { return Ok(Vec::new()) };
    let prepared = work.prepare(&dollars(text)).await?;
    let sent = alike.iter().map(|(_, values)| work.execute_raw(&prepared, values));
    try_join_all(sent).await
}

/// Does the steps that were not done yet; answers how many there are now.
async fn migrate(
    connection: &mut Connection,
    steps: &[&str],
) -> std::result::Result<i64, tokio_postgres::Error> {
    let work = connection.client.transaction().await?;
    work.batch_execute(TURN).await?;
    let known = "SELECT to_regclass('docker_lab.steps') IS NOT NULL";
    if !work.query_one(known, &[]).await?.try_get::<_, bool>(0)? {
        // Somebody who may not make schemas can be given one.
        let given = "SELECT to_regnamespace('docker_lab') IS NOT NULL";
        if !work.query_one(given, &[]).await?.try_get::<_, bool>(0)? {
            work.batch_execute("CREATE SCHEMA docker_lab").await?;
        }
        work.batch_execute(
            "CREATE TABLE docker_lab.steps (done BIGINT NOT NULL); INSERT INTO docker_lab.steps VALUES (0)",
        )
        .await?;
    }
    work.batch_execute(IN_SCHEMA).await?;
    let mut done: i64 = work.query_one("SELECT done FROM steps", &[]).await?.try_get(0)?;
    for step in steps.iter().skip(usize::try_from(done).unwrap_or(0)) {
        work.batch_execute(step).await?;
        done += 1;
        work.execute("UPDATE steps SET done = $1", &[&done]).await?;
    }
    work.commit().await?;
    Ok(done)
}

/// A statement in PostgreSQL's own spelling.
fn dollars(text: &str) -> String {
    text.replace('?', "$")
}

fn fields(row: &Row) -> std::result::Result<Vec<Value>, tokio_postgres::Error> {
    let columns = row.columns().iter().enumerate();
    let field = |(index, column): (usize, &tokio_postgres::Column)| {
        Ok(if *column.type_() == Type::INT8 {
            row.try_get::<_, Option<i64>>(index)?.map_or(Value::Null, Value::Int)
        } else {
            row.try_get::<_, Option<String>>(index)?.map_or(Value::Null, Value::Text)
        })
    };
    columns.map(field).collect()
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(number) => number.to_sql(kind, out),
            // The server takes any text but that with a NUL in it, and a machine may say anything.
            Value::Text(text) => text.replace('\0', "\u{fffd}").to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        <i64 as ToSql>::accepts(kind) || <String as ToSql>::accepts(kind)
    }

    to_sql_checked!();
}
