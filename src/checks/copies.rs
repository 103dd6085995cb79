//! Two folders, file by file: what a faithful copy keeps, without what a running cluster changes by itself.

use std::collections::BTreeMap;

use crate::text::Text;
use crate::text::list;
use crate::text::say;
use crate::world::Member;

/// What a running server writes, renames and removes while it is being copied: its log, its statistics, what it knows
/// of itself, and caches that it makes anew.
const ITS_OWN: [&str; 10] = [
    "pg_wal",
    "pg_stat",
    "pg_stat_tmp",
    "pg_logical",
    "pg_subtrans",
    "pg_notify",
    "pg_xact",
    "pg_multixact",
    "postmaster.pid",
    "postmaster.opts",
];

/// The first way in which the copy is not the source, with the mistake's name; `made` is when it was begun, where the
/// daemon's history tells.
pub(super) fn difference(
    source: &BTreeMap<String, Member>,
    copy: &BTreeMap<String, Member>,
    (to, made): (&str, Option<i64>),
) -> Option<(&'static str, Text)> {
    if source.is_empty() || copy.is_empty() {
        return None;
    }
    let youngest = copy.values().map(|member| member.changed).max();
    let finished = made.max(youngest).unwrap_or(0);
    let steady = || source.iter().filter(|(path, _)| !is_its_own(path));
    let missing: Vec<&String> = steady()
        .filter(|(path, member)| !copy.contains_key(*path) && member.changed <= finished)
        .map(|(path, _)| path)
        .collect();
    if !missing.is_empty() {
        let hidden =
            missing.iter().all(|path| path.rsplit('/').next().is_some_and(|name| name.starts_with('.')));
        let names = list(missing.iter().take(4));
        let mistake = if hidden { "copy-hidden-left-out" } else { "copy-incomplete" };
        return Some((mistake, say!("dans `{to}` manquent {names}", "`{to}` lacks {names}")));
    }
    let both = || steady().filter_map(|(path, member)| Some((path, member, copy.get(path)?)));
    if let Some((path, mine, other)) =
        both().find(|(_, a, b)| a.kind != b.kind || a.mode != b.mode || a.owner != b.owner)
    {
        let (bits, other_bits) = (mine.mode, other.mode);
        let ((user, group), (other_user, other_group)) = (mine.owner, other.owner);
        let found = say!(
            "`{path}` est {other_bits:o} {other_user}:{other_group} dans `{to}`, et {bits:o} {user}:{group} dans la source",
            "`{path}` is {other_bits:o} {other_user}:{other_group} in `{to}`, and {bits:o} {user}:{group} in the source"
        );
        return Some(("copy-mode-changed", found));
    }
    // Only files: a folder's time changes when a server makes or removes something in it. What the source has changed
    // since the copy was made is younger there.
    let files = || both().filter(|(_, member, _)| member.kind != 'd');
    let late: Vec<&String> =
        files().filter(|(_, a, b)| b.changed > a.changed).map(|(path, ..)| path).collect();
    if late.len() * 2 > files().count() {
        let (count, first) = (late.len(), late.first()?);
        let found = say!(
            "{count} fichiers de `{to}` sont plus jeunes que dans la source, dont `{first}`",
            "{count} files in `{to}` are younger than in the source, such as `{first}`"
        );
        return Some(("copy-times-lost", found));
    }
    let (path, ..) = files().find(|(_, a, b)| a.changed == b.changed && a.content != b.content)?;
    let found = say!(
        "`{path}` n'a pas le même contenu dans `{to}`, à la même date",
        "`{path}` has other content in `{to}`, at the same time of change"
    );
    Some(("copy-changed", found))
}

fn is_its_own(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    ITS_OWN.contains(&first) || path.ends_with("pg_internal.init") || path == "global/pg_control"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(changed: i64, content: &str) -> Member {
        Member { kind: 'f', mode: 0o600, owner: (70, 70), changed, content: content.to_owned() }
    }

    fn folder(members: &[(&str, Member)]) -> BTreeMap<String, Member> {
        members.iter().map(|(path, member)| ((*path).to_owned(), member.clone())).collect()
    }

    #[test]
    fn what_a_running_server_changed_since_is_no_difference() {
        let copy = folder(&[("base/1", file(10, "a")), ("global/pg_control", file(10, "x"))]);
        let source = folder(&[
            ("base/1", file(20, "b")),
            ("base/2", file(30, "new")),
            ("global/pg_control", file(20, "y")),
            ("pg_wal/1", file(5, "w")),
        ]);
        assert_eq!(difference(&source, &copy, ("copy", None)), None);
    }

    #[test]
    fn each_way_to_differ_has_its_name() {
        let name = |source: &[(&str, Member)], copy: &[(&str, Member)]| {
            difference(&folder(source), &folder(copy), ("copy", None)).map(|(mistake, _)| mistake)
        };
        let a = [("a", file(10, "a"))];
        let and = |other: (&'static str, Member)| [a[0].clone(), other];
        let hidden = ("x/.b", file(9, "b"));
        assert_eq!(name(&and(hidden), &a), Some("copy-hidden-left-out"));
        assert_eq!(name(&and(("b", file(9, "b"))), &a), Some("copy-incomplete"));
        assert_eq!(name(&a, &[("a", Member { mode: 0o644, ..file(10, "a") })]), Some("copy-mode-changed"));
        assert_eq!(name(&a, &[("a", file(11, "a"))]), Some("copy-times-lost"));
        assert_eq!(name(&a, &[("a", file(10, "b"))]), Some("copy-changed"));
        assert_eq!(name(&a, &a), None);
    }
}
