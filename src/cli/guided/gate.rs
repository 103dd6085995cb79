//! Who may write to the terminal: whoever prints, or the editor that is about to show its prompt.
//!
//! The editor's own printer writes straight to the terminal while the editor is not in raw mode, and asks for that
//! before it writes (rustyline 19, `tty/unix.rs`, `ExternalPrinter::print`): a text that is written a moment later
//! would stand behind the prompt, on its line, and the prompt would not come again.

use std::io::Write;
use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use rustyline::ExternalPrinter;

/// What the editor does.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Stage {
    /// No line is being asked for.
    #[default]
    Away,
    /// A line is about to be asked for: nobody may write.
    Opening,
    /// The prompt stands; the editor's printer prints above it.
    Reading,
}

/// See the module.
#[derive(Clone, Default)]
pub(super) struct Gate {
    shared: Arc<(Mutex<Stage>, Condvar)>,
}

impl Gate {
    /// A line is about to be asked for.
    pub(super) fn opening(&self) {
        self.set(Stage::Opening);
    }

    /// The prompt is being drawn.
    pub(super) fn reading(&self) {
        self.set(Stage::Reading);
    }

    /// The line has come.
    pub(super) fn away(&self) {
        self.set(Stage::Away);
    }

    /// Prints above the prompt, or where there is none.
    pub(super) fn print(&self, text: String, printer: &mut impl ExternalPrinter) -> rustyline::Result<()> {
        let (_, changed) = &*self.shared;
        let stage = changed.wait_while(self.stage(), |stage| *stage == Stage::Opening);
        let stage = stage.unwrap_or_else(PoisonError::into_inner);
        if *stage == Stage::Away {
            // Held meanwhile, so that no prompt begins.
            let mut out = std::io::stdout().lock();
            return Ok(out.write_all(text.as_bytes()).and_then(|()| out.flush())?);
        }
        // The editor takes one text at a time, and none in the midst of a completion.
        drop(stage);
        printer.print(text)
    }

    fn set(&self, now: Stage) {
        *self.stage() = now;
        self.shared.1.notify_all();
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    struct Above(mpsc::Sender<String>);

    impl ExternalPrinter for Above {
        fn print(&mut self, text: String) -> rustyline::Result<()> {
            self.0.send(text).map_err(std::io::Error::other)?;
            Ok(())
        }
    }

    #[test]
    fn what_is_printed_while_a_prompt_opens_waits_until_it_stands() {
        let gate = Gate::default();
        gate.opening();
        let (above, printed) = mpsc::channel();
        let printing = gate.clone();
        std::thread::spawn(move || printing.print("tick".to_owned(), &mut Above(above)));
        assert!(printed.recv_timeout(Duration::from_millis(100)).is_err(), "it did not wait");
        gate.reading();
        assert_eq!(printed.recv_timeout(Duration::from_secs(10)).as_deref(), Ok("tick"));
    }
}
