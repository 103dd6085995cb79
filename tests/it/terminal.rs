//! A terminal for the program under test: a real pseudo-terminal, and the picture that its output draws on a screen.

use std::io::Read;
use std::io::Write;
use std::num::NonZeroU16;
use std::process::Command;
use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;
use std::time::Instant;

use portable_pty::Child;
use portable_pty::CommandBuilder;
use portable_pty::MasterPty;
use portable_pty::PtySize;
use portable_pty::native_pty_system;

/// So many seconds are waited for at least: a machine that is busy is slow, and what comes late is not wrong.
const LEAST: u64 = 60;

/// A command in a terminal. It is ended with the terminal.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    seen: Arc<Seen>,
}

/// What was drawn so far, and a bell for whoever waits for more.
struct Seen {
    drawn: Mutex<Drawn>,
    changed: Condvar,
}

struct Drawn {
    screen: vt100::Parser,
    bytes: Vec<u8>,
    closed: bool,
}

impl Terminal {
    /// Starts a command in a terminal of so many columns and rows: its program, arguments, folder and the variables
    /// set on it; `TERM` is that of an ordinary terminal unless it is among them.
    pub fn spawn(command: &Command, columns: u16, rows: u16) -> Terminal {
        let pair = native_pty_system().openpty(size(columns, rows)).expect("a pseudo-terminal");
        let child = pair.slave.spawn_command(built(command)).expect("the command in a terminal");
        // Only the command holds its end, so that ours closes with it.
        drop(pair.slave);
        let reader = pair.master.try_clone_reader().expect("what it draws");
        let keys = pair.master.take_writer().expect("what is typed");
        let screen = vt100::Parser::new(cells(rows), cells(columns), 2000);
        let drawn = Drawn { screen, bytes: Vec::new(), closed: false };
        let seen = Arc::new(Seen { drawn: Mutex::new(drawn), changed: Condvar::new() });
        let filled = Arc::clone(&seen);
        std::thread::spawn(move || filled.fill(reader));
        Terminal { child, master: pair.master, keys, seen }
    }

    /// Types: `\r` is the enter key, `\t` the tabulator, `\x03` Ctrl-C, `\x04` Ctrl-D.
    pub fn send(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).and_then(|()| self.keys.flush()).expect("typed");
    }

    /// Waits until the screen shows `text`; the test stops where it does not within so many seconds.
    #[track_caller]
    pub fn wait_for(&self, text: &str, seconds: u64) {
        self.wait_until(seconds, text, |screen| screen.contains(text));
    }

    /// Waits until the screen is as it must be; `what` names that where it does not come.
    #[track_caller]
    pub fn wait_until(&self, seconds: u64, what: &str, is_so: impl Fn(&str) -> bool) {
        let shown = self.waited(seconds, |drawn| is_so(&drawn.screen.screen().contents()));
        assert!(shown, "not on the screen within {} s: {what}\n{}", seconds.max(LEAST), self.screen());
    }

    /// What the screen shows now, line by line.
    pub fn screen(&self) -> String {
        self.drawn().screen.screen().contents()
    }

    /// Everything that was drawn so far, scrolled away or not, with its control sequences.
    pub fn output(&self) -> String {
        String::from_utf8_lossy(&self.drawn().bytes).into_owned()
    }

    /// Gives the terminal another size; the command is told by a signal.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.master.resize(size(columns, rows)).expect("resized");
        self.drawn().screen.screen_mut().set_size(cells(rows), cells(columns));
    }

    /// The id of the command's process.
    pub fn id(&self) -> u32 {
        self.child.process_id().expect("a process")
    }

    /// Waits for the command's end, and for everything it drew: its exit code.
    #[track_caller]
    pub fn code(&mut self, seconds: u64) -> u32 {
        let ended = self.waited(seconds, |drawn| drawn.closed);
        assert!(ended, "still running after {seconds} s\n{}", self.screen());
        self.child.wait().expect("an end").exit_code()
    }

    fn drawn(&self) -> MutexGuard<'_, Drawn> {
        self.seen.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waited(&self, seconds: u64, enough: impl Fn(&Drawn) -> bool) -> bool {
        let end = Instant::now() + Duration::from_secs(seconds.max(LEAST));
        let mut drawn = self.drawn();
        while !enough(&drawn) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || drawn.closed {
                return enough(&drawn);
            }
            let woken = self.seen.changed.wait_timeout(drawn, left);
            drawn = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Seen {
    fn fill(&self, mut reader: Box<dyn Read + Send>) {
        let mut buffer = [0; 4096];
        loop {
            let read = reader.read(&mut buffer).unwrap_or(0);
            let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
            drawn.screen.process(&buffer[..read]);
            drawn.bytes.extend_from_slice(&buffer[..read]);
            drawn.closed = read == 0;
            self.changed.notify_all();
            if read == 0 {
                return;
            }
        }
    }
}

/// A screen has a cell at least.
fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("a size")
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

/// The command in the words of the pseudo-terminal's crate.
fn built(command: &Command) -> CommandBuilder {
    let mut built = CommandBuilder::new(command.get_program());
    built.args(command.get_args());
    built.env("TERM", "xterm-256color");
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => built.env(name, value),
            None => built.env_remove(name),
        }
    }
    if let Some(folder) = command.get_current_dir() {
        built.cwd(folder);
    }
    built
}

#[test]
fn a_terminal_draws_is_typed_into_resizes_and_ends() {
    let script = "trap 'echo resized' WINCH; stty size; printf '\\033[2J\\033[3;5Hthere'; \
                  read -r word; echo \"got $word on $(stty size)\"; exit 7";
    let mut terminal = Terminal::spawn(Command::new("bash").args(["-c", script]), 60, 20);
    terminal.wait_for("there", 10);
    assert_eq!(terminal.screen(), "\n\n    there");
    assert!(terminal.output().contains("20 60"), "{}", terminal.output());
    assert!(std::path::Path::new(&format!("/proc/{}", terminal.id())).exists());
    terminal.resize(100, 30);
    terminal.send("word\r");
    // Bash tells of the signal once it has read its line.
    assert_eq!(terminal.code(10), 7);
    let screen = terminal.screen();
    assert!(screen.contains("resized") && screen.contains("got word on 30 100"), "{screen}");
}
