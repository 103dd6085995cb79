//! `same_files`: a copy holds exactly the files that its source holds, whatever they are: name by name, with content,
//! owner, mode and time of change. Each side is a volume or an archive; an archive may have a leading path.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::scene::unfit;
use crate::checks::scene::volume_ref;
use crate::checks::verdict::Weighed;
use crate::text::Text;
use crate::text::list;
use crate::text::say;
use crate::world::Fact;
use crate::world::Member;
use crate::world::Probe;

/// The mistakes it can name, whatever the copy is.
const MISTAKES: [&str; 6] = [
    "copy-changed",
    "copy-hidden-left-out",
    "copy-holds-more",
    "copy-incomplete",
    "copy-mode-changed",
    "copy-times-lost",
];

/// `same_files: {source: {volume: vault_data}, copy: {archive: vault_out/vault.tar}}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SameFilesCheck {
    /// What was copied.
    pub source: Store,
    /// What was made of it.
    pub copy: Store,
}

/// Where files are kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Store {
    /// A volume, by its name.
    Volume(String),
    /// An archive of the workspace, by its path; the newest one where it is a glob.
    Archive(String),
}

/// What a store holds.
struct Kept<'a> {
    /// How many entries there are, compared or not.
    entries: u64,
    members: BTreeMap<&'a str, &'a Member>,
    /// What a verdict rests on.
    object: String,
}

impl SameFilesCheck {
    pub(super) fn probes(&self) -> BTreeSet<Probe> {
        BTreeSet::from([self.source.probe(), self.copy.probe(), Probe::Volumes])
    }

    pub(super) fn mistakes(&self) -> Vec<&'static str> {
        let own = match self.copy {
            Store::Volume(_) => "copy-nested",
            Store::Archive(_) => "archive-unreadable",
        };
        MISTAKES.into_iter().chain([own]).collect()
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        // What is wrong with the source is for the check that has it as its copy.
        let mut source = self.source.look(scene).map_err(|verdict| match verdict {
            Verdict::Failed(failure) => Verdict::Pending(failure.found),
            other => other,
        })?;
        let mut copy = self.copy.look(scene)?;
        let apart =
            !source.members.iter().any(|(path, one)| one.kind != 'd' && copy.members.contains_key(path));
        if matches!(self.source, Store::Archive(_)) && apart {
            // The archive's own leading path was left out when it was unpacked.
            source.members = below(&source.members, &leading(&source.members));
        }
        let lead = lead(&source.members, &copy.members);
        if let (Some(lead), Store::Volume(name)) = (&lead, &self.copy) {
            return Ok(self.nested(name, lead));
        }
        if let Some(lead) = &lead {
            copy.members = below(&copy.members, lead);
        }
        let (fr, en) = self.copy.words();
        if let Some((mistake, found)) = difference(&source.members, &copy.members, (&fr, &en)) {
            return Ok(Verdict::failed(self.expected(), found).mistake(mistake));
        }
        let (count, (from_fr, from_en)) = (source.members.len(), self.source.words());
        let why = match &lead {
            Some(lead) => say!(
                "{fr} a tout ce que contient {from_fr} : {count} entrées, sous `{lead}/`",
                "{en} has all that {from_en} holds: {count} entries, below `{lead}/`"
            ),
            None => say!(
                "{fr} a tout ce que contient {from_fr} : {count} entrées",
                "{en} has all that {from_en} holds: {count} entries"
            ),
        };
        Ok(Verdict::passed(why, [source.object, copy.object]))
    }

    fn nested(&self, name: &str, lead: &str) -> Verdict {
        let depth = lead.split('/').count();
        let found = say!(
            "dans `{name}` tout est un cran trop bas, sous `{lead}/`",
            "in `{name}` everything lies too deep, below `{lead}/`"
        );
        Verdict::failed(self.expected(), found).mistake("copy-nested").way_out(say!(
            "videz le volume, puis `tar xf … --strip {depth}` (en entier `--strip-components={depth}`)",
            "empty the volume, then `tar xf … --strip {depth}` (in full `--strip-components={depth}`)"
        ))
    }

    fn expected(&self) -> Text {
        let ((fr, en), (to_fr, to_en)) = (self.source.words(), self.copy.words());
        say!("dans {to_fr}, exactement ce que contient {fr}", "in {to_en}, exactly what {en} holds")
    }
}

impl Store {
    fn probe(&self) -> Probe {
        match self {
            Store::Volume(name) => Probe::DataFolder { volume: name.clone() },
            Store::Archive(glob) => Probe::Archives { glob: glob.clone() },
        }
    }

    fn words(&self) -> (String, String) {
        match self {
            Store::Volume(name) => (format!("le volume `{name}`"), format!("the volume `{name}`")),
            Store::Archive(glob) => (format!("l'archive `{glob}`"), format!("the archive `{glob}`")),
        }
    }

    /// What it holds; pending where there is nothing to hold against the other side.
    fn look<'a>(&self, scene: &Scene<'a>) -> Result<Kept<'a>, Verdict> {
        let (fr, en) = self.words();
        let kept = match self {
            Store::Volume(name) => {
                let Some(volume) = scene.volume(name)? else {
                    let what = say!("{fr} n'existe pas encore", "{en} does not exist yet");
                    return Err(Verdict::Pending(what));
                };
                match scene.fact(&self.probe())? {
                    Fact::DataFolder(folder) => {
                        let (entries, members) = (folder.entries, shown(&folder.members));
                        Kept { entries, members, object: volume_ref(volume) }
                    }
                    other => return Err(unfit(other)),
                }
            }
            Store::Archive(_) => {
                let newest = match scene.fact(&self.probe())? {
                    Fact::Archives(all) => all.first(),
                    other => return Err(unfit(other)),
                };
                let Some(newest) = newest else {
                    return Err(Verdict::Pending(say!(
                        "{fr} n'existe pas encore",
                        "{en} does not exist yet"
                    )));
                };
                if let Some(damage) = &newest.damage {
                    let expected = say!("une archive tar lisible", "a readable tar archive");
                    return Err(Verdict::failed(expected, damage.clone()).mistake("archive-unreadable"));
                }
                let object = format!("sha256 {}", newest.sha256);
                let (entries, members) = (newest.folder.entries, shown(&newest.folder.members));
                Kept { entries, members, object }
            }
        };
        let entries = kept.entries;
        if kept.members.is_empty() && entries > 1 {
            return Err(Verdict::Unseen(say!(
                "{fr} a {entries} entrées : c'est trop pour les comparer une à une",
                "{en} has {entries} entries: too many to compare them one by one"
            )));
        }
        if kept.members.is_empty() {
            return Err(Verdict::Pending(say!("{fr} est vide", "{en} is empty")));
        }
        Ok(kept)
    }
}

fn shown(members: &BTreeMap<String, Member>) -> BTreeMap<&str, &Member> {
    members.iter().map(|(path, member)| (path.as_str(), member)).collect()
}

/// The folder in which everything lies, where there is one such: `data` for `data/a`, `data/b`.
fn leading(members: &BTreeMap<&str, &Member>) -> String {
    let first = members.keys().next().and_then(|path| path.split('/').next()).unwrap_or_default();
    let inside =
        |path: &&str| *path == first || path.strip_prefix(first).is_some_and(|rest| rest.starts_with('/'));
    let is_folder = members.get(first).is_none_or(|member| member.kind == 'd');
    if is_folder && members.keys().all(inside) { first.to_owned() } else { String::new() }
}

/// The path before every file of the copy, where none of the source's files is in its own place.
fn lead(source: &BTreeMap<&str, &Member>, copy: &BTreeMap<&str, &Member>) -> Option<String> {
    let files = || source.iter().filter(|(_, member)| member.kind != 'd').map(|(path, _)| path);
    if files().any(|path| copy.contains_key(path)) {
        return None;
    }
    let leads = |path: &str| {
        let tail = format!("/{path}");
        copy.keys().find_map(|other| other.strip_suffix(&tail)).map(str::to_owned)
    };
    files().find_map(|path| leads(path))
}

/// The members below a folder, by their paths in it.
fn below<'a>(members: &BTreeMap<&'a str, &'a Member>, folder: &str) -> BTreeMap<&'a str, &'a Member> {
    if folder.is_empty() {
        return members.clone();
    }
    let inner = |path: &'a str| path.strip_prefix(folder)?.strip_prefix('/');
    members.iter().filter_map(|(path, member)| Some((inner(path)?, *member))).collect()
}

/// The first way in which the copy is not the source, with the mistake's name.
fn difference(
    source: &BTreeMap<&str, &Member>,
    copy: &BTreeMap<&str, &Member>,
    (fr, en): (&str, &str),
) -> Option<(&'static str, Text)> {
    let missing: Vec<&&str> = source.keys().filter(|path| !copy.contains_key(*path)).collect();
    if !missing.is_empty() {
        let is_hidden = |path: &&&str| path.split('/').any(|part| part.starts_with('.'));
        let mistake = if missing.iter().all(is_hidden) { "copy-hidden-left-out" } else { "copy-incomplete" };
        let names = list(missing.iter().take(4));
        return Some((mistake, say!("dans {fr} manquent {names}", "{en} lacks {names}")));
    }
    let both = || source.iter().filter_map(|(path, mine)| Some((path, *mine, *copy.get(path)?)));
    if let Some((path, ..)) = both().find(|(_, a, b)| a.kind != b.kind || a.content != b.content) {
        let found = say!("`{path}` n'a pas le même contenu dans {fr}", "`{path}` has other content in {en}");
        return Some(("copy-changed", found));
    }
    if let Some((path, a, b)) =
        both().find(|(_, a, b)| a.owner != b.owner || (a.kind != 'l' && a.mode != b.mode))
    {
        let ((user, group), (other_user, other_group)) = (a.owner, b.owner);
        let (bits, other_bits) = (a.mode, b.mode);
        let found = say!(
            "`{path}` est {other_bits:o} {other_user}:{other_group} dans {fr}, et {bits:o} {user}:{group} à l'origine",
            "`{path}` is {other_bits:o} {other_user}:{other_group} in {en}, and {bits:o} {user}:{group} at its origin"
        );
        return Some(("copy-mode-changed", found));
    }
    if let Some((path, ..)) = both().find(|(_, a, b)| a.kind == 'f' && a.changed != b.changed) {
        let found = say!(
            "`{path}` n'a pas la même date de modification dans {fr}",
            "`{path}` has another time of change in {en}"
        );
        return Some(("copy-times-lost", found));
    }
    let more: Vec<&&str> = copy.keys().filter(|path| !source.contains_key(*path)).collect();
    let names = list(more.iter().take(4));
    (!more.is_empty())
        .then(|| ("copy-holds-more", say!("{fr} contient aussi {names}", "{en} holds {names} too")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: &str) -> Member {
        Member { kind: 'f', mode: 0o644, owner: (0, 0), changed: 10, content: content.to_owned() }
    }

    fn names<'a>(members: &'a [(&'a str, Member)]) -> BTreeMap<&'a str, &'a Member> {
        members.iter().map(|(path, member)| (*path, member)).collect()
    }

    #[test]
    fn each_way_to_differ_has_its_name() {
        let source = [(".b", file("b")), ("a", file("a"))];
        let name = |copy: &[(&str, Member)]| {
            difference(&names(&source), &names(copy), ("x", "x")).map(|(mistake, _)| mistake)
        };
        let b = || (".b", file("b"));
        assert_eq!(name(&source), None);
        assert_eq!(name(&[("a", file("a"))]), Some("copy-hidden-left-out"));
        assert_eq!(name(&[b()]), Some("copy-incomplete"));
        assert_eq!(name(&[b(), ("a", file("x"))]), Some("copy-changed"));
        assert_eq!(name(&[b(), ("a", Member { mode: 0o600, ..file("a") })]), Some("copy-mode-changed"));
        assert_eq!(name(&[b(), ("a", Member { changed: 11, ..file("a") })]), Some("copy-times-lost"));
        assert_eq!(name(&[b(), ("a", file("a")), ("c", file("c"))]), Some("copy-holds-more"));
    }

    #[test]
    fn a_leading_path_is_found_and_left_out() {
        let source = [("a", file("a")), ("d/b", file("b"))];
        let deep =
            [("data", Member { kind: 'd', ..file("") }), ("data/a", file("a")), ("data/d/b", file("b"))];
        assert_eq!(lead(&names(&source), &names(&deep)).as_deref(), Some("data"));
        assert_eq!(lead(&names(&source), &names(&source)), None);
        assert_eq!((leading(&names(&deep)).as_str(), leading(&names(&source)).as_str()), ("data", ""));
        assert_eq!(below(&names(&deep), "data").keys().copied().collect::<Vec<_>>(), ["a", "d/b"]);
    }
}
