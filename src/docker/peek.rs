//! A look at one file of a container: while it runs as its programs see it, for what is in memory the archive API does
//! not hand out; else, or where there is no shell inside, through the archive.

use bollard::container::LogOutput;
use futures_util::StreamExt;

use crate::docker::Engine;
use crate::docker::FILE_TEXT;
use crate::docker::is_not_found;
use crate::docker::tunnel::OURS;
use crate::error::Result;
use crate::world::File;

/// Prints the kind, mode and size of a path and then, for a file, its first bytes; nothing where it is not there.
const PEEK: &str = "[ -e \"$0\" ] || exit 0; if [ -d \"$0\" ]; then echo \"d $(stat -c '%a %u 0 %Y' \"$0\")\"; \
    else echo \"f $(stat -c '%a %u %s %Y' \"$0\")\"; head -c 65537 \"$0\"; fi";

/// Asks the web server inside for a path, and again for a moment while it is getting ready: bash where the image has
/// it, else netcat.
const ASK: &str = "ask() { printf 'GET %s HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' \"$1\"; }; \
    get() { if command -v bash >/dev/null 2>&1; then bash -c 'exec 3<>/dev/tcp/127.0.0.1/80 && cat >&3 && cat <&3'; \
    else nc 127.0.0.1 80; fi; }; \
    n=0; until ask \"$0\" | get 2>/dev/null || [ $n -ge 10 ]; do n=$((n+1)); sleep 0.2; done";

impl Engine {
    /// What the web server in a running container answers for a path, its headers left out; `None` where nothing
    /// answers.
    pub(crate) async fn page(&self, container: &str, path: &str) -> Result<Option<File>> {
        if self.runs(container).await? != Some(true) {
            return Ok(None);
        }
        let bytes = self.printed(container, ASK, path).await?;
        let answer = String::from_utf8_lossy(&bytes).into_owned();
        Ok(answer.split_once("\r\n\r\n").map(|(_, body)| File {
            folder: false,
            size: u64::try_from(body.len()).unwrap_or(u64::MAX),
            mode: 0,
            foreign: false,
            text: Some(body.to_owned()),
            changed: None,
        }))
    }

    /// A file or folder as a container has it; `None` where it is not there, or there is no such container.
    pub(crate) async fn container_file(&self, container: &str, path: &str) -> Result<Option<File>> {
        match self.runs(container).await? {
            None => Ok(None),
            Some(false) => self.kept_file(container, path).await,
            Some(true) => {
                let bytes = self.printed(container, PEEK, path).await?;
                match peeked(&bytes) {
                    None if !bytes.is_empty() => self.kept_file(container, path).await,
                    seen => Ok(seen),
                }
            }
        }
    }

    /// Whether a container runs; `None` where there is none.
    async fn runs(&self, container: &str) -> Result<Option<bool>> {
        match self.api.inspect_container(container, None).await {
            Ok(found) => Ok(Some(found.state.and_then(|state| state.running) == Some(true))),
            Err(error) if is_not_found(&error) => Ok(None),
            Err(error) => Err(self.unseen(&error)),
        }
    }

    /// What a script of ours prints inside a running container.
    async fn printed(&self, container: &str, script: &str, path: &str) -> Result<Vec<u8>> {
        // The mark comes last: by that, events of our own looking are known.
        let command = ["sh", "-c", script, path, OURS].map(str::to_owned).to_vec();
        let (mut output, input) = self.exec(container, command).await?;
        drop(input);
        let mut bytes = Vec::new();
        while let Some(frame) = output.next().await {
            if let LogOutput::StdOut { message } = frame.map_err(|error| self.unseen(&error))? {
                bytes.extend_from_slice(&message);
            }
        }
        Ok(bytes)
    }
}

/// Reads what [`PEEK`] prints.
fn peeked(bytes: &[u8]) -> Option<File> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (head, rest) = (String::from_utf8_lossy(&bytes[..end]).into_owned(), &bytes[end + 1..]);
    let mut words = head.split_whitespace();
    let folder = words.next()? == "d";
    let mode = u32::from_str_radix(words.next()?, 8).ok()?;
    let owner: u64 = words.next()?.parse().ok()?;
    let size: u64 = words.next()?.parse().ok()?;
    let changed = words.next()?.parse().ok();
    let short = u64::try_from(rest.len()).is_ok_and(|length| length <= FILE_TEXT);
    let whole = !folder && short && !rest.contains(&0);
    let text = whole.then(|| String::from_utf8_lossy(rest).into_owned());
    Some(File { folder, size, mode, foreign: owner != 0, text, changed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peek_tells_kind_mode_owner_and_text() {
        let file = peeked(b"f 640 70 5 99\nnote\n").expect("a file");
        assert_eq!((file.mode, file.foreign, file.size, file.folder), (0o640, true, 5, false));
        assert_eq!((file.text.as_deref(), file.changed), (Some("note\n"), Some(99)));
        assert!(peeked(b"d 755 0 0 99\n").expect("a folder").folder);
        assert_eq!(peeked(b""), None);
    }
}
