//! What a learner does, step by step.

use crate::program::Place;

/// The steps in their order.
pub const STEPS: [&str; 8] =
    ["create", "persist", "backup", "restore", "compare", "copy", "clean", "automate"];

/// The module's own commands for a step, verbatim.
pub fn module(step: &str) -> String {
    let number = STEPS.iter().position(|one| *one == step).expect("a step") + 1;
    let path = format!("{}/tests/module/{number}-{step}.sh", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("the module's commands")
}

/// The steps of a lab, in their order.
pub fn steps(place: &Place, lab: &str) -> Vec<String> {
    let report = place.json(&["status", lab]);
    let steps = report["steps"].as_array().expect("steps").iter();
    steps.map(|step| step["id"].as_str().expect("an id").to_owned()).collect()
}

/// The commands that docker-lab prints for some steps.
pub fn dry_run(place: &Place, steps: &[&str]) -> String {
    let mut args = vec!["run", "volumes", "--dry-run"];
    for step in steps {
        args.extend(["--step", step]);
    }
    place.run(&args).code(0).stdout
}

/// Answers the quiz's questions with a file.
pub fn answer_quiz(place: &Place) {
    let answers = include_str!("../../labs/volumes/answers.yaml");
    std::fs::write(place.work().join("given.yaml"), answers).expect("answers");
    place.run(&["quiz", "volumes", "--answers", "given.yaml"]).code(0);
}
