//! What is kept of a room survives whatever ends the program or the disk, and is shared by trainers on a real PostgreSQL.

use std::fmt::Write as _;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::path::PathBuf;
use std::process::Child;
use std::process::ChildStdout;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use tempfile::TempDir;

use crate::engine;
use crate::program::Outcome;
use crate::program::Place;
use crate::tls_transport::secured;

/// A PostgreSQL of a test's own.
struct Server {
    port: String,
    child: Child,
    answers: BufReader<ChildStdout>,
    folder: TempDir,
}

impl Server {
    fn start(certificates: Option<PathBuf>) -> Server {
        let folder = TempDir::new().expect("a folder");
        // The server runs as somebody else, who has to get at its folder.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path(), open).expect("opened");
        let mut child = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engine/postgres.sh"))
            .arg(folder.path().join("server"))
            .args(certificates)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server's script");
        let mut answers = BufReader::new(child.stdout.take().expect("its output"));
        let mut port = String::new();
        answers.read_line(&mut port).expect("its port");
        assert_ne!(port, "", "the server did not start");
        Server { port: port.trim().to_owned(), child, answers, folder }
    }

    fn url(&self) -> String {
        format!("postgres://trainer@127.0.0.1:{}/room", self.port)
    }

    /// What a statement answers, asked beside the program.
    fn ask(&self, statement: &str) -> String {
        let output = Command::new("psql")
            .args(["-qAtX", "-U", "postgres", "-p", &self.port, "-h"])
            .arg(self.folder.path().join("server"))
            .args(["room", "-c", statement])
            .output()
            .expect("psql");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// The checks that are kept, and the results.
    fn counts(&self) -> (u64, u64) {
        let count = |table: &str| {
            let count = self.ask(&format!("SELECT count(*) FROM docker_lab.{table}"));
            count.parse().expect("a number")
        };
        (count("checks"), count("results"))
    }

    /// Ends the server as a power cut would, and waits until it is back.
    fn kill(&mut self) {
        self.child.stdin.as_mut().expect("its input").write_all(b"kill\n").expect("its script");
        let mut port = String::new();
        self.answers.read_line(&mut port).expect("its port");
        assert_eq!(port.trim(), self.port, "the server did not come back");
    }

    /// The program with this store, and a password in its environment.
    fn command(&self, place: &Place, args: &[&str]) -> Command {
        let mut command = place.command(args);
        command.env("DOCKER_LAB_STORE", self.url()).env("PGPASSWORD", "s3cret");
        command
    }

    fn run(&self, place: &Place, args: &[&str]) -> Outcome {
        Outcome::from(self.command(place, args).output().expect("the program"))
    }
}

const CHECK: [&str; 6] = ["class", "check", "-i", "class.yaml", "--format", "csv"];

/// A room of machines that are off: what is said of them is kept too.
fn off(place: &Place, count: usize) {
    let mut text = "name: shared\nmachines:\n".to_owned();
    for number in 0..count {
        let _ =
            writeln!(text, "- {{name: m{number}, learner: l{number}, host: 'unix:///none{number}.sock'}}");
    }
    std::fs::write(place.work().join("class.yaml"), text).expect("written");
}

/// So large a room, and so long a learner's name, that what is kept of it does not fit into `SQLite`'s cache: it writes before
/// the end.
fn large(place: &Place) {
    let long = "x".repeat(900);
    let ranges = ["[1-2000]", "[2001-4000]"];
    let entry =
        |range: &str| format!("- {{name: 'm{range}', learner: {long}, host: 'unix:///n{range}.sock'}}\n");
    let text = format!("name: shared\nmachines:\n{}", ranges.map(entry).concat());
    std::fs::write(place.work().join("class.yaml"), text).expect("written");
}

fn trainer() -> Place {
    Place::at("unix:///nonexistent.sock")
}

#[test]
fn two_trainers_who_write_to_one_postgresql_lose_nothing() {
    let mut server = Server::start(None);
    let trainers = [trainer(), trainer()];
    off(&trainers[0], 20);
    off(&trainers[1], 20);
    // Both find an empty database, and both make the tables.
    let checks = |server: &Server| -> Vec<Outcome> {
        std::thread::scope(|scope| {
            let running = trainers.iter().map(|one| {
                scope.spawn(move || (0..4).map(|_| server.run(one, &CHECK)).collect::<Vec<Outcome>>())
            });
            let running: Vec<_> = running.collect();
            running.into_iter().flat_map(|one| one.join().expect("a trainer")).collect()
        })
    };
    let told = checks(&server);
    assert!(told.iter().all(|one| one.code == 3 && one.stderr.is_empty()), "{told:#?}");
    assert_eq!(server.counts(), (8, 160));
    let told = server
        .run(&trainers[0], &["class", "report", "-i", "class.yaml", "--since", "1h", "--format", "json"]);
    let told: Value = serde_json::from_str(&told.code(0).stdout).expect("json");
    assert_eq!(told["machines"][19]["now"]["status"], "unreachable", "{told:#}");
    assert_eq!(told["machines"][19]["before"], Value::Null, "{told:#}");

    // Somebody follows the room while the server dies: nothing is missing afterwards.
    let mut watch = server.command(&trainers[1], &["class", "watch", "-i", "class.yaml"]);
    let mut watch = watch.stdout(Stdio::null()).spawn().expect("the program");
    soon(|| server.counts().1 == 180);
    server.kill();
    assert_eq!(server.counts(), (28, 180), "what was kept survived");
    off(&trainers[0], 21);
    server.run(&trainers[0], &CHECK).code(3);
    assert_eq!(server.counts(), (29, 201));
    let _ = watch.kill();
    let _ = watch.wait();

    server
        .run(&trainers[0], &["class", "forget", "l3", "--yes", "-i", "class.yaml"])
        .code(0)
        .says("10 results");
    assert_eq!(server.counts().1, 191);
    assert_eq!(server.ask("SELECT count(*) FROM docker_lab.results WHERE learner = 'l3'"), "0");
}

/// Waits until this is so.
fn soon(so: impl Fn() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < Duration::from_secs(90), "it did not come about");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_happens_while_the_store_is_away_is_kept_when_it_is_back() {
    let (server, place) = (Server::start(None), trainer());
    let socket = place.work().join("late.sock");
    let text = format!("name: shared\nmachines: [{{name: late, host: 'unix://{}'}}]", socket.display());
    std::fs::write(place.work().join("class.yaml"), text).expect("written");
    let told = std::fs::File::create(place.work().join("told")).expect("a file");
    let mut watch = server.command(&place, &["class", "watch", "-i", "class.yaml"]);
    let mut watch = watch.stdout(Stdio::null()).stderr(told).spawn().expect("the program");
    let told = || std::fs::read_to_string(place.work().join("told")).expect("a file");
    soon(|| {
        server.ask("SELECT to_regclass('docker_lab.results') IS NOT NULL") == "t" && server.counts() == (1, 1)
    });
    server.ask("ALTER TABLE docker_lab.results RENAME TO away");
    // A machine that was off begins to answer, though not as Docker does.
    let listener = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
    std::thread::spawn(move || {
        listener.incoming().flatten().for_each(|mut caller| drop(caller.write_all(b"?")));
    });
    soon(|| told().contains("what is missing is kept as soon as possible"));
    std::thread::sleep(Duration::from_secs(6));
    server.ask("ALTER TABLE docker_lab.away RENAME TO results");
    soon(|| server.counts().0 >= 2 && server.counts().0 == server.counts().1);
    let _ = watch.kill();
    let _ = watch.wait();
    assert_eq!(told().matches("could not be read or written").count(), 1, "told once: {}", told());
}

#[test]
fn a_password_is_found_where_libpq_finds_it_and_never_shown() {
    let (server, place) = (Server::start(Some(secured().certs(""))), trainer());
    off(&place, 1);
    let ca = secured().certs("client").join("ca.pem");
    let url = format!("{}?sslmode=verify-full&sslrootcert={}", server.url(), ca.display());
    let run = |url: &str, env: &[(&str, &str)], more: &[&str]| {
        let mut command = place.command(&[&CHECK[..], more].concat());
        command.env_remove("PGPASSWORD").env("PGPASSFILE", "/none").env("DOCKER_LAB_STORE", url);
        let outcome = Outcome::from(command.envs(env.iter().copied()).output().expect("the program"));
        assert!(!outcome.stderr.contains("s3cret") && !outcome.stdout.contains("s3cret"), "{outcome:#?}");
        outcome.code(3).prints("m0")
    };
    let kept = |outcome: Outcome| assert_eq!(outcome.stderr, "");
    kept(run(&url, &[("PGPASSWORD", "s3cret")], &[]));
    kept(run(&url.replace("trainer@", "trainer:s3cret@"), &[], &[]));
    let passfile = place.work().join("pgpass");
    std::fs::write(&passfile, "*:*:room:trainer:s3cret\n").expect("written");
    let file = passfile.display().to_string();
    run(&url, &[("PGPASSFILE", &file)], &[]).says("password missing");
    std::fs::set_permissions(&passfile, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("hidden");
    kept(run(&url, &[("PGPASSFILE", &file)], &[]));
    run(&url, &[("PGPASSWORD", "wrong")], &[]).says("password authentication failed");
    // The option wins over the variable, and takes no password: others read it in the list of processes.
    kept(run("postgres://nobody@127.0.0.1:9/none", &[("PGPASSWORD", "s3cret")], &["--store", &url]));
    let open = format!("postgres://trainer:s3cret@127.0.0.1:{}/room", server.port);
    place.run(&[&CHECK[..], &["--store", &open]].concat()).code(2).says("has no place on the command line");
    place
        .run(&["class", "doctor", "-i", "class.yaml", "--store", "postgres://a@localhost/b"])
        .code(2)
        .says("`--store` has no meaning here");

    // Without TLS this server refuses; with another authority than its own, or another name, we do.
    run(&server.url(), &[("PGPASSWORD", "s3cret")], &[]).says("no pg_hba.conf entry");
    let stranger = secured().certs("stranger").join("ca.pem");
    let wrong = format!("{}?sslmode=require&sslrootcert={}", server.url(), stranger.display());
    run(&wrong, &[("PGPASSWORD", "s3cret")], &[]).says("UnknownIssuer");
    let far = ["--store", "postgres://trainer@db.invalid/room"];
    let refused = place.run(&[&CHECK[..], &far].concat()).code(2).says("certificate of the authority");
    assert_eq!(refused.stdout, "", "no machine was asked");
    run("postgres://trainer@127.0.0.1:9/room", &[], &[]).says("could not be reached").says("refused");
    assert_eq!(server.counts(), (4, 4));
}

#[test]
fn a_killed_program_loses_the_check_it_was_keeping_and_no_other() {
    let place = trainer();
    off(&place, 10);
    place.run(&CHECK).code(3);
    large(&place);
    let mut check =
        place.command(&CHECK).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program");
    let log = place.home().join("class/results.sqlite-wal");
    let began = Instant::now();
    while log.metadata().map_or(0, |data| data.len()) < 300_000 {
        assert!(began.elapsed() < Duration::from_secs(60), "nothing was written");
        assert!(check.try_wait().expect("the program").is_none(), "it was done before it could be killed");
    }
    check.kill().expect("killed");
    check.wait().expect("ended");
    assert_eq!(kept(&place.home().join("class/results.sqlite")), (1, 10));
    off(&place, 10);
    let told = place.json(&["class", "report", "-i", "class.yaml"]);
    assert_eq!(told["machines"][9]["now"]["status"], "unreachable", "{told:#}");
    place.run(&CHECK).code(3);
    assert_eq!(kept(&place.home().join("class/results.sqlite")), (2, 20));

    let server = Server::start(None);
    server.run(&place, &CHECK).code(3);
    large(&place);
    let mut check = server.command(&place, &CHECK).stdout(Stdio::null()).spawn().expect("the program");
    server.ask(
        "DO $$ BEGIN LOOP PERFORM pg_stat_clear_snapshot(); EXIT WHEN EXISTS (SELECT FROM pg_stat_activity \
         WHERE application_name = 'docker-lab' AND backend_xid IS NOT NULL); END LOOP; END $$",
    );
    check.kill().expect("killed");
    check.wait().expect("ended");
    soon(|| server.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'docker-lab'") == "0");
    assert_eq!(server.counts(), (1, 10));
    off(&place, 10);
    server.run(&place, &CHECK).code(3);
    assert_eq!(server.counts(), (2, 20));
}

/// The checks that a file holds, and the results; it must be whole.
fn kept(path: &std::path::Path) -> (u64, u64) {
    let file = rusqlite::Connection::open(path).expect("the database");
    let ask = |query: &str| file.query_row(query, [], |row| row.get::<_, String>(0)).expect("an answer");
    assert_eq!(ask("PRAGMA integrity_check"), "ok");
    assert_eq!(ask("SELECT CAST(count(*) AS TEXT) FROM pragma_foreign_key_check"), "0");
    let count =
        |table: &str| ask(&format!("SELECT CAST(count(*) AS TEXT) FROM {table}")).parse().expect("a number");
    (count("checks"), count("results"))
}

#[test]
fn a_full_disk_costs_the_check_that_no_longer_fits_and_nothing_before_or_after_it() {
    let (shared, place) = (engine::shared(), trainer());
    large(&place);
    std::fs::rename(place.work().join("class.yaml"), place.work().join("large.yaml")).expect("renamed");
    for (file, prefix) in [("class.yaml", "full1"), ("new.yaml", "full2")] {
        let host = shared.host();
        let text = format!("name: shared\nmachines: [{{name: real, host: '{host}', prefix: {prefix}}}]");
        std::fs::write(place.work().join(file), text).expect("written");
    }
    // A disk of two megabytes, which ends with the shell.
    let script =
        "set -u; class=$DOCKER_LAB_HOME/class; mkdir -p $class; mount -t tmpfs -o size=2m tmpfs $class
        check() { docker-lab class check -i $1.yaml --format json >$2.json 2>$2.txt; echo $2 $?; }
        check class before
        check large large
        cat /dev/zero >$class/fill 2>/dev/null
        check new full
        rm $class/fill
        docker-lab class report -i class.yaml --format json >report.json; echo report $?
        check new after
        cp $class/results.sqlite results.sqlite";
    let mut command = Command::new("unshare");
    command.args(["--mount", "bash", "-c", script]).current_dir(place.work()).stdin(Stdio::null());
    place.environment(&mut command);
    let outcome = Outcome::from(command.output().expect("unshare")).code(0);
    let read = |name: &str| std::fs::read_to_string(place.work().join(name)).expect("a file");
    let json = |name: &str| serde_json::from_str::<Value>(&read(&format!("{name}.json"))).expect("json");
    assert_eq!(outcome.stdout, "before 3\nlarge 3\nfull 3\nreport 0\nafter 3\n", "{outcome:#?}");
    assert_eq!(read("before.txt"), "");
    for full in ["large", "full"] {
        let told = read(&format!("{full}.txt"));
        assert!(told.contains("this check is not kept; the earlier ones still are"), "{told}");
    }
    assert_eq!(json("large")["machines"].as_array().map(Vec::len), Some(4000), "what was seen is shown");
    let seen = json("full");
    let message = seen["machines"][0]["message"].as_str().unwrap_or("").to_owned();
    assert!(message.contains("could not be written; nothing in it was lost"), "{seen:#}");
    assert_eq!(json("report")["machines"][0]["now"]["status"], "ok");
    assert_eq!(json("report")["machines"][0]["now"]["step"], "create");
    assert_eq!(
        (read("after.txt").as_str(), json("after")["machines"][0]["status"].as_str()),
        ("", Some("ok"))
    );
    assert_eq!(kept(&place.work().join("results.sqlite")), (2, 2));
}
