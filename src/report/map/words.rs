//! The words of the map, the same in every form.

use textwrap::core::display_width;

use crate::report::clean;
use crate::report::words::size;
use crate::text::Lang;
use crate::text::Text;
use crate::text::list;
use crate::text::say;
use crate::world::Held;
use crate::world::MountKind;
use crate::world::Others;
use crate::world::Storage;
use crate::world::StoredVolume;
use crate::world::is_anonymous;

/// The room for a user's name beside a volume, where it is drawn.
pub(super) const USER: usize = 24;

/// How much of a made-up name is shown, as the docker CLI shows ids.
const SHORT_ID: usize = 12;

/// A name from outside on one line.
pub(super) fn name(text: &str) -> String {
    clean(text).replace(['\n', '\t'], "\u{fffd}")
}

/// The name of a volume; of one that Docker made up, the beginning.
pub(super) fn volume_name(text: &str) -> String {
    if !is_anonymous(text) {
        return name(text);
    }
    format!("{}…", text.chars().take(SHORT_ID).collect::<String>())
}

/// Cuts out the middle where a text is wider than `room` columns: beginnings and ends tell names apart.
pub(super) fn shorten(text: &str, room: usize) -> String {
    if display_width(text) <= room {
        return text.to_owned();
    }
    let half = room.saturating_sub(1);
    let head = fitting(text.chars(), half - half / 2);
    let tail: String = fitting(text.chars().rev(), half / 2).chars().rev().collect();
    format!("{head}…{tail}")
}

/// The parts side by side. Where they are wider than `room` columns the first ones go: who uses a volume stands last,
/// and matters more than its size.
pub(super) fn in_one_line(mut parts: Vec<String>, room: usize) -> String {
    while parts.len() > 1 && display_width(&parts.join(" · ")) > room {
        parts.remove(0);
    }
    shorten(&parts.join(" · "), room)
}

/// As many letters as fit.
fn fitting(letters: impl Iterator<Item = char>, room: usize) -> String {
    let mut out = String::new();
    for letter in letters {
        out.push(letter);
        if display_width(&out) > room {
            out.pop();
            break;
        }
    }
    out
}

/// The size of a volume, where anybody asked for it.
pub(super) fn volume_size(volume: &StoredVolume) -> Option<Text> {
    let told = || volume.size.map_or_else(|| say!("taille inconnue", "size unknown"), size);
    (!volume.unmeasured).then(told)
}

/// The state of a container.
pub(super) fn state(state: &str) -> Text {
    match state {
        "running" => say!("en marche", "running"),
        "exited" => say!("arrêté", "stopped"),
        "created" => say!("jamais démarré", "never started"),
        "paused" => say!("en pause", "paused"),
        "restarting" => say!("redémarre", "restarting"),
        "dead" => say!("mort", "dead"),
        other => Text::same(name(other)),
    }
}

/// The kind of a mount; what it holds is named beside it.
pub(super) fn kind(held: &Held) -> Text {
    match held.kind {
        MountKind::Volume if held.is_anonymous() => say!("volume anonyme", "anonymous volume"),
        MountKind::Volume => say!("volume", "volume"),
        MountKind::Bind => say!("bind mount", "bind mount"),
        MountKind::Tmpfs => say!("tmpfs", "tmpfs"),
        MountKind::Other => say!("autre montage", "other mount"),
    }
}

/// What is to be known about a mount: its size, whether it may be written to.
pub(super) fn notes(held: &Held, storage: &Storage, lang: Lang) -> Vec<String> {
    let mut notes = Vec::new();
    match held.kind {
        MountKind::Volume => {
            let size = storage.volume(&held.source).and_then(volume_size);
            notes.extend(size.map(|size| size.get(lang).into_owned()));
        }
        MountKind::Tmpfs => notes.push(memory(held).get(lang).into_owned()),
        MountKind::Bind | MountKind::Other => {}
    }
    if !held.writable {
        notes.push(read_only().get(lang).into_owned());
    }
    notes
}

/// What a tmpfs is, and how large it may grow.
pub(super) fn memory(held: &Held) -> Text {
    let Some(limit) = held.limit.map(limit) else { return say!("en mémoire", "in memory") };
    let Text { fr, en } = limit;
    say!("en mémoire, {fr} au plus", "in memory, at most {en}")
}

/// The limit of a tmpfs: as it is typed, in units of 1024, where it is a whole number of them.
fn limit(bytes: u64) -> Text {
    const UNITS: [(u64, &str, &str); 3] =
        [(1 << 30, "Gio", "GiB"), (1 << 20, "Mio", "MiB"), (1 << 10, "Kio", "KiB")];
    match UNITS.iter().find(|(unit, ..)| bytes.is_multiple_of(*unit)) {
        Some((unit, fr, en)) => {
            let count = bytes / unit;
            say!("{count}\u{a0}{fr}", "{count} {en}")
        }
        None => size(bytes),
    }
}

/// A mount that cannot be written to.
pub(super) fn read_only() -> Text {
    say!("lecture seule", "read-only")
}

/// Who uses a volume, each name in so much room; an orphan is called one.
pub(super) fn users(volume: &StoredVolume, room: usize) -> Text {
    let names = list(volume.users.iter().map(|user| shorten(&name(user), room)));
    let count = volume.users.len();
    match count {
        0 => say!("orphelin : aucun conteneur ne l'utilise", "orphan: no container uses it"),
        1 => say!("utilisé par {names}", "used by {names}"),
        _ => say!("utilisé par {count} conteneurs : {names}", "used by {count} containers: {names}"),
    }
}

/// How many use a volume, where the drawing shows who; one alone is named.
pub(super) fn users_counted(volume: &StoredVolume) -> Text {
    match volume.users.len() {
        count @ 2.. => say!("utilisé par {count} conteneurs", "used by {count} containers"),
        _ => users(volume, USER),
    }
}

/// The driver, where it is not the built-in one.
pub(super) fn driver(volume: &StoredVolume) -> Option<Text> {
    let driver = name(&volume.driver);
    (driver != "local").then(|| say!("pilote {driver}", "driver {driver}"))
}

/// A container that keeps nothing.
pub(super) fn nothing_mounted() -> Text {
    say!("rien de monté : ce qu'il écrit disparaît avec lui", "nothing mounted: what it writes goes with it")
}

/// Neither containers nor volumes.
pub(super) fn nothing_at_all() -> Text {
    say!("Rien à dessiner : ni conteneur, ni volume.", "Nothing to draw: no container, no volume.")
}

/// How much there is besides; `None` where the map shows everything.
pub(super) fn besides(others: Others) -> Option<Text> {
    let Others { containers, volumes } = others;
    let volumes = match volumes {
        0 => None,
        1 => Some(say!("1 autre volume", "1 other volume")),
        many => Some(say!("{many} autres volumes", "{many} other volumes")),
    };
    let containers = match containers {
        0 => None,
        1 => Some(say!("1 autre conteneur", "1 other container")),
        many => Some(say!("{many} autres conteneurs", "{many} other containers")),
    };
    let parts: Vec<Text> = volumes.into_iter().chain(containers).collect();
    let (fr, en) = (list(parts.iter().map(|part| &part.fr)), list(parts.iter().map(|part| &part.en)));
    (!parts.is_empty()).then(|| say!("et {fr} sur ce moteur", "and {en} on this daemon"))
}

/// The title of the map.
pub(super) fn title() -> Text {
    say!("Le stockage Docker, en ce moment", "Docker storage, right now")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_long_name_is_cut_out() {
        assert_eq!(shorten("postgres_data", 13), "postgres_data");
        assert_eq!(shorten("postgres_data", 9), "post…data");
        assert_eq!(shorten("漢字漢字漢字", 7), "漢…字");
        assert_eq!(shorten("postgres", 1), "…");
    }

    #[test]
    fn a_narrow_line_keeps_who_uses_the_volume() {
        let parts = |size: &str| vec![size.to_owned(), "used by postgres_main".to_owned()];
        assert_eq!(in_one_line(parts("48 MB"), 40), "48 MB · used by postgres_main");
        assert_eq!(in_one_line(parts("size unknown, and a driver"), 40), "used by postgres_main");
        assert_eq!(in_one_line(parts("48 MB"), 9), "used…main");
    }
}
