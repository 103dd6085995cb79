//! The only home of tokio-postgres: a learner's database as it is now, read through a tunnel in one read-only transaction;
//! and the server on which trainers keep their results.

mod dump;
mod fingerprint;
mod insert;
mod ledger;
mod line;
mod passfile;
mod server;
mod tls;

use std::time::Duration;

use jiff::Timestamp;
use tokio_postgres::Client;
use tokio_postgres::NoTls;
use tokio_postgres::error::SqlState;

use crate::docker::Engine;
use crate::docker::Seat;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;
use crate::world::Fact;

pub(crate) use dump::read_dump;
pub(crate) use ledger::Ledger;
pub(crate) use ledger::Statement;
pub(crate) use ledger::Value;
pub(crate) use server::Login;
pub(crate) use server::Server;
pub(crate) use server::holds_password;

/// A server that was started less than this ago may still be getting ready.
const YOUNG: Duration = Duration::from_secs(60);

/// The pause between two attempts to connect.
const PAUSE: Duration = Duration::from_millis(100);

/// Starting up, shutting down, in recovery, or full: no word on whoever asks.
const NOT_NOW: [SqlState; 4] = [
    SqlState::CANNOT_CONNECT_NOW,
    SqlState::TOO_MANY_CONNECTIONS,
    SqlState::ADMIN_SHUTDOWN,
    SqlState::CRASH_SHUTDOWN,
];

/// A connection, and the task that drives it; both end when this is dropped.
struct Connection {
    client: Client,
    _driver: tokio::task::JoinSet<()>,
}

/// What came of an attempt to connect.
enum Attempt {
    Connected(Connection),
    /// The server answered with a refusal: a database or role that does not exist.
    Refused(String),
    /// Nothing listens there (yet), for this reason.
    NotYet(String),
}

/// How long a server that is getting ready is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Not at all: whoever asks will ask again.
    None,
    /// Until a minute after its start; the time is that of now.
    WhileYoung(Timestamp),
}

/// Looks at a database: a fact, or why it cannot be seen.
pub(crate) async fn look(
    engine: &Engine,
    container: &str,
    database: &str,
    patience: Patience,
) -> Result<Fact> {
    let Some(seat) = engine.seat(container).await? else {
        return Ok(Fact::Absent(say!(
            "le conteneur `{container}` n'existe pas",
            "container `{container}` does not exist"
        )));
    };
    if !seat.running {
        let state = &seat.state;
        return Ok(Fact::Absent(say!(
            "le conteneur `{container}` ne tourne pas (état « {state} »)",
            "container `{container}` is not running (state \"{state}\")"
        )));
    }
    let patience = match patience {
        Patience::None => Duration::ZERO,
        Patience::WhileYoung(now) => {
            let age = seat.started.map_or(Duration::MAX, |started| {
                Duration::try_from(now.duration_since(started)).unwrap_or(Duration::ZERO)
            });
            YOUNG.saturating_sub(age)
        }
    };
    match connect_within(engine, &seat, database, patience).await? {
        Attempt::Connected(connection) => {
            fingerprint::take(&connection.client, &seat).await.map(Fact::Database).map_err(|error| {
                Error::environment(say!(
                    "la base `{database}` de `{container}` n'a pas pu être lue",
                    "database `{database}` in `{container}` could not be read"
                ))
                .because(in_words(&error))
            })
        }
        Attempt::Refused(why) => Ok(Fact::Refused(say!(
            "le serveur de `{container}` répond : {why}",
            "the server in `{container}` answers: {why}"
        ))),
        Attempt::NotYet(_) => Ok(Fact::Absent(say!(
            "aucun serveur PostgreSQL ne répond dans `{container}` : `docker logs {container}`",
            "no PostgreSQL server answers in `{container}`: `docker logs {container}`"
        ))),
    }
}

/// Waits until the server in a container answers a query; an error when it dies first or takes longer than
/// `limit`.
pub(crate) async fn ready(engine: &Engine, container: &str, limit: Duration) -> Result<()> {
    let gone = async || {
        let words = engine.last_words(container).await;
        Err(Error::environment(say!(
            "`{container}` s'est arrêté avant d'être prêt",
            "`{container}` stopped before it was ready"
        ))
        .because(words))
    };
    let Some(seat) = engine.seat(container).await?.filter(|seat| seat.running) else { return gone().await };
    match connect_within(engine, &seat, "postgres", limit).await? {
        Attempt::Connected(_) | Attempt::Refused(_) => Ok(()),
        Attempt::NotYet(_) if !engine.seat(container).await?.is_some_and(|seat| seat.running) => gone().await,
        Attempt::NotYet(why) => {
            let seconds = limit.as_secs();
            Err(Error::environment(say!(
                "PostgreSQL n'était pas prêt dans `{container}` après {seconds} s",
                "PostgreSQL was not ready in `{container}` after {seconds} s"
            ))
            .because(why))
        }
    }
}

/// Carries out one statement. A row that is there already (a unique key says so) was written by an earlier run.
pub(crate) async fn execute(engine: &Engine, container: &str, database: &str, statement: &str) -> Result<()> {
    let failed = |why: String| {
        Error::environment(say!(
            "la requête n'a pas pu être exécutée dans `{container}`",
            "the statement could not be carried out in `{container}`"
        ))
        .because(why)
    };
    let Some(seat) = engine.seat(container).await? else {
        return Err(failed(format!("no such container: {container}")));
    };
    let connection = match connect_within(engine, &seat, database, YOUNG).await? {
        Attempt::Connected(connection) => connection,
        Attempt::Refused(why) | Attempt::NotYet(why) => return Err(failed(why)),
    };
    match connection.client.batch_execute(statement).await {
        Err(error) if error.code() != Some(&SqlState::UNIQUE_VIOLATION) => Err(failed(in_words(&error))),
        Ok(()) | Err(_) => Ok(()),
    }
}

async fn connect_within(engine: &Engine, seat: &Seat, database: &str, patience: Duration) -> Result<Attempt> {
    let deadline = tokio::time::Instant::now() + patience;
    loop {
        let attempt = match engine.tunnel(&seat.id).await {
            Ok(tunnel) => connect(tunnel, seat, database).await,
            // The container died between two looks.
            Err(error) => Attempt::NotYet(error.cause.unwrap_or_default()),
        };
        let Attempt::NotYet(why) = attempt else { return Ok(attempt) };
        let alive = engine.seat(&seat.id).await?.is_some_and(|seat| seat.running);
        if !alive || tokio::time::Instant::now() >= deadline {
            return Ok(Attempt::NotYet(why));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn connect(tunnel: crate::docker::Tunnel, seat: &Seat, database: &str) -> Attempt {
    let mut config = tokio_postgres::Config::new();
    config.user(&seat.user).dbname(database).application_name("docker-lab");
    if let Some(password) = &seat.password {
        config.password(password);
    }
    match config.connect_raw(tunnel, NoTls).await {
        Ok((client, connection)) => {
            let mut driver = tokio::task::JoinSet::new();
            driver.spawn(async move {
                // The error of a lost connection reaches the one who asks the next question.
                let _ = connection.await;
            });
            Attempt::Connected(Connection { client, _driver: driver })
        }
        Err(error) => match error.as_db_error() {
            Some(db) if NOT_NOW.contains(db.code()) => Attempt::NotYet(db.message().to_owned()),
            Some(db) => Attempt::Refused(db.message().to_owned()),
            None => Attempt::NotYet(in_words(&error)),
        },
    }
}

/// An error of the server or of the connection, with its cause.
fn in_words(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(db), _) => db.message().to_owned(),
        (None, Some(cause)) => format!("{error}: {cause}"),
        (None, None) => error.to_string(),
    }
}
