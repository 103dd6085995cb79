//! `archive`: a backup archive is whole, complete, dated, or portable. One demand a check, so that each has its
//! own line on the scorecard.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::database::probe;
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
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
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

impl ArchiveCheck {
    pub(super) fn probes(&self) -> BTreeSet<Probe> {
        let archives = Probe::Archives { glob: self.glob.clone() };
        match self.demand {
            Demand::Complete => BTreeSet::from([archives, probe(&self.container, &self.database)]),
            Demand::Whole | Demand::Dated | Demand::Portable => BTreeSet::from([archives]),
        }
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let archives = match scene.fact(&Probe::Archives { glob: self.glob.clone() })? {
            Fact::Archives(archives) => archives,
            other => return Err(unfit(other)),
        };
        let Some(newest) = archives.first() else {
            let glob = &self.glob;
            return Ok(Verdict::Pending(say!(
                "aucun fichier `{glob}` dans le dossier de travail",
                "no file `{glob}` in the workspace"
            )));
        };
        match self.demand {
            Demand::Whole => whole(newest),
            Demand::Complete => self.complete(newest, scene),
            Demand::Dated => dated(newest),
            Demand::Portable => portable(newest),
        }
    }

    fn complete(&self, archive: &Archive, scene: &Scene<'_>) -> Weighed {
        let (path, folder) = (&archive.path, &archive.folder);
        let container = &self.container;
        let expected = say!(
            "le dossier de données complet de `{container}`",
            "the complete data folder of `{container}`"
        );
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
        let Some(state) = states.iter().find(|state| state.system_identifier == found) else {
            return Ok(Verdict::failed(
                expected,
                say!(
                    "`{path}` contient un autre cluster ({found})",
                    "`{path}` holds another cluster ({found})"
                ),
            )
            .mistake("archive-of-another-volume"));
        };
        let lacking = state.lacking_in(folder);
        if !lacking.is_empty() {
            return Ok(incomplete(archive, &lacking, expected));
        }
        self.recent(archive, scene)?;
        let entries = folder.entries;
        Ok(Verdict::passed(
            say!(
                "`{path}` contient le dossier de données entier ({entries} entrées, cluster {found})",
                "`{path}` holds the whole data folder ({entries} entries, cluster {found})"
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
    Verdict::failed(
        expected,
        say!(
            "dans `{path}` manquent {missing} ; on y trouve {top}",
            "`{path}` lacks {missing}; it holds {top}"
        ),
    )
    .mistake("archive-incomplete")
    .way_out(say!(
        "archivez la racine du volume : `tar czf … -C /data .`",
        "archive the root of the volume: `tar czf … -C /data .`"
    ))
}

fn whole(archive: &Archive) -> Weighed {
    let (path, size) = (&archive.path, archive.size);
    let expected = say!(
        "une archive tar compressée, lisible en entier",
        "a compressed tar archive, readable to its end"
    );
    if let Some(damage) = &archive.damage {
        let (fr, en) = (&damage.fr, &damage.en);
        return Ok(Verdict::failed(expected, say!("`{path}` : {fr}", "`{path}`: {en}"))
            .mistake("archive-damaged")
            .way_out(say!(
                "supprimez ce fichier et refaites la sauvegarde jusqu'au bout",
                "remove this file and make the backup again, to its end"
            )));
    }
    if !archive.gzip {
        return Ok(Verdict::failed(
            expected,
            say!("`{path}` n'est pas compressée", "`{path}` is not compressed"),
        )
        .mistake("archive-not-compressed")
        .way_out(say!("utilisez `tar czf` : `z` compresse", "use `tar czf`: `z` compresses")));
    }
    Ok(Verdict::passed(
        say!(
            "`{path}` se lit jusqu'au dernier octet ({size} octets)",
            "`{path}` reads to its last byte ({size} bytes)"
        ),
        [checksum(archive)],
    ))
}

fn dated(archive: &Archive) -> Weighed {
    let path = &archive.path;
    let name = path.rsplit('/').next().unwrap_or(path);
    if archive.damage.is_some() {
        return whole(archive);
    }
    if !has_date(name) {
        return Ok(Verdict::failed(
            say!("un nom horodaté", "a name with a timestamp"),
            say!("`{name}` n'a pas de date", "`{name}` has no date"),
        )
        .mistake("archive-not-dated")
        .way_out(say!(
            "ajoutez `$(date +%Y%m%d_%H%M%S)` au nom : sans date, chaque sauvegarde écrase la précédente",
            "put `$(date +%Y%m%d_%H%M%S)` into the name: without a date, each backup overwrites the one before"
        )));
    }
    let sum = &archive.sha256;
    Ok(Verdict::passed(
        say!(
            "`{name}` porte sa date ; SHA-256 noté : {sum}",
            "`{name}` bears its date; SHA-256 recorded: {sum}"
        ),
        [checksum(archive)],
    ))
}

fn portable(archive: &Archive) -> Weighed {
    let path = &archive.path;
    let expected = say!(
        "des fichiers, dossiers et liens ordinaires, aux chemins relatifs",
        "ordinary files, folders and links, with relative paths"
    );
    if archive.damage.is_some() {
        return whole(archive);
    }
    if archive.unportable.is_empty() {
        return Ok(Verdict::passed(
            say!("`{path}` se déballe partout sans surprise", "`{path}` unpacks anywhere without surprise"),
            [checksum(archive)],
        ));
    }
    let members = list(archive.unportable.iter().take(4));
    Ok(Verdict::failed(expected, say!("`{path}` contient {members}", "`{path}` contains {members}"))
        .mistake("archive-not-portable")
        .way_out(say!(
            "archivez avec `-C /data .`, sans `-P` : les chemins restent relatifs",
            "archive with `-C /data .`, without `-P`: the paths stay relative"
        )))
}

/// Whether a name holds a date of this century, with or without separators: year first, or day first, or the
/// seconds since 1970.
fn has_date(name: &str) -> bool {
    let digits: Vec<u8> = name.bytes().filter(|byte| !b"-_.:".contains(byte)).collect();
    let number =
        |from: &[u8]| from.iter().fold(0_u64, |sum, byte| sum * 10 + u64::from(byte.wrapping_sub(b'0')));
    let is_day =
        |month: &[u8], day: &[u8]| (1..=12).contains(&number(month)) && (1..=31).contains(&number(day));
    let date = digits.windows(8).filter(|window| window.iter().all(u8::is_ascii_digit)).any(|window| {
        let year_first = window.starts_with(b"20") && is_day(&window[4..6], &window[6..8]);
        let day_first = window[4..6] == *b"20" && is_day(&window[2..4], &window[0..2]);
        year_first || day_first
    });
    let seconds = name.split(|letter: char| !letter.is_ascii_digit());
    date || seconds
        .filter(|run| run.len() == 10)
        .any(|run| (1_500_000_000..4_000_000_000).contains(&number(run.as_bytes())))
}

fn checksum(archive: &Archive) -> String {
    format!("sha256 {} {}", archive.sha256, archive.path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_told_from_other_digits() {
        for name in [
            "postgres_backup_20240131_235959.tar.gz",
            "db-2024-01-31.tar.gz",
            "20240131.tgz",
            "b-31-01-2024.tar.gz",
            "b_1795000000.tgz",
        ] {
            assert!(has_date(name), "{name}");
        }
        for name in ["backup.tar.gz", "postgres15_backup_1.tar.gz", "x20241331.tar.gz", "20240132.tgz"] {
            assert!(!has_date(name), "{name}");
        }
    }
}
