//! What happens on the daemon, as it happens: its event stream, followed again after it was lost, without what
//! our own looking causes.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::pin::Pin;
use std::time::Duration;

use bollard::models::EventMessage;
use bollard::models::EventMessageTypeEnum;
use bollard::query_parameters::EventsOptionsBuilder;
use futures_util::Stream;
use futures_util::StreamExt;

use crate::docker::Engine;
use crate::docker::SCRATCH;
use crate::docker::tunnel::OURS;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;

/// After so long without a word the daemon is asked whether it is still there: a cut line is silent too.
const SILENCE: Duration = Duration::from_secs(30);

/// The first pause before a lost stream is asked for again, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));

/// Something that happened, as far as a lab can care.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Happening {
    /// Containers came, went, or changed their state or name.
    Containers,
    /// A container ended: it may have written to a server in another one.
    Ended,
    /// Volumes came or went.
    Volumes,
    /// Images came or went.
    Images,
    /// A container let go of a volume: what it wrote there is whole now.
    Unmounted {
        /// The volume's name.
        volume: String,
    },
    /// Somebody began a command inside a container.
    Entered {
        /// The container's name.
        container: String,
        /// The command's id.
        exec: String,
    },
    /// That command ended.
    Left {
        /// The container's name.
        container: String,
        /// The command's id.
        exec: String,
    },
    /// The daemon no longer answers, for this reason.
    Lost(Error),
    /// It answers again: anything may have happened meanwhile.
    Missed,
}

type Events = Pin<Box<dyn Stream<Item = std::result::Result<EventMessage, bollard::errors::Error>> + Send>>;

/// The daemon's events from now on; [`Happenings::next`] never ends.
pub(crate) struct Happenings {
    engine: Engine,
    stream: Option<Events>,
    /// From when on events are asked for: the daemon's second, with its fraction.
    since: String,
    /// How long to wait before a stream that is lost now is asked for again.
    pause: Duration,
    sieve: Sieve,
}

impl Engine {
    /// Follows the daemon's events from now on.
    pub(crate) async fn happenings(&self) -> Result<Happenings> {
        let since = self.clock().await?.to_string();
        let mut happenings = Happenings {
            engine: self.clone(),
            stream: None,
            since,
            pause: PAUSES.0,
            sieve: Sieve::default(),
        };
        happenings.stream = Some(happenings.subscribe());
        Ok(happenings)
    }

    /// Whether the daemon answers.
    async fn ping(&self) -> Result<()> {
        let asked = tokio::time::timeout(SILENCE, self.api.ping()).await;
        match asked {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(self.unseen(&error)),
            Err(_) => Err(super::endpoint::silent(&self.endpoint, SILENCE)),
        }
    }
}

impl Happenings {
    /// Waits for what happens next.
    pub(crate) async fn next(&mut self) -> Happening {
        loop {
            let Some(stream) = &mut self.stream else { return self.again().await };
            match tokio::time::timeout(SILENCE, stream.next()).await {
                Ok(Some(Ok(event))) => {
                    self.pause = PAUSES.0;
                    if let Some(nanos) = event.time_nano {
                        self.since = format!("{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000);
                    }
                    if let Some(happening) = self.sieve.sift(&event) {
                        return happening;
                    }
                }
                Ok(Some(Err(error))) => return self.lost(self.engine.unseen(&error)),
                Ok(None) => return self.lost(ended(&self.engine.endpoint)),
                Err(_) => {
                    if let Err(error) = self.engine.ping().await {
                        return self.lost(error);
                    }
                    self.pause = PAUSES.0;
                }
            }
        }
    }

    fn lost(&mut self, why: Error) -> Happening {
        self.stream = None;
        Happening::Lost(why)
    }

    /// Asks until the daemon answers, ever more slowly; one that answers and tells no events is asked no more often.
    async fn again(&mut self) -> Happening {
        loop {
            tokio::time::sleep(self.pause).await;
            self.pause = PAUSES.1.min(self.pause * 2);
            // Everything will be looked at: what came before need not be told, and what could not be read of it
            // must not come again.
            if let Ok(Ok(now)) = tokio::time::timeout(SILENCE, self.engine.clock()).await {
                self.since = now.to_string();
                break;
            }
        }
        // A daemon that was started again numbers its commands anew.
        self.sieve = Sieve::default();
        self.stream = Some(self.subscribe());
        Happening::Missed
    }

    /// The daemon keeps its latest events, so what happens until it has read this is told too.
    fn subscribe(&self) -> Events {
        let kinds = ["container", "image", "volume"].map(str::to_owned).to_vec();
        let filters = HashMap::from([("type".to_owned(), kinds)]);
        let options = EventsOptionsBuilder::default().since(&self.since).filters(&filters).build();
        Box::pin(self.engine.api.events(Some(options)))
    }
}

fn ended(place: &str) -> Error {
    Error::environment(say!(
        "le moteur Docker de `{place}` s'est arrêté",
        "the Docker engine at `{place}` stopped"
    ))
}

/// Keeps apart what we cause ourselves: scratch containers by their label, tunnels by their name.
#[derive(Default)]
struct Sieve {
    /// The ids of scratch containers.
    scratch: BTreeSet<String>,
    /// The ids of commands that are our tunnels.
    tunnels: BTreeSet<String>,
}

impl Sieve {
    fn sift(&mut self, event: &EventMessage) -> Option<Happening> {
        let actor = event.actor.as_ref()?;
        let (id, action) = (actor.id.clone().unwrap_or_default(), event.action.as_deref()?);
        let nothing = HashMap::new();
        let attributes = actor.attributes.as_ref().unwrap_or(&nothing);
        let attribute = |name: &str| attributes.get(name).cloned().unwrap_or_default();
        match event.typ? {
            EventMessageTypeEnum::VOLUME => match action {
                "unmount" if self.scratch.contains(&attribute("container")) => None,
                "unmount" => Some(Happening::Unmounted { volume: id }),
                // Engines before 23 tell of a prune as a whole, not of what it took.
                "create" | "destroy" | "prune" => Some(Happening::Volumes),
                _ => None,
            },
            EventMessageTypeEnum::IMAGE => match action {
                "pull" | "load" | "import" | "tag" | "untag" | "delete" | "prune" => Some(Happening::Images),
                _ => None,
            },
            EventMessageTypeEnum::CONTAINER if attributes.contains_key(SCRATCH) => {
                if action == "destroy" {
                    self.scratch.remove(&id);
                } else {
                    self.scratch.insert(id);
                }
                None
            }
            EventMessageTypeEnum::CONTAINER => self.container(action, attribute("name"), attribute("execID")),
            _ => None,
        }
    }

    fn container(&mut self, action: &str, container: String, exec: String) -> Option<Happening> {
        // `exec_create: sh -c … docker-lab-look`
        let (verb, command) = action.split_once(':').unwrap_or((action, ""));
        match verb {
            "exec_create" | "exec_start" if command.ends_with(OURS) => {
                self.tunnels.insert(exec);
                None
            }
            "exec_start" => Some(Happening::Entered { container, exec }),
            "exec_die" if self.tunnels.remove(&exec) => None,
            // `docker cp` into it is as a command that wrote there.
            "exec_die" | "extract-to-dir" => Some(Happening::Left { container, exec }),
            "die" => Some(Happening::Ended),
            "create" | "start" | "destroy" | "rename" | "pause" | "unpause" => Some(Happening::Containers),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;
    use std::sync::atomic::Ordering;

    use bollard::models::EventActor;
    use tokio::io::AsyncBufReadExt;
    use tokio::io::AsyncWriteExt;
    use tokio::io::BufReader;
    use tokio::net::UnixListener;
    use tokio::net::UnixStream;

    use super::*;
    use crate::docker::Endpoint;

    fn event(typ: EventMessageTypeEnum, action: &str, pairs: &[(&str, &str)]) -> EventMessage {
        let attributes = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        EventMessage {
            typ: Some(typ),
            action: Some(action.to_owned()),
            actor: Some(EventActor { id: Some("id".to_owned()), attributes: Some(attributes.collect()) }),
            ..EventMessage::default()
        }
    }

    /// What a daemon would answer; its events, with an error.
    fn answer(request: &str) -> String {
        let about = |path: &str| request.starts_with(&format!("GET {path}"));
        let (status, body) = if about("/events") {
            ("500 Internal Server Error", r#"{"message":"no events"}"#)
        } else if about("/version") {
            ("200 OK", r#"{"Version":"20.10.24","ApiVersion":"1.41"}"#)
        } else if about("/info") {
            ("200 OK", r#"{"ID":"x","Name":"x","SystemTime":"2026-01-01T00:00:00Z"}"#)
        } else {
            ("200 OK", "OK")
        };
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    }

    /// Answers whoever connects; counts how often events are asked for.
    async fn serve(listener: UnixListener, asked: Arc<AtomicUsize>) {
        let mut all = tokio::task::JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            all.spawn(converse(stream, Arc::clone(&asked)));
        }
    }

    async fn converse(stream: UnixStream, asked: Arc<AtomicUsize>) {
        let mut stream = BufReader::new(stream);
        let mut request = String::new();
        while stream.read_line(&mut request).await.is_ok_and(|read| read > 0) {
            if request.ends_with("\r\n\r\n") {
                asked.fetch_add(usize::from(request.starts_with("GET /events")), Ordering::SeqCst);
                stream.write_all(answer(&request).as_bytes()).await.expect("answered");
                request.clear();
            }
        }
    }

    #[tokio::test]
    async fn a_daemon_that_tells_no_events_is_asked_ever_more_slowly() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let socket = folder.path().join("sock").display().to_string();
        let listener = UnixListener::bind(&socket).expect("a socket");
        let asked = Arc::new(AtomicUsize::new(0));
        let mut daemon = tokio::task::JoinSet::new();
        daemon.spawn(serve(listener, Arc::clone(&asked)));
        let engine = Engine::connect(&Endpoint::Unix(socket), Duration::from_secs(5), None).await;
        let mut happenings = engine.expect("an engine").happenings().await.expect("a stream");
        let watching =
            async { while matches!(happenings.next().await, Happening::Lost(_) | Happening::Missed) {} };
        drop(tokio::time::timeout(Duration::from_secs(3), watching).await);
        // At once, and 0.2, 0.6, 1.4 and 3 seconds later.
        let asked = asked.load(Ordering::SeqCst);
        assert!((2..=5).contains(&asked), "asked {asked} times");
    }

    #[test]
    fn our_own_looking_is_no_happening() {
        let mut sieve = Sieve::default();
        let container = |action: &str, exec: &str| {
            event(EventMessageTypeEnum::CONTAINER, action, &[("name", "main"), ("execID", exec)])
        };
        assert_eq!(sieve.sift(&container("exec_create: sh -c nc docker-lab-look", "1")), None);
        assert_eq!(sieve.sift(&container("exec_die", "1")), None);
        let left = Happening::Left { container: "main".to_owned(), exec: "2".to_owned() };
        assert_eq!(sieve.sift(&container("exec_die", "2")), Some(left));
        assert_eq!(sieve.sift(&container("die", "")), Some(Happening::Ended));
        let copied = Happening::Left { container: "main".to_owned(), exec: String::new() };
        assert_eq!(sieve.sift(&container("extract-to-dir", "")), Some(copied));
        let scratch = event(EventMessageTypeEnum::CONTAINER, "create", &[(SCRATCH, "1")]);
        assert_eq!(sieve.sift(&scratch), None);
        let unmount = |by: &str| event(EventMessageTypeEnum::VOLUME, "unmount", &[("container", by)]);
        assert_eq!(sieve.sift(&unmount("id")), None);
        let unmounted = Happening::Unmounted { volume: "id".to_owned() };
        assert_eq!(sieve.sift(&unmount("other")), Some(unmounted));
        let prune = event(EventMessageTypeEnum::VOLUME, "prune", &[("reclaimed", "0")]);
        assert_eq!(sieve.sift(&prune), Some(Happening::Volumes));
    }
}
