//! The trainer's side of a room in the TLS engine's network, and the machines in it that are in trouble.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::os::unix::net::UnixListener;
use std::os::unix::net::UnixStream;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use crate::machine;
use crate::program::Outcome;
use crate::program::Place;
use crate::tls_transport::secured;

/// A port of the engine's own network: nobody else is there. The machines that are reached by ssh have those below it.
const STRICT: u16 = 2309;

pub struct Room {
    pub place: Place,
    path: String,
    _mute: UnixListener,
    _sshd: Child,
}

impl Room {
    /// A trainer's place; to the engines of `hosts` an ssh leads, on ports 2301, 2302…
    pub fn new(hosts: &[String]) -> Room {
        let place = Place::at("unix:///nonexistent.sock");
        let folder = place.folder.path();
        let dir = folder.join("sshd");
        // In the network of the engines no package can be fetched.
        machine::needs(&["openssh-server=sshd"]);
        let mut sshd = Command::new("nsenter")
            .arg(format!("--net={}", secured().network))
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engine/sshd.sh"))
            .arg(&dir)
            .args((2301..).zip(hosts).map(|(port, host)| format!("{port}=SetEnv DOCKER_HOST={host}")))
            .arg(format!("{STRICT}=AuthorizedKeysFile none"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("nsenter");
        let mut ready = String::new();
        BufReader::new(sshd.stdout.take().expect("its output")).read_line(&mut ready).expect("its answer");
        assert_eq!(ready, "ready\n", "sshd did not start");
        let mute = UnixListener::bind(folder.join("mute.sock")).expect("a socket");
        garbage(&folder.join("garbage.sock"), "SSH-2.0-OpenSSH_9.2\r\n");
        let liar = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n<html";
        garbage(&folder.join("liar.sock"), liar);
        let path = format!("{}/bin:{}", dir.display(), std::env::var("PATH").unwrap_or_default());
        Room { place, path, _mute: mute, _sshd: sshd }
    }

    /// The certificates of a folder, for the inventory.
    pub fn tls(&self, who: &str) -> String {
        let folder = secured().certs(who);
        let file = |name: &str| folder.join(name).display().to_string();
        let ca = secured().certs("client").join("ca.pem");
        format!("{{ca: '{}', cert: '{}', key: '{}'}}", ca.display(), file("cert.pem"), file("key.pem"))
    }

    /// Machines that are in trouble without any engine, for the inventory.
    pub fn broken(&self) -> String {
        let at = |name: &str| format!("unix://{}", self.place.folder.path().join(name).display());
        format!(
            "- {{name: off, host: '{}', group: forms}}\n- {{name: mute, host: '{}'}}\n\
             - {{name: garbage, host: '{}'}}\n- {{name: liar, host: '{}'}}\n\
             - {{name: strict, host: 'ssh://root@127.0.0.1:{STRICT}'}}\n",
            at("off.sock"),
            at("mute.sock"),
            at("garbage.sock"),
            at("liar.sock"),
        )
    }

    /// Writes the inventory.
    pub fn inventory(&self, text: &str) {
        std::fs::write(self.place.work().join("class.yaml"), text).expect("written");
    }

    /// `class check` on it.
    pub fn check(&self, more: &[&str]) -> Outcome {
        self.run(&[&["class", "check", "-i", "class.yaml"], more].concat())
    }

    /// The program in the room's network.
    pub fn run(&self, args: &[&str]) -> Outcome {
        let mut command = secured().command(&self.place, args);
        command.env("PATH", &self.path);
        Outcome::from(command.output().expect("the program"))
    }
}

/// Somebody who says the same to everybody, and hangs up.
fn garbage(path: &std::path::Path, words: &'static str) {
    let listener = UnixListener::bind(path).expect("a socket");
    std::thread::spawn(move || {
        for caller in listener.incoming().flatten() {
            let mut caller = caller;
            let _ = caller.write_all(words.as_bytes());
        }
    });
}

/// Stands before an engine, and takes only so many bytes of a request: a machine that dies half-way.
pub fn swallower(path: &std::path::Path, engine: &std::path::Path, most: usize) {
    let listener = UnixListener::bind(path).expect("a socket");
    let engine = engine.to_owned();
    std::thread::spawn(move || {
        let mut held = Vec::new();
        for mut caller in listener.incoming().flatten() {
            let mut behind = UnixStream::connect(&engine).expect("the engine");
            let (mut asks, mut answers) =
                (caller.try_clone().expect("a line"), behind.try_clone().expect("a line"));
            std::thread::spawn(move || swallow(&mut asks, &mut behind, most));
            held.push(caller.try_clone().expect("a line"));
            std::thread::spawn(move || drop(std::io::copy(&mut answers, &mut caller)));
        }
    });
}

/// Hands on so many bytes; then neither an answer comes nor an end.
fn swallow(asks: &mut UnixStream, behind: &mut UnixStream, most: usize) {
    let (mut part, mut taken) = (vec![0; 16 * 1024], 0);
    while let Ok(count @ 1..) = asks.read(&mut part) {
        taken += count;
        if taken > most {
            std::thread::sleep(std::time::Duration::from_secs(60));
            return;
        }
        if behind.write_all(&part[..count]).is_err() {
            return;
        }
    }
}
