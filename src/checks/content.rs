//! `content`: a file of a volume, of a container or of the workspace holds what it should — or is gone since
//! the container that had it was restarted or replaced.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::scene::container_ref;
use crate::checks::scene::unfit;
use crate::checks::verdict::Weighed;
use crate::text::Text;
use crate::text::say;
use crate::world::Container;
use crate::world::Fact;
use crate::world::File;
use crate::world::Probe;

/// `content: {of: {volume: {name: store_data, path: note.txt}}, holds: hello}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContentCheck {
    /// Where the file is.
    pub of: Place,
    /// What its text must have in it; a folder or an empty file does where this is empty.
    #[serde(default)]
    pub holds: String,
    /// What its text has in it before the step: as long as it does, nothing was done yet.
    #[serde(default)]
    pub before: Option<String>,
    /// The check, as `step.check`, that saw it in the container: since then the container was restarted or replaced,
    /// and the file is not there any more.
    #[serde(default)]
    pub gone_since: Option<String>,
    /// The check, as `step.check`, that saw it in the container: since then the container was replaced, and the file
    /// is there all the same.
    #[serde(default)]
    pub kept_since: Option<String>,
}

/// Where a file is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Place {
    /// In a volume, by its path below the root.
    Volume(Inside),
    /// In a container, by its absolute path.
    Container(Inside),
    /// What the web server in a container answers for a path.
    Page(Inside),
    /// In the workspace.
    File(String),
}

/// A path in an object.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Inside {
    /// The object's name.
    pub name: String,
    /// The path in it.
    pub path: String,
}

/// How the object begins that tells a file from one that is made anew in its place.
const WRITTEN: &str = "written ";

fn written(changed: u64) -> String {
    format!("{WRITTEN}{changed}")
}

impl ContentCheck {
    pub(super) fn probes(&self) -> BTreeSet<Probe> {
        let mut probes = BTreeSet::from([self.probe()]);
        if let Place::Container(inside) | Place::Page(inside) = &self.of {
            probes.extend([Probe::Containers, Probe::LastWords { container: inside.name.clone() }]);
        }
        probes
    }

    /// Whether it is about a file in a container.
    pub(super) fn is_of_a_container(&self) -> bool {
        matches!(self.of, Place::Container(_))
    }

    fn probe(&self) -> Probe {
        match &self.of {
            Place::Volume(Inside { name, path }) => {
                Probe::VolumeFile { volume: name.clone(), path: path.clone() }
            }
            Place::Container(Inside { name, path }) => {
                Probe::ContainerFile { container: name.clone(), path: path.clone() }
            }
            Place::Page(Inside { name, path }) => Probe::Page { container: name.clone(), path: path.clone() },
            Place::File(path) => Probe::File { path: path.clone() },
        }
    }

    pub(super) fn mistakes(&self) -> Vec<&'static str> {
        if self.gone_since.is_some() {
            return vec!["content-deleted"];
        }
        if self.kept_since.is_some() {
            return vec!["content-lost"];
        }
        if self.holds.is_empty() { Vec::new() } else { vec!["content-differs"] }
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let file = match scene.fact(&self.probe())? {
            Fact::File(file) => Some(file),
            Fact::Absent(_) => None,
            other => return Err(unfit(other)),
        };
        if let Some(check) = &self.gone_since {
            return self.gone(scene, check, file.is_some());
        }
        if let Some(check) = &self.kept_since {
            return self.kept(scene, check, file);
        }
        let Some(file) = file else {
            let (fr, en) = self.place();
            return Ok(Verdict::Pending(say!("rien encore : {fr}", "nothing there yet: {en}")));
        };
        if self.untouched(file) {
            let (fr, en) = self.place();
            return Ok(Verdict::Pending(say!("{fr} n'a pas encore changé", "{en} has not changed yet")));
        }
        if let Some(failure) = self.differs(file) {
            return Ok(failure);
        }
        let ((fr, en), holds) = (self.place(), &self.holds);
        let why = if holds.is_empty() {
            say!("{fr} est là", "{en} is there")
        } else {
            say!("{fr} contient « {holds} »", "{en} holds \"{holds}\"")
        };
        let written = file.changed.filter(|_| self.is_of_a_container()).map(written);
        Ok(Verdict::passed(why, self.objects(scene)?.into_iter().chain(written)))
    }

    /// Whether it is as it was before the step.
    fn untouched(&self, file: &File) -> bool {
        let text = file.text.as_deref().unwrap_or_default();
        !text.contains(&self.holds) && self.before.as_ref().is_some_and(|before| text.contains(before))
    }

    fn differs(&self, file: &File) -> Option<Verdict> {
        let (fr, en) = self.place();
        let holds = &self.holds;
        let text = file.text.as_deref().unwrap_or_default();
        if !holds.is_empty() && !text.contains(holds.as_str()) {
            let expected = say!("{fr} contient « {holds} »", "{en} holds \"{holds}\"");
            return Some(Verdict::failed(expected, self.instead(file, text)).mistake("content-differs"));
        }
        None
    }

    /// What is there instead: its first line.
    fn instead(&self, file: &File, text: &str) -> Text {
        let (fr, en) = self.place();
        if file.folder {
            return say!("{fr} est un dossier", "{en} is a folder");
        }
        match text.lines().map(str::trim).find(|line| !line.is_empty()) {
            Some(line) => {
                let line: String = line.chars().take(80).collect();
                say!("{fr} contient « {line} »", "{en} holds \"{line}\"")
            }
            None => say!("{fr} est vide", "{en} is empty"),
        }
    }

    /// It was seen, and is not there since the container began anew.
    fn gone(&self, scene: &Scene<'_>, check: &str, there: bool) -> Weighed {
        let (fr, en) = self.place();
        let (step, id) = check.split_once('.').unwrap_or((check, ""));
        let Some(evidence) = scene.memory.evidence(step, id) else {
            return Ok(Verdict::Pending(say!(
                "{fr} n'a pas encore été vu : `docker-lab check` le note",
                "{en} has not been seen yet: `docker-lab check` records it"
            )));
        };
        if there {
            return Ok(Verdict::Pending(say!("{fr} est encore là", "{en} is still there")));
        }
        let objects = self.objects(scene)?;
        if !self.runs(scene)? {
            return Ok(Verdict::Pending(say!("rien ne tourne pour le montrer", "nothing runs to show it")));
        }
        if evidence.objects.starts_with(&objects) {
            let expected = say!("{fr} parti de lui-même", "{en} gone by itself");
            let found = say!(
                "{fr} n'est plus là, mais le conteneur n'a ni redémarré ni été remplacé",
                "{en} is gone, but the container was neither restarted nor replaced"
            );
            return Ok(Verdict::failed(expected, found).mistake("content-deleted"));
        }
        Ok(Verdict::passed(say!("{fr} n'a pas survécu", "{en} did not survive"), objects))
    }

    /// It was seen, and is still there in a container that came after.
    fn kept(&self, scene: &Scene<'_>, check: &str, file: Option<&File>) -> Weighed {
        let (fr, en) = self.place();
        let (step, id) = check.split_once('.').unwrap_or((check, ""));
        let Some(evidence) = scene.memory.evidence(step, id) else {
            return Ok(Verdict::Pending(say!(
                "{fr} n'a pas encore été vu : `docker-lab check` le note",
                "{en} has not been seen yet: `docker-lab check` records it"
            )));
        };
        let objects = self.objects(scene)?;
        if objects.is_empty() || objects.first() == evidence.objects.first() {
            return Ok(Verdict::Pending(say!(
                "aucun autre conteneur n'a encore pris la place du premier",
                "no other container has taken the place of the first one yet"
            )));
        }
        let expected = say!("{fr}, gardé par son volume", "{en}, kept by its volume");
        if let Some(file) = file {
            let now = file.changed.map(written);
            let then = evidence.objects.iter().find(|object| object.starts_with(WRITTEN));
            if then.is_some() && now.is_some() && then != now.as_ref() {
                let found = say!(
                    "{fr} est là, mais ce n'est plus le même : il vient d'être refait",
                    "{en} is there, but it is not the same one: it was made anew"
                );
                return Ok(Verdict::failed(expected, found).mistake("content-lost"));
            }
            return Ok(Verdict::passed(say!("{fr} a survécu", "{en} has survived"), objects));
        }
        if !self.runs(scene)? {
            return Ok(Verdict::Pending(say!("rien ne tourne pour le montrer", "nothing runs to show it")));
        }
        let found = say!(
            "le conteneur a été remplacé, et {fr} n'est plus là",
            "the container was replaced, and {en} is no longer there"
        );
        Ok(Verdict::failed(expected, found).mistake("content-lost"))
    }

    /// Whether the container runs, where it is one's file.
    fn runs(&self, scene: &Scene<'_>) -> Result<bool, Verdict> {
        match &self.of {
            Place::Container(Inside { name, .. }) | Place::Page(Inside { name, .. }) => {
                Ok(scene.container(name)?.is_some_and(Container::is_running))
            }
            Place::Volume(_) | Place::File(_) => Ok(true),
        }
    }

    /// What it rests on: for a container also since when it runs, or ran last.
    fn objects(&self, scene: &Scene<'_>) -> Result<Vec<String>, Verdict> {
        match &self.of {
            Place::Volume(inside) => Ok(vec![format!("volume {}", inside.name)]),
            Place::File(path) => Ok(vec![format!("file {path}")]),
            Place::Container(inside) | Place::Page(inside) => {
                let name = &inside.name;
                let Some(container) = scene.container(name)? else { return Ok(Vec::new()) };
                let words = scene.fact(&Probe::LastWords { container: name.clone() })?;
                let Fact::LastWords(words) = words else { return Ok(Vec::new()) };
                let started = words.started.clone().unwrap_or_default();
                Ok(vec![container_ref(name, &container.id), format!("started {started}")])
            }
        }
    }

    fn place(&self) -> (String, String) {
        match &self.of {
            Place::Volume(Inside { name, path }) => {
                (format!("`{path}` du volume `{name}`"), format!("`{path}` in the volume `{name}`"))
            }
            Place::Container(Inside { name, path }) => {
                (format!("`{path}` dans `{name}`"), format!("`{path}` in `{name}`"))
            }
            Place::Page(Inside { name, path }) => {
                (format!("la page `{path}` de `{name}`"), format!("the page `{path}` of `{name}`"))
            }
            Place::File(path) => (format!("`{path}`"), format!("`{path}`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Author;
    use crate::world::CheckRef;
    use crate::world::Evidence;
    use crate::world::Facts;
    use crate::world::LastWords;
    use crate::world::Memory;
    use crate::world::Observed;
    use crate::world::Resources;

    /// What is said of `/note` in `web`, once seen in the container `first`, started at `1`.
    fn judged(since: &str, (id, started): (&str, &str), there: bool) -> Verdict {
        let place = Place::Container(Inside { name: "web".to_owned(), path: "/note".to_owned() });
        let seen = || Some("make.note".to_owned());
        let (gone, kept) = if since == "gone" { (seen(), None) } else { (None, seen()) };
        let check = ContentCheck {
            of: place,
            holds: String::new(),
            before: None,
            gone_since: gone,
            kept_since: kept,
        };
        let web = Container {
            id: id.to_owned(),
            name: "web".to_owned(),
            image: String::new(),
            state: "running".to_owned(),
            created: 0,
            mounts: Vec::new(),
            scratch: false,
        };
        let words = LastWords {
            running: true,
            exit: 0,
            in_memory: Vec::new(),
            memory: Vec::new(),
            started: Some(started.to_owned()),
            lines: Vec::new(),
        };
        let file = File {
            folder: false,
            size: 0,
            mode: 0o644,
            foreign: false,
            text: Some(String::new()),
            changed: None,
        };
        let file = if there { Fact::File(file) } else { Fact::Absent(say!("rien", "nothing")) };
        let mut facts = Facts::default();
        facts.insert(Probe::Containers, Observed::Seen(Fact::Containers(vec![web])));
        facts
            .insert(Probe::LastWords { container: "web".to_owned() }, Observed::Seen(Fact::LastWords(words)));
        facts.insert(check.probe(), Observed::Seen(file));
        let mut memory = Memory::default();
        let at = CheckRef { step: "make".to_owned(), check: "note".to_owned() };
        let objects = vec![container_ref("web", "first"), "started 1".to_owned()];
        let evidence = Evidence { at: jiff::Timestamp::UNIX_EPOCH, by: Author::Learner, objects };
        memory.evidence.insert(at, evidence);
        let scene = Scene { facts: &facts, memory: &memory, resources: &Resources::default(), prefix: "" };
        check.weigh(&scene).unwrap_or_else(|verdict| verdict)
    }

    #[test]
    fn what_is_gone_went_with_a_restart_or_a_replacement() {
        assert!(matches!(judged("gone", ("first", "1"), true), Verdict::Pending(_)));
        assert!(matches!(judged("gone", ("first", "1"), false), Verdict::Failed(_)), "somebody deleted it");
        assert!(matches!(judged("gone", ("first", "2"), false), Verdict::Passed { .. }));
        assert!(matches!(judged("gone", ("other", "2"), false), Verdict::Passed { .. }));
    }

    #[test]
    fn what_is_kept_is_kept_by_another_container() {
        assert!(matches!(judged("kept", ("first", "1"), true), Verdict::Pending(_)));
        assert!(matches!(judged("kept", ("first", "2"), true), Verdict::Pending(_)), "only restarted");
        assert!(matches!(judged("kept", ("other", "2"), true), Verdict::Passed { .. }));
        assert!(matches!(judged("kept", ("other", "2"), false), Verdict::Failed(_)));
    }
}
