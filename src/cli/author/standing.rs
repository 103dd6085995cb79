//! What stands before a check and after it: the proof that looking changes nothing.

use std::collections::BTreeMap;
use std::path::Path;

use sha2::Digest;
use sha2::Sha256;

use crate::docker::Engine;
use crate::error::Result;
use crate::text::Text;
use crate::text::list;
use crate::text::say;

/// Each object and file by its name, with all that a check could change of it.
pub(super) struct Standing(BTreeMap<String, String>);

impl Standing {
    /// What stands now: the containers and volumes whose names begin so, what those containers mount, and the files of
    /// the workspace. Others may work on the same daemon.
    pub(super) async fn now(engine: &Engine, prefix: &str, workspace: &Path) -> Result<Standing> {
        let (containers, volumes) = tokio::try_join!(engine.containers(), engine.volumes())?;
        let mut all = BTreeMap::new();
        let mut held = Vec::new();
        for one in containers.into_iter().filter(|one| one.name.starts_with(prefix)) {
            held.extend(one.mounts.iter().map(|mount| mount.source.clone()));
            all.insert(
                format!("container {}", one.name),
                format!("{} {} {:?}", one.id, one.state, one.mounts),
            );
        }
        for one in volumes.into_iter().filter(|one| one.name.starts_with(prefix) || held.contains(&one.name))
        {
            all.insert(format!("volume {}", one.name), one.driver);
        }
        files(workspace, &mut all);
        Ok(Standing(all))
    }

    /// A complaint about what should not stand any more.
    pub(super) fn left_by_reset(&self) -> Option<Text> {
        let names = list(self.0.keys());
        (!self.0.is_empty()).then(|| say!("`reset` a laissé : {names}", "`reset` left: {names}"))
    }

    /// A complaint about what is not as it was.
    pub(super) fn changed_since(&self, before: &Standing) -> Option<Text> {
        let names = before.0.keys().chain(self.0.keys().filter(|name| !before.0.contains_key(*name)));
        let changed: Vec<&String> = names.filter(|name| before.0.get(*name) != self.0.get(*name)).collect();
        let names = list(&changed);
        (!changed.is_empty()).then(|| say!("le contrôle a changé : {names}", "the check changed: {names}"))
    }
}

/// Every file with its mode and content; a database's folder is left out, since its server writes there.
fn files(folder: &Path, all: &mut BTreeMap<String, String>) {
    let mut open = vec![folder.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(found) = entry.metadata() else { continue };
            let content = if found.is_file() {
                Sha256::digest(std::fs::read(&path).unwrap_or_default())
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect()
            } else {
                String::new()
            };
            all.insert(path.display().to_string(), format!("{:?} {content}", found.permissions()));
            if found.is_dir() && !path.join("PG_VERSION").exists() {
                open.push(path);
            }
        }
    }
}
