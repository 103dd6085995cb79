//! The guided session in a real terminal, on a real daemon: typed by hand, left, killed, taken up again.

use std::process::Command;
use std::time::Duration;

use crate::engine;
use crate::engine::Engine;
use crate::learner;
use crate::learner::STEPS;
use crate::program::Place;
use crate::terminal::Terminal;

/// A learner at the prompt.
pub struct Session {
    terminal: Terminal,
    /// What the prompt ends with: `›`, or `>` in a plain terminal.
    mark: &'static str,
    /// What it begins with.
    lab: String,
}

impl Session {
    fn begin(place: &Place, args: &[&str]) -> Session {
        Session::sized(place, args, 100, 50)
    }

    fn sized(place: &Place, args: &[&str], columns: u16, rows: u16) -> Session {
        Session::of(
            "volumes",
            Terminal::spawn(&place.command(&[&["start", "volumes"], args].concat()), columns, rows),
        )
    }

    pub fn of(lab: &str, terminal: Terminal) -> Session {
        let session = Session { terminal, mark: "›", lab: lab.to_owned() };
        session.at_prompt(60);
        session
    }

    /// Waits until an empty prompt stands on the last line.
    #[track_caller]
    fn at_prompt(&self, seconds: u64) {
        self.terminal.wait_until(seconds, "an empty prompt", |screen| self.is_at_prompt(screen));
    }

    fn is_at_prompt(&self, screen: &str) -> bool {
        let last = screen.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
        last.starts_with(&format!("{} ", self.lab)) && last.trim_end().ends_with(self.mark)
    }

    /// Types one command, of one line or several, and waits for the next prompt.
    #[track_caller]
    pub fn types(&mut self, command: &str) {
        self.at_prompt(60);
        let (first, rest) = command.split_once('\n').unwrap_or((command, ""));
        if !first.is_empty() {
            // The prompt with the words in it is no empty one: whatever is waited for afterwards is the next.
            self.terminal.send(first);
            self.terminal.wait_until(60, "the typed words", |screen| !self.is_at_prompt(screen));
        }
        let rest = if rest.is_empty() { String::new() } else { format!("\r{}", rest.replace('\n', "\r")) };
        self.terminal.send(&format!("{rest}\r"));
        self.at_prompt(60);
    }

    #[track_caller]
    pub fn shows(&self, text: &str) {
        self.terminal.wait_for(text, 60);
    }

    /// Leaves it by Ctrl-D.
    #[track_caller]
    pub fn ends(&mut self) {
        self.at_prompt(60);
        self.terminal.send("\x04");
        assert_eq!(self.terminal.code(10), 0);
    }
}

/// The commands of a script, one by one: lines that go on, and here-documents, stay together.
pub fn commands(script: &str) -> Vec<String> {
    let (mut all, mut open, mut ends): (Vec<String>, Vec<&str>, Option<&str>) =
        (Vec::new(), Vec::new(), None);
    for line in script.lines() {
        open.push(line);
        if let Some(word) = ends {
            if line != word {
                continue;
            }
            ends = None;
        } else if let Some((_, word)) = line.split_once("<< '") {
            ends = Some(word.trim_end_matches('\''));
            continue;
        } else if line.ends_with('\\') {
            continue;
        }
        let whole = std::mem::take(&mut open).join("\n");
        if !whole.trim().is_empty() && !whole.starts_with('#') {
            all.push(whole);
        }
    }
    all
}

/// Waits until every server that runs answers on its port; before that, only the one that initialises it does.
fn servers_are_ready(engine: &Engine) {
    for name in
        engine.docker(&["ps", "--filter", "name=postgres", "--format", "{{.Names}}"]).split_whitespace()
    {
        let script = "until psql -h 127.0.0.1 -U postgres -c 'SELECT 1' 2>&1 | grep -qE 'row|password'; do sleep 0.2; done";
        engine.docker(&["exec", name, "timeout", "60", "sh", "-c", script]);
    }
}

/// The whole lab by hand, in one language: what a finished step says, and what the next one is called.
fn by_hand(lang: &str, passed: impl Fn(usize) -> String, next: impl Fn(usize) -> String) {
    let (engine, _turn) = engine::alone();
    let place = Place::on(engine);
    let mut session = Session::begin(&place, &["--lang", lang]);
    for (index, step) in STEPS.iter().enumerate() {
        session.shows(&next(index + 1));
        for command in commands(&learner::module(step)) {
            session.types(&command);
            // The module's pauses are for servers that get ready, on a machine that has nothing else to do.
            if command.starts_with("sleep") {
                servers_are_ready(engine);
            }
        }
        if *step == "compare" {
            learner::answer_quiz(&place);
        }
        session.shows(&passed(index + 1));
        session.types("");
    }
    session.shows("100/100");
    // Typed before the prompt stands, it would be no key.
    session.at_prompt(60);
    session.terminal.send("\x04");
    assert_eq!(session.terminal.code(10), 0);
    let report = place.json(&["status", "volumes"]);
    assert_eq!(report["score"]["points"], 100, "{report:#}");
    let assisted = report["steps"].as_array().expect("steps").iter().any(|step| step["assisted"] == true);
    assert!(!assisted, "{report:#}");
    let page = place.run(&["report", "volumes", "--format", "html"]).code(0).stdout;
    // All steps but the last two leave something to draw.
    assert_eq!(page.matches("<svg").count(), 6, "{page}");
    assert!(
        roxmltree::Document::parse(
            &page[page.find("<svg").expect("a map")..page.find("</svg>").expect("its end") + 6]
        )
        .is_ok()
    );
}

#[test]
fn the_whole_lab_is_typed_in_french() {
    by_hand("fr", |n| format!("Étape {n} réussie."), |n| format!("Étape {n} sur 8"));
}

#[test]
fn the_whole_lab_is_typed_in_english() {
    by_hand("en", |n| format!("Step {n} passed."), |n| format!("Step {n} of 8"));
}

/// A short lab by hand: the commands that `run --dry-run` prints, typed one by one.
fn short_by_hand(lab: &str, lang: &str) {
    let (engine, _turn) = engine::alone();
    let place = Place::on(engine);
    let start = place.command(&["start", lab, "--lang", lang]);
    let mut session = Session::of(lab, Terminal::spawn(&start, 100, 50));
    for (at, step) in learner::steps(&place, lab).iter().enumerate() {
        let number = at + 1;
        session.shows(&if lang == "fr" {
            format!("Étape {number} sur")
        } else {
            format!("Step {number} of")
        });
        let script = place.run(&["run", lab, "--dry-run", "--step", step]).code(0).stdout;
        for command in commands(&script).iter().filter(|line| !line.starts_with("docker-lab start")) {
            session.types(command);
        }
        session.shows(&if lang == "fr" {
            format!("Étape {number} réussie.")
        } else {
            format!("Step {number} passed.")
        });
        session.types("");
    }
    session.shows("100/100");
    session.ends();
    place.run(&["reset", lab, "--yes"]).code(0);
}

#[test]
fn a_short_lab_is_typed_in_french() {
    short_by_hand("storage-types", "fr");
}

#[test]
fn a_short_lab_is_typed_in_english() {
    short_by_hand("volume-commands", "en");
}

#[test]
fn a_lab_whose_pages_are_served_is_typed() {
    short_by_hand("bind-mounts", "fr");
}

#[test]
fn every_word_does_what_it_says() {
    let place = Place::on(engine::shared()).prefixed("words");
    let mut session = Session::begin(&place, &[]);
    let mut says = |word: &str, words: &str| {
        session.types(word);
        session.shows(words);
    };
    says("?", "removes what the step made");
    says("hint", "hint 1 of 3");
    says("hint", "hint 2 of 3");
    says("check", "does not exist yet");
    says("explain", "run only once");
    says("next", "Still open");
    says("status", "0 of 100 points");
    says("langue", "Étape 1 sur 8");
    says("langue en", "Step 1 of 8");
    says("cd /tmp; HERE=kept", "›");
    says("echo \"$HERE in $(pwd)\"", "kept in /tmp");
    says("false", "(exit code 1)");
    says("! echo map", "map");
    says("solution", "docker volume create words_postgres_data");
    says("run", "Step 1 passed.");
    says("map", "words_postgres_main");
    says("next", "Step 2 of 8");
    says("b", "The engine will answer.");
    says("back", "This step is done");
    says("next", "Step 2 of 8");
    says("skip", "Step 3 of 8");
    says("back", "Step 2 of 8");
    says("run", "As you expected");
    let report = place.json(&["status", "volumes"]);
    assert_eq!(report["steps"][1]["assisted"], true, "{report:#}");
    session.terminal.send("reset step\r");
    session.shows("Remove these objects");
    session.terminal.send("y");
    session.shows("Step 2 of 8");
    session.at_prompt(60);
    let engine = engine::shared();
    let containers = engine.docker(&["ps", "--format", "{{.Names}}"]);
    assert!(containers.contains("words_postgres_main"), "{containers}");
    assert!(!containers.contains("words_postgres_restored"), "{containers}");
    session.terminal.send("quit\r");
    assert_eq!(session.terminal.code(10), 0);
    place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn what_is_typed_goes_to_the_daemon_that_was_asked_for_by_a_flag() {
    let host = engine::shared().host();
    // The variables name nobody, and the home of sessions by a relative path.
    let place = Place::at("unix:///nowhere.sock").prefixed("flagged");
    let mut command = place.command(&["-H", &host, "start", "volumes"]);
    command.env("DOCKER_LAB_HOME", "../home");
    let mut session =
        Session { terminal: Terminal::spawn(&command, 100, 50), mark: "›", lab: "volumes".to_owned() };
    session.at_prompt(60);
    session.types("cd /");
    session.types("docker volume create flagged_postgres_data");
    session.shows("flagged_postgres_data` exists — passed");
    session.types("echo \"home: $DOCKER_LAB_HOME\"");
    session.shows(&format!("home: {}/../home", place.work().display()));
    session.terminal.send("\x04");
    session.terminal.code(10);
    place.run(&["-H", &host, "reset", "--yes"]).code(0);
}

#[test]
fn a_second_terminal_does_the_work_while_a_line_is_being_typed() {
    let place = Place::on(engine::shared()).prefixed("second");
    let mut session = Session::begin(&place, &[]);
    session.terminal.send("echo half-");
    session.shows("› echo half-");
    place.shell("docker volume create second_postgres_data").code(0);
    session.shows("second_postgres_data` exists — passed");
    session.terminal.send("typed\r");
    session.shows("half-typed");
    session.at_prompt(10);
    place.shell("docker volume rm second_postgres_data").code(0);
    session.shows("no longer true");
    session.terminal.send("\x03");
    session.shows("Ctrl-C again to leave.");
    session.terminal.send("\x03");
    assert_eq!(session.terminal.code(10), 130);
}

#[test]
fn a_session_that_is_killed_is_taken_up_where_it_was() {
    let place = Place::on(engine::shared()).prefixed("killed");
    let mut session = Session::begin(&place, &[]);
    session.types("run");
    session.types("next");
    session.shows("Step 2 of 8");
    kill("-KILL", session.terminal.id());
    session.terminal.code(10);
    let again = Session::begin(&place, &[]);
    again.shows("Step 2 of 8");
    drop(again);
    place.run(&["reset", "--yes"]).code(0);
}

/// Waits until the program was interrupted, and its shell asks again: whatever is typed before that, it may read.
fn at_shell(terminal: &Terminal) {
    terminal.wait_until(60, "the shell's prompt", |screen| {
        let last = screen.lines().rfind(|line| !line.trim().is_empty());
        screen.contains("interrupted") && last.is_some_and(|line| line.trim() == "$")
    });
}

#[test]
fn the_terminal_is_left_sane_however_the_session_ends() {
    let place = Place::on(engine::shared()).prefixed("sane");
    let mut bash = Command::new("bash");
    bash.args(["--norc", "--noprofile"]).env("PS1", "$ ").current_dir(place.work());
    place.environment(&mut bash);
    let mut terminal = Terminal::spawn(&bash, 90, 40);
    for (signal, so_far) in [("-TERM", 0), ("-HUP", 1)] {
        terminal.send("docker-lab start volumes --prefix sane\r");
        terminal.wait_for("volumes 1/8 ›", 60);
        let pid = Command::new("pgrep").arg("-P").arg(terminal.id().to_string()).output().expect("pgrep");
        kill(signal, String::from_utf8_lossy(&pid.stdout).trim().parse().expect("a process"));
        at_shell(&terminal);
        terminal.send("stty -a | grep -o ' icanon\\| echo ' | tr '\\n' '+'; echo code=$?; clear\r");
        let end = std::time::Instant::now() + Duration::from_secs(60);
        while terminal.output().matches(" icanon+ echo +code=0").count() == so_far {
            assert!(std::time::Instant::now() < end, "{}", terminal.screen());
            std::thread::park_timeout(Duration::from_millis(20));
        }
        terminal.wait_until(60, "an empty screen", |screen| !screen.contains("volumes"));
    }
    place.run(&["reset", "--yes"]);
}

#[test]
fn the_quiz_that_is_ended_leaves_the_terminal_sane() {
    let place = Place::at("unix:///nowhere.sock");
    let mut bash = Command::new("bash");
    bash.args(["--norc", "--noprofile"]).env("PS1", "$ ").current_dir(place.work());
    place.environment(&mut bash);
    let mut terminal = Terminal::spawn(&bash, 90, 40);
    terminal.send("docker-lab quiz volumes\r");
    terminal.wait_for("something else", 30);
    let pid = Command::new("pgrep").arg("-P").arg(terminal.id().to_string()).output().expect("pgrep");
    kill("-TERM", String::from_utf8_lossy(&pid.stdout).trim().parse().expect("a process"));
    at_shell(&terminal);
    terminal.send("stty -a | grep -q ' icanon' && echo \"coo\"\"ked\"; clear\r");
    let end = std::time::Instant::now() + Duration::from_secs(60);
    while !terminal.output().contains("cooked") {
        assert!(std::time::Instant::now() < end, "{}", terminal.screen());
        std::thread::park_timeout(Duration::from_millis(50));
    }
}

#[test]
fn a_narrow_or_plain_terminal_is_served_too() {
    let place = Place::on(engine::shared()).prefixed("narrow");
    let mut session = Session::sized(&place, &["--lang", "fr"], 60, 40);
    session.terminal.resize(40, 40);
    session.types("?");
    let screen = session.terminal.screen();
    assert!(screen.lines().all(|line| line.chars().count() <= 40), "{screen}");
    session.shows("la piste suivante");
    session.terminal.send("quitte\r");
    session.terminal.code(10);
    let command = place.command(&["start", "volumes", "--plain"]);
    let terminal = Terminal::spawn(&command, 80, 40);
    let mut plain = Session { terminal, mark: ">", lab: "volumes".to_owned() };
    plain.at_prompt(30);
    plain.types("echo a \\\nb");
    plain.shows("a b");
    place.shell("docker volume create narrow_postgres_data");
    plain.shows("narrow_postgres_data` exists — passed");
    plain.terminal.send("quit\r");
    assert_eq!(plain.terminal.code(10), 0);
    let output = plain.terminal.output();
    assert!(!output.contains('\u{1b}'), "{output:?}");
    place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn ctrl_c_ends_a_pull_that_does_not() {
    let engine = Engine::start("lab-slow-pull");
    // A registry that accepts and never answers, where the engine can reach it.
    let slow = "use IO::Socket::INET; my $s = IO::Socket::INET->new(Listen => 9, LocalAddr => '127.0.0.1:5999') \
                or die; my @all; while (my $one = $s->accept) { push @all, $one }";
    let mut registry = engine.inside("perl").args(["-e", slow]).spawn().expect("perl");
    let place = Place::on(&engine);
    let labs = place.folder.path().join("labs/slow");
    std::fs::create_dir_all(&labs).expect("a folder");
    let lab = include_str!("../../labs/volumes/lab.yaml").replace("id: volumes\n", "id: slow\n");
    let lab = lab.replace("images: [alpine,", "images: [\"127.0.0.1:5999/alpine\",");
    std::fs::write(labs.join("lab.yaml"), lab).expect("a lab");
    for asset in ["init.sql", "backup_script.sh", "answers.yaml"] {
        let from = format!("{}/labs/volumes/{asset}", env!("CARGO_MANIFEST_DIR"));
        std::fs::copy(from, labs.join(asset)).expect("an asset");
    }
    let shelf = labs.parent().expect("a folder").display().to_string();
    let command = place.command(&["start", "slow", "--labs", &shelf]);
    let mut terminal = Terminal::spawn(&command, 90, 30);
    terminal.wait_for("Pulling the image `127.0.0.1:5999/alpine`", 30);
    terminal.send("\x03");
    let code = terminal.code(10);
    let _ = registry.kill();
    let _ = registry.wait();
    assert_eq!(code, 130, "{}", terminal.screen());
    assert!(terminal.screen().contains("interrupted"), "{}", terminal.screen());
}

#[test]
fn the_quiz_that_is_taken_in_the_session_ticks_there() {
    let place = Place::on(engine::shared()).prefixed("asked");
    let command = place.command(&["start", "volumes", "--plain"]);
    let mut session =
        Session { terminal: Terminal::spawn(&command, 100, 60), mark: ">", lab: "volumes".to_owned() };
    session.at_prompt(60);
    session.terminal.send("quiz\r");
    session.shows("1/6 ");
    session.shows("Type a letter");
    session.terminal.send("a\r");
    session.shows("2/6 ");
    session.terminal.send("!\r");
    // One of the four that the lab waits for is answered: it no longer waits for the first.
    session.shows("The questions on the types of storage are right");
    session.terminal.send("quit\r");
    assert_eq!(session.terminal.code(10), 0);
    place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn a_session_that_is_reset_from_elsewhere_ends() {
    let place = Place::on(engine::shared()).prefixed("over");
    let mut session = Session::begin(&place, &[]);
    session.types("docker volume create over_postgres_data");
    session.shows("exists — passed");
    place.run(&["reset", "--yes"]).code(0);
    session.shows("The session was reset");
    assert_eq!(session.terminal.code(10), 0);
    let mut again = Session::begin(&place, &[]);
    again.terminal.send("docker-lab reset --yes\r");
    again.shows("The session was reset");
    assert_eq!(again.terminal.code(10), 0);
}

#[test]
fn a_journal_that_fails_is_told_once_and_the_session_goes_on() {
    let place = Place::on(engine::shared()).prefixed("full");
    let mut session = Session::begin(&place, &[]);
    let sessions = std::fs::read_dir(place.home().join("sessions")).expect("sessions");
    let journal = sessions.flatten().next().expect("a session").path().join("journal.ndjson");
    let (kept, folder) = (journal.with_extension("kept"), journal.with_extension("folder"));
    std::fs::copy(&journal, &kept).expect("a copy");
    // A folder in its place is neither read nor written; it comes at once, and goes at once.
    std::os::unix::fs::symlink(".", &folder).expect("a link");
    std::fs::rename(&folder, &journal).expect("in its place");
    session.types("docker volume create full_postgres_data; sleep 2; echo it\\ ended");
    session.shows("it ended");
    session.shows("could not be");
    std::thread::park_timeout(Duration::from_secs(3));
    let told = session.terminal.output().matches("the journal `").count();
    // That it is not read and that it is not written, by the prompt that stood and by the command.
    assert!(told <= 4, "told {told} times\n{}", session.terminal.screen());
    std::fs::rename(&kept, &journal).expect("back again");
    session.shows("exists — passed");
    session.terminal.send("quit\r");
    assert_eq!(session.terminal.code(10), 0);
    place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn an_unfinished_completion_keeps_nothing_waiting() {
    let place = Place::on(engine::shared()).prefixed("tab");
    let mut session = Session::begin(&place, &[]);
    // Several names begin so: the editor waits for the next key.
    session.terminal.send("docker volume rm tab_\t");
    session.shows("tab_postgres_");
    for _ in 0..3 {
        place.shell("docker volume create tab_postgres_data").code(0);
        std::thread::park_timeout(Duration::from_millis(500));
        place.shell("docker volume rm tab_postgres_data").code(0);
        std::thread::park_timeout(Duration::from_millis(1500));
    }
    kill("-TERM", session.terminal.id());
    assert_eq!(session.terminal.code(10), 130);
    place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn a_stray_quote_is_cancelled_in_a_plain_terminal() {
    let place = Place::on(engine::shared()).prefixed("quote");
    let command = place.command(&["start", "volumes", "--plain"]);
    let mut session =
        Session { terminal: Terminal::spawn(&command, 80, 40), mark: ">", lab: "volumes".to_owned() };
    session.at_prompt(60);
    session.terminal.send("echo 'stray\r");
    session.terminal.wait_until(10, "a prompt for more", |screen| screen.trim_end().ends_with("\n>"));
    session.terminal.send("\x03");
    session.shows("Ctrl-C again to leave.");
    session.at_prompt(10);
    session.types("echo 'this is' whole");
    session.shows("\nthis is whole");
    session.terminal.send("quit\r");
    assert_eq!(session.terminal.code(10), 0);
    place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn a_command_that_is_killed_leaves_the_terminal_sane() {
    let place = Place::on(engine::shared()).prefixed("raw");
    let mut session = Session::begin(&place, &[]);
    session.types("stty raw -echo; kill -KILL $$");
    session.types("stty -a | grep -q ' icanon' && echo \"coo\"\"ked\"");
    session.shows("cooked");
    session.terminal.send("quit\r");
    assert_eq!(session.terminal.code(10), 0);
    place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn a_question_is_left_as_it_was_found() {
    let place = Place::on(engine::shared()).prefixed("agreed");
    place.run(&["start"]).code(0);
    place.shell("docker volume create agreed_postgres_data").code(0);
    place.run(&["check"]);
    let mut stopped = Terminal::spawn(&place.command(&["reset"]), 90, 30);
    stopped.wait_for("Remove these objects?", 30);
    stopped.send("\x03");
    assert_eq!(stopped.code(10), 130, "{}", stopped.screen());
    let cursor = (stopped.output().rfind("\u{1b}[?25l"), stopped.output().rfind("\u{1b}[?25h"));
    assert!(cursor.0 < cursor.1, "the cursor stays hidden: {:?}", stopped.output());
    let mut ended = Terminal::spawn(&place.command(&["reset"]), 90, 30);
    ended.wait_for("Remove these objects?", 30);
    kill("-TERM", ended.id());
    assert_eq!(ended.code(10), 130, "{}", ended.screen());
    let mut plain = Terminal::spawn(&place.command(&["reset", "--plain"]), 90, 30);
    plain.wait_for("y = yes", 30);
    plain.send("y\r");
    assert_eq!(plain.code(30), 0, "{}", plain.screen());
    assert!(!plain.output().contains('\u{1b}'), "{:?}", plain.output());
}

#[test]
fn ctrl_backslash_ends_the_command_alone() {
    let place = Place::on(engine::shared()).prefixed("quit");
    let mut session = Session::begin(&place, &[]);
    session.terminal.send("sh -c 'echo be\\ gun; sleep 100'\r");
    session.shows("be gun");
    session.terminal.send("\x1c");
    session.shows("(exit code 131)");
    session.at_prompt(10);
    session.terminal.send("quit\r");
    assert_eq!(session.terminal.code(10), 0);
    place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn a_step_is_taken_alone() {
    let place = Place::on(engine::shared()).prefixed("alone");
    let session = Session::begin(&place, &["--step", "restore"]);
    session.shows("Step 4 of 8");
    let report = place.json(&["status", "volumes"]);
    let status = |step: usize| report["steps"][step]["status"].clone();
    assert_eq!([status(0), status(1), status(2)], ["passed", "passed", "passed"], "{report:#}");
    assert_eq!(report["steps"][2]["assisted"], true);
    drop(session);
    place.run(&["reset", "--yes"]).code(0);
}

fn kill(signal: &str, process: u32) {
    let killed = Command::new("kill").arg(signal).arg(process.to_string()).status();
    assert!(killed.expect("kill").success());
}
