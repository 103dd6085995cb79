//! The lab's proof of itself: what was seen of each attempt is judged again, without Docker, and says what the attempt
//! says; a few are tried anew on a real daemon.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;

use serde_json::Value;

use crate::engine;
use crate::machine;
use crate::program::Place;
use crate::program::checks_in;

/// What an attempt asks for, read from the lab's own files.
struct Attempt {
    id: String,
    fails: BTreeMap<String, String>,
    loses: BTreeSet<String>,
    passes: Vec<String>,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The labs that come with the program.
pub fn labs() -> Vec<String> {
    let folders = std::fs::read_dir(root().join("labs")).expect("labs").flatten();
    let mut ids: Vec<String> = folders
        .filter(|entry| entry.path().join("lab.yaml").exists())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    ids.sort();
    ids
}

fn attempts(lab: &str) -> Vec<Attempt> {
    let folder = std::fs::read_dir(root().join(format!("labs/{lab}/sabotages"))).expect("sabotages");
    let mut all = Vec::new();
    for file in folder.flatten() {
        let text = std::fs::read_to_string(file.path()).expect("a file");
        let yaml: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
        all.extend(yaml["attempts"].as_sequence().expect("attempts").iter().map(attempt));
    }
    all
}

fn attempt(one: &serde_yaml::Value) -> Attempt {
    let words = |key: &str| -> Vec<String> {
        let list = one[key].as_sequence().into_iter().flatten();
        list.map(|word| word.as_str().expect("a word").to_owned()).collect()
    };
    let text = |value: &serde_yaml::Value| value.as_str().expect("a text").to_owned();
    let fails = one["fails"].as_mapping().into_iter().flatten();
    Attempt {
        id: text(&one["id"]),
        fails: fails.map(|(check, mistake)| (text(check), text(mistake))).collect(),
        loses: words("loses").into_iter().collect(),
        passes: words("passes"),
    }
}

fn recording(lab: &str, id: &str) -> PathBuf {
    let folder = if lab == "volumes" { String::new() } else { format!("{lab}/") };
    root().join(format!("tests/recorded/{folder}{id}.json.gz"))
}

/// Judges what was recorded of an attempt.
fn judged(place: &Place, (lab, id): (&str, &str), lang: &str) -> Value {
    let file = std::fs::File::open(recording(lab, id)).unwrap_or_else(|error| panic!("{id}: {error}"));
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("gzip");
    let facts = place.work().join("facts.json");
    std::fs::write(&facts, text).expect("facts");
    place.json(&["check", lab, "--facts", "facts.json", "--lang", lang])
}

fn failed(report: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for step in report["steps"].as_array().expect("steps") {
        for check in step["checks"].as_array().expect("checks").iter().filter(|one| one["status"] == "failed")
        {
            let name = format!("{}.{}", step["id"].as_str().expect("id"), check["id"].as_str().expect("id"));
            found.insert(name, check["mistake"].as_str().unwrap_or("none").to_owned());
        }
    }
    found
}

#[test]
fn recorded_attempts_are_judged_as_they_must_be_in_both_languages() {
    let place = Place::at("unix:///nonexistent.sock");
    let labs = labs();
    let all = labs.iter().flat_map(|lab| attempts(lab).into_iter().map(move |attempt| (lab, attempt)));
    for (lab, attempt) in all {
        let report = judged(&place, (lab, &attempt.id), "en");
        assert_eq!(failed(&report), attempt.fails, "{}", attempt.id);
        let lost: BTreeSet<String> = report["criteria"]
            .as_array()
            .expect("criteria")
            .iter()
            .filter(|one| one["status"] == "failed")
            .map(|one| one["id"].as_str().expect("id").to_owned())
            .collect();
        assert_eq!(lost, attempt.loses, "{}", attempt.id);
        let passed = checks_in(&report, "passed");
        let missing: Vec<&String> = attempt.passes.iter().filter(|check| !passed.contains(check)).collect();
        assert!(missing.is_empty(), "{}: {missing:?}", attempt.id);
        if attempt.fails.is_empty() {
            continue;
        }
        let french = judged(&place, (lab, &attempt.id), "fr");
        assert_eq!(failed(&french), attempt.fails, "{}", attempt.id);
        for (check, other) in messages(&report).into_iter().zip(messages(&french)) {
            assert_ne!(check, other, "{}: said in one language alone", attempt.id);
        }
    }
}

fn messages(report: &Value) -> Vec<String> {
    let steps = report["steps"].as_array().expect("steps").iter();
    let checks = steps.flat_map(|step| step["checks"].as_array().expect("checks"));
    let failed = checks.filter(|one| one["status"] == "failed");
    failed.map(|one| one["message"].as_str().expect("words").to_owned()).collect()
}

#[test]
fn every_mistake_of_the_catalogue_is_made_by_a_sabotage() {
    for lab in labs() {
        let text = std::fs::read_to_string(root().join(format!("labs/{lab}/lab.yaml"))).expect("the lab");
        let yaml: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
        let known = yaml["mistakes"].as_sequence().expect("a catalogue").iter();
        let known: BTreeSet<String> =
            known.map(|one| one["id"].as_str().expect("an id").to_owned()).collect();
        let least = if lab == "volumes" { 60 } else { 5 };
        assert!(known.len() >= least, "{lab}: {}", known.len());
        let made: BTreeSet<String> =
            attempts(&lab).into_iter().flat_map(|one| one.fails.into_values()).collect();
        assert_eq!(known.difference(&made).collect::<Vec<_>>(), Vec::<&String>::new(), "{lab}");
    }
}

#[test]
fn every_mistake_that_the_code_names_is_declared_by_its_kind() {
    let mut open = vec![root().join("src/checks")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("checks").flatten() {
            if entry.path().is_dir() {
                open.push(entry.path());
                continue;
            }
            let text = std::fs::read_to_string(entry.path()).expect("a source");
            for id in named(&text) {
                let declared = declared_anywhere(&id);
                assert!(declared, "{}: `{id}` is in no list of mistakes", entry.path().display());
            }
        }
    }
}

fn named(text: &str) -> Vec<String> {
    text.split(".mistake(\"").skip(1).filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect()
}

fn declared_anywhere(id: &str) -> bool {
    labs().iter().any(|lab| {
        let text = std::fs::read_to_string(root().join(format!("labs/{lab}/lab.yaml"))).expect("the lab");
        text.contains(&format!("  - id: {id}\n"))
    })
}

#[test]
fn a_catalogue_has_no_gap_and_nothing_that_no_check_names() {
    let place = Place::at("unix:///nonexistent.sock");
    let folder = place.work().join("labs/volumes");
    std::fs::create_dir_all(&folder).expect("a folder");
    let shipped = root().join("labs/volumes");
    for asset in ["init.sql", "backup_script.sh", "answers.yaml"] {
        std::fs::copy(shipped.join(asset), folder.join(asset)).expect("an asset");
    }
    let text = std::fs::read_to_string(shipped.join("lab.yaml")).expect("the lab");
    let changed = text.replace("  - id: anonymous-volume\n", "  - id: never-named\n");
    std::fs::write(folder.join("lab.yaml"), changed).expect("written");
    let outcome = place.run(&["check", "volumes", "--labs", "labs"]).code(2);
    outcome.says("no check of this lab names the mistake `never-named`").says("anonymous-volume");
}

/// Everything that a check may touch, before and after it.
#[test]
fn attempts_leave_nothing_and_a_wrong_expectation_is_told() {
    let engine = engine::own("lab-attempts");
    let place = Place::on(&engine);
    let before = machine::state(&engine, "");
    let only = ["--only", "blank", "--only", "create-no-mount", "--only", "create-typo-in-volume"];
    let args = [&["author", "test", "volumes"][..], &only].concat();
    place.run(&args).code(0).prints("3 of 3 attempts");
    assert_eq!(machine::state(&engine, ""), before);
    let labs = place.work().join("labs");
    copy(&root().join("labs"), &labs);
    let file = labs.join("volumes/sabotages/1-create.yaml");
    let text = std::fs::read_to_string(&file).expect("sabotages");
    std::fs::write(&file, text.replacen("anonymous-volume", "wrong-volume", 1)).expect("changed");
    let args = ["author", "test", "volumes", "--labs", "labs", "--only", "create-no-mount"];
    place.run(&args).code(1).says("names `anonymous-volume`, not `wrong-volume`");
}

/// The second attempt makes a volume and a container, then fails to end.
const ENDLESS: &str = "attempts:
  - id: endless
    before: docker volume create ${P}other
    do: |
      docker run -d --name postgres_main -v postgres_data:/data alpine sleep 600
      sleep 600
    fails: {create.volume-mounted: anonymous-volume}
    loses: []
";

#[test]
fn trials_that_are_stopped_clear_away_what_they_made() {
    let engine = engine::own("lab-stopped-trials");
    let place = Place::on(&engine);
    let before = machine::state(&engine, "");
    let labs = place.work().join("labs");
    copy(&root().join("labs"), &labs);
    std::fs::write(labs.join("volumes/sabotages/1-create.yaml"), ENDLESS).expect("written");
    let args = ["author", "test", "volumes", "--labs", "labs", "--only", "endless", "--only", "blank"];
    let mut child = place.command(&[&args[..], &["--jobs", "2"]].concat()).spawn().expect("trials");
    while !engine.docker(&["ps", "--format", "{{.Names}}"]).contains("postgres_main") {
        assert!(child.try_wait().expect("a child").is_none(), "they ended early");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    place.shell(&format!("kill -INT {}", child.id()));
    assert_eq!(child.wait().expect("its end").code(), Some(130));
    assert_eq!(machine::state(&engine, ""), before);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

#[test]
fn each_request_of_a_check_is_told_and_none_changes_what_is_the_learners() {
    let place = Place::on(engine::shared()).prefixed("traced");
    place.run(&["run", "volumes", "--step", "create", "--step", "persist", "--step", "copy"]);
    std::fs::copy(root().join("labs/volumes/backup_script.sh"), place.work().join("backup_script.sh"))
        .expect("copied");
    let before =
        machine::state(engine::shared(), "").into_iter().filter(|(name, _)| name.contains("traced_"));
    let before: Vec<_> = before.collect();
    let outcome = place.run(&["check", "volumes", "--trace"]);
    let after: Vec<_> = machine::state(engine::shared(), "")
        .into_iter()
        .filter(|(name, _)| name.contains("traced_"))
        .collect();
    assert_eq!(after, before);
    let lines: Vec<&str> = outcome.stderr.lines().filter(|line| line.contains(" s  ")).collect();
    assert!(lines.len() > 10, "{outcome:#?}");
    for line in lines.iter().filter(|line| !line.contains(" GET ")) {
        let ours = line.contains("docker-lab-scratch-") || line.contains("/exec");
        assert!(ours && !line.contains("REFUSED"), "{line}");
    }
    place.run(&["reset", "--yes"]).code(0);
}
