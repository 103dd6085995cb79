//! The inventory: which machines there are, whose they are, and how to reach them. Everything that is wrong with it is
//! told at once.

mod draft;

use std::collections::BTreeMap;
use std::path::Path;

use schemars::Schema;

use crate::class::address::Address;
use crate::class::inventory::draft::Draft;
use crate::class::visit::folder_name;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;
use crate::yaml;
use crate::yaml::Document;
use crate::yaml::Node;
use crate::yaml::item;

/// The largest room.
const MOST: usize = 5_000;

/// `class.yaml`, as it is written; it is read key by key, and only its schema is made from this.
#[derive(schemars::JsonSchema)]
#[schemars(rename = "Inventory", deny_unknown_fields)]
#[expect(dead_code, reason = "the schema is made from the fields")]
struct Written {
    /// The room's name; without one, the file's.
    name: Option<String>,
    /// What every machine has that does not say otherwise.
    defaults: Option<Draft>,
    /// The machines.
    machines: Vec<Draft>,
}

/// What an inventory may hold, as JSON Schema.
pub(crate) fn schema() -> Schema {
    schemars::schema_for!(Written)
}

/// A room's machines.
#[derive(Clone, Debug)]
pub(crate) struct Inventory {
    /// The room's name: `name`, else the file's.
    pub name: String,
    /// What its results are filed under: `name`, else the file itself, since many rooms are called `class`.
    pub key: String,
    /// The machines, in the order of the file.
    pub machines: Vec<Machine>,
}

/// A machine, or one learner's part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Machine {
    /// The name, unique in its room.
    pub name: String,
    /// Who works there.
    pub learner: Option<String>,
    /// A group of learners.
    pub group: Option<String>,
    /// Where its daemon is.
    pub address: Address,
    /// What stands before each of the learner's objects, where several share a daemon.
    pub prefix: String,
    /// The learner's folder on the machine.
    pub workspace: Option<String>,
}

impl Inventory {
    /// Reads a file.
    pub(crate) fn load(path: &Path) -> Result<Inventory> {
        let shown = path.display().to_string();
        let source = yaml::source(path).map_err(|error| {
            error.hint(say!(
                "un fichier YAML : `machines: [{{name: poste-01, host: \"ssh://root@poste-01\"}}]`",
                "a YAML file: `machines: [{{name: poste-01, host: \"ssh://root@poste-01\"}}]`"
            ))
        })?;
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut inventory = Inventory::parse(&shown, &source, &stem, folder)?;
        if inventory.key.is_empty() {
            let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
            inventory.key = format!("{stem} ({})", whole.display());
        }
        Ok(inventory)
    }

    /// Reads a text; paths in it are below `folder`.
    pub(crate) fn parse(file: &str, source: &str, stem: &str, folder: &Path) -> Result<Inventory> {
        let document = Document::parse(file, source)?;
        let mut inventory = Inventory { name: stem.to_owned(), key: String::new(), machines: Vec::new() };
        let mut defaults = Draft::default();
        let mut listed = None;
        let Some(map) = document.root().as_mapping() else {
            document.complain("", say!("une liste `machines` est attendue", "a list `machines` is expected"));
            return document.verdict().map(|()| inventory);
        };
        for (key, value) in map {
            match key.as_str().unwrap_or_default() {
                "name" => {
                    inventory.name = document.read("name", value).unwrap_or_default();
                    inventory.key.clone_from(&inventory.name);
                }
                "defaults" => defaults = Draft::read(&document, "defaults", value),
                "machines" => listed = Some(value),
                other => document.complain_of_key(
                    "",
                    other,
                    draft::unknown(other, &["name", "defaults", "machines"]),
                ),
            }
        }
        defaults.refuse_own(&document);
        match listed {
            Some(Node::Sequence(all)) if !all.is_empty() => {
                for (index, value) in all.iter().enumerate() {
                    let path = item("machines", index);
                    let draft = Draft::read(&document, &path, value).over(&defaults);
                    let made = draft.machines(&document, &path, folder);
                    distinct(&document, &path, &inventory.machines, &made);
                    inventory.machines.extend(made);
                    if inventory.machines.len() > MOST {
                        document
                            .complain(&path, say!("plus de {MOST} machines", "more than {MOST} machines"));
                        break;
                    }
                }
            }
            _ => document.complain(
                "machines",
                say!(
                    "il faut une liste `machines`, avec une machine au moins",
                    "a list `machines` is needed, with one machine at least"
                ),
            ),
        }
        document.verdict().map(|()| inventory)
    }

    /// The name of the folder in which what is known of this room is kept.
    pub(crate) fn folder(&self) -> String {
        folder_name(&self.key)
    }

    /// The machines of one group alone.
    pub(crate) fn only(mut self, group: &str) -> Result<Inventory> {
        let mut groups: Vec<String> = self.machines.iter().filter_map(|one| one.group.clone()).collect();
        groups.sort();
        groups.dedup();
        self.machines.retain(|one| one.group.as_deref() == Some(group));
        if self.machines.is_empty() {
            let known = crate::text::list(groups);
            return Err(Error::usage(say!(
                "l'inventaire n'a pas de groupe `{group}`",
                "the inventory has no group `{group}`"
            ))
            .hint(say!("ses groupes : {known}", "its groups: {known}")));
        }
        Ok(self)
    }
}

/// Two rows of the sheet must not be one machine, nor bear one name.
fn distinct(document: &Document, path: &str, before: &[Machine], made: &[Machine]) {
    let mut names: BTreeMap<&str, &Machine> = BTreeMap::new();
    let mut seats: BTreeMap<(&str, &str), &Machine> = BTreeMap::new();
    let mut folders: BTreeMap<(&str, &str), &Machine> = BTreeMap::new();
    for one in before {
        names.insert(&one.name, one);
        seats.insert((one.address.shown(), &one.prefix), one);
        folders.extend(one.workspace.as_deref().map(|folder| ((one.address.shown(), folder), one)));
    }
    for one in made {
        let name = &one.name;
        if names.insert(name, one).is_some() {
            let what = say!("deux machines s'appellent `{name}`", "two machines are called `{name}`");
            document.complain(&format!("{path}.name"), what);
            return;
        }
        if let Some(other) = seats.insert((one.address.shown(), &one.prefix), one) {
            let other = &other.name;
            let what = say!(
                "`{name}` et `{other}` partagent un moteur : il leur faut un `prefix` chacun",
                "`{name}` and `{other}` share a daemon: each needs a `prefix`"
            );
            document.complain(path, what);
            return;
        }
        let Some(folder) = &one.workspace else { continue };
        if let Some(other) = folders.insert((one.address.shown(), folder), one) {
            let other = &other.name;
            let what = say!(
                "`{name}` et `{other}` partagent un moteur et un dossier : il leur faut un `workspace` chacun",
                "`{name}` and `{other}` share a daemon and a folder: each needs a `workspace`"
            );
            document.complain(path, what);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(source: &str) -> Result<Inventory> {
        Inventory::parse("class.yaml", source, "class", Path::new("/room"))
    }

    #[test]
    fn defaults_ranges_and_certificates_make_machines() {
        let room = parse(
            "name: Salle B\ndefaults: {group: matin, tls: {ca: ca.pem, cert: /k/cert.pem, key: key.pem}}\nmachines:\n\
             - {name: 'poste-[01-03]', host: 'tcp://poste-[01-03].lan:2376', workspace: '/home/p[1-3]'}\n\
             - {name: tour, context: tour, learner: Ada, group: soir}\n",
        )
        .expect("valid");
        assert_eq!((room.name.as_str(), room.machines.len()), ("Salle B", 4));
        let second = &room.machines[1];
        assert_eq!((second.name.as_str(), second.workspace.as_deref()), ("poste-02", Some("/home/p2")));
        let Address::Host(host, Some(tls)) = &second.address else { panic!("{second:?}") };
        assert_eq!(
            (host.as_str(), tls.cert.as_path()),
            ("tcp://poste-02.lan:2376", Path::new("/k/cert.pem"))
        );
        assert_eq!(tls.key, Path::new("/room/key.pem"));
        assert_eq!(room.machines[3].address, Address::Context("tour".to_owned()));
        assert_eq!(room.only("soir").expect("a group").machines.len(), 1);
    }

    #[test]
    fn every_complaint_is_heard_at_once_with_its_place() {
        let error = parse(
            "machines:\n- name: a\n  host: ftp://x\n  prefix: é\n- {name: b, host: 'ssh://u:secret@h'}\n\
             - {name: 'c[1-2]', host: 'unix:///s[1-3]'}\n- {nmae: d, context: x, host: y}\n- {name: e}\n- {name: a, context: z}\n",
        )
        .expect_err("invalid");
        let told: Vec<&str> = error.details.iter().map(|detail| detail.en.as_str()).collect();
        for place in [
            "class.yaml:3:9: machines[0].host: `ftp://x` is not",
            "class.yaml:4:11: machines[0].prefix: the prefix",
            "class.yaml:5:19: machines[1].host: a password has no place",
            "machines[2]: the ranges differ: 2 and 3",
            "class.yaml:7:4: machines[3].nmae: unknown key",
            "machines[3].host: either `host` or `context`",
            "machines[3]: a machine needs a `name`",
            "machines[4]: a machine needs a `host` or a `context`",
            "class.yaml:9:10: machines[5].name: two machines are called `a`",
        ] {
            assert!(told.iter().any(|line| line.contains(place)), "{place}\n{told:#?}");
        }
    }

    #[test]
    fn rooms_without_a_name_are_filed_by_their_file() {
        let folders = [tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder")];
        let room = |folder: &tempfile::TempDir, text: &str| {
            let path = folder.path().join("class.yaml");
            std::fs::write(&path, text).expect("written");
            Inventory::load(&path).expect("valid")
        };
        let nameless = "machines: [{name: a, context: x}]";
        let (one, other) = (room(&folders[0], nameless), room(&folders[1], nameless));
        assert_eq!(one.name, other.name);
        assert_ne!((&one.key, one.folder()), (&other.key, other.folder()));
        let named = format!("name: B\n{nameless}");
        assert_eq!(room(&folders[0], &named).folder(), room(&folders[1], &named).folder());
    }

    #[test]
    fn learners_who_share_a_daemon_need_prefixes() {
        let error = parse("machines: [{name: 'a[1-2]', host: 'unix:///s'}]").expect_err("invalid");
        assert!(error.details[0].en.contains("each needs a `prefix`"), "{error:?}");
        let room = parse("machines: [{name: 'a[1-2]', host: 'unix:///s', prefix: 'p[1-2]'}]").expect("valid");
        assert_eq!(room.machines[1].prefix, "p2");
        let shared = "machines: [{name: 'a[1-2]', host: 'unix:///s', prefix: 'p[1-2]', workspace: /w}]";
        let error = parse(shared).expect_err("invalid");
        assert!(error.details[0].en.contains("each needs a `workspace`"), "{error:?}");
    }
}
