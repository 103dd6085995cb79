//! `class`: many machines at once.

mod check;
mod doctor;
mod forget;
mod keep;
mod prepare;
mod quiz;
mod refused;
mod report;
mod reset;
mod serve;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use crate::class::Inventory;
use crate::class::Place;
use crate::class::Room;
use crate::class::Store;
use crate::class::Visitor;
use crate::cli::args;
use crate::cli::args::ClassAction;
use crate::cli::args::Common;
use crate::cli::desk;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::error::Exit;
use crate::error::Result;
use crate::postgres::Server;

/// Does what was asked for every machine of an inventory.
pub(crate) async fn class(action: &ClassAction, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    refused::refuse(action, common)?;
    match action {
        ClassAction::Check(args) => check::check(args, common, env, ui).await,
        ClassAction::Doctor(args) => doctor::doctor(args, common, env, ui).await,
        ClassAction::Prepare(args) => prepare::prepare(args, common, env, ui).await,
        ClassAction::Watch(args) => watch::watch(args, common, env, ui).await,
        ClassAction::Serve(args) => serve::serve(args, common, env, ui).await,
        ClassAction::Quiz(args) => quiz::quiz(args, common, env, ui).await,
        ClassAction::Report(args) => report::report(args, common, env, ui).await,
        ClassAction::Forget(args) => forget::forget(args, common, env, ui).await,
        ClassAction::Reset(args) => reset::reset(args, common, env, ui).await,
    }
}

/// Where results are kept: on the server that was named, else in a file on this machine. An address that means nothing is
/// refused.
fn place(args: &args::Room, env: &Env) -> Result<Place> {
    match args.store.as_ref().or(env.store.as_ref()) {
        Some(url) => Server::parse(url, &env.login).map(Box::new).map(Place::Server),
        None => Ok(Place::File(env.home.join("class").join("results.sqlite"))),
    }
}

/// The results that are kept.
async fn store(args: &args::Room, env: &Env) -> Result<Store> {
    Store::open(place(args, env)?).await
}

/// Reads the inventory and the lab: both are complained about before any machine is asked.
fn room(args: &args::Room, common: &Common, env: &Env) -> Result<Room> {
    let shelf = desk::shelf(common);
    let lab = shelf.lab(&args.lab, "")?;
    let inventory = Inventory::load(&env.here.join(&args.inventory))?;
    let home = env.home.join("class").join(inventory.folder());
    let inventory = match &args.group {
        Some(group) => inventory.only(group)?,
        None => inventory,
    };
    let visitor = Visitor {
        shelf,
        lab: lab.id.clone(),
        home,
        config: env.docker.config.clone(),
        limit: Duration::from_secs(common.timeout.max(1)),
        remote: None,
        draws: false,
    };
    Ok(Room { inventory, visitor: Arc::new(visitor), lab, jobs: args.jobs })
}
