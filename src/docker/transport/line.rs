//! One connection through a running ssh: its standard streams, and its last words when it ends.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Context;
use std::task::Poll;
use std::task::ready;
use std::time::Duration;

use tokio::io::AsyncRead;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWrite;
use tokio::io::ReadBuf;
use tokio::process::Child;
use tokio::process::ChildStderr;
use tokio::process::ChildStdin;
use tokio::process::ChildStdout;
use tokio::sync::OwnedSemaphorePermit;

use crate::docker::transport::Told;
use crate::docker::transport::parting::SSH_FAILED;
use crate::docker::transport::parting::readable;
use crate::docker::transport::parting::sentence;
use crate::docker::transport::parting::talkative;
use crate::docker::transport::ssh::SshTarget;

/// How long a child that closed its output may take to end and to say why.
const FAREWELL: Duration = Duration::from_secs(1);

/// So much of what ssh says is kept.
const KEPT: usize = 4096;

/// A connection.
pub(super) struct Line {
    input: Option<ChildStdin>,
    output: ChildStdout,
    state: State,
    heard: Vec<u8>,
    target: Arc<SshTarget>,
    /// Held until the first byte arrives; then the next connection may be set up.
    turn: Option<OwnedSemaphorePermit>,
    answered: bool,
}

enum State {
    Open(Box<Child>, ChildStderr),
    Ending(Pin<Box<dyn Future<Output = io::Result<()>> + Send>>),
    Over,
}

impl Line {
    /// Takes the streams of a child that has just been started.
    pub(super) fn new(
        mut child: Child,
        target: Arc<SshTarget>,
        turn: Option<OwnedSemaphorePermit>,
    ) -> io::Result<Line> {
        let streams = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(input), Some(output), Some(words)) = streams else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let state = State::Open(Box::new(child), words);
        Ok(Line { input: Some(input), output, state, heard: Vec::new(), target, turn, answered: false })
    }

    /// Reads what ssh says meanwhile: a full pipe would stop it.
    fn listen(&mut self, cx: &mut Context<'_>) {
        let State::Open(_, words) = &mut self.state else { return };
        let mut room = [0; 512];
        loop {
            let mut part = ReadBuf::new(&mut room);
            match Pin::new(&mut *words).poll_read(cx, &mut part) {
                Poll::Ready(Ok(())) if !part.filled().is_empty() => {
                    self.heard.extend_from_slice(part.filled());
                }
                Poll::Ready(_) | Poll::Pending => break,
            }
        }
        let surplus = self.heard.len().saturating_sub(KEPT);
        self.heard.drain(..surplus);
    }

    /// The output is closed: waits for the child's end, and tells what it means.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.turn = None;
        self.state = match std::mem::replace(&mut self.state, State::Over) {
            State::Open(child, words) => {
                let heard = std::mem::take(&mut self.heard);
                State::Ending(Box::pin(farewell(
                    child,
                    words,
                    heard,
                    Arc::clone(&self.target),
                    self.answered,
                )))
            }
            other => other,
        };
        let State::Ending(ending) = &mut self.state else { return Poll::Ready(Ok(())) };
        let end = ready!(ending.as_mut().poll(cx));
        self.state = State::Over;
        Poll::Ready(end)
    }

    /// The first bytes: whatever is not HTTP was printed by a shell before docker had its turn.
    fn greet(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.turn = None;
        self.answered = true;
        let expected = &b"HTTP/"[..bytes.len().min(5)];
        if bytes.starts_with(expected) {
            return Ok(());
        }
        Err(Told(talkative(&self.target, bytes)).within_io())
    }
}

impl AsyncRead for Line {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let line = self.get_mut();
        line.listen(cx);
        let before = to.filled().len();
        ready!(Pin::new(&mut line.output).poll_read(cx, to))?;
        let got = &to.filled()[before..];
        if got.is_empty() {
            return line.poll_end(cx);
        }
        Poll::Ready(if line.answered { Ok(()) } else { line.greet(got) })
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().input {
            Some(input) => Pin::new(input).poll_write(cx, bytes),
            None => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().input {
            Some(input) => Pin::new(input).poll_flush(cx),
            None => Poll::Ready(Ok(())),
        }
    }

    /// Closing the pipe is what tells the other side.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().input = None;
        Poll::Ready(Ok(()))
    }
}

/// Waits for a child's end, and makes a sentence of it where it is no good one.
async fn farewell(
    mut child: Box<Child>,
    words: ChildStderr,
    mut heard: Vec<u8>,
    target: Arc<SshTarget>,
    answered: bool,
) -> io::Result<()> {
    let ended = tokio::time::timeout(FAREWELL, child.wait());
    // Not to the end at any price: a shared connection (`ControlPersist`) may hold this pipe open.
    let mut words = words.take(KEPT as u64);
    let read = tokio::time::timeout(FAREWELL, words.read_to_end(&mut heard));
    let (ended, _) = tokio::join!(ended, read);
    let code = ended.ok().and_then(Result::ok).and_then(|status| status.code());
    match code {
        // The daemon has said all, and closed.
        Some(code) if answered && code != SSH_FAILED => Ok(()),
        code => Err(Told(sentence(&target, code, &readable(&heard), answered)).within_io()),
    }
}
