//! Watching: the daemon's events and the workspace's files say what may have changed; only that is looked at
//! again, and what is settled is judged. Nothing is asked in a loop.

mod changes;
mod files;
mod looks;
mod patience;
mod slot;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::VecDeque;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::docker::Happening;
use crate::engine::Observer;
use crate::engine::Scorecard;
use crate::engine::Session;
use crate::engine::examine::proofs;
use crate::engine::judge::Settled;
use crate::engine::judge::clues;
use crate::engine::judge::judge_settled;
use crate::engine::plan::plan;
use crate::engine::sightings::sightings;
use crate::engine::watch::files::Files;
use crate::engine::watch::looks::Looks;
use crate::engine::watch::patience::Patience;
use crate::error::Error;
use crate::error::Result;
use crate::lab::Item;
use crate::lab::Lab;
use crate::lab::Step;
use crate::world::CheckRef;
use crate::world::Probe;

pub(crate) use changes::Change;
pub(crate) use changes::Subject;

/// While somebody is inside a container, what they do there makes no event: its database is looked at this often.
const INSIDE: Duration = Duration::from_secs(2);

/// After a failure (of a full disk, say) the journal is tried again after so long.
const BREATH: Duration = Duration::from_secs(1);

/// News from one of the sources.
#[derive(Clone, Debug)]
enum News {
    /// From the daemon.
    Daemon(Happening),
    /// A path of the workspace may have changed; whole when whoever wrote it has closed it.
    Path { path: String, whole: bool },
    /// The journal was written.
    Journal,
}

/// What [`Watch::next`] tells.
#[derive(Clone, Debug)]
pub(crate) enum Told {
    /// Verdicts changed.
    Changes(Vec<Change>),
    /// The daemon no longer answers; verdicts stay as they were.
    Lost(Error),
    /// It answers again, and everything is being looked at.
    Back,
    /// The session was reset, perhaps begun anew: nothing more is told, and nothing written.
    Ended,
}

/// A lab under watch.
pub(crate) struct Watch {
    lab: Lab,
    looks: Looks,
    news: mpsc::UnboundedReceiver<News>,
    /// Reads the daemon's events; ends with this.
    _listening: JoinSet<()>,
    files: Files,
    /// Commands that somebody is running inside containers, by their id.
    inside: BTreeMap<String, String>,
    next_inside: Option<Instant>,
    clock: fn() -> Timestamp,
    teller: changes::Teller,
    patience: Patience,
    /// What is to be told next.
    told: VecDeque<Told>,
    /// What is known was not judged yet, though nothing arrives that would have it judged.
    unjudged: bool,
    /// Nothing is judged before this: the last attempt failed.
    rest: Option<Instant>,
    /// When the session began.
    began: i64,
}

impl Watch {
    /// Listens first, then looks at everything, so that nothing happens in between. `clock` tells the time.
    pub(crate) async fn begin(
        lab: &Lab,
        observer: Observer,
        session: &Session,
        clock: fn() -> Timestamp,
    ) -> Result<Watch> {
        let (sender, news) = mpsc::unbounded_channel();
        let mut happenings = observer.engine.happenings().await?;
        let mut listening = JoinSet::new();
        let daemon = sender.clone();
        listening.spawn(async move { while daemon.send(News::Daemon(happenings.next().await)).is_ok() {} });
        let asked: Vec<&Step> = lab.steps.iter().collect();
        let probes = plan(lab, &asked);
        let mut paths: Vec<String> = probes.iter().filter_map(Probe::path).map(str::to_owned).collect();
        // What a container is asked for may lie in a folder that it binds.
        if probes.iter().any(|probe| matches!(probe, Probe::ContainerFile { .. } | Probe::Page { .. })) {
            paths.extend(lab.resources.files.iter().cloned());
        }
        let files = Files::begin(Path::new(&session.memory.workspace), &paths, session.file(), sender);
        Ok(Watch {
            lab: lab.clone(),
            looks: Looks::new(observer, probes),
            news,
            _listening: listening,
            files,
            inside: BTreeMap::new(),
            next_inside: None,
            clock,
            teller: changes::Teller::default(),
            patience: Patience::default(),
            told: VecDeque::new(),
            unjudged: false,
            rest: None,
            began: session.memory.began,
        })
    }

    /// The verdicts as they stand; `None` before the first look.
    pub(crate) fn scorecard(&self) -> Option<&Scorecard> {
        self.teller.last()
    }

    /// Whether everything has been looked at and nothing is known to have changed since.
    pub(crate) fn is_settled(&self) -> bool {
        self.teller.last().is_some() && self.looks.is_settled() && !self.unjudged && self.told.is_empty()
    }

    /// Somebody else has looked, or has written to the session: what they know is to be known here too.
    pub(crate) fn look_again(&mut self) {
        self.looks.stale(|_| true);
        self.unjudged = true;
    }

    /// Waits until something is to be told. May be dropped and called again at any time, after an error too.
    pub(crate) async fn next(&mut self, session: &mut Session) -> Result<Told> {
        if let Some(until) = self.rest {
            tokio::time::sleep_until(until).await;
            self.rest = None;
            self.unjudged = true;
        }
        let told = self.news(session).await;
        if told.is_err() {
            self.rest = Some(Instant::now() + BREATH);
        }
        told
    }

    async fn news(&mut self, session: &mut Session) -> Result<Told> {
        // What a wiped memory lets appear undone is no news.
        while self.is_of(session) {
            if std::mem::take(&mut self.unjudged) {
                let told = self.judge(session)?;
                self.told.extend(told);
            }
            if let Some(told) = self.told.pop_front() {
                return Ok(told);
            }
            self.looks.begin_due(session, (self.clock)());
            let due = [self.looks.next_due(), self.next_inside, self.patience.next_due()];
            let due = due.into_iter().flatten().min();
            let pause = async {
                match due {
                    Some(due) => tokio::time::sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            let told = tokio::select! {
                // Looks come at their own pace, news may come without end: they must not keep looks waiting.
                biased;
                () = self.looks.arrival() => {
                    self.take_waiting(session)?;
                    self.judge(session)?
                }
                Some(news) = self.news.recv() => self.take(news, session)?,
                () = pause => {
                    self.look_inside();
                    if self.patience.is_over() { self.judge(session)? } else { None }
                }
            };
            self.told.extend(told);
        }
        Ok(Told::Ended)
    }

    /// Whether the session is still the one under watch.
    fn is_of(&self, session: &Session) -> bool {
        session.is_open && session.memory.began == self.began
    }

    /// Takes the news that wait, so that nothing is judged by what they have made old.
    fn take_waiting(&mut self, session: &mut Session) -> Result<()> {
        // No more than those: news may come without end.
        for _ in 0..self.news.len() {
            let Ok(news) = self.news.try_recv() else { break };
            let told = self.take(news, session)?;
            self.told.extend(told);
        }
        Ok(())
    }

    /// Marks what news touch; answers what is to be told at once.
    fn take(&mut self, news: News, session: &mut Session) -> Result<Option<Told>> {
        match news {
            News::Daemon(happening) => Ok(self.happened(happening)),
            News::Path { path, whole } => {
                self.files.follow(&path);
                self.looks.path_changed(&path, whole);
                Ok(None)
            }
            News::Journal if session.refresh()? => self.judge(session),
            News::Journal => Ok(None),
        }
    }

    fn happened(&mut self, happening: Happening) -> Option<Told> {
        match happening {
            // One that stopped and started between two looks is the same in the list, and yet began anew.
            Happening::Containers => self.looks.stale(is_about_containers),
            Happening::Ended => self
                .looks
                .stale(|probe| is_about_containers(probe) || matches!(probe, Probe::Database { .. })),
            Happening::Volumes => self.looks.stale(|probe| *probe == Probe::Volumes),
            Happening::Images => self.looks.stale(|probe| matches!(probe, Probe::Image { .. })),
            Happening::Unmounted { volume } => {
                self.looks.stale(|probe| match probe {
                    Probe::DataFolder { volume: of } | Probe::VolumeFile { volume: of, .. } => *of == volume,
                    // A helper that came and went between two looks is in the daemon's history alone.
                    Probe::Traces => true,
                    _ => false,
                });
            }
            Happening::Entered { container, exec } => {
                self.inside.insert(exec, container);
                // Those who come and go all the time (a health check) put nobody else off.
                self.next_inside.get_or_insert(Instant::now() + INSIDE);
            }
            Happening::Left { container, exec } => {
                self.inside.remove(&exec);
                self.looks.command_ended(&container);
            }
            Happening::Lost(why) => return Some(Told::Lost(why)),
            Happening::Missed => {
                self.inside.clear();
                self.looks.stale(|_| true);
                return Some(Told::Back);
            }
        }
        None
    }

    /// Looks at the databases of containers that somebody is working in.
    fn look_inside(&mut self) {
        if self.next_inside.is_none_or(|at| at > Instant::now()) {
            return;
        }
        for container in self.inside.values().collect::<BTreeSet<_>>() {
            self.looks.entered(container);
        }
        self.next_inside = (!self.inside.is_empty()).then(|| Instant::now() + INSIDE);
    }

    /// Judges what is settled, keeps new evidence, and tells what changed.
    fn judge(&mut self, session: &mut Session) -> Result<Option<Told>> {
        // Nothing is noted in a session that is known to have ended; noting tells whether it has meanwhile.
        if !self.is_of(session) {
            return Ok(None);
        }
        let at = (self.clock)();
        let probes = self.looks.settled();
        let facts = self.looks.facts();
        session.note(at, &sightings(&self.lab, facts, &session.memory))?;
        if !self.is_of(session) {
            return Ok(None);
        }
        let asked: Vec<&Step> = self.lab.steps.iter().collect();
        let before = self.teller.last();
        let nothing = BTreeSet::new();
        let all = Settled { at, probes: Some(&probes), held: &nothing, before };
        let seen = judge_settled(&self.lab, &asked, facts, &session.memory, &all);
        let calm = self.looks.at_rest();
        let covers = |settled: &Settled<'_>, refer: &CheckRef| {
            let steps = self.lab.steps.iter().filter(|step| step.id == refer.step);
            let mut items = steps.flat_map(|step| &step.checks).filter(|item| item.id == refer.check);
            items.any(|item| settled.covers(&self.lab, &refer.step, item))
        };
        let resting = Settled { probes: Some(&calm), ..all };
        let waits = (|refer: &CheckRef| covers(&all, refer), |refer: &CheckRef| covers(&resting, refer));
        let held = self.patience.hold(&self.teller.worse(&seen), waits);
        let settled = Settled { held: &held, ..all };
        let card = if held.is_empty() {
            seen
        } else {
            judge_settled(&self.lab, &asked, facts, &session.memory, &settled)
        };
        let looked = |step: &str, item: &Item| {
            Settled { at, probes: Some(&probes), held: &held, before: None }.covers(&self.lab, step, item)
        };
        let at_rest = |step: &str, item: &Item| {
            Settled { at, probes: Some(&calm), held: &held, before: None }.covers(&self.lab, step, item)
        };
        session.note(at, &proofs(&card, &session.memory, (looked, at_rest), &self.lab))?;
        let clues = clues(&self.lab, &card, self.looks.facts(), &session.memory);
        let changes = self.teller.changes(&card, &self.lab, looked);
        self.looks.want(clues);
        Ok((!changes.is_empty()).then_some(Told::Changes(changes)))
    }
}

/// Whether a probe asks what containers there are, or what is in one of them and not in a volume.
fn is_about_containers(probe: &Probe) -> bool {
    matches!(
        probe,
        Probe::Containers | Probe::LastWords { .. } | Probe::ContainerFile { .. } | Probe::Page { .. }
    )
}
