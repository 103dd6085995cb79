//! A machine as it was written, before defaults and ranges.

use std::path::Path;

use crate::class::Machine;
use crate::class::address;
use crate::class::address::Address;
use crate::class::address::Files;
use crate::class::range::expand;
use crate::lab;
use crate::text::Text;
use crate::text::list;
use crate::text::say;
use crate::yaml::Document;
use crate::yaml::Node;
use crate::yaml::join;

/// The keys of a machine, and of `defaults`.
const KEYS: [&str; 8] = ["name", "learner", "group", "host", "context", "tls", "prefix", "workspace"];

/// What was written.
#[derive(Clone, Debug, Default, schemars::JsonSchema)]
#[schemars(rename = "Machine", deny_unknown_fields)]
pub(super) struct Draft {
    /// The name, unique in its room; `[01-30]` stands for a range.
    name: Option<String>,
    /// Who works there.
    learner: Option<String>,
    /// A group of learners.
    group: Option<String>,
    /// Where its daemon is, as `DOCKER_HOST` has it.
    host: Option<String>,
    /// One of the docker CLI's contexts, instead of a host.
    context: Option<String>,
    /// The files of the certificates, for `tcp://`.
    tls: Option<Files>,
    /// What stands before each of the learner's objects, where several share a daemon.
    prefix: Option<String>,
    /// The learner's folder on the machine, an absolute path.
    workspace: Option<String>,
}

/// What is said of a key that nobody knows.
pub(super) fn unknown(key: &str, known: &[&str]) -> Text {
    let known = list(known);
    say!("clé inconnue `{key}` ; il y a : {known}", "unknown key `{key}`; there are: {known}")
}

impl Draft {
    /// Reads the mapping at `path`, key by key, so that each complaint is heard.
    pub(super) fn read(document: &Document, path: &str, value: &Node) -> Draft {
        let mut draft = Draft::default();
        let Some(map) = value.as_mapping() else {
            document.complain(
                path,
                say!("des clés et des valeurs sont attendues", "keys and values are expected"),
            );
            return draft;
        };
        for (key, value) in map {
            let key = key.as_str().unwrap_or_default();
            let at = join(path, key);
            let text = || document.read::<String>(&at, value);
            match key {
                "name" => draft.name = text(),
                "learner" => draft.learner = text(),
                "group" => draft.group = text(),
                "host" => draft.host = text(),
                "context" => draft.context = text(),
                "prefix" => draft.prefix = text(),
                "workspace" => draft.workspace = text(),
                "tls" => draft.tls = files(document, &at, value),
                other => document.complain_of_key(path, other, unknown(other, &KEYS)),
            }
        }
        draft.complain(document, path);
        draft
    }

    /// What no machine has in common with another.
    pub(super) fn refuse_own(&self, document: &Document) {
        for (key, value) in [("name", &self.name), ("learner", &self.learner)] {
            if value.is_some() {
                let what = say!("`{key}` n'est pas une valeur par défaut", "`{key}` is no default");
                document.complain_of_key("defaults", key, what);
            }
        }
    }

    /// This, and the defaults for what it leaves out. A context takes the place of a default host, and a host that of
    /// a default context.
    pub(super) fn over(self, defaults: &Draft) -> Draft {
        let placed = self.host.is_some() || self.context.is_some();
        let place =
            |own: Option<String>, usual: &Option<String>| own.or_else(|| usual.clone().filter(|_| !placed));
        Draft {
            name: self.name,
            learner: self.learner,
            group: self.group.or_else(|| defaults.group.clone()),
            host: place(self.host, &defaults.host),
            context: place(self.context, &defaults.context),
            tls: self.tls.or_else(|| defaults.tls.clone()),
            prefix: self.prefix.or_else(|| defaults.prefix.clone()),
            workspace: self.workspace.or_else(|| defaults.workspace.clone()),
        }
    }

    /// The machines that it stands for.
    pub(super) fn machines(&self, document: &Document, path: &str, folder: &Path) -> Vec<Machine> {
        let Some(name) = self.name.as_ref().filter(|name| !name.trim().is_empty()) else {
            document.complain(path, say!("une machine a besoin d'un `name`", "a machine needs a `name`"));
            return Vec::new();
        };
        if self.host.is_none() && self.context.is_none() {
            let what = say!(
                "une machine a besoin d'un `host` ou d'un `context`",
                "a machine needs a `host` or a `context`"
            );
            document.complain(path, what);
            return Vec::new();
        }
        let mut wrong = false;
        let mut ranged = |key: &str, text: &Option<String>| -> Vec<String> {
            let Some(text) = text else { return Vec::new() };
            expand(text).unwrap_or_else(|what| {
                document.complain(&join(path, key), what);
                wrong = true;
                Vec::new()
            })
        };
        let names = ranged("name", &Some(name.clone()));
        let (hosts, contexts) = (ranged("host", &self.host), ranged("context", &self.context));
        let (prefixes, folders) = (ranged("prefix", &self.prefix), ranged("workspace", &self.workspace));
        let (learners, count) = (ranged("learner", &self.learner), names.len());
        let columns = [&hosts, &contexts, &prefixes, &folders, &learners];
        if let Some(other) = columns.iter().map(|all| all.len()).find(|len| *len > 1 && *len != count) {
            let what =
                say!("les plages diffèrent : {count} et {other}", "the ranges differ: {count} and {other}");
            document.complain(path, what);
            wrong = true;
        }
        if wrong {
            return Vec::new();
        }
        let at = |all: &[String], index: usize| all.get(index).or_else(|| all.first()).cloned();
        let machine = |(index, name): (usize, String)| {
            let address = match (at(&hosts, index), at(&contexts, index)) {
                (Some(host), _) => Address::Host(host, self.certificates(folder)),
                (None, context) => Address::Context(context.unwrap_or_default()),
            };
            Machine {
                name,
                learner: at(&learners, index),
                group: self.group.clone(),
                address,
                prefix: at(&prefixes, index).unwrap_or_default(),
                workspace: at(&folders, index),
            }
        };
        names.into_iter().enumerate().map(machine).collect()
    }

    /// The certificates, for an address that can have some.
    fn certificates(&self, folder: &Path) -> Option<crate::docker::TlsFiles> {
        let tcp =
            self.host.as_ref().is_some_and(|host| !host.starts_with("unix:") && !host.starts_with("ssh:"));
        self.tls.as_ref().filter(|_| tcp).map(|files| files.below(folder))
    }

    fn complain(&self, document: &Document, path: &str) {
        if let Some(what) = self.host.as_deref().and_then(first).and_then(|host| address::complaint(&host)) {
            document.complain(&join(path, "host"), what);
        }
        if self.host.is_some() && self.context.is_some() {
            let what = say!("`host` ou `context`, pas les deux", "either `host` or `context`, not both");
            document.complain(&join(path, "host"), what);
        }
        let prefix = self.prefix.as_deref().filter(|prefix| !prefix.is_empty()).and_then(first);
        if let Some(error) = prefix.and_then(|prefix| lab::usable_prefix(&prefix).err()) {
            document.complain(&join(path, "prefix"), error.what);
        }
        let relative = |folder: &&String| !folder.starts_with('/') && !folder.contains(":\\");
        if let Some(folder) = self.workspace.as_ref().filter(relative) {
            let what = say!(
                "`{folder}` : un chemin absolu sur la machine du participant est attendu",
                "`{folder}`: an absolute path on the learner's machine is expected"
            );
            document.complain(&join(path, "workspace"), what);
        }
    }
}

/// The first text that a range stands for.
fn first(text: &str) -> Option<String> {
    expand(text).ok()?.into_iter().next()
}

fn files(document: &Document, path: &str, value: &Node) -> Option<Files> {
    let Some(map) = value.as_mapping() else {
        let what = say!("`ca`, `cert` et `key` sont attendus", "`ca`, `cert` and `key` are expected");
        document.complain(path, what);
        return None;
    };
    let mut files = Files::default();
    for (key, value) in map {
        let key = key.as_str().unwrap_or_default();
        let at = join(path, key);
        let slot = match key {
            "ca" => &mut files.ca,
            "cert" => &mut files.cert,
            "key" => &mut files.key,
            other => {
                document.complain_of_key(path, other, unknown(other, &["ca", "cert", "key"]));
                continue;
            }
        };
        *slot = document.read::<String>(&at, value);
        if slot.as_ref().is_some_and(|text| text.contains("-----BEGIN")) {
            let what = say!(
                "une clé n'a pas sa place dans un inventaire : le chemin de son fichier suffit",
                "a key has no place in an inventory: the path of its file is enough"
            );
            document.complain(&at, what);
        }
    }
    Some(files)
}
