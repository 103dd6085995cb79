//! `copied`: a volume holds the copy of another volume's data folder.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::copies;
use crate::checks::database::probe;
use crate::checks::scene::State;
use crate::checks::scene::cluster_ref;
use crate::checks::scene::unfit;
use crate::checks::scene::volume_ref;
use crate::checks::verdict::Weighed;
use crate::text::Text;
use crate::text::list;
use crate::text::say;
use crate::world::Container;
use crate::world::DataFolder;
use crate::world::Fact;
use crate::world::Probe;

/// The mistakes it can name.
pub(super) const MISTAKES: &[&str] = &[
    "copy-changed",
    "copy-hidden-left-out",
    "copy-incomplete",
    "copy-mode-changed",
    "copy-times-lost",
    "copy-nested",
    "copy-of-another-volume",
    "copy-wrong-way",
    "copy-without-a",
];

/// `copied: {from: postgres_data, to: postgres_copy, container: postgres_restored, database: myapp}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
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
        BTreeSet::from([folder, Probe::Containers, Probe::Volumes, probe(&self.container, &self.database)])
    }

    /// The source, file by file, once there is a copy to hold against it.
    pub(super) fn clues(&self, scene: &Scene<'_>) -> BTreeSet<Probe> {
        let copy = scene.clue(&Probe::DataFolder { volume: self.to.clone() });
        match copy {
            Some(Fact::DataFolder(folder)) if folder.system_identifier.is_some() => {
                BTreeSet::from([Probe::DataFolder { volume: self.from.clone() }])
            }
            _ => BTreeSet::new(),
        }
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
        let Some(found) = folder.system_identifier else {
            return self.incomplete(scene, folder, &folder.missing);
        };
        let states = scene.states(container, database);
        if states.is_empty() {
            return Ok(Verdict::Pending(say!(
                "la base de `{container}` n'a pas encore été vue",
                "the database in `{container}` has not been seen yet"
            )));
        }
        let Some(state) = fitting(&states, found, folder) else {
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
            return self.incomplete(scene, folder, &lacking);
        }
        if folder.owner == Some(0) {
            return Ok(self.wrong_owner());
        }
        let source = Probe::DataFolder { volume: from.clone() };
        if scene.facts.get(&source).is_none() {
            return Ok(Verdict::Pending(say!(
                "la copie est comparée à `{from}`, fichier par fichier",
                "the copy is being compared with `{from}`, file by file"
            )));
        }
        let copying = scene.memory.uses.iter().filter(|one| one.has(from) && one.writes(to));
        let made = copying.map(|one| one.at).max();
        if let Fact::DataFolder(source) = scene.fact(&source)?
            && let Some((mistake, found)) = copies::difference(&source.members, &folder.members, (to, made))
        {
            return Ok(Verdict::failed(self.expected(), found).mistake(mistake));
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

    fn incomplete(&self, scene: &Scene<'_>, folder: &DataFolder, lacking: &[String]) -> Weighed {
        let Self { from, to, .. } = self;
        let mut containers = scene.containers()?;
        let mounts = |one: &Container, name: &str| one.mounts.iter().any(|mount| mount.source == name);
        if let Some(at_work) = containers.find(|one| one.is_running() && mounts(one, from) && mounts(one, to))
        {
            let name = &at_work.name;
            return Ok(Verdict::Pending(say!(
                "`{name}`, qui monte `{from}` et `{to}`, tourne encore : la copie est jugée quand il s'arrête",
                "`{name}`, which mounts `{from}` and `{to}`, still runs: the copy is judged when it stops"
            )));
        }
        if folder.entries == 0 {
            if scene.memory.uses.iter().any(|one| one.has(from) && one.has(to)) {
                return Ok(Verdict::failed(
                    self.expected(),
                    say!(
                        "un conteneur a monté `{from}` et `{to}`, et `{to}` est encore vide",
                        "a container mounted `{from}` and `{to}`, and `{to}` is still empty"
                    ),
                )
                .mistake("copy-wrong-way")
                .way_out(say!(
                    "vérifiez d'abord que `{from}` est intact, puis `cp -av /source/. /destination/` avec `{from}` sur `/source`",
                    "make sure first that `{from}` is whole, then `cp -av /source/. /destination/` with `{from}` at `/source`"
                )));
            }
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

/// The state of a cluster that a copy is held against: the latest in which it lacks nothing, since what was whole when it was
/// made stays so when the database goes on; else the latest.
fn fitting<'a, 'b>(states: &'b [State<'a>], cluster: u64, folder: &DataFolder) -> Option<&'b State<'a>> {
    let mut of_cluster = states.iter().filter(|state| state.system_identifier == cluster);
    let whole = of_cluster.clone().find(|state| state.lacking_in(folder).is_empty());
    whole.or_else(|| of_cluster.next())
}
