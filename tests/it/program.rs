//! The program under test, run the way a person or a script runs it. What a test does not say about stderr must
//! be looked at: the outcome prints whole when an expectation fails.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use serde_json::Value;
use tempfile::TempDir;

use crate::engine::Engine;

/// A learner's place: a home for sessions, a workspace, and a daemon.
pub struct Place {
    pub folder: TempDir,
    pub socket: String,
    prefix: Option<String>,
}

/// What came of a call.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Place {
    /// A place on a daemon.
    pub fn on(engine: &Engine) -> Place {
        Place::at(&engine.host())
    }

    /// A place that talks to `host`, whatever answers there.
    pub fn at(host: &str) -> Place {
        let folder = TempDir::new().expect("a folder");
        std::fs::create_dir(folder.path().join("work")).expect("a workspace");
        Place { folder, socket: host.to_owned(), prefix: None }
    }

    /// Gives every object a prefix, so that tests share a daemon.
    pub fn prefixed(mut self, prefix: &str) -> Place {
        self.prefix = Some(prefix.to_owned());
        self
    }

    /// The workspace.
    pub fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// The home of sessions.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The name of an object after this place's prefix.
    pub fn name(&self, bare: &str) -> String {
        self.prefix.as_ref().map_or_else(|| bare.to_owned(), |prefix| format!("{prefix}_{bare}"))
    }

    /// The command, not started yet.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docker-lab"));
        command.args(args).current_dir(self.work()).stdin(Stdio::null());
        if let Some(prefix) = &self.prefix {
            command.args(["--prefix", prefix]);
        }
        self.environment(&mut command);
        command
    }

    /// The environment of a learner's shell: the program is on the path, and nothing of the tester's shows.
    pub fn environment(&self, command: &mut Command) {
        let bin =
            Path::new(env!("CARGO_BIN_EXE_docker-lab")).parent().expect("a folder").display().to_string();
        let shims = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engine/shims").display().to_string();
        let path = std::env::var("PATH").unwrap_or_default();
        command
            .env("PATH", format!("{bin}:{path}:{shims}"))
            .env("DOCKER_HOST", &self.socket)
            .env("DOCKER_LAB_HOME", self.home())
            .env("DOCKER_LAB_LANG", "en")
            .env("NO_COLOR", "1")
            .env("TERM", "xterm")
            .env_remove("DOCKER_CONTEXT")
            .env_remove("DOCKER_TLS_VERIFY")
            .env_remove("CI");
    }

    /// Runs the program to its end.
    pub fn run(&self, args: &[&str]) -> Outcome {
        Outcome::from(self.command(args).output().expect("the program"))
    }

    /// Runs the program and reads the JSON it prints.
    pub fn json(&self, args: &[&str]) -> Value {
        let args = [args, &["--format", "json"]].concat();
        let outcome = self.run(&args);
        serde_json::from_str(&outcome.stdout).unwrap_or_else(|error| panic!("{error}: {outcome:#?}"))
    }

    /// Has bash carry out a script in the workspace, as a learner's shell would.
    pub fn shell(&self, script: &str) -> Outcome {
        let mut command = Command::new("bash");
        command.arg("-c").arg(script).current_dir(self.work()).stdin(Stdio::null());
        self.environment(&mut command);
        Outcome::from(command.output().expect("bash"))
    }
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Outcome {
        Outcome {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Outcome {
    /// The exit code must be this one.
    #[track_caller]
    pub fn code(self, code: i32) -> Outcome {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// stderr must say this.
    #[track_caller]
    pub fn says(self, words: &str) -> Outcome {
        assert!(self.stderr.contains(words), "not said: {words}\n{self:#?}");
        self
    }

    /// stdout must hold this.
    #[track_caller]
    pub fn prints(self, words: &str) -> Outcome {
        assert!(self.stdout.contains(words), "not printed: {words}\n{self:#?}");
        self
    }
}

/// The ids of the criteria that are not passed.
pub fn lost(report: &Value) -> Vec<String> {
    let all = report["criteria"].as_array().expect("criteria");
    let open = all.iter().filter(|criterion| criterion["status"] != "passed");
    open.map(|criterion| criterion["id"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Every check of a report that is in a status, as `step.check`.
pub fn checks_in(report: &Value, status: &str) -> Vec<String> {
    let mut found = Vec::new();
    for step in report["steps"].as_array().expect("steps") {
        for check in step["checks"].as_array().expect("checks") {
            if check["status"] == status {
                found.push(format!(
                    "{}.{}",
                    step["id"].as_str().unwrap_or("?"),
                    check["id"].as_str().unwrap_or("?")
                ));
            }
        }
    }
    found
}
