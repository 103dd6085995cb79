//! A program on a machine that is reached by ssh: run once, and heard out.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::ChildStderr;
use tokio::process::ChildStdout;
use tokio::process::Command;
use tokio::sync::Notify;

use crate::docker::transport::SshTarget;
use crate::docker::transport::parting::SSH_FAILED;
use crate::docker::transport::parting::readable;
use crate::docker::transport::parting::sentence;
use crate::docker::transport::ssh::not_started;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;

/// So much is read of what it prints, in bytes: facts of a few hundred kilobytes with room to spare.
const MOST: usize = 8 << 20;

/// How long its last words are waited for when all was printed.
const FAREWELL: Duration = Duration::from_secs(1);

/// So much is kept of its last words, in bytes.
const KEPT: usize = 4096;

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
        // Ctrl-C is for the program, as it is for a connection.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(|error| not_started(&error))?;
        let (printed, heard) = (child.stdout.take(), child.stderr.take());
        let broken = |error: std::io::Error| {
            Error::environment(say!(
                "la connexion à `{self}` s'est rompue",
                "the connection to `{self}` broke off"
            ))
            .because(error)
        };
        let over = Notify::new();
        let reading = async {
            let out = read(printed).await;
            over.notify_one();
            out
        };
        let (out, words) = tokio::join!(reading, hear(heard, &over));
        let out = out.map_err(broken)?;
        if out.len() > MOST {
            // Not waited for: dropped, it ends.
            return Err(Error::environment(say!(
                "`{self}` en dit plus que prévu",
                "`{self}` says more than expected"
            )));
        }
        let code = child.wait().await.map_err(broken)?.code();
        let last_words = readable(&words);
        if code == Some(SSH_FAILED) {
            return Err(sentence(self, code, &last_words, false));
        }
        Ok(Said { code, out, last_words })
    }
}

/// What is printed, and a byte more where it is too much.
async fn read(printed: Option<ChildStdout>) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let Some(printed) = printed else { return Ok(out) };
    printed.take(MOST as u64 + 1).read_to_end(&mut out).await?;
    Ok(out)
}

/// The last of what is said beside it, until a while after all was printed: a shared connection may hold the pipe open.
async fn hear(heard: Option<ChildStderr>, printed: &Notify) -> Vec<u8> {
    let (mut words, mut part) = (Vec::new(), [0; 512]);
    let Some(mut heard) = heard else { return words };
    let end = async {
        printed.notified().await;
        tokio::time::sleep(FAREWELL).await;
    };
    let mut end = std::pin::pin!(end);
    loop {
        let count = tokio::select! {
            read = heard.read(&mut part) => read.unwrap_or(0),
            () = &mut end => 0,
        };
        if count == 0 {
            return words;
        }
        words.extend_from_slice(&part[..count]);
        let surplus = words.len().saturating_sub(KEPT);
        words.drain(..surplus);
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
