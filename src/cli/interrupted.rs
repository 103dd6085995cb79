//! Ctrl-C and its like while something is under way.

use crate::cli::plugin;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;

/// Carries work out until it ends or Ctrl-C is pressed.
pub(super) async fn or<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::select! {
        outcome = work => outcome,
        _ = tokio::signal::ctrl_c() => Err(told()),
    }
}

/// The sentence for whoever pressed it.
pub(super) fn told() -> Error {
    Error::interrupted(say!("interrompu ; ce qui est fait est gardé", "interrupted; what is done is kept"))
}

/// Waits until the program is asked to end, by a signal or by the docker CLI whose plugin it is.
pub(super) async fn asked(at_prompt: bool, plugin_socket: Option<&str>) {
    tokio::select! {
        () = signalled(at_prompt) => {}
        () = plugin::closed(plugin_socket) => {}
    }
}

/// Ctrl-C, a closed terminal, or a polite request to end.
#[cfg(unix)]
async fn signalled(at_prompt: bool) {
    use tokio::signal::unix::SignalKind;
    use tokio::signal::unix::signal;
    let signals = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
    let [Ok(mut interrupt), Ok(mut end), Ok(mut closed)] = signals else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv(), if !at_prompt => {}
        _ = end.recv() => {}
        _ = closed.recv() => {}
    }
}

#[cfg(not(unix))]
async fn signalled(at_prompt: bool) {
    if at_prompt {
        return std::future::pending().await;
    }
    let _ = tokio::signal::ctrl_c().await;
}
