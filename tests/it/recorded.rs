//! Facts can be saved and judged again, without Docker, to the same verdict.

use crate::engine;
use crate::program::Place;
use crate::program::checks_in;

/// A learner who has done the first four steps, recorded.
fn recorded(place: &Place) -> String {
    place.run(&[
        "run", "volumes", "--step", "create", "--step", "persist", "--step", "backup", "--step", "restore",
    ]);
    let facts = place.folder.path().join("facts.json").display().to_string();
    place.run(&["check", "volumes", "--save-facts", &facts]);
    facts
}

#[test]
fn saved_facts_give_the_same_verdict_without_a_daemon() {
    let engine = engine::shared();
    let place = Place::on(engine).prefixed("saved");
    let facts = recorded(&place);
    let elsewhere = Place::at("unix:///nonexistent.sock");
    let first = elsewhere.run(&["check", "--facts", &facts, "--format", "json"]).code(1);
    let second = elsewhere.run(&["check", "--facts", &facts, "--format", "json"]).code(1);
    assert_eq!(first.stdout, second.stdout);
    let report: serde_json::Value = serde_json::from_str(&first.stdout).expect("json");
    for id in ["persist.same-cluster", "backup.dump-complete", "restore.same-data"] {
        assert!(checks_in(&report, "passed").contains(&id.to_owned()), "{id}: {report:#}");
    }
    elsewhere.run(&["check", "restore", "--facts", &facts]).code(0);
    elsewhere.run(&["check", "bind-mounts", "--facts", &facts]).code(2).says("bind-mounts");
    place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn a_changed_fact_changes_the_verdict() {
    let engine = engine::shared();
    let place = Place::on(engine).prefixed("changed");
    let facts = recorded(&place);
    let text = std::fs::read_to_string(&facts).expect("facts");
    let mut recording: serde_json::Value = serde_json::from_str(&text).expect("json");
    for pair in recording["facts"].as_array_mut().expect("pairs") {
        if pair[0]["database"]["container"] == place.name("postgres_from_backup").as_str() {
            pair[1]["seen"]["database"]["tables"].as_array_mut().expect("tables").pop();
        }
    }
    std::fs::write(&facts, recording.to_string()).expect("written");
    let report = place.json(&["check", "--facts", &facts]);
    let check = &report["steps"][3]["checks"][2];
    assert_eq!(
        (&check["status"], &check["mistake"]),
        (&"failed".into(), &"data-differs".into()),
        "{check:#}"
    );
    assert!(check["message"].as_str().expect("words").contains("public.users"), "{check:#}");
    place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn a_file_that_holds_no_facts_is_refused() {
    let place = Place::at("unix:///nonexistent.sock");
    std::fs::write(place.work().join("facts.json"), "{\"schema\": 1}").expect("written");
    place.run(&["check", "--facts", "facts.json"]).code(2).says("is not a file of facts");
}
