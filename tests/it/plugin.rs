//! `docker lab`, through the real docker CLI with a configuration of its own; its hooks, in a real terminal.

use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::engine;
use crate::program::Outcome;
use crate::program::Place;
use crate::program::checks_in;
use crate::terminal::Terminal;

/// A place with a docker CLI of its own; its engine is shared, its objects have a prefix.
struct Learner {
    place: Place,
}

impl Learner {
    fn new(prefix: &str) -> Learner {
        Learner::at(&engine::shared().host(), prefix)
    }

    fn at(host: &str, prefix: &str) -> Learner {
        let learner = Learner { place: Place::at(host).prefixed(prefix) };
        std::fs::create_dir(learner.config()).expect("a configuration");
        learner
    }

    fn config(&self) -> PathBuf {
        self.place.folder.path().join("docker")
    }

    fn prepared(&self, program: &str, words: &str) -> Command {
        let mut command = Command::new(program);
        command.args(words.split_whitespace()).current_dir(self.place.work());
        self.place.environment(&mut command);
        command.env("DOCKER_CONFIG", self.config()).stdin(std::process::Stdio::null());
        command
    }

    fn lab(&self, words: &str) -> Outcome {
        run(&mut self.prepared(env!("CARGO_BIN_EXE_docker-lab"), words))
    }

    fn docker(&self, words: &str) -> Outcome {
        run(&mut self.prepared("docker", words))
    }

    /// Types a docker command in a terminal: everything that came of it.
    fn typed(&self, words: &str, lang: &str) -> String {
        let mut command = self.prepared("docker", words);
        command.env("DOCKER_LAB_LANG", lang);
        let mut terminal = Terminal::spawn(&command, 200, 40);
        terminal.code(60);
        terminal.output()
    }

    /// Types a command after which a line is due. On a busy machine the hook may rather be silent than late: then
    /// it is told after a next command.
    fn told(&self, words: &str, lang: &str) -> String {
        let mut all = self.typed(words, lang);
        for _ in 0..20 {
            if all.contains(NEXT) {
                break;
            }
            all += &self.typed(&format!("volume create {}", self.place.name("postgres_data")), lang);
        }
        all
    }

    fn opened(self) -> Learner {
        self.place.run(&["start", "volumes"]).code(0);
        self
    }
}

fn run(command: &mut Command) -> Outcome {
    Outcome::from(command.output().expect("a program"))
}

const NEXT: &str = "What's next:";

#[test]
fn the_docker_cli_runs_us_and_passes_everything_through() {
    let learner = Learner::new("plug1");
    learner.lab("plugin status").code(1).prints("is not in place");
    learner.lab("plugin install").code(0).prints("cli-plugins/docker-lab");
    learner.lab("plugin status").code(0).prints("is in place");
    let checked = learner.docker("lab check volumes --prefix plug1 --format json").code(1);
    let report: Value = serde_json::from_str(&checked.stdout).expect("JSON alone on stdout");
    assert!(checks_in(&report, "pending").contains(&"create.volume-exists".to_owned()), "{report}");
    learner.docker("lab chek").code(2).says("`docker lab --help`");
    learner.docker("lab check --help").code(0).prints("Usage: docker lab check");
    learner.docker("help lab check").code(0).prints("Usage: docker lab check");
    learner.docker("--help").code(0).prints("Docker labs, checked on your machine");
}

#[test]
fn the_docker_clis_flags_say_which_daemon() {
    let learner = Learner::at("unix:///nonexistent/docker.sock", "plug2");
    let host = engine::shared().host();
    learner.lab("plugin install").code(0);
    learner.docker("lab check --prefix plug2").code(3).says("/nonexistent/docker.sock");
    learner.docker(&format!("context create other --docker host={host}")).code(0);
    for words in [
        "--context other lab check create --prefix plug2",
        "-D -cother --log-level error lab check create --prefix plug2",
        &format!("-H {host} lab check create --prefix plug2"),
        &format!("lab check create --prefix plug2 --host {host}"),
    ] {
        learner.docker(words).code(1);
    }
    learner.lab("--context other check create --prefix plug2").code(1);
    learner.lab("check create --prefix plug2 -c none").code(3).says("context `none` does not exist");
    learner.lab(&format!("-H {host} check -c other")).code(2).says("only one can be meant");
    // The context stands in another configuration's folder.
    let other = learner.place.folder.path().join("other");
    learner.lab(&format!("--config {} -c other check", other.display())).code(3).says("does not exist");
}

#[test]
fn what_was_installed_is_taken_back_to_the_byte() {
    let learner = Learner::at("unix:///nonexistent.sock", "plug3");
    let config = learner.config().join("config.json");
    let text = "{\n\t\"zeta\": {\"unknown\": [1, 2.50]},\n\t\"auths\": {},\n\t\"features\": {\n\t\t\"hooks\": \"false\"\n\t}\n}";
    let text = text.replace("{\"unknown\": [1, 2.50]}", "{\n\t\t\"unknown\": 1\n\t}");
    std::fs::write(&config, &text).expect("written");
    for _ in 0..2 {
        learner.lab("plugin install --hooks").code(0).prints("will show what they achieved");
    }
    let now: Value = serde_json::from_str(&std::fs::read_to_string(&config).expect("text")).expect("json");
    assert_eq!(now["features"]["hooks"], "true");
    assert!(now["plugins"]["lab"]["hooks"].as_str().expect("a list").contains("volume create,"));
    learner.lab("plugin remove").code(0).prints("is removed");
    assert_eq!(std::fs::read_to_string(&config).expect("text"), text);
    let left: Vec<_> = std::fs::read_dir(learner.config()).expect("folder").flatten().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    learner.lab("plugin remove").code(0).prints("was not there");
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let learner = Learner::at("unix:///nonexistent.sock", "plug4");
    let plugins = learner.config().join("cli-plugins");
    let config = learner.config().join("config.json");
    std::fs::write(&config, "{\"auths\": ").expect("written");
    learner.lab("plugin install --hooks").code(2).says("nothing in it was changed");
    assert_eq!(std::fs::read_to_string(&config).expect("text"), "{\"auths\": ");
    assert!(!plugins.exists());
    std::fs::write(&config, "{\"plugins\": []}").expect("written");
    learner.lab("plugin install --hooks").code(2).says("`plugins` is no object");
    std::fs::remove_file(&config).expect("removed");

    std::fs::create_dir(&plugins).expect("a folder");
    let file = plugins.join("docker-lab");
    std::fs::write(&file, "#!/bin/sh\necho '{\"SchemaVersion\":\"0.1.0\",\"Vendor\":\"somebody\"}'\n")
        .expect("written");
    run(Command::new("chmod").arg("+x").arg(&file)).code(0);
    learner.lab("plugin install --hooks").code(3).says("belongs to another program");
    learner.lab("plugin remove").code(0).prints("kept");
    assert!(std::fs::read_to_string(&file).expect("text").contains("somebody"));
    assert!(!config.exists());

    // A copy that somebody put there is docker-lab, and stays where it is.
    std::fs::copy(env!("CARGO_BIN_EXE_docker-lab"), &file).expect("copied");
    learner.lab("plugin status").code(0).prints("is in place");
    learner.lab("plugin remove").code(0).prints("kept");
    let itself = |words: &str| run(&mut learner.prepared(file.to_str().expect("a path"), words));
    itself("plugin install --hooks").code(0);
    itself("plugin remove").code(0).prints("kept").prints("are removed");
    assert!(file.is_file() && !config.exists());
}

#[test]
fn after_a_command_in_a_terminal_one_line_says_what_it_achieved() {
    let learner = Learner::new("plug5");
    learner.lab("plugin install --hooks").code(0);
    let named = learner.place.name("postgres_data");
    let create = format!("volume create {named}");
    let silent = learner.typed(&create, "en");
    assert!(silent.contains(&named) && !silent.contains(NEXT), "no session is open yet\n{silent}");
    learner.docker(&format!("volume rm {named}")).code(0);
    let learner = learner.opened();

    let told = learner.told(&create, "en");
    assert!(told.contains(NEXT), "{told}");
    assert!(told.contains(&format!("docker-lab, step 1: ✓ `{named}` is a named volume")), "{told}");
    let again = learner.typed(&create, "en");
    assert!(!again.contains(NEXT), "nothing changed\n{again}");

    // The tick is kept as a check would keep it.
    let report = learner.place.json(&["report"]);
    assert!(checks_in(&report, "passed").contains(&"create.volume-exists".to_owned()));

    let main = learner.place.name("postgres_main");
    let wrong = format!(
        "run -d --name {main} -e POSTGRES_PASSWORD=x -v {named}:/var/lib/postgresql postgres:15-alpine"
    );
    let told = learner.told(&wrong, "fr");
    assert!(told.contains("docker-lab, étape 1\u{a0}: ✗") && told.contains("volume anonyme"), "{told}");
    assert_eq!(told.matches("docker-lab, étape").count(), 1, "one line\n{told}");
    let again = learner.typed(&format!("exec {main} true"), "fr");
    assert!(!again.contains(NEXT), "a mistake is told once\n{again}");
    // Stopping is the plan, not a mistake.
    let stopped = learner.typed(&format!("stop -t 0 {main}"), "en");
    assert!(!stopped.contains(NEXT), "{stopped}");
    learner.docker(&format!("rm -f -v {main}")).code(0);
    let right = wrong.replace(":/var/lib/postgresql ", ":/var/lib/postgresql/data ");
    let told = learner.told(&right, "en");
    assert!(told.contains(&format!("✓ `{main}` is running and mounts the volume")), "{told}");
    let piped = learner.docker(&format!("rm -f -v {main}")).code(0);
    assert!(!piped.stdout.contains(NEXT) && !piped.stderr.contains(NEXT), "{piped:?}");
    learner.place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn a_lab_of_ones_own_is_told_of_too() {
    let learner = Learner::new("plug8");
    learner.lab("plugin install --hooks").code(0);
    learner.lab("author new my-lab").code(0);
    learner.place.run(&["start", "my-lab", "--labs", "labs"]).code(0);
    let create = format!("volume create {}", learner.place.name("my_lab_data"));
    let mut told = learner.typed(&create, "en");
    // On a busy machine the hook may rather be silent than late.
    for _ in 0..20 {
        if told.contains(NEXT) {
            break;
        }
        told += &learner.typed(&create, "en");
    }
    assert!(told.contains("docker-lab, step 1: ✓"), "{told}");
    learner.place.run(&["reset", "my-lab", "--labs", "labs", "--yes"]).code(0);
}

#[test]
fn the_hook_is_never_late_and_never_an_error() {
    let learner = Learner::new("plug6").opened();
    let asked = r#"{"RootCmd":"volume_create","Flags":{},"CommandError":""}"#;
    let silent = |learner: &Learner, json: &str| {
        let outcome = learner.lab(&format!("lab docker-cli-plugin-hooks {json}")).code(0);
        assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("", ""), "{json}");
    };
    for json in [asked, "", "{", "null", "[]"] {
        silent(&learner, json);
    }
    // Somebody who accepts and never answers: a check would wait for its time limit of 30 s.
    let socket = learner.place.folder.path().join("mute.sock");
    let _mute = UnixListener::bind(&socket).expect("a socket");
    for host in
        [format!("unix://{}", socket.display()), "unix:///nonexistent.sock".to_owned(), "x://".to_owned()]
    {
        let mut command = learner.prepared(env!("CARGO_BIN_EXE_docker-lab"), "lab docker-cli-plugin-hooks");
        command.arg(asked).env("DOCKER_HOST", &host);
        let began = std::time::Instant::now();
        let outcome = run(&mut command).code(0);
        assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("", ""), "{host}");
        assert!(began.elapsed().as_secs() < 25, "{host}");
    }
    learner.place.run(&["reset", "--yes"]).code(0);
}

#[test]
fn the_docker_cli_that_is_told_to_end_ends_us_too() {
    let learner = Learner::at("unix:///nonexistent.sock", "plug7");
    learner.lab("plugin install").code(0);
    let socket = learner.place.folder.path().join("mute.sock");
    let mute = UnixListener::bind(&socket).expect("a socket");
    let mut command = learner.prepared("docker", "lab check --timeout 600");
    command.env("DOCKER_HOST", format!("unix://{}", socket.display()));
    let child = command.stderr(std::process::Stdio::piped()).spawn().expect("docker");
    // The program is under way: it waits for an answer that never comes.
    let _waiting = mute.accept().expect("a question");
    run(Command::new("kill").arg(child.id().to_string())).code(0);
    Outcome::from(child.wait_with_output().expect("an end")).code(130).says("interrupted");
}
