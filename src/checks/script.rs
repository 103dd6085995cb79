//! `script`: a backup script, judged by what it did in a fortnight of virtual days.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::scene::unfit;
use crate::checks::verdict::Weighed;
use crate::text::Text;
use crate::text::list;
use crate::text::say;
use crate::world::Fact;
use crate::world::File;
use crate::world::Probe;
use crate::world::ScriptRun;

/// `script: {path: backup_script.sh, volume: postgres_data, keep: 7, demand: rotates}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScriptCheck {
    /// The path below the workspace.
    pub path: String,
    /// The volume it must back up.
    pub volume: String,
    /// How many archives it must keep.
    pub keep: usize,
    /// What is asked of it.
    pub demand: Demand,
}

/// What is asked of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Demand {
    /// It can be executed as it is.
    Executable,
    /// Each day it makes one archive with the day's date, from the volume mounted read-only.
    BacksUp,
    /// It keeps exactly the newest archives and touches nothing else.
    Rotates,
}

impl ScriptCheck {
    pub(super) fn probes(&self) -> BTreeSet<Probe> {
        let file = Probe::File { path: self.path.clone() };
        match self.demand {
            Demand::Executable => BTreeSet::from([file]),
            Demand::BacksUp | Demand::Rotates => BTreeSet::from([file, self.run_probe()]),
        }
    }

    fn run_probe(&self) -> Probe {
        Probe::Script { path: self.path.clone() }
    }

    pub(super) fn weigh(&self, scene: &Scene<'_>) -> Weighed {
        let path = &self.path;
        let file = match scene.fact(&Probe::File { path: path.clone() })? {
            Fact::File(file) => file,
            Fact::Absent(_) => {
                return Ok(Verdict::Pending(say!(
                    "`{path}` n'existe pas encore",
                    "`{path}` does not exist yet"
                )));
            }
            other => return Err(unfit(other)),
        };
        if self.demand == Demand::Executable {
            return self.executable(file);
        }
        let run = match scene.fact(&self.run_probe())? {
            Fact::Script(run) => run,
            other => return Err(unfit(other)),
        };
        if self.demand == Demand::BacksUp { self.backs_up(run) } else { self.rotates(run) }
    }

    fn executable(&self, file: &File) -> Weighed {
        let path = &self.path;
        let text = file.text.as_deref().unwrap_or_default();
        let expected = say!("un script que l'on peut exécuter", "a script that can be executed");
        if text.contains("\r\n") {
            return Ok(Verdict::failed(
                expected,
                say!("`{path}` a des fins de ligne Windows", "`{path}` has Windows line ends"),
            )
            .mistake("script-line-ends")
            .way_out(say!("`sed -i 's/\\r$//' {path}`", "`sed -i 's/\\r$//' {path}`")));
        }
        if !text.starts_with("#!") {
            return Ok(Verdict::failed(
                expected,
                say!("la première ligne n'est pas `#!/bin/bash`", "the first line is not `#!/bin/bash`"),
            )
            .mistake("script-no-shebang"));
        }
        if file.mode & 0o111 == 0 {
            return Ok(Verdict::failed(
                expected,
                say!("`{path}` n'est pas exécutable", "`{path}` is not executable"),
            )
            .mistake("script-not-executable")
            .way_out(Text::same(format!("`chmod +x {path}`"))));
        }
        Ok(Verdict::passed(say!("`{path}` est exécutable", "`{path}` is executable"), []))
    }

    fn backs_up(&self, run: &ScriptRun) -> Weighed {
        let (path, volume) = (&self.path, &self.volume);
        let expected = say!(
            "chaque jour une archive datée de `{volume}`, monté en lecture seule",
            "every day a dated archive of `{volume}`, mounted read-only"
        );
        let calls: Vec<&Vec<String>> = run.days.iter().flat_map(|day| &day.calls).collect();
        let source = calls.iter().find_map(|call| mount_of(call, volume));
        let Some(read_only) = source else {
            let said = run.complaint.as_deref().unwrap_or_default();
            return Ok(Verdict::failed(
                expected,
                say!("`{path}` ne monte jamais `{volume}` {said}", "`{path}` never mounts `{volume}` {said}"),
            )
            .mistake("script-no-volume"));
        };
        if !read_only {
            return Ok(Verdict::failed(
                expected,
                say!("`{volume}` est monté en écriture", "`{volume}` is mounted writable"),
            )
            .mistake("read-only-forgotten")
            .way_out(say!("ajoutez `:ro` au montage de la source", "add `:ro` to the mount of the source")));
        }
        let undated = run.days.iter().find(|day| !day.files.iter().any(|file| bears(file, &day.date)));
        if let Some(day) = undated {
            let (date, files) = (&day.date, list(day.files.iter().take(4)));
            return Ok(Verdict::failed(
                expected,
                say!(
                    "le {date}, aucun fichier de cette date : {files}",
                    "on {date}, no file of that date: {files}"
                ),
            )
            .mistake("script-not-dated"));
        }
        let days = run.days.len();
        Ok(Verdict::passed(
            say!(
                "{days} jours d'essai, {days} archives datées, source en lecture seule",
                "{days} trial days, {days} dated archives, source read-only"
            ),
            [],
        ))
    }

    fn rotates(&self, run: &ScriptRun) -> Weighed {
        let keep = self.keep;
        let expected = say!(
            "les {keep} archives les plus récentes, et elles seules",
            "the newest {keep} archives, and only they"
        );
        let Some(last) = run.days.last() else {
            return Ok(Verdict::failed(expected, say!("aucun jour d'essai", "no trial day")));
        };
        if !run.harmed.is_empty() {
            let names = list(&run.harmed);
            return Ok(Verdict::failed(
                expected,
                say!("des fichiers d'autrui ont disparu : {names}", "files of others are gone: {names}"),
            )
            .mistake("script-harms-others"));
        }
        let kept = last.files.len();
        let newest: Vec<&str> = run.days.iter().rev().take(keep).map(|day| day.date.as_str()).collect();
        let has_newest = newest.iter().all(|date| last.files.iter().any(|file| bears(file, date)));
        if kept == keep && has_newest {
            let days = run.days.len();
            return Ok(Verdict::passed(
                say!(
                    "après {days} jours restent les {kept} dernières",
                    "after {days} days the last {kept} are left"
                ),
                [],
            ));
        }
        let found = if kept == keep {
            say!("{kept} restent, mais pas les plus récentes", "{kept} are left, but not the newest")
        } else {
            say!("{kept} archives restent", "{kept} archives are left")
        };
        Ok(Verdict::failed(expected, found).mistake("script-keeps-wrong-number").way_out(say!(
            "`tail -n +8` commence à la huitième ligne : les sept premières, les plus récentes, restent",
            "`tail -n +8` begins at the eighth line: the first seven, the newest, stay"
        )))
    }
}

/// Whether a file's name bears a date, with or without dashes.
fn bears(file: &str, date: &str) -> bool {
    file.replace('-', "").contains(date)
}

/// Whether a call of `docker` mounts the volume: `Some(true)` where read-only, `Some(false)` where writable.
fn mount_of(call: &[String], volume: &str) -> Option<bool> {
    let short = |arg: &str| {
        let mut parts = arg.trim_start_matches("--volume=").trim_start_matches("-v").trim_start().split(':');
        (parts.next() == Some(volume))
            .then(|| parts.nth(1).is_some_and(|mode| mode.split(',').any(|m| m == "ro")))
    };
    let long = |arg: &str| {
        let fields: Vec<&str> = arg.trim_start_matches("--mount=").split(',').collect();
        let is_source =
            |field: &&str| matches!(field.split_once('='), Some(("source" | "src", name)) if name == volume);
        let is_read_only = |field: &&str| {
            matches!(field.split_once('=').unwrap_or((field, "true")), ("readonly" | "ro", "true" | "1"))
        };
        fields.iter().any(is_source).then(|| fields.iter().any(is_read_only))
    };
    call.iter().find_map(|arg| short(arg).or_else(|| long(arg)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(arg: &str) -> Option<bool> {
        mount_of(&["run".to_owned(), arg.to_owned()], "data")
    }

    #[test]
    fn both_ways_to_mount_are_read() {
        assert_eq!(mount("data:/data:ro"), Some(true));
        assert_eq!(mount("data:/data"), Some(false));
        assert_eq!(mount("-vdata:/data:ro"), Some(true));
        assert_eq!(mount("--volume=data:/data:ro,z"), Some(true));
        assert_eq!(mount("type=volume,source=data,target=/d,readonly"), Some(true));
        assert_eq!(mount("--mount=type=volume,src=data,dst=/d"), Some(false));
        assert_eq!(mount("other:/data:ro"), None);
    }
}
