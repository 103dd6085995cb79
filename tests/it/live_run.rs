//! `run` and `run --dry-run` on a real daemon: the full score, the same state, no harm, and going on after a kill.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use crate::engine;
use crate::engine::Engine;
use crate::learner;
use crate::learner::STEPS;
use crate::machine;
use crate::program::Place;
use crate::program::checks_in;
use crate::program::lost;

#[test]
fn nothing_passes_on_a_fresh_daemon() {
    let place = Place::on(engine::shared()).prefixed("fresh");
    place.run(&["start"]).code(0);
    let report = place.json(&["check", "volumes"]);
    assert_eq!(checks_in(&report, "passed"), [""; 0]);
    assert_eq!(checks_in(&report, "failed"), [""; 0]);
    assert_eq!(report["score"]["points"], 0);
    place.run(&["check", "volumes"]).code(1);
}

#[test]
fn run_passes_every_step_and_criterion_and_reset_leaves_nothing() {
    let (engine, _turn) = engine::alone();
    let place = Place::on(engine).prefixed("whole");
    place.run(&["run", "volumes"]).code(0).prints("100/100");
    place.run(&["run", "volumes"]).code(0).says("already done");
    place.run(&["reset", "--yes"]).code(0);
    let left: Vec<String> =
        machine::state(engine, "").into_keys().filter(|name| name.contains("whole_")).collect();
    assert_eq!(left, [""; 0]);
    assert_eq!(machine::files(&place.work()).len(), 0);
}

#[test]
fn the_printed_commands_leave_the_same_state_as_run_step_by_step() {
    let (engine, _turn) = engine::alone();
    let (app, shell) = (Place::on(engine), Place::on(engine));
    let mut after_app = Vec::new();
    for step in STEPS {
        app.run(&["run", "volumes", "--step", step]);
        after_app.push((machine::state(engine, &app.work().display().to_string()), names(&app)));
    }
    app.run(&["reset", "--yes"]).code(0);
    for (step, (state, files)) in STEPS.iter().zip(after_app) {
        let outcome = shell.shell(&learner::dry_run(&shell, &[step]));
        assert_eq!(
            machine::state(engine, &shell.work().display().to_string()),
            state,
            "{step}: {outcome:#?}"
        );
        assert_eq!(names(&shell), files, "{step}");
    }
    let report = shell.json(&["check", "volumes"]);
    assert_eq!(lost(&report), [""; 0], "{report:#}");
    shell.run(&["reset", "--yes"]).code(0);
}

/// The workspace's paths, dates in names left out.
fn names(place: &Place) -> Vec<String> {
    let digits = |name: String| {
        name.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect()
    };
    machine::files(&place.work()).into_keys().map(digits).collect()
}

#[test]
fn the_printed_script_piped_into_bash_as_a_whole_reaches_the_full_score() {
    let (engine, _turn) = engine::alone();
    let place = Place::on(engine).prefixed("piped");
    place.shell(&learner::dry_run(&place, &[]));
    let report = place.json(&["check", "volumes"]);
    assert_eq!(lost(&report), [""; 0], "{report:#}");
    place.run(&["reset", "--yes"]).code(0);
}

/// What leaving a step out costs: the criteria that rest on it, or on what it makes for later steps.
const COSTS: [(&str, &[&str]); 7] = [
    (
        "persist",
        &[
            "data-survives-removal",
            "backup-is-complete",
            "restore-is-identical",
            "storage-types-understood",
            "no-orphans",
        ],
    ),
    ("backup", &["backup-is-complete", "restore-is-identical", "backup-is-archivable"]),
    ("restore", &["restore-is-identical"]),
    ("compare", &["storage-types-understood"]),
    ("copy", &["storage-types-understood"]),
    ("clean", &["no-orphans"]),
    ("automate", &["backup-is-archivable"]),
];

fn without(left_out: &str, engine: &Engine) -> Vec<String> {
    let place = Place::on(engine).prefixed(&format!("no-{left_out}"));
    let steps: Vec<&str> = STEPS.into_iter().filter(|step| *step != left_out).collect();
    place.shell(&learner::dry_run(&place, &steps));
    let report = place.json(&["check", "volumes"]);
    place.run(&["reset", "--yes"]).code(0);
    lost(&report)
}

#[test]
fn each_step_left_out_costs_exactly_its_criteria() {
    let found: Vec<(String, Vec<String>)> = std::thread::scope(|scope| {
        // Two at a time: as many as the machine has cores.
        let halves: Vec<_> = COSTS
            .chunks(COSTS.len().div_ceil(2))
            .map(|part| {
                scope.spawn(move || {
                    let engine = engine::own("lab-without");
                    part.iter()
                        .map(|(step, _)| ((*step).to_owned(), without(step, &engine)))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        halves.into_iter().flat_map(|half| half.join().expect("no panic")).collect()
    });
    let expected: Vec<(String, Vec<String>)> = COSTS
        .iter()
        .map(|(step, lost)| ((*step).to_owned(), lost.iter().map(|id| (*id).to_owned()).collect()))
        .collect();
    assert_eq!(found, expected);
}

/// Starts `run`, waits until the journal shows that a step has begun and some of it is done, and kills it.
fn killed_at(place: &Place, step: &str) {
    let mut child = place
        .command(&["run", "volumes"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("run");
    let mark = format!("{{\"progress\":{{\"step\":\"{step}\",\"done\":1}}}}");
    let started = Instant::now();
    while !journal(place).contains(&mark) {
        assert!(started.elapsed() < Duration::from_secs(120), "{step} never began");
        assert!(child.try_wait().expect("a child").is_none(), "run ended before {step}: {}", journal(place));
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().expect("SIGKILL");
    child.wait().expect("its end");
}

fn journal(place: &Place) -> String {
    let sessions = std::fs::read_dir(place.home().join("sessions")).into_iter().flatten().flatten();
    sessions.filter_map(|entry| std::fs::read_to_string(entry.path().join("journal.ndjson")).ok()).collect()
}

#[test]
fn a_run_that_is_killed_at_each_step_goes_on_to_the_full_score() {
    let engine = engine::own("lab-killed");
    let place = Place::on(&engine).prefixed("killed");
    for step in STEPS {
        if step != "automate" {
            killed_at(&place, step);
        }
    }
    let report = place.json(&["run", "volumes"]);
    assert_eq!(lost(&report), [""; 0], "{report:#}");
    assert_eq!(report["score"]["points"], 100);
    let archives = machine::files(&place.work().join("backups"));
    let count = archives.keys().filter(|name| name.ends_with(".tar.gz")).count();
    assert_eq!(count, 1, "{archives:?}");
    place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn a_foreign_volume_of_the_same_name_survives_every_command() {
    let (engine, _turn) = engine::alone();
    engine.docker(&["volume", "create", "postgres_data"]);
    engine.docker(&[
        "run",
        "--rm",
        "-v",
        "postgres_data:/data",
        "alpine",
        "sh",
        "-c",
        "echo theirs > /data/kept",
    ]);
    let before = machine::state(engine, "");
    let place = Place::on(engine);
    let commands: [&[&str]; 8] = [
        &["start"],
        &["check", "volumes"],
        &["run", "volumes"],
        &["run", "volumes", "--step", "clean"],
        &["reset", "--yes"],
        &["report"],
        &["doctor"],
        &["images", "status"],
    ];
    for command in commands {
        let outcome = place.run(command);
        if matches!(command[0], "start" | "check" | "run" | "report") {
            outcome.code(3).says("volume `postgres_data`").says("--prefix");
        }
    }
    let own = Place::on(engine).prefixed("mine");
    own.run(&["run", "volumes"]).code(0);
    own.run(&["reset", "--yes"]).code(0);
    assert_eq!(machine::state(engine, ""), before);
    let kept = engine.docker(&["run", "--rm", "-v", "postgres_data:/data", "alpine", "cat", "/data/kept"]);
    assert_eq!(kept, "theirs\n");
}

#[test]
fn a_check_changes_nothing_and_leaves_nothing() {
    let engine = engine::shared();
    let place = Place::on(engine).prefixed("pure");
    place.run(&[
        "run", "volumes", "--step", "create", "--step", "persist", "--step", "backup", "--step", "restore",
        "--step", "copy", "--step", "automate",
    ]);
    let ours = |engine| {
        let all = machine::state(engine, "");
        all.into_iter()
            .filter(|(name, value)| name.contains("pure_") || value.to_string().contains("pure_"))
            .collect::<Vec<_>>()
    };
    let before = (ours(engine), machine::files(&place.work()));
    place.json(&["check", "volumes"]);
    assert_eq!((ours(engine), machine::files(&place.work())), before);
    place.run(&["reset", "--yes"]).code(0);
}

/// Whoever looks into a volume must neither keep it from being removed nor make it anew.
#[test]
fn a_volume_is_removed_while_it_is_looked_at() {
    let engine = engine::shared();
    let place = Place::on(engine).prefixed("looked");
    place.run(&["start"]).code(0);
    let volume = place.name("postgres_copy");
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                place.json(&["check", "volumes", "copy"]);
            }
        });
        for _ in 0..40 {
            engine.docker(&["volume", "create", &volume]);
            // At each moment of a look once.
            std::thread::park_timeout(Duration::from_millis(130));
            engine.docker(&["volume", "rm", &volume]);
        }
        over.store(true, Ordering::Relaxed);
    });
    assert!(!engine.docker(&["volume", "ls", "-q"]).contains(&volume));
    place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn two_learners_share_a_daemon() {
    let engine = engine::shared();
    let (ana, ben) = (Place::on(engine).prefixed("ana"), Place::on(engine).prefixed("ben"));
    ana.run(&["run", "--step", "create"]);
    ben.run(&["start"]).code(0);
    let report = ben.json(&["check", "volumes"]);
    assert_eq!(checks_in(&report, "passed"), [""; 0]);
    ben.run(&["reset", "--yes"]).code(0);
    assert!(engine.docker(&["volume", "ls", "-q"]).contains(&ana.name("postgres_data")));
    ana.run(&["reset", "--yes"]).code(0);
}

#[test]
fn a_container_that_dies_while_it_is_looked_at_is_no_crash() {
    let engine = engine::shared();
    let place = Place::on(engine).prefixed("dying");
    place.run(&["run", "--step", "create"]);
    let name = place.name("postgres_main");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..5 {
                engine.docker(&["kill", &name]);
                engine.docker(&["start", &name]);
            }
        });
        for _ in 0..6 {
            let outcome = place.run(&["check", "volumes", "create", "--format", "json"]);
            assert!([0, 1, 3].contains(&outcome.code), "{outcome:#?}");
            assert!(!outcome.stderr.contains("panicked"), "{outcome:#?}");
        }
    });
    engine.docker(&["stop", &name]);
    let report = place.json(&["check", "volumes", "create"]);
    let checks = report["steps"][0]["checks"].as_array().expect("checks").clone();
    assert_eq!(checks[1]["mistake"], "container-not-running");
    place.run(&["reset", "--yes"]).code(0);
}
