//! The home of the environment: variables, the clock, the terminal. Everything else is told.
#![expect(clippy::disallowed_methods, reason = "this is the one place that may read them")]

use std::io::IsTerminal;
use std::path::PathBuf;

use etcetera::BaseStrategy;
use jiff::Timestamp;

use crate::docker::DockerEnv;
use crate::text::Lang;

/// What the environment says.
#[derive(Clone, Debug)]
pub(crate) struct Env {
    /// Docker's own variables.
    pub docker: DockerEnv,
    /// Where sessions are kept: `DOCKER_LAB_HOME`, else the platform's data folder.
    pub home: PathBuf,
    /// `DOCKER_LAB_LANG`, else the locale, else French.
    pub lang: Lang,
    /// Whether stdin and stdout are terminals and nobody forbade questions.
    pub interactive: bool,
    /// Whether stdout takes colours.
    pub color: bool,
    /// Whether stderr is a terminal, so that what is said there is wrapped.
    pub wrap: bool,
    /// The terminal's width in columns.
    pub width: usize,
    /// The current folder.
    pub here: PathBuf,
}

impl Env {
    /// Reads everything once.
    pub(crate) fn read() -> Env {
        let config = variable("DOCKER_CONFIG").map_or_else(|| user_folder().join(".docker"), PathBuf::from);
        let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| variable(name));
        let lang = variable("DOCKER_LAB_LANG")
            .and_then(|lang| Lang::from_locale(&lang))
            .or_else(|| locale.and_then(|locale| Lang::from_locale(&locale)));
        Env {
            docker: DockerEnv {
                host: variable("DOCKER_HOST"),
                context: variable("DOCKER_CONTEXT"),
                tls: variable("DOCKER_TLS_VERIFY").is_some(),
                certs: variable("DOCKER_CERT_PATH").map_or_else(|| config.clone(), PathBuf::from),
                config,
            },
            home: variable("DOCKER_LAB_HOME").map_or_else(data_folder, PathBuf::from),
            lang: lang.unwrap_or_default(),
            interactive: terminal && variable("CI").is_none(),
            color: std::io::stdout().is_terminal()
                && variable("NO_COLOR").is_none()
                && variable("TERM").is_none_or(|term| term != "dumb"),
            wrap: std::io::stderr().is_terminal(),
            width: usize::from(console::Term::stdout().size_checked().map_or(80, |(_, columns)| columns)),
            here: std::env::current_dir().unwrap_or_default(),
        }
    }
}

/// The time.
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// A variable that is set and not empty.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn user_folder() -> PathBuf {
    etcetera::home_dir().unwrap_or_default()
}

fn data_folder() -> PathBuf {
    let base = etcetera::choose_base_strategy();
    base.map_or_else(|_| user_folder().join(".docker-lab"), |base| base.data_dir().join("docker-lab"))
}
