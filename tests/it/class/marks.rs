//! Marks and limits that show only on machines which are in the way: an engine that keeps a scratch container, two rows that are
//! one machine, a registry that says nothing.

use std::process::Child;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;

use crate::class::fleet;
use crate::class::fleet::Meddling;
use crate::class::page::Served;
use crate::class::row;
use crate::engine;
use crate::engine::Engine;
use crate::machine;
use crate::program::Place;
use crate::program::checks_in;

/// Containers stay, whoever asks for their end.
const KEEPS: Meddling = Meddling {
    words: "DELETE /containers/",
    answer: "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n{\"message\":\"it is busy\"}",
    hangs: false,
};

#[test]
fn what_a_check_could_not_clear_away_is_a_mark_and_no_verdict() {
    let (shared, place) = (engine::own("lab-keeps"), Place::at("unix:///nonexistent.sock"));
    let socket = place.folder.path().join("keeps.sock");
    fleet::meddler(&socket, &shared.socket, KEEPS);
    let inventory = |socket: &std::path::Path| {
        let work = place.work();
        let text = format!(
            "machines: [{{name: m, host: 'unix://{}', workspace: '{}'}}]",
            socket.display(),
            work.display()
        );
        std::fs::write(work.join("class.yaml"), text).expect("written");
    };
    inventory(&socket);
    let kept = || shared.docker(&["ps", "-aq", "--filter", "label=docker-lab.scratch"]).lines().count();
    let sheet = place.json(&["class", "check", "-i", "class.yaml"]);
    let seen = row(&sheet, "m");
    assert_eq!(seen["status"], "ok", "{sheet:#}");
    assert!(seen["clean_up"].as_str().unwrap_or_default().contains("it is busy"), "{sheet:#}");
    assert_eq!(checks_in(&seen["report"], "unseen"), ["compare.quiz-passed"], "the workspace was read");
    let left = kept();
    assert!(left > 0, "nothing was left, so nothing was shown");
    place.run(&["class", "check", "-i", "class.yaml"]).prints("a scratch container could not be removed");
    // The next check that may, does.
    inventory(&shared.socket);
    let sheet = place.json(&["class", "check", "-i", "class.yaml"]);
    assert_eq!((&row(&sheet, "m")["clean_up"], kept()), (&Value::Null, 0), "{sheet:#}");
}

#[test]
fn two_rows_that_turn_out_to_be_one_machine_are_errors_while_a_room_is_followed_too() {
    // Nothing else happens on this engine, so nobody is looked at again before the limit of this test.
    let (engine, place) = (Engine::start("lab-twins"), Place::at("unix:///nonexistent.sock"));
    let link = place.folder.path().join("link.sock");
    std::os::unix::fs::symlink(&engine.socket, &link).expect("a link");
    let text = format!(
        "machines:\n- {{name: one, host: '{}', prefix: twice}}\n- {{name: other, host: 'unix://{}', prefix: twice}}\n\
         - {{name: third, host: 'unix://{}', prefix: once}}\n",
        engine.host(),
        link.display(),
        link.display()
    );
    std::fs::write(place.work().join("class.yaml"), text).expect("written");
    let served = Served::start(&place, "127.0.0.1:0", &[]);
    let began = Instant::now();
    loop {
        let answer = served.page("/sheet.json");
        let sheet: Value = serde_json::from_str(&answer[answer.find('{').expect("json")..]).expect("json");
        let status = |name: &str| row(&sheet, name)["status"].as_str().unwrap_or_default().to_owned();
        if [status("one"), status("other"), status("third")] == ["error", "error", "ok"] {
            let message = row(&sheet, "one")["message"].as_str().expect("words").to_owned();
            assert!(message.contains("this is the same machine as other, with the same prefix"), "{message}");
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{sheet:#}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A program that stands for a registry; it ends with the test, also where that fails.
struct Registry(Child);

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_registry_that_says_nothing_is_given_up_after_the_limit() {
    machine::needs(&["busybox-static=busybox"]);
    let (bare, shared) = (Engine::start("lab-mute-registry"), engine::shared());
    let mut registry = bare.inside("busybox");
    // One caller is listened to, the others wait in line: nobody gets an answer.
    let registry = registry.args(["nc", "-l", "-p", "5999"]).stdin(Stdio::piped()).stdout(Stdio::null());
    let registry = Registry(registry.stderr(Stdio::null()).spawn().expect("busybox"));
    let listens = || {
        let listed = bare.inside("cat").args(["/proc/net/tcp", "/proc/net/tcp6"]).output().expect("cat");
        String::from_utf8_lossy(&listed.stdout)
            .lines()
            .any(|line| line.contains(":176F ") && line.contains(" 0A "))
    };
    let began = Instant::now();
    while !listens() {
        assert!(began.elapsed() < Duration::from_secs(60), "the registry does not listen");
        std::thread::sleep(Duration::from_millis(50));
    }
    let place = Place::at("unix:///nonexistent.sock");
    let text = format!(
        "machines: [{{name: waits, host: '{}'}}, {{name: ready, host: '{}', prefix: pulls}}]",
        bare.host(),
        shared.host()
    );
    std::fs::write(place.work().join("class.yaml"), text).expect("written");
    let began = Instant::now();
    let pull = ["class", "prepare", "-i", "class.yaml", "--mirror", "127.0.0.1:5999/x", "--timeout", "3"];
    let outcome = place.run(&pull).code(3);
    let took = began.elapsed();
    drop(registry);
    assert!(outcome.stdout.starts_with("ready  ready\nwaits  ✗ "), "{outcome:#?}");
    assert!(outcome.stdout.contains("did not answer everything within 3 s"), "{outcome:#?}");
    assert!(took > Duration::from_secs(3) && took < Duration::from_secs(60), "{took:?}");
}

#[test]
fn what_somebody_else_has_proven_at_a_machine_is_marked_until_the_session_ends() {
    let (shared, place) = (engine::shared(), Place::at("unix:///nonexistent.sock"));
    let sits = |learner: &str| {
        let host = shared.host();
        let text = format!("machines: [{{name: m, host: '{host}', prefix: seat1{learner}}}]");
        std::fs::write(place.work().join("class.yaml"), text).expect("written");
        let sheet = place.json(&["class", "check", "-i", "class.yaml"]);
        row(&sheet, "m")["begun_by_another"].clone()
    };
    shared.docker(&["volume", "create", "seat1_postgres_data"]);
    assert_eq!(sits(", learner: lovelace"), false);
    assert_eq!(sits(""), false, "nobody knows who sits there");
    assert_eq!(sits(", learner: eve"), true);
    place.run(&["class", "check", "-i", "class.yaml"]).prints("session begun by somebody else");
    place.run(&["class", "reset", "--yes", "-i", "class.yaml"]).code(0);
    assert_eq!(sits(", learner: eve"), false);
    let mut open = vec![place.home()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).expect("a folder").map(|one| one.expect("a file").path()));
        } else if !path.ends_with("results.sqlite") {
            let text = String::from_utf8_lossy(&std::fs::read(&path).expect("a file")).into_owned();
            assert!(!text.contains("lovelace"), "{}", path.display());
        }
    }
    shared.docker(&["volume", "rm", "seat1_postgres_data"]);
}
