//! One file a command: arguments, then a short story. The only home of dialoguer, indicatif and the environment.

mod args;
mod check;
mod completions;
mod desk;
mod doctor;
mod env;
mod french;
mod hint;
mod images;
mod list;
mod misuse;
mod quiz;
mod report;
mod reset;
mod run;
mod start;
mod status;
mod ui;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::CommandFactory;
use clap::FromArgMatches;

use crate::cli::args::Cli;
use crate::cli::args::Command;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::docker;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::text::Lang;
use crate::text::say;

/// Parses, runs, and turns the outcome into an exit code.
pub(crate) fn run(args: Vec<OsString>) -> ExitCode {
    let env = Env::read();
    let lang = asked_language(&args).unwrap_or(env.lang);
    let command = match lang {
        Lang::Fr => french::translated(Cli::command()),
        Lang::En => Cli::command(),
    };
    let parsed = command.try_get_matches_from(args).and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return misuse::tell(&error, lang),
    };
    let ui = Ui::new(&cli.common, &env);
    let outcome = runtime().and_then(|runtime| runtime.block_on(until_interrupted(cli, env, &ui)));
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) => {
            ui.complain(&error);
            error.exit.into()
        }
    }
}

/// Two threads are enough: one waits, one reads archives.
fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(|error| {
        Error::environment(say!("le programme n'a pas pu démarrer", "the program could not start"))
            .because(error)
    })
}

async fn until_interrupted(cli: Cli, env: Env, ui: &Ui) -> Result<Exit> {
    let outcome = tokio::select! {
        outcome = dispatch(cli, env, ui) => outcome,
        () = asked_to_stop() => Err(Error::interrupted(say!(
            "interrompu ; ce qui est fait est gardé",
            "interrupted; what is done is kept"
        ))),
    };
    docker::settle().await;
    outcome
}

/// Ctrl-C, a closed terminal, or a polite request to end.
#[cfg(unix)]
async fn asked_to_stop() {
    use tokio::signal::unix::SignalKind;
    use tokio::signal::unix::signal;
    let (Ok(mut end), Ok(mut closed)) = (signal(SignalKind::terminate()), signal(SignalKind::hangup()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = end.recv() => {}
        _ = closed.recv() => {}
    }
}

#[cfg(not(unix))]
async fn asked_to_stop() {
    let _ = tokio::signal::ctrl_c().await;
}

async fn dispatch(cli: Cli, env: Env, ui: &Ui) -> Result<Exit> {
    let common = cli.common;
    match cli.command {
        Command::List => list::list(&common, &env, ui),
        Command::Start(args) => start::start(&args, &common, &env, ui).await,
        Command::Check(args) => check::check(&args, &common, &env, ui).await,
        Command::Run(args) => run::run(&args, &common, &env, ui).await,
        Command::Hint(args) => hint::hint(&args, &common, &env, ui),
        Command::Solution(args) => hint::solution(&args, &common, &env, ui),
        Command::Status(args) => status::status(&args, &common, &env, ui),
        Command::Reset(args) => reset::reset(&args, &common, &env, ui).await,
        Command::Quiz(args) => quiz::quiz(&args, &common, &env, ui).await,
        Command::Report(args) => report::report(&args, &common, &env, ui).await,
        Command::Doctor => doctor::doctor(&common, &env, ui).await,
        Command::Images(args) => images::images(&args.action, &common, &env, ui).await,
        Command::Completions(args) => completions::completions(&args, ui),
    }
}

/// The language that the arguments ask for: it is needed before they are understood, since help and mistakes are
/// told in it.
fn asked_language(args: &[OsString]) -> Option<Lang> {
    let words: Vec<_> = args.iter().filter_map(|arg| arg.to_str()).collect();
    let apart = words.windows(2).find(|pair| pair[0] == "--lang").map(|pair| pair[1]);
    let joined = words.iter().find_map(|word| word.strip_prefix("--lang="));
    apart.or(joined).and_then(Lang::from_locale)
}
