//! Reading a Compose file: its services' mounts, in the short and the long form, and its volumes.

use std::collections::BTreeMap;

use crate::text::Text;
use crate::world::Composed;
use crate::world::Held;
use crate::world::MountKind;
use crate::yaml::Document;
use crate::yaml::Node;

/// What the text says; a text that is no YAML says why.
pub(super) fn read(path: &str, text: &str) -> Composed {
    let document = match Document::parse(path, text) {
        Ok(document) => document,
        Err(error) => {
            let cause = error.cause.map(|cause| format!(" ({cause})")).unwrap_or_default();
            let fault = Text { fr: error.what.fr + &cause, en: error.what.en + &cause };
            return Composed { fault: Some(fault), ..Composed::default() };
        }
    };
    let mut root = document.root().clone();
    // Where `<<` merges nothing that can be merged, the rest is as it is written.
    let _ = root.apply_merge();
    let part = |key: &str| root.get(key).and_then(Node::as_mapping).into_iter().flatten();
    let named = |(key, value): (&Node, &Node)| Some((key.as_str()?.to_owned(), value.clone()));
    Composed {
        fault: None,
        services: part("services").filter_map(named).map(|(name, one)| (name, mounts(&one))).collect(),
        elsewhere: part("services")
            .filter_map(named)
            .filter_map(|(name, one)| one.get("extends").map(|_| name))
            .collect(),
        volumes: part("volumes").filter_map(named).map(|(name, one)| (name, options(&one))).collect(),
    }
}

fn mounts(service: &Node) -> Vec<Held> {
    let listed = service.get("volumes").and_then(Node::as_sequence).into_iter().flatten();
    let memory = match service.get("tmpfs") {
        Some(Node::Sequence(all)) => all.iter().filter_map(Node::as_str).collect(),
        Some(Node::String(one)) => vec![one.as_str()],
        _ => Vec::new(),
    };
    let listed = listed.filter_map(|one| one.as_str().map(short).or_else(|| long(one)));
    listed.chain(memory.into_iter().map(in_memory)).collect()
}

/// `SOURCE:TARGET:MODE`, `SOURCE:TARGET` or `TARGET`.
fn short(text: &str) -> Held {
    let parts: Vec<&str> = text.split(':').collect();
    let (source, target, mode) = match parts.as_slice() {
        [target] => ("", *target, ""),
        [source, target] => (*source, *target, ""),
        [source, target, mode, ..] => (*source, *target, *mode),
        [] => ("", "", ""),
    };
    let is_path = source.starts_with(['.', '/', '~', '$']);
    Held {
        kind: if is_path { MountKind::Bind } else { MountKind::Volume },
        source: bare(source),
        target: target.to_owned(),
        writable: !mode.split(',').any(|word| word == "ro"),
        limit: None,
    }
}

fn long(node: &Node) -> Option<Held> {
    let text = |key: &str| node.get(key).and_then(Node::as_str).unwrap_or_default();
    let kind = match text("type") {
        "volume" => MountKind::Volume,
        "bind" => MountKind::Bind,
        "tmpfs" => MountKind::Tmpfs,
        _ => MountKind::Other,
    };
    Some(Held {
        kind,
        source: bare(text("source")),
        target: node.get("target")?.as_str()?.to_owned(),
        writable: node.get("read_only").and_then(Node::as_bool) != Some(true),
        limit: node.get("tmpfs").and_then(|tmpfs| size(tmpfs.get("size")?)).filter(|limit| *limit > 0),
    })
}

/// `TARGET:size=SIZE,…`; a size of nought is no limit.
fn in_memory(text: &str) -> Held {
    let (target, options) = text.split_once(':').unwrap_or((text, ""));
    let limit =
        options.split(',').find_map(|option| bytes(option.strip_prefix("size=")?)).filter(|limit| *limit > 0);
    Held { kind: MountKind::Tmpfs, source: String::new(), target: target.to_owned(), writable: true, limit }
}

fn bare(source: &str) -> String {
    source.trim_start_matches("./").trim_end_matches('/').to_owned()
}

fn size(node: &Node) -> Option<u64> {
    node.as_u64().or_else(|| bytes(node.as_str()?))
}

/// A size with a unit, as Compose takes it: `100M`, `1gb`, `4096`.
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim().to_lowercase();
    let digits = text.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let factor = match text[digits.len()..].trim().trim_end_matches('b').trim_end_matches('i') {
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

fn options(volume: &Node) -> BTreeMap<String, String> {
    let given = volume.get("driver_opts").and_then(Node::as_mapping).into_iter().flatten();
    let text = |value: &Node| match value {
        Node::String(text) => Some(text.clone()),
        Node::Number(number) => Some(number.to_string()),
        Node::Bool(truth) => Some(truth.to_string()),
        _ => None,
    };
    given.filter_map(|(key, value)| Some((key.as_str()?.to_owned(), text(value)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_mount_and_the_options_of_a_volume_are_read() {
        let text = "services:\n  db:\n    tmpfs: /run:size=1m\n    volumes:\n      - data:/data\n      - ./init.sql:/init.sql:ro\n      \
                    - /anonymous\n      - {type: tmpfs, target: /tmp, tmpfs: {size: 100M}}\n      - {type: bind, source: ./x, target: /x, read_only: true}\n\
                    volumes:\n  data:\n  far: {driver_opts: {type: nfs, o: \"addr=10.0.0.1,rw\"}}\n";
        let read = read("compose.yaml", text);
        let all: Vec<(MountKind, &str, &str, bool, Option<u64>)> = read.services["db"]
            .iter()
            .map(|one| (one.kind, one.source.as_str(), one.target.as_str(), one.writable, one.limit))
            .collect();
        assert_eq!(
            all,
            [
                (MountKind::Volume, "data", "/data", true, None),
                (MountKind::Bind, "init.sql", "/init.sql", false, None),
                (MountKind::Volume, "", "/anonymous", true, None),
                (MountKind::Tmpfs, "", "/tmp", true, Some(100 << 20)),
                (MountKind::Bind, "x", "/x", false, None),
                (MountKind::Tmpfs, "", "/run", true, Some(1 << 20)),
            ]
        );
        assert_eq!(read.volumes["far"]["type"], "nfs");
        assert!(read.volumes["data"].is_empty() && read.fault.is_none());
    }

    #[test]
    fn what_is_merged_is_read_and_what_stands_elsewhere_is_told() {
        let text = "x-base: &base\n  volumes: [\"data:/data\"]\nservices:\n  db:\n    <<: *base\n  web:\n    extends: {file: other.yaml, service: web}\n";
        let read = read("compose.yaml", text);
        assert_eq!(read.services["db"][0].source, "data");
        assert_eq!(read.elsewhere.iter().collect::<Vec<_>>(), ["web"]);
    }

    #[test]
    fn what_is_no_yaml_says_why() {
        assert!(read("compose.yaml", "services: [\n").fault.is_some());
        assert_eq!(read("compose.yaml", "a: b\n").services.len(), 0);
    }
}
