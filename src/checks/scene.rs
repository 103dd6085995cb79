//! What a check sees: the facts of now and the memory of the session, behind questions that end a weighing by
//! themselves where the answer could not be seen.

use crate::checks::Verdict;
use crate::text::Text;
use crate::text::say;
use crate::world::Container;
use crate::world::DataFolder;
use crate::world::Database;
use crate::world::Fact;
use crate::world::Facts;
use crate::world::Memory;
use crate::world::Observed;
use crate::world::Probe;
use crate::world::Resources;
use crate::world::SeenCluster;
use crate::world::Sequence;
use crate::world::Table;
use crate::world::Volume;

/// The mistakes that a database's refusal shows.
pub(super) const MISTAKES: &[&str] = &["login-refused", "database-missing"];

/// Everything a verdict may rest on.
pub(crate) struct Scene<'a> {
    /// What is seen now.
    pub facts: &'a Facts,
    /// What is remembered.
    pub memory: &'a Memory,
    /// The names that the lab owns.
    pub resources: &'a Resources,
    /// What stands before each of them.
    pub prefix: &'a str,
}

/// A state of a database: seen now, or remembered.
#[derive(Clone, Copy)]
pub(super) struct State<'a> {
    /// The container it was served from, by full id.
    pub container_id: &'a str,
    /// The cluster's identity.
    pub system_identifier: u64,
    /// Where the server keeps its data, inside the container.
    pub data_directory: &'a str,
    /// Files that a copy of the data folder must hold.
    pub files: &'a [String],
    /// Its tables.
    pub tables: &'a [Table],
    /// Its sequences.
    pub sequences: &'a [Sequence],
}

impl<'a> From<&'a Database> for State<'a> {
    fn from(now: &'a Database) -> State<'a> {
        State {
            container_id: &now.container_id,
            system_identifier: now.system_identifier,
            data_directory: &now.data_directory,
            files: &now.files,
            tables: &now.tables,
            sequences: &now.sequences,
        }
    }
}

impl<'a> From<&'a SeenCluster> for State<'a> {
    fn from(seen: &'a SeenCluster) -> State<'a> {
        State {
            container_id: &seen.container_id,
            system_identifier: seen.system_identifier,
            data_directory: &seen.data_directory,
            files: &seen.files,
            tables: &seen.tables,
            sequences: &seen.sequences,
        }
    }
}

impl<'a> Scene<'a> {
    /// The answer to a probe; ends the weighing where nobody could look.
    pub(super) fn fact(&self, probe: &Probe) -> Result<&'a Fact, Verdict> {
        match self.facts.get(probe) {
            Some(Observed::Seen(fact)) => Ok(fact),
            Some(Observed::Unseen(why)) => Err(Verdict::Unseen(why.clone())),
            None => Err(Verdict::Unseen(say!(
                "cette observation manque dans les faits enregistrés",
                "the recorded facts lack this observation"
            ))),
        }
    }

    /// What explains a failure, where somebody looked.
    pub(super) fn clue(&self, probe: &Probe) -> Option<&'a Fact> {
        match self.facts.get(probe) {
            Some(Observed::Seen(fact)) => Some(fact),
            Some(Observed::Unseen(_)) | None => None,
        }
    }

    /// All containers but our own scratch ones.
    pub(super) fn containers(&self) -> Result<impl Iterator<Item = &'a Container>, Verdict> {
        match self.fact(&Probe::Containers)? {
            Fact::Containers(all) => Ok(all.iter().filter(|container| !container.scratch)),
            other => Err(unfit(other)),
        }
    }

    /// The container of a name, if there is one.
    pub(super) fn container(&self, name: &str) -> Result<Option<&'a Container>, Verdict> {
        Ok(self.containers()?.find(|container| container.name == name))
    }

    /// All volumes.
    pub(super) fn volumes(&self) -> Result<&'a [Volume], Verdict> {
        match self.fact(&Probe::Volumes)? {
            Fact::Volumes(all) => Ok(all),
            other => Err(unfit(other)),
        }
    }

    /// The volume of a name, if there is one.
    pub(super) fn volume(&self, name: &str) -> Result<Option<&'a Volume>, Verdict> {
        Ok(self.volumes()?.iter().find(|volume| volume.name == name))
    }

    /// The database as it is now; pending where its container is not there or not running, failed where the
    /// server refuses.
    pub(super) fn database(&self, container: &str, database: &str) -> Result<&'a Database, Verdict> {
        let probe = Probe::Database { container: container.to_owned(), database: database.to_owned() };
        match self.fact(&probe)? {
            Fact::Database(seen) => Ok(seen),
            Fact::Absent(why) => Err(Verdict::Pending(why.clone())),
            Fact::Refused(why) => Err(refused(container, database, why)),
            other => Err(unfit(other)),
        }
    }

    /// The known states of a database: the one seen now first, then the remembered ones, the latest first.
    /// Where it cannot be looked at now, what is remembered has to do; but a server that was started once without
    /// its data says nothing of a database that held rows at another time.
    pub(super) fn states(&self, container: &str, database: &str) -> Vec<State<'a>> {
        let now = self.database(container, database).ok().map(State::from);
        let remembered = self.memory.clusters.iter().rev();
        let remembered = remembered.filter(|seen| seen.container == container && seen.database == database);
        let remembered: Vec<State<'a>> = remembered.map(State::from).collect();
        let filled = now.iter().chain(&remembered).any(State::has_rows);
        let telling = remembered.into_iter().filter(|state| state.has_rows() || !filled);
        now.into_iter().chain(telling).collect()
    }

    /// The known states of the cluster that a container served last: a copy must hold one of them, and what the
    /// name once served from another cluster is no measure.
    pub(super) fn states_of_the_latest(&self, container: &str, database: &str) -> Vec<State<'a>> {
        let mut states = self.states(container, database);
        if let Some(cluster) = states.first().map(|latest| latest.system_identifier) {
            states.retain(|state| state.system_identifier == cluster);
        }
        states
    }
}

impl State<'_> {
    fn has_rows(&self) -> bool {
        self.tables.iter().any(|table| table.rows > 0)
    }

    /// What a copy of its data folder lacks, by path.
    pub(super) fn lacking_in(&self, folder: &DataFolder) -> Vec<String> {
        let lacks = |path: &&String| folder.files.get(*path).is_none_or(|size| *size == 0);
        folder.missing.iter().chain(self.files.iter().filter(lacks)).cloned().collect()
    }
}

/// A fact of the wrong kind: only in a file of facts that somebody wrote by hand.
pub(super) fn unfit(fact: &Fact) -> Verdict {
    match fact {
        Fact::Absent(why) => Verdict::Pending(why.clone()),
        _ => Verdict::Unseen(say!(
            "le fait enregistré n'est pas du genre attendu",
            "the recorded fact is not of the expected kind"
        )),
    }
}

fn refused(container: &str, database: &str, why: &Text) -> Verdict {
    // `pg_hba.conf` refuses somebody, and names the database besides.
    if !why.en.contains("database \"") || why.en.contains("pg_hba.conf") {
        return Verdict::failed(
            say!("une connexion à `{container}`", "a connection to `{container}`"),
            why.clone(),
        )
        .mistake("login-refused")
        .way_out(say!(
            "l'utilisateur et le mot de passe d'un volume déjà rempli sont ceux de sa création : donnez au nouveau \
             conteneur les mêmes `POSTGRES_USER` et `POSTGRES_PASSWORD`",
            "a volume that is already filled keeps the user and password it was made with: give the new container \
             the same `POSTGRES_USER` and `POSTGRES_PASSWORD`"
        ));
    }
    Verdict::failed(
        say!("la base `{database}` dans `{container}`", "database `{database}` in `{container}`"),
        why.clone(),
    )
    .mistake("database-missing")
    .way_out(say!(
        "sur un volume qui contient déjà des données, `POSTGRES_DB` et `init.sql` sont ignorés : repartez d'un \
         volume vide, ou créez la base avec `docker exec {container} createdb -U postgres {database}`",
        "on a volume that already holds data, `POSTGRES_DB` and `init.sql` are ignored: begin with an empty \
         volume, or create the database with `docker exec {container} createdb -U postgres {database}`"
    ))
}

/// A cluster's identity as evidence keeps it.
pub(super) fn cluster_ref(system_identifier: u64) -> String {
    format!("cluster {system_identifier}")
}

/// A container as evidence keeps it.
pub(super) fn container_ref(name: &str, id: &str) -> String {
    format!("container {name} {}", short(id))
}

/// A volume as evidence keeps it: by name alone, since the time of creation that engines before 23 tell is the
/// last change of its folder (`localVolume.CreatedAt` in moby's `volume/local`).
pub(super) fn volume_ref(volume: &Volume) -> String {
    format!("volume {}", volume.name)
}

/// The first twelve digits of an id, as the docker CLI shows it.
pub(super) fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}
