//! A program on a machine that is reached by ssh: run once, and heard out.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;

use crate::docker::transport::SshTarget;
use crate::docker::transport::parting::SSH_FAILED;
use crate::docker::transport::parting::readable;
use crate::docker::transport::parting::sentence;
use crate::docker::transport::ssh::not_started;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;

/// So much is read of what it prints, in bytes: facts of a few megabytes with room to spare.
const MOST: u64 = 64 << 20;

/// What a program on another machine has said.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    /// Its exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub out: Vec<u8>,
    /// Its last words, harmless for a terminal.
    pub last_words: String,
}

impl SshTarget {
    /// Runs a script of the plain shell over there, with arguments that no shell reads again. Dropped, it ends the ssh.
    ///
    /// # Errors
    ///
    /// Where ssh cannot be started, or does not reach the machine.
    pub(crate) async fn run(&self, script: &str, arguments: &[&str], patience: Duration) -> Result<Said> {
        let mut line = format!("exec sh -c {} sh", quoted(script));
        for argument in arguments {
            line = format!("{line} {}", quoted(argument));
        }
        let mut command = Command::new("ssh");
        command
            .args(self.options(patience))
            .arg(line)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| not_started(&error))?;
        let (mut out, mut words) = (Vec::new(), Vec::new());
        let mut printed = child.stdout.take().map(|out| out.take(MOST));
        let mut heard = child.stderr.take().map(|words| words.take(MOST));
        let reading = async {
            match &mut printed {
                Some(printed) => printed.read_to_end(&mut out).await.map(drop),
                None => Ok(()),
            }
        };
        let hearing = async {
            match &mut heard {
                Some(heard) => heard.read_to_end(&mut words).await.map(drop),
                None => Ok(()),
            }
        };
        let broken = |error: std::io::Error| {
            Error::environment(say!(
                "la connexion à `{self}` s'est rompue",
                "the connection to `{self}` broke off"
            ))
            .because(error)
        };
        let (read, heard_out) = tokio::join!(reading, hearing);
        read.and(heard_out).map_err(broken)?;
        let code = child.wait().await.map_err(broken)?.code();
        let last_words = readable(&words);
        if code == Some(SSH_FAILED) {
            return Err(sentence(self, code, &last_words, false));
        }
        Ok(Said { code, out, last_words })
    }
}

/// One word for a POSIX shell, whatever it holds.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one_word() {
        assert_eq!(quoted("a b; $(c)"), "'a b; $(c)'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
