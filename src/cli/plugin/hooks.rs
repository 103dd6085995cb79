//! The docker CLI's `config.json`: the two places that make it ask us after a learner's command. Everything else in
//! the file stays as it is, in its order; pure.

use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;

use crate::cli::call::PLUGIN;

/// The commands after which something may have been achieved. The docker CLI compares word by word, from the first
/// one on, and tells us which of these it was; so both spellings of each stand here.
const AFTER: &str = "volume create,volume rm,volume prune,system prune,\
    run,container run,create,container create,start,container start,stop,container stop,\
    restart,container restart,kill,container kill,rm,container rm,container prune,\
    rename,container rename,cp,container cp,exec,container exec,\
    compose up,compose down,compose create,compose start,compose stop,compose rm";

/// What we write, and where.
const PLACES: [(&[&str], &str); 2] =
    [(&["plugins", PLUGIN, "hooks"], AFTER), (&["features", "hooks"], "true")];

/// What stood in a place before we wrote to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Before {
    /// The keys that lead there.
    place: Vec<String>,
    /// The value, if there was one.
    value: Option<Value>,
    /// How many of the objects on the way were made for it.
    made: usize,
}

/// Something on the way to a place is no object, so that the docker CLI could not read it either: its key.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoObject(pub String);

/// Writes to our places; what stood there is returned, but for those that are known from an earlier time.
pub(super) fn put(root: &mut Map<String, Value>, known: &[Before]) -> Result<Vec<Before>, NoObject> {
    let mut all = Vec::new();
    for (place, ours) in PLACES {
        let before = set(root, place, ours)?;
        all.push(known.iter().find(|old| old.place == place).cloned().unwrap_or(before));
    }
    Ok(all)
}

/// Takes back what we wrote, where it still stands as we wrote it.
pub(super) fn take_back(root: &mut Map<String, Value>, before: &[Before]) {
    for old in before {
        let place: Vec<&str> = old.place.iter().map(String::as_str).collect();
        let ours = PLACES.iter().find(|(known, _)| *known == place).map(|(_, ours)| *ours);
        // The list of commands grows with the program: any list of ours under our own name is ours.
        let is_own = place.first() == Some(&"plugins");
        match value(root, &place) {
            Some(now) if is_own || now.as_str() == ours => restore(root, &place, old),
            Some(_) | None => {}
        }
    }
}

/// What we know to be ours where nobody noted what stood before: the list under our own name.
pub(super) fn without_record() -> Vec<Before> {
    let place = PLACES[0].0.iter().map(|key| (*key).to_owned()).collect();
    vec![Before { place, value: None, made: 1 }]
}

/// Whether the docker CLI will ask us.
pub(super) fn are_on(root: &Map<String, Value>) -> bool {
    PLACES.iter().all(|(place, ours)| {
        let now = value(root, place).and_then(Value::as_str);
        if place[0] == "plugins" { now.is_some_and(|list| !list.is_empty()) } else { now == Some(ours) }
    })
}

fn value<'a>(root: &'a Map<String, Value>, place: &[&str]) -> Option<&'a Value> {
    let (first, rest) = place.split_first()?;
    rest.iter().try_fold(root.get(*first)?, |value, key| value.get(*key))
}

fn set(root: &mut Map<String, Value>, place: &[&str], ours: &str) -> Result<Before, NoObject> {
    let Some((last, way)) = place.split_last() else { return Err(NoObject(String::new())) };
    let (mut here, mut made) = (root, 0);
    for key in way {
        if !here.contains_key(*key) {
            made += 1;
        }
        let next = here.entry(*key).or_insert_with(|| Value::Object(Map::new()));
        here = next.as_object_mut().ok_or_else(|| NoObject((*key).to_owned()))?;
    }
    let value = here.insert((*last).to_owned(), Value::String(ours.to_owned()));
    Ok(Before { place: place.iter().map(|key| (*key).to_owned()).collect(), value, made })
}

fn restore(root: &mut Map<String, Value>, place: &[&str], old: &Before) {
    let Some((last, way)) = place.split_last() else { return };
    if let Some(here) = object(root, way) {
        match &old.value {
            Some(value) => drop(here.insert((*last).to_owned(), value.clone())),
            None => drop(here.shift_remove(*last)),
        }
    }
    // The objects that were made for it go with it, unless somebody put something else into them.
    for depth in (way.len() - old.made.min(way.len())..way.len()).rev() {
        let Some(parent) = object(root, &way[..depth]) else { return };
        if parent.get(way[depth]).and_then(Value::as_object).is_some_and(Map::is_empty) {
            parent.shift_remove(way[depth]);
        }
    }
}

fn object<'a>(root: &'a mut Map<String, Value>, way: &[&str]) -> Option<&'a mut Map<String, Value>> {
    way.iter().try_fold(root, |here, key| here.get_mut(*key)?.as_object_mut())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(text: &str) -> Map<String, Value> {
        serde_json::from_str(text).expect("an object")
    }

    #[test]
    fn what_was_put_is_taken_back_and_nothing_else_moves() {
        for text in [
            "{}",
            r#"{"zeta":1,"auths":{"b":{},"a":{}},"currentContext":"x"}"#,
            r#"{"plugins":{"debug":{"hooks":"exec"}},"features":{"hooks":"false","buildkit":"true"},"alpha":null}"#,
            r#"{"features":{"hooks":"true"},"plugins":{"lab":{"other":"kept"}}}"#,
        ] {
            let mut now = map(text);
            let before = put(&mut now, &[]).expect("objects");
            assert!(are_on(&now), "{text}");
            // A second time changes nothing, and does not take our own words for what stood before.
            let again = put(&mut now, &before).expect("objects");
            assert_eq!(again, before);
            take_back(&mut now, &before);
            assert_eq!(serde_json::to_string(&now).expect("json"), text);
        }
    }

    #[test]
    fn what_somebody_changed_or_added_since_stays() {
        let mut now = map("{}");
        let before = put(&mut now, &[]).expect("objects");
        now["features"] = serde_json::json!({"hooks": "false"});
        now["plugins"]["debug"] = serde_json::json!({"hooks": "exec"});
        take_back(&mut now, &before);
        assert_eq!(
            serde_json::to_string(&now).expect("json"),
            r#"{"plugins":{"debug":{"hooks":"exec"}},"features":{"hooks":"false"}}"#
        );
    }

    #[test]
    fn what_was_added_since_keeps_its_order() {
        let mut now = map("{}");
        let before = put(&mut now, &[]).expect("objects");
        for key in ["c", "b", "a"] {
            now["features"][key] = Value::from("true");
            now.insert(key.to_owned(), Value::Null);
        }
        take_back(&mut now, &before);
        assert_eq!(
            serde_json::to_string(&now).expect("json"),
            r#"{"features":{"c":"true","b":"true","a":"true"},"c":null,"b":null,"a":null}"#
        );
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named() {
        assert_eq!(put(&mut map(r#"{"plugins":[]}"#), &[]), Err(NoObject("plugins".to_owned())));
    }

    #[test]
    fn without_a_record_only_our_own_name_is_ours() {
        let mut now = map(r#"{"plugins":{"lab":{"hooks":"run"}},"features":{"hooks":"true"}}"#);
        take_back(&mut now, &without_record());
        let left = serde_json::to_string(&now).expect("json");
        assert_eq!(left, r#"{"plugins":{},"features":{"hooks":"true"}}"#);
    }
}
