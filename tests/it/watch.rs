//! `watch`: ticks come by themselves from what is done elsewhere.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::io::BufReader;
use std::process::Child;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;

use crate::engine;
use crate::learner;
use crate::learner::STEPS;
use crate::program::Place;

/// A running `watch --format ndjson`, and the last object about each thing.
pub struct Watching {
    child: Child,
    lines: Arc<Mutex<Vec<Value>>>,
}

impl Watching {
    fn begin(place: &Place) -> Watching {
        Watching::of(place, &["volumes"])
    }

    /// Watches a lab, with further options.
    pub fn of(place: &Place, args: &[&str]) -> Watching {
        let mut command = place.command(&[&["watch"], args, &["--format", "ndjson"]].concat());
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let object = serde_json::from_str(&line).expect("an object on each line");
                kept.lock().expect("lines").push(object);
            }
        });
        Watching { child, lines }
    }

    /// The status told last, by `kind step.id`.
    fn statuses(&self) -> BTreeMap<String, String> {
        let lines = self.lines.lock().expect("lines");
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let one = |line: &Value| {
            (
                format!("{} {}.{}", text(&line["kind"]), text(&line["step"]), text(&line["id"])),
                text(&line["status"]),
            )
        };
        lines.iter().map(one).collect()
    }

    #[track_caller]
    pub fn wait_for(&self, thing: &str, status: &str) {
        let end = Instant::now() + Duration::from_secs(60);
        while self.statuses().get(thing).is_none_or(|now| now != status) {
            let open: Vec<_> = self.statuses().into_iter().filter(|(_, now)| now != "passed").collect();
            assert!(Instant::now() < end, "{thing} is not {status}; not passed: {open:#?}");
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    /// How many lines were told so far.
    fn count(&self) -> usize {
        self.lines.lock().expect("lines").len()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_module_typed_elsewhere_passes_every_step_without_a_check() {
    let (engine, _turn) = engine::alone();
    let place = Place::on(engine);
    place.run(&["start", "volumes"]).code(0);
    let watching = Watching::begin(&place);
    watching.wait_for("check create.volume-exists", "pending");
    for step in STEPS {
        // A second before each command, as somebody who types them.
        place.shell(&format!("trap 'sleep 1' DEBUG\n{}", learner::module(step)));
        if step == "compare" {
            learner::answer_quiz(&place);
        }
        watching.wait_for(&format!("step {step}.{step}"), "passed");
    }
    let open: Vec<(String, String)> = watching
        .statuses()
        .into_iter()
        .filter(|(thing, status)| thing.starts_with("criterion") && status != "passed")
        .collect();
    assert_eq!(open, []);
    let report = place.json(&["status", "volumes"]);
    assert_eq!(report["score"]["points"], 100, "the journal alone: {report:#}");
}

#[test]
fn what_is_undone_is_unticked_and_looking_causes_no_news() {
    let place = Place::on(engine::shared()).prefixed("watched");
    place.run(&["start", "volumes"]).code(0);
    let watching = Watching::begin(&place);
    watching.wait_for("check create.volume-exists", "pending");
    let data = place.name("postgres_data");
    place.shell(&format!("docker volume create {data}"));
    watching.wait_for("check create.volume-exists", "passed");
    place.shell(&format!("docker volume rm {data}"));
    watching.wait_for("check create.volume-exists", "pending");
    // A running database is looked at through commands in its container: that must not be taken for a change.
    place.run(&["run", "volumes", "--step", "create"]).code(0);
    watching.wait_for("step create.create", "passed");
    let before = watching.count();
    std::thread::park_timeout(Duration::from_secs(3));
    assert_eq!(watching.count(), before);
    place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn a_reset_ends_the_watch_and_nothing_is_written_after_it() {
    let place = Place::on(engine::shared()).prefixed("unwatched");
    place.run(&["start", "volumes"]).code(0);
    let mut watching = Watching::begin(&place);
    place.shell(&format!("docker volume create {}", place.name("postgres_data")));
    watching.wait_for("check create.volume-exists", "passed");
    place.run(&["reset", "--yes"]).code(0);
    let end = Instant::now() + Duration::from_secs(60);
    while watching.child.try_wait().expect("a process").is_none() {
        assert!(Instant::now() < end, "still watching");
        std::thread::park_timeout(Duration::from_millis(20));
    }
    assert!(watching.child.wait().expect("an end").success());
    let sessions = std::fs::read_dir(place.home().join("sessions")).expect("sessions").flatten();
    let journals: Vec<_> = sessions.map(|one| one.path().join("journal.ndjson")).collect();
    let journal = std::fs::read_to_string(&journals[0]).expect("a journal");
    assert!(journal.lines().last().is_some_and(|line| line.contains("\"reset\"")), "{journal}");
}

#[test]
fn a_watch_that_nobody_reads_ends() {
    let place = Place::on(engine::shared()).prefixed("unread");
    place.run(&["start", "volumes"]).code(0);
    let mut command = place.command(&["watch", "volumes", "--format", "ndjson"]);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the program");
    let mut output = BufReader::new(child.stdout.take().expect("its output"));
    output.read_line(&mut String::new()).expect("a line");
    drop(output);
    let end = Instant::now() + Duration::from_secs(60);
    while child.try_wait().expect("a process").is_none() && Instant::now() < end {
        place.shell(&format!("docker volume create {}", place.name("postgres_data")));
        std::thread::park_timeout(Duration::from_millis(300));
        place.shell(&format!("docker volume rm {}", place.name("postgres_data")));
    }
    let ended = child.try_wait().expect("a process");
    let _ = child.kill();
    let _ = child.wait();
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
    place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn a_daemon_that_is_started_again_is_followed_again() {
    let engine = engine::own("lab-watch-restart");
    let place = Place::on(&engine);
    place.run(&["start", "volumes"]).code(0);
    let watching = Watching::begin(&place);
    watching.wait_for("check create.volume-exists", "pending");
    engine.restart();
    place.shell("docker volume create postgres_data");
    watching.wait_for("check create.volume-exists", "passed");
}
