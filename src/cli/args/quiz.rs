//! `quiz`: how it is taken, or what is graded.

use std::path::PathBuf;

use clap::Args;

/// `quiz`
#[derive(Debug, Args)]
pub(crate) struct Quiz {
    /// The quiz
    #[arg(default_value = "volumes")]
    pub quiz: String,
    #[command(flatten)]
    pub taking: Taking,
    /// Show how far you are, section by section
    #[arg(long, conflicts_with_all = ["exam", "review", "answers"])]
    pub progress: bool,
    /// Grade a file of answers instead (YAML or JSON), or a folder of them, one a learner
    #[arg(long, value_name = "FILE", conflicts_with_all = ["review", "new"])]
    pub answers: Option<PathBuf>,
    /// Grade by a corrected key: `{question: answer}`
    #[arg(long, value_name = "FILE", requires = "answers")]
    pub key: Option<PathBuf>,
    /// Also write a class's points as a table (CSV)
    #[arg(long, value_name = "FILE", requires = "answers")]
    pub csv: Option<PathBuf>,
}

/// How a quiz is taken.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Taking {
    /// As an exam: a time limit, weighted points, a pass mark, and nothing explained before the end
    #[arg(long)]
    pub exam: bool,
    /// Only what is due again
    #[arg(long, conflicts_with = "exam")]
    pub review: bool,
    /// How many questions
    #[arg(long, value_name = "N")]
    pub questions: Option<usize>,
    /// Only the questions of a section
    #[arg(long, value_name = "SECTION")]
    pub section: Option<String>,
    /// The paper of this number: the same for everybody
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Begin anew, and drop what is under way
    #[arg(long)]
    pub new: bool,
}
