//! The words of the session, one after the other.

use crate::cli::args;
use crate::cli::confirm::confirm;
use crate::cli::env;
use crate::cli::guided::Guided;
use crate::cli::guided::Next;
use crate::cli::guided::typed::WORDS;
use crate::cli::guided::typed::Word;
use crate::cli::hint;
use crate::cli::interrupted;
use crate::cli::quiz;
use crate::cli::run;
use crate::engine;
use crate::engine::Entry;
use crate::engine::Removal;
use crate::engine::Shell;
use crate::engine::Status;
use crate::error::Exit;
use crate::error::Result;
use crate::lab::Step;
use crate::report;
use crate::text::Lang;
use crate::text::Text;
use crate::text::list;
use crate::text::say;

/// So many questions are asked at least: those that the lab demands come first.
const A_FEW: usize = 6;

impl Guided<'_> {
    pub(super) async fn word(&mut self, word: Word) -> Result<Next> {
        match word {
            Word::Hint => self.hint()?,
            Word::Solution => self.solution()?,
            Word::Run => self.run().await?,
            Word::Check => self.check().await?,
            Word::Explain => self.explain(),
            Word::Map => self.map().await?,
            Word::Quiz => self.quiz().await?,
            Word::Next if self.status() != Status::Passed => self.not_yet(),
            Word::Next => return self.go_on().await,
            Word::Back => self.enter(self.at.saturating_sub(1))?,
            Word::Skip => {
                let step = self.step().id.clone();
                self.desk.session.note(env::now(), &[Entry::Skipped { step }])?;
                return self.go_on().await;
            }
            Word::ResetStep => self.reset_step().await?,
            Word::Language(lang) => {
                let other = if self.ui.lang == Lang::Fr { Lang::En } else { Lang::Fr };
                self.ui.lang = lang.unwrap_or(other);
                self.ui.note_plain(&self.board());
            }
            Word::Status => self.ui.note_plain(&self.standing()),
            Word::Help => self.ui.note_plain(&self.help()),
            Word::Quit => return Ok(self.leave(Exit::Done)),
        }
        Ok(Next::Line)
    }

    /// First what is seen to be wrong, then one hint more.
    fn hint(&mut self) -> Result<()> {
        let step = self.step().clone();
        let wrong = self.card().into_iter().flat_map(|card| &card.checks);
        let wrong: String = wrong
            .filter(|check| check.status == Status::Failed)
            .map(|check| {
                let way_out =
                    check.hint.as_ref().map(|hint| self.ui.page.paragraph("  → ", &self.ui.say(hint)));
                let seen = self.ui.page.paragraph("✗ ", &self.ui.say(&check.message));
                seen + &way_out.unwrap_or_default()
            })
            .collect();
        self.ui.note_plain(&wrong);
        let shown = self.desk.session.hints.get(&step.id).copied().unwrap_or(0);
        let Some(next) = engine::counsel(&step, self.card(), &self.desk.session.memory, shown) else {
            return Ok(());
        };
        self.ui.note_plain(&hint::hint_text(&self.lab, &step, next, &self.ui));
        let level = next.level;
        self.desk.session.note(env::now(), &[Entry::Hinted { step: step.id, level }])
    }

    fn solution(&mut self) -> Result<()> {
        let step = self.step().clone();
        self.ui.note_plain(&hint::solution_text(&self.lab, &step, Shell::Bash, &self.ui));
        hint::note_help(&mut self.desk.session, &step)
    }

    /// Does the step for the learner; Ctrl-C stops it, and what is done is kept.
    async fn run(&mut self) -> Result<()> {
        let step = self.step().clone();
        self.build(&[&step]).await
    }

    /// Carries steps out until one does not pass.
    async fn build(&mut self, steps: &[&Step]) -> Result<()> {
        run::nothing_in_the_way(&self.desk, steps)?;
        let (common, ui) = (self.common, self.ui.clone());
        let work = run::in_order(&mut self.desk, steps, common, &ui);
        interrupted::or(work).await?;
        let text = self.afterglow().await;
        self.ui.note_plain(&text);
        Ok(())
    }

    async fn check(&mut self) -> Result<()> {
        let step = self.step().clone();
        let card = interrupted::or(run::look(&mut self.desk, &[&step])).await?;
        if let Some(card) = card.asked_steps().next() {
            let text = report::step_text(self.at + 1, card, self.ui.lang, &self.ui.page);
            self.ui.note_plain(&text);
        }
        // The ticks, and `next`, must not say otherwise.
        self.watch.look_again();
        let text = self.settled().await;
        self.ui.note_plain(&text);
        Ok(())
    }

    fn explain(&self) {
        self.ui.note_plain(&self.ui.page.paragraph("", &self.ui.say(&self.step().explain)));
    }

    async fn map(&self) -> Result<()> {
        let (lab, seen) = (&self.lab, &self.desk.session.memory.containers);
        let storage = self.desk.engine.storage(|all| all.only(&lab.resources, seen)).await?;
        self.ui.note_plain(&report::map_text(&storage, self.ui.lang, &self.ui.page));
        Ok(())
    }

    async fn quiz(&mut self) -> Result<()> {
        let quiz = self.lab.id.clone();
        let demanded = self.lab.demanded(&quiz).len().max(A_FEW);
        let taking = args::Taking { questions: Some(demanded), ..args::Taking::default() };
        let asked = args::Quiz { quiz, taking, progress: false, answers: None, key: None, csv: None };
        quiz::quiz(&asked, self.common, self.env, &self.ui).await?;
        self.desk.session.refresh()?;
        self.watch.look_again();
        let text = self.settled().await;
        self.ui.note_plain(&text);
        Ok(())
    }

    /// The next step that is not done; the end of the lab where none is left.
    async fn go_on(&mut self) -> Result<Next> {
        if self.at + 1 < self.lab.steps.len() {
            self.enter(self.at + 1)?;
            return Ok(Next::Line);
        }
        let text = self.finale().await?;
        self.ui.note_plain(&text);
        Ok(Next::Line)
    }

    fn not_yet(&self) {
        let open = self.step().checks.iter().filter(|item| {
            let card = self.card().and_then(|card| card.checks.iter().find(|check| check.id == item.id));
            card.is_none_or(|card| card.status != Status::Passed)
        });
        let open = list(open.map(|item| self.ui.say(&item.title)));
        self.ui.note(&say!(
            "Il reste : {open}. `indice` aide, `passe` va à l'étape suivante quand même.",
            "Still open: {open}. `hint` helps, `skip` goes to the next step all the same."
        ));
    }

    /// Removes what the step and those that build on it made, and makes again what it needs.
    async fn reset_step(&mut self) -> Result<()> {
        let (lab, step) = (self.lab.clone(), self.step().clone());
        let steps = lab.built_on(&step);
        let removal = Removal::plan(&lab, &self.desk.engine, &self.desk.session.memory).await?.only(&steps);
        for line in removal.lines() {
            self.ui.note_plain(&self.ui.page.paragraph("  - ", &self.ui.say(&line)));
        }
        let question = if removal.is_empty() {
            say!("Recommencer cette étape ?", "Begin this step again?")
        } else {
            say!(
                "Supprimer ces objets et recommencer cette étape ?",
                "Remove these objects and begin this step again?"
            )
        };
        // Broken off is not agreed.
        if !confirm(&question, &self.ui).await.unwrap_or(false) {
            self.ui.note(&say!("Rien n'a été supprimé.", "Nothing was removed."));
            return Ok(());
        }
        let image = self.desk.images.first().cloned();
        let workspace = self.desk.workspace();
        let failures = removal.carry_out(&self.desk.engine, &workspace, image.as_deref()).await;
        for error in &failures {
            self.ui.complain(error);
        }
        let again: Vec<Entry> = steps.iter().map(|one| Entry::Redone { step: one.id.clone() }).collect();
        self.desk.session.note(env::now(), &again)?;
        let foundations = lab.foundations(&step);
        if !foundations.is_empty() {
            self.build(&foundations).await?;
        }
        self.enter(self.at)
    }

    /// All steps and the points.
    fn standing(&self) -> String {
        let Some(card) = self.watch.scorecard() else { return String::new() };
        let mut out = String::new();
        for (index, step) in card.steps.iter().enumerate() {
            let (page, lang) = (&self.ui.page, self.ui.lang);
            let word = report::status_word(step.status, lang).1;
            let here = if index == self.at { " ←" } else { "" };
            let text = format!("{}. {} ({word}){here}", index + 1, self.ui.say(&step.title));
            out.push_str(&page.marked("  ", step.status, lang, &text));
        }
        let (points, max) = (card.points(), card.max());
        out + &self
            .ui
            .page
            .paragraph("", &self.ui.say(&say!("{points} points sur {max}", "{points} of {max} points")))
    }

    fn help(&self) -> String {
        let lab = &self.lab.id;
        let says: [Text; WORDS.len()] = [
            say!(
                "la piste suivante, d'après ce qui est déjà fait",
                "the next hint, from what is done already"
            ),
            say!(
                "les commandes de l'étape (elle sera notée « avec aide »)",
                "the step's commands (it will be marked as assisted)"
            ),
            say!(
                "docker-lab fait l'étape à votre place (« avec aide »)",
                "docker-lab does the step for you (assisted)"
            ),
            say!("l'étape, contrôle par contrôle", "the step, check by check"),
            say!("pourquoi cela marche", "why it works"),
            say!("le stockage de cette machine, dessiné", "this machine's storage, drawn"),
            say!("les questions sur le stockage", "the questions on storage"),
            say!("l'étape suivante (ou Entrée)", "the next step (or Enter)"),
            say!("l'étape précédente", "the step before"),
            say!("la suite, sans finir cette étape", "what follows, without finishing this step"),
            say!(
                "supprime ce que l'étape a créé, pour la refaire",
                "removes what the step made, to do it again"
            ),
            say!("change de langue (`langue en`)", "changes the language (`language fr`)"),
            say!("toutes les étapes et les points", "all steps and the points"),
            say!("cette liste", "this list"),
            say!("s'arrête ici ; `start {lab}` reprendra", "stops here; `start {lab}` will go on"),
        ];
        let mut out = String::new();
        for ((fr, en), text) in WORDS.iter().zip(&says) {
            let word = if self.ui.lang == Lang::Fr { fr } else { en };
            let gap = " ".repeat(17usize.saturating_sub(word.chars().count()));
            out.push_str(&self.ui.page.paragraph(&format!("  {word}{gap}"), &self.ui.say(text)));
        }
        let rest = say!(
            "Tout le reste est une commande pour votre shell, dans le dossier de travail ; `!` devant l'impose.",
            "Everything else is a command for your shell, in the workspace; `!` before it makes sure."
        );
        out + &self.ui.page.paragraph("", &self.ui.say(&rest))
    }
}
