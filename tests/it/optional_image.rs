//! An image that not every machine can have: what needs it is skipped and unseen, never failed, and the rest is done.

use serde_json::Value;

use crate::engine;
use crate::program::Place;
use crate::program::checks_in;
use crate::program::lost;
use crate::watch::Watching;

const IMAGE: &str = "postgres:17-alpine";

/// The steps of `postgres-upgrade` that can be done with one version alone.
const WITHOUT: [&str; 2] = ["old", "dump"];

#[test]
fn without_an_optional_image_its_steps_are_skipped_and_unseen_and_the_others_count() {
    let engine = engine::shared();
    assert_eq!(engine.docker(&["image", "ls", "-q", IMAGE]), "", "the shared engine has it");
    let place = Place::on(engine).prefixed("one");
    place.run(&["start", "postgres-upgrade"]).code(0).says("refused, restore, moved").says("docker pull");
    let ran = place.run(&["run", "postgres-upgrade", "--format", "json"]).code(3);
    let ran =
        ran.says("2. The refusal: skipped, and not judged").says("4. Version 17, on a new volume: skipped");
    let report: Value = serde_json::from_str(&ran.stdout).expect("json");
    judged(&report);
    judged(&place.json(&["check", "postgres-upgrade"]));
    let text = place.run(&["check", "postgres-upgrade", "refused"]).code(3);
    text.prints("the image `postgres:17-alpine` is not on this engine")
        .prints("docker pull postgres:17-alpine");
    place.run(&["check", "postgres-upgrade", "old", "dump"]).code(0);
    // Nothing was made of the steps that were skipped.
    let alone = place.run(&["run", "postgres-upgrade", "--step", "refused"]).code(3);
    alone.says("skipped");
    for name in ["pgup_wrong", "pgup_17", "pgup_layout"] {
        assert!(
            !engine.docker(&["ps", "-a", "--format", "{{.Names}}"]).contains(&place.name(name)),
            "{name}"
        );
    }
    place.run(&["reset", "postgres-upgrade", "--yes"]).code(0);
}

/// What was done is passed and counts; all the rest is unseen, with the image's name, and costs nothing unsaid.
fn judged(report: &Value) {
    assert_eq!(checks_in(report, "failed"), [""; 0], "{report:#}");
    assert_eq!(report["score"]["points"], 40, "{report:#}");
    for step in report["steps"].as_array().expect("steps") {
        let id = step["id"].as_str().expect("an id");
        let status = if WITHOUT.contains(&id) { "passed" } else { "unseen" };
        assert_eq!(step["status"], status, "{step:#}");
        for check in step["checks"].as_array().expect("checks").iter().filter(|_| status == "unseen") {
            assert_eq!(check["status"], "unseen", "{check:#}");
            assert!(check["message"].as_str().expect("words").contains(IMAGE), "{check:#}");
        }
    }
    let criteria = report["criteria"].as_array().expect("criteria");
    let unseen: Vec<&str> = criteria
        .iter()
        .filter(|one| one["status"] == "unseen")
        .filter_map(|one| one["id"].as_str())
        .collect();
    assert_eq!(unseen, ["refusal-seen", "upgraded-identically", "new-layout"]);
    assert_eq!(lost(report).len(), 3, "{report:#}");
}

#[test]
fn an_optional_image_is_told_as_one_and_its_absence_is_no_fault() {
    let place = Place::on(engine::shared()).prefixed("optional");
    place.run(&["images", "status"]).code(0).prints("optional").prints("postgres-upgrade");
    place.run(&["images", "pull"]).code(0).says("optional");
    place.run(&["images", "save", "room.tar"]).code(0).says("optional");
    place.run(&["doctor"]).prints("image `postgres:17-alpine` missing, and optional");
    // A lab is proven whole or not at all.
    place
        .run(&["author", "test", "postgres-upgrade", "--only", "blank"])
        .code(1)
        .says("is not on this machine");
}

#[test]
fn an_image_that_comes_or_goes_is_noticed_while_a_lab_is_watched() {
    let engine = engine::own("lab-optional");
    let place = Place::on(&engine);
    place.run(&["start", "postgres-upgrade"]).code(0);
    let watching = Watching::of(&place, &["postgres-upgrade"]);
    watching.wait_for("check refused.turned-away", "unseen");
    watching.wait_for("criterion -.refusal-seen", "unseen");
    engine.load_seventeen();
    watching.wait_for("check refused.turned-away", "blocked");
    engine.docker(&["image", "rm", IMAGE]);
    watching.wait_for("check refused.turned-away", "unseen");
}
