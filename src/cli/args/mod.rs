//! All arguments, so that `--help` can be read as one page here too.

mod author;
mod class;
mod quiz;

use std::path::PathBuf;

use clap::Args;
use clap::Parser;
use clap::Subcommand;
use clap::ValueHint;

use crate::cli::docker_flags::DockerFlags;
use crate::engine::Shell;
use crate::report::Format;
use crate::text::Lang;

pub(crate) use author::Author;
pub(crate) use author::AuthorAction;
pub(crate) use author::AuthorLint;
pub(crate) use author::AuthorNew;
pub(crate) use author::AuthorRecord;
pub(crate) use author::AuthorTest;
pub(crate) use author::Export;
pub(crate) use author::Import;
pub(crate) use author::Target;
pub(crate) use class::Class;
pub(crate) use class::ClassAction;
pub(crate) use class::JOBS;
pub(crate) use class::Room;
pub(crate) use class::RoomCheck;
pub(crate) use class::RoomForget;
pub(crate) use class::RoomPrepare;
pub(crate) use class::RoomQuiz;
pub(crate) use class::RoomReport;
pub(crate) use class::RoomReset;
pub(crate) use class::RoomServe;
pub(crate) use class::Way;
pub(crate) use quiz::Quiz;
pub(crate) use quiz::Taking;

/// Interactive trainer and lab checker for Docker volumes and persistence
#[derive(Debug, Parser)]
#[command(name = "docker-lab", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// How many seconds one observation may take where nobody says otherwise.
pub(crate) const TIMEOUT: u64 = 30;

/// Options that every command takes.
#[derive(Clone, Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Common {
    /// The workspace: where the learner's files are (default: the session's, else the current folder)
    #[arg(long, global = true, value_name = "WORKSPACE", value_hint = ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
    /// A prefix for every object of the lab, so that several learners share a daemon
    #[arg(long, global = true, value_name = "NAME")]
    pub prefix: Option<String>,
    /// A folder with labs of your own (ID/lab.yaml)
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub labs: Option<PathBuf>,
    /// A folder with quizzes of your own (ID.yaml)
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
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
        value_name = "text|json|junit|markdown|html|svg|ndjson",
        hide_possible_values = true
    )]
    pub format: Format,
    /// Write the output to a file
    #[arg(long, global = true, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// No drawing, no colours, no cursor movement: for screen readers and logs
    #[arg(long, global = true)]
    pub plain: bool,
    /// Never ask a question
    #[arg(long, global = true)]
    pub no_input: bool,
    /// How long one observation may take
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = TIMEOUT)]
    pub timeout: u64,
    /// Also show the objects that each proof rests on
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// Tell each request to the daemon as it is sent, with its time
    #[arg(long, global = true)]
    pub trace: bool,
    #[command(flatten)]
    pub docker: DockerFlags,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The labs and quizzes, with your progress
    List,
    /// Prepare a session and show what comes first; in a terminal, be guided through the lab
    Start(Start),
    /// Look now, judge, and keep the proofs
    Check(Check),
    /// Check again at every change, until Ctrl-C
    Watch(LabName),
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
    /// Draw what is mounted where, now: containers, volumes, bind mounts, tmpfs
    Map(Map),
    /// Take the quiz, or grade a file of answers
    Quiz(Quiz),
    /// The scorecard as a document
    Report(LabName),
    /// Is this machine fit for the labs?
    Doctor,
    /// The images that the labs need
    Images(Images),
    /// For those who write labs and quizzes
    Author(Author),
    /// Many machines at once: the trainer's view of a room
    Class(Class),
    /// Completions for a shell
    Completions(Completions),
    /// `docker lab`: as a plugin of the docker CLI
    Plugin(Plugin),
}

/// A lab.
#[derive(Debug, Args)]
pub(crate) struct LabName {
    /// The lab
    #[arg(default_value = "volumes")]
    pub lab: String,
}

/// `start`
#[derive(Debug, Args)]
pub(crate) struct Start {
    /// The lab
    #[arg(default_value = "volumes")]
    pub lab: String,
    /// Take this step alone (name or number): docker-lab first builds what the earlier ones leave behind
    #[arg(long, value_name = "ID")]
    pub step: Option<String>,
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
    /// The lab (default: volumes, or that of the facts)
    pub lab: Option<String>,
    /// The steps: names or numbers (default: all)
    pub steps: Vec<String>,
    /// Also write what was seen to a file; `-`: to the standard output, in place of the report
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

/// `map`
#[derive(Debug, Args)]
pub(crate) struct Map {
    /// The lab
    #[arg(default_value = "volumes")]
    pub lab: String,
    /// Everything on the daemon, not the lab's objects alone
    #[arg(long)]
    pub all: bool,
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
    pub shell: CompletedShell,
}

/// The shells that a script is there for.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum CompletedShell {
    Bash,
    Zsh,
    Fish,
    Powershell,
    Elvish,
}

/// `plugin`
#[derive(Debug, Args)]
pub(crate) struct Plugin {
    #[command(subcommand)]
    pub action: PluginAction,
}

/// What to do with the plugin.
#[derive(Debug, Subcommand)]
pub(crate) enum PluginAction {
    /// Put it in place, so that `docker lab` works
    Install {
        /// Also have the docker CLI show, after your own commands, what they achieved
        #[arg(long)]
        hooks: bool,
    },
    /// Is it in place?
    Status,
    /// Take it away again, and what it wrote
    Remove,
}
