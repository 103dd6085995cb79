//! `doctor` on machines in all kinds of states: what is wrong is told with what mends it, and the rest as well.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::net::TcpListener;
use std::net::TcpStream;
use std::process::Command;

use serde_json::Value;

use crate::engine;
use crate::engine::Engine;
use crate::program::Outcome;
use crate::program::Place;

/// The finding of an id.
#[track_caller]
fn finding<'a>(report: &'a Value, id: &str) -> &'a Value {
    let all = report["findings"].as_array().expect("findings");
    all.iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("no finding {id}: {report:#}"))
}

#[test]
fn a_fit_machine_is_told_so() {
    let place = Place::on(engine::shared());
    place.run(&["doctor"]).code(0).prints("✓ Docker ").prints("This machine is fit for the labs.");
    let report = place.json(&["doctor"]);
    assert_eq!((&report["schema"], &report["fit"]), (&Value::from(1), &Value::from(true)));
    for (id, status) in [
        ("docker-cli", "ok"),
        ("daemon", "ok"),
        ("choice", "note"),
        ("room-docker", "ok"),
        ("home", "ok"),
        ("workspace", "ok"),
        ("room-workspace", "ok"),
    ] {
        assert_eq!(finding(&report, id)["status"], status, "{report:#}");
    }
    let plain = place.run(&["doctor", "--plain"]).code(0).prints("Fine: Docker ");
    assert!(plain.stdout.is_ascii(), "{plain:#?}");
    place.run(&["doctor", "--lang", "fr"]).code(0).prints("Cette machine convient aux laboratoires.");
}

#[test]
fn without_a_daemon_the_rest_is_told_all_the_same() {
    let place = Place::at("unix:///nonexistent.sock");
    let told = place.run(&["doctor"]).code(3).prints("no Docker engine answers").prints("unset DOCKER_HOST");
    told.prints("sessions are kept").prints("room left in the workspace").prints("One point needs mending.");
    let report = place.json(&["doctor"]);
    assert_eq!(finding(&report, "daemon")["status"], "problem");
    assert_eq!(finding(&report, "images")["status"], "unseen");
    assert_eq!(finding(&report, "home")["status"], "ok");
}

#[test]
fn a_socket_of_the_users_own_is_found() {
    let place = Place::at("unix:///nonexistent.sock");
    let socket = place.folder.path().join("docker.sock");
    let listener = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
    let mut command = place.command(&["doctor"]);
    let told = command.env("XDG_RUNTIME_DIR", place.folder.path()).output().expect("the program");
    Outcome::from(told).code(3).prints(&format!("DOCKER_HOST=unix://{}", socket.display()));
    drop(listener);
}

#[test]
fn who_may_not_use_the_socket_or_the_folders_is_told_how() {
    let engine = engine::shared();
    let place = Place::on(engine);
    let place_open = |path: &std::path::Path| {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(path, mode).expect("permissions");
    };
    place_open(place.folder.path());
    for folder in engine.socket.ancestors().skip(1).take(2) {
        place_open(folder);
    }
    let mut command = Command::new("setpriv");
    command.args([
        "--reuid",
        "65534",
        "--regid",
        "65534",
        "--clear-groups",
        env!("CARGO_BIN_EXE_docker-lab"),
    ]);
    command.arg("doctor").current_dir(place.work());
    place.environment(&mut command);
    let told = Outcome::from(command.output().expect("setpriv")).code(3);
    let told = told.prints("you may not talk to Docker").prints("sudo usermod -aG docker $USER");
    told.prints("sessions cannot be kept").prints("export DOCKER_LAB_HOME=").prints("cannot be used");
}

#[test]
fn missing_images_and_a_missing_docker_command_are_told_with_what_mends_them() {
    let engine = Engine::start("lab-doctor");
    let place = Place::on(&engine);
    let told = Outcome::from(place.command(&["doctor"]).env("PATH", "/nonexistent").output().expect("it"));
    let told = told.code(3).prints("image `alpine` missing").prints("docker-lab images pull");
    told.prints("the command `docker` is not on the `PATH`")
        .prints("3 points")
        .prints("✓ Docker ")
        .prints("! image `nginx` missing");
}

#[test]
fn a_full_disk_is_told() {
    let place = Place::on(engine::shared());
    let mut command = Command::new("unshare");
    let script = "mount -t tmpfs -o size=1m none . && cd . && exec docker-lab doctor --dir \"$PWD\"";
    command.args(["--mount", "sh", "-c", script]).current_dir(place.work());
    place.environment(&mut command);
    let told = Outcome::from(command.output().expect("unshare")).code(3);
    told.prints("left in the workspace").prints("docker system df").prints("One point needs mending.");
}

#[test]
fn what_a_killed_docker_lab_left_is_named() {
    let engine = engine::shared();
    let place = Place::on(engine);
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").expect("the boot's id");
    let ids = std::fs::read_link("/proc/self/ns/pid").expect("the namespace").display().to_string();
    let digits: String = ids.chars().filter(char::is_ascii_digit).collect();
    let label = format!("docker-lab.scratch={}-{digits}/999999999", boot.trim());
    // A check of another test may sweep it away before it is seen: then it is made again.
    for _ in 0..5 {
        engine.docker(&["create", "--name", "doctor_left", "--label", &label, "alpine"]);
        let told = place.run(&["doctor"]).code(0);
        if told.stdout.contains("docker rm -f -v doctor_left") {
            engine.docker(&["rm", "doctor_left"]);
            return;
        }
    }
    panic!("the left container is never named");
}

#[test]
fn the_current_context_is_named() {
    let engine = engine::shared();
    let place = Place::on(engine);
    let config = place.folder.path().join("config");
    let docker = |args: &[&str]| {
        let done = Command::new("docker").arg("--config").arg(&config).args(args).output().expect("docker");
        assert!(done.status.success(), "{done:?}");
    };
    docker(&["context", "create", "classroom", "--docker", &format!("host={}", engine.host())]);
    docker(&["context", "use", "classroom"]);
    let mut command = place.command(&["doctor"]);
    command.env_remove("DOCKER_HOST").env("DOCKER_CONFIG", &config);
    Outcome::from(command.output().expect("it")).code(0).prints("current context, `classroom`");
    command.env("DOCKER_CONTEXT", "nowhere");
    let told = Outcome::from(command.output().expect("it")).code(3).prints("`nowhere` does not exist");
    told.prints("docker context ls").prints("DOCKER_CONTEXT").prints("sessions are kept");
}

#[test]
fn engines_of_a_special_kind_are_named() {
    let info = r#"{"ID":"x","Name":"far","OperatingSystem":"Docker Desktop","SecurityOptions":["name=rootless"],
        "DockerRootDir":"/var/lib/docker"}"#;
    let place = Place::at(&pretend(r#"{"Version":"99.0.1","ApiVersion":"1.99"}"#, info));
    let report = place.json(&["doctor"]);
    for id in ["api", "rootless", "desktop", "remote"] {
        assert_eq!(finding(&report, id)["status"], "note", "{report:#}");
    }
    let rooms = report["findings"].as_array().expect("findings").iter();
    assert_eq!(rooms.filter(|one| one["id"] == "room-docker").count(), 0, "its disk is not this one");
    let old = Place::at(&pretend(r#"{"Version":"18.09.1","ApiVersion":"1.39"}"#, info));
    old.run(&["doctor"]).code(3).prints("speaks API 1.39").prints("19.03 or newer").prints("sessions");
}

/// Somebody who answers like an engine that cannot be had here; its address.
fn pretend(version: &'static str, info: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(stream, version, info));
        }
    });
    format!("tcp://{address}")
}

fn answer(stream: TcpStream, version: &str, info: &str) {
    let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
    let mut stream = stream;
    while let Some(Ok(first)) = lines.next() {
        while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
        let body = match first.split(' ').nth(1).unwrap_or_default().split('?').next() {
            Some("/version") => version,
            Some("/info") => info,
            Some("/containers/json") => "[]",
            _ => "{}",
        };
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length";
        if write!(stream, "{head}: {}\r\n\r\n{body}", body.len()).is_err() {
            return;
        }
    }
}
