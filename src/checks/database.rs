//! `database`: a database answers and its tables have enough rows.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::ended;
use crate::checks::scene::cluster_ref;
use crate::checks::scene::container_ref;
use crate::checks::verdict::Weighed;
use crate::text::Text;
use crate::text::list;
use crate::text::say;
use crate::world::Database;
use crate::world::Fact;
use crate::world::MountSpec;
use crate::world::Probe;

/// The mistakes it can name, besides a refusal.
pub(super) const MISTAKES: &[&str] = &[
    "init-failed",
    "init-is-folder",
    "init-not-mounted",
    "init-not-run",
    "mount-unused",
    "rows-missing",
    "volume-not-empty",
];

/// `database: {container: postgres_main, database: myapp, tables: {users: 3, posts: 3}}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
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
        let files = self.folder().into_iter().flat_map(|folder| [file(folder), file(&version_in(folder))]);
        second.chain([first, Probe::Containers]).chain(files).collect()
    }

    /// The folder of the workspace in which a server's files prove that it was there; where rows are asked for,
    /// only the server itself can show them.
    fn folder(&self) -> Option<&str> {
        self.mount.as_ref().filter(|_| self.tables.is_empty())?.bind.as_deref()
    }

    /// The same proof as the container has it: on Linux the files belong to the server's own user, so that a learner
    /// may not be allowed to see them from outside.
    fn seen_inside(&self) -> Option<Probe> {
        let target = self.folder().and(self.mount.as_ref()).map(|mount| &mount.target)?;
        Some(Probe::ContainerFile { container: self.container.clone(), path: version_in(target) })
    }

    /// A server that was stopped before it answered leaves the files of its cluster in the folder.
    fn made_its_files(&self, scene: &Scene<'_>, waiting: Verdict) -> Weighed {
        let (Some(folder), Some(here)) = (self.folder(), scene.container(&self.container)?) else {
            return Ok(waiting);
        };
        let proof = match (scene.fact(&file(&version_in(folder))), self.seen_inside()) {
            (Err(_), Some(inside)) if scene.facts.get(&inside).is_some() => scene.fact(&inside)?,
            (Ok(seen), _) => seen,
            // It is looked at from inside next.
            (Err(_), _) => return Ok(waiting),
        };
        if !matches!(proof, Fact::File(_)) {
            return Ok(waiting);
        }
        let container = &self.container;
        Ok(Verdict::passed(
            say!(
                "PostgreSQL a rangé ses fichiers dans `{folder}` depuis `{container}`",
                "PostgreSQL put its files into `{folder}` from `{container}`"
            ),
            [container_ref(container, &here.id)],
        ))
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
        let seen = match scene.database(container, database) {
            Err(waiting @ Verdict::Pending(_)) => return self.made_its_files(scene, waiting),
            other => other?,
        };
        self.lies_on(container, seen)?;
        for (table, least) in &self.tables {
            self.holds(scene, (container, seen), table, *least)?;
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

    fn holds(
        &self,
        scene: &Scene<'_>,
        (container, seen): (&str, &Database),
        table: &str,
        least: u64,
    ) -> Result<(), Verdict> {
        let database = &self.database;
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
            None => Err(self.without_table(scene, (container, seen), table, expected)),
        }
    }

    /// What the server's container mounts to be run at its first start, and what only it can read.
    pub(super) fn clues(&self, scene: &Scene<'_>) -> BTreeSet<Probe> {
        let Ok(name) = self.subject(scene) else { return BTreeSet::new() };
        let Ok(Some(container)) = scene.container(name) else { return BTreeSet::new() };
        let scripts = ended::scripts(scene, container).map(|path| Probe::File { path });
        let is_its_own = |folder: &&str| match scene.clue(&file(folder)) {
            Some(Fact::File(found)) => found.foreign && scene.fact(&file(&version_in(folder))).is_err(),
            _ => false,
        };
        scripts.chain(self.folder().filter(is_its_own).and_then(|_| self.seen_inside())).collect()
    }

    /// The server runs, and the script that makes its tables left no trace.
    fn without_table(
        &self,
        scene: &Scene<'_>,
        (name, seen): (&str, &Database),
        table: &str,
        expected: Text,
    ) -> Verdict {
        let database = &self.database;
        let found = say!(
            "la table `{table}` n'existe pas dans `{database}`",
            "there is no table `{table}` in `{database}`"
        );
        let Ok(Some(container)) = scene.container(name) else {
            return Verdict::failed(expected, found).mistake("init-not-run");
        };
        if let Some(path) = ended::folder_for_script(scene, container) {
            return ended::is_folder(name, &path);
        }
        // initdb takes a second or two: a cluster that is much older than its container was there before.
        if seen.made_at() + 60 < container.created || self.is_known(scene, seen) {
            let found = say!(
                "`{name}` a trouvé un cluster déjà initialisé, sans la table `{table}`",
                "`{name}` found a cluster that was initialised already, without the table `{table}`"
            );
            return Verdict::failed(expected, found).mistake("volume-not-empty");
        }
        if !container.mounts.iter().any(|mount| mount.target.starts_with(ended::INIT)) {
            let found = say!(
                "`{name}` ne monte rien dans `/docker-entrypoint-initdb.d`, et `{database}` n'a pas de table `{table}`",
                "`{name}` mounts nothing in `/docker-entrypoint-initdb.d`, and `{database}` has no table `{table}`"
            );
            return Verdict::failed(expected, found).mistake("init-not-mounted");
        }
        Verdict::failed(expected, found).mistake("init-not-run")
    }

    /// Whether another container served this cluster before.
    fn is_known(&self, scene: &Scene<'_>, seen: &Database) -> bool {
        scene.memory.clusters.iter().any(|one| {
            one.system_identifier == seen.system_identifier && one.container_id != seen.container_id
        })
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

fn file(path: &str) -> Probe {
    Probe::File { path: path.to_owned() }
}

/// The file that every data folder begins with.
fn version_in(folder: &str) -> String {
    format!("{folder}/PG_VERSION")
}

/// The probe for a database.
pub(super) fn probe(container: &str, database: &str) -> Probe {
    Probe::Database { container: container.to_owned(), database: database.to_owned() }
}
