//! `volume`: a named volume is there, with the right driver, labels and options.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::mounts::is_near;
use crate::checks::scene::volume_ref;
use crate::checks::verdict::Weighed;
use crate::text::say;
use crate::world::Volume;

/// The mistakes it can name, whatever is asked.
const MISTAKES: [&str; 2] = ["volume-misspelt", "volume-not-local"];

/// `volume: {name: postgres_data, driver: local}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VolumeCheck {
    /// The volume's name.
    pub name: String,
    /// The driver it must have, where that matters.
    #[serde(default)]
    pub driver: Option<String>,
    /// The labels it must carry; it may have others.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// The options its driver must have been given; there may be others.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
}

impl VolumeCheck {
    pub(super) fn mistakes(&self) -> Vec<&'static str> {
        let labels = (!self.labels.is_empty()).then_some("volume-label");
        let options = (!self.options.is_empty()).then_some("volume-option");
        MISTAKES.into_iter().chain(labels).chain(options).collect()
    }

    /// The first label or option that is missing or another.
    fn lacking(&self, volume: &Volume) -> Option<Verdict> {
        let name = &self.name;
        let kinds = [
            (&self.labels, &volume.labels, "volume-label", "--label", ("l'étiquette", "the label")),
            (&self.options, &volume.options, "volume-option", "--opt", ("l'option", "the option")),
        ];
        kinds.into_iter().find_map(|(wanted, has, mistake, flag, (fr, en))| {
            let (key, value) = wanted.iter().find(|(key, value)| has.get(*key) != Some(value))?;
            let found = has.get(key).map_or_else(
                || say!("`{name}` n'a pas {fr} `{key}`", "`{name}` has not {en} `{key}`"),
                |other| say!("`{name}` a {fr} `{key}={other}`", "`{name}` has {en} `{key}={other}`"),
            );
            Some(Verdict::failed(say!("{fr} `{key}={value}`", "{en} `{key}={value}`"), found).mistake(mistake).way_out(
                say!(
                    "cela se donne à la création : `docker volume rm {name}`, puis `docker volume create {flag} \
                     {key}={value} {name}`",
                    "that is given at creation: `docker volume rm {name}`, then `docker volume create {flag} \
                     {key}={value} {name}`"
                ),
            ))
        })
    }

    /// A new volume that is nearly called so.
    fn misspelt(&self, scene: &Scene<'_>) -> Result<Option<Verdict>, Verdict> {
        let name = &self.name;
        let before = &scene.memory.baseline.volumes;
        let near = scene.volumes()?.iter().find(|one| {
            // A classmate's volume differs in its prefix alone.
            one.name.starts_with(scene.prefix)
                && !one.name.ends_with(name.as_str())
                && is_near(&one.name, name)
                && !before.contains(&one.name)
                && !scene.resources.has_volume(&one.name)
        });
        // Once the lab's own volume was there, another name is nothing to this check.
        if scene.memory.volumes.contains(name) {
            return Ok(None);
        }
        Ok(near.map(|one| {
            let other = &one.name;
            Verdict::failed(
                say!("un volume nommé `{name}`", "a volume named `{name}`"),
                say!("le volume s'appelle `{other}`", "the volume is called `{other}`"),
            )
            .mistake("volume-misspelt")
            .way_out(say!(
                "un volume ne se renomme pas : `docker volume rm {other}`, puis `docker volume create {name}`",
                "a volume cannot be renamed: `docker volume rm {other}`, then `docker volume create {name}`"
            ))
        }))
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let name = &self.name;
        let Some(volume) = scene.volume(name)? else {
            if let Some(other) = self.misspelt(scene)? {
                return Ok(other);
            }
            return Ok(Verdict::Pending(say!(
                "le volume `{name}` n'existe pas encore",
                "volume `{name}` does not exist yet"
            )));
        };
        let found = &volume.driver;
        if volume.in_memory && !self.options.contains_key("type") {
            return Ok(Verdict::failed(
                say!("un volume sur disque", "a volume on disk"),
                say!("`{name}` est un tmpfs", "`{name}` is a tmpfs"),
            )
            .mistake("volume-not-local"));
        }
        if let Some(lacking) = self.lacking(volume) {
            return Ok(lacking);
        }
        match &self.driver {
            Some(driver) if driver != found => Ok(Verdict::failed(
                say!("le pilote `{driver}`", "the driver `{driver}`"),
                say!("`{name}` a le pilote `{found}`", "`{name}` has the driver `{found}`"),
            )
            .mistake("volume-not-local")
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
