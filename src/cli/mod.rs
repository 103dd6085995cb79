//! One file a command: arguments, then a short story. The only home of dialoguer, indicatif and the environment.

mod args;
mod author;
mod call;
mod check;
mod class;
mod completions;
mod compose;
mod confirm;
mod desk;
mod docker_flags;
mod doctor;
mod env;
mod french;
mod guided;
mod hint;
mod hook;
mod images;
mod interrupted;
mod list;
mod map;
mod misuse;
mod plugin;
mod quiz;
mod report;
mod reset;
mod run;
mod start;
mod status;
mod terminal;
mod ui;
mod variables;
mod watch;

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use clap::CommandFactory;
use clap::FromArgMatches;

use crate::cli::args::AuthorAction;
use crate::cli::args::Cli;
use crate::cli::args::Command;
use crate::cli::call::Call;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::docker;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::report::Format;
use crate::report::Report;
use crate::text::Lang;
use crate::text::say;

/// So long the end of the program waits for work that cannot be stopped.
const PARTING: Duration = Duration::from_secs(1);

/// Parses, runs, and turns the outcome into an exit code.
pub(crate) fn run(args: Vec<OsString>) -> ExitCode {
    let env = Env::read();
    let lang = asked_language(&args).unwrap_or(env.lang);
    let call = Call::read(args);
    if call.after(plugin::METADATA).is_some() {
        return told(&plugin::metadata(lang));
    }
    if let Some(words) = call.after(hook::WORD) {
        return told(&hook::answer(words, &env));
    }
    if let Some(words) = call.after(completions::WORD) {
        return told(&completions::answer(words, command(lang), lang));
    }
    let command = command(lang).bin_name(call.name());
    let parsed = command.try_get_matches_from(&call.args).and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return misuse::tell(&error, lang, call.name()),
    };
    let ui = Ui::new(&cli.common, &env);
    let outcome = cli.common.docker.applied(env).and_then(|env| {
        let runtime = runtime()?;
        let outcome = runtime.block_on(until_interrupted(cli, env, &ui));
        // What was begun (an ssh) is ended; somebody who still reads a large file, or from a daemon that hangs, is not
        // waited for.
        runtime.shutdown_timeout(PARTING);
        outcome
    });
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) => {
            ui.complain(&error);
            error.exit.into()
        }
    }
}

/// The arguments we take, told in a language.
fn command(lang: Lang) -> clap::Command {
    match lang {
        Lang::Fr => french::translated(Cli::command()),
        Lang::En => Cli::command(),
    }
}

/// An answer to the docker CLI; if nobody reads it, nobody needs it.
fn told(answer: &str) -> ExitCode {
    let _ = std::io::Write::write_all(&mut std::io::stdout(), answer.as_bytes());
    Exit::Done.into()
}

/// Two threads are enough: one waits, one reads archives.
fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(|error| {
        Error::environment(say!("le programme n'a pas pu démarrer", "the program could not start"))
            .because(error)
    })
}

async fn until_interrupted(cli: Cli, env: Env, ui: &Ui) -> Result<Exit> {
    // At the prompt Ctrl-C is a key like others.
    let at_prompt = matches!(cli.command, Command::Start(_)) && ui.interactive;
    // Trials stop by themselves, since each must still clear away what it made.
    let in_trials =
        matches!(&cli.command, Command::Author(args) if matches!(args.action, AuthorAction::Test(_)));
    let socket = env.plugin_socket.clone();
    let stop = async {
        if in_trials {
            std::future::pending::<()>().await;
        }
        interrupted::asked(at_prompt, socket.as_deref()).await;
    };
    let many = matches!(cli.command, Command::Class(_));
    let outcome = tokio::select! {
        // Asked first, so that signals are listened to before anything begins.
        biased;
        () = stop => Err(interrupted::told()),
        outcome = dispatch(cli, env, ui) => outcome,
    };
    docker::settle(many).await;
    outcome
}

async fn dispatch(cli: Cli, env: Env, ui: &Ui) -> Result<Exit> {
    let common = cli.common;
    if !matches!(cli.command, Command::Map(_) | Command::Watch(_) | Command::Class(_)) {
        // Some commands have one form alone and look at no other; a drawing of theirs is never meant.
        ui.format.among(&Report::FORMS)?;
    }
    match cli.command {
        Command::List | Command::Quiz(_) => ui.format.among(&[Format::Text, Format::Json])?,
        Command::Images(_) => ui.format.among(&[Format::Text])?,
        _ => {}
    }
    match cli.command {
        Command::List => list::list(&common, &env, ui),
        Command::Start(args) => start::start(&args, &common, &env, ui).await,
        Command::Check(args) => check::check(&args, &common, &env, ui).await,
        Command::Watch(args) => watch::watch(&args, &common, &env, ui).await,
        Command::Run(args) => run::run(&args, &common, &env, ui).await,
        Command::Hint(args) => hint::hint(&args, &common, &env, ui),
        Command::Solution(args) => hint::solution(&args, &common, &env, ui),
        Command::Status(args) => status::status(&args, &common, &env, ui),
        Command::Reset(args) => reset::reset(&args, &common, &env, ui).await,
        Command::Map(args) => map::map(&args, &common, &env, ui).await,
        Command::Quiz(args) => quiz::quiz(&args, &common, &env, ui).await,
        Command::Report(args) => report::report(&args, &common, &env, ui).await,
        Command::Doctor => doctor::doctor(&common, &env, ui).await,
        Command::Images(args) => images::images(&args.action, &common, &env, ui).await,
        Command::Class(args) => class::class(&args.action, &common, &env, ui).await,
        Command::Completions(args) => completions::completions(&args, ui),
        Command::Author(args) => author::author(&args.action, &common, &env, ui).await,
        Command::Plugin(args) => plugin::plugin(&args.action, &env, ui).await,
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
