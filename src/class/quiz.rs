//! The quiz of a room: answers are collected out of the learners' folders, and what they are worth goes into the journals on
//! the trainer's side, where the lab's checks look for it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::class::Machine;
use crate::class::Room;
use crate::class::room::broken_off;
use crate::class::room::side_by_side;
use crate::class::visit::Visitor;
use crate::class::visit::open;
use crate::engine::Entry;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;
use crate::world::Answered;

impl Room {
    /// The text of a file in each learner's folder; `None` where there is none.
    pub(crate) async fn collect(&self, name: &str) -> Vec<(Machine, Result<Option<String>>)> {
        let name: Arc<str> = Arc::from(name);
        let read = |visitor: Arc<Visitor>, machine: Machine| {
            let name = Arc::clone(&name);
            async move {
                let read = tokio::time::timeout(visitor.limit, visitor.text_of(&machine, &name)).await;
                read.unwrap_or_else(|_| Err(visitor.too_slow(&machine)))
            }
        };
        let read = self.each(read).await.into_iter();
        let read = read.map(|(_, read)| read.unwrap_or_else(|| Err(broken_off())));
        self.inventory.machines.iter().cloned().zip(read).collect()
    }

    /// Keeps the answers of some machines' learners in their journals; tells those that could not be kept.
    pub(crate) async fn remember(
        &self,
        answers: Vec<(Machine, Vec<Answered>)>,
        now: Timestamp,
    ) -> Vec<(Machine, Error)> {
        let machines: Vec<Machine> = answers.iter().map(|(machine, _)| machine.clone()).collect();
        let visitor = Arc::clone(&self.visitor);
        let kept = side_by_side(answers, self.jobs, move |(machine, answers)| {
            let visitor = Arc::clone(&visitor);
            async move {
                let kept = tokio::time::timeout(visitor.limit, visitor.note(&machine, answers, now)).await;
                kept.unwrap_or_else(|_| Err(visitor.too_slow(&machine)))
            }
        });
        let kept = kept.await.into_iter().map(|(_, kept)| kept.unwrap_or_else(|| Err(broken_off())));
        machines.into_iter().zip(kept).filter_map(|(machine, kept)| Some((machine, kept.err()?))).collect()
    }
}

impl Visitor {
    async fn text_of(&self, machine: &Machine, name: &str) -> Result<Option<String>> {
        let engine = self.connect(machine).await?;
        let lab = self.shelf.lab(&self.lab, &machine.prefix)?;
        let mut images = Vec::new();
        images.extend(engine.first_image(&lab.images).await?);
        let folder = open(&engine, machine, &images).await?;
        let found = folder.file(name).await;
        if let Some(folder) = Arc::into_inner(folder) {
            // What was read counts, whatever the scratch container does.
            let _ = folder.close().await;
        }
        let Some(file) = found? else { return Ok(None) };
        file.text.map(Some).ok_or_else(|| {
            Error::environment(say!("`{name}` n'est pas un fichier de texte", "`{name}` is no text file"))
        })
    }

    async fn note(&self, machine: &Machine, answers: Vec<Answered>, now: Timestamp) -> Result<()> {
        let engine = self.connect(machine).await?;
        let mut guest = self.guest(machine, engine, now).await?;
        let entries: Vec<Entry> = answers.into_iter().map(Entry::Answered).collect();
        guest.session.note(now, &entries)
    }
}
