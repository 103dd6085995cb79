//! `author lint`: what a machine can know about labs, quizzes and inventories.

use serde_json::json;

use crate::author;
use crate::author::Linted;
use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::desk;
use crate::cli::ui::Ui;
use crate::error::Exit;
use crate::error::Result;
use crate::report::Format;
use crate::text::say;

/// Looks through the files that are named, or all that can be found.
pub(super) fn lint(args: &args::AuthorLint, common: &Common, ui: &Ui) -> Result<Exit> {
    ui.format.among(&[Format::Text, Format::Json])?;
    let shelf = desk::shelf(common);
    let looked = if args.files.is_empty() {
        author::lint_shelf(&shelf)?
    } else {
        let files = args.files.iter().map(|file| author::lint_file(file, &shelf));
        files.collect::<Result<Vec<Linted>>>()?
    };
    let remarks: Vec<_> = looked.iter().flat_map(|one| &one.remarks).collect();
    let (files, count) = (looked.len(), remarks.len());
    if ui.format == Format::Json {
        let told = remarks.iter().map(|one| {
            json!({
                "file": one.file, "line": one.line, "column": one.column, "path": one.path,
                "message": ui.say(&one.what),
            })
        });
        let read = looked.iter().map(|one| json!({"file": one.file, "kind": one.kind}));
        let document = json!({
            "schema": 1, "files": read.collect::<Vec<_>>(), "remarks": told.collect::<Vec<_>>(),
        });
        ui.data(&format!("{document:#}\n"))?;
    } else {
        let lines: String = remarks.iter().map(|one| format!("{}\n", ui.say(&one.told()))).collect();
        ui.data(&lines)?;
        ui.note(&say!(
            "Fichiers lus : {files}. Remarques : {count}.",
            "Files read: {files}. Remarks: {count}."
        ));
    }
    Ok(if count == 0 { Exit::Done } else { Exit::NotYet })
}
