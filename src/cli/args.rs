//! All arguments, so that `--help` can be read as one page here too.

use std::path::PathBuf;

use clap::Args;
use clap::Parser;
use clap::Subcommand;

use crate::engine::Shell;
use crate::report::Format;
use crate::text::Lang;

/// Interactive trainer and lab checker for Docker volumes and persistence
#[derive(Debug, Parser)]
#[command(name = "docker-lab", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every command takes.
#[derive(Clone, Debug, Args)]
pub(crate) struct Common {
    /// The workspace: where the learner's files are (default: the session's, else the current folder)
    #[arg(long, global = true, value_name = "WORKSPACE")]
    pub dir: Option<PathBuf>,
    /// A prefix for every object of the lab, so that several learners share a daemon
    #[arg(long, global = true, value_name = "NAME")]
    pub prefix: Option<String>,
    /// A folder with labs of your own (ID/lab.yaml)
    #[arg(long, global = true, value_name = "DIR")]
    pub labs: Option<PathBuf>,
    /// A folder with quizzes of your own (ID.yaml)
    #[arg(long, global = true, value_name = "DIR")]
    pub quizzes: Option<PathBuf>,
    /// The language
    #[arg(long, global = true, value_enum, value_name = "fr|en", hide_possible_values = true)]
    pub lang: Option<Lang>,
    /// The form of the output
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "text",
        value_name = "text|json|junit|markdown|html",
        hide_possible_values = true
    )]
    pub format: Format,
    /// Write the output to a file
    #[arg(long, global = true, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Never ask a question
    #[arg(long, global = true)]
    pub no_input: bool,
    /// How long one observation may take
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 30)]
    pub timeout: u64,
    /// Also show the objects that each proof rests on
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The labs and quizzes, with your progress
    List,
    /// Prepare a session and show what comes first
    Start(LabName),
    /// Look now, judge, and keep the proofs
    Check(Check),
    /// Let docker-lab carry the steps out itself
    Run(Run),
    /// The next hint
    Hint(LabStep),
    /// The commands of a step
    Solution(Solution),
    /// Where you stand, without looking at the daemon
    Status(LabName),
    /// Remove what this lab made, and only that
    Reset(Reset),
    /// Take the quiz, or grade a file of answers
    Quiz(Quiz),
    /// The scorecard as a document
    Report(LabName),
    /// Is this machine fit for the labs?
    Doctor,
    /// The images that the labs need
    Images(Images),
    /// Completions for a shell
    Completions(Completions),
}

/// A lab.
#[derive(Debug, Args)]
pub(crate) struct LabName {
    /// The lab
    #[arg(default_value = "volumes")]
    pub lab: String,
}

/// A lab and perhaps a step.
#[derive(Debug, Args)]
pub(crate) struct LabStep {
    /// The step: its name or number (default: the first that is not done)
    pub step: Option<String>,
    /// The lab
    #[arg(long, default_value = "volumes")]
    pub lab: String,
}

/// `check`
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The lab
    #[arg(default_value = "volumes")]
    pub lab: String,
    /// The steps: names or numbers (default: all)
    pub steps: Vec<String>,
    /// Also write what was seen to a file
    #[arg(long, value_name = "FILE")]
    pub save_facts: Option<PathBuf>,
    /// Judge what was seen earlier, without Docker
    #[arg(long, value_name = "FILE", conflicts_with = "save_facts")]
    pub facts: Option<PathBuf>,
}

/// `run`
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The lab
    #[arg(default_value = "volumes")]
    pub lab: String,
    /// Only this step (name or number); may be given several times
    #[arg(long, value_name = "ID")]
    pub step: Vec<String>,
    /// Print the commands, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// The shell the commands are for
    #[arg(
        long,
        value_enum,
        default_value = "bash",
        requires = "dry_run",
        value_name = "bash|powershell",
        hide_possible_values = true
    )]
    pub shell: Shell,
}

/// `solution`
#[derive(Debug, Args)]
pub(crate) struct Solution {
    #[command(flatten)]
    pub which: LabStep,
    /// The shell the commands are for
    #[arg(
        long,
        value_enum,
        default_value = "bash",
        value_name = "bash|powershell",
        hide_possible_values = true
    )]
    pub shell: Shell,
}

/// `reset`
#[derive(Debug, Args)]
pub(crate) struct Reset {
    /// The lab
    #[arg(default_value = "volumes")]
    pub lab: String,
    /// Remove without asking
    #[arg(long)]
    pub yes: bool,
}

/// `quiz`
#[derive(Debug, Args)]
pub(crate) struct Quiz {
    /// The quiz
    #[arg(default_value = "volumes")]
    pub quiz: String,
    /// Grade a file of answers instead (YAML or JSON)
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,
}

/// `images`
#[derive(Debug, Args)]
pub(crate) struct Images {
    #[command(subcommand)]
    pub action: ImagesAction,
}

/// What to do with the images.
#[derive(Debug, Subcommand)]
pub(crate) enum ImagesAction {
    /// Which are here
    Status,
    /// Pull those that are missing
    Pull {
        /// Pull from this registry instead, as HOST/PREFIX
        #[arg(long, value_name = "HOST/PREFIX")]
        mirror: Option<String>,
        /// No progress bars
        #[arg(long)]
        quiet: bool,
    },
    /// Write them into a file
    Save {
        /// The file
        file: PathBuf,
    },
    /// Load them from a file
    Load {
        /// The file
        file: PathBuf,
    },
}

/// `completions`
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}
