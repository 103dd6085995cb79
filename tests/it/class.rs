//! A room of real daemons over unix sockets, TLS and ssh, at different stages, and others that are off, hung, refuse
//! the key, or are no Docker at all. The trainer sits in the network of the engine that speaks TLS.

mod browser;
mod fleet;
mod marks;
mod page;
mod remote;
mod results;
mod room;

use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;

use crate::class::fleet::Work;
use crate::class::room::Room;
use crate::engine;
use crate::program::Place;
use crate::program::checks_in;

/// The row of a machine.
fn row<'a>(sheet: &'a Value, name: &str) -> &'a Value {
    let rows = sheet["machines"].as_array().expect("machines");
    rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("no row {name}: {sheet:#}"))
}

/// A learner does some steps of the exercise.
fn does(place: &Place, steps: &[&str]) {
    for step in steps {
        place.run(&["run", "volumes", "--step", step]).code(0);
    }
}

/// A volume misspelt, none mounted, one beside the data, and work that was stopped.
const MISSPELT: &str = "docker volume create postgres_data; docker run -d --name postgres_main -e POSTGRES_PASSWORD=x \
    -v postgres-data:/var/lib/postgresql/data postgres:15-alpine";
const NO_MOUNT: &str = "docker volume create postgres_data; docker run -d --name postgres_main -e POSTGRES_PASSWORD=x \
    postgres:15-alpine";
const BESIDE: &str = "docker volume create postgres_data; docker run -d --name postgres_main -e POSTGRES_PASSWORD=x \
    -v postgres_data:/data postgres:15-alpine";
const STOPPED: &str = "docker-lab run volumes --step create >/dev/null; docker stop -t 1 postgres_main";

/// Who sits at the sixteen engines.
fn orders() -> Vec<fleet::Order> {
    let tls = fleet::tls_flags;
    let plain = String::new;
    vec![
        ("idle", plain(), Work::Images),
        ("bare", plain(), Work::Bare),
        ("first", plain(), Work::Steps(&["create"])),
        ("wrong", plain(), Work::Script(BESIDE)),
        ("volume", plain(), Work::Volume),
        ("paused", plain(), Work::Bare),
        ("dead", plain(), Work::Bare),
        ("half", plain(), Work::Bare),
        ("far", tls(), Work::Steps(&["create"])),
        ("misspelt", tls(), Work::Script(MISSPELT)),
        ("t-bare", tls(), Work::Bare),
        ("stranger", tls(), Work::Bare),
        ("s-far", plain(), Work::Steps(&["create"])),
        ("s-stopped", plain(), Work::Script(STOPPED)),
        ("s-mount", plain(), Work::Script(NO_MOUNT)),
        ("s-volume", plain(), Work::Volume),
    ]
}

/// What the sheet must say: the machine, its status, points, step and mistake, or words of its message.
type Line = (&'static str, &'static str, Option<u64>, &'static str);

const SHEET: [Line; 20] = [
    ("<script>alert(1)</script>", "ok", Some(0), "create -"),
    ("bare", "ok", Some(0), "create -"),
    ("first", "ok", Some(0), "persist -"),
    ("wrong", "ok", Some(0), "create wrong-mount-target"),
    ("volume", "ok", Some(0), "create -"),
    ("paused", "unreachable", None, "did not answer"),
    ("dead", "unreachable", None, "no Docker engine answers"),
    ("half", "error", None, "did not answer everything within 30 s"),
    ("far", "ok", Some(40), "restore -"),
    ("misspelt", "ok", Some(0), "create volume-misspelt"),
    ("t-bare", "ok", Some(0), "create -"),
    ("stranger", "unreachable", None, "does not accept the client certificate"),
    ("s-far", "ok", Some(20), "backup -"),
    ("s-stopped", "ok", Some(0), "create container-not-running"),
    ("s-mount", "ok", Some(0), "create anonymous-volume"),
    ("s-volume", "ok", Some(0), "create -"),
    ("off", "unreachable", None, "no Docker engine answers"),
    ("mute", "unreachable", None, "did not answer"),
    ("garbage", "unreachable", None, "no Docker engine answers"),
    ("liar", "unreachable", None, "no Docker engine answers"),
];

/// The inventory of the room; `half` stands before one of its engines.
fn inventory(machines: &[fleet::Machine], room: &Room, half: &Path) -> String {
    let mut text = "name: <b>Salle</b>\nmachines:\n".to_owned();
    let (mut tls, mut ssh) = (1.., 2301..);
    for one in machines {
        let (name, learner, group) = match one.name {
            "idle" => ("'<script>alert(1)</script>'", "'=Eve'", "forms"),
            "first" => ("first", "bob@example.org", "forms"),
            "wrong" => ("wrong", "Carl", "forms"),
            "far" => ("far", "far", "forms"),
            "s-far" => ("s-far", "s-far", "seen"),
            name => (name, name, "rest"),
        };
        let (host, more) = match one.name {
            "half" => (format!("unix://{}", half.display()), String::new()),
            "far" | "misspelt" | "t-bare" | "stranger" => {
                let who = if one.name == "stranger" { "stranger" } else { "client" };
                let host = fleet::join(&one.engine, tls.next().expect("a number"));
                (host, format!(", tls: {}", room.tls(who)))
            }
            name if name.starts_with("s-") => {
                (format!("ssh://root@127.0.0.1:{}", ssh.next().expect("a port")), String::new())
            }
            _ => (one.engine.host(), String::new()),
        };
        let work = one.place.work();
        let _ = writeln!(
            text,
            "- {{name: {name}, learner: {learner}, group: {group}, host: '{host}', workspace: '{}'{more}}}",
            work.display()
        );
    }
    text + &room.broken()
}

/// What a row of the sheet says: status, points, and where it stands or what the trouble is.
type Found = (String, Option<u64>, String);

fn found(sheet: &Value) -> Vec<Found> {
    let mut found = Vec::new();
    for (name, ..) in SHEET {
        let row = row(sheet, name);
        let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let told = match row["report"] {
            Value::Null => word(&row["message"]),
            _ => format!("{} {}", word(&row["stands"]["step"]), word(&row["stands"]["mistake"])),
        };
        found.push((word(&row["status"]), row["report"]["score"]["points"].as_u64(), told));
    }
    found
}

#[test]
fn sixteen_engines_over_three_transports_some_in_trouble_and_the_sheet_is_exactly_right() {
    let machines = fleet::start(orders());
    let machine = |name: &str| machines.iter().find(|one| one.name == name).expect("a machine");
    let by_ssh: Vec<&fleet::Machine> = machines.iter().filter(|one| one.name.starts_with("s-")).collect();
    let room = Room::new(&by_ssh.iter().map(|one| one.engine.host()).collect::<Vec<String>>());
    let half = room.place.folder.path().join("half.sock");
    fleet::meddler(&half, &machine("half").engine.socket, fleet::HALF_WAY);
    room.inventory(&inventory(&machines, &room, &half));
    // What is done away with later is seen before.
    room.check(&["--group", "forms"]);
    room.check(&["--group", "seen"]);
    room.check(&["--group", "rest", "--timeout", "2"]);
    std::thread::scope(|scope| {
        scope.spawn(|| does(&machine("far").place, &["persist", "backup"]));
        scope.spawn(|| does(&machine("s-far").place, &["persist"]));
    });
    machine("paused").engine.signal("STOP");
    machine("dead").engine.signal("KILL");

    let began = Instant::now();
    let outcome = room.check(&["--timeout", "30", "--format", "json"]).code(3);
    let took = began.elapsed();
    machine("paused").engine.signal("CONT");
    // Three machines hang: one after the other they would take three times as long.
    assert!(took < Duration::from_secs(35), "{took:?}");
    let sheet: Value = serde_json::from_str(&outcome.stdout).expect("json");
    let found = found(&sheet);
    let fits = |(line, found): (&Line, &Found)| {
        (line.1, line.2) == (found.0.as_str(), found.1) && found.2.contains(line.3)
    };
    assert!(SHEET.iter().zip(&found).all(fits), "{found:#?}");
    assert!(row(&sheet, "strict")["message"].as_str().expect("words").contains("Permission denied"));
    assert_eq!((&sheet["summary"]["machines"], &sheet["summary"]["reached"]), (&21.into(), &12.into()));
    let seen = &row(&sheet, "first")["report"];
    assert_eq!(checks_in(seen, "unseen"), ["compare.quiz-passed"], "{seen:#}");
    for one in machines.iter().filter(|one| !["paused", "dead", "half", "stranger"].contains(&one.name)) {
        assert_eq!(
            one.engine.docker(&["ps", "-aq", "--filter", "label=docker-lab.scratch"]),
            "",
            "{}",
            one.name
        );
    }
    forms(&room);
}

/// The other forms of the same sheet: names from outside stay text.
fn forms(room: &Room) {
    let form = |form: &str| room.check(&["--group", "forms", "--format", form]).code(3).stdout;
    let page = form("html");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !page.contains("<script"), "{page}");
    assert!(!page.contains("http://") && !page.contains("https://"), "no external asset");
    let table = form("csv");
    assert!(table.contains("<script>alert(1)</script>,'=Eve,forms,ok,0,"), "{table}");
    assert_eq!(table.lines().count(), 6);
    let moodle = form("moodle");
    assert!(moodle.contains("\r\n,bob@example.org,") && !moodle.contains("off"), "{moodle}");
    let junit = form("junit");
    let xml = roxmltree::Document::parse(&junit).expect("XML");
    assert_eq!(xml.descendants().filter(|node| node.has_tag_name("testsuite")).count(), 5);
    assert!(form("markdown").contains("| &lt;script>alert(1)"));
    let text = form("text");
    assert!(text.contains("wrong-mount-target") && text.contains("✗ unreachable"), "{text}");
}

#[test]
fn an_inventory_that_is_wrong_is_told_before_any_machine_is_asked() {
    let place = Place::at("unix:///nonexistent.sock");
    std::fs::write(
        place.work().join("class.yaml"),
        "machines:\n- {name: a, hots: x}\n- {name: 'b[1-2]', host: 'unix:///s'}\n",
    )
    .expect("written");
    place
        .run(&["class", "check", "-i", "class.yaml"])
        .code(2)
        .says("class.yaml:2:13: machines[0].hots: unknown key `hots`")
        .says("machines[0]: a machine needs a `host` or a `context`")
        .says("machines[1]: `b2` and `b1` share a daemon");
    place.run(&["class", "check", "-i", "none.yaml"]).code(2).says("none.yaml` could not be read");
    place.run(&["class", "check", "-i", "class.yaml", "nolab"]).code(2).says("there is no lab `nolab`");
}

#[test]
fn an_option_that_a_room_cannot_honour_is_refused() {
    let place = Place::at("unix:///nonexistent.sock");
    std::fs::write(place.work().join("class.yaml"), "machines: [{name: a, host: 'unix:///none.sock'}]")
        .expect("written");
    let refused = |words: &[&str], option: &str| {
        let said = format!("`{option}` has no meaning here");
        place.run(&[&["class"], words, &["-i", "class.yaml"]].concat()).code(2).says(&said);
    };
    refused(&["reset", "--prefix", "p3", "--yes"], "--prefix");
    refused(&["check", "--dir", "."], "--dir");
    refused(&["check", "-H", "unix:///x.sock"], "--host");
    refused(&["doctor", "--context", "x"], "--context");
    refused(&["prepare", "--pull", "--tls"], "--tls");
    refused(&["watch", "--trace"], "--trace");
    refused(&["report", "--timeout", "3"], "--timeout");
    refused(&["forget", "ada", "--jobs", "3"], "--jobs");
    refused(&["forget", "ada", "--group", "b"], "--group");
    place
        .run(&["class", "forget", "ada", "--format", "json", "-i", "class.yaml"])
        .code(2)
        .says("no form `json`");
}

#[test]
fn a_check_makes_no_folder_and_a_missing_workspace_is_unseen() {
    let shared = engine::shared();
    let place = Place::on(shared);
    let missing = place.folder.path().join("no-such-folder");
    let text = format!(
        "machines: [{{name: a, host: '{}', prefix: nofold, workspace: '{}'}}]",
        shared.host(),
        missing.display()
    );
    std::fs::write(place.work().join("class.yaml"), text).expect("written");
    let sheet = place.json(&["class", "check", "-i", "class.yaml"]);
    let unseen = checks_in(&row(&sheet, "a")["report"], "unseen");
    assert!(unseen.contains(&"automate.script-executable".to_owned()), "{sheet:#}");
    assert!(!missing.exists(), "the check made the workspace");
}

#[test]
fn a_room_is_prepared_used_and_cleared_and_strangers_things_stay() {
    let (bare, shared) = (engine::Engine::start("lab-bare"), engine::shared());
    let trainer = Place::on(shared);
    let text = format!(
        "machines: [{{name: 'p[1-2]', host: '{}', prefix: 'p[1-2]'}}, {{name: off, host: 'unix:///nonexistent.sock'}}]",
        bare.host()
    );
    std::fs::write(trainer.work().join("class.yaml"), text).expect("written");
    let room = |words: &[&str]| trainer.run(&[words, &["-i", "class.yaml"]].concat());
    room(&["class", "doctor"]).code(3).prints("images missing: alpine, postgres:15-alpine");
    let prepared = room(&["class", "prepare"]).code(3);
    assert!(prepared.stdout.contains("p1  ready, 2 images sent\np2  ready\n"), "{prepared:#?}");
    let doctor = trainer.json(&["class", "doctor", "-i", "class.yaml"]);
    assert_eq!(doctor["machines"][0]["fit"], true, "{doctor:#}");
    assert_eq!(doctor["machines"][2]["fit"], false, "{doctor:#}");

    let learner = Place::on(&bare).prefixed("p1");
    does(&learner, &["create"]);
    bare.docker(&["volume", "create", "mine"]);
    room(&["class", "check"]).code(3);
    room(&["class", "reset"]).code(2).says("p1: volume p1_postgres_data");
    assert!(bare.docker(&["volume", "ls", "-q"]).contains("p1_postgres_data"));
    room(&["class", "reset", "--yes"]).code(3).says("Removed: 2 objects of the lab, nothing else.");
    assert_eq!(bare.docker(&["volume", "ls", "-q"]), "mine\n");

    // What stood there at the first look bears the lab's name and nothing more.
    bare.docker(&["volume", "create", "p2_postgres_data"]);
    std::fs::remove_dir_all(trainer.home()).expect("forgotten");
    room(&["class", "check"]).code(3);
    room(&["class", "reset", "--yes"]).code(3).says("p2, kept: volume p2_postgres_data");
    assert!(bare.docker(&["volume", "ls", "-q"]).contains("p2_postgres_data"));
}

#[test]
fn what_the_last_group_left_in_a_workspace_is_named() {
    let shared = engine::shared();
    let (trainer, learner) = (Place::on(shared), Place::on(shared));
    std::fs::create_dir(learner.work().join("backups")).expect("a folder");
    std::fs::write(learner.work().join("init.sql"), "select 1;").expect("written");
    let work = learner.work();
    let text = format!(
        "machines: [{{name: a, host: '{}', prefix: left1, workspace: '{}'}}]",
        shared.host(),
        work.display()
    );
    std::fs::write(trainer.work().join("class.yaml"), text).expect("written");
    let room = |words: &[&str]| trainer.run(&[words, &["-i", "class.yaml"]].concat());
    room(&["class", "doctor"]).code(0).prints("files of the lab's in the workspace: ");
    room(&["class", "reset"]).code(0).says("a, kept in the workspace: ").says("backups/");
    assert!(work.join("init.sql").exists());
}

#[test]
fn the_quiz_is_handed_out_collected_and_counts_for_the_lab() {
    let shared = engine::shared();
    let (trainer, ada, bob) = (Place::on(shared), Place::on(shared), Place::on(shared));
    let text = format!(
        "defaults: {{host: '{}'}}\nmachines:\n\
         - {{name: a, learner: ada, prefix: quiza, workspace: '{}'}}\n\
         - {{name: b, prefix: quizb, workspace: '{}'}}\n- {{name: off, host: 'unix:///none.sock'}}\n",
        shared.host(),
        ada.work().display(),
        bob.work().display()
    );
    std::fs::write(trainer.work().join("class.yaml"), text).expect("written");
    let quiz = ["class", "quiz", "-i", "class.yaml", "--seed", "7", "--questions", "5"];
    let room = |more: &[&str]| trainer.run(&[&quiz[..], more].concat());
    let quiz_check = |sheet: &Value, name: &str| {
        let steps = row(sheet, name)["report"]["steps"].as_array().expect("steps").clone();
        let checks = steps.iter().flat_map(|step| step["checks"].as_array().expect("checks"));
        let check = checks.into_iter().find(|check| check["id"] == "quiz-passed").expect("the check");
        check["status"].as_str().expect("a status").to_owned()
    };
    let sheet = trainer.json(&["class", "check", "-i", "class.yaml"]);
    assert_eq!(
        (quiz_check(&sheet, "a").as_str(), &sheet["summary"]["quiz_unasked"]["points"]),
        ("unseen", &15.into())
    );
    assert_eq!(row(&sheet, "a")["assisted"], Value::Null);

    room(&["--papers", "paper"]).code(0);
    room(&["--papers", "paper"]).code(3).says("could not be written");
    let blank = std::fs::read_to_string(trainer.work().join("paper/answers.yaml")).expect("a file");
    assert_eq!(blank.lines().filter(|line| !line.starts_with('#')).count(), 5, "{blank}");
    let page = std::fs::read_to_string(trainer.work().join("paper/paper.html")).expect("the paper");
    assert!(page.contains("managed by Docker"), "what the lab waits for is on the paper: {page}");
    // Ada answers all of it, and one thing wrong; Bob one question alone.
    std::fs::write(ada.work().join("answers.yaml"), &blank).expect("written");
    let graded = trainer.json(&[&quiz[..], &[]].concat());
    assert_eq!(graded["learners"][0]["name"], "ada", "{graded:#}");
    let key: Vec<String> = right(&trainer, &blank);
    std::fs::write(ada.work().join("answers.yaml"), key.join("\n")).expect("written");
    std::fs::write(bob.work().join("answers.yaml"), &key[0]).expect("written");
    let outcome = room(&["--format", "json"]).code(3).says("off: ");
    let graded: Value = serde_json::from_str(&outcome.stdout).expect("json");
    let percents: Vec<&Value> =
        graded["learners"].as_array().expect("learners").iter().map(|one| &one["score"]["percent"]).collect();
    assert_eq!(percents, [100, 20], "{graded:#}");
    let sheet = trainer.json(&["class", "check", "-i", "class.yaml"]);
    assert_eq!((quiz_check(&sheet, "a").as_str(), quiz_check(&sheet, "b").as_str()), ("passed", "failed"));
    assert_eq!(sheet["summary"]["quiz_unasked"]["machines"], 0, "{sheet:#}");
}

/// The right answers to the questions of a file, a line each.
fn right(place: &Place, blank: &str) -> Vec<String> {
    let ids =
        blank.lines().filter(|line| !line.starts_with('#')).map(|line| line.trim_end_matches([':', ' ']));
    let ids: Vec<&str> = ids.collect();
    let empty: Vec<String> = ids.iter().map(|id| format!("{id}: ")).collect();
    std::fs::write(place.work().join("blank.yaml"), empty.join("\n")).expect("written");
    let report = place.json(&["quiz", "--answers", "blank.yaml"]);
    let correct = |id: &str| {
        let questions = report["questions"].as_array().expect("questions");
        questions.iter().find(|one| one["id"] == id).expect("a question")["correct"].clone()
    };
    ids.iter().map(|id| format!("{id}: {}", correct(id))).collect()
}

#[test]
fn a_reset_asks_also_where_only_proofs_would_go() {
    let shared = engine::shared();
    let (trainer, learner) = (Place::on(shared), Place::on(shared).prefixed("proofs1"));
    let text = format!("machines: [{{name: a, host: '{}', prefix: proofs1}}]", shared.host());
    std::fs::write(trainer.work().join("class.yaml"), text).expect("written");
    let room = |words: &[&str]| trainer.run(&[words, &["-i", "class.yaml"]].concat());
    does(&learner, &["create"]);
    room(&["class", "check"]).code(3);
    learner.run(&["reset", "--yes"]).code(0);
    let refused = room(&["class", "reset"]).code(2).says("a: nothing to remove; its session ends");
    assert!(refused.stderr.contains("Sessions that end: 1. Proofs that no longer count: "), "{refused:#?}");
    assert!(!refused.stderr.contains("no longer count: 0"), "{refused:#?}");
    room(&["class", "reset", "--yes"]).code(0);
    room(&["class", "reset"]).code(0).says("There is nothing to remove.");
}

#[test]
fn a_machine_that_dies_while_it_is_sent_images_holds_up_nobody() {
    let (bare, shared) = (engine::Engine::start("lab-dies"), engine::shared());
    let trainer = Place::on(shared);
    let socket = trainer.folder.path().join("dies.sock");
    room::swallower(&socket, &bare.socket, 1 << 20);
    let text = format!(
        "machines: [{{name: dies, host: 'unix://{}'}}, {{name: ready, host: '{}', prefix: ready}}]",
        socket.display(),
        shared.host()
    );
    std::fs::write(trainer.work().join("class.yaml"), text).expect("written");
    let began = Instant::now();
    let outcome = trainer.run(&["class", "prepare", "-i", "class.yaml", "--timeout", "3"]).code(3);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert!(
        outcome.stdout.starts_with("ready  ready\ndies  ✗ the images could not be loaded"),
        "{outcome:#?}"
    );
}

#[test]
fn every_check_is_kept_compared_and_forgotten_on_demand() {
    let shared = engine::shared();
    let (trainer, learner) = (Place::on(shared), Place::on(shared).prefixed("kept1"));
    let (other, place) = (trainer.work(), learner.work());
    let text = format!(
        "name: kept\ndefaults: {{host: '{}'}}\nmachines:\n\
         - {{name: k1, learner: ada1, prefix: kept1, workspace: '{}'}}\n\
         - {{name: k2, learner: ada2, prefix: kept2, workspace: '{}'}}\n",
        shared.host(),
        place.display(),
        other.display()
    );
    std::fs::write(trainer.work().join("class.yaml"), text).expect("written");
    let room = |words: &[&str]| trainer.run(&[words, &["-i", "class.yaml"]].concat());
    room(&["class", "report"]).code(2).says("no check of this room is kept");
    room(&["class", "check"]).code(1);
    let between =
        String::from_utf8(Command::new("date").args(["-u", "+%FT%T.%NZ"]).output().expect("date").stdout)
            .expect("a time");
    does(&learner, &["create"]);
    room(&["class", "check"]).code(1);
    does(&learner, &["persist"]);
    room(&["class", "check"]).code(1);
    let told = trainer.json(&["class", "report", "-i", "class.yaml", "--since", between.trim()]);
    let rows = &told["machines"];
    assert_eq!(
        (rows[0]["before"]["points"].as_u64(), rows[0]["now"]["points"].as_u64()),
        (Some(0), Some(20))
    );
    assert_eq!(rows[1]["now"]["step"], "create", "{told:#}");
    let page = room(&["class", "check", "--format", "html"]).code(1).stdout;
    assert_eq!(page.matches("<svg").count(), 1, "one curve: only one learner moved");

    room(&["class", "forget", "ada1"]).code(2).says("k1");
    room(&["class", "forget", "ada1", "--yes"]).code(0).says("Removed: 4 results");
    room(&["class", "forget", "nobody", "--yes"]).code(2).says("neither a learner nor a machine");
    let kept = std::fs::read(trainer.home().join("class/results.sqlite")).expect("the database");
    assert!(!kept.windows(4).any(|part| part == b"ada1"), "the name is still in the file");
    let told = trainer.json(&["class", "report", "-i", "class.yaml"]);
    assert_eq!(told["machines"][0]["now"], Value::Null, "{told:#}");

    // What cannot be kept is shown all the same.
    std::fs::write(trainer.home().join("class/results.sqlite"), "no database").expect("written");
    room(&["class", "check"]).code(3).prints("k2").says("results.sqlite` could not be read or written");
}
