//! `database`: a database answers and its tables have enough rows.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::scene::cluster_ref;
use crate::checks::scene::container_ref;
use crate::checks::verdict::Weighed;
use crate::text::list;
use crate::text::say;
use crate::world::Database;
use crate::world::MountSpec;
use crate::world::Probe;

/// `database: {container: postgres_main, database: myapp, tables: {users: 3, posts: 3}}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DatabaseCheck {
    /// The container's name.
    pub container: String,
    /// The database's name.
    pub database: String,
    /// The container that may take its place, once the first one is destroyed.
    #[serde(default)]
    pub successor: Option<String>,
    /// What the server's data folder must lie on.
    #[serde(default)]
    pub mount: Option<MountSpec>,
    /// For each table the least number of rows.
    #[serde(default)]
    pub tables: BTreeMap<String, u64>,
}

impl DatabaseCheck {
    pub(super) fn probes(&self) -> BTreeSet<Probe> {
        let first = probe(&self.container, &self.database);
        let second = self.successor.iter().map(|name| probe(name, &self.database));
        second.chain([first, Probe::Containers]).collect()
    }

    /// The container to judge: the successor where the first is gone and the successor is there.
    fn subject<'a>(&'a self, scene: &Scene<'_>) -> Result<&'a str, Verdict> {
        let successor = self.successor.as_deref();
        match successor.filter(|name| scene.container(name).is_ok_and(|found| found.is_some())) {
            Some(successor) if scene.container(&self.container)?.is_none() => Ok(successor),
            _ => Ok(&self.container),
        }
    }

    /// The data must lie at the mount's target; that the right thing is mounted there is a check of its own.
    fn lies_on(&self, name: &str, seen: &Database) -> Result<(), Verdict> {
        let Some(wanted) = &self.mount else { return Ok(()) };
        let (folder, target) = (&seen.data_directory, &wanted.target);
        if Path::new(folder).starts_with(target) {
            return Ok(());
        }
        Err(Verdict::failed(
            say!("les données sous `{target}`", "the data below `{target}`"),
            say!(
                "le serveur de `{name}` garde ses données dans `{folder}`, hors du montage",
                "the server in `{name}` keeps its data in `{folder}`, outside the mount"
            ),
        )
        .mistake("mount-unused")
        .way_out(say!("relancez-le sans changer `PGDATA`", "run it again without changing `PGDATA`")))
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let (container, database) = (self.subject(scene)?, &self.database);
        let seen = scene.database(container, database)?;
        self.lies_on(container, seen)?;
        for (table, least) in &self.tables {
            self.holds(seen, table, *least)?;
        }
        let counts =
            list(self.tables.keys().map(|table| format!("{table} {}", rows(seen, table).unwrap_or(0))));
        Ok(Verdict::passed(
            say!(
                "la base `{database}` répond dans `{container}` ({counts})",
                "database `{database}` answers in `{container}` ({counts})"
            ),
            [container_ref(container, &seen.container_id), cluster_ref(seen.system_identifier)],
        ))
    }

    fn holds(&self, seen: &Database, table: &str, least: u64) -> Result<(), Verdict> {
        let Self { container, database, .. } = self;
        let expected = say!("{least} lignes au moins dans `{table}`", "at least {least} rows in `{table}`");
        match rows(seen, table) {
            Some(found) if found >= least => Ok(()),
            Some(found) => Err(Verdict::failed(
                expected,
                say!("`{table}` en contient {found}", "`{table}` holds {found}"),
            )
            .mistake("rows-missing")
            .way_out(say!(
                "regardez avec `docker exec {container} psql -U postgres -d {database} -c \"SELECT * FROM {table};\"`",
                "look with `docker exec {container} psql -U postgres -d {database} -c \"SELECT * FROM {table};\"`"
            ))),
            None => Err(Verdict::failed(
                expected,
                say!(
                    "la table `{table}` n'existe pas dans `{database}`",
                    "there is no table `{table}` in `{database}`"
                ),
            )
            .mistake("init-not-run")
            .way_out(say!(
                "`init.sql` n'est exécuté qu'au premier démarrage sur un volume vide : supprimez le conteneur et le \
                 volume, vérifiez que le fichier existe, et relancez",
                "`init.sql` is only run at the first start on an empty volume: remove container and volume, make \
                 sure that the file exists, and run it again"
            ))),
        }
    }
}

/// The rows of a table of the schema `public`, or of any schema where the name has one.
pub(super) fn rows(seen: &Database, table: &str) -> Option<u64> {
    find(seen, table).map(|table| table.rows)
}

/// A table by its name; `public` where the name has no schema.
pub(super) fn find<'a>(seen: &'a Database, table: &str) -> Option<&'a crate::world::Table> {
    let name = if table.contains('.') { table.to_owned() } else { format!("public.{table}") };
    seen.tables.iter().find(|table| table.name == name)
}

/// The probe for a database.
pub(super) fn probe(container: &str, database: &str) -> Probe {
    Probe::Database { container: container.to_owned(), database: database.to_owned() }
}
