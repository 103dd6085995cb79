//! What the files may hold, as JSON Schema for editors: made from the types that read them.

use serde_json::Value;

use crate::class;
use crate::error::Error;
use crate::error::Result;
use crate::lab;
use crate::quiz;
use crate::text::say;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum FileKind {
    /// `lab.yaml`
    Lab,
    /// `sabotages/*.yaml`
    Sabotages,
    /// A quiz.
    Quiz,
    /// A room's machines.
    Inventory,
}

/// The schema of a kind of file, laid out for a person too.
pub(crate) fn schema(kind: FileKind) -> Result<String> {
    let mut schema = match kind {
        FileKind::Lab => lab::schema(),
        FileKind::Sabotages => lab::attempts_schema(),
        FileKind::Quiz => quiz::schema(),
        FileKind::Inventory => class::schema(),
    };
    let title = match kind {
        FileKind::Lab => "docker-lab: a lab",
        FileKind::Sabotages => "docker-lab: the sabotages of a lab",
        FileKind::Quiz => "docker-lab: a quiz",
        FileKind::Inventory => "docker-lab: an inventory",
    };
    schema.insert("title".to_owned(), Value::from(title));
    let text = serde_json::to_string_pretty(&schema).map_err(|error| {
        Error::environment(say!("le schéma n'a pas pu être écrit", "the schema could not be written"))
            .because(error)
    })?;
    Ok(text + "\n")
}
