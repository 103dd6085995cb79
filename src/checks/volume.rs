//! `volume`: a named volume is there, with the right driver.

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::scene::volume_ref;
use crate::checks::verdict::Weighed;
use crate::text::say;

/// `volume: {name: postgres_data, driver: local}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VolumeCheck {
    /// The volume's name.
    pub name: String,
    /// The driver it must have, where that matters.
    #[serde(default)]
    pub driver: Option<String>,
}

impl VolumeCheck {
    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let name = &self.name;
        let Some(volume) = scene.volume(name)? else {
            return Ok(Verdict::Pending(say!(
                "le volume `{name}` n'existe pas encore",
                "volume `{name}` does not exist yet"
            )));
        };
        let found = &volume.driver;
        match &self.driver {
            Some(driver) if driver != found => Ok(Verdict::failed(
                say!("le pilote `{driver}`", "the driver `{driver}`"),
                say!("`{name}` a le pilote `{found}`", "`{name}` has the driver `{found}`"),
            )
            .mistake("wrong-driver")
            .way_out(say!(
                "supprimez-le et recréez-le : `docker volume create {name}`",
                "remove it and create it again: `docker volume create {name}`"
            ))),
            _ => Ok(Verdict::passed(
                say!(
                    "`{name}` est un volume nommé, géré par Docker (pilote `{found}`)",
                    "`{name}` is a named volume, managed by Docker (driver `{found}`)"
                ),
                [volume_ref(volume)],
            )),
        }
    }
}
