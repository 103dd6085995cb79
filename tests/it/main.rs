//! Tests from outside: the real binary, real daemons, a real terminal's exit codes. One target, so that engines
//! and images are shared.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a test stops where it fails"
)]

mod author;
mod bad_input;
mod class;
mod completions;
mod doctor;
mod engine;
mod guided;
mod house;
mod images;
mod judged;
mod lab_files;
mod learner;
mod live_run;
mod machine;
mod map;
mod module;
mod new_kind;
mod optional_image;
mod own_lab;
mod plugin;
mod program;
mod quiz;
mod readme;
mod recorded;
mod sabotages;
mod short_labs;
mod ssh_transport;
mod terminal;
mod tls_transport;
mod watch;
mod wrong_work;
