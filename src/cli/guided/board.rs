//! What a step shows: where it stands in the lab, what is to be done, what will be checked, and what the learner
//! is asked before; then, once it is done, why it worked.

use crate::cli::env;
use crate::cli::guided::Guided;
use crate::engine::Change;
use crate::engine::Entry;
use crate::engine::Status;
use crate::engine::Subject;
use crate::error::Result;
use crate::lab::Prediction;
use crate::text::say;

impl Guided<'_> {
    /// The step that is shown, whole.
    pub(super) fn board(&self) -> String {
        let (page, step) = (&self.ui.page, self.step());
        let (number, count, title) = (self.at + 1, self.lab.steps.len(), self.ui.say(&step.title));
        let heading = say!("Étape {number} sur {count} : {title}", "Step {number} of {count}: {title}");
        let mut out = format!("\n{}", page.heading(&self.ui.say(&heading)));
        out.push_str(&page.paragraph("", &self.ui.say(&step.goal)));
        out.push('\n');
        out.push_str(&self.checks());
        out.push_str(&self.question());
        out.push_str(&page.paragraph("", &self.ui.say(&self.what_now())));
        out
    }

    fn checks(&self) -> String {
        let mut out = String::new();
        for item in &self.step().checks {
            let card = self.card().and_then(|card| card.checks.iter().find(|check| check.id == item.id));
            let status = card.map_or(Status::Pending, |card| card.status);
            let (page, lang) = (&self.ui.page, self.ui.lang);
            out.push_str(&page.marked("  ", status, lang, &self.ui.say(&item.title)));
            // What nobody could look at is told once: it is mostly the same for all.
            if let Some(card) = card.filter(|card| card.status == Status::Unseen) {
                let told = self.ui.page.paragraph("    ", &self.ui.say(&card.message));
                out.push_str(if out.contains(&told) { "" } else { &told });
            }
            if let Some(card) = card.filter(|card| card.status == Status::Failed) {
                out.push_str(&self.ui.page.paragraph("    ", &self.ui.say(&card.message)));
                if let Some(hint) = &card.hint {
                    out.push_str(&self.ui.page.paragraph("    → ", &self.ui.say(hint)));
                }
            }
        }
        out + "\n"
    }

    fn what_now(&self) -> crate::text::Text {
        if self.status() == Status::Passed {
            return say!(
                "Cette étape est faite : Entrée pour la suite.",
                "This step is done: Enter to go on."
            );
        }
        let lacks = |image: &&str| !self.desk.images.iter().any(|here| here == image);
        if self.status() == Status::Unseen && self.lab.images_for(self.step()).iter().any(lacks) {
            return say!(
                "Sans cette image, l'étape ne se fait pas, et rien n'en est compté comme manqué : `passe` va à la suivante.",
                "Without that image the step cannot be done, and nothing of it counts as failed: `skip` goes to the next one."
            );
        }
        say!(
            "Tapez vos commandes ici, ou dans un autre terminal : les coches viennent d'elles-mêmes. `indice` si vous hésitez, `?` pour tous les mots.",
            "Type your commands here, or in another terminal: the ticks come by themselves. `hint` if you hesitate, `?` for all words."
        )
    }

    /// The first question of the step that was not answered, and whose answer does not show yet.
    pub(super) fn open_question(&self) -> Option<&Prediction> {
        let memory = &self.desk.session.memory;
        self.step()
            .predict
            .iter()
            .find(|one| !memory.expected.contains_key(&self.key(one)) && self.is_open(one))
    }

    fn is_open(&self, question: &Prediction) -> bool {
        let shown = question.shown_by.as_deref();
        let check = shown.and_then(|id| self.card()?.checks.iter().find(|check| check.id == id));
        check.is_none_or(|check| check.status != Status::Passed)
    }

    fn key(&self, question: &Prediction) -> String {
        format!("{}.{}", self.step().id, question.id)
    }

    /// The open question, with its options.
    fn question(&self) -> String {
        let Some(question) = self.open_question() else { return String::new() };
        let ask = self.ui.say(&question.ask);
        let words = say!("Avant de commencer, votre avis : {ask}", "Before you begin, your guess: {ask}");
        let mut out = self.ui.page.paragraph("? ", &self.ui.say(&words));
        for (letter, option) in ('a'..='z').zip(&question.options) {
            out.push_str(&self.ui.page.paragraph(&format!("    {letter}) "), &self.ui.say(&option.text)));
        }
        out + "\n"
    }

    /// Keeps what the learner expects; tells at once what the engine's version decides.
    pub(super) fn expect(&mut self, letter: char) -> Result<()> {
        let chosen = self.open_question().and_then(|question| {
            let at = ('a'..='z').position(|one| one == letter)?;
            Some((question.clone(), question.options.get(at)?.id.clone()))
        });
        let Some((question, option)) = chosen else { return Ok(()) };
        let entry = Entry::Expected { question: self.key(&question), option };
        self.desk.session.note(env::now(), &[entry])?;
        let mut text = if question.shown_by.is_none() {
            self.outcome(&question)
        } else {
            let noted = say!("C'est noté. Le moteur répondra.", "Noted. The engine will answer.");
            self.ui.page.paragraph("  ", &self.ui.say(&noted))
        };
        text.push_str(&self.question());
        self.ui.note_plain(&text);
        Ok(())
    }

    /// What a change shows about the questions of the step.
    pub(super) fn shown_by(&self, change: &Change) -> String {
        let own = change.subject == Subject::Check && change.step.as_ref() == Some(&self.step().id);
        if !own || change.status != Status::Passed || change.was.is_none() {
            return String::new();
        }
        let shown = self.step().predict.iter().filter(|one| one.shown_by.as_ref() == Some(&change.id));
        shown.map(|question| self.outcome(question)).collect()
    }

    /// What was expected, what happens, and why.
    fn outcome(&self, question: &Prediction) -> String {
        let version = &self.desk.engine.daemon.version;
        let Some(outcome) = question.outcome(version) else { return String::new() };
        let text = |id: &str| {
            question.options.iter().find(|option| option.id == id).map(|option| self.ui.say(&option.text))
        };
        let happens = text(&outcome.option).unwrap_or_default();
        let why = self.ui.say(&outcome.why);
        let expected = self.desk.session.memory.expected.get(&self.key(question));
        let words = match expected {
            Some(option) if *option == outcome.option => {
                say!("Comme vous l'aviez prévu : {happens} {why}", "As you expected: {happens} {why}")
            }
            Some(option) => {
                let guess = text(option).unwrap_or_default();
                say!(
                    "Vous aviez prévu : {guess} En fait : {happens} {why}",
                    "You expected: {guess} In fact: {happens} {why}"
                )
            }
            None => say!("À retenir : {happens} {why}", "Remember: {happens} {why}"),
        };
        self.ui.page.paragraph("  ! ", &self.ui.say(&words))
    }

    /// The step has just been passed.
    pub(super) fn well_done(&self) -> String {
        let (number, page) = (self.at + 1, &self.ui.page);
        let done = say!("Étape {number} réussie.", "Step {number} passed.");
        let mut out = format!("\n{}", page.heading(&self.ui.say(&done)));
        out.push_str(&page.paragraph("", &self.ui.say(&self.step().explain)));
        out.push_str(&page.paragraph("", &self.ui.say(&say!("Entrée pour la suite.", "Enter to go on."))));
        out
    }
}
