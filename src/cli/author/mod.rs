//! `author`: for those who write labs and quizzes.

mod export;
mod import;
mod lane;
mod lint;
mod new;
mod record;
mod recorded;
mod standing;
mod test;
mod verdict;

use crate::cli::args::AuthorAction;
use crate::cli::args::Common;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::error::Exit;
use crate::error::Result;

/// Does what was asked for.
pub(crate) async fn author(action: &AuthorAction, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    match action {
        AuthorAction::New(args) => new::new(args, common, env, ui),
        AuthorAction::Lint(args) => lint::lint(args, common, ui),
        AuthorAction::Schema { kind } => {
            ui.data(&crate::author::schema(*kind)?)?;
            Ok(Exit::Done)
        }
        AuthorAction::Record(args) => record::record(args, common, env, ui).await,
        AuthorAction::Import(args) => import::import(args, env, ui),
        AuthorAction::Export(args) => export::export(args, common, env, ui),
        AuthorAction::Test(args) => test::test(args, common, env, ui).await,
    }
}
