//! `author import`: questions from Markdown or GIFT, as a quiz of ours.

use crate::cli::args;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::quiz::Quiz;
use crate::quiz::Tags;
use crate::quiz::exchange;
use crate::quiz::lint;
use crate::text::say;

/// Reads a foreign file and prints the quiz.
pub(super) fn import(args: &args::Import, env: &Env, ui: &Ui) -> Result<Exit> {
    let path = env.here.join(&args.file);
    let shown = args.file.display().to_string();
    let source = std::fs::read_to_string(&path).map_err(|error| {
        Error::usage(say!("`{shown}` n'a pas pu être lu", "`{shown}` could not be read")).because(error)
    })?;
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let id = args.id.clone().unwrap_or(stem);
    let is_markdown = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md"));
    let read = if is_markdown { exchange::read_markdown } else { exchange::read_gift };
    let imported = read(&shown, &id, &source)?;
    let written = imported.quiz.write()?;
    // What is printed must be a quiz that can be read again.
    let quiz = Quiz::parse(&id, &written)?;
    for note in &imported.notes {
        ui.note(note);
    }
    let count = quiz.questions.len();
    ui.note(&say!(
        "Questions importées : {count}. Chaque texte y est deux fois le même : il reste à traduire.",
        "Questions imported: {count}. Each text is there twice the same: it has yet to be translated."
    ));
    let complaints = lint(&quiz, Tags::default()).len();
    if complaints > 0 {
        ui.note(&say!(
            "Remarques à examiner : {complaints} (explications qui manquent, options trop semblables…).",
            "Remarks to look at: {complaints} (missing explanations, options too much alike…)."
        ));
    }
    ui.data(&written)?;
    Ok(Exit::Done)
}
