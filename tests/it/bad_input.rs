//! Every kind of bad input gets a sentence and the right exit code, and loses nothing.

use std::io::Read;
use std::io::Write;
use std::os::unix::net::UnixListener;

use crate::engine;
use crate::program::Place;
use crate::program::checks_in;

const NOWHERE: &str = "unix:///nonexistent/docker.sock";

#[test]
fn no_daemon() {
    Place::at(NOWHERE)
        .run(&["check", "volumes"])
        .code(3)
        .says("no Docker engine answers")
        .says("DOCKER_HOST");
    let french = Place::at(NOWHERE).run(&["check", "volumes", "--lang", "fr"]).code(3);
    french.says("aucun moteur Docker ne répond").says("Piste\u{a0}:");
}

#[test]
fn a_daemon_that_hangs() {
    let place = Place::at(NOWHERE);
    let socket = place.folder.path().join("hung.sock");
    let _listener = UnixListener::bind(&socket).expect("a socket");
    let host = format!("unix://{}", socket.display());
    let mut command = place.command(&["check", "volumes", "--timeout", "1"]);
    let output = command.env("DOCKER_HOST", host).output().expect("the program");
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("did not answer within 1 s"), "{output:?}");
}

#[test]
fn a_pipe_or_an_endless_file_in_place_of_a_dump_holds_nothing_up() {
    let place = Place::on(engine::shared()).prefixed("endless");
    place.run(&["start"]).code(0);
    let began = std::time::Instant::now();
    place.shell("mkdir backups && mkfifo backups/myapp_dump.sql");
    place.run(&["check", "volumes", "backup"]).code(3).prints("no ordinary file");
    place.shell("rm backups/myapp_dump.sql && truncate -s 100G backups/myapp_dump.sql");
    place.run(&["check", "volumes", "backup", "--timeout", "2"]).code(3).prints("no answer within 2 s");
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
    place.run(&["reset", "--yes"]).code(0);
}

/// Answers every request with the same body, as something that is no Docker, or a very old one, would.
fn answering(body: &'static str) -> (Place, String) {
    let place = Place::at(NOWHERE);
    let socket = place.folder.path().join("other.sock");
    let listener = UnixListener::bind(&socket).expect("a socket");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            std::thread::spawn(move || {
                let mut buffer = [0; 4096];
                while stream.read(&mut buffer).is_ok_and(|got| got > 0) {
                    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length";
                    let _ = write!(stream, "{head}: {}\r\n\r\n{body}", body.len());
                }
            });
        }
    });
    let host = format!("unix://{}", socket.display());
    (place, host)
}

#[test]
fn an_engine_that_is_too_old() {
    let (place, host) =
        answering("{\"Version\": \"17.03\", \"ApiVersion\": \"1.26\", \"ID\": \"x\", \"Name\": \"old\"}");
    let output = place.command(&["check", "volumes"]).env("DOCKER_HOST", host).output().expect("the program");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("speaks API 1.26") && said.contains("update Docker"), "{said}");
}

#[test]
fn something_that_is_no_docker() {
    let (place, host) = answering("<html>hello</html>");
    let output = place.command(&["check", "volumes"]).env("DOCKER_HOST", host).output().expect("the program");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("no Docker engine answers"), "{said}");
}

#[test]
fn an_unknown_context_lab_step_option_or_prefix() {
    let place = Place::at(NOWHERE);
    let mut command = place.command(&["check", "volumes"]);
    let output =
        command.env_remove("DOCKER_HOST").env("DOCKER_CONTEXT", "nobody").output().expect("the program");
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("the Docker context `nobody` does not exist"));
    place.run(&["check", "nothing"]).code(2).says("there is no lab `nothing`").says("volumes");
    place.run(&["solution", "fly"]).code(2).says("has no step `fly`").says("create, persist");
    place.run(&["check", "--fly"]).code(2).says("--fly");
    let place = Place::on(engine::shared());
    place.run(&["start", "--prefix", "à b"]).code(2).says("does not fit the name");
}

#[test]
fn an_unreadable_workspace() {
    let place = Place::on(engine::shared()).prefixed("unreadable");
    let file = place.work().join("file");
    std::fs::write(&file, "not a folder").expect("written");
    place.run(&["start", "--dir", "file"]).code(3).says("the workspace").says("--dir");
    place.run(&["start", "--dir", "inner"]).code(0);
    std::fs::remove_dir(place.work().join("inner")).expect("removed");
    let report = place.json(&["check", "volumes", "backup"]);
    assert!(checks_in(&report, "unseen").contains(&"backup.archive-whole".to_owned()), "{report:#}");
    place.run(&["check", "volumes", "backup"]).code(3).prints("could not be read");
}

#[test]
fn a_session_stays_in_its_folder() {
    let place = Place::on(engine::shared()).prefixed("stays");
    place.run(&["start"]).code(0);
    std::fs::create_dir(place.work().join("other")).expect("a folder");
    place.run(&["check", "--dir", "other"]).code(2).says("this session works in");
}

fn journal(place: &Place) -> std::path::PathBuf {
    let sessions = std::fs::read_dir(place.home().join("sessions")).expect("sessions");
    sessions.flatten().next().expect("a session").path().join("journal.ndjson")
}

#[test]
fn a_torn_journal_is_mended_and_a_changed_one_is_reported() {
    let place = Place::on(engine::shared()).prefixed("torn");
    place.run(&["start"]).code(0);
    place.run(&["hint"]).code(0);
    let path = journal(&place);
    let text = std::fs::read(&path).expect("the journal");
    std::fs::write(&path, &text[..text.len() - 7]).expect("cut");
    place.run(&["check", "volumes", "create"]).code(1).says("last line was unfinished");
    let text = std::fs::read_to_string(&path).expect("the journal").replace("torn", "turn");
    std::fs::write(&path, &text).expect("changed");
    place
        .run(&["check", "volumes", "create"])
        .code(3)
        .says("the chain is broken at line 1")
        .says("put it aside");
    assert_eq!(std::fs::read_to_string(&path).expect("still there"), text);
}

#[test]
fn a_full_disk_loses_nothing() {
    let place = Place::on(engine::shared()).prefixed("full");
    let disk = place.folder.path().join("disk");
    std::fs::create_dir(&disk).expect("a folder");
    let small = format!("mount -t tmpfs -o size=16k none {0}", disk.display());
    assert_eq!(place.shell(&small).code, 0, "tests run as root");
    let home = disk.join("home");
    let run = |args: &[&str]| {
        let output = place.command(args).env("DOCKER_LAB_HOME", &home).output().expect("the program");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(run(&["start"]).0, Some(0));
    let fill = format!("dd if=/dev/zero of={0}/filler bs=1k count=64 2>/dev/null; true", disk.display());
    place.shell(&fill);
    let mut said = String::new();
    for _ in 0..40 {
        let (code, words) = run(&["hint", "create"]);
        if code == Some(3) {
            said = words;
            break;
        }
    }
    assert!(said.contains("could not be written; nothing in it was lost"), "{said}");
    std::fs::remove_file(disk.join("filler")).expect("room again");
    assert_eq!(run(&["hint", "create"]).0, Some(0));
    place.shell(&format!("umount {}", disk.display()));
}

/// A learner whose backup folder holds this file under a good name.
fn with_archive(prefix: &str, make: &str) -> serde_json::Value {
    let place = Place::on(engine::shared()).prefixed(prefix);
    place.run(&["start"]).code(0);
    let built = place.shell(&format!("mkdir -p backups in/data in/global && cd in && {make}"));
    assert_eq!(built.code, 0, "{built:#?}");
    place.json(&["check", "volumes", "backup"])
}

const NAME: &str = "../backups/postgres_backup_20260131_120000.tar.gz";

fn mistakes(report: &serde_json::Value) -> Vec<String> {
    let checks = report["steps"][2]["checks"].as_array().expect("checks").clone();
    checks.iter().filter_map(|check| check["mistake"].as_str().map(str::to_owned)).collect()
}

#[test]
fn an_archive_that_is_cut_short() {
    let report = with_archive(
        "cut",
        &format!(
            "head -c 300000 /dev/urandom > data/x && tar czf ../whole . && head -c 100000 ../whole > {NAME}"
        ),
    );
    assert!(mistakes(&report).contains(&"archive-cut-short".to_owned()), "{report:#}");
    assert!(report.to_string().contains("cut short after 100000 bytes"), "{report:#}");
}

#[test]
fn an_archive_with_paths_that_leave_the_folder() {
    let make =
        format!("echo x > data/x && ln -s /etc/passwd data/link && tar czPf {NAME} ../in/data /etc/hostname");
    let report = with_archive("leaving", &make);
    assert!(mistakes(&report).contains(&"archive-not-portable".to_owned()), "{report:#}");
    assert!(report.to_string().contains("/etc/hostname"), "{report:#}");
    assert!(report.to_string().contains("../in/data"), "{report:#}");
}

#[test]
fn an_archive_with_names_that_are_not_utf8() {
    let report = with_archive("names", &format!("touch \"$(printf 'data/\\377\\376')\" && tar czf {NAME} ."));
    assert!(mistakes(&report).contains(&"archive-not-portable".to_owned()), "{report:#}");
}

#[test]
fn an_archive_that_is_no_archive_or_empty() {
    let report = with_archive("noarchive", &format!("echo hello > {NAME}"));
    assert!(mistakes(&report).contains(&"archive-damaged".to_owned()), "{report:#}");
    let report = with_archive("nothing", &format!(": > {NAME}"));
    assert!(report.to_string().contains("the file is empty"), "{report:#}");
}

#[test]
fn answers_that_fit_no_question() {
    let place = Place::at(NOWHERE);
    let given = |text: &str| std::fs::write(place.work().join("a.yaml"), text).expect("written");
    given("nothing-like-this: a\n");
    place.run(&["quiz", "--answers", "a.yaml"]).code(2).says("has no question `nothing-like-this`");
    given("managed-by-docker: z\n");
    place.run(&["quiz", "--answers", "a.yaml"]).code(2).says("has no option `z`");
    given("managed-by-docker: {a: b}\n");
    place.run(&["quiz", "--answers", "a.yaml"]).code(2).says("a.yaml:1:20");
    given("managed-by-docker: [a, b]\n");
    place.run(&["quiz", "--answers", "a.yaml"]).code(2).says("takes only one answer");
    given("{ broken");
    place.run(&["quiz", "--answers", "a.yaml"]).code(2).says("is not readable YAML");
    place.run(&["quiz", "--answers", "absent.yaml"]).code(2).says("could not be read");
    given("managed-by-docker: a\n");
    place.run(&["quiz", "--answers", "a.yaml"]).code(1).prints("0 of 1 right").prints("`create`");
    given("{\"managed-by-docker\": \"volume\"}");
    place.run(&["quiz", "--answers", "a.yaml"]).code(0).prints("1 of 1 right");
    place.run(&["quiz"]).code(2).says("without a terminal");
}
