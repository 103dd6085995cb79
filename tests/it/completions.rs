//! Completions, asked by the real shells and by the docker CLI: the same answer from one completer.

use std::process::Command;

use crate::machine;
use crate::program::Outcome;
use crate::program::Place;
use crate::terminal::Terminal;

/// No daemon is needed to complete a word.
fn place() -> Place {
    Place::at("unix:///nonexistent.sock")
}

fn bash(place: &Place, words: &[&str]) -> Vec<String> {
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let script = format!(
        "source <(docker-lab completions bash); COMP_WORDS=(docker-lab {}); COMP_CWORD={}; \
         _docker_lab docker-lab && printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        quoted.join(" "),
        words.len()
    );
    let outcome = place.shell(&script).code(0);
    assert_eq!(outcome.stderr, "");
    lines(&outcome.stdout)
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

const STEPS: [&str; 8] = crate::learner::STEPS;

#[test]
fn bash_completes_commands_labs_steps_and_files() {
    let place = place();
    assert_eq!(bash(&place, &["che"]), ["check"]);
    assert_eq!(bash(&place, &["check", "volumes", ""]), STEPS);
    assert_eq!(bash(&place, &["check", "volumes", "create", "pe"]), ["persist"]);
    assert_eq!(bash(&place, &["check", "cre"]), ["create"]);
    assert_eq!(bash(&place, &["run", "--step", "auto"]), ["automate"]);
    assert_eq!(bash(&place, &["--lang", "fr", "hint", "re"]), ["restore"]);
    assert_eq!(bash(&place, &["quiz", "v"]), ["volumes"]);
    assert_eq!(bash(&place, &["check", "--no-in"]), ["--no-input"]);
    // Bash cuts words at `=`.
    assert_eq!(bash(&place, &["check", "--format", "=", "js"]), ["json"]);
    std::fs::create_dir(place.work().join("a folder")).expect("a folder");
    std::fs::write(place.work().join("a file"), "").expect("a file");
    assert_eq!(bash(&place, &["--dir", "a"]), ["a folder"]);
    let mut files = bash(&place, &["images", "load", "a"]);
    files.sort();
    assert_eq!(files, ["a file", "a folder"]);
}

#[test]
fn labs_of_ones_own_are_completed_too() {
    let place = place();
    let own = place.work().join("labs/own");
    std::fs::create_dir_all(&own).expect("a folder");
    let built_in = concat!(env!("CARGO_MANIFEST_DIR"), "/labs/volumes");
    for file in std::fs::read_dir(built_in).expect("a lab").flatten().filter(|one| one.path().is_file()) {
        let text = std::fs::read_to_string(file.path()).expect("a text");
        let text = text.replace("id: volumes\n", "id: own\n").replace("persist", "outlive");
        std::fs::write(own.join(file.file_name()), text).expect("written");
    }
    assert_eq!(bash(&place, &["--labs", "labs", "check", "o"]), ["own"]);
    assert_eq!(bash(&place, &["--labs=labs", "check", "own", "ou"]), ["outlive"]);
    // A lab that is not valid has no steps to offer, and is no reason to fail: the main lab's stand in.
    std::fs::write(own.join("lab.yaml"), "id: own").expect("written");
    assert_eq!(bash(&place, &["--labs", "labs", "check", "own", "pe"]), ["persist"]);
}

#[test]
fn fish_shows_what_each_value_means() {
    machine::needs(&["fish", "zsh"]);
    let place = place();
    let fish = |line: &str| {
        let script = format!("docker-lab completions fish | source; complete -C '{line}'");
        let mut command = Command::new("fish");
        command.args(["--no-config", "-c", &script]).current_dir(place.work());
        place.environment(&mut command);
        command.env("DOCKER_LAB_LANG", "fr").env("HOME", place.folder.path());
        let outcome = Outcome::from(command.output().expect("fish")).code(0);
        assert_eq!(outcome.stderr, "");
        outcome.stdout
    };
    assert_eq!(fish("docker-lab hint cop"), "copy\tCopier un volume dans un autre\n");
    assert_eq!(fish("docker-lab check volumes ").lines().count(), STEPS.len());
    assert_eq!(fish("docker-lab report --format ht"), "html\n");
}

#[test]
fn zsh_completes_in_a_terminal() {
    machine::needs(&["fish", "zsh"]);
    let place = place();
    let mut command = Command::new("zsh");
    command.args(["-f", "-i"]).current_dir(place.work());
    place.environment(&mut command);
    command.env("HOME", place.folder.path()).env("PS1", "ready> ");
    let mut terminal = Terminal::spawn(&command, 120, 30);
    terminal.wait_for("ready>", 10);
    terminal.send(
        "autoload -Uz compinit && compinit -u -D && source <(docker-lab completions zsh) && echo sou''rced\r",
    );
    terminal.wait_for("sourced", 20);
    terminal.send("docker-lab che\t");
    terminal.wait_for("docker-lab check ", 10);
    terminal.send("volumes co\t");
    // Two steps begin like this: both are shown with what they mean.
    terminal.wait_for("Compare bind mount and volume", 10);
    terminal.wait_for("Copy one volume into another", 10);
    terminal.send("m\t");
    terminal.wait_for("check volumes compare", 10);
}

#[test]
fn the_docker_cli_completes_through_us() {
    let place = place();
    let config = place.folder.path().join("docker");
    let docker = |words: &[&str]| {
        let mut command = Command::new("docker");
        command.args(words);
        place.environment(&mut command);
        command.env("DOCKER_CONFIG", &config).env("DOCKER_LAB_LANG", "fr");
        Outcome::from(command.output().expect("docker")).code(0).stdout
    };
    let mut install = place.command(&["plugin", "install"]);
    Outcome::from(install.env("DOCKER_CONFIG", &config).output().expect("docker-lab")).code(0);
    assert_eq!(docker(&["__complete", "lab", "che"]), "check\tRegarde, juge, et garde les preuves\n:4\n");
    assert_eq!(docker(&["__complete", "lab", "images", "save", ""]), ":0\n");
    assert!(docker(&["__completeNoDesc", "lab", "check", "volumes", "au"]).starts_with("automate\t"));
}

#[test]
fn nonsense_is_answered_with_nothing() {
    let place = place();
    for words in [&[][..], &["lab"], &["lab", "--nonsense", ""], &["lab", "nonsense", ""], &["lab", "--x=y"]]
    {
        let args = [&["__complete"], words].concat();
        let outcome = place.run(&args).code(0);
        assert!(outcome.stdout.lines().last().is_some_and(|line| line.starts_with(':')), "{outcome:?}");
        assert_eq!(outcome.stderr, "");
    }
}
