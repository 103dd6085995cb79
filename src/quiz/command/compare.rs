//! What differs between two commands, in words.

use crate::quiz::command::meaning::Meaning;
use crate::text::Text;
use crate::text::say;

/// What differs, the weightiest first.
pub(super) fn differences(right: &Meaning, given: &Meaning, free: &[String]) -> Vec<Text> {
    let mut found = Vec::new();
    if right.command != given.command {
        let (right, given) = (right.command.join(" "), given.command.join(" "));
        return vec![say!("il faut `{right}`, et non `{given}`", "it takes `{right}`, not `{given}`")];
    }
    mounts(right, given, &mut found);
    options(right, given, free, &mut found);
    if right.rest != given.rest {
        found.push(rest(&right.rest, &given.rest));
    }
    if right.tail != given.tail {
        let (right, given) = (right.tail.join(" "), given.tail.join(" "));
        found.push(match (right.as_str(), given.as_str()) {
            (right, "") => say!("il manque la suite : `{right}`", "what follows is missing: `{right}`"),
            ("", given) => say!("`{given}` est de trop", "`{given}` is too much"),
            (right, given) => {
                say!("la suite est `{right}`, et non `{given}`", "what follows is `{right}`, not `{given}`")
            }
        });
    }
    found
}

fn mounts(right: &Meaning, given: &Meaning, found: &mut Vec<Text>) {
    for missing in right.mounts.difference(&given.mounts) {
        let instead =
            given.mounts.iter().find(|one| one.target == missing.target && !right.mounts.contains(one));
        found.push(match instead {
            Some(instead) => {
                say!(
                    "le montage `{instead}` devrait être `{missing}`",
                    "the mount `{instead}` should be `{missing}`"
                )
            }
            None => say!("il manque un montage : `{missing}`", "a mount is missing: `{missing}`"),
        });
    }
    for extra in given.mounts.difference(&right.mounts) {
        if !right.mounts.iter().any(|one| one.target == extra.target && !given.mounts.contains(one)) {
            found.push(say!("un montage est de trop : `{extra}`", "a mount is too much: `{extra}`"));
        }
    }
}

fn options(right: &Meaning, given: &Meaning, free: &[String], found: &mut Vec<Text>) {
    let counts = |name: &&String| !free.contains(name);
    for name in right.options.keys().filter(counts) {
        match given.options.get(name) {
            None => found.push(say!("il manque l'option `--{name}`", "the option `--{name}` is missing")),
            Some(values) if *values != right.options[name] => found.push(say!(
                "l'option `--{name}` n'a pas la bonne valeur",
                "the option `--{name}` has not the right value"
            )),
            Some(_) => {}
        }
    }
    for name in given.options.keys().filter(counts).filter(|name| !right.options.contains_key(*name)) {
        found.push(say!("l'option `--{name}` est de trop", "the option `--{name}` is too much"));
    }
}

fn rest(right: &[String], given: &[String]) -> Text {
    let (right, given) = (right.join(" "), given.join(" "));
    match (right.as_str(), given.as_str()) {
        (right, "") => say!("il manque `{right}` à la fin", "`{right}` is missing at the end"),
        ("", given) => say!("`{given}` est de trop à la fin", "`{given}` is too much at the end"),
        (right, given) => {
            say!(
                "à la fin, il faut `{right}`, et non `{given}`",
                "at the end it takes `{right}`, not `{given}`"
            )
        }
    }
}
