//! `turned_away`: a server ended, since the data it was given are those of another major version.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::database::probe;
use crate::checks::scene::container_ref;
use crate::checks::verdict::Weighed;
use crate::text::Text;
use crate::text::say;
use crate::world::Container;
use crate::world::Fact;
use crate::world::LastWords;
use crate::world::MountKind;
use crate::world::Probe;

/// The mistakes it can name.
pub(super) const MISTAKES: &[&str] = &["refused-elsewhere", "refused-otherwise", "refused-same-version"];

/// What the server says, in every locale that the image has.
const SAID: &str = "incompatible with server";

/// `turned_away: {container: pgup_wrong, volume: pgup_old, target: /var/lib/postgresql/data}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TurnedAwayCheck {
    /// The container's name.
    pub container: String,
    /// The volume with the data.
    pub volume: String,
    /// Where the server looks for them.
    pub target: String,
}

impl TurnedAwayCheck {
    pub(super) fn probes(&self) -> BTreeSet<Probe> {
        BTreeSet::from([Probe::Containers, self.words(), self.server()])
    }

    fn words(&self) -> Probe {
        Probe::LastWords { container: self.container.clone() }
    }

    /// Tells a server that runs from one that is about to end.
    fn server(&self) -> Probe {
        probe(&self.container, "postgres")
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let name = &self.container;
        let Some(container) = scene.container(name)? else {
            return Ok(Verdict::Pending(say!(
                "le conteneur `{name}` n'existe pas encore",
                "container `{name}` does not exist yet"
            )));
        };
        if container.state == "created" {
            return Ok(Verdict::Pending(say!("`{name}` n'a pas démarré", "`{name}` was not started")));
        }
        self.is_given_the_volume(container)?;
        let Fact::LastWords(words) = scene.fact(&self.words())? else {
            return Ok(Verdict::Pending(say!(
                "`{name}` n'a encore rien dit",
                "`{name}` has said nothing yet"
            )));
        };
        if let Some(line) = words.lines.iter().find(|line| line.contains(SAID)) {
            let line = line.trim();
            return Ok(Verdict::passed(
                say!("`{name}` a refusé le volume : {line}", "`{name}` refused the volume: {line}"),
                [container_ref(name, &container.id)],
            ));
        }
        let runs = container.is_running() || words.running;
        if runs && matches!(scene.fact(&self.server())?, Fact::Absent(_)) {
            return Ok(Verdict::Pending(say!("`{name}` démarre encore", "`{name}` is still starting")));
        }
        Ok(self.not_refused(runs, words))
    }

    fn is_given_the_volume(&self, container: &Container) -> Result<(), Verdict> {
        let Self { container: name, volume, target } = self;
        let mount = container.mount_at(target);
        if mount.is_some_and(|mount| mount.kind == MountKind::Volume && mount.source == *volume) {
            return Ok(());
        }
        let found = say!(
            "`{name}` ne monte pas `{volume}` sur `{target}` : il n'a pas vu ces données",
            "`{name}` does not mount `{volume}` at `{target}`: it has not seen these data"
        );
        Err(Verdict::failed(self.expected(), found).mistake("refused-elsewhere").way_out(say!(
            "`docker rm -f -v {name}`, puis recommencez avec `-v {volume}:{target}`",
            "`docker rm -f -v {name}`, then do it again with `-v {volume}:{target}`"
        )))
    }

    fn not_refused(&self, runs: bool, words: &LastWords) -> Verdict {
        let Self { container: name, volume, .. } = self;
        if runs {
            let found = say!("`{name}` tourne sur `{volume}`", "`{name}` runs on `{volume}`");
            return Verdict::failed(self.expected(), found).mistake("refused-same-version").way_out(say!(
                "`docker rm -f {name}`, puis recommencez avec l'image d'une autre version majeure",
                "`docker rm -f {name}`, then do it again with the image of another major version"
            ));
        }
        let exit = words.exit;
        let line = words.lines.iter().rev().map(|line| line.trim()).find(|line| !line.is_empty());
        let line = line.unwrap_or("…");
        let found =
            say!("`{name}` s'est arrêté (code {exit}) : {line}", "`{name}` ended (exit code {exit}): {line}");
        Verdict::failed(self.expected(), found).mistake("refused-otherwise").way_out(say!(
            "`docker logs {name}` dit pourquoi ; `docker rm {name}`, puis recommencez",
            "`docker logs {name}` tells why; `docker rm {name}`, then do it again"
        ))
    }

    fn expected(&self) -> Text {
        let Self { container: name, volume, .. } = self;
        say!(
            "`{name}` arrêté, car `{volume}` est d'une autre version majeure",
            "`{name}` ended, since `{volume}` is of another major version"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Facts;
    use crate::world::Memory;
    use crate::world::Mount;
    use crate::world::Observed;
    use crate::world::Resources;

    const TARGET: &str = "/var/lib/postgresql/data";

    fn judged(state: &str, volume: &str, line: &str) -> Option<Result<(), &'static str>> {
        let name = || "wrong".to_owned();
        let check =
            TurnedAwayCheck { container: name(), volume: "old".to_owned(), target: TARGET.to_owned() };
        let (source, target) = (volume.to_owned(), TARGET.to_owned());
        let container = Container {
            id: "1".to_owned(),
            name: name(),
            image: String::new(),
            state: state.to_owned(),
            created: 0,
            mounts: vec![Mount { kind: MountKind::Volume, source, target, writable: true }],
            scratch: false,
        };
        let words = LastWords {
            running: state == "running",
            exit: 1,
            in_memory: Vec::new(),
            memory: Vec::new(),
            started: None,
            lines: vec![line.to_owned()],
        };
        let mut facts = Facts::default();
        facts.insert(Probe::Containers, Observed::Seen(Fact::Containers(vec![container])));
        facts.insert(check.words(), Observed::Seen(Fact::LastWords(words)));
        let answer = if line == "ready" {
            Fact::Refused(say!("mot de passe", "password"))
        } else {
            Fact::Absent(say!("rien", "nothing"))
        };
        facts.insert(check.server(), Observed::Seen(answer));
        let (memory, resources) = (Memory::default(), Resources::default());
        let scene = Scene { facts: &facts, memory: &memory, resources: &resources, prefix: "" };
        match check.weigh(&scene).unwrap_or_else(|verdict| verdict) {
            Verdict::Passed { .. } => Some(Ok(())),
            Verdict::Failed(failure) => failure.mistake.map(Err),
            Verdict::Pending(_) | Verdict::Unseen(_) => None,
        }
    }

    #[test]
    fn only_the_servers_own_refusal_of_this_volume_counts() {
        let refusal = "FATAL:  database files are incompatible with server";
        assert_eq!(judged("exited", "old", refusal), Some(Ok(())));
        assert_eq!(judged("exited", "older", refusal), Some(Err("refused-elsewhere")));
        assert_eq!(judged("running", "old", "ready"), Some(Err("refused-same-version")));
        assert_eq!(judged("exited", "old", "Permission denied"), Some(Err("refused-otherwise")));
        assert_eq!(judged("running", "old", "starting"), None, "it may still end");
        assert_eq!(judged("created", "old", ""), None);
    }
}
