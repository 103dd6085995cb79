//! The daemon's own history, which is short: its last 256 events. What it tells is journaled at each look.

use std::collections::BTreeMap;
use std::collections::HashMap;

use bollard::models::EventMessage;
use bollard::models::EventMessageTypeEnum;
use bollard::query_parameters::EventsOptionsBuilder;
use bollard::query_parameters::LogsOptionsBuilder;
use futures_util::StreamExt;
use jiff::Timestamp;

use crate::docker::Engine;
use crate::docker::SCRATCH;
use crate::docker::is_not_found;
use crate::docker::storage::tmpfs;
use crate::error::Result;
use crate::world::LastWords;
use crate::world::Traces;
use crate::world::Use;

/// So many lines tell why a container ended.
const LINES: &str = "40";

impl Engine {
    /// What happened since a Unix second of the daemon's clock, as far as it still knows.
    pub(crate) async fn traces(&self, since: i64) -> Result<Traces> {
        let info = self.api.info().await.map_err(|error| self.unseen(&error))?;
        let Some(now) = info.system_time.and_then(|at| at.parse::<Timestamp>().ok()) else {
            return Ok(Traces::default());
        };
        let until = format!("{}.{:09}", now.as_second(), now.subsec_nanosecond());
        let list = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<String>>();
        let filters = HashMap::from([
            ("type".to_owned(), list(&["container", "volume"])),
            ("event".to_owned(), list(&["create", "mount", "prune"])),
        ]);
        let options =
            EventsOptionsBuilder::default().since(&since.to_string()).until(&until).filters(&filters);
        let mut events = Box::pin(self.api.events(Some(options.build())));
        let mut history = History::default();
        while let Some(event) = events.next().await {
            history.take(&event.map_err(|error| self.unseen(&error))?);
        }
        Ok(history.traces())
    }

    /// What the lists do not tell of a container; `None` where it is not there.
    pub(crate) async fn last_words_of(&self, container: &str) -> Result<Option<LastWords>> {
        let found = match self.api.inspect_container(container, None).await {
            Ok(found) => found,
            Err(error) if is_not_found(&error) => return Ok(None),
            Err(error) => return Err(self.unseen(&error)),
        };
        let state = found.state.unwrap_or_default();
        let running = state.running == Some(true);
        let started = state.started_at;
        let host = found.host_config.unwrap_or_default();
        let mut in_memory: Vec<String> = host.tmpfs.clone().unwrap_or_default().into_keys().collect();
        in_memory.sort();
        let mut memory = tmpfs(host);
        memory.sort_by(|a, b| a.target.cmp(&b.target));
        if running {
            return Ok(Some(LastWords { running, exit: 0, in_memory, memory, started, lines: Vec::new() }));
        }
        let options = LogsOptionsBuilder::default().stdout(true).stderr(true).tail(LINES).build();
        let mut logs = Box::pin(self.api.logs(container, Some(options)));
        let mut words = String::new();
        while let Some(Ok(part)) = logs.next().await {
            words.push_str(&part.to_string());
        }
        let lines = words.lines().map(str::to_owned).collect();
        let exit = state.exit_code.unwrap_or(0);
        Ok(Some(LastWords { running, exit, in_memory, memory, started, lines }))
    }
}

/// The events, taken one after the other.
#[derive(Default)]
struct History {
    made: BTreeMap<String, (String, String)>,
    scratch: Vec<String>,
    uses: Vec<Use>,
    prunes: Vec<i64>,
}

impl History {
    fn take(&mut self, event: &EventMessage) {
        let Some(actor) = &event.actor else { return };
        let words = actor.attributes.clone().unwrap_or_default();
        let word = |key: &str| words.get(key).cloned().unwrap_or_default();
        let id = actor.id.clone().unwrap_or_default();
        let at = event.time.unwrap_or_default();
        match (event.typ, event.action.as_deref()) {
            (Some(EventMessageTypeEnum::CONTAINER), Some("create")) if words.contains_key(SCRATCH) => {
                self.scratch.push(id);
            }
            (Some(EventMessageTypeEnum::CONTAINER), Some("create")) => {
                self.made.insert(id, (word("name"), word("image")));
            }
            (Some(EventMessageTypeEnum::VOLUME), Some("mount")) => {
                let read_only = word("read/write") == "false";
                self.used(word("container"), (id, read_only), at);
            }
            (Some(EventMessageTypeEnum::VOLUME), Some("prune")) => self.prunes.push(at),
            _ => {}
        }
    }

    fn used(&mut self, container: String, (volume, read_only): (String, bool), at: i64) {
        if self.scratch.contains(&container) {
            return;
        }
        let known = self.uses.iter_mut().find(|one| one.container == container);
        if let Some(one) = known {
            if !read_only {
                // Mounted twice, one of them writable.
                one.read_only.retain(|other| *other != volume);
            }
            if !one.has(&volume) {
                one.read_only.extend(read_only.then(|| volume.clone()));
                one.volumes.push(volume);
                one.volumes.sort();
            }
            return;
        }
        let (name, image) = self.made.get(&container).cloned().unwrap_or_default();
        let read_only = read_only.then(|| volume.clone()).into_iter().collect();
        self.uses.push(Use { container, name, image, at, volumes: vec![volume], read_only });
    }

    fn traces(self) -> Traces {
        Traces { uses: self.uses, prunes: self.prunes }
    }
}
