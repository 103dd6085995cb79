//! The house rules, read from the sources: who imports whom, where foreign crates live, how long a file may be.

use std::path::Path;
use std::path::PathBuf;

/// A folder of `src/` and the folders it may name after `crate::`.
const MAY: [(&str, &[&str]); 16] = [
    ("text", &[]),
    ("error", &["text"]),
    ("yaml", &["error", "text"]),
    ("world", &["text"]),
    ("checks", &["world", "text"]),
    ("docker", &["error", "text", "world"]),
    ("postgres", &["error", "text", "world", "docker"]),
    ("lab", &["error", "text", "yaml", "world", "checks"]),
    ("quiz", &["error", "text", "yaml"]),
    // `yaml` for what learners write in it.
    ("engine", &["error", "text", "yaml", "world", "checks", "docker", "postgres", "lab"]),
    // `yaml` for the inventory, `postgres` for results that are shared; a room is visited with the engine's own means.
    ("class", &["error", "text", "yaml", "world", "docker", "postgres", "lab", "engine"]),
    ("report", &["error", "text", "world", "engine", "quiz", "class"]),
    // Who writes a lab looks at all of it.
    ("author", &["error", "text", "yaml", "world", "checks", "lab", "engine", "quiz", "class"]),
    // A page is the sheet, sent elsewhere.
    ("web", &["error", "text", "class", "report"]),
    (
        "cli",
        &[
            "error", "text", "world", "docker", "postgres", "lab", "engine", "quiz", "class", "author",
            "report", "web",
        ],
    ),
    ("lib", &["cli"]),
];

/// A foreign crate and its only home.
const HOMES: [(&str, &str); 15] = [
    ("bollard", "docker"),
    ("tar", "docker"),
    ("tokio_postgres", "postgres"),
    ("serde_yaml", "yaml"),
    ("saphyr_parser", "yaml"),
    ("owo_colors", "report"),
    ("dialoguer", "cli"),
    ("indicatif", "cli"),
    ("include_dir", "lab"),
    ("rustix", "cli"),
    ("rand_chacha", "quiz"),
    ("rs_fsrs", "quiz"),
    ("chrono", "quiz"),
    // The checks of a room are kept where they are made.
    ("rusqlite", "class"),
    ("axum", "web"),
];

/// The longest file, in lines, its own tests included.
const LONGEST: usize = 400;

fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut open, mut all) = (vec![root.clone()], Vec::new());
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).expect("src").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let below = path.strip_prefix(&root).expect("below");
                let first = below.components().next().expect("a name").as_os_str().to_string_lossy();
                let text = std::fs::read_to_string(&path).expect("a source");
                all.push((first.trim_end_matches(".rs").to_owned(), path, text));
            }
        }
    }
    all
}

fn complaints(rule: impl Fn(&str, &str) -> Option<String>) -> Vec<String> {
    let mut found = Vec::new();
    for (folder, path, text) in sources() {
        for (number, line) in
            text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            if let Some(what) = rule(&folder, line) {
                found.push(format!("{}:{}: {what}", path.display(), number + 1));
            }
        }
    }
    found
}

#[test]
fn a_folder_imports_only_from_those_below_it() {
    let found = complaints(|folder, line| {
        let named = line
            .split("crate::")
            .skip(1)
            .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(""));
        let allowed = MAY.iter().find(|(name, _)| *name == folder).map_or(&[][..], |(_, may)| may);
        let known: Vec<&str> = MAY.iter().map(|(name, _)| *name).collect();
        named
            .filter(|name| known.contains(name) && *name != folder)
            .find(|name| !allowed.contains(name))
            .map(|name| format!("{folder} may not import {name}"))
    });
    assert_eq!(found, [""; 0]);
}

#[test]
fn every_folder_is_known_to_the_house() {
    let unknown: Vec<String> = sources()
        .into_iter()
        .map(|(folder, _, _)| folder)
        .filter(|folder| folder != "main" && !MAY.iter().any(|(name, _)| name == folder))
        .collect();
    assert_eq!(unknown, [""; 0]);
}

#[test]
fn foreign_crates_stay_in_their_homes() {
    let found = complaints(|folder, line| {
        HOMES
            .iter()
            .find(|(name, home)| {
                *home != folder
                    && (line.contains(&format!("use {name}::")) || line.contains(&format!(" {name}::")))
            })
            .map(|(name, home)| format!("{name} lives in {home}"))
    });
    assert_eq!(found, [""; 0]);
}

#[test]
fn only_the_scratch_home_makes_containers_for_a_check() {
    // The calls that change a daemon stand in the files that are named for it.
    let writers = [
        "create_container(",
        "remove_container(",
        "start_container(",
        "stop_container(",
        "create_volume(",
        "remove_volume(",
        "upload_to_container(",
    ];
    // A drill starts the scratch container that it fills; what a lab has typed for its answer is told.
    let homes = ["act.rs", "drill.rs", "scratch.rs", "told.rs", "fortnight/mod.rs"];
    let found: Vec<String> = sources()
        .into_iter()
        .filter(|(_, path, _)| !homes.iter().any(|home| path.ends_with(home)))
        .filter(|(_, _, text)| writers.iter().any(|call| text.contains(call)))
        .map(|(_, path, _)| path.display().to_string())
        .collect();
    assert_eq!(found, [""; 0]);
}

#[test]
fn nothing_is_ever_pruned() {
    let found = complaints(|_, line| line.contains("prune_").then(|| "prunes".to_owned()));
    assert_eq!(found, [""; 0]);
}

#[test]
fn no_file_is_too_long_and_none_names_its_grandparent() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|(_, _, text)| text.lines().count() > LONGEST || text.contains("super::super"))
        .map(|(_, path, _)| path.display().to_string())
        .collect();
    assert_eq!(long, [""; 0]);
}

#[test]
fn every_test_file_runs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = std::fs::read_to_string(folder.join("main.rs")).expect("main.rs");
    let forgotten: Vec<String> = std::fs::read_dir(&folder)
        .expect("tests")
        .flatten()
        .filter_map(|entry| entry.path().file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .filter(|stem| stem != "main" && !main.contains(&format!("mod {stem};")))
        .collect();
    assert_eq!(forgotten, [""; 0]);
}
