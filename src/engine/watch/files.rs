//! The workspace's files: told by the system where they change, and looked through every two seconds where the
//! system cannot tell.

use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use notify::Config;
use notify::ErrorKind;
use notify::Event;
use notify::EventKind;
use notify::PollWatcher;
use notify::RecommendedWatcher;
use notify::RecursiveMode;
use notify::Watcher;
use notify::event::AccessKind;
use notify::event::AccessMode;
use notify::event::MetadataKind;
use notify::event::ModifyKind;
use tokio::sync::mpsc::UnboundedSender;

use crate::engine::watch::News;

/// How often folders are looked through where the system tells nothing.
const LOOK_THROUGH: Duration = Duration::from_secs(2);

/// The folders under watch; only those that a probe reads in, since a database's folder changes all the time.
pub(super) struct Files {
    /// Folders below the workspace that are to be watched as soon as they are there.
    wanted: BTreeSet<String>,
    /// The folders under watch, there or not.
    folders: BTreeSet<PathBuf>,
    watcher: Option<Box<dyn Watcher + Send>>,
    /// Whether the system cannot tell, so that folders are looked through.
    looks_through: bool,
    teller: Teller,
}

impl Files {
    /// Watches the folders of these paths (or globs), and the session's journal.
    pub(super) fn begin(
        workspace: &Path,
        paths: &[String],
        journal: &Path,
        news: UnboundedSender<News>,
    ) -> Files {
        let wanted =
            paths.iter().filter_map(|path| path.rsplit_once('/')).map(|(folder, _)| folder.to_owned());
        let teller = Teller { workspace: workspace.to_owned(), journal: journal.to_owned(), news };
        let tell = {
            let teller = teller.clone();
            move |event| teller.tell(event)
        };
        let watcher = RecommendedWatcher::new(tell, Config::default()).ok();
        let watcher = watcher.map(|watcher| -> Box<dyn Watcher + Send> { Box::new(watcher) });
        let (wanted, folders) = (wanted.collect(), BTreeSet::new());
        let mut files = Files { wanted, folders, watcher, looks_through: false, teller };
        if files.watcher.is_none() {
            files.look_through();
        }
        files.watch(workspace);
        if let Some(home) = journal.parent() {
            files.watch(home);
        }
        for folder in files.wanted.clone() {
            files.follow(&folder);
        }
        files
    }

    /// Watches a folder that came into being, if it is one that matters.
    pub(super) fn follow(&mut self, path: &str) {
        if self.wanted.contains(path) {
            self.watch(&self.teller.workspace.join(path));
        }
    }

    /// A folder that is not there (yet), or that a server has taken for its own, is no harm: its parent tells when that
    /// changes. With any other trouble the system cannot tell: it may have run out of watches.
    fn watch(&mut self, folder: &Path) {
        self.folders.insert(folder.to_owned());
        let Some(watcher) = &mut self.watcher else { return };
        let outcome = watcher.watch(folder, RecursiveMode::NonRecursive);
        let trouble = outcome.is_err_and(|error| !is_closed(&error));
        if trouble && !self.looks_through {
            self.look_through();
        }
    }

    /// Looks through all folders from now on.
    fn look_through(&mut self) {
        self.looks_through = true;
        let (teller, config) = (self.teller.clone(), Config::default().with_poll_interval(LOOK_THROUGH));
        let watcher = PollWatcher::new(move |event| teller.tell(event), config).ok();
        self.watcher = watcher.map(|watcher| -> Box<dyn Watcher + Send> { Box::new(watcher) });
        for folder in self.folders.clone() {
            self.watch(&folder);
        }
    }
}

/// Whether a folder is not there, or may not be read.
fn is_closed(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::PathNotFound => true,
        ErrorKind::Io(why) => {
            matches!(why.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::PermissionDenied)
        }
        _ => false,
    }
}

/// Turns the system's events into news.
#[derive(Clone)]
struct Teller {
    workspace: PathBuf,
    journal: PathBuf,
    news: UnboundedSender<News>,
}

impl Teller {
    fn tell(&self, event: notify::Result<Event>) {
        let event = match event {
            Ok(event) => event,
            // Looking through finds the same folder gone or closed each time: that is no news.
            Err(error) if is_closed(&error) => return,
            // Something was missed, as after an overflow.
            Err(_) => return self.missed(),
        };
        if event.need_rescan() {
            return self.missed();
        }
        let whole = match event.kind {
            // Looking through sees that a file is being written to, not that it was closed.
            EventKind::Modify(ModifyKind::Metadata(MetadataKind::WriteTime)) => false,
            EventKind::Access(AccessKind::Close(AccessMode::Write))
            | EventKind::Remove(_)
            | EventKind::Modify(ModifyKind::Name(_) | ModifyKind::Metadata(_)) => true,
            EventKind::Access(_) => return,
            EventKind::Create(_) | EventKind::Modify(_) | EventKind::Any | EventKind::Other => false,
        };
        for path in &event.paths {
            if *path == self.journal {
                let _ = self.news.send(News::Journal);
            } else if let Ok(below) = path.strip_prefix(&self.workspace) {
                let folder = matches!(event.kind, EventKind::Create(_)) && path.is_dir();
                self.path(&below.to_string_lossy().replace('\\', "/"), whole || folder);
            }
        }
    }

    /// Anything may have changed.
    fn missed(&self) {
        self.path("", true);
        let _ = self.news.send(News::Journal);
    }

    fn path(&self, path: &str, whole: bool) {
        // Whoever watched may have ended.
        let _ = self.news.send(News::Path { path: path.to_owned(), whole });
    }
}

#[cfg(test)]
mod tests {
    use notify::EventHandler;
    use notify::WatcherKind;
    use notify::event::Flag;
    use tokio::sync::mpsc::UnboundedReceiver;
    use tokio::sync::mpsc::unbounded_channel;

    use super::*;

    /// A system that has no watches left.
    struct Full;

    impl Watcher for Full {
        fn new<F: EventHandler>(_: F, _: Config) -> notify::Result<Full> {
            Ok(Full)
        }

        fn watch(&mut self, _: &Path, _: RecursiveMode) -> notify::Result<()> {
            Err(notify::Error::new(ErrorKind::MaxFilesWatch))
        }

        fn unwatch(&mut self, _: &Path) -> notify::Result<()> {
            Ok(())
        }

        fn kind() -> WatcherKind {
            WatcherKind::NullWatcher
        }
    }

    fn teller(workspace: &Path) -> (Teller, UnboundedReceiver<News>) {
        let (news, heard) = unbounded_channel();
        (Teller { workspace: workspace.to_owned(), journal: workspace.join("journal"), news }, heard)
    }

    #[tokio::test]
    async fn without_watches_the_folders_are_looked_through() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let (teller, mut heard) = teller(folder.path());
        let (wanted, folders) = (BTreeSet::new(), BTreeSet::new());
        let mut files =
            Files { wanted, folders, watcher: Some(Box::new(Full)), looks_through: false, teller };
        files.watch(folder.path());
        assert!(files.looks_through);
        std::fs::write(folder.path().join("init.sql"), "x").expect("written");
        let news = tokio::time::timeout(LOOK_THROUGH * 5, heard.recv()).await.expect("news in time");
        assert!(matches!(news, Some(News::Path { path, .. }) if path == "init.sql"));
    }

    #[test]
    fn what_was_missed_is_looked_at_and_what_is_being_written_is_not_whole() {
        let (teller, mut heard) = teller(Path::new("/lab"));
        teller.tell(Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan)));
        assert!(matches!(heard.try_recv(), Ok(News::Path { path, whole: true }) if path.is_empty()));
        assert!(matches!(heard.try_recv(), Ok(News::Journal)));
        // A server took the folder for its own, and somebody removed another: that is found at each look through.
        for kind in [std::io::ErrorKind::PermissionDenied, std::io::ErrorKind::NotFound] {
            teller.tell(Err(notify::Error::io(kind.into())));
            assert!(heard.try_recv().is_err(), "{kind}");
        }
        let written = EventKind::Modify(ModifyKind::Metadata(MetadataKind::WriteTime));
        teller.tell(Ok(Event::new(written).add_path(PathBuf::from("/lab/a.tar.gz"))));
        assert!(matches!(heard.try_recv(), Ok(News::Path { whole: false, .. })));
    }
}
