//! Names: what a check looks at is declared, what is declared is used, and the images are those that are needed.

use crate::lab::Lab;
use crate::text::Text;
use crate::text::say;
use crate::world::Operation;
use crate::yaml;
use crate::yaml::Document;
use crate::yaml::Node;

/// The keys of checks under which the name of a Docker object stands, or a mapping with its `name`.
const OBJECTS: [&str; 17] = [
    "name",
    "names",
    "volume",
    "volumes",
    "container",
    "containers",
    "page",
    "anonymous_of",
    "old",
    "new",
    "before",
    "now",
    "successor",
    "from",
    "to",
    "source",
    "copy",
];

/// Where such a key holds no name, as kind and key: a text of a file, a key in a Compose file.
const TEXTS: [(&str, &str); 2] = [("content", "before"), ("compose_mount", "volume")];

/// What stands in the place of a name: a volume whose name Docker makes up.
const NAMELESS: &str = "anonymous";

/// The keys under which a path of the workspace stands.
const PATHS: [&str; 6] = ["path", "glob", "folder", "file", "bind", "archive"];

/// The keys below which a path is one inside the object.
const HOLDERS: [&str; 3] = ["volume", "container", "page"];

/// Complains of names that no `resources` declares, and of what is declared and not used.
pub(super) fn complain(document: &Document, lab: &Lab) {
    let declared = strings(document.root().get("resources"));
    let mut used = Vec::new();
    for at in 0..lab.steps.len() {
        let step = document.root().get("steps").and_then(|steps| steps.get(at));
        let path = yaml::item("steps", at);
        used.extend(strings(step.and_then(|step| step.get("operations"))));
        let checks = step.and_then(|step| step.get("checks")).and_then(Node::as_sequence);
        for (index, check) in checks.into_iter().flatten().enumerate() {
            used.extend(strings(Some(check)));
            let path = yaml::item(&yaml::join(&path, "checks"), index);
            for (kind, fields) in check.as_mapping().into_iter().flatten() {
                if let Some(kind) = kind.as_str().filter(|kind| !["id", "title"].contains(kind)) {
                    let reading = Reading { document, declared: &declared, kind };
                    reading.fields(&yaml::join(&path, kind), fields, false);
                }
            }
        }
    }
    for (key, names) in document.root().get("resources").and_then(Node::as_mapping).into_iter().flatten() {
        for (index, name) in names.as_sequence().into_iter().flatten().filter_map(Node::as_str).enumerate() {
            let bare = name.trim_end_matches('/');
            if !used.iter().any(|text| text.contains(bare)) {
                let path = yaml::item(&yaml::join("resources", key.as_str().unwrap_or_default()), index);
                let what = say!(
                    "ni opération ni contrôle ne se sert de `{name}`",
                    "neither an operation nor a check uses `{name}`"
                );
                document.complain(&path, what);
            }
        }
    }
    of_images(document, lab);
}

/// A check that is looked through.
struct Reading<'a> {
    document: &'a Document,
    declared: &'a [String],
    kind: &'a str,
}

impl Reading<'_> {
    /// The names and paths of a check, at whatever depth. A path `inside` an object is none of the workspace's.
    fn fields(&self, path: &str, fields: &Node, inside: bool) {
        match fields {
            Node::Mapping(map) => {
                for (key, value) in map {
                    let key = key.as_str().unwrap_or_default();
                    let path = yaml::join(path, key);
                    self.field(&path, (key, value), inside);
                    self.fields(&path, value, HOLDERS.contains(&key));
                }
            }
            Node::Sequence(items) => {
                for (index, value) in items.iter().enumerate() {
                    self.fields(&yaml::item(path, index), value, inside);
                }
            }
            Node::Null | Node::Bool(_) | Node::Number(_) | Node::String(_) | Node::Tagged(_) => {}
        }
    }

    /// The names or the path that stand under one key.
    fn field(&self, path: &str, (key, value): (&str, &Node), inside: bool) {
        let is_object = OBJECTS.contains(&key) && !TEXTS.contains(&(self.kind, key));
        for name in is_object.then(|| names(value)).into_iter().flatten() {
            if name != NAMELESS && !self.declared.iter().any(|own| own == name) {
                self.document.complain(path, undeclared(name));
            }
        }
        let file = value.as_str().filter(|_| PATHS.contains(&key) && !inside);
        if let Some(file) = file.filter(|file| !file.starts_with('/') && !self.is_below(file)) {
            self.document.complain(path, undeclared(file));
        }
    }

    /// Whether a path or glob is a declared file, or lies in a declared folder.
    fn is_below(&self, path: &str) -> bool {
        let own =
            |own: &String| own.trim_end_matches('/') == path || own.ends_with('/') && path.starts_with(own);
        self.declared.iter().any(own)
    }
}

/// The names that stand under a key: one, or a list of them.
fn names(node: &Node) -> Vec<&str> {
    match node {
        Node::String(name) => vec![name],
        Node::Sequence(items) => items.iter().filter_map(Node::as_str).collect(),
        _ => Vec::new(),
    }
}

fn undeclared(name: &str) -> Text {
    say!(
        "`{name}` n'est pas dans `resources` : un préfixe n'y serait pas mis",
        "`{name}` is not in `resources`: no prefix would be put before it"
    )
}

/// Each image that is listed is needed, and there is one where a helper container is.
fn of_images(document: &Document, lab: &Lab) {
    let operations = || lab.steps.iter().flat_map(|step| &step.operations);
    let helps = operations().any(|operation| {
        matches!(
            operation,
            Operation::VolumeArchive(_)
                | Operation::VolumeRestore(_)
                | Operation::VolumeCopy(_)
                | Operation::FolderRemove(_)
        )
    });
    if helps && lab.images.is_empty() {
        let what = say!(
            "les commandes des étapes ont besoin d'une image : la première de `images` leur sert",
            "the commands of the steps need an image: the first of `images` serves them"
        );
        document.complain("images", what);
    }
    let texts = strings(document.root().get("steps"));
    // The first serves every look into a volume, too.
    for (index, image) in lab.images.iter().enumerate().skip(1) {
        if !texts.iter().any(|text| text.contains(image.as_str())) {
            let what = say!("aucune étape ne se sert de `{image}`", "no step uses `{image}`");
            document.complain(&yaml::item("images", index), what);
        }
    }
}

/// Every text below a value; not the keys.
fn strings(node: Option<&Node>) -> Vec<String> {
    match node {
        Some(Node::String(text)) => vec![text.clone()],
        Some(Node::Sequence(items)) => items.iter().flat_map(|item| strings(Some(item))).collect(),
        Some(Node::Mapping(map)) => map.values().flat_map(|value| strings(Some(value))).collect(),
        _ => Vec::new(),
    }
}
