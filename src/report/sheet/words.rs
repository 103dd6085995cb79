//! The sentences of a sheet, the same in every form.

use crate::class::Reached;
use crate::class::Row;
use crate::class::Sheet;
use crate::class::Via;
use crate::engine::Status;
use crate::error::Error;
use crate::report::words::status_word;
use crate::text::Lang;
use crate::text::Text;
use crate::text::list;
use crate::text::say;

/// How many machines there are, answered, and are done.
pub(super) fn counts(sheet: &Sheet) -> Text {
    let (all, (reached, done)) = (sheet.rows.len(), sheet.counts());
    say!(
        "machines : {all}, vues : {reached}, terminées : {done}",
        "machines: {all}, seen: {reached}, done: {done}"
    )
}

/// Where a learner stands, in a few words: the step, and the name of the mistake or of the check.
pub(super) fn stands(reached: &Reached, lang: Lang) -> String {
    let Some((number, step, check)) = reached.stands() else {
        let (sign, _) = status_word(Status::Passed, lang);
        if reached.is_undecided() {
            let (sign, _) = status_word(Status::Unseen, lang);
            return format!("{sign} {}", say!("terminé, quiz à part", "done, the quiz aside").get(lang));
        }
        return format!("{sign} {}", say!("terminé", "done").get(lang));
    };
    let (sign, word) = status_word(step.status, lang);
    let what = check.map_or("", |check| check.mistake.unwrap_or(&check.id));
    let colon = if lang == Lang::Fr { "\u{a0}:" } else { ":" };
    format!("{sign} {number} {}{colon} {what} ({word})", step.id)
}

/// The message of the mistake that a learner is in.
pub(super) fn mistake(reached: &Reached) -> Option<Text> {
    let (_, _, check) = reached.stands()?;
    let check = check.filter(|check| matches!(check.status, Status::Failed | Status::Unseen))?;
    Some(check.message.clone())
}

/// What else the trainer should know of a machine.
pub(super) fn marks(row: &Row, twins: Option<&Vec<usize>>, sheet: &Sheet) -> Vec<Text> {
    let Some(reached) = row.reached() else { return Vec::new() };
    let mut marks = Vec::new();
    if let Some(minutes) = reached.still_for() {
        marks.push(say!("rien de neuf depuis {minutes} min", "nothing new for {minutes} min"));
    }
    if let Some(error) = &reached.left {
        let (fr, en) = (trouble(error, Lang::Fr), trouble(error, Lang::En));
        marks.push(say!(
            "un conteneur d'examen n'a pas pu être supprimé ({fr})",
            "a scratch container could not be removed ({en})"
        ));
    }
    if let Some(steps) = reached.assisted().filter(|steps| *steps > 0) {
        marks.push(say!("étapes avec aide : {steps}", "steps with help: {steps}"));
    }
    if let Via::Instead(Text { fr, en }) = &reached.via {
        marks.push(say!("vue par l'API de Docker seule : {fr}", "looked at over the Docker API alone: {en}"));
    }
    if reached.begun_by_another {
        marks.push(say!(
            "session commencée par quelqu'un d'autre (`class reset` y met fin)",
            "session begun by somebody else (`class reset` ends it)"
        ));
    }
    if let Some(twins) = twins {
        let names =
            list(twins.iter().filter_map(|index| sheet.rows.get(*index)).map(|row| &row.machine.name));
        marks.push(say!("même cluster que {names}", "same cluster as {names}"));
    }
    marks
}

/// Why a machine was not seen, on one line.
pub(super) fn trouble(error: &Error, lang: Lang) -> String {
    let cause = error.cause.as_deref().map(|cause| format!(" ({})", cause.trim())).unwrap_or_default();
    let line = format!("{}{cause}", error.what.get(lang));
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The points that nobody can have without the quiz.
pub(super) fn unasked(sheet: &Sheet) -> Option<Text> {
    let (machines, points) = sheet.unasked();
    (machines > 0).then(|| {
        say!(
            "{points} points dépendent aussi du quiz, dont l'API de Docker ne dit rien (machines : {machines}) ; \
             `docker-lab class quiz` recueille et note les réponses",
            "{points} points also depend on the quiz, of which the Docker API tells nothing (machines: {machines}); \
             `docker-lab class quiz` collects and grades the answers"
        )
    })
}

/// The criterion that fewest machines passed.
pub(super) fn hardest(sheet: &Sheet) -> Option<Text> {
    let index = sheet.hardest()?;
    let (id, passed, (reached, _)) =
        (&sheet.lab.criteria.get(index)?.id, sheet.passed(index), sheet.counts());
    Some(say!(
        "critère le plus difficile : `{id}` ({passed} sur {reached})",
        "hardest criterion: `{id}` ({passed} of {reached})"
    ))
}
