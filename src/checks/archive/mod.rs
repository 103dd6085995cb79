//! `archive`: a backup archive is whole, complete, dated, or portable. One demand a check, so that each has its
//! own line on the scorecard.

mod alone;
mod drill;

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::database::probe;
use crate::checks::scene::State;
use crate::checks::scene::cluster_ref;
use crate::checks::scene::unfit;
use crate::checks::verdict::Weighed;
use crate::text::Text;
use crate::text::list;
use crate::text::say;
use crate::world::Archive;
use crate::world::Fact;
use crate::world::Probe;

/// `archive: {glob: "backups/*.tar*", container: postgres_restored, database: myapp, demand: whole}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ArchiveCheck {
    /// The archives, below the workspace; the newest one counts.
    pub glob: String,
    /// The container that serves the cluster that was backed up.
    pub container: String,
    /// A database of it.
    pub database: String,
    /// What is asked of the archive.
    pub demand: Demand,
}

/// What is asked of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Demand {
    /// Readable to its last byte, and compressed with gzip.
    Whole,
    /// A complete data folder of that cluster.
    Complete,
    /// A name with a date, and a checksum that can be kept.
    Dated,
    /// Only members that can be unpacked anywhere, and nowhere but below the target.
    Portable,
}

/// What is wrong with an archive as a whole.
const DAMAGED: [&str; 5] =
    ["archive-cut-short", "archive-damaged", "archive-empty", "archive-is-dump", "archive-other-compression"];

impl ArchiveCheck {
    pub(super) fn probes(&self) -> BTreeSet<Probe> {
        let archives = Probe::Archives { glob: self.glob.clone() };
        match self.demand {
            Demand::Complete => {
                BTreeSet::from([archives, probe(&self.container, &self.database), Probe::Volumes])
            }
            Demand::Whole | Demand::Dated | Demand::Portable => BTreeSet::from([archives]),
        }
    }

    /// The mistakes it can name.
    pub(super) fn mistakes(&self) -> Vec<&'static str> {
        let own: &[&str] = match self.demand {
            Demand::Whole => &["archive-not-compressed"],
            Demand::Complete => &[
                "archive-does-not-start",
                "archive-incomplete",
                "archive-of-another-volume",
                "archive-parent-folder",
                "archive-sub-folder",
                "archive-too-old",
                "backups-gone",
            ],
            Demand::Dated => &["archive-not-dated"],
            Demand::Portable => &["archive-not-portable"],
        };
        [own, &DAMAGED].concat()
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let archives = match scene.fact(&Probe::Archives { glob: self.glob.clone() })? {
            Fact::Archives(archives) => archives,
            other => return Err(unfit(other)),
        };
        let Some(newest) = archives.first() else {
            let glob = &self.glob;
            if self.demand == Demand::Complete && self.is_too_late(scene)? {
                return Ok(Verdict::failed(
                    say!("une archive `{glob}`", "an archive `{glob}`"),
                    say!(
                        "il n'y a pas d'archive, et plus rien à sauvegarder",
                        "there is no archive, and nothing left to back up"
                    ),
                )
                .mistake("backups-gone"));
            }
            return Ok(Verdict::Pending(say!(
                "aucun fichier `{glob}` dans le dossier de travail",
                "no file `{glob}` in the workspace"
            )));
        };
        match self.demand {
            Demand::Whole => alone::whole(newest),
            Demand::Complete => {
                let weighed = self.complete(newest, scene);
                match (&weighed, proven_beside(newest, scene)) {
                    (Ok(Verdict::Failed(_)) | Err(Verdict::Failed(_)), Some(good)) => {
                        let path = &newest.path;
                        Ok(Verdict::Pending(say!(
                            "`{path}` ne convient pas, mais `{good}` a été vérifiée et est toujours là",
                            "`{path}` will not do, but `{good}` was verified and is still there"
                        )))
                    }
                    _ => weighed,
                }
            }
            Demand::Dated => alone::dated(newest),
            Demand::Portable => alone::portable(newest),
        }
    }

    /// Whether the archive was never seen, and what it should hold is gone for good: every volume that was seen.
    fn is_too_late(&self, scene: &Scene<'_>) -> Result<bool, Verdict> {
        let (now, seen) = (scene.volumes()?, &scene.memory.volumes);
        let known = scene.memory.clusters.iter().any(|one| one.container == self.container);
        let proven = scene
            .memory
            .evidence
            .iter()
            .any(|(_, proof)| proof.objects.iter().any(|object| object.starts_with("sha256 ")));
        Ok(known && !proven && !now.iter().any(|volume| seen.contains(&volume.name)))
    }

    fn complete(&self, archive: &Archive, scene: &Scene<'_>) -> Weighed {
        let (path, folder) = (&archive.path, &archive.folder);
        let container = &self.container;
        let expected = say!(
            "le dossier de données complet de `{container}`",
            "the complete data folder of `{container}`"
        );
        if archive.damage.is_some() {
            return alone::whole(archive);
        }
        let Some(found) = folder.system_identifier else {
            return Ok(incomplete(archive, &folder.missing, expected));
        };
        let states = scene.states(&self.container, &self.database);
        if states.is_empty() {
            return Ok(Verdict::Pending(say!(
                "la base de `{container}` n'a pas encore été vue : à qui est cette archive ?",
                "the database in `{container}` has not been seen yet: whose archive is this?"
            )));
        }
        let states: Vec<State<'_>> =
            states.into_iter().filter(|state| state.system_identifier == found).collect();
        let Some(latest) = states.first() else {
            return Ok(Verdict::failed(
                expected,
                say!(
                    "`{path}` contient un autre cluster ({found})",
                    "`{path}` holds another cluster ({found})"
                ),
            )
            .mistake("archive-of-another-volume"));
        };
        // What was whole when it was made stays so when the database goes on.
        if !states.iter().any(|state| state.lacking_in(folder).is_empty()) {
            return Ok(incomplete(archive, &latest.lacking_in(folder), expected));
        }
        if let Some(beside) = beside(&folder.leading, &folder.top) {
            return Ok(Verdict::failed(
                expected,
                say!(
                    "`{path}` contient aussi {beside} : c'est plus que le volume",
                    "`{path}` also holds {beside}: that is more than the volume"
                ),
            )
            .mistake("archive-parent-folder"));
        }
        if !states.iter().any(|state| self.holds(archive, state, scene)) {
            self.recent(archive, scene)?;
        }
        self.restores(archive, &states, scene)?;
        let entries = folder.entries;
        let (fr, en) = tried(archive, scene);
        Ok(Verdict::passed(
            say!(
                "`{path}` contient le dossier de données entier ({entries} entrées, cluster {found}){fr}",
                "`{path}` holds the whole data folder ({entries} entries, cluster {found}){en}"
            ),
            [cluster_ref(found), checksum(archive)],
        ))
    }
}

impl ArchiveCheck {
    /// A server changes its files when it starts: an archive whose files are all older was made before.
    fn recent(&self, archive: &Archive, scene: &Scene<'_>) -> Result<(), Verdict> {
        let (path, container) = (&archive.path, &self.container);
        let Some(started) = scene.memory.container(container).map(|seen| seen.created) else { return Ok(()) };
        if archive.folder.newest >= started {
            return Ok(());
        }
        Err(Verdict::failed(
            say!("l'état du volume depuis `{container}`", "the volume's state since `{container}`"),
            say!(
                "`{path}` est plus ancienne que `{container}` : les dernières lignes n'y sont pas",
                "`{path}` is older than `{container}`: the last rows are not in it"
            ),
        )
        .mistake("archive-too-old")
        .way_out(say!("refaites la sauvegarde maintenant", "make the backup again now")))
    }
}

/// An archive beside the newest one that passed once, and that nobody has written to since: a backup made after the
/// clean-up takes nothing from it.
fn proven_beside<'a>(newest: &'a Archive, scene: &Scene<'_>) -> Option<&'a String> {
    let is_of = |object: &String, path: &str| {
        object.strip_prefix("sha256 ").and_then(|sum| sum.split_once(' ')).is_some_and(|(_, of)| of == path)
    };
    let is_proven = |(path, changed): &(&String, &i64)| {
        let mut proofs = scene.memory.evidence.values();
        proofs.any(|proof| {
            **changed <= proof.at.as_second() && proof.objects.iter().any(|object| is_of(object, path))
        })
    };
    newest.others.iter().zip(&newest.others_changed).find(is_proven).map(|(path, _)| path)
}

/// What lies beside the data folder, where it does not stand at the top.
fn beside(leading: &str, top: &[String]) -> Option<String> {
    let own = leading.split('/').next().unwrap_or_default();
    let others: Vec<&String> = top.iter().filter(|name| *name != own).collect();
    (!leading.is_empty() && !others.is_empty()).then(|| list(others.into_iter().take(4)))
}

fn incomplete(archive: &Archive, lacking: &[String], expected: Text) -> Verdict {
    let (path, folder) = (&archive.path, &archive.folder);
    if folder.entries <= 1 {
        return Verdict::failed(expected, say!("`{path}` est vide", "`{path}` is empty"))
            .mistake("archive-empty")
            .way_out(say!(
                "vérifiez le nom du volume : `-v` crée sans rien dire un volume vide quand le nom est faux",
                "check the volume's name: `-v` silently creates an empty volume when the name is wrong"
            ));
    }
    let (missing, top) = (list(lacking.iter().take(4)), list(folder.top.iter().take(6)));
    // One of the data folder's own folders, packed by itself.
    let part =
        ["pg_control", "1259", "PG_VERSION"].iter().any(|name| folder.top.iter().any(|top| top == name))
            || folder.top.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
    let is_part = folder.system_identifier.is_none() && (part || folder.top.len() == 1);
    Verdict::failed(
        expected,
        say!(
            "dans `{path}` manquent {missing} ; on y trouve {top}",
            "`{path}` lacks {missing}; it holds {top}"
        ),
    )
    .mistake(if is_part { "archive-sub-folder" } else { "archive-incomplete" })
    .way_out(say!(
        "archivez la racine du volume : `tar czf … -C /data .`",
        "archive the root of the volume: `tar czf … -C /data .`"
    ))
}

fn checksum(archive: &Archive) -> String {
    format!("sha256 {} {}", archive.sha256, archive.path)
}

/// What the verdict says about the restore drill.
fn tried(archive: &Archive, scene: &Scene<'_>) -> (String, String) {
    if !scene.memory.drills.iter().any(|one| one.sha256 == archive.sha256) {
        return (
            " ; elle n'a pas été restaurée pour essai".to_owned(),
            "; it was not restored for trial".to_owned(),
        );
    }
    let (fr, en) = drill::remark(&archive.folder);
    (
        format!(", et un essai de restauration l'a rendu{fr}"),
        format!(", and a restore drill gave it back{en}"),
    )
}
