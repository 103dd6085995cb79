//! The terminal: data to stdout (or `--output`), everything else to stderr.

use std::io::Write;
use std::path::PathBuf;

use crate::cli::args::Common;
use crate::cli::env::Env;
use crate::error::Error;
use crate::error::Result;
use crate::report::Format;
use crate::report::Page;
use crate::text::Lang;
use crate::text::Text;
use crate::text::say;

/// The terminal, and what was asked of it.
#[derive(Clone, Debug)]
pub(crate) struct Ui {
    /// The language.
    pub lang: Lang,
    /// The form of the output.
    pub format: Format,
    /// Whether questions may be asked.
    pub interactive: bool,
    /// How stdout is written to.
    pub page: Page,
    /// Whether what is said on stderr is wrapped: a log wants whole lines.
    wrap: bool,
    /// Whether nothing is said on stderr.
    silent: bool,
    output: Option<PathBuf>,
}

/// A request to the daemon, as it goes by.
pub(super) fn trace(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", crate::report::clean(line));
}

/// Writes to stdout; answers whether anybody reads it.
fn print(text: &str) -> Result<bool> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        // A reader that went away (`| head`) has what it wanted.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Error::environment(say!(
            "la sortie n'a pas pu être écrite",
            "the output could not be written"
        ))
        .because(error)),
    }
}

impl Ui {
    /// From the arguments and the environment.
    pub(crate) fn new(common: &Common, env: &Env) -> Ui {
        let plain = common.plain || env.plain;
        Ui {
            lang: common.lang.unwrap_or(env.lang),
            format: common.format,
            interactive: env.interactive && !common.no_input,
            page: Page {
                width: env.width,
                color: env.color && !plain && common.output.is_none(),
                verbose: common.verbose,
                plain,
            },
            wrap: env.wrap,
            silent: false,
            output: common.output.clone(),
        }
    }

    /// The same, saying nothing: for what is done many times over.
    pub(crate) fn silent(&self) -> Ui {
        Ui { silent: true, ..self.clone() }
    }

    /// More data, after what was written before; answers whether anybody still reads.
    pub(crate) fn more(&self, text: &str) -> Result<bool> {
        let Some(path) = &self.output else { return print(text) };
        let shown = path.display();
        let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
        file.and_then(|mut file| file.write_all(text.as_bytes())).map(|()| true).map_err(|error| {
            Error::environment(say!("`{shown}` n'a pas pu être écrit", "`{shown}` could not be written"))
                .because(error)
        })
    }

    /// Data: what a script would read.
    pub(crate) fn data(&self, text: &str) -> Result<()> {
        let Some(path) = &self.output else { return print(text).map(drop) };
        let shown = path.display();
        std::fs::write(path, text).map_err(|error| {
            Error::environment(say!("`{shown}` n'a pas pu être écrit", "`{shown}` could not be written"))
                .because(error)
        })
    }

    /// A word to the person in front of the terminal.
    pub(crate) fn note(&self, text: &Text) {
        self.tell("", &text.get(self.lang));
    }

    /// Lines that are laid out already.
    pub(crate) fn note_plain(&self, text: &str) {
        if !self.silent {
            let _ = std::io::stderr().lock().write_all(text.as_bytes());
        }
    }

    /// An error, with its next steps.
    pub(crate) fn complain(&self, error: &Error) {
        for line in crate::report::clean(&error.render(self.lang)).lines() {
            let text = line.trim_start();
            self.tell(&line[..line.len() - text.len()], text);
        }
    }

    fn tell(&self, indent: &str, text: &str) {
        if self.wrap {
            self.note_plain(&self.page.paragraph(indent, text));
        } else {
            self.note_plain(&format!("{indent}{}\n", crate::report::clean(text)));
        }
    }

    /// The wording in the chosen language.
    pub(crate) fn say(&self, text: &Text) -> String {
        text.get(self.lang).into_owned()
    }
}
