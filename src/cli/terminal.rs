//! The terminal as it was found: whatever happens, it is left so.

/// Keeps the terminal's settings, and sets them again when it is dropped.
pub(super) struct Sane {
    #[cfg(unix)]
    before: Option<rustix::termios::Termios>,
}

impl Sane {
    /// Keeps the settings of now.
    pub(super) fn keep() -> Sane {
        Sane {
            #[cfg(unix)]
            before: rustix::termios::tcgetattr(std::io::stdin()).ok(),
        }
    }
}

impl Sane {
    /// Sets them again.
    pub(super) fn restore(&self) {
        #[cfg(unix)]
        if let Some(before) = &self.before {
            set(before);
        }
    }
}

impl Drop for Sane {
    fn drop(&mut self) {
        self.restore();
    }
}

#[cfg(unix)]
fn set(before: &rustix::termios::Termios) {
    use std::io::Write;
    let now = rustix::termios::tcgetattr(std::io::stdin());
    // Only what was ended in the midst of a key leaves something to mend.
    if now.is_ok_and(|now| now.local_modes == before.local_modes) {
        return;
    }
    let _ = rustix::termios::tcsetattr(std::io::stdin(), rustix::termios::OptionalActions::Now, before);
    // Pasted text is no longer marked, and the next prompt begins on a line of its own.
    let _ = std::io::stdout().lock().write_all(b"\x1b[?2004l\r\n");
}

/// Shows the cursor again when it is dropped: a prompt that is broken off leaves it hidden.
pub(super) struct Cursor;

impl Drop for Cursor {
    fn drop(&mut self) {
        let _ = console::Term::stderr().show_cursor();
    }
}
