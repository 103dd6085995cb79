//! Work that was not done, or done otherwise, on a real daemon: what must be red, by which name, and what must not
//! be touched. Each was a false verdict or a harm once.

use serde_json::Value;

use crate::engine;
use crate::engine::Engine;
use crate::learner;
use crate::machine;
use crate::program::Outcome;
use crate::program::Place;
use crate::program::checks_in;
use crate::program::lost;

/// The check of a report, by `step.check`.
fn check<'a>(report: &'a Value, name: &str) -> &'a Value {
    let (step, id) = name.split_once('.').expect("step.check");
    let steps = report["steps"].as_array().expect("steps");
    let step = steps.iter().find(|one| one["id"] == step).expect("the step");
    step["checks"].as_array().expect("checks").iter().find(|one| one["id"] == id).expect("the check")
}

#[track_caller]
fn is(report: &Value, name: &str, status: &str, mistake: &str) {
    let found = check(report, name);
    assert_eq!((&found["status"], &found["mistake"]), (&status.into(), &mistake.into()), "{found:#}");
}

fn ran(place: &Place, steps: &[&str]) {
    let args: Vec<&str> =
        ["run", "volumes"].into_iter().chain(steps.iter().flat_map(|step| ["--step", step])).collect();
    place.run(&args);
}

#[test]
fn a_container_that_was_renamed_was_not_destroyed() {
    let engine = engine::shared();
    let place = Place::on(engine).prefixed("renamed");
    ran(&place, &["create"]);
    let (main, data) = (place.name("postgres_main"), place.name("postgres_data"));
    engine.docker(&["stop", &main]);
    engine.docker(&["rename", &main, "renamed_old"]);
    let new = place.name("postgres_restored");
    let mount = format!("{data}:/var/lib/postgresql/data");
    engine.docker(&["run", "-d", "--name", &new, "-v", &mount, "postgres:15-alpine"]);
    is(
        &place.json(&["check", "volumes", "persist"]),
        "persist.new-container",
        "failed",
        "renamed-not-removed",
    );
    place.run(&["reset", "--yes"]).code(0);
    assert!(!engine.docker(&["ps", "-a", "--format", "{{.Names}}"]).contains("renamed_"));
}

#[test]
fn a_volume_that_is_mounted_beside_the_data_is_named() {
    let engine = engine::shared();
    let place = Place::on(engine).prefixed("beside");
    place.run(&["start"]).code(0);
    let (main, data) = (place.name("postgres_main"), place.name("postgres_data"));
    let wrong = format!("{data}:/var/lib/postgresql");
    engine.docker(&[
        "run",
        "-d",
        "--name",
        &main,
        "-e",
        "POSTGRES_PASSWORD=x",
        "-v",
        &wrong,
        "postgres:15-alpine",
    ]);
    is(&place.json(&["check", "volumes", "create"]), "create.volume-mounted", "failed", "wrong-mount-target");
    engine.docker(&["rm", "-f", "-v", &main]);
    let right = format!("{data}:/var/lib/postgresql/data");
    let aside = ["-e", "PGDATA=/tmp/pg", "-e", "POSTGRES_DB=myapp", "-e", "POSTGRES_PASSWORD=x"];
    let args = [&["run", "-d", "--name", &main, "-v", &right][..], &aside, &["postgres:15-alpine"]].concat();
    engine.docker(&args);
    is(&place.json(&["check", "volumes", "create"]), "create.data-loaded", "failed", "mount-unused");
    place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn what_is_there_and_wrong_is_not_taken_from_the_journal() {
    let place = Place::on(engine::shared()).prefixed("overwritten");
    ran(&place, &["create", "persist", "backup"]);
    place.shell("for f in backups/*.tar.gz; do echo garbage > $f; done");
    let report = place.json(&["check", "volumes", "backup"]);
    is(&report, "backup.archive-whole", "failed", "archive-damaged");
    place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn an_archive_or_a_copy_without_the_databases_files_is_a_torso() {
    let engine = engine::shared();
    let place = Place::on(engine).prefixed("torso");
    ran(&place, &["create", "persist", "backup", "copy"]);
    let name = format!("{}:/c", place.name("postgres_copy"));
    engine.docker(&[
        "run",
        "--rm",
        "-v",
        &name,
        "alpine",
        "sh",
        "-c",
        "find /c/base -type f -name '1638*' -exec rm {} +",
    ]);
    let cut = "cd backups && mkdir t && f=$(ls *.tar.gz) && tar xzf $f -C t && find t/base -type f -name '1638*' -delete \
        && tar czf $f -C t . && rm -rf t";
    assert_eq!(place.shell(cut).code, 0);
    let report = place.json(&["check", "volumes", "backup", "copy"]);
    is(&report, "backup.archive-complete", "failed", "archive-incomplete");
    is(&report, "copy.volume-copied", "failed", "copy-incomplete");
    place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn a_checksum_beside_the_archive_is_no_archive() {
    let place = Place::on(engine::shared()).prefixed("sidecar");
    ran(&place, &["create", "persist", "backup"]);
    place.shell("cd backups && sha256sum *.tar.gz > $(ls *.tar.gz).sha256");
    let report = place.json(&["check", "volumes", "backup"]);
    assert_eq!(
        checks_in(&report, "passed").iter().filter(|name| name.starts_with("backup.")).count(),
        5,
        "{report:#}"
    );
    place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn a_first_check_after_the_removal_still_proves_the_first_two_steps() {
    let place = Place::on(engine::shared()).prefixed("late");
    place.run(&["start"]).code(0);
    let commands = learner::dry_run(&place, &["create", "persist"]);
    let unwatched: Vec<&str> =
        commands.lines().filter(|line| !line.starts_with("docker-lab check")).collect();
    place.shell(&unwatched.join("\n"));
    let report = place.json(&["check", "volumes", "create", "persist"]);
    assert_eq!(checks_in(&report, "passed").len(), 7, "{report:#}");
    place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn what_goes_away_by_itself_did_not_stand_before() {
    let engine = engine::own("lab-passing");
    let place = Place::on(&engine).prefixed("ana");
    engine.docker(&["volume", "create", "company"]);
    engine.docker(&["volume", "create", "bob_postgres_data"]);
    engine.docker(&["run", "-d", "--rm", "-v", "/data", "alpine", "sleep", "600"]);
    let drill = ["run", "-d", "--label", "docker-lab.scratch=x", "-v", "/data", "alpine", "sleep", "600"];
    engine.docker(&drill);
    engine.docker(&["run", "-d", "--name", "cleo_postgres_main", "-v", "/data", "alpine", "sleep", "600"]);
    place.run(&["start"]).code(0);
    let facts = place.folder.path().join("facts.json");
    place.run(&["check", "volumes", "create", "--save-facts", &facts.display().to_string()]);
    let text = std::fs::read_to_string(facts).expect("facts");
    let recording: Value = serde_json::from_str(&text).expect("json");
    let before = &recording["memory"]["baseline"];
    assert_eq!(before["volumes"], serde_json::json!(["company"]), "{before:#}");
}

#[test]
fn a_drill_serves_an_archive_as_its_container_did() {
    let engine = engine::shared();
    let place = Place::on(engine).prefixed("bobs");
    place.run(&["start"]).code(0);
    let (name, data) = (place.name("postgres_restored"), place.name("postgres_data"));
    let mount = format!("{data}:/var/lib/postgresql/data");
    let bob = ["-e", "POSTGRES_USER=bob", "-e", "POSTGRES_PASSWORD=b", "-e", "POSTGRES_DB=myapp"];
    let run = [&["run", "-d", "--name", &name, "-v", &mount][..], &bob, &["postgres:15-alpine"]].concat();
    engine.docker(&run);
    wait_for(engine, &name);
    let rows = "CREATE TABLE users AS SELECT generate_series(1, 4) AS id; CHECKPOINT";
    engine.docker(&["exec", &name, "psql", "-U", "bob", "-d", "myapp", "-c", rows]);
    let archive = format!(
        "mkdir -p backups && docker run --rm -v {data}:/data:ro alpine tar czf - -C /data . >backups/pg_20260101.tar.gz"
    );
    place.shell(&archive);
    let report = place.json(&["check", "volumes", "backup"]);
    assert_eq!(check(&report, "backup.archive-complete")["status"], "passed", "{:#}", report["steps"][2]);
    place.run(&["reset", "--yes"]).code(0);
}

/// A learner who is not root, and a daemon that they may talk to.
fn as_nobody(place: &Place, engine: &Engine, args: &[&str]) -> Outcome {
    let owned = format!("chown -R 65534 {}", place.folder.path().display());
    let open =
        format!("chmod 755 {0} {0}/..; chmod 666 {0}/sock", engine.socket.with_file_name("").display());
    place.shell(&format!("[ -e ../home ] || {owned}; {open}"));
    let mut command = std::process::Command::new("setpriv");
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]);
    command.arg(env!("CARGO_BIN_EXE_docker-lab")).args(args).current_dir(place.work());
    place.environment(&mut command);
    Outcome::from(command.output().expect("setpriv"))
}

#[test]
fn a_folder_that_cannot_be_read_is_only_removed_where_a_cluster_lies_in_it() {
    let engine = engine::own("lab-unreadable");
    let place = Place::on(&engine);
    as_nobody(&place, &engine, &["start"]).code(0);
    let made =
        "mkdir backups postgres_dev_data && echo x | tee backups/myapp_dump.sql postgres_dev_data/PG_VERSION";
    place.shell(made);
    as_nobody(&place, &engine, &["check", "volumes"]);
    place.shell("chown -R 70 backups postgres_dev_data && chmod 700 backups postgres_dev_data");
    as_nobody(&place, &engine, &["reset", "--yes"]).code(3).says("`backups` is left");
    assert!(place.work().join("backups/myapp_dump.sql").is_file());
    assert!(!place.work().join("postgres_dev_data").exists());
}

/// What a learner and a colleague of theirs leave on a daemon of their own.
#[test]
fn other_peoples_work_is_neither_blamed_nor_removed() {
    let engine = engine::own("lab-colleague");
    let place = Place::on(&engine);
    std::fs::create_dir(place.work().join("backups")).expect("a folder");
    std::fs::write(place.work().join("backups/myapp_dump.sql"), "theirs").expect("written");
    std::fs::write(place.work().join("backups/company_20200101.tar.gz"), "theirs").expect("written");
    let before = machine::files(&place.work());
    place.run(&["start"]).code(0);
    // A database of a colleague's, in an anonymous volume that they leave behind; and a volume by a lab's name.
    engine.docker(&["run", "-d", "--name", "colleague", "-e", "POSTGRES_PASSWORD=x", "postgres:15-alpine"]);
    wait_for(&engine, "colleague");
    engine.docker(&["rm", "-f", "colleague"]);
    engine.docker(&["volume", "create", "postgres_copy"]);
    place.run(&["check", "volumes", "backup"]);
    let outcome = place.run(&["reset", "--yes"]).code(0);
    assert_eq!(machine::files(&place.work()), before, "{outcome:#?}");
}

fn wait_for(engine: &Engine, container: &str) {
    let ready = ["exec", container, "pg_isready", "-h", "127.0.0.1", "-U", "postgres"];
    for _ in 0..100 {
        if engine.docker(&ready).contains("accepting connections") {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

#[test]
fn a_check_that_is_stopped_leaves_no_scratch_container() {
    let engine = engine::own("lab-stopped");
    let place = Place::on(&engine);
    place.run(&["start"]).code(0);
    std::fs::write(place.work().join("backup_script.sh"), "#!/bin/bash\nwhile true; do :; done\n")
        .expect("written");
    place.shell("chmod +x backup_script.sh");
    let scratch = || engine.docker(&["ps", "-aq", "--filter", "label=docker-lab.scratch"]);
    place.run(&["check", "volumes", "automate", "--timeout", "2"]).code(3);
    assert_eq!(scratch(), "", "after a time limit");
    for signal in ["INT", "TERM", "KILL"] {
        let mut child = place.command(&["check", "volumes", "automate"]).spawn().expect("a check");
        while scratch().is_empty() {
            assert!(child.try_wait().expect("a child").is_none(), "the check ended early");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        place.shell(&format!("kill -{signal} {}", child.id()));
        child.wait().expect("its end");
        if signal == "KILL" {
            place.run(&["check", "volumes", "create"]).code(1);
        }
        assert_eq!(scratch(), "", "after SIG{signal}");
    }
}

/// A script that must be judged so: (what it is, its text, whether it backs up, whether it rotates).
const SCRIPTS: [(&str, &str, &str, &str); 6] = [
    (
        "the lab's way with --mount, kept beside the script",
        "cd \"$(dirname \"$0\")\"\nmkdir -p kept\nsudo docker run --rm --mount type=volume,source=VOLUME,target=/d,readonly \
         -v ./kept:/backup alpine tar czf /backup/pg_$(date +%Y-%m-%d).tar.gz -C /d .\n\
         sha256sum kept/*.tar.gz > kept/sums.txt\nls -t kept/pg_*.tar.gz | tail -n +8 | xargs -r rm -f",
        "passed",
        "passed",
    ),
    (
        "archives that are only touched",
        "docker run --rm -v VOLUME:/data:ro alpine true\nmkdir -p /backups\ntouch /backups/pg_$(date +%Y%m%d).tar.gz",
        "failed",
        "failed",
    ),
    (
        "a source that can be written to",
        "docker run --rm -v VOLUME:/data -v /backups:/backup alpine tar czf /backup/pg_$(date +%Y%m%d).tar.gz -C /data .\n\
         ls -t /backups/pg_* | tail -n +8 | xargs -r rm -f",
        "failed",
        "passed",
    ),
    (
        "six kept",
        "docker run --rm -v VOLUME:/data:ro -v /backups:/backup alpine tar czf /backup/pg_$(date +%Y%m%d).tar.gz -C /data .\n\
         ls -t /backups/pg_* | tail -n +7 | xargs -r rm -f",
        "passed",
        "failed",
    ),
    (
        "files of others deleted",
        "docker run --rm -v VOLUME:/data:ro -v /backups:/backup alpine tar czf /backup/pg_$(date +%Y%m%d).tar.gz -C /data .\n\
         ls -t /backups/*.tar.gz | tail -n +8 | xargs -r -d '\\n' rm -f 2>/dev/null || rm -f /backups/acc*",
        "passed",
        "failed",
    ),
    (
        "the volume removed after the backup",
        "docker run --rm -v VOLUME:/data:ro -v /backups:/backup alpine tar czf /backup/pg_$(date +%Y%m%d).tar.gz -C /data .\n\
         docker volume rm VOLUME\nls -t /backups/pg_* | tail -n +8 | xargs -r rm -f",
        "failed",
        "passed",
    ),
];

#[test]
fn backup_scripts_are_judged_by_what_they_do() {
    let place = Place::on(engine::shared()).prefixed("scripts");
    place.run(&["start"]).code(0);
    for (name, text, backs_up, rotates) in SCRIPTS {
        let text = format!("#!/bin/bash\n{}\n", text.replace("VOLUME", &place.name("postgres_data")));
        std::fs::write(place.work().join("backup_script.sh"), text).expect("written");
        place.shell("chmod +x backup_script.sh");
        let report = place.json(&["check", "volumes", "automate"]);
        let found = ["automate.script-backs-up", "automate.script-rotates"]
            .map(|id| check(&report, id)["status"].clone());
        assert_eq!(found, [backs_up, rotates], "{name}: {:#}", report["steps"][7]);
    }
    assert!(lost(&place.json(&["check", "volumes"])).len() == 6);
    place.run(&["reset", "--yes"]).code(0);
}
