//! `plugin`: puts the program where the docker CLI finds it as `docker lab`, and takes it away again.

mod config;
mod hooks;
mod place;
mod socket;

use std::path::Path;
use std::path::PathBuf;

use serde::Deserialize;
use serde::Serialize;
use serde_json::json;

use crate::cli::args::PluginAction;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::plugin::config::Config;
use crate::cli::plugin::hooks::Before;
use crate::cli::plugin::hooks::NoObject;
use crate::cli::plugin::place::Found;
use crate::cli::ui::Ui;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::text::Lang;
use crate::text::Text;
use crate::text::say;

pub(super) use socket::closed;

/// The word by which the docker CLI asks a plugin who it is.
pub(super) const METADATA: &str = "docker-cli-plugin-metadata";

/// Whose plugin it is.
const VENDOR: &str = "docker-lab";

/// What the docker CLI wants to know of a plugin.
pub(super) fn metadata(lang: Lang) -> String {
    let about =
        say!("Travaux pratiques Docker, vérifiés sur votre machine", "Docker labs, checked on your machine");
    let answer = json!({
        "SchemaVersion": "0.1.0", "Vendor": VENDOR, "Version": env!("CARGO_PKG_VERSION"),
        "ShortDescription": about.get(lang),
    });
    format!("{answer}\n")
}

/// What `install` did, so that `remove` takes back exactly that.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Record {
    /// The file in the plugin folder: which of several configurations it is.
    file: PathBuf,
    /// Whether `install` put it there.
    placed: bool,
    /// The folders that were made for it, the deepest first.
    folders: Vec<PathBuf>,
    /// What stood in the places of `config.json` that were written to.
    before: Vec<Before>,
    /// Whether `config.json` was made for them.
    made_config: bool,
}

/// Where things are, for one configuration of the docker CLI.
struct Plugin<'a> {
    folder: &'a Path,
    file: PathBuf,
    program: PathBuf,
    records: PathBuf,
    ui: &'a Ui,
}

/// Runs one of the three.
pub(crate) async fn plugin(action: &PluginAction, env: &Env, ui: &Ui) -> Result<Exit> {
    let program = env::program().map_err(|error| {
        Error::environment(say!(
            "le système ne dit pas où est ce programme",
            "the system does not tell where this program is"
        ))
        .because(error)
    })?;
    let file = env.here.join(place::file(&env.docker.config));
    let plugin =
        Plugin { folder: &env.docker.config, file, program, records: env.home.join("plugin.json"), ui };
    match action {
        PluginAction::Install { hooks } => plugin.install(*hooks).await,
        PluginAction::Status => plugin.status().await,
        PluginAction::Remove => plugin.remove().await,
    }
}

impl Plugin<'_> {
    async fn install(&self, hooks: bool) -> Result<Exit> {
        // A configuration that is not valid is told before anything is done.
        let mut config = Config::read(self.folder)?;
        let found = place::look(&self.file, &self.program).await;
        if found == Found::Foreign {
            return Err(self.foreign());
        }
        let mut records = self.records();
        let mut record = take(&mut records, &self.file);
        if hooks {
            record.made_config |= !config.exists();
            record.before = hooks::put(&mut config.root, &record.before).map_err(|NoObject(key)| {
                config::invalid(&config.path)
                    .detail(say!("`{key}` n'y est pas un objet", "`{key}` is no object there"))
            })?;
        }
        if found != Found::This {
            record.folders.extend(place::missing_folders(&self.file));
            record.placed = true;
            place::put(&self.file, &self.program).map_err(|error| self.unwritten(&error))?;
        }
        if record.placed || hooks {
            record.file.clone_from(&self.file);
            records.push(record);
            self.keep(&records)?;
        }
        if hooks {
            config.write()?;
        }
        self.tell(found, hooks::are_on(&config.root))?;
        Ok(Exit::Done)
    }

    async fn status(&self) -> Result<Exit> {
        let config = Config::read(self.folder)?;
        let found = place::look(&self.file, &self.program).await;
        self.tell(found, hooks::are_on(&config.root))?;
        Ok(if matches!(found, Found::This | Found::Other) { Exit::Done } else { Exit::NotYet })
    }

    async fn remove(&self) -> Result<Exit> {
        let mut config = Config::read(self.folder)?;
        let found = place::look(&self.file, &self.program).await;
        let mut records = self.records();
        let record = take(&mut records, &self.file);
        let was_on = hooks::are_on(&config.root);
        let unknown = record.before.is_empty();
        hooks::take_back(&mut config.root, &if unknown { hooks::without_record() } else { record.before });
        if record.made_config && config.root.is_empty() {
            std::fs::remove_file(&config.path).map_err(|error| self.unwritten(&error))?;
        } else if config.exists() {
            config.write()?;
        }
        let shown = self.file.display();
        let ours = self.file.is_symlink() || record.placed;
        let told = match found {
            Found::Nothing => say!("`{shown}` n'était pas là.", "`{shown}` was not there."),
            Found::Foreign => {
                say!(
                    "`{shown}` appartient à un autre programme : gardé.",
                    "`{shown}` belongs to another program: kept."
                )
            }
            Found::This | Found::Other if !ours => say!(
                "`{shown}` n'a pas été mis là par `plugin install` : gardé.",
                "`{shown}` was not put there by `plugin install`: kept."
            ),
            Found::This | Found::Other => {
                std::fs::remove_file(&self.file).map_err(|error| self.unwritten(&error))?;
                say!("`{shown}` est retiré.", "`{shown}` is removed.")
            }
        };
        for folder in &record.folders {
            // Only what is empty goes.
            let _ = std::fs::remove_dir(folder);
        }
        self.keep(&records)?;
        let mut lines = vec![told];
        if was_on {
            lines.push(self.hooks_are_off(unknown));
        }
        self.print(&lines)?;
        Ok(Exit::Done)
    }

    fn hooks_are_off(&self, unknown: bool) -> Text {
        let config = self.folder.join("config.json");
        let config = config.display();
        if unknown {
            return say!(
                "Nos lignes dans `{config}` sont retirées ; `features.hooks` y reste, faute de savoir qui l'a écrit.",
                "Our lines in `{config}` are removed; `features.hooks` stays, since nobody knows who wrote it."
            );
        }
        say!("Nos lignes dans `{config}` sont retirées.", "Our lines in `{config}` are removed.")
    }

    fn tell(&self, before: Found, hooks: bool) -> Result<()> {
        let shown = self.file.display();
        let state = match before {
            Found::Foreign => {
                say!("`{shown}` appartient à un autre programme.", "`{shown}` belongs to another program.")
            }
            _ if self.file.symlink_metadata().is_ok() => {
                say!("`docker lab` est en place : `{shown}`.", "`docker lab` is in place: `{shown}`.")
            }
            _ => say!(
                "`docker lab` n'est pas en place : `docker-lab plugin install` le met dans `{shown}`.",
                "`docker lab` is not in place: `docker-lab plugin install` puts it at `{shown}`."
            ),
        };
        let config = self.folder.join("config.json");
        let config = config.display();
        let after = if hooks {
            say!(
                "Après vos commandes, docker montrera ce qu'elles ont accompli (`{config}`).",
                "After your commands, docker will show what they achieved (`{config}`)."
            )
        } else {
            say!(
                "Pour que docker montre aussi, après vos commandes, ce qu'elles ont accompli : \
                 `docker-lab plugin install --hooks`.",
                "To have docker also show, after your commands, what they achieved: \
                 `docker-lab plugin install --hooks`."
            )
        };
        self.print(&[state, after])
    }

    fn print(&self, lines: &[Text]) -> Result<()> {
        let shown: String = lines.iter().map(|line| self.ui.page.paragraph("", &self.ui.say(line))).collect();
        self.ui.data(&shown)
    }

    /// What was noted; nothing where the notes cannot be read: then only what is provably ours is taken back.
    fn records(&self) -> Vec<Record> {
        let text = std::fs::read_to_string(&self.records).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    fn keep(&self, records: &[Record]) -> Result<()> {
        if records.is_empty() {
            let _ = std::fs::remove_file(&self.records);
            return Ok(());
        }
        let text = serde_json::to_string_pretty(records)
            .map_err(|error| self.unwritten(&std::io::Error::other(error)))?;
        if let Some(folder) = self.records.parent() {
            std::fs::create_dir_all(folder).map_err(|error| self.unwritten(&error))?;
        }
        config::replace(&self.records, &(text + "\n"))
    }

    fn foreign(&self) -> Error {
        let shown = self.file.display();
        Error::environment(say!(
            "`{shown}` appartient à un autre programme : il est resté tel quel",
            "`{shown}` belongs to another program: it is as it was"
        ))
        .hint(say!(
            "mettez-le de côté (`mv {shown} {shown}.old`), puis recommencez",
            "put it aside (`mv {shown} {shown}.old`), then try again"
        ))
    }

    fn unwritten(&self, error: &std::io::Error) -> Error {
        let shown = self.file.display();
        Error::environment(say!(
            "le plugin `{shown}` n'a pas pu être mis en place ou retiré",
            "the plugin `{shown}` could not be put in place or removed"
        ))
        .because(error)
    }
}

/// The record of a file, taken out of the others; an empty one where there is none.
fn take(records: &mut Vec<Record>, file: &Path) -> Record {
    let at = records.iter().position(|record| record.file == file);
    at.map_or_else(Record::default, |at| records.swap_remove(at))
}
