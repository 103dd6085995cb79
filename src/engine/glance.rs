//! A glance after a learner's own command: only what the daemon's two lists show, judged only where nothing else is
//! needed. It costs a few milliseconds, and what it finds is as good a proof as a check's.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::checks::Check;
use crate::docker::Engine;
use crate::engine::CheckCard;
use crate::engine::Entry;
use crate::engine::Scorecard;
use crate::engine::Session;
use crate::engine::Status;
use crate::engine::examine::everything;
use crate::engine::examine::proofs;
use crate::engine::judge::judge;
use crate::engine::sightings::sightings;
use crate::error::Result;
use crate::lab::Lab;
use crate::lab::Step;
use crate::world::Fact;
use crate::world::Facts;
use crate::world::Observed;
use crate::world::Probe;

/// The questions that the daemon's lists answer.
const CHEAP: [Probe; 2] = [Probe::Containers, Probe::Volumes];

/// What is new since the last look.
#[derive(Debug)]
pub(crate) struct Glimpse {
    /// The checks that pass now for the first time, each with its step's id.
    pub passed: Vec<(String, CheckCard)>,
    /// The mistakes that were not there before, each with its step's id.
    pub mistakes: Vec<(String, CheckCard)>,
    entries: Vec<Entry>,
    noted: NotedMistakes,
    at: Timestamp,
}

/// Asks the daemon for its two lists.
pub(crate) async fn lists(engine: &Engine) -> Result<Facts> {
    let (containers, volumes) = tokio::try_join!(engine.containers(), engine.volumes())?;
    let mut facts = Facts::default();
    facts.insert(Probe::Containers, Observed::Seen(Fact::Containers(containers)));
    facts.insert(Probe::Volumes, Observed::Seen(Fact::Volumes(volumes)));
    Ok(facts)
}

/// Judges by the lists; writes nothing yet.
pub(crate) fn glance(lab: &Lab, facts: &Facts, session: &Session, at: Timestamp) -> Glimpse {
    let lab = within_sight(lab);
    let memory = &session.memory;
    let mut entries = sightings(&lab, facts, memory);
    let something_came = !entries.is_empty();
    let asked: Vec<&Step> = lab.steps.iter().collect();
    let card = judge(&lab, &asked, facts, memory, at);
    entries.extend(proofs(&card, memory, (everything, everything), &lab));
    let noted = NotedMistakes::read(session);
    let never_passed = |(step, check): &(&str, &CheckCard)| memory.evidence(step, &check.id).is_none();
    let is_new = |(step, check): &(&str, &CheckCard)| !noted.holds(step, check);
    let passed = in_status(&card, Status::Passed).filter(never_passed).map(cloned).collect();
    // What passed and was then taken down by hand is on its way to a later step, unless something new stands there.
    let mistakes = in_status(&card, Status::Failed).filter(is_new);
    let mistakes = mistakes.filter(|one| something_came || never_passed(one)).map(cloned).collect();
    Glimpse { passed, mistakes, entries, noted: noted.replaced(&card), at }
}

impl Glimpse {
    /// Keeps what is new: sightings and proofs in the journal, mistakes beside it.
    pub(crate) fn keep(self, session: &mut Session) -> Result<()> {
        session.note(self.at, &self.entries)?;
        self.noted.write();
        Ok(())
    }
}

/// The lab with only those checks that the lists suffice for: a check that is judged on part of its facts might fall
/// back on memory and pass.
fn within_sight(lab: &Lab) -> Lab {
    let mut lab = lab.clone();
    for step in &mut lab.steps {
        step.checks.retain(|item| suffices(&item.check));
    }
    lab
}

fn suffices(check: &Check) -> bool {
    let probes = check.probes();
    !probes.is_empty() && probes.iter().all(|probe| CHEAP.contains(probe))
}

fn in_status(card: &Scorecard, status: Status) -> impl Iterator<Item = (&str, &CheckCard)> {
    let checks = card.steps.iter().flat_map(|step| step.checks.iter().map(|check| (step.id.as_str(), check)));
    checks.filter(move |(_, check)| check.status == status)
}

fn cloned((step, check): (&str, &CheckCard)) -> (String, CheckCard) {
    (step.to_owned(), check.clone())
}

/// The mistakes that the last glance of this session found, so that each is told once. They prove nothing, so they
/// stand beside the journal: where the file is lost, a mistake is told again.
#[derive(Debug)]
struct NotedMistakes {
    path: PathBuf,
    kept: Kept,
    changed: bool,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    /// When the session began: what was noted in an earlier one is past.
    began: i64,
    mistakes: BTreeMap<String, String>,
}

impl NotedMistakes {
    fn read(session: &Session) -> NotedMistakes {
        let (path, began) = (session.beside("mistakes.json"), session.memory.began);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let kept = serde_json::from_str(&text).ok().filter(|kept: &Kept| kept.began == began);
        let nothing = Kept { began, mistakes: BTreeMap::new() };
        NotedMistakes { path, kept: kept.unwrap_or(nothing), changed: false }
    }

    fn holds(&self, step: &str, check: &CheckCard) -> bool {
        self.kept.mistakes.get(&key(step, check)) == Some(&found(check))
    }

    fn replaced(self, card: &Scorecard) -> NotedMistakes {
        let failed = in_status(card, Status::Failed);
        let mistakes = failed.map(|(step, check)| (key(step, check), found(check))).collect();
        let kept = Kept { began: self.kept.began, mistakes };
        NotedMistakes { changed: kept != self.kept, path: self.path, kept }
    }

    fn write(self) {
        if self.changed
            && let Ok(text) = serde_json::to_string(&self.kept)
        {
            let _ = std::fs::write(&self.path, text);
        }
    }
}

fn key(step: &str, check: &CheckCard) -> String {
    format!("{step}.{}", check.id)
}

/// What is wrong, in a form that does not depend on the language.
fn found(check: &CheckCard) -> String {
    check.message.en.clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Sessions;
    use crate::lab::Shelf;
    use crate::world::Baseline;
    use crate::world::Container;
    use crate::world::Daemon;
    use crate::world::SeenCluster;
    use crate::world::Table;
    use crate::world::Volume;

    fn opened(home: &std::path::Path, began: i64) -> Session {
        let found = Sessions::new(home).find("volumes", &Daemon::default(), None, home);
        let mut session = found.expect("a session");
        let opened = Entry::Opened {
            lab: "volumes".to_owned(),
            prefix: String::new(),
            workspace: "/work".to_owned(),
            daemon: Daemon::default(),
            began,
            baseline: Baseline::default(),
        };
        session.note(Timestamp::UNIX_EPOCH, &[opened]).expect("noted");
        session
    }

    fn seen(containers: Vec<Container>) -> Facts {
        let volume = |name: &str| Volume {
            name: name.to_owned(),
            driver: "local".to_owned(),
            in_memory: false,
            labels: BTreeMap::new(),
            options: BTreeMap::new(),
            created: String::new(),
        };
        let mut facts = Facts::default();
        facts.insert(Probe::Containers, Observed::Seen(Fact::Containers(containers)));
        facts.insert(Probe::Volumes, Observed::Seen(Fact::Volumes(vec![volume("postgres_data")])));
        facts
    }

    fn bare(state: &str) -> Container {
        Container {
            id: "1".repeat(64),
            name: "postgres_main".to_owned(),
            image: String::new(),
            state: state.to_owned(),
            created: 1,
            mounts: Vec::new(),
            scratch: false,
        }
    }

    fn names(found: &[(String, CheckCard)]) -> Vec<String> {
        found.iter().map(|(step, check)| format!("{step}.{}", check.id)).collect()
    }

    #[test]
    fn nothing_passes_that_the_lists_do_not_show() {
        let home = tempfile::tempdir().expect("a home");
        let mut session = opened(home.path(), 1);
        // Remembered rows would do for a check that is asked with all its probes.
        let users = Table {
            name: "public.users".to_owned(),
            columns: Vec::new(),
            rows: 4,
            digest: String::new(),
            hashes: None,
            older: None,
            shape: Vec::new(),
            key: Vec::new(),
            lines: None,
        };
        let cluster = SeenCluster {
            container: "postgres_main".to_owned(),
            container_id: "1".to_owned(),
            database: "myapp".to_owned(),
            system_identifier: 1,
            data_directory: String::new(),
            files: Vec::new(),
            tables: vec![users],
            sequences: Vec::new(),
        };
        session.note(Timestamp::UNIX_EPOCH, &[Entry::SawCluster(cluster)]).expect("noted");
        let lab = Shelf::default().lab("volumes", "").expect("a lab");
        let facts = seen(Vec::new());
        let whole = judge(
            &lab,
            &[lab.step("persist").expect("a step")],
            &facts,
            &session.memory,
            Timestamp::UNIX_EPOCH,
        );
        assert!(in_status(&whole, Status::Passed).any(|(_, check)| check.id == "row-added"));

        let glimpse = glance(&lab, &facts, &session, Timestamp::UNIX_EPOCH);
        assert_eq!(names(&glimpse.passed), ["create.volume-exists"]);
        glimpse.keep(&mut session).expect("kept");
        assert_eq!(session.memory.evidence.len(), 1);
        assert_eq!(session.memory.volumes, ["postgres_data"]);
        let again = glance(&lab, &facts, &session, Timestamp::UNIX_EPOCH);
        assert!(again.passed.is_empty() && again.mistakes.is_empty() && again.entries.is_empty());
    }

    #[test]
    fn a_mistake_is_told_once_and_again_when_it_is_made_again() {
        let home = tempfile::tempdir().expect("a home");
        let mut session = opened(home.path(), 1);
        let lab = Shelf::default().lab("volumes", "").expect("a lab");
        let mut told = |containers: Vec<Container>| {
            let glimpse = glance(&lab, &seen(containers), &session, Timestamp::UNIX_EPOCH);
            let told = names(&glimpse.mistakes);
            glimpse.keep(&mut session).expect("kept");
            told
        };
        assert_eq!(told(vec![bare("running")]), ["create.volume-mounted"]);
        assert_eq!(told(vec![bare("running")]), [""; 0]);
        assert_eq!(told(Vec::new()), [""; 0]);
        assert_eq!(told(vec![bare("running")]), ["create.volume-mounted"]);
        let session = opened(home.path(), 2);
        let glimpse = glance(&lab, &seen(vec![bare("running")]), &session, Timestamp::UNIX_EPOCH);
        assert_eq!(names(&glimpse.mistakes), ["create.volume-mounted"], "in another session");
    }
}
