//! What an archive shows by itself: whether it is whole, dated, portable.

use crate::checks::Verdict;
use crate::checks::archive::checksum;
use crate::checks::dates::dates_in;
use crate::checks::verdict::Weighed;
use crate::text::list;
use crate::text::say;
use crate::world::Archive;
use crate::world::Flaw;

pub(super) fn whole(archive: &Archive) -> Weighed {
    let (path, size) = (&archive.path, archive.size);
    let expected = say!(
        "une archive tar compressée, lisible en entier",
        "a compressed tar archive, readable to its end"
    );
    if let Some(damage) = &archive.damage {
        let (fr, en) = (&damage.fr, &damage.en);
        return Ok(Verdict::failed(expected, say!("`{path}` : {fr}", "`{path}`: {en}"))
            .mistake(match archive.flaw {
                Some(Flaw::Empty) => "archive-empty",
                Some(Flaw::CutShort) => "archive-cut-short",
                Some(Flaw::OtherCompression) => "archive-other-compression",
                Some(Flaw::Dump) => "archive-is-dump",
                Some(Flaw::Unreadable) | None => "archive-damaged",
            })
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

pub(super) fn dated(archive: &Archive) -> Weighed {
    let path = &archive.path;
    let name = path.rsplit('/').next().unwrap_or(path);
    if archive.damage.is_some() {
        return whole(archive);
    }
    if dates_in(name).is_empty() {
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

pub(super) fn portable(archive: &Archive) -> Weighed {
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
