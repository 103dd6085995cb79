//! `copied`: a volume holds the copy of another volume's data folder.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::database::probe;
use crate::checks::scene::cluster_ref;
use crate::checks::scene::unfit;
use crate::checks::scene::volume_ref;
use crate::checks::verdict::Weighed;
use crate::text::Text;
use crate::text::list;
use crate::text::say;
use crate::world::DataFolder;
use crate::world::Fact;
use crate::world::Probe;

/// `copied: {from: postgres_data, to: postgres_copy, container: postgres_restored, database: myapp}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CopiedCheck {
    /// The volume that was read.
    pub from: String,
    /// The volume that was written.
    pub to: String,
    /// The container that serves the cluster of the first.
    pub container: String,
    /// A database of it.
    pub database: String,
}

impl CopiedCheck {
    pub(super) fn probes(&self) -> BTreeSet<Probe> {
        let folder = Probe::DataFolder { volume: self.to.clone() };
        BTreeSet::from([folder, Probe::Volumes, probe(&self.container, &self.database)])
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let Self { from, to, container, database } = self;
        let Some(volume) = scene.volume(to)? else {
            return Ok(Verdict::Pending(say!(
                "le volume `{to}` n'existe pas encore",
                "volume `{to}` does not exist yet"
            )));
        };
        let folder = match scene.fact(&Probe::DataFolder { volume: to.clone() })? {
            Fact::DataFolder(folder) => folder,
            other => return Err(unfit(other)),
        };
        let Some(found) = folder.system_identifier else { return self.incomplete(folder, &folder.missing) };
        let states = scene.states(container, database);
        if states.is_empty() {
            return Ok(Verdict::Pending(say!(
                "la base de `{container}` n'a pas encore été vue",
                "the database in `{container}` has not been seen yet"
            )));
        }
        let Some(state) = states.iter().find(|state| state.system_identifier == found) else {
            return Ok(Verdict::failed(
                self.expected(),
                say!("`{to}` contient un autre cluster ({found})", "`{to}` holds another cluster ({found})"),
            )
            .mistake("copy-of-another-volume"));
        };
        let lacking = state.lacking_in(folder);
        // A server told by PGDATA to use a folder of the volume has it in the copy too.
        let leads =
            folder.leading.is_empty() || state.data_directory.ends_with(&format!("/{}", folder.leading));
        if !lacking.is_empty() || !leads {
            return self.incomplete(folder, &lacking);
        }
        if folder.owner == Some(0) {
            return Ok(self.wrong_owner());
        }
        let entries = folder.entries;
        Ok(Verdict::passed(
            say!(
                "`{to}` contient la copie de `{from}` : {entries} entrées, même cluster",
                "`{to}` holds the copy of `{from}`: {entries} entries, same cluster"
            ),
            [volume_ref(volume), cluster_ref(found)],
        ))
    }

    fn incomplete(&self, folder: &DataFolder, lacking: &[String]) -> Weighed {
        let Self { from, to, .. } = self;
        if folder.entries == 0 {
            return Ok(Verdict::Pending(say!("le volume `{to}` est vide", "volume `{to}` is empty")));
        }
        let (missing, top) = (list(lacking.iter().take(4)), list(folder.top.iter().take(6)));
        let found = if lacking.is_empty() {
            let leading = &folder.leading;
            say!(
                "les données sont dans `{leading}`, et non à la racine de `{to}`",
                "the data lies in `{leading}`, not at the root of `{to}`"
            )
        } else if folder.system_identifier.is_some() {
            say!("dans `{to}` manquent {missing}", "`{to}` lacks {missing}")
        } else {
            say!("`{to}` contient {top}", "`{to}` holds {top}")
        };
        let mistake = if lacking.is_empty() { "copy-nested" } else { "copy-incomplete" };
        Ok(Verdict::failed(self.expected(), found).mistake(mistake).way_out(say!(
            "`cp -av /source/. /destination/` : le point copie le contenu de `{from}`, fichiers cachés compris",
            "`cp -av /source/. /destination/`: the dot copies what is in `{from}`, hidden files included"
        )))
    }

    fn wrong_owner(&self) -> Verdict {
        let to = &self.to;
        Verdict::failed(
            self.expected(),
            say!("tous les fichiers de `{to}` appartiennent à root", "all files in `{to}` belong to root"),
        )
        .mistake("copy-without-a")
        .way_out(say!(
            "copiez avec `cp -a` : PostgreSQL refuse un dossier qui n'est pas à lui",
            "copy with `cp -a`: PostgreSQL refuses a folder that is not its own"
        ))
    }

    fn expected(&self) -> Text {
        let Self { from, to, .. } = self;
        say!("tout le contenu de `{from}` dans `{to}`", "all that `{from}` holds, in `{to}`")
    }
}
