//! `removed`: a container or a volume that was there is gone; what became of the container's anonymous volumes can be
//! asked as well.

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::scene::container_ref;
use crate::checks::scene::short;
use crate::checks::verdict::Weighed;
use crate::text::list;
use crate::text::say;
use crate::world::SeenContainer;

/// `removed: {container: {name: store_three, anonymous: removed}}`, `removed: {volume: store_data}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RemovedCheck {
    /// A container.
    Container(RemovedContainer),
    /// A volume, by its name.
    Volume(String),
    /// The anonymous volumes of a container, by its name.
    AnonymousOf(String),
}

/// A container that is gone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemovedContainer {
    /// Its name.
    pub name: String,
    /// What became of its anonymous volumes, where that matters.
    #[serde(default)]
    pub anonymous: Option<Fate>,
}

/// What becomes of a volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fate {
    /// It is still there.
    Left,
    /// It is gone as well.
    Removed,
}

impl RemovedCheck {
    pub(super) fn mistakes(&self) -> Vec<&'static str> {
        match self {
            RemovedCheck::Container(container) => match container.anonymous {
                Some(Fate::Left) => vec!["anonymous-gone"],
                Some(Fate::Removed) => vec!["anonymous-left"],
                None => Vec::new(),
            },
            RemovedCheck::Volume(_) | RemovedCheck::AnonymousOf(_) => Vec::new(),
        }
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        match self {
            RemovedCheck::Container(container) => container.weigh(scene),
            RemovedCheck::Volume(name) => volume(name, scene),
            RemovedCheck::AnonymousOf(name) => anonymous(name, scene),
        }
    }
}

fn volume(name: &str, scene: &Scene<'_>) -> Weighed {
    if scene.volume(name)?.is_some() {
        return Ok(Verdict::Pending(say!("`{name}` est encore là", "`{name}` is still there")));
    }
    if !scene.memory.volumes.iter().any(|seen| seen == name) {
        return Ok(Verdict::Pending(say!(
            "`{name}` n'a pas encore été vu",
            "`{name}` has not been seen yet"
        )));
    }
    let why = say!("le volume `{name}` a été supprimé", "the volume `{name}` was removed");
    Ok(Verdict::passed(why, [format!("volume {name}")]))
}

fn anonymous(container: &str, scene: &Scene<'_>) -> Weighed {
    let Some(seen) = scene.memory.container(container).filter(|seen| !seen.anonymous.is_empty()) else {
        return Ok(Verdict::Pending(say!(
            "aucun volume anonyme de `{container}` n'a encore été vu",
            "no anonymous volume of `{container}` has been seen yet"
        )));
    };
    let names = list(seen.anonymous.iter().map(|one| short(one)));
    if seen.anonymous.iter().any(|one| scene.volume(one).is_ok_and(|found| found.is_some())) {
        return Ok(Verdict::Pending(say!("{names} est encore là", "{names} is still there")));
    }
    let why = say!("le volume anonyme {names} a disparu", "the anonymous volume {names} is gone");
    Ok(Verdict::passed(why, seen.anonymous.iter().map(|one| format!("volume {one}"))))
}

/// What proves that an anonymous volume stayed after its container.
fn stayed(volume: &str) -> String {
    format!("stayed {volume}")
}

impl RemovedContainer {
    fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let name = &self.name;
        let Some(seen) = self.latest(scene) else {
            return Ok(Verdict::Pending(say!(
                "`{name}` n'a pas encore été vu",
                "`{name}` has not been seen yet"
            )));
        };
        // By its id: one that was renamed is still there.
        if scene.containers()?.any(|one| one.id == seen.id || one.name == *name) {
            return Ok(Verdict::Pending(say!("`{name}` est encore là", "`{name}` is still there")));
        }
        let volumes = scene.volumes()?;
        let left: Vec<&String> =
            seen.anonymous.iter().filter(|one| volumes.iter().any(|volume| volume.name == **one)).collect();
        if let Some(failure) = self.fate(scene, seen, &left) {
            return Ok(failure);
        }
        let why = match self.anonymous {
            None => say!("`{name}` a été supprimé", "`{name}` was removed"),
            Some(Fate::Removed) => say!(
                "`{name}` a été supprimé, et son volume anonyme avec lui",
                "`{name}` was removed, and its anonymous volume with it"
            ),
            Some(Fate::Left) => {
                let names = list(left.iter().map(|one| short(one)));
                say!(
                    "`{name}` a été supprimé, son volume anonyme est resté : {names}",
                    "`{name}` was removed, its anonymous volume stayed: {names}"
                )
            }
        };
        let left = left.into_iter().map(|one| stayed(one));
        Ok(Verdict::passed(why, std::iter::once(container_ref(name, &seen.id)).chain(left)))
    }

    /// The last container of the name that was seen; where the fate of an anonymous volume is asked for, the last one
    /// that had one.
    fn latest<'a>(&self, scene: &Scene<'a>) -> Option<&'a SeenContainer> {
        let fits = |seen: &&SeenContainer| self.anonymous.is_none() || !seen.anonymous.is_empty();
        scene.memory.containers.iter().rev().filter(|seen| seen.name == self.name).find(fits)
    }

    /// The anonymous volumes are not where they should be.
    fn fate(&self, scene: &Scene<'_>, seen: &SeenContainer, left: &[&String]) -> Option<Verdict> {
        let name = &self.name;
        match self.anonymous {
            Some(Fate::Removed) if !left.is_empty() => {
                let names = list(left.iter().map(|one| short(one)));
                let whole: Vec<&str> = left.iter().map(|one| one.as_str()).collect();
                let whole = whole.join(" ");
                let expected = say!(
                    "`{name}` et son volume anonyme supprimés",
                    "`{name}` and its anonymous volume removed"
                );
                let found =
                    say!("le volume anonyme {names} est resté", "the anonymous volume {names} stayed");
                let way = say!("`docker volume rm {whole}`", "`docker volume rm {whole}`");
                Some(Verdict::failed(expected, found).mistake("anonymous-left").way_out(way))
            }
            // It may have been removed since, by its name or by `prune`.
            Some(Fate::Left) if left.is_empty() && stayed_once(scene, seen) => Some(Verdict::Pending(say!(
                "le volume anonyme a été supprimé depuis",
                "the anonymous volume was removed since"
            ))),
            Some(Fate::Left) if left.is_empty() && !seen.anonymous.is_empty() => {
                let expected = say!(
                    "le volume anonyme de `{name}` encore là",
                    "the anonymous volume of `{name}` still there"
                );
                let found = say!("il est parti avec le conteneur", "it went with the container");
                let way = say!(
                    "relancez `{name}`, faites un `docker-lab check`, puis `docker rm` sans `-v`",
                    "run `{name}` again, do a `docker-lab check`, then `docker rm` without `-v`"
                );
                Some(Verdict::failed(expected, found).mistake("anonymous-gone").way_out(way))
            }
            _ => None,
        }
    }
}

/// Whether one of its anonymous volumes was seen after it, or somebody pruned.
fn stayed_once(scene: &Scene<'_>, seen: &SeenContainer) -> bool {
    let proofs = || scene.memory.evidence.values().flat_map(|one| &one.objects);
    !scene.memory.prunes.is_empty()
        || seen.anonymous.iter().any(|one| proofs().any(|proof| *proof == stayed(one)))
}
