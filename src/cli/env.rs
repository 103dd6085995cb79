//! The home of the environment: variables, the clock, the terminal. Everything else is told.
#![expect(clippy::disallowed_methods, reason = "this is the one place that may read them")]

use std::io::IsTerminal;
use std::path::PathBuf;

use etcetera::BaseStrategy;
use jiff::Timestamp;

use crate::docker::DockerEnv;
use crate::postgres::Login;
use crate::text::Lang;

/// How the name of a program ends on this system.
pub(crate) use std::env::consts::EXE_SUFFIX;

/// What the environment says.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an answer of the terminal's, independent of the others"
)]
pub(crate) struct Env {
    /// Docker's own variables.
    pub docker: DockerEnv,
    /// Where sessions are kept: `DOCKER_LAB_HOME`, else the platform's data folder.
    pub home: PathBuf,
    /// The PostgreSQL on which the results of rooms are kept: `DOCKER_LAB_STORE`.
    pub store: Option<String>,
    /// How to log in there: libpq's own variables.
    pub login: Login,
    /// `DOCKER_LAB_LANG`, else the locale, else French.
    pub lang: Lang,
    /// Whether stdin and stdout are terminals and nobody forbade questions.
    pub interactive: bool,
    /// Whether stdout takes colours.
    pub color: bool,
    /// Whether the terminal can do nothing but write on (`TERM=dumb`).
    pub plain: bool,
    /// Whether stderr is a terminal, so that what is said there is wrapped.
    pub wrap: bool,
    /// The terminal's width in columns.
    pub width: usize,
    /// The user's shell: `SHELL`.
    pub shell: Option<PathBuf>,
    /// The current folder.
    pub here: PathBuf,
    /// The socket by which the docker CLI tells its plugin to end: `DOCKER_CLI_PLUGIN_SOCKET`.
    pub plugin_socket: Option<String>,
    /// Where programs are looked for.
    pub path: Vec<PathBuf>,
    /// Where a daemon of the user's own listens: rootless Docker, Docker Desktop.
    pub sockets: Vec<PathBuf>,
}

impl Env {
    /// Reads everything once.
    pub(crate) fn read() -> Env {
        // Folders are absolute: they are handed on to commands that run elsewhere.
        let here = std::env::current_dir().unwrap_or_default();
        let config = variable("DOCKER_CONFIG")
            .map_or_else(|| user_folder().join(".docker"), |folder| here.join(folder));
        let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        let plain = variable("TERM").is_some_and(|term| term == "dumb");
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| variable(name));
        let lang = variable("DOCKER_LAB_LANG")
            .and_then(|lang| Lang::from_locale(&lang))
            .or_else(|| locale.and_then(|locale| Lang::from_locale(&locale)));
        Env {
            docker: DockerEnv {
                host: variable("DOCKER_HOST"),
                context: variable("DOCKER_CONTEXT"),
                tls: variable("DOCKER_TLS_VERIFY").is_some(),
                certs: variable("DOCKER_CERT_PATH")
                    .map_or_else(|| config.clone(), |folder| here.join(folder)),
                config,
                ..DockerEnv::default()
            },
            home: variable("DOCKER_LAB_HOME").map_or_else(data_folder, |home| here.join(home)),
            store: variable("DOCKER_LAB_STORE"),
            login: Login {
                password: variable("PGPASSWORD"),
                passfile: variable("PGPASSFILE")
                    .map_or_else(|| user_folder().join(".pgpass"), |file| here.join(file)),
                root: variable("PGSSLROOTCERT").map(|file| here.join(file)),
            },
            lang: lang.unwrap_or_default(),
            interactive: terminal && variable("CI").is_none(),
            color: std::io::stdout().is_terminal() && variable("NO_COLOR").is_none() && !plain,
            plain,
            wrap: std::io::stderr().is_terminal(),
            width: columns(),
            shell: variable("SHELL").map(PathBuf::from),
            here,
            plugin_socket: variable("DOCKER_CLI_PLUGIN_SOCKET"),
            path: variable("PATH").map_or_else(Vec::new, |path| std::env::split_paths(&path).collect()),
            sockets: variable("XDG_RUNTIME_DIR")
                .map(|folder| PathBuf::from(folder).join("docker.sock"))
                .into_iter()
                .chain(
                    ["desktop", "run"]
                        .map(|part| user_folder().join(".docker").join(part).join("docker.sock")),
                )
                .collect(),
        }
    }
}

/// The file of the running program, links followed where the system does so.
pub(crate) fn program() -> std::io::Result<PathBuf> {
    std::env::current_exe()
}

impl Env {
    /// Where a program is, if it is on the path.
    pub(crate) fn program(&self, name: &str) -> Option<PathBuf> {
        let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        self.path.iter().map(|folder| folder.join(&name)).find(|path| path.is_file())
    }
}

/// The time.
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// The terminal's width in columns; 80 where there is none.
pub(crate) fn columns() -> usize {
    usize::from(console::Term::stdout().size_checked().map_or(80, |(_, columns)| columns))
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
