//! A real engine that speaks TLS and wants client certificates. It listens in a network of its own, so the program
//! under test enters that network.

use std::io::BufRead;
use std::io::BufReader;
use std::net::TcpListener;
use std::path::Path;
use std::path::PathBuf;
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

const HOST: &str = "tcp://127.0.0.1:2376";

pub struct Secured {
    /// The path of its network.
    pub network: String,
    _child: Child,
    folder: TempDir,
}

/// The engine, started once.
pub fn secured() -> &'static Secured {
    static SECURED: OnceLock<Secured> = OnceLock::new();
    SECURED.get_or_init(|| {
        let folder = TempDir::new().expect("a folder");
        let (certs, dir) = (folder.path().join("certs"), folder.path().join("engine"));
        std::fs::create_dir(&certs).expect("a folder");
        let script = |name: &str| Command::new(format!("{}/tests/engine/{name}", env!("CARGO_MANIFEST_DIR")));
        assert!(script("certificates.sh").arg(&certs).status().expect("openssl").success());
        let file = |name: &str| certs.join(name).display().to_string();
        let flags = format!(
            "--tlsverify --tlscacert {} --tlscert {} --tlskey {} -H tcp://0.0.0.0:2376",
            file("ca.pem"),
            file("server.pem"),
            file("server-key.pem")
        );
        let mut child = script("start.sh")
            .arg(&dir)
            .arg("lab-tls")
            .env("DOCKERD_FLAGS", flags)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the engine's script");
        let mut socket = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut socket).expect("its socket");
        let load = ["-H", &format!("unix://{}", socket.trim()), "load", "-q", "-i"];
        assert!(Command::new("docker").args(load).arg(engine::images()).status().expect("docker").success());
        let pid = std::fs::read_to_string(dir.join("pid")).expect("its pid");
        Secured { network: format!("/proc/{}/ns/net", pid.trim()), _child: child, folder }
    })
}

impl Secured {
    /// A folder of certificates: `client`, `stranger`, or of a test's own.
    pub fn certs(&self, name: &str) -> PathBuf {
        self.folder.path().join("certs").join(name)
    }

    /// A folder with some of the client's files.
    fn with_only(&self, name: &str, files: &[&str]) -> PathBuf {
        let folder = self.certs(name);
        std::fs::create_dir(&folder).expect("a folder");
        for file in files {
            std::fs::copy(self.certs("client").join(file), folder.join(file)).expect("copied");
        }
        folder
    }

    /// The program in the engine's network, with a learner's environment.
    pub fn command(&self, place: &Place, args: &[&str]) -> Command {
        let wanted = place.command(args);
        let mut command = Command::new("nsenter");
        command.arg(format!("--net={}", self.network)).arg(wanted.get_program()).args(wanted.get_args());
        command.current_dir(place.work()).stdin(Stdio::null());
        place.environment(&mut command);
        command
    }

    /// Runs the program with the certificates of a folder.
    pub fn run(&self, place: &Place, certs: &Path, args: &[&str]) -> Outcome {
        let mut command = self.command(place, args);
        command.env("DOCKER_TLS_VERIFY", "1").env("DOCKER_CERT_PATH", certs);
        Outcome::from(command.output().expect("nsenter"))
    }

    /// What `images status` says about a host, with the certificates of a folder.
    fn status(&self, host: &str, certs: &Path) -> Outcome {
        self.run(&Place::at(host), certs, &["images", "status", "--timeout", "4"])
    }
}

#[test]
fn the_docker_clis_flags_name_the_certificates_too() {
    let (engine, place) = (secured(), Place::at("unix:///nonexistent.sock"));
    let file = |name: &str| engine.certs("client").join(name).display().to_string();
    let (ca, cert, key) = (file("ca.pem"), file("cert.pem"), file("key.pem"));
    let status = |flags: &[&str]| {
        let args =
            [&["-H", HOST, "--tlscert", &cert, "--tlskey", &key], flags, &["images", "status"]].concat();
        Outcome::from(engine.command(&place, &args).output().expect("nsenter"))
    };
    status(&["--tlsverify", "--tlscacert", &ca]).code(0);
    // Whoever answers is trusted, and only then.
    status(&["--tls"]).code(0);
    status(&["--tlsverify"]).code(3).says("ca.pem");
    status(&[]).code(3).says("TLS only");
}

#[test]
fn steps_run_and_are_checked_over_tls_with_tunnels_and_archives() {
    let (engine, place) = (secured(), Place::at(HOST).prefixed("tls"));
    let certs = engine.certs("client");
    engine.run(&place, &certs, &["run", "volumes"]).code(0).prints("100/100");
    engine.run(&place, &certs, &["check", "volumes"]).code(0);
    engine.run(&place, &certs, &["reset", "--yes"]).code(0);
}

#[test]
fn certificate_files_that_are_missing_or_useless_are_named() {
    let engine = secured();
    let status = |certs: &PathBuf| engine.status(HOST, certs).code(3);
    status(&engine.certs("none")).says("ca.pem` does not exist").says("DOCKER_CERT_PATH");
    status(&engine.with_only("no-key", &["ca.pem", "cert.pem"])).says("key.pem` does not exist");
    let useless = engine.with_only("useless", &["cert.pem", "key.pem"]);
    std::fs::write(useless.join("ca.pem"), "hello").expect("written");
    status(&useless).says("ca.pem` holds no valid PEM certificate");
    std::fs::remove_file(useless.join("ca.pem")).expect("removed");
    std::fs::create_dir(useless.join("ca.pem")).expect("a folder");
    status(&useless).says("ca.pem` could not be read").says("Is a directory");
    let mixed = engine.with_only("mixed", &["ca.pem", "cert.pem"]);
    std::fs::copy(engine.certs("server-key.pem"), mixed.join("key.pem")).expect("copied");
    status(&mixed).says("do not belong together");
    std::fs::write(mixed.join("key.pem"), "hello").expect("written");
    status(&mixed).says("key.pem` holds no PEM private key");
}

#[test]
fn a_daemon_or_a_client_with_the_wrong_certificate_is_refused() {
    let engine = secured();
    engine.status("tcp://127.0.0.1:2376", &engine.certs("client")).code(0);
    engine.status("tcp://localhost:2376", &engine.certs("client")).code(0);
    engine
        .status("tcp://127.0.0.2:2376", &engine.certs("client"))
        .code(3)
        .says("made for another host name")
        .says("localhost");
    engine
        .status(HOST, &engine.certs("stranger"))
        .code(3)
        .says("not signed by the authority in")
        .says("ca.pem");
    let nobody = engine.with_only("nobody", &["ca.pem"]);
    let stranger = engine.with_only("strange", &["ca.pem"]);
    for file in ["cert.pem", "key.pem"] {
        std::fs::copy(engine.certs("stranger").join(file), stranger.join(file)).expect("copied");
    }
    for _ in 0..5 {
        engine.status(HOST, &nobody).code(3).says("demands a client certificate").says("key.pem");
        engine.status(HOST, &stranger).code(3).says("does not accept the client certificate");
    }
}

#[test]
fn nobody_listens_or_nobody_answers_or_somebody_without_tls() {
    let engine = secured();
    let certs = engine.certs("client");
    engine
        .status("tcp://127.0.0.1:9", &certs)
        .code(3)
        .says("no Docker engine listens at `tcp://127.0.0.1:9`");
    engine.status("tcp://nowhere.invalid:2376", &certs).code(3).says("cannot be reached");
    let plain = engine.command(&Place::at(HOST), &["images", "status"]).output().expect("nsenter");
    Outcome::from(plain).code(3).says("speaks TLS only").says("DOCKER_TLS_VERIFY=1");
    let mute = TcpListener::bind("127.0.0.1:0").expect("a port");
    let mute = format!("tcp://127.0.0.1:{}", mute.local_addr().expect("bound").port());
    let began = Instant::now();
    let french = Place::at(&mute)
        .command(&["images", "status", "--timeout", "2", "--lang", "fr"])
        .env("DOCKER_TLS_VERIFY", "1")
        .env("DOCKER_CERT_PATH", &certs)
        .output();
    Outcome::from(french.expect("the program")).code(3).says("n'a pas accepté de connexion").says("pare-feu");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[test]
fn a_context_of_the_docker_cli_brings_its_own_certificates() {
    let (engine, place) = (secured(), Place::at(""));
    let config = place.folder.path().join("config");
    let file = |name: &str| engine.certs("client").join(name).display().to_string();
    let own = format!("ca={},cert={},key={}", file("ca.pem"), file("cert.pem"), file("key.pem"));
    let create = |name: &str, endpoint: &str| {
        let mut command = Command::new("docker");
        command.arg("--config").arg(&config).args(["context", "create", name, "--docker", endpoint]);
        assert!(command.env_remove("DOCKER_HOST").output().expect("docker").status.success());
    };
    create("right", &format!("host={HOST},{own}"));
    create("renamed", &format!("host=tcp://127.0.0.2:2376,{own}"));
    create("trusting", &format!("host=tcp://127.0.0.2:2376,skip-tls-verify=true,{own}"));
    let status = |context: &str| {
        let mut command = engine.command(&place, &["images", "status"]);
        command.env("DOCKER_CONFIG", &config).env("DOCKER_CONTEXT", context).env_remove("DOCKER_HOST");
        Outcome::from(command.output().expect("nsenter"))
    };
    status("right").code(0);
    status("renamed").code(3).says("made for another host name");
    status("trusting").code(0);
}
