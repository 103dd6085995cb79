//! False verdicts that were given once, reached again from recorded attempts in which one thing was changed.

use std::io::Read;

use serde_json::Value;
use serde_json::json;

use crate::program::Place;

/// What was recorded of an attempt.
struct Recorded(Value);

impl Recorded {
    fn of(attempt: &str) -> Recorded {
        let path = format!("{}/tests/recorded/{attempt}.json.gz", env!("CARGO_MANIFEST_DIR"));
        let mut text = String::new();
        let file = std::fs::File::open(path).expect("a recording");
        flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("gzip");
        Recorded(serde_json::from_str(&text).expect("JSON"))
    }

    /// The lab's name of an object in the recording.
    fn name(&self, bare: &str) -> String {
        format!("{}_{bare}", self.0["prefix"].as_str().expect("a prefix").trim_end_matches('_'))
    }

    /// The answer to the first probe of a kind.
    fn fact(&mut self, kind: &str) -> &mut Value {
        let pairs = self.0["facts"].as_array_mut().expect("pairs").iter_mut();
        let mut of_kind = pairs.filter(|pair| pair[0] == kind || !pair[0][kind].is_null());
        &mut of_kind.next().unwrap_or_else(|| panic!("no {kind}"))[1]["seen"][kind]
    }

    /// Answers a probe.
    fn answer(&mut self, probe: &Value, observed: &Value) {
        let pairs = self.0["facts"].as_array_mut().expect("pairs");
        pairs.retain(|pair| pair[0] != *probe);
        pairs.push(json!([probe, observed]));
    }

    /// The data folder in a volume.
    fn data_folder(&mut self, volume: &str) -> &mut Value {
        let probe = json!({"data_folder": {"volume": self.name(volume)}});
        let mut pairs = self.0["facts"].as_array_mut().expect("pairs").iter_mut();
        let pair = pairs.find(|pair| pair[0] == probe).expect("a data folder");
        &mut pair[1]["seen"]["data_folder"]
    }

    /// The last remembered state of the database in a container.
    fn state(&self, bare: &str) -> Value {
        let name = self.name(bare);
        let mut states = self.0["memory"]["clusters"].as_array().expect("states").iter().rev();
        states.find(|one| one["container"] == name.as_str()).expect("a state").clone()
    }

    /// Puts a state before all that are remembered.
    fn begin_with(&mut self, state: Value) {
        self.0["memory"]["clusters"].as_array_mut().expect("states").insert(0, state);
    }

    /// The check of the report, by `step.check`.
    fn check(&self, name: &str) -> Value {
        let place = Place::at("unix:///nonexistent.sock");
        std::fs::write(place.work().join("facts.json"), self.0.to_string()).expect("written");
        let report = place.json(&["check", "--facts", "facts.json"]);
        let (step, id) = name.split_once('.').expect("step.check");
        let steps = report["steps"].as_array().expect("steps");
        let step = steps.iter().find(|one| one["id"] == step).expect("the step");
        let checks = step["checks"].as_array().expect("checks");
        checks.iter().find(|one| one["id"] == id).expect("the check").clone()
    }

    #[track_caller]
    fn fails(&self, name: &str, mistake: &str) {
        let found = self.check(name);
        assert_eq!((&found["status"], &found["mistake"]), (&"failed".into(), &mistake.into()), "{found:#}");
    }

    #[track_caller]
    fn passes(&self, name: &str) {
        let found = self.check(name);
        assert_eq!(found["status"], "passed", "{found:#}");
    }
}

/// A server that ran once under the same name, on a cluster of its own, with these tables.
fn stray(recorded: &Recorded, bare: &str, tables: Value) -> Value {
    let mut state = recorded.state(bare);
    state["container_id"] = json!("0".repeat(64));
    state["system_identifier"] = json!(7_700_000_000_000_000_000_u64);
    state["tables"] = tables;
    state
}

#[test]
fn a_server_that_ran_once_without_its_data_is_no_measure() {
    let mut dump = Recorded::of("dump-of-postgres");
    let empty = stray(&dump, "postgres_restored", json!([]));
    dump.begin_with(empty);
    dump.fails("backup.dump-complete", "dump-of-another-database");
    let mut copy = Recorded::of("restore-nothing");
    let empty = stray(&copy, "postgres_restored", json!([]));
    copy.begin_with(empty);
    copy.fails("restore.same-data", "data-differs");
}

#[test]
fn what_a_name_once_served_from_another_cluster_is_no_measure() {
    let mut dump = Recorded::of("dump-of-an-earlier-day");
    let held = dump.fact("dump")["tables"].clone();
    let other = stray(&dump, "postgres_restored", held);
    dump.begin_with(other);
    dump.fails("backup.dump-complete", "dump-too-old");
    let mut rows = Recorded::of("persist-no-row-added");
    let mut tables = rows.state("postgres_main")["tables"].clone();
    for table in tables.as_array_mut().expect("tables") {
        table["rows"] = json!(9);
    }
    let other = stray(&rows, "postgres_main", tables);
    rows.begin_with(other);
    rows.fails("persist.row-added", "row-not-added");
}

#[test]
fn a_source_that_was_made_anew_does_not_make_its_archive_old() {
    let mut anew = Recorded::of("solution");
    let name = anew.name("postgres_restored");
    let containers = anew.0["memory"]["containers"].as_array_mut().expect("containers");
    let last = containers.iter_mut().rfind(|one| one["name"] == name.as_str()).expect("the source");
    last["created"] = json!(9_000_000_000_u64);
    anew.passes("backup.archive-complete");
    anew.0["memory"]["drills"] = json!([]);
    anew.fails("backup.archive-complete", "archive-too-old");
}

#[test]
fn a_folder_that_changed_hands_holds_a_server_s_files_only_if_its_container_says_so() {
    let mut closed = Recorded::of("compare-with-mount-option");
    let container = closed.name("postgres_dev");
    let said = json!({"fr": "non", "en": "no"});
    let (absent, unseen) = (json!({"seen": {"absent": said}}), json!({"unseen": said}));
    closed.answer(&json!({"database": {"container": container, "database": "postgres"}}), &absent);
    closed.answer(&json!({"file": {"path": "postgres_dev_data/PG_VERSION"}}), &unseen);
    assert_eq!(closed.check("compare.dev-served")["status"], "pending");
    let inside =
        json!({"container_file": {"container": container, "path": "/var/lib/postgresql/data/PG_VERSION"}});
    closed.answer(&inside, &absent);
    assert_eq!(closed.check("compare.dev-served")["status"], "pending");
    let file = json!({"folder": false, "size": 3, "mode": 0o600, "text": null});
    closed.answer(&inside, &json!({"seen": {"file": file}}));
    closed.passes("compare.dev-served");
}

#[test]
fn a_date_with_underscores_or_with_the_day_first_dates_a_script_s_archives() {
    for form in [[0, 4, 6], [6, 4, 0]] {
        let mut dated = Recorded::of("script-of-the-course");
        let text = dated.0.to_string();
        let days = dated.fact("script")["days"].as_array().expect("days").clone();
        let written = |date: &str| {
            let part = |from: usize| &date[from..if from == 0 { 4 } else { from + 2 }];
            form.map(part).join("_")
        };
        let all = days.iter().map(|day| day["date"].as_str().expect("a date"));
        let text =
            all.fold(text, |text, date| text.replace(&format!("{date}_"), &format!("{}T", written(date))));
        dated.0 = serde_json::from_str(&text).expect("JSON");
        dated.passes("automate.script-backs-up");
        dated.passes("automate.script-rotates");
    }
}

#[test]
fn whoever_only_read_the_copy_did_not_make_it() {
    let mut compared = Recorded::of("copy-with-tar");
    let (from, to) = (compared.name("postgres_data"), compared.name("postgres_copy"));
    let later = 9_000_000_000_u64;
    let member = json!({"kind": "f", "mode": 0o600, "owner": [70, 70], "changed": later, "content": "x"});
    compared.data_folder("postgres_data")["members"]["base/16384/99999"] = member;
    compared.passes("copy.volume-copied");
    let mut reader = json!({"container": "1", "name": "", "image": "alpine", "at": later + 10,
        "volumes": [from, to], "read_only": [from, to]});
    compared.0["memory"]["uses"].as_array_mut().expect("uses").push(reader.clone());
    compared.passes("copy.volume-copied");
    reader["read_only"] = json!([from]);
    compared.0["memory"]["uses"].as_array_mut().expect("uses").push(reader);
    compared.fails("copy.volume-copied", "copy-incomplete");
}

#[test]
fn where_two_things_are_wrong_both_are_told() {
    let mut script = Recorded::of("script-keeps-six");
    let volume = script.name("postgres_data");
    let text = script.0.to_string().replace(&format!("{volume}:/data:ro"), &format!("{volume}:/data"));
    script.0 = serde_json::from_str(&text).expect("JSON");
    for day in script.fact("script")["days"].as_array_mut().expect("days") {
        for call in day["calls"].as_array_mut().expect("calls") {
            call.as_array_mut().expect("words").insert(1, json!("-it"));
        }
    }
    script.fails("automate.script-backs-up", "script-needs-terminal");
    let message = script.check("automate.script-backs-up")["message"].as_str().expect("words").to_owned();
    assert!(
        message.contains("-it") && message.contains("and also: ") && message.contains("writable"),
        "{message}"
    );
}

#[test]
fn what_was_whole_when_it_was_made_stays_so_when_the_database_goes_on() {
    let mut on = Recorded::of("solution");
    let mut later = on.state("postgres_restored");
    later["files"].as_array_mut().expect("files").push(json!("base/99999/99999"));
    on.0["memory"]["clusters"].as_array_mut().expect("states").push(later.clone());
    on.passes("backup.archive-complete");
    // Where the database never stood so, the archive lacks something.
    let name = later["container"].clone();
    let states = on.0["memory"]["clusters"].as_array_mut().expect("states");
    states.iter_mut().filter(|one| one["system_identifier"] == later["system_identifier"]).for_each(|one| {
        one["files"] = later["files"].clone();
    });
    assert!(states.iter().any(|one| one["container"] == name), "{states:#?}");
    on.fails("backup.archive-complete", "archive-incomplete");
}

#[test]
fn rows_that_had_come_through_may_be_removed_afterwards() {
    let mut removed = Recorded::of("restore-nothing");
    let probe = json!({"database": {"container": removed.name("postgres_restored"), "database": "myapp"}});
    let mut pairs = removed.0["facts"].as_array_mut().expect("pairs").iter_mut();
    let now = pairs.find(|pair| pair[0] == probe).expect("the database");
    now[1]["seen"]["database"]["tables"].as_array_mut().expect("tables").pop();
    removed.passes("persist.rows-kept");
    let name = removed.name("postgres_restored");
    let states = removed.0["memory"]["clusters"].as_array_mut().expect("states");
    states.retain(|one| one["container"] != name.as_str());
    removed.fails("persist.rows-kept", "rows-lost");
}

#[test]
fn a_bad_archive_takes_nothing_from_a_good_one_that_was_verified_and_is_still_there() {
    let mut after = Recorded::of("solution");
    let archive = &mut after.fact("archives")[0];
    let good = archive["path"].clone();
    archive["path"] = json!("backups/postgres_backup_29991231_000000.tar.gz");
    archive["others"] = json!([good]);
    archive["others_changed"] = json!([1_700_000_000]);
    (archive["folder"]["entries"], archive["folder"]["system_identifier"]) = (json!(1), Value::Null);
    after.passes("backup.archive-complete");
    // Somebody wrote to it since: nobody knows what it holds now.
    after.fact("archives")[0]["others_changed"] = json!([32_503_680_000_i64]);
    after.fails("backup.archive-complete", "archive-empty");
    after.fact("archives")[0]["others"] = json!([]);
    after.fails("backup.archive-complete", "archive-empty");
}
