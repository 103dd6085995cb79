//! The prompt: lines with history and completion, on a thread of its own, so that ticks can appear above what is
//! being typed.

use std::borrow::Cow;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::sync::mpsc as blocking;

use rustyline::CompletionType;
use rustyline::Config;
use rustyline::Context;
use rustyline::Editor;
use rustyline::ExternalPrinter;
use rustyline::Helper;
use rustyline::completion::Completer;
use rustyline::completion::FilenameCompleter;
use rustyline::completion::Pair;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::ValidationContext;
use rustyline::validate::ValidationResult;
use rustyline::validate::Validator;
use tokio::sync::mpsc;

use crate::cli::guided::gate::Gate;
use crate::cli::guided::unfinished::is_unfinished;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;

/// So many lines are remembered.
const REMEMBERED: usize = 1000;

/// What came of asking for a line.
#[derive(Debug)]
pub(super) enum Line {
    /// A line, perhaps of several.
    Typed(String),
    /// Ctrl-C: what was being typed is dropped.
    Dropped,
    /// Ctrl-D, or the terminal is gone.
    End,
}

/// The prompt; asking and answering are apart, so that nothing waits in between.
pub(super) struct Prompt {
    ask: blocking::Sender<String>,
    answers: mpsc::UnboundedReceiver<Line>,
    /// Prints above the line that is being edited; nobody edits in a plain terminal.
    printer: Option<blocking::Sender<String>>,
    asked: bool,
    /// What was typed so far of a line that goes on is not meant. Only a plain terminal needs to be told.
    dropped: Arc<AtomicBool>,
    /// The prompt is to be shown again, though it was.
    again: bool,
}

impl Prompt {
    /// A prompt without editing, history or cursor movement: for screen readers, logs and dumb terminals.
    pub(super) fn plain() -> Prompt {
        let (ask, asked) = blocking::channel::<String>();
        let (answer, answers) = mpsc::unbounded_channel();
        let dropped = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&dropped);
        std::thread::spawn(move || {
            while let Ok(prompt) = asked.recv() {
                if answer.send(read_plainly(&prompt, &seen)).is_err() {
                    return;
                }
            }
        });
        Prompt { ask, answers, printer: None, asked: false, dropped, again: false }
    }

    /// Opens the terminal. `names` are completed wherever a word begins; lines are remembered in `history`.
    pub(super) fn open(names: Vec<String>, history: &Path, color: bool) -> Result<Prompt> {
        let unusable = |error: ReadlineError| {
            Error::environment(say!(
                "ce terminal ne permet pas la saisie",
                "nothing can be typed in this terminal"
            ))
            .because(error)
            .hint(say!(
                "`docker-lab start --no-input` montre l'étape et rend la main",
                "`docker-lab start --no-input` shows the step and returns"
            ))
        };
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .max_history_size(REMEMBERED)
            .and_then(|config| config.history_ignore_dups(true))
            .map_err(unusable)?
            .bracketed_paste(true)
            .build();
        let mut editor: Editor<Aid, FileHistory> = Editor::with_config(config).map_err(unusable)?;
        let gate = Gate::default();
        editor.set_helper(Some(Aid { names, color, files: FilenameCompleter::new(), gate: gate.clone() }));
        // A history that cannot be read is no reason to stop.
        let _ = editor.load_history(history);
        let printer = printer(gate.clone(), editor.create_external_printer().map_err(unusable)?);
        let (ask, asked) = blocking::channel::<String>();
        let (answer, answers) = mpsc::unbounded_channel();
        let history = history.to_owned();
        std::thread::spawn(move || {
            while let Ok(prompt) = asked.recv() {
                gate.opening();
                let line = read(&mut editor, &prompt);
                gate.away();
                // Saved at once: the terminal may be closed at any time.
                let _ = editor.save_history(&history);
                if answer.send(line).is_err() {
                    return;
                }
            }
        });
        let dropped = Arc::default();
        Ok(Prompt { ask, answers, printer: Some(printer), asked: false, dropped, again: false })
    }

    /// Shows the prompt, unless it is shown already, and waits for a line. May be dropped and called again.
    pub(super) async fn line(&mut self, prompt: &str) -> Line {
        if !self.asked && self.ask.send(prompt.to_owned()).is_err() {
            return Line::End;
        }
        if std::mem::take(&mut self.again) {
            show(prompt);
        }
        self.asked = true;
        let line = self.answers.recv().await.unwrap_or(Line::End);
        self.asked = false;
        line
    }

    /// Ctrl-C came as a signal while a line was being typed: it begins anew.
    pub(super) fn drop_line(&mut self) {
        self.dropped.store(true, Ordering::SeqCst);
        self.again = self.asked && self.printer.is_none();
    }

    /// Prints above what is being typed.
    pub(super) fn print(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        // A terminal that is gone is noticed by the next line.
        let _ = match &self.printer {
            Some(printer) => printer.send(text.to_owned()).map_err(std::io::Error::other),
            None => std::io::stdout().lock().write_all(format!("\n{text}").as_bytes()),
        };
    }
}

/// Prints on a thread of its own: in the midst of a completion or a search the editor takes nothing, and whoever
/// prints waits.
fn printer(gate: Gate, mut printer: impl ExternalPrinter + Send + 'static) -> blocking::Sender<String> {
    let (print, texts) = blocking::channel::<String>();
    std::thread::spawn(move || {
        while let Ok(text) = texts.recv() {
            if gate.print(text, &mut printer).is_err() {
                return;
            }
        }
    });
    print
}

fn read(editor: &mut Editor<Aid, FileHistory>, prompt: &str) -> Line {
    match editor.readline(prompt) {
        Ok(line) => {
            let _ = editor.add_history_entry(line.as_str());
            Line::Typed(line)
        }
        Err(ReadlineError::Interrupted) => Line::Dropped,
        Err(_) => Line::End,
    }
}

/// Reads whole lines until the command is finished; what was `dropped` meanwhile does not count.
fn read_plainly(prompt: &str, dropped: &AtomicBool) -> Line {
    let mut text = String::new();
    dropped.store(false, Ordering::SeqCst);
    show(prompt);
    loop {
        let before = text.len();
        let read = std::io::stdin().read_line(&mut text);
        if dropped.swap(false, Ordering::SeqCst) {
            text.drain(..before);
        }
        match read {
            Ok(0) | Err(_) => return Line::End,
            Ok(_) if is_unfinished(text.trim_end_matches('\n')) => show("> "),
            Ok(_) => return Line::Typed(text.trim_end_matches(['\n', '\r']).to_owned()),
        }
    }
}

fn show(prompt: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(prompt.as_bytes()).and_then(|()| out.flush());
}

/// Completion and the decision whether a line is whole.
struct Aid {
    names: Vec<String>,
    /// Whether the prompt stands out.
    color: bool,
    files: FilenameCompleter,
    /// Told that the prompt stands: the editor asks for a hint whenever it draws, after it has taken the terminal.
    gate: Gate,
}

impl Completer for Aid {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        at: usize,
        context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let typed = line.get(..at).unwrap_or(line);
        let begin = typed.rfind([' ', '=', ':', '"', '\'', '\n']).map_or(0, |before| before + 1);
        let word = typed.get(begin..).unwrap_or_default();
        let fits = self.names.iter().filter(|name| !word.is_empty() && name.starts_with(word));
        let found: Vec<Pair> =
            fits.map(|name| Pair { display: name.clone(), replacement: name.clone() }).collect();
        if found.is_empty() { self.files.complete(line, at, context) } else { Ok((begin, found)) }
    }
}

impl Validator for Aid {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(if is_unfinished(context.input()) {
            ValidationResult::Incomplete
        } else {
            // The editor takes nothing more to print: what it were given now would wait for the next prompt.
            self.gate.opening();
            ValidationResult::Valid(None)
        })
    }
}

impl Hinter for Aid {
    type Hint = String;

    fn hint(&self, _: &str, _: usize, _: &Context<'_>) -> Option<String> {
        self.gate.reading();
        None
    }
}

impl Highlighter for Aid {
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _default: bool) -> Cow<'b, str> {
        if self.color { Cow::Owned(format!("\x1b[1m{prompt}\x1b[0m")) } else { Cow::Borrowed(prompt) }
    }
}

impl Helper for Aid {}
