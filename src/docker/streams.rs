//! From the daemon's asynchronous byte streams to readers that `tar` and gzip understand, and back. Nothing is
//! held in memory but a buffer.

use std::io;
use std::io::Read;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::StreamExt;
use tokio_util::io::StreamReader;
use tokio_util::io::SyncIoBridge;

/// A blocking reader over a stream of the daemon; to be read inside `spawn_blocking`.
pub(super) fn reader<S>(stream: S) -> impl Read + Send
where
    S: Stream<Item = Result<Bytes, bollard::errors::Error>> + Send + Unpin + 'static,
{
    SyncIoBridge::new(StreamReader::new(stream.map(|part| part.map_err(io::Error::other))))
}

/// Runs blocking work on a thread that may block; a panic in it becomes an I/O error.
pub(super) async fn blocking<T, F>(work: F) -> io::Result<T>
where
    F: FnOnce() -> io::Result<T> + Send + 'static,
    T: Send + 'static,
{
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}
