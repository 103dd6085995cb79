//! The program: hands its arguments to the library and turns the answer into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    docker_lab::run(std::env::args_os().collect())
}
