//! `gone`: a container and a folder that were there are gone.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::scene::container_ref;
use crate::checks::scene::unfit;
use crate::checks::verdict::Weighed;
use crate::text::say;
use crate::world::Fact;
use crate::world::Probe;

/// The mistakes it can name.
pub(super) const MISTAKES: &[&str] = &["bind-folder-left", "renamed-not-removed"];

/// `gone: {container: postgres_dev, folder: postgres_dev_data}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GoneCheck {
    /// The container.
    pub container: String,
    /// The folder of the workspace that it filled.
    pub folder: String,
}

impl GoneCheck {
    pub(super) fn probes(&self) -> BTreeSet<Probe> {
        BTreeSet::from([Probe::Containers, self.folder_probe()])
    }

    fn folder_probe(&self) -> Probe {
        Probe::File { path: self.folder.clone() }
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let Self { container, folder } = self;
        if scene.container(container)?.is_some() {
            return Ok(Verdict::Pending(say!("`{container}` est encore là", "`{container}` is still there")));
        }
        let Some(seen) = scene.memory.container(container) else {
            return Ok(Verdict::Pending(say!(
                "`{container}` n'a pas encore été vu",
                "`{container}` has not been seen yet"
            )));
        };
        if let Some(renamed) = scene.containers()?.find(|one| one.id == seen.id) {
            let other = &renamed.name;
            return Ok(Verdict::failed(
                say!("`{container}` supprimé", "`{container}` removed"),
                say!(
                    "`{container}` existe encore, sous le nom `{other}`",
                    "`{container}` still exists, as `{other}`"
                ),
            )
            .mistake("renamed-not-removed")
            .way_out(say!("`docker rm -f {other}`", "`docker rm -f {other}`")));
        }
        match scene.fact(&self.folder_probe())? {
            Fact::Absent(_) => Ok(Verdict::passed(
                say!(
                    "`{container}` et son dossier `{folder}` ont été supprimés",
                    "`{container}` and its folder `{folder}` were removed"
                ),
                [container_ref(container, &seen.id)],
            )),
            Fact::File(_) => Ok(Verdict::failed(
                say!("plus de dossier `{folder}`", "no folder `{folder}` any more"),
                say!(
                    "`{folder}` est encore là : supprimer un conteneur ne supprime pas un dossier de l'hôte",
                    "`{folder}` is still there: removing a container does not remove a folder of the host"
                ),
            )
            .mistake("bind-folder-left")
            .way_out(say!("`sudo rm -rf {folder}`", "`sudo rm -rf {folder}`"))),
            other => Err(unfit(other)),
        }
    }
}
