//! Sixteen engines, as many machines of a room: reached over unix sockets, TLS and ssh, at different stages and mistakes,
//! and some of them in trouble.

use std::io::Read;
use std::io::Write;
use std::net::Shutdown;
use std::os::unix::net::UnixListener;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;

use crate::class::does;
use crate::engine;
use crate::engine::Engine;
use crate::program::Place;
use crate::tls_transport::secured;

/// What stands on a machine.
#[derive(Clone, Copy, PartialEq)]
pub enum Work {
    /// Nothing, not even the images.
    Bare,
    /// The images.
    Images,
    /// A volume, and no images.
    Volume,
    /// So much of the exercise, done well.
    Steps(&'static [&'static str]),
    /// The images, and what a script of the learner's does.
    Script(&'static str),
}

/// A machine: its engine, and its learner's place.
pub struct Machine {
    pub name: &'static str,
    pub engine: Engine,
    pub place: Place,
}

/// What is started, and with which flags for its engine.
pub type Order = (&'static str, String, Work);

/// Starts the engines side by side and lets each learner work.
pub fn start(orders: Vec<Order>) -> Vec<Machine> {
    engine::images();
    std::thread::scope(|scope| {
        let starting: Vec<_> = orders.into_iter().map(|order| scope.spawn(move || machine(&order))).collect();
        starting.into_iter().map(|one| one.join().expect("a machine")).collect()
    })
}

fn machine((name, flags, work): &Order) -> Machine {
    let name = *name;
    let engine = Engine::start_with(&format!("lab-{name}"), flags);
    let place = Place::on(&engine);
    if !matches!(work, Work::Bare | Work::Volume) {
        let loaded = engine.docker(&["load", "-q", "-i", &engine::images().display().to_string()]);
        assert!(loaded.contains("Loaded"), "{loaded}");
    }
    match work {
        Work::Bare | Work::Images => {}
        Work::Volume => drop(engine.docker(&["volume", "create", "postgres_data"])),
        Work::Steps(steps) => does(&place, steps),
        Work::Script(script) => drop(place.shell(script).code(0)),
    }
    Machine { name, engine, place }
}

/// The flags of an engine that speaks TLS, with the certificates of [`secured`].
pub fn tls_flags() -> String {
    let file = |name: &str| secured().certs(name).display().to_string();
    format!(
        "--tlsverify --tlscacert {} --tlscert {} --tlskey {} -H tcp://0.0.0.0:2376",
        file("ca.pem"),
        file("server.pem"),
        file("server-key.pem")
    )
}

/// Joins an engine's network to the one of [`secured`], where the trainer is; the engine is 10.77.`number`.2 there.
pub fn join(engine: &Engine, number: usize) -> String {
    let ip = |mut command: Command, args: &str| {
        let done = command.args(args.split(' ')).status();
        assert!(done.expect("ip").success(), "ip {args}");
    };
    let trainers = || {
        let mut command = Command::new("nsenter");
        command.args([&format!("--net={}", secured().network), "ip"]);
        command
    };
    let pid = std::fs::read_to_string(engine.socket.with_file_name("pid")).expect("its pid");
    ip(trainers(), &format!("link add fleet{number} type veth peer name up0 netns {}", pid.trim()));
    ip(trainers(), &format!("addr add 10.77.{number}.1/24 dev fleet{number}"));
    ip(trainers(), &format!("link set fleet{number} up"));
    ip(engine.inside("ip"), &format!("addr add 10.77.{number}.2/24 dev up0"));
    ip(engine.inside("ip"), "link set up0 up");
    format!("tcp://10.77.{number}.2:2376")
}

/// What somebody who stands before an engine does to a request that holds some words.
#[derive(Clone, Copy)]
pub struct Meddling {
    pub words: &'static str,
    /// What is answered in the engine's place.
    pub answer: &'static str,
    /// Whether nothing else comes after that, nor an end.
    pub hangs: bool,
}

/// Of the list of containers only the beginning comes: a machine that hangs half-way through an answer.
pub const HALF_WAY: Meddling = Meddling {
    words: "containers/json",
    answer: "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n[{\"Id\":",
    hangs: true,
};

/// Stands before an engine and hands everything on but what it meddles with.
pub fn meddler(path: &Path, engine: &Path, meddling: Meddling) {
    let listener = UnixListener::bind(path).expect("a socket");
    let engine = engine.to_owned();
    std::thread::spawn(move || {
        for caller in listener.incoming().flatten() {
            let behind = UnixStream::connect(&engine).expect("the engine");
            std::thread::spawn(move || relay(caller, &behind, meddling));
        }
    });
}

/// Hands requests on, one after the other, with their answers.
fn relay(mut caller: UnixStream, behind: &UnixStream, meddling: Meddling) {
    let (mut to, mut from) = (behind.try_clone().expect("a line"), behind.try_clone().expect("a line"));
    let mut back = caller.try_clone().expect("a line");
    std::thread::spawn(move || drop(std::io::copy(&mut from, &mut back)));
    let (mut part, words) = (vec![0; 16 * 1024], meddling.words.as_bytes());
    while let Ok(count @ 1..) = caller.read(&mut part) {
        let request = &part[..count];
        let sent = if request.windows(words.len()).any(|found| found == words) {
            let told = caller.write_all(meddling.answer.as_bytes());
            // For as long as somebody waits.
            while meddling.hangs && matches!(caller.read(&mut part), Ok(1..)) {}
            told
        } else {
            to.write_all(request)
        };
        if sent.is_err() {
            break;
        }
    }
    let _ = behind.shutdown(Shutdown::Both);
}
