//! A lab of somebody's own, outside the module, written by following `labs/README.md`: everything works with it from a
//! folder, without a rebuild.

use std::path::Path;

use crate::engine;
use crate::guided::Session;
use crate::guided::commands;
use crate::program::Place;
use crate::program::checks_in;
use crate::terminal::Terminal;
use crate::watch::Watching;

const LAB: &str = "capped-cache";

/// The folder of labs.
fn labs() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/labs").display().to_string()
}

#[test]
fn a_lab_from_a_folder_is_linted_proven_watched_drawn_and_reported() {
    let place = Place::on(engine::shared()).prefixed("ownlab");
    let labs = labs();
    let run = |args: &[&str]| place.run(&[args, &["--labs", &labs]].concat());
    run(&["author", "lint", &format!("{labs}/{LAB}")]).code(0).says("Remarks: 0.");
    run(&["author", "test", LAB]).code(0).prints("7 of 7 attempts");
    run(&["list"]).code(0).prints(LAB).prints("A cache that does not overflow");
    run(&["start", LAB]).code(0).prints("ownlab_cache_data");

    let watching = Watching::of(&place, &[LAB, "--labs", &labs]);
    watching.wait_for("check create.capped", "pending");
    // Wrong first: the mistake is told, and the tick comes once it is mended.
    place.shell("docker volume create --opt type=tmpfs --opt device=tmpfs ownlab_cache_data");
    watching.wait_for("check create.capped", "failed");
    place.shell("docker volume rm ownlab_cache_data");
    for step in ["create", "fill"] {
        let script = run(&["run", LAB, "--dry-run", "--step", step]).code(0).stdout;
        place.shell(&script);
        watching.wait_for(&format!("step {step}.{step}"), "passed");
    }
    run(&["map", LAB]).code(0).prints("ownlab_cache_data").prints("ownlab_cache_server");
    let report = place.json(&["report", LAB, "--labs", &labs]);
    assert_eq!(report["score"]["points"], 70, "{report:#}");
    assert!(checks_in(&report, "passed").contains(&"fill.refused".to_owned()), "{report:#}");
    run(&["report", LAB, "--format", "html"]).code(0).prints("A cache that does not overflow");
    run(&["reset", LAB, "--yes"]).code(0);
    let left = engine::shared().docker(&["volume", "ls", "-q", "--filter", "name=ownlab_"]);
    assert_eq!(left, "");
}

#[test]
fn a_lab_from_a_folder_is_typed_in_a_guided_session() {
    let place = Place::on(engine::shared()).prefixed("owntyped");
    let labs = labs();
    let start = place.command(&["start", LAB, "--labs", &labs]);
    let mut session = Session::of(LAB, Terminal::spawn(&start, 100, 50));
    for (at, step) in ["create", "fill", "clean"].iter().enumerate() {
        let number = at + 1;
        session.shows(&format!("Step {number} of 3"));
        let args = ["run", LAB, "--dry-run", "--step", step, "--labs", &labs];
        let script = place.run(&args).code(0).stdout;
        for command in commands(&script).iter().filter(|line| !line.starts_with("docker-lab start")) {
            session.types(command);
        }
        session.shows(&format!("Step {number} passed."));
        session.types("");
    }
    session.shows("100/100");
    session.ends();
    place.run(&["reset", LAB, "--labs", &labs, "--yes"]).code(0);
}

#[test]
fn every_kind_of_check_and_operation_stands_in_the_guide() {
    let place = Place::at("unix:///nonexistent.sock");
    let schema = place.run(&["author", "schema", "lab"]).code(0).stdout;
    let schema: serde_json::Value = serde_json::from_str(&schema).expect("JSON");
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("labs/README.md");
    let guide = std::fs::read_to_string(guide).expect("the guide");
    let checks = schema["$defs"]["WrittenCheck"]["properties"].as_object().expect("checks").keys();
    let operations = schema["$defs"]["Operation"]["oneOf"].as_array().expect("operations").iter();
    let operations = operations.flat_map(|one| one["properties"].as_object().expect("one").keys());
    let kinds = checks.chain(operations).filter(|kind| !["id", "title"].contains(&kind.as_str()));
    let missing: Vec<&String> = kinds.filter(|kind| !guide.contains(&format!("`{kind}`"))).collect();
    assert_eq!(missing, [""; 0], "labs/README.md");
}
