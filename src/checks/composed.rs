//! `compose_mount` and `compose_volume`: a Compose file says what it should of storage. The file alone is judged here;
//! what came of it on the daemon, the checks of live objects tell.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::mount::Source;
use crate::checks::scene::unfit;
use crate::checks::verdict::Weighed;
use crate::text::Text;
use crate::text::say;
use crate::world::Composed;
use crate::world::Fact;
use crate::world::Held;
use crate::world::MountKind;
use crate::world::Probe;

/// `compose_mount: {file: compose.yaml, service: db, target: /data, source: {volume: db_data}}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ComposeMountCheck {
    /// The Compose file, by its path below the workspace.
    pub file: String,
    /// The service.
    pub service: String,
    /// The path inside its containers.
    pub target: String,
    /// What is mounted there; a volume by its key in the file.
    pub source: Source,
    /// Whether the service may only read.
    #[serde(default)]
    pub read_only: bool,
}

/// `compose_volume: {file: compose.yaml, key: archive, options: {type: nfs}}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ComposeVolumeCheck {
    /// The Compose file, by its path below the workspace.
    pub file: String,
    /// The volume's key in the file.
    pub key: String,
    /// The options of its driver; there may be others.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
}

impl ComposeMountCheck {
    pub(super) fn probes(&self) -> BTreeSet<Probe> {
        BTreeSet::from([probe(&self.file)])
    }

    pub(super) fn mistakes(&self) -> Vec<&'static str> {
        let source = match &self.source {
            Source::Volume(_) | Source::Bind(_) => Some("compose-source"),
            Source::Tmpfs(_) => Some("compose-unlimited"),
            Source::Anonymous => None,
        };
        let writable = self.read_only.then_some("compose-writable");
        ["compose-invalid", "compose-mount-missing", "compose-kind"]
            .into_iter()
            .chain(source)
            .chain(writable)
            .collect()
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let composed = composed(scene, &self.file)?;
        let (file, service, target) = (&self.file, &self.service, &self.target);
        let Some(mounts) = composed.services.get(service) else {
            return Ok(Verdict::Pending(say!(
                "`{file}` n'a pas encore de service `{service}`",
                "`{file}` has no service `{service}` yet"
            )));
        };
        let Some(mount) = mounts.iter().find(|one| one.target.trim_end_matches('/') == target) else {
            if composed.elsewhere.contains(service) {
                return Err(Verdict::Unseen(say!(
                    "`{service}` reprend un autre service (`extends`), que docker-lab ne suit pas",
                    "`{service}` takes over another service (`extends`), which docker-lab does not follow"
                )));
            }
            let found = say!(
                "le service `{service}` ne monte rien sur `{target}`",
                "the service `{service}` mounts nothing at `{target}`"
            );
            return Ok(Verdict::failed(self.expected(), found).mistake("compose-mount-missing"));
        };
        let source = &mount.source;
        if source.contains('$') {
            return Err(Verdict::Unseen(say!(
                "`{source}` : la valeur de cette variable n'est pas dans `{file}`",
                "`{source}`: the value of this variable is not in `{file}`"
            )));
        }
        let wrong =
            self.wrong(mount, scene).or((self.read_only && mount.writable).then_some("compose-writable"));
        let (fr, en) = described(mount);
        if let Some(mistake) = wrong {
            let found =
                say!("`{service}` monte {fr} sur `{target}`", "`{service}` mounts {en} at `{target}`");
            return Ok(Verdict::failed(self.expected(), found).mistake(mistake));
        }
        let why = say!("`{service}` monte {fr} sur `{target}`", "`{service}` mounts {en} at `{target}`");
        Ok(Verdict::passed(why, [format!("file {file}")]))
    }

    fn wrong(&self, mount: &Held, scene: &Scene<'_>) -> Option<&'static str> {
        match (&self.source, mount.kind) {
            (Source::Volume(key), MountKind::Volume) => (mount.source != *key).then_some("compose-source"),
            (Source::Anonymous, MountKind::Volume) => (!mount.source.is_empty()).then_some("compose-kind"),
            (Source::Bind(path), MountKind::Bind) => {
                let whole = format!("{}/{path}", scene.memory.workspace);
                (mount.source != *path && mount.source != whole).then_some("compose-source")
            }
            (Source::Tmpfs(most), MountKind::Tmpfs) => {
                mount.limit.is_none_or(|limit| limit > *most).then_some("compose-unlimited")
            }
            _ => Some("compose-kind"),
        }
    }

    fn expected(&self) -> Text {
        let target = &self.target;
        let (fr, en) = match &self.source {
            Source::Volume(key) => (format!("le volume `{key}`"), format!("the volume `{key}`")),
            Source::Anonymous => ("un volume anonyme".to_owned(), "an anonymous volume".to_owned()),
            Source::Bind(path) => (format!("`./{path}` de l'hôte"), format!("the host's `./{path}`")),
            Source::Tmpfs(most) => {
                (format!("un tmpfs de {most} octets au plus"), format!("a tmpfs of at most {most} bytes"))
            }
        };
        let (mode_fr, mode_en) = if self.read_only { (" en lecture seule", " read-only") } else { ("", "") };
        say!("{fr} sur `{target}`{mode_fr}", "{en} at `{target}`{mode_en}")
    }
}

impl ComposeVolumeCheck {
    pub(super) fn probes(&self) -> BTreeSet<Probe> {
        BTreeSet::from([probe(&self.file)])
    }

    pub(super) fn mistakes(&self) -> Vec<&'static str> {
        let options = (!self.options.is_empty()).then_some("compose-option");
        ["compose-invalid"].into_iter().chain(options).collect()
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let composed = composed(scene, &self.file)?;
        let (file, name) = (&self.file, &self.key);
        let Some(has) = composed.volumes.get(name) else {
            return Ok(Verdict::Pending(say!(
                "`{file}` ne déclare pas encore le volume `{name}`",
                "`{file}` does not declare the volume `{name}` yet"
            )));
        };
        if let Some((key, value)) = self.options.iter().find(|(key, value)| has.get(*key) != Some(value)) {
            let found = has.get(key).map_or_else(
                || say!("`{name}` n'a pas l'option `{key}`", "`{name}` has no option `{key}`"),
                |other| {
                    say!("`{name}` a l'option `{key}: {other}`", "`{name}` has the option `{key}: {other}`")
                },
            );
            let expected = say!("l'option `{key}: {value}`", "the option `{key}: {value}`");
            return Ok(Verdict::failed(expected, found).mistake("compose-option"));
        }
        let why = say!("`{file}` déclare le volume `{name}`", "`{file}` declares the volume `{name}`");
        Ok(Verdict::passed(why, [format!("file {file}")]))
    }
}

fn probe(file: &str) -> Probe {
    Probe::Composed { path: file.to_owned() }
}

fn composed<'a>(scene: &Scene<'a>, file: &str) -> Result<&'a Composed, Verdict> {
    let composed = match scene.fact(&probe(file))? {
        Fact::Composed(composed) => composed,
        other => return Err(unfit(other)),
    };
    match &composed.fault {
        None => Ok(composed),
        Some(fault) => {
            let expected = say!("un fichier Compose lisible", "a Compose file that can be read");
            Err(Verdict::failed(expected, fault.clone()).mistake("compose-invalid"))
        }
    }
}

fn described(mount: &Held) -> (String, String) {
    let source = &mount.source;
    match mount.kind {
        MountKind::Volume if source.is_empty() => {
            ("un volume anonyme".to_owned(), "an anonymous volume".to_owned())
        }
        MountKind::Volume => (format!("le volume `{source}`"), format!("the volume `{source}`")),
        MountKind::Bind => (format!("`{source}` de l'hôte"), format!("the host's `{source}`")),
        MountKind::Tmpfs => match mount.limit {
            Some(limit) => (format!("un tmpfs de {limit} octets"), format!("a tmpfs of {limit} bytes")),
            None => ("un tmpfs sans limite".to_owned(), "a tmpfs without a limit".to_owned()),
        },
        MountKind::Other => ("autre chose".to_owned(), "something else".to_owned()),
    }
}
