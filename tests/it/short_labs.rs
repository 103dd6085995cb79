//! The short labs on a real daemon: each proves itself, and its commands do what `run` does.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::engine;
use crate::engine::Engine;
use crate::learner;
use crate::machine;
use crate::program::Outcome;
use crate::program::Place;
use crate::program::checks_in;
use crate::program::lost;
use crate::sabotages;

fn short_labs() -> Vec<String> {
    sabotages::labs().into_iter().filter(|lab| lab != "volumes").collect()
}

#[test]
fn each_short_lab_passes_its_own_test_and_leaves_nothing() {
    machine::needs(&["docker-compose"]);
    let engine = engine::own("lab-short");
    engine.load_seventeen();
    let place = Place::on(&engine);
    for lab in short_labs() {
        place.run(&["author", "test", &lab]).code(0);
        assert_eq!(machine::state(&engine, ""), BTreeMap::new(), "{lab}");
    }
}

#[test]
fn the_printed_commands_of_a_short_lab_leave_the_same_state_as_run_step_by_step() {
    machine::needs(&["docker-compose"]);
    let (engine, _turn) = engine::alone();
    engine.load_seventeen();
    for lab in short_labs() {
        let (app, shell) = (Place::on(engine), Place::on(engine));
        let steps = learner::steps(&app, &lab);
        let mut after_app = Vec::new();
        for step in &steps {
            app.run(&["run", &lab, "--step", step]).code(0);
            after_app.push((state(engine, &app), files(&app)));
        }
        app.run(&["reset", &lab, "--yes"]).code(0);
        assert_eq!(machine::files(&app.work()).len(), 0, "{lab}");
        for (step, (state_then, files_then)) in steps.iter().zip(after_app) {
            let script = shell.run(&["run", &lab, "--dry-run", "--step", step]).code(0).stdout;
            let outcome = shell.shell(&script);
            assert_eq!(state(engine, &shell), state_then, "{lab} {step}: {outcome:#?}");
            assert_eq!(files(&shell), files_then, "{lab} {step}");
        }
        let report = shell.json(&["check", &lab]);
        assert_eq!(lost(&report), [""; 0], "{report:#}");
        assert_eq!(report["score"]["points"], 100, "{lab}");
        shell.run(&["reset", &lab, "--yes"]).code(0);
        assert_eq!(machine::state(engine, ""), BTreeMap::new(), "{lab}");
    }
}

#[test]
fn where_there_is_no_compose_that_is_said_before_anything_is_tried() {
    let place = Place::on(engine::shared()).prefixed("nocompose");
    let bare = |args: &[&str]| {
        let mut command = place.command(args);
        Outcome::from(command.env("PATH", "/nonexistent").output().expect("the program"))
    };
    bare(&["start", "compose-storage"]).code(0).says("Compose is not installed").says("apt install");
    let told = bare(&["run", "compose-storage", "--step", "file", "--step", "up"]).code(3);
    told.says("neither `docker compose` nor `docker-compose` answers").says("docker-compose-plugin");
    // What the file alone shows is judged all the same.
    let report = place.json(&["check", "compose-storage", "file"]);
    assert!(checks_in(&report, "passed").contains(&"file.archive-declared".to_owned()), "{report:#}");
    place.run(&["reset", "compose-storage", "--yes"]).code(0);
}

/// The daemon's state; a name that Docker made up is no two times the same, and Compose's sum over its file has the
/// workspace's path in it.
fn state(engine: &Engine, place: &Place) -> BTreeMap<String, Value> {
    let all = machine::state(engine, &place.work().display().to_string());
    let made_up = |name: &str| name.len() >= 64 && !name.contains(['_', '-']);
    let same = |(name, mut value): (String, Value)| {
        if let Some(labels) = value["labels"].as_object_mut() {
            labels.remove("com.docker.compose.config-hash");
        }
        for mount in value["mounts"].as_array_mut().into_iter().flatten() {
            let parts = mount.as_str().unwrap_or_default().split('"');
            let parts: Vec<&str> =
                parts.map(|part| if made_up(part) { "without a name" } else { part }).collect();
            *mount = parts.join("\"").into();
        }
        (if made_up(&name) { "volume without a name".to_owned() } else { name }, value)
    };
    all.into_iter().map(same).collect()
}

fn files(place: &Place) -> Vec<String> {
    machine::files(&place.work()).into_keys().collect()
}
