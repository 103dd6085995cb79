//! A question with yes or no. However it ends — answered, broken off, or the program told to stop meanwhile — the
//! terminal is left as it was found.

use std::io;

use dialoguer::Confirm;

use crate::cli::terminal::Cursor;
use crate::cli::terminal::Sane;
use crate::cli::ui::Ui;
use crate::text::Text;
use crate::text::say;

/// Asks; an answer that does not come (Ctrl-C, a closed terminal) is an error.
pub(super) async fn confirm(question: &Text, ui: &Ui) -> io::Result<bool> {
    let _sane = Sane::keep();
    let _cursor = (!ui.page.plain).then(|| Cursor);
    let (question, ui) = (question.clone(), ui.clone());
    // A prompt blocks. On a thread of its own it does not keep signals from ending the program.
    let (send, receive) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || drop(send.send(ask(&question, &ui))));
    receive.await.unwrap_or_else(|gone| Err(io::Error::other(gone)))
}

/// The same where somebody waits on a thread of their own already.
pub(super) fn ask(question: &Text, ui: &Ui) -> io::Result<bool> {
    if ui.page.plain {
        return typed(question, ui);
    }
    Ok(Confirm::new().with_prompt(ui.say(question)).default(false).interact()?)
}

/// Asks on a line, so that nothing on the screen moves.
fn typed(question: &Text, ui: &Ui) -> io::Result<bool> {
    let how = ui.say(&say!("o = oui, n = non", "y = yes, n = no"));
    loop {
        ui.note_plain(&format!("{} ({how})\n> ", ui.say(question)));
        let mut line = String::new();
        if io::stdin().read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim().to_lowercase().as_str() {
            "o" | "oui" | "y" | "yes" => return Ok(true),
            "n" | "non" | "no" => return Ok(false),
            _ => {}
        }
    }
}
