//! The same tests against both stores: the embedded one, and a real PostgreSQL.

use std::io::BufRead;
use std::io::BufReader;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use tempfile::TempDir;

use super::*;
use crate::class::testing;
use crate::engine::Status;
use crate::postgres::Login;

/// A server that ends with the tests; every test has a database of its own there.
struct Cluster {
    port: String,
    folder: TempDir,
    _child: Child,
}

fn server() -> &'static Cluster {
    static SERVER: OnceLock<Cluster> = OnceLock::new();
    SERVER.get_or_init(|| {
        let folder = TempDir::with_prefix_in("docker-lab-", "/tmp").expect("a folder");
        let mut child = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engine/postgres.sh"))
            .arg(folder.path().join("server"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server's script");
        open_to_all(folder.path());
        let mut port = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut port).expect("its port");
        assert_ne!(port, "", "the server did not start");
        Cluster { port: port.trim().to_owned(), folder, _child: child }
    })
}

/// The server runs as somebody else, who has to get at its folder.
fn open_to_all(folder: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).expect("opened");
}

/// A new place of each kind.
fn places(folder: &TempDir) -> [Place; 2] {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let (server, name) = (server(), format!("test{}", COUNT.fetch_add(1, Ordering::Relaxed)));
    let socket = server.folder.path().join("server").display().to_string();
    let made = Command::new("psql")
        .args(["-qX", "-h", &socket, "-p", &server.port, "-U", "postgres", "-c"])
        .arg(format!("CREATE DATABASE {name} OWNER trainer"))
        .status();
    assert!(made.expect("psql").success());
    let url = format!("postgres://trainer@127.0.0.1:{}/{name}", server.port);
    let login = Login { password: Some("s3cret".to_owned()), ..Login::default() };
    [
        Place::File(folder.path().join("results.sqlite")),
        Place::Server(Box::new(Server::parse(&url, &login).expect("an address"))),
    ]
}

/// A check at a second, with each machine's learner.
fn check(second: i64, rows: &[(&str, &str, Status)]) -> Sheet {
    let rows = rows.iter().map(|(name, learner, status)| {
        let mut row = testing::row(name, *status);
        row.machine.learner = Some((*learner).to_owned());
        row
    });
    Sheet { at: second_of(second), ..testing::sheet(rows.collect()) }
}

fn second_of(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time")
}

async fn keep(store: &mut Store, sheet: &Sheet, rows: &[Row]) {
    store.keep(&Findings::of(sheet, rows).expect("findings")).await.expect("kept");
}

#[tokio::test]
async fn a_machines_results_are_those_of_its_learner_of_now() {
    let folder = tempfile::tempdir().expect("a folder");
    for place in places(&folder) {
        let mut store = Store::open(place.clone()).await.expect("a store");
        let first = check(1, &[("a", "ada", Status::Passed), ("b", "bob", Status::Failed)]);
        keep(&mut store, &first, &first.rows).await;
        let second = check(2, &[("a", "eve", Status::Failed), ("b", "bob", Status::Failed)]);
        keep(&mut store, &second, &second.rows).await;
        let mut points = Vec::new();
        for sheet in [&first, &second] {
            let (_, kept) = store.at(&sheet.filed(), second_of(9)).await.expect("read").expect("some");
            points.push(kept.get("a").and_then(|kept| kept.points));
        }
        assert_eq!(points, [Some(85), Some(0)]);
        assert_eq!(store.curves(&second.filed()).await.expect("read")["a"], [(second_of(2), 0)]);
        assert_eq!(store.machines_of("room", "ada").await.expect("read"), ["a"]);
        assert_eq!(store.forget("elsewhere", "ada").await, Ok(0), "another room's");
        assert_eq!(store.forget("room", "ada").await, Ok(1), "eve's result at the same machine stays");
        assert_eq!(store.machines_of("room", "ada").await.expect("read"), [""; 0]);
        let (_, kept) = store.at(&second.filed(), second_of(9)).await.expect("read").expect("some");
        assert_eq!(kept.len(), 2);
    }
}

#[tokio::test]
async fn what_one_machine_showed_last_stands_beside_what_the_others_did_before() {
    let folder = tempfile::tempdir().expect("a folder");
    for place in places(&folder) {
        let mut store = Store::open(place.clone()).await.expect("a store");
        let both = check(1, &[("a", "ada", Status::Failed), ("b", "bob", Status::Failed)]);
        assert_eq!(store.at(&both.filed(), second_of(9)).await, Ok(None));
        keep(&mut store, &both, &both.rows).await;
        let changed = check(2, &[("a", "ada", Status::Failed), ("b", "bob", Status::Passed)]);
        keep(&mut store, &changed, &changed.rows[1..]).await;
        let (at, kept) = store.at(&both.filed(), second_of(9)).await.expect("read").expect("some");
        assert_eq!((at, kept["a"].points, kept["b"].points), (second_of(2), Some(0), Some(85)));
        assert_eq!((kept["a"].max, kept["b"].step.as_deref()), (Some(100), None));
        let (_, before) = store.at(&both.filed(), second_of(1)).await.expect("read").expect("some");
        assert_eq!((before["b"].points, before["b"].step.is_some()), (Some(0), true));
    }
}

#[tokio::test]
async fn what_is_kept_twice_is_kept_once_and_a_text_may_hold_anything() {
    let folder = tempfile::tempdir().expect("a folder");
    for place in places(&folder) {
        let mut store = Store::open(place.clone()).await.expect("a store");
        let sheet = check(1, &[("a\0'; --", "ada", Status::Passed)]);
        let findings = Findings::of(&sheet, &sheet.rows).expect("findings");
        for _ in 0..2 {
            store.keep(&findings).await.expect("kept");
        }
        assert_eq!(store.forget("room", "ada").await, Ok(1));
    }
}

#[tokio::test]
async fn an_older_store_is_brought_up_to_date_and_a_newer_one_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    for place in places(&folder) {
        let mut older = Store::open_at(place.clone(), &MIGRATIONS[..1]).await.expect("an older store");
        let sheet = check(1, &[("a", "ada", Status::Passed)]);
        keep(&mut older, &sheet, &sheet.rows).await;
        drop(older);
        // Two programs find it at once.
        let (one, other) = tokio::join!(Store::open(place.clone()), Store::open(place.clone()));
        for mut store in [one.expect("brought up to date"), other.expect("brought up to date")] {
            let (_, kept) = store.at(&sheet.filed(), second_of(9)).await.expect("read").expect("some");
            assert_eq!(kept["a"].points, Some(85));
        }
        let newer = [MIGRATIONS[0], MIGRATIONS[1], "CREATE TABLE news (id BIGINT)"];
        Store::open_at(place.clone(), &newer).await.expect("a newer store");
        let refused = Store::open(place.clone()).await.err().expect("refused");
        assert!(refused.what.en.ends_with("come from a newer docker-lab"), "{refused:?}");
    }
}
