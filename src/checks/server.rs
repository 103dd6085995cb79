//! `server`: a database answers, from a server of the version and the folder that are asked for.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::database::probe;
use crate::checks::database::rows;
use crate::checks::scene::cluster_ref;
use crate::checks::scene::container_ref;
use crate::checks::verdict::Weighed;
use crate::text::say;
use crate::world::Database;
use crate::world::Probe;

/// `server: {container: pgup_15, database: library, major: 15, tables: {books: 4}}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServerCheck {
    /// The container's name.
    pub container: String,
    /// The database to connect to.
    pub database: String,
    /// The server's major version.
    pub major: u32,
    /// Where it keeps its data, inside the container.
    #[serde(default)]
    pub folder: Option<String>,
    /// For each table the least number of rows; one that is not there yet is waited for.
    #[serde(default)]
    pub tables: BTreeMap<String, u64>,
}

impl ServerCheck {
    pub(super) fn probes(&self) -> BTreeSet<Probe> {
        BTreeSet::from([probe(&self.container, &self.database)])
    }

    /// The mistakes it can name, besides a refusal.
    pub(super) fn mistakes(&self) -> Vec<&'static str> {
        let folder = self.folder.as_ref().map(|_| "server-folder");
        let rows = (!self.tables.is_empty()).then_some("rows-missing");
        ["server-version"].into_iter().chain(folder).chain(rows).collect()
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let Self { container, database, .. } = self;
        let seen = scene.database(container, database)?;
        self.is_of_the_version(seen)?;
        self.is_in_its_folder(seen)?;
        for (table, least) in &self.tables {
            self.holds(seen, table, *least)?;
        }
        let version = &seen.version;
        Ok(Verdict::passed(
            say!(
                "PostgreSQL {version} répond dans `{container}`, base `{database}`",
                "PostgreSQL {version} answers in `{container}`, database `{database}`"
            ),
            [container_ref(container, &seen.container_id), cluster_ref(seen.system_identifier)],
        ))
    }

    fn is_of_the_version(&self, seen: &Database) -> Result<(), Verdict> {
        let (container, version, major) = (&self.container, &seen.version, self.major);
        let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
        if digits == major.to_string() {
            return Ok(());
        }
        let wrong = Verdict::failed(
            say!("PostgreSQL {major} dans `{container}`", "PostgreSQL {major} in `{container}`"),
            say!(
                "PostgreSQL {version} répond dans `{container}`",
                "PostgreSQL {version} answers in `{container}`"
            ),
        );
        Err(wrong.mistake("server-version").way_out(say!(
            "`docker rm -f {container}`, puis relancez-le avec l'image de la version {major}, sur un volume neuf",
            "`docker rm -f {container}`, then run it again with the image of version {major}, on a new volume"
        )))
    }

    fn is_in_its_folder(&self, seen: &Database) -> Result<(), Verdict> {
        let (container, found) = (&self.container, &seen.data_directory);
        let Some(folder) = self.folder.as_ref().filter(|folder| *folder != found) else { return Ok(()) };
        let wrong = Verdict::failed(
            say!("les données dans `{folder}`", "the data in `{folder}`"),
            say!(
                "le serveur de `{container}` garde ses données dans `{found}`",
                "the server in `{container}` keeps its data in `{found}`"
            ),
        );
        Err(wrong.mistake("server-folder").way_out(say!(
            "supprimez `{container}` et relancez-le avec `-e PGDATA={folder}`",
            "remove `{container}` and run it again with `-e PGDATA={folder}`"
        )))
    }

    fn holds(&self, seen: &Database, table: &str, least: u64) -> Result<(), Verdict> {
        let (container, database) = (&self.container, &self.database);
        match rows(seen, table) {
            Some(found) if found >= least => Ok(()),
            Some(found) => Err(Verdict::failed(
                say!("{least} lignes au moins dans `{table}`", "at least {least} rows in `{table}`"),
                say!("`{table}` en contient {found}", "`{table}` holds {found}"),
            )
            .mistake("rows-missing")
            .way_out(say!(
                "regardez avec `docker exec {container} psql -U postgres -d {database} -c \"SELECT * FROM {table};\"`",
                "look with `docker exec {container} psql -U postgres -d {database} -c \"SELECT * FROM {table};\"`"
            ))),
            None => Err(Verdict::Pending(say!(
                "la base `{database}` de `{container}` n'a pas encore de table `{table}`",
                "the database `{database}` in `{container}` has no table `{table}` yet"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Fact;
    use crate::world::Facts;
    use crate::world::Memory;
    use crate::world::Observed;
    use crate::world::Resources;

    fn judged(version: &str, folder: &str) -> Verdict {
        let check = ServerCheck {
            container: "new".to_owned(),
            database: "library".to_owned(),
            major: 17,
            folder: Some("/var/lib/postgresql/17/docker".to_owned()),
            tables: BTreeMap::new(),
        };
        let seen = Database {
            container_id: "1".to_owned(),
            system_identifier: 1,
            version: version.to_owned(),
            data_directory: folder.to_owned(),
            files: Vec::new(),
            tables: Vec::new(),
            sequences: Vec::new(),
        };
        let mut facts = Facts::default();
        facts.insert(probe("new", "library"), Observed::Seen(Fact::Database(seen)));
        let (memory, resources) = (Memory::default(), Resources::default());
        let scene = Scene { facts: &facts, memory: &memory, resources: &resources, prefix: "" };
        check.weigh(&scene).unwrap_or_else(|verdict| verdict)
    }

    fn mistake(verdict: &Verdict) -> Option<&'static str> {
        match verdict {
            Verdict::Failed(failure) => failure.mistake,
            _ => None,
        }
    }

    #[test]
    fn the_major_version_and_the_folder_are_told_apart() {
        let folder = "/var/lib/postgresql/17/docker";
        assert!(matches!(judged("17.5", folder), Verdict::Passed { .. }));
        assert!(matches!(judged("17beta1", folder), Verdict::Passed { .. }));
        assert!(matches!(judged("17.5 (Debian 17.5-1)", folder), Verdict::Passed { .. }));
        assert_eq!(mistake(&judged("15.18", folder)), Some("server-version"));
        assert_eq!(mistake(&judged("170.1", folder)), Some("server-version"));
        assert_eq!(mistake(&judged("17.5", "/var/lib/postgresql/data")), Some("server-folder"));
    }
}
