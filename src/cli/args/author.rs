//! `author`: for those who write labs and quizzes.

use std::path::PathBuf;

use clap::Args;
use clap::Subcommand;
use clap::ValueHint;

use crate::author::FileKind;

/// `author`
#[derive(Debug, Args)]
pub(crate) struct Author {
    #[command(subcommand)]
    pub action: AuthorAction,
}

/// What an author does.
#[derive(Debug, Subcommand)]
pub(crate) enum AuthorAction {
    /// Write a small lab with comments, to begin with
    New(AuthorNew),
    /// Look through labs, quizzes and inventories for what a machine can know
    Lint(AuthorLint),
    /// Print the JSON Schema of a kind of file, for editors
    Schema {
        /// The kind of file
        #[arg(value_enum, value_name = "lab|sabotages|quiz|inventory", hide_possible_values = true)]
        kind: FileKind,
    },
    /// Write down what stands there now, and propose checks that would pass
    Record(AuthorRecord),
    /// Make a quiz out of Markdown (task lists) or Moodle's GIFT
    Import(Import),
    /// Write a quiz as Moodle's GIFT or XML, or as HTML for paper
    Export(Export),
    /// Prove a lab on a real daemon: its solution, nothing at all, and every sabotage
    Test(AuthorTest),
}

/// `author new`
#[derive(Debug, Args)]
pub(crate) struct AuthorNew {
    /// The lab's id: small letters, digits and dashes
    pub id: String,
}

/// `author lint`
#[derive(Debug, Args)]
pub(crate) struct AuthorLint {
    /// Files of labs, quizzes or inventories, or folders of labs (default: every lab and quiz there is)
    #[arg(value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub files: Vec<PathBuf>,
}

/// `author record`
#[derive(Debug, Args)]
pub(crate) struct AuthorRecord {
    /// The lab
    #[arg(default_value = "volumes")]
    pub lab: String,
    /// The folder that takes the file of facts
    #[arg(long, value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    pub into: PathBuf,
}

/// `author import`
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The file: Markdown where its name ends in `.md`, GIFT otherwise
    pub file: PathBuf,
    /// The id of the quiz (default: the file's name)
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
}

/// `author export`
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The quiz
    #[arg(default_value = "volumes")]
    pub quiz: String,
    /// What it is for
    #[arg(long, value_enum, value_name = "gift|moodle|html", hide_possible_values = true)]
    pub to: Target,
    /// How many questions
    #[arg(long, value_name = "N")]
    pub questions: Option<usize>,
    /// The paper of this number: the same for everybody
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// The paper of an exam
    #[arg(long, requires = "seed")]
    pub exam: bool,
    /// Also write the key, as a page of its own
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
}

/// A form for a quiz.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Target {
    /// Moodle's text form.
    Gift,
    /// Moodle's XML.
    Moodle,
    /// A page for paper.
    Html,
}

/// `author test`
#[derive(Debug, Args)]
pub(crate) struct AuthorTest {
    /// The lab
    #[arg(default_value = "volumes")]
    pub lab: String,
    /// Only these attempts: `solution`, `blank`, or ids (default: all)
    #[arg(long, value_name = "ID")]
    pub only: Vec<String>,
    /// How many are tried at once
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub jobs: usize,
    /// Also write what was seen of each attempt into this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub record: Option<PathBuf>,
}
