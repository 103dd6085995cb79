//! Tests from outside: the real binary, real daemons, a real terminal's exit codes. One target, so that engines
//! and images are shared.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a test stops where it fails"
)]

mod bad_input;
mod engine;
mod house;
mod images;
mod lab_files;
mod learner;
mod live_run;
mod machine;
mod module;
mod program;
mod readme;
mod recorded;
mod ssh_transport;
mod tls_transport;
mod wrong_work;
