//! A real sshd on loopback that stands for several machines, one a port: good ones, one without docker, one whose
//! engine is gone, one whose engine never answers, one whose shell talks first, one that knows no key.

use std::io::BufRead;
use std::io::BufReader;
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::OnceLock;
use std::time::Duration;
use std::time::Instant;

use tempfile::TempDir;

use crate::engine;
use crate::program::Outcome;
use crate::program::Place;

struct Machines {
    good: u16,
    without_docker: u16,
    without_daemon: u16,
    mute: u16,
    talkative: u16,
    strict: u16,
    spare: u16,
    path: String,
    _sshd: Child,
    _socket: UnixListener,
    _folder: TempDir,
}

fn machines() -> &'static Machines {
    static MACHINES: OnceLock<Machines> = OnceLock::new();
    MACHINES.get_or_init(|| {
        let folder = TempDir::new().expect("a folder");
        let dir = folder.path().join("sshd");
        let mute = folder.path().join("mute.sock");
        let socket = UnixListener::bind(&mute).expect("a socket");
        let [good, spare, without_docker, without_daemon, mute_port, talkative, strict] = free_ports();
        let mut sshd = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engine/sshd.sh"))
            .arg(&dir)
            .arg(format!("{good}=SetEnv DOCKER_HOST={}", engine::shared().host()))
            .arg(format!("{spare}=SetEnv DOCKER_HOST={}", engine::shared().host()))
            .arg(format!("{without_docker}=SetEnv PATH=/nonexistent"))
            .arg(format!("{without_daemon}=SetEnv DOCKER_HOST=unix:///nonexistent/docker.sock"))
            .arg(format!("{mute_port}=SetEnv DOCKER_HOST=unix://{}", mute.display()))
            .arg(format!("{talkative}=ForceCommand echo Welcome to lab1"))
            .arg(format!("{strict}=AuthorizedKeysFile none"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the script");
        let mut ready = String::new();
        BufReader::new(sshd.stdout.take().expect("its output")).read_line(&mut ready).expect("its answer");
        assert_eq!(ready, "ready\n", "sshd did not start");
        let path = format!("{}/bin:{}", dir.display(), std::env::var("PATH").unwrap_or_default());
        Machines {
            good,
            without_docker,
            without_daemon,
            mute: mute_port,
            talkative,
            strict,
            spare,
            path,
            _sshd: sshd,
            _socket: socket,
            _folder: folder,
        }
    })
}

/// Ports that were free a moment ago.
fn free_ports() -> [u16; 7] {
    let listeners = [(); 7].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
    listeners.map(|listener| listener.local_addr().expect("bound").port())
}

impl Machines {
    fn command(&self, place: &Place, args: &[&str]) -> Command {
        let mut command = place.command(args);
        command.env("PATH", &self.path);
        command
    }

    fn run(&self, place: &Place, args: &[&str]) -> Outcome {
        Outcome::from(self.command(place, args).output().expect("the program"))
    }

    fn status(&self, host: &str) -> Outcome {
        self.run(&Place::at(host), &["images", "status"])
    }
}

/// The ssh processes that go to root at a port.
fn children(port: u16) -> Vec<String> {
    let needle = format!("\0-p\0{port}\0-l\0root\0");
    let all = std::fs::read_dir("/proc").expect("proc").flatten();
    let lines = all.filter_map(|entry| std::fs::read_to_string(entry.path().join("cmdline")).ok());
    lines.filter(|line| line.contains(&needle) && line.contains("dial-stdio")).collect()
}

/// Whether this comes true within some seconds.
fn soon(what: impl Fn() -> bool) -> bool {
    let began = Instant::now();
    while !what() {
        if began.elapsed() > Duration::from_secs(60) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    true
}

#[test]
fn steps_run_and_are_checked_over_ssh_and_no_child_is_left() {
    let machines = machines();
    let place = Place::at(&format!("ssh://root@127.0.0.1:{}", machines.good)).prefixed("ssh");
    machines.run(&place, &["run", "volumes", "--step", "create"]).code(0);
    machines.run(&place, &["run", "volumes", "--step", "persist"]).code(0);
    machines.run(&place, &["run", "volumes", "--step", "backup"]).code(0);
    machines.run(&place, &["check", "volumes", "backup"]).code(0);
    machines.run(&place, &["reset", "--yes"]).code(0);
    assert_eq!(children(machines.good), [""; 0]);
}

#[test]
fn an_interrupted_program_leaves_no_child_even_where_the_engine_hangs() {
    let machines = machines();
    let mut program =
        started(&Place::at(&format!("ssh://root@127.0.0.1:{}", machines.mute)), &["images", "status"]);
    assert!(soon(|| !children(machines.mute).is_empty()), "no ssh was started");
    stop(&mut program, "-INT");
    assert!(soon(|| children(machines.mute).is_empty()), "{:?}", children(machines.mute));
}

#[test]
fn a_killed_program_leaves_no_child() {
    let machines = machines();
    let place = Place::at(&format!("ssh://root@127.0.0.1:{}", machines.spare)).prefixed("killed");
    let mut program = started(&place, &["run", "volumes", "--step", "create"]);
    assert!(soon(|| place.work().join("init.sql").exists()), "it did not begin");
    assert!(!children(machines.spare).is_empty());
    stop(&mut program, "-KILL");
    assert!(soon(|| children(machines.spare).is_empty()), "{:?}", children(machines.spare));
    machines.run(&place, &["reset", "--yes"]).code(0);
}

fn started(place: &Place, args: &[&str]) -> Child {
    let mut command = machines().command(place, args);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program")
}

fn stop(program: &mut Child, signal: &str) {
    let kill = Command::new("kill").args([signal, &program.id().to_string()]).status();
    assert!(kill.expect("kill").success());
    program.wait().expect("ended");
}

#[test]
fn a_machine_that_refuses_or_is_not_known() {
    let machines = machines();
    let refused = machines.status(&format!("ssh://127.0.0.1:{}", machines.strict)).code(3);
    refused.says("ssh could not connect").says("Permission denied (publickey").says("ssh-copy-id");
    let unknown = machines.status(&format!("ssh://localhost:{}", machines.good)).code(3);
    unknown.says("Host key verification failed").says("connect once by hand");
    machines
        .status("ssh://127.0.0.1:9")
        .code(3)
        .says("Connection refused")
        .says("must answer without a question");
    machines.status("ssh://-oProxyCommand=touch+here").code(3).says("is not an ssh address");
    machines.status("ssh://-Fx@127.0.0.1").code(3).says("is not an ssh address");
}

#[test]
fn a_machine_without_docker_or_its_engine_or_with_a_talkative_shell() {
    let machines = machines();
    let status = |port: u16| machines.status(&format!("ssh://127.0.0.1:{port}")).code(3);
    status(machines.without_docker).says("`docker` is missing on `127.0.0.1`").says("command not found");
    status(machines.without_daemon).says("no Docker engine answers").says("/nonexistent/docker.sock");
    status(machines.talkative)
        .says("something else than Docker's answers")
        .says("Welcome to lab1")
        .says(".bashrc");
}

#[test]
fn ssh_is_missing_or_nobody_answers_it() {
    let place = Place::at("ssh://127.0.0.1:9");
    let output = place.command(&["images", "status", "--lang", "fr"]).env("PATH", "/nonexistent").output();
    let outcome = Outcome::from(output.expect("the program")).code(3);
    outcome.says("la commande `ssh` n'est pas installée").says("openssh-client");
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("bound").port();
    let args = ["images", "status", "--timeout", "3"];
    let silent = machines().run(&Place::at(&format!("ssh://127.0.0.1:{port}")), &args).code(3);
    silent.says("ssh could not connect").says("timed out");
    let mute = machines().run(&Place::at(&format!("ssh://127.0.0.1:{}", machines().mute)), &args).code(3);
    mute.says("did not answer within 3 s");
}
