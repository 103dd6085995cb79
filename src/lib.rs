//! docker-lab: an interactive trainer and lab checker for Docker volumes and persistence.
//!
//! One direction, from the file to the report:
//!
//! ```text
//! labs/*.yaml → lab → plan → observe → judge → report
//!                └→ operations → render (what a learner types) and act (the Docker API)
//! ```
//!
//! The folders, bottom to top; each imports only from those above it in this list
//! (`tests/it/house.rs` says exactly which, and fails when one does not).

mod author;
mod checks;
mod class;
mod cli;
mod docker;
mod engine;
mod error;
mod lab;
mod postgres;
mod quiz;
mod report;
mod text;
mod web;
mod world;
mod yaml;

use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the program with the arguments as the shell gave them (the first is the program's own name).
pub fn run(args: Vec<OsString>) -> ExitCode {
    cli::run(args)
}
