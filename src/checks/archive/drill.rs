//! The restore drill: what came of restoring the archive for trial.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::archive::ArchiveCheck;
use crate::checks::archive::Demand;
use crate::checks::rows::described;
use crate::checks::scene::State;
use crate::text::Text;
use crate::text::say;
use crate::world::Archive;
use crate::world::DataFolder;
use crate::world::Drilled;
use crate::world::Fact;
use crate::world::Observed;
use crate::world::Probe;
use crate::world::TableGap;

impl ArchiveCheck {
    fn drill(&self) -> Probe {
        let Self { glob, container, database, .. } = self.clone();
        Probe::Drill { glob, container, database }
    }

    /// A restore drill, once everything else is well; each archive is tried once.
    pub(in crate::checks) fn clues(&self, scene: &Scene<'_>) -> BTreeSet<Probe> {
        let newest = match scene.clue(&Probe::Archives { glob: self.glob.clone() }) {
            Some(Fact::Archives(all)) if self.demand == Demand::Complete => all.first(),
            _ => None,
        };
        let fit = |one: &&Archive| {
            let folder = &one.folder;
            self.done(one, scene).is_none()
                && one.gzip
                && one.damage.is_none()
                && folder.system_identifier.is_some()
                && folder.missing.is_empty()
        };
        newest.filter(fit).map(|_| self.drill()).into_iter().collect()
    }

    /// Whether a drill of this archive gave back a state: then its files' times say nothing any more, as when the
    /// source was made anew since and holds what it held.
    pub(super) fn holds(&self, archive: &Archive, state: &State<'_>, scene: &Scene<'_>) -> bool {
        let held = self.done(archive, scene).and_then(|done| done.held.as_ref());
        held.is_some_and(|held| TableGap::between(state.tables, &held.tables).is_empty())
    }

    /// The drill of this archive, where there was one.
    fn done<'a>(&self, archive: &Archive, scene: &Scene<'a>) -> Option<&'a Drilled> {
        let is_this = |one: &&Drilled| one.is_of(&archive.sha256, &self.database);
        scene.memory.drills.iter().rev().find(is_this)
    }

    /// What the drill brought up must hold what some known state of the source held. A plain tar is named by another
    /// check, and not tried.
    pub(super) fn restores(
        &self,
        archive: &Archive,
        states: &[State<'_>],
        scene: &Scene<'_>,
    ) -> Result<(), Verdict> {
        if !archive.gzip {
            return Ok(());
        }
        let path = &archive.path;
        let Some(done) = self.done(archive, scene) else {
            return Err(match scene.facts.get(&self.drill()) {
                // From a trainer's machine there is no drill: what the archive holds has to do.
                Some(Observed::Seen(Fact::Absent(_))) => return Ok(()),
                Some(Observed::Unseen(why)) => Verdict::Unseen(why.clone()),
                _ => Verdict::Pending(say!(
                    "`{path}` est restaurée pour essai, dans un conteneur sans réseau",
                    "`{path}` is being restored for trial, in a container without network"
                )),
            });
        };
        let expected = say!("une archive qui se restaure", "an archive that restores");
        let Some(held) = &done.held else {
            let why = done.why.clone().unwrap_or_default();
            let (fr, en) = (&why.fr, &why.en);
            return Err(Verdict::failed(
                expected,
                say!(
                    "`{path}` a été restaurée pour essai, et son serveur ne répond pas : {fr}",
                    "`{path}` was restored for trial, and its server does not answer: {en}"
                ),
            )
            .mistake("archive-does-not-start"));
        };
        let lacks = |state: &State<'_>| TableGap::between(state.tables, &held.tables).into_iter().next();
        if states.iter().any(|state| lacks(state).is_none()) {
            return Ok(());
        }
        let gap = states.first().and_then(lacks);
        let found = gap.map_or_else(Text::default, |gap| described(&gap, path));
        Err(Verdict::failed(expected, found)
            .mistake("archive-too-old")
            .way_out(say!("refaites la sauvegarde maintenant", "make the backup again now")))
    }
}

/// What is worth a word though it passes: the archive of a running server, and a leading path.
pub(super) fn remark(folder: &DataFolder) -> (String, String) {
    let (mut fr, mut en) = (String::new(), String::new());
    if folder.files.contains_key("postmaster.pid") {
        fr.push_str(" après reprise (le serveur tournait pendant la sauvegarde)");
        en.push_str(" after crash recovery (the server was running during the backup)");
    }
    if !folder.leading.is_empty() {
        let leading = &folder.leading;
        let _ = write!(fr, " ; ses membres commencent par `{leading}/`");
        let _ = write!(en, "; its members begin with `{leading}/`");
    }
    (fr, en)
}
