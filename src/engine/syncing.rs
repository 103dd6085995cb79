//! Brings the journal to the disk while the session goes on: on a busy disk that takes seconds, and no tick waits for it.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::mpsc;
use std::thread::JoinHandle;

/// A thread that syncs; it begins with the first file, and whoever drops this waits for the last.
#[derive(Debug, Default)]
pub(super) struct Syncing {
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    files: mpsc::Sender<File>,
    failed: Arc<Mutex<Option<io::Error>>>,
    thread: JoinHandle<()>,
}

impl Syncing {
    /// Syncs a file soon.
    ///
    /// # Errors
    ///
    /// Of an earlier one that could not be synced: what was written is lost if the machine loses its power.
    pub(super) fn take(&mut self, file: File) -> io::Result<()> {
        let running = match self.running.take() {
            Some(running) => running,
            None => match begin() {
                Ok(running) => running,
                // Without a thread it is waited for.
                Err(_) => return file.sync_data(),
            },
        };
        let running = self.running.insert(running);
        running.files.send(file).map_err(io::Error::other)?;
        let failed = running.failed.lock().unwrap_or_else(PoisonError::into_inner).take();
        failed.map_or(Ok(()), Err)
    }
}

fn begin() -> io::Result<Running> {
    let (files, waiting) = mpsc::channel::<File>();
    let failed = Arc::<Mutex<Option<io::Error>>>::default();
    let failing = Arc::clone(&failed);
    let thread = std::thread::Builder::new().spawn(move || {
        while let Ok(first) = waiting.recv() {
            // All are the same file: the newest takes what was written through the others along.
            let newest = waiting.try_iter().last().unwrap_or(first);
            if let Err(error) = newest.sync_data() {
                *failing.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            }
        }
    })?;
    Ok(Running { files, failed, thread })
}

impl Drop for Syncing {
    fn drop(&mut self) {
        let Some(Running { files, thread, .. }) = self.running.take() else { return };
        drop(files);
        // Nobody is left to be told of a failure; what was written is there for as long as the machine has power.
        let _ = thread.join();
    }
}
