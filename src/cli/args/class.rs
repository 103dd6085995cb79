//! The arguments of `class`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use clap::Subcommand;
use clap::ValueHint;

/// `class`
#[derive(Debug, Args)]
pub(crate) struct Class {
    #[command(subcommand)]
    pub action: ClassAction,
}

/// What to do with the machines.
#[derive(Debug, Subcommand)]
pub(crate) enum ClassAction {
    /// Look at every machine, judge, and show the sheet
    Check(RoomCheck),
    /// The same again at every change, until Ctrl-C
    Watch(Room),
    /// The sheet as a web page that updates itself, until Ctrl-C
    Serve(RoomServe),
    /// The last check that was kept, beside an earlier one; no machine is asked
    Report(RoomReport),
    /// Delete what is kept here of a learner; the machine is not touched
    Forget(RoomForget),
    /// Is each machine fit for the lab?
    Doctor(Room),
    /// Bring the images to every machine, and note what stands there before the lab begins
    Prepare(RoomPrepare),
    /// The quiz of the lab: a paper for the room, or the answers to it, collected, graded and kept
    Quiz(RoomQuiz),
    /// Show what would be removed from each machine, then remove what the lab made and only that
    Reset(RoomReset),
}

/// `class check`
#[derive(Debug, Args)]
pub(crate) struct RoomCheck {
    #[command(flatten)]
    pub room: Room,
    /// How to look: over the Docker API alone (`api`), or by the docker-lab of each machine that ssh leads to (`remote`)
    #[arg(long, value_enum, value_name = "WAY", default_value_t = Way::Api, hide_possible_values = true)]
    pub via: Way,
}

/// How a machine is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Way {
    /// Over the Docker API; nothing need be installed there
    Api,
    /// By its own docker-lab, with the learner's journal; over the API where there is none
    Remote,
}

/// `class serve`
#[derive(Debug, Args)]
pub(crate) struct RoomServe {
    #[command(flatten)]
    pub room: Room,
    /// Where to listen; elsewhere than on this machine's own addresses a token is needed
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8090")]
    pub listen: SocketAddr,
    /// Make a new token: the old one no longer counts
    #[arg(long)]
    pub new_token: bool,
}

/// `class report`
#[derive(Debug, Args)]
pub(crate) struct RoomReport {
    #[command(flatten)]
    pub room: Room,
    /// Compare with that moment: a time (RFC 3339), or how long ago (30min, 2h)
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
}

/// `class forget`
#[derive(Debug, Args)]
pub(crate) struct RoomForget {
    /// The learner, or their machine's name
    pub learner: String,
    #[command(flatten)]
    pub room: Room,
    /// Remove without asking
    #[arg(long)]
    pub yes: bool,
}

/// `class prepare`
#[derive(Debug, Args)]
pub(crate) struct RoomPrepare {
    #[command(flatten)]
    pub room: Room,
    /// Each machine pulls from its registry; otherwise the images come out of your own daemon
    #[arg(long)]
    pub pull: bool,
    /// Pull from this registry instead, as HOST/PREFIX
    #[arg(long, value_name = "HOST/PREFIX")]
    pub mirror: Option<String>,
    /// No progress bars
    #[arg(long)]
    pub quiet: bool,
}

/// `class quiz`
#[derive(Debug, Args)]
pub(crate) struct RoomQuiz {
    #[command(flatten)]
    pub room: Room,
    /// The number of the paper: who grades it must name the same
    #[arg(long, value_name = "N")]
    pub seed: u64,
    /// How many questions
    #[arg(long, value_name = "N")]
    pub questions: Option<usize>,
    /// Write the paper, and a file for the answers, into a folder
    #[arg(long, value_name = "FOLDER", conflicts_with = "answers")]
    pub papers: Option<PathBuf>,
    /// Grade the files of a folder, named after the machines or the learners (default: `answers.yaml` in each workspace)
    #[arg(long, value_name = "FOLDER")]
    pub answers: Option<PathBuf>,
}

/// `class reset`
#[derive(Debug, Args)]
pub(crate) struct RoomReset {
    #[command(flatten)]
    pub room: Room,
    /// Remove without asking
    #[arg(long)]
    pub yes: bool,
}

/// How many machines are asked at once where nobody says otherwise.
pub(crate) const JOBS: usize = 64;

/// A room and a lab.
#[derive(Debug, Args)]
pub(crate) struct Room {
    /// The lab
    #[arg(default_value = "volumes")]
    pub lab: String,
    /// The inventory: which machines there are (YAML)
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub inventory: PathBuf,
    /// Only the machines of this group
    #[arg(long, value_name = "NAME")]
    pub group: Option<String>,
    /// Keep and read the results on this PostgreSQL instead of in a file, as `postgres://USER@HOST/DATABASE`
    #[arg(long, value_name = "URL")]
    pub store: Option<String>,
    /// So many machines at once
    #[arg(long, value_name = "NUMBER", default_value_t = JOBS)]
    pub jobs: usize,
}
