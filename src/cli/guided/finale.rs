//! The end of the lab: the scorecard, and what to do with it.

use crate::cli::guided::Guided;
use crate::engine;
use crate::error::Result;
use crate::report::Format;
use crate::report::Report;
use crate::text::list;
use crate::text::say;

impl Guided<'_> {
    /// The scorecard of the whole lab, where to read again, and the report to take home.
    pub(super) async fn finale(&mut self) -> Result<String> {
        let (observer, lab) = (self.desk.observer(), self.lab.clone());
        let asked: Vec<&crate::lab::Step> = lab.steps.iter().collect();
        let card = engine::examine(&lab, &asked, &observer, &mut self.desk.session).await?.scorecard;
        let (daemon, stand_ins) = (&self.desk.engine.daemon, &self.desk.stand_ins);
        let report = Report { scorecard: &card, daemon, stand_ins };
        let mut out = format!("\n{}\n", report.render(Format::Text, self.ui.lang, &self.ui.page)?);
        let memory = &self.desk.session.memory;
        let again = lab.steps.iter().filter(|step| {
            let hints = self.desk.session.hints.get(&step.id).copied().unwrap_or(0);
            memory.is_assisted(&step.id) || memory.skipped.contains(&step.id) || hints > 1
        });
        let again = list(again.map(|step| self.ui.say(&step.title)));
        let mut notes = Vec::new();
        if !again.is_empty() {
            notes.push(say!("À relire à tête reposée : {again}.", "Worth reading again: {again}."));
        }
        let id = &lab.id;
        notes.push(say!(
            "`quiz` pose les questions ; `docker-lab report {id} --format html --output bilan.html` garde le bilan ; `quitte` s'arrête ici.",
            "`quiz` asks the questions; `docker-lab report {id} --format html --output report.html` keeps the scorecard; `quit` stops here."
        ));
        for note in &notes {
            out.push_str(&self.ui.page.paragraph("", &self.ui.say(note)));
        }
        Ok(out)
    }
}
