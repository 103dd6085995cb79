//! The kit for those who write labs: a new one, what a machine can know about it, and files that mean harm.

use std::path::Path;
use std::path::PathBuf;

use crate::engine;
use crate::program::Outcome;
use crate::program::Place;

const NOWHERE: &str = "unix:///nonexistent/docker.sock";

/// A place with a new lab, changed.
fn with_new(change: impl Fn(&str) -> String) -> Place {
    let place = Place::at(NOWHERE);
    place.run(&["author", "new", "my-lab"]).code(0);
    let file = lab(&place);
    let text = std::fs::read_to_string(&file).expect("the lab");
    let changed = change(&text);
    std::fs::write(&file, changed).expect("written");
    place
}

fn lab(place: &Place) -> PathBuf {
    place.work().join("labs/my-lab/lab.yaml")
}

fn lint(place: &Place) -> Outcome {
    place.run(&["author", "lint", "labs/my-lab"])
}

/// The one place at which a change is remarked upon.
fn remarked(from: &str, to: &str, words: &str) {
    let place = with_new(|text| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    });
    let text = std::fs::read_to_string(lab(&place)).expect("the lab");
    let outcome = lint(&place).code(1).prints(words);
    let needle = to.lines().next().expect("a line").trim();
    let line = text.lines().position(|line| line.contains(needle)).expect("the line") + 1;
    let told: Vec<&str> = outcome.stdout.lines().filter(|told| told.contains(words)).collect();
    let near = |told: &&str| (line - 1..=line + 2).any(|line| told.contains(&format!("lab.yaml:{line}:")));
    assert!(told.iter().any(near), "line {line}: {outcome:#?}");
}

#[test]
fn a_new_lab_has_nothing_to_complain_of_and_is_not_written_twice() {
    let place = Place::at(NOWHERE);
    place.run(&["author", "new", "my-lab"]).code(0).prints("author test my-lab --labs labs");
    lint(&place).code(0).says("Files read: 1. Remarks: 0.");
    place.run(&["author", "new", "my-lab"]).code(2).says("is there already");
    place.run(&["author", "new", "../x"]).code(2).says("is no name for a lab");
    place.run(&["list", "--labs", "labs"]).code(0).prints("my-lab").prints("A volume that survives");
    place.run(&["solution", "create", "--lab", "my-lab", "--labs", "labs"]).code(0).prints("my_lab_data");
}

#[test]
fn every_shipped_lab_and_quiz_is_without_a_remark() {
    Place::at(NOWHERE).run(&["author", "lint"]).code(0).says("Remarks: 0.");
}

#[test]
fn what_could_be_better_is_told_with_its_place() {
    remarked(
        "- fr: \"Un volume se crée avant",
        "- fr: \"`docker volume create my_lab_data` : un volume se crée avant",
        "the first hint gives a whole command away",
    );
    remarked(
        "    en: \"A volume is created before the container that uses it.\"",
        "    en: \"Un volume se crée avant le conteneur qui s'en sert.\"",
        "the text is the same in both languages",
    );
    remarked(
        "volume: {name: my_lab_data,",
        "volume: {name: their_data,",
        "`their_data` is not in `resources`",
    );
    // The keys of a check that stand for something else than names, and for paths inside an object.
    let seen = "content: {of: {container: {name: my_lab_main, path: note}}, holds: x, before: y}";
    let wrong = seen.replace("my_lab_main", "their_main");
    remarked("volume: {name: my_lab_data, driver: local}", &wrong, "`their_main` is not in `resources`");
    for fine in [
        seen,
        "content: {of: {volume: {name: my_lab_data, path: note.txt}}, holds: x}",
        "mount: {container: my_lab_main, target: /data, source: {volume: my_lab_data}}",
        "mount: {container: my_lab_main, target: /data, source: anonymous}",
        "removed: {container: {name: my_lab_main, anonymous: left}}",
    ] {
        let place = with_new(|text| text.replacen("volume: {name: my_lab_data, driver: local}", fine, 1));
        lint(&place).code(0).says("Remarks: 0.");
    }
    remarked("files: [] ", "files: [never.sql] ", "neither an operation nor a check uses `never.sql`");
    remarked("images: [alpine, ", "images: [alpine, \"nginx:1.27\", ", "no step uses `nginx:1.27`");
}

#[test]
fn a_sabotage_that_would_harm_others_is_told() {
    let place = with_new(str::to_owned);
    let file = place.work().join("labs/my-lab/sabotages/1-create.yaml");
    let text = std::fs::read_to_string(&file).expect("sabotages");
    let harm = "      docker rm -f their_database\n      docker volume prune -f\n      docker stop $(docker ps -q)\n      ready my_lab_main\n";
    std::fs::write(&file, text.replacen("      ready my_lab_main\n", harm, 1)).expect("written");
    let outcome = lint(&place).code(1).prints("`their_database` is neither a name of the lab's");
    outcome
        .prints("a `--filter` limits it")
        .prints("takes all there is on the daemon")
        .prints("attempts[0].do");
}

#[test]
fn remarks_can_be_read_by_a_program_and_quizzes_and_inventories_are_looked_through_too() {
    let place = with_new(|text| text.replacen("files: []", "files: [never.sql]", 1));
    let report = place.json(&["author", "lint", "labs/my-lab"]);
    assert_eq!(report["files"][0]["kind"], "lab", "{report:#}");
    let remark = &report["remarks"][0];
    assert_eq!(
        (&remark["path"], &remark["column"]),
        (&"resources.files[0]".into(), &11.into()),
        "{report:#}"
    );
    std::fs::write(place.work().join("room.yaml"), "machines: [{name: a, host: \"tcp://a:2375\"}]\n")
        .expect("written");
    place.run(&["author", "lint", "room.yaml"]).code(0);
    std::fs::write(place.work().join("room.yaml"), "machines: [{name: a, hots: x}]\n").expect("written");
    place.run(&["author", "lint", "room.yaml"]).code(2).says("room.yaml:1:22:").says("unknown key `hots`");
    std::fs::write(place.work().join("room.yaml"), "a: 1\n").expect("written");
    place.run(&["author", "lint", "room.yaml"]).code(2).says("neither a lab");
    let quiz = Path::new(env!("CARGO_MANIFEST_DIR")).join("quizzes/volumes.yaml");
    let text = std::fs::read_to_string(quiz).expect("the quiz").replacen("step: create", "step: craete", 1);
    std::fs::write(place.work().join("quiz.yaml"), text).expect("written");
    place.run(&["author", "lint", "quiz.yaml"]).code(1).prints("no step `craete`").prints(": questions[");
}

/// A lab that means harm is refused by a sentence, quickly, and nothing of it reaches the terminal.
fn refused(from: &str, to: &str, words: &str) {
    let place = with_new(|text| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    });
    let outcome = place.run(&["check", "my-lab", "--labs", "labs"]).code(2).says(words);
    assert!(!outcome.stderr.contains('\u{1b}'), "{outcome:#?}");
}

#[test]
fn hostile_labs_are_refused_with_a_sentence() {
    refused("volumes: [my_lab_data]", "volumes: [my_lab_data, \"a\\e[2Jb\"]", "control character U+001B");
    refused(
        "volumes: [my_lab_data]",
        "volumes: [my_lab_data, \"a; rm -rf b\"]",
        "does not fit a Docker object",
    );
    refused("volumes: [my_lab_data]", "volumes: [my_lab_data, \"--all\"]", "does not fit a Docker object");
    refused("id: \"my-lab\"", "id: \"volumes\"", "its folder `my-lab`");
    refused("id: \"my-lab\"", "id: \"../../x\"", "an id has only small letters");
    refused("A volume that survives", "A \\u202E volume", "control character U+202E");
    for path in ["../", "/etc/", "a/../../b", "./", "a//b"] {
        refused("files: []", &format!("files: [\"{path}\"]"), "is no path below the workspace");
    }
    refused("files: []", "files: [\"$(reboot)\"]", "only plain letters");
    refused("images: [alpine,", "images: [alpine, \"--privileged\",", "is no name of an image");
    refused(
        "- volume_create: {name: my_lab_data}",
        "- volume_create: {name: their_data}",
        "the volume `their_data` is not in `resources`",
    );
    refused(
        "- volume_create: {name: my_lab_data}",
        "- file_write: {path: x, from: ../../../../../../etc/passwd}",
        "is not beside `lab.yaml`",
    );
    let deep = format!("deep: {}{}\ngoal:\n", "[".repeat(60), "]".repeat(60));
    refused("goal:\n", &deep, "levels, one within the other");
}

#[test]
fn files_that_never_end_are_refused_at_once() {
    let place = with_new(str::to_owned);
    let again = |words: &str| {
        let began = std::time::Instant::now();
        place.run(&["check", "my-lab", "--labs", "labs"]).code(2).says(words);
        assert!(began.elapsed().as_secs() < 20, "{words}: {:?}", began.elapsed());
    };
    let file = std::fs::File::create(lab(&place)).expect("a file");
    file.set_len(100 << 20).expect("100 MB");
    again("no lab or quiz file is larger");
    std::fs::write(lab(&place), "[".repeat(900_000)).expect("written");
    again("levels");
    let bomb = format!("a: &a {}\nb: [{}]\n", "x".repeat(300_000), vec!["*a"; 100_000].join(","));
    std::fs::write(lab(&place), bomb).expect("written");
    again("once aliases are followed");
    for special in ["/dev/zero", "/tmp"] {
        std::fs::remove_file(lab(&place)).expect("removed");
        std::os::unix::fs::symlink(special, lab(&place)).expect("linked");
        again("is not a file");
    }
    std::fs::remove_file(lab(&place)).expect("removed");
    place.shell("mkfifo labs/my-lab/lab.yaml");
    again("is not a file");
}

#[test]
fn the_schemas_beside_the_files_are_those_of_the_types() {
    let place = Place::at(NOWHERE);
    for (kind, file) in [
        ("lab", "labs/lab.schema.json"),
        ("sabotages", "labs/sabotages.schema.json"),
        ("quiz", "quizzes/quiz.schema.json"),
    ] {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let shipped = std::fs::read_to_string(shipped).expect("a schema");
        let made = place.run(&["author", "schema", kind]).code(0).stdout;
        assert!(made == shipped, "`docker-lab author schema {kind} > {file}` brings it up to date");
        let schema: serde_json::Value = serde_json::from_str(&made).expect("JSON");
        assert_eq!(schema["additionalProperties"], false, "{kind}");
    }
    let lab: serde_json::Value =
        serde_json::from_str(&place.run(&["author", "schema", "lab"]).code(0).stdout).expect("JSON");
    let check = &lab["$defs"]["WrittenCheck"];
    assert_eq!(check["properties"]["volume"]["allOf"][0]["$ref"], "#/$defs/VolumeCheck", "{check:#}");
    assert_eq!(
        check["oneOf"].as_array().map(Vec::len),
        check["properties"].as_object().map(|all| all.len() - 2)
    );
    place.run(&["author", "schema", "inventory"]).code(0).prints("workspace");
}

#[test]
fn a_new_lab_proves_itself_and_works_from_a_folder() {
    let place = Place::on(engine::shared()).prefixed("newlab");
    place.run(&["author", "new", "my-lab"]).code(0);
    let only = ["--only", "solution", "--only", "without-clean", "--only", "create-no-mount"];
    let outcome = place.run(&[&["author", "test", "my-lab", "--labs", "labs"][..], &only].concat());
    outcome.code(0).prints("3 of 3 attempts").says("    create  ");
    let begun = place.run(&["start", "my-lab", "--labs", "labs"]).code(0);
    begun.prints("`docker-lab hint --lab my-lab --labs 'labs'`").prints("newlab_my_lab_data");
    place.run(&["run", "my-lab", "--labs", "labs", "--step", "create"]).code(0);
    let proposed = place.run(&["author", "record", "my-lab", "--labs", "labs", "--into", "facts"]).code(0);
    proposed
        .prints("    volume: {name: my_lab_data, driver: local}")
        .prints("mounts: [{volume: my_lab_data, target: /var/lib/postgresql/data}]");
    let facts = ["check", "my-lab", "--labs", "labs", "--facts", "facts/my-lab.json.gz"];
    assert_eq!(Place::json(&place, &facts)["score"]["points"], 60);
    place.run(&["map", "my-lab", "--labs", "labs"]).code(0).prints("newlab_my_lab_main");
    let script =
        place.run(&["run", "my-lab", "--labs", "labs", "--dry-run", "--step", "clean"]).code(0).stdout;
    assert_eq!(place.shell(&script).code, 0, "{script}");
    assert_eq!(place.json(&["report", "my-lab", "--labs", "labs"])["score"]["points"], 100);
    place.run(&["reset", "my-lab", "--labs", "labs", "--yes"]).code(0);
}

#[test]
fn a_step_that_costs_nothing_when_it_is_left_out_is_told() {
    let place = Place::on(engine::shared()).prefixed("costless");
    place.run(&["author", "new", "my-lab"]).code(0);
    let text = std::fs::read_to_string(lab(&place)).expect("the lab");
    let changed = text.replacen("cleaned: {}", "volume: {name: my_lab_data}", 1).replacen(
        "[clean.nothing-left, clean.nothing-harmed]",
        "[clean.nothing-left]",
        1,
    );
    std::fs::write(lab(&place), changed).expect("written");
    let args = ["author", "test", "my-lab", "--labs", "labs", "--only", "without-clean"];
    place.run(&args).code(1).says("the step `clean` was left out, and yet this is earned: clean-machine");
}
