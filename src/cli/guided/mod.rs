//! The guided session: the learner types real commands at a prompt of ours (or anywhere else), and sees by itself
//! what they did. Everything it knows stands in the journal, so that it can be left and taken up at any moment.

mod board;
mod finale;
mod gate;
mod prompt;
mod shell;
mod tell;
mod typed;
mod unfinished;
mod words;

use std::collections::BTreeSet;
use std::time::Duration;

use crate::cli::args::Common;
use crate::cli::desk::Desk;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::guided::prompt::Line;
use crate::cli::guided::prompt::Prompt;
use crate::cli::guided::shell::Shell;
use crate::cli::guided::typed::Typed;
use crate::cli::guided::typed::understand;
use crate::cli::terminal::Sane;
use crate::cli::ui::Ui;
use crate::cli::variables::Variables;
use crate::engine;
use crate::engine::Change;
use crate::engine::Entry;
use crate::engine::Status;
use crate::engine::StepCard;
use crate::engine::Told;
use crate::engine::Watch;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::lab::Lab;
use crate::lab::Step;
use crate::text::say;

/// So long a look at everything may take before the prompt comes without it.
const WHOLE_LOOK: Duration = Duration::from_millis(1500);

/// After a command its ticks may take so long to be told before the prompt comes back.
const AFTERGLOW: Duration = Duration::from_millis(350);

/// A session at the terminal.
pub(super) struct Guided<'a> {
    desk: Desk,
    lab: Lab,
    watch: Watch,
    prompt: Prompt,
    shell: Shell,
    sane: Sane,
    ui: Ui,
    common: &'a Common,
    env: &'a Env,
    /// The step's position, from 0.
    at: usize,
    /// The step that was passed while it was shown.
    passed: Option<String>,
    /// Ctrl-C was pressed, and nothing since.
    leaving: bool,
    /// The session was reset: nothing more is told.
    ended: bool,
    /// What went wrong beside the learner's own words, as it was told: each is told once a line.
    trouble: BTreeSet<String>,
}

/// What follows a line.
enum Next {
    /// The next line.
    Line,
    /// The end of the session.
    End(Exit),
}

/// Opens the prompt and stays until the learner leaves.
pub(super) async fn guide(desk: Desk, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let sane = Sane::keep();
    // Ctrl-\ is meant for the learner's command; ended by it we would leave what the shell keeps.
    #[cfg(unix)]
    let _quit = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::quit());
    let lab = desk.lab.clone();
    let watch = Watch::begin(&lab, desk.observer(), &desk.session, env::now).await?;
    let names = lab.resources.volumes.iter().chain(&lab.resources.containers).chain(&lab.images);
    let words = typed::WORDS.iter().map(|(fr, en)| if ui.lang == crate::text::Lang::Fr { *fr } else { *en });
    let files = lab.resources.files.iter().map(|file| file.trim_end_matches('/').to_owned());
    let names = names.cloned().chain(words.map(str::to_owned)).chain(files).collect();
    let history = env.home.join("history");
    let variables = Variables::for_learner(env, ui.lang)?;
    let shell = Shell::new(env, &desk.workspace(), variables)?;
    let prompt = if ui.page.plain { Prompt::plain() } else { Prompt::open(names, &history, ui.page.color)? };
    let at = place(&lab, &desk);
    let mut guided = Guided {
        desk,
        lab,
        watch,
        prompt,
        shell,
        sane,
        ui: ui.clone(),
        common,
        env,
        at,
        passed: None,
        leaving: false,
        ended: false,
        trouble: BTreeSet::new(),
    };
    // What is there already is no news.
    guided.settled().await;
    guided.trouble.clear();
    guided.enter(at)?;
    let exit = guided.until_left().await?;
    if guided.ended {
        // A terminal at the prompt breaks no lines by itself.
        guided.sane.restore();
        guided.say_ended();
    }
    Ok(exit)
}

/// Where the session stands: where it was left, else the first step that is not done.
fn place(lab: &Lab, desk: &Desk) -> usize {
    let memory = &desk.session.memory;
    let left = memory.at.as_ref().and_then(|id| lab.steps.iter().position(|step| step.id == *id));
    let done = |step: &Step| step.checks.iter().all(|item| memory.evidence(&step.id, &item.id).is_some());
    let open = |at: usize| lab.steps.get(at).is_some_and(|step| !done(step));
    let first = lab.steps.iter().position(|step| !done(step) && !memory.skipped.contains(&step.id));
    left.filter(|at| open(*at)).or(first).unwrap_or(lab.steps.len().saturating_sub(1))
}

impl Guided<'_> {
    async fn until_left(&mut self) -> Result<Exit> {
        while !self.ended {
            let prompt = self.prompt_text();
            let line = tokio::select! {
                biased;
                line = self.prompt.line(&prompt) => line,
                // A terminal that edits no lines sends it as a signal.
                _ = tokio::signal::ctrl_c() => {
                    self.prompt.drop_line();
                    Line::Dropped
                }
                told = self.watch.next(&mut self.desk.session) => {
                    self.ui.page.width = env::columns();
                    let text = self.heard(told);
                    self.prompt.print(&text);
                    let text = self.sketch().await;
                    self.prompt.print(&text);
                    continue;
                }
            };
            match self.follow(line).await {
                Ok(Next::Line) => {}
                Ok(Next::End(exit)) => return Ok(exit),
                // What went wrong with one line is no reason to end the session.
                Err(error) => self.ui.complain(&error),
            }
        }
        Ok(Exit::Done)
    }

    fn say_ended(&self) {
        let id = &self.lab.id;
        self.ui.note(&say!(
            "La session a été remise à zéro : elle s'arrête ici. `docker-lab start {id}` en commence une autre.",
            "The session was reset: it stops here. `docker-lab start {id}` begins another."
        ));
    }

    async fn follow(&mut self, line: Line) -> Result<Next> {
        // The terminal may have been resized while the line was typed.
        self.ui.page.width = env::columns();
        let left = std::mem::take(&mut self.leaving);
        self.trouble.clear();
        match line {
            Line::End => Ok(self.leave(Exit::Done)),
            Line::Dropped if left => Ok(self.leave(Exit::Interrupted)),
            Line::Dropped => {
                self.leaving = true;
                self.ui.note(&say!("Encore Ctrl-C pour quitter.", "Ctrl-C again to leave."));
                Ok(Next::Line)
            }
            Line::Typed(line) => {
                let asked = self.open_question().map_or(0, |question| question.options.len());
                match understand(&line, asked) {
                    Typed::Nothing => self.nothing_typed().await,
                    Typed::Word(word) => self.word(word).await,
                    Typed::Letter(letter) => self.expect(letter).map(|()| Next::Line),
                    Typed::Command(command) => self.command(&command).await.map(|()| Next::Line),
                }
            }
        }
    }

    fn leave(&self, exit: Exit) -> Next {
        let (step, id) = (self.at + 1, &self.lab.id);
        self.ui.note(&say!(
            "À bientôt. `docker-lab start {id}` reprend ici, à l'étape {step} ; rien n'est perdu.",
            "See you soon. `docker-lab start {id}` goes on here, at step {step}; nothing is lost."
        ));
        Next::End(exit)
    }

    /// An empty line goes on where the step is done.
    async fn nothing_typed(&mut self) -> Result<Next> {
        if self.status() == Status::Passed { self.word(typed::Word::Next).await } else { Ok(Next::Line) }
    }

    /// Runs a command on the learner's terminal; what it ticks is told when it has ended.
    async fn command(&mut self, command: &str) -> Result<()> {
        let mut child = self.shell.start(command)?;
        let mut text = String::new();
        let status = loop {
            tokio::select! {
                status = child.wait() => break status,
                // The terminal sends Ctrl-C to the command as well: it is meant for that one.
                _ = tokio::signal::ctrl_c() => {}
                news = self.news() => text.push_str(&news),
            }
        };
        // A command that was killed may have left it in disorder.
        self.sane.restore();
        if let Some(code) = status.ok().and_then(shell::failure) {
            self.ui.note_plain(&format!(
                "{}\n",
                self.ui.page.faint(&self.ui.say(&say!("(code de sortie {code})", "(exit code {code})")))
            ));
        }
        text.push_str(&self.afterglow().await);
        self.ui.note_plain(&text);
        let text = self.sketch().await;
        self.ui.note_plain(&text);
        Ok(())
    }

    /// Keeps how the storage stands when a step has been passed; says where it could not be kept.
    async fn sketch(&mut self) -> String {
        let Some(card) = self.watch.scorecard() else { return String::new() };
        let (session, at) = (&mut self.desk.session, env::now());
        let kept = engine::sketch(&self.lab, &self.desk.engine, session, card, at).await;
        kept.map_or_else(|error| self.troubled(&error), |()| String::new())
    }

    /// Ticks that come within a moment.
    async fn afterglow(&mut self) -> String {
        let end = tokio::time::Instant::now() + AFTERGLOW;
        let mut text = String::new();
        loop {
            match tokio::time::timeout_at(end, self.news()).await {
                Ok(news) => text.push_str(&news),
                Err(_) => return text,
            }
        }
    }

    /// What is told until everything has been looked at; where that takes long, the rest comes by itself.
    async fn settled(&mut self) -> String {
        let end = tokio::time::Instant::now() + WHOLE_LOOK;
        let mut text = String::new();
        while !self.watch.is_settled() {
            match tokio::time::timeout_at(end, self.news()).await {
                Ok(news) => text.push_str(&news),
                Err(_) => break,
            }
        }
        text
    }

    /// Moves to a step and shows it.
    fn enter(&mut self, at: usize) -> Result<()> {
        self.at = at;
        let id = self.step().id.clone();
        if self.desk.session.memory.at.as_ref() != Some(&id) {
            self.desk.session.note(env::now(), &[Entry::At { step: id.clone() }])?;
        }
        self.passed = (self.status() == Status::Passed).then_some(id);
        let text = self.board();
        self.ui.note_plain(&text);
        Ok(())
    }

    /// The step that is shown.
    fn step(&self) -> &Step {
        &self.lab.steps[self.at.min(self.lab.steps.len() - 1)]
    }

    /// Its verdicts, once it was looked at.
    fn card(&self) -> Option<&StepCard> {
        let id = &self.step().id;
        self.watch.scorecard()?.steps.iter().find(|card| card.id == *id)
    }

    fn status(&self) -> Status {
        self.card().map_or(Status::Pending, |card| card.status)
    }

    /// Waits for news; for ever where the session has ended.
    async fn news(&mut self) -> String {
        if self.ended {
            return std::future::pending().await;
        }
        let told = self.watch.next(&mut self.desk.session).await;
        self.heard(told)
    }

    /// What the watch told, in words. A journal that cannot be written now (the disk is full) ends no session.
    fn heard(&mut self, told: Result<Told>) -> String {
        match told {
            Ok(told) => self.told(told),
            Err(error) => self.troubled(&error),
        }
    }

    /// An error in words, unless it was told since the last line.
    fn troubled(&mut self, error: &Error) -> String {
        let words = format!("{}\n", error.render(self.ui.lang));
        if self.trouble.insert(words.clone()) { words } else { String::new() }
    }

    /// News in words; nothing where they are not worth it.
    fn told(&mut self, told: Told) -> String {
        match told {
            Told::Changes(changes) => changes.iter().map(|change| self.change(change)).collect(),
            Told::Lost(why) => {
                let waiting = say!("docker-lab attend qu'il réponde…", "docker-lab waits for it to answer…");
                let waiting = self.ui.page.paragraph("  ", &self.ui.say(&waiting));
                format!("{}\n{waiting}", why.render(self.ui.lang))
            }
            Told::Back => {
                let back = say!("Le moteur Docker répond de nouveau.", "The Docker engine answers again.");
                self.ui.page.paragraph("", &self.ui.say(&back))
            }
            Told::Ended => {
                self.ended = true;
                String::new()
            }
        }
    }

    fn change(&mut self, change: &Change) -> String {
        let mut text = tell::line(change, &self.step().id, &self.ui);
        text.push_str(&self.shown_by(change));
        if self.status() == Status::Passed && self.passed.as_ref() != Some(&self.step().id) {
            self.passed = Some(self.step().id.clone());
            text.push_str(&self.well_done());
        }
        text
    }

    fn prompt_text(&self) -> String {
        let (number, count) = (self.at + 1, self.lab.steps.len());
        let end = if self.ui.page.plain { ">" } else { "›" };
        format!("{} {number}/{count} {end} ", self.lab.id)
    }
}
