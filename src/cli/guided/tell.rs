//! A change as a line of the session: what belongs to the step that is shown in full, the rest in short.

use crate::cli::ui::Ui;
use crate::engine::Change;
use crate::engine::Status;
use crate::engine::Subject;
use crate::report;
use crate::text::say;

/// The line; nothing where the change is not worth one.
pub(super) fn line(change: &Change, here: &str, ui: &Ui) -> String {
    // The first look at something is no news: the board shows it.
    let Some(was) = change.was else { return String::new() };
    let own = change.step.as_deref() == Some(here);
    match (change.subject, change.status) {
        (Subject::Check, Status::Passed | Status::Failed | Status::Unseen) if own => {
            report::change_line(change, ui.lang, &ui.page)
        }
        (Subject::Check, Status::Failed) => report::change_line(change, ui.lang, &ui.page),
        (Subject::Check, Status::Pending | Status::Blocked) if was == Status::Passed => paused(change, ui),
        (Subject::Step, Status::Passed) if !own => short(change, ui),
        (Subject::Criterion, Status::Passed) => short(change, ui),
        _ => String::new(),
    }
}

/// A tick that is taken back: perhaps for good, perhaps for the moment between two commands.
fn paused(change: &Change, ui: &Ui) -> String {
    let (title, why) = (ui.say(&change.title), ui.say(&change.message));
    let words = say!("n'est plus vrai : {title} ({why})", "no longer true: {title} ({why})");
    ui.page.marked("", change.status, ui.lang, &ui.say(&words))
}

fn short(change: &Change, ui: &Ui) -> String {
    let title = ui.say(&change.title);
    let words = match change.subject {
        Subject::Criterion => say!("Critère atteint : {title}", "Criterion met: {title}"),
        Subject::Step | Subject::Check => say!("Étape réussie : {title}", "Step passed: {title}"),
    };
    ui.page.marked("", change.status, ui.lang, &ui.say(&words))
}
