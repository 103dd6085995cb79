//! The docker CLI's wish that its plugin ends: outside of a terminal it passes no signal on, and closes a socket
//! instead.

/// Waits until the docker CLI closes the socket that it named; for ever where it named none.
#[cfg(unix)]
pub(crate) async fn closed(name: Option<&str>) {
    use tokio::io::AsyncReadExt;
    let Some(name) = name else { return std::future::pending().await };
    // Go writes the name of an abstract socket with an `@`, the system with a zero.
    let path = name.strip_prefix('@').map_or_else(|| name.to_owned(), |rest| format!("\0{rest}"));
    let Ok(mut socket) = tokio::net::UnixStream::connect(path).await else {
        return std::future::pending().await;
    };
    // Nothing is ever said in it.
    while socket.read_u8().await.is_ok() {}
}

#[cfg(not(unix))]
pub(crate) async fn closed(_name: Option<&str>) {
    std::future::pending().await
}
