//! Docker engines of the tests' own, started once and shared; they end with the test process. The machine's own
//! engine only gives the images.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::ChildStdout;
use std::process::Command;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::OnceLock;

use tempfile::TempDir;

/// A running engine. Its script ends it when our end of the pipe closes.
pub struct Engine {
    pub socket: PathBuf,
    child: Child,
    answers: Mutex<BufReader<ChildStdout>>,
    _folder: TempDir,
}

/// The engine that tests share, each with a prefix of its own.
pub fn shared() -> &'static Engine {
    static SHARED: OnceLock<Engine> = OnceLock::new();
    SHARED.get_or_init(|| Engine::start("lab-shared").with_images())
}

/// The engine for tests that use the lab's bare names or remove what is unused: one test at a time.
pub fn alone() -> (&'static Engine, MutexGuard<'static, ()>) {
    static ALONE: OnceLock<Engine> = OnceLock::new();
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let engine = ALONE.get_or_init(|| Engine::start("lab-alone").with_images());
    engine.clear();
    (engine, turn)
}

/// The images that all steps of the labs need, in one file, saved once.
pub fn images() -> &'static PathBuf {
    static IMAGES: OnceLock<PathBuf> = OnceLock::new();
    IMAGES.get_or_init(|| saved("images.tar", &["alpine", "nginx", "postgres:15-alpine"]))
}

/// The image that few tests need: the others would only become slower.
fn seventeen() -> &'static PathBuf {
    static SEVENTEEN: OnceLock<PathBuf> = OnceLock::new();
    SEVENTEEN.get_or_init(|| saved("seventeen.tar", &["postgres:17-alpine"]))
}

fn saved(file: &str, images: &[&str]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(file);
    let saved = Command::new("docker").args(["save", "-o"]).arg(&path).args(images).status();
    assert!(saved.expect("docker").success(), "the images are missing: `make test` builds them");
    path
}

/// An engine for one test, with the images.
pub fn own(name: &str) -> Engine {
    Engine::start(name).with_images()
}

impl Engine {
    /// Starts an engine without images.
    pub fn start(name: &str) -> Engine {
        Engine::start_with(name, "")
    }

    /// The same, with flags for dockerd.
    pub fn start_with(name: &str, flags: &str) -> Engine {
        let folder = TempDir::new().expect("a folder");
        let dir = folder.path().join("engine");
        let mut child = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engine/start.sh"))
            .arg(&dir)
            .arg(name)
            .env("DOCKERD_FLAGS", flags)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the engine's script");
        let mut answers = BufReader::new(child.stdout.take().expect("its output"));
        let mut socket = String::new();
        answers.read_line(&mut socket).expect("its socket");
        assert!(!socket.is_empty(), "the test engine did not start");
        let socket = PathBuf::from(socket.trim());
        Engine { socket, child, answers: Mutex::new(answers), _folder: folder }
    }

    /// A program in the engine's own network.
    pub fn inside(&self, program: &str) -> Command {
        let pid = std::fs::read_to_string(self.socket.with_file_name("pid")).expect("the engine's pid");
        let mut command = Command::new("nsenter");
        command.args(["--net", "-t", pid.trim(), program]);
        command
    }

    /// Ends the engine and starts it again, with the same data.
    pub fn restart(&self) {
        let mut input = self.child.stdin.as_ref().expect("its input");
        input.write_all(b"restart\n").expect("its script");
        let mut socket = String::new();
        self.answers.lock().expect("its output").read_line(&mut socket).expect("its socket");
        assert!(!socket.is_empty(), "the test engine did not start again");
    }

    /// Sends a signal to the engine's process: `STOP` makes a machine that hangs.
    pub fn signal(&self, name: &str) {
        let pid = std::fs::read_to_string(self.socket.with_file_name("pid")).expect("its pid");
        let sent = Command::new("kill").arg(format!("-{name}")).arg(pid.trim()).status();
        assert!(sent.expect("kill").success());
    }

    fn with_images(self) -> Engine {
        self.load(images());
        self
    }

    /// Makes sure that `postgres:17-alpine` is there, too.
    pub fn load_seventeen(&self) {
        if self.docker(&["image", "ls", "-q", "postgres:17-alpine"]).is_empty() {
            self.load(seventeen());
        }
    }

    fn load(&self, file: &Path) {
        let loaded = self.docker(&["load", "-q", "-i", &file.display().to_string()]);
        assert!(loaded.contains("Loaded"), "{loaded}");
    }

    /// The value of `DOCKER_HOST`.
    pub fn host(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    /// The docker CLI on this engine; its output.
    pub fn docker(&self, args: &[&str]) -> String {
        let output = Command::new("docker").arg("-H").arg(self.host()).args(args).output().expect("docker");
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    }

    /// Removes all containers and volumes: only on an engine that is alone.
    fn clear(&self) {
        let containers = self.docker(&["ps", "-aq"]);
        for id in containers.split_whitespace() {
            self.docker(&["rm", "-f", "-v", id]);
        }
        for name in self.docker(&["volume", "ls", "-q"]).split_whitespace() {
            self.docker(&["volume", "rm", name]);
        }
    }
}
