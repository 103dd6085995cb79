//! Options that mean something elsewhere and nothing for a room: ignoring them in silence would do more, or something else,
//! than was asked for.

use crate::cli::args::ClassAction;
use crate::cli::args::Common;
use crate::cli::args::JOBS;
use crate::cli::args::Room;
use crate::cli::args::TIMEOUT;
use crate::error::Error;
use crate::error::Result;
use crate::postgres::holds_password;
use crate::text::Text;
use crate::text::say;

/// Refuses what the action cannot honour.
pub(super) fn refuse(action: &ClassAction, common: &Common) -> Result<()> {
    let in_inventory = || {
        say!(
            "l'inventaire le dit pour chaque machine ; `--group` en choisit",
            "the inventory says it for each machine; `--group` chooses some"
        )
    };
    let nobody = || say!("aucune machine n'est interrogée", "no machine is asked");
    let for_prepare = || {
        say!(
            "seul `class prepare` parle à votre propre moteur",
            "only `class prepare` talks to your own daemon"
        )
    };
    let (keeps, asked) = store_of(action);
    if asked.is_some_and(holds_password) {
        return Err(Error::usage(say!(
            "un mot de passe n'a pas sa place sur la ligne de commande : chacun l'y lit (`ps`)",
            "a password has no place on the command line: everybody reads it there (`ps`)"
        ))
        .hint(say!(
            "`PGPASSWORD`, `~/.pgpass`, ou l'adresse entière dans `DOCKER_LAB_STORE`",
            "`PGPASSWORD`, `~/.pgpass`, or the whole URL in `DOCKER_LAB_STORE`"
        )));
    }
    let flags = &common.docker;
    let tls = flags.tls.is_some() || flags.tlsverify.is_some();
    let tls = tls || flags.tlscacert.is_some() || flags.tlscert.is_some() || flags.tlskey.is_some();
    // Where the images come from a registry, the trainer's daemon has no part in it.
    let own_daemon = matches!(action, ClassAction::Prepare(args) if !args.pull && args.mirror.is_none());
    let room = kept_alone(action);
    let given: [(bool, &str, Text); 10] = [
        (common.prefix.is_some(), "--prefix", in_inventory()),
        (common.dir.is_some(), "--dir", in_inventory()),
        (!own_daemon && flags.host.is_some(), "--host", for_prepare()),
        (!own_daemon && flags.context.is_some(), "--context", for_prepare()),
        (!own_daemon && tls, "--tls", for_prepare()),
        (!own_daemon && common.trace, "--trace", for_prepare()),
        (room.is_some() && common.timeout != TIMEOUT, "--timeout", nobody()),
        (room.is_some_and(|room| room.jobs != JOBS), "--jobs", nobody()),
        (
            !keeps && asked.is_some(),
            "--store",
            say!("rien n'est gardé des résultats, ni lu", "no results are kept or read"),
        ),
        (
            matches!(action, ClassAction::Forget(args) if args.room.group.is_some()),
            "--group",
            say!("un participant est nommé", "a learner is named"),
        ),
    ];
    match given.into_iter().find(|(given, ..)| *given) {
        None => Ok(()),
        Some((_, option, why)) => {
            let Text { fr, en } = why;
            Err(Error::usage(say!(
                "`{option}` n'a pas de sens ici : {fr}",
                "`{option}` has no meaning here: {en}"
            )))
        }
    }
}

/// Whether an action keeps or reads results, and the store that was named for it.
fn store_of(action: &ClassAction) -> (bool, Option<&str>) {
    let (keeps, room) = match action {
        ClassAction::Check(args) => (true, &args.room),
        ClassAction::Watch(room) => (true, room),
        ClassAction::Serve(args) => (true, &args.room),
        ClassAction::Report(args) => (true, &args.room),
        ClassAction::Forget(args) => (true, &args.room),
        ClassAction::Doctor(room) => (false, room),
        ClassAction::Prepare(args) => (false, &args.room),
        ClassAction::Quiz(args) => (false, &args.room),
        ClassAction::Reset(args) => (false, &args.room),
    };
    (keeps, room.store.as_deref())
}

/// The room of an action that only reads or deletes what is kept.
fn kept_alone(action: &ClassAction) -> Option<&Room> {
    match action {
        ClassAction::Report(args) => Some(&args.room),
        ClassAction::Forget(args) => Some(&args.room),
        ClassAction::Check(_)
        | ClassAction::Doctor(_)
        | ClassAction::Prepare(_)
        | ClassAction::Quiz(_)
        | ClassAction::Watch(_)
        | ClassAction::Serve(_)
        | ClassAction::Reset(_) => None,
    }
}
