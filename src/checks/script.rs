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
        self.could_be_tried(run)?;
        self.mounts_read_only(run)?;
        let (path, volume) = (&self.path, &self.volume);
        let expected = say!(
            "chaque jour une archive datée et entière de `{volume}`",
            "every day a whole, dated archive of `{volume}`"
        );
        if let Some(day) = run.days.iter().find(|day| day.exit != 0) {
            let (date, exit, said) = (&day.date, day.exit, run.complaint.as_deref().unwrap_or_default());
            return Ok(Verdict::failed(
                expected,
                say!(
                    "le {date}, `{path}` a fini avec le code {exit} {said}",
                    "on {date}, `{path}` ended with code {exit} {said}"
                ),
            )
            .mistake("script-fails"));
        }
        if let Some(day) = run.days.iter().find(|day| !day.files.iter().any(|file| bears(file, &day.date))) {
            let (date, files) = (&day.date, list(day.files.iter().take(4)));
            let files = if files.is_empty() { "∅".to_owned() } else { files };
            return Ok(Verdict::failed(
                expected,
                say!(
                    "le {date}, aucun fichier de cette date : {files}",
                    "on {date}, no file of that date: {files}"
                ),
            )
            .mistake("script-not-dated"));
        }
        if let Some(day) = run.days.iter().find(|day| !day.good.iter().any(|file| bears(file, &day.date))) {
            let date = &day.date;
            return Ok(Verdict::failed(
                expected,
                say!(
                    "l'archive du {date} ne contient pas tout le volume, ou n'est pas un tar compressé par gzip",
                    "the archive of {date} does not hold the whole volume, or is no tar compressed with gzip"
                ),
            )
            .mistake("script-archive-incomplete")
            .way_out(say!("`tar czf … -C /data .` prend tout", "`tar czf … -C /data .` takes everything")));
        }
        let days = run.days.len();
        Ok(Verdict::passed(
            say!(
                "{days} jours d'essai, {days} archives datées et entières, source en lecture seule",
                "{days} trial days, {days} dated and whole archives, source read-only"
            ),
            [],
        ))
    }

    /// The trial has busybox's tools: what they do not understand says nothing about the script.
    fn could_be_tried(&self, run: &ScriptRun) -> Result<(), Verdict> {
        let said = run.complaint.as_deref().unwrap_or_default();
        let unknown = ["unrecognized option", "invalid option", "unrecognized:", "invalid date", "not found"];
        if !unknown.iter().any(|words| said.contains(words)) {
            return Ok(());
        }
        let path = &self.path;
        Err(Verdict::Unseen(say!(
            "`{path}` emploie une commande que l'essai n'a pas : {said}",
            "`{path}` uses a command that the trial does not have: {said}"
        )))
    }

    fn mounts_read_only(&self, run: &ScriptRun) -> Result<(), Verdict> {
        let (path, volume) = (&self.path, &self.volume);
        let expected = say!("`{volume}` monté en lecture seule", "`{volume}` mounted read-only");
        let calls = || run.days.iter().flat_map(|day| &day.calls);
        if let Some(call) = calls().find(|call| destroys(call)) {
            let words = call.join(" ");
            return Err(Verdict::failed(
                expected,
                say!("`{path}` lance `docker {words}`", "`{path}` runs `docker {words}`"),
            )
            .mistake("script-destroys"));
        }
        let mounts: Vec<bool> = calls().flat_map(|call| mounts_of(call, volume)).collect();
        if mounts.is_empty() {
            return Err(Verdict::failed(
                expected,
                say!("`{path}` ne monte jamais `{volume}`", "`{path}` never mounts `{volume}`"),
            )
            .mistake("script-no-volume"));
        }
        if mounts.iter().all(|read_only| *read_only) {
            return Ok(());
        }
        Err(Verdict::failed(
            expected,
            say!("`{volume}` est monté en écriture", "`{volume}` is mounted writable"),
        )
        .mistake("read-only-forgotten")
        .way_out(say!("ajoutez `:ro` au montage de la source", "add `:ro` to the mount of the source")))
    }

    fn rotates(&self, run: &ScriptRun) -> Weighed {
        self.could_be_tried(run)?;
        let keep = self.keep;
        let expected = say!(
            "les {keep} archives les plus récentes, et elles seules",
            "the newest {keep} archives, and only they"
        );
        let last = run.days.last().filter(|day| !day.good.is_empty());
        let Some(last) = last else {
            return Ok(Verdict::failed(
                expected,
                say!("l'essai n'a laissé aucune archive", "the trial left no archive"),
            )
            .mistake("script-no-archive"));
        };
        if !run.harmed.is_empty() {
            let names = list(&run.harmed);
            return Ok(Verdict::failed(
                expected,
                say!("des fichiers d'autrui ont disparu : {names}", "files of others are gone: {names}"),
            )
            .mistake("script-harms-others"));
        }
        // What else a script writes beside its archives, such as a log or checksums, is its own affair.
        let kept = last.good.len();
        let newest: Vec<&str> = run.days.iter().rev().take(keep).map(|day| day.date.as_str()).collect();
        let has_newest = newest.iter().all(|date| last.good.iter().any(|file| bears(file, date)));
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

/// Whether a call of `docker` removes volumes or other containers.
fn destroys(call: &[String]) -> bool {
    let words: Vec<&str> =
        call.iter().map(String::as_str).filter(|word| !word.starts_with('-')).take(2).collect();
    matches!(
        words.as_slice(),
        ["volume" | "system" | "container", "rm" | "prune"] | ["rm", ..] | ["volume", "remove"]
    )
}

/// How a `docker run` mounts the volume: for each mount of it, whether read-only.
fn mounts_of(call: &[String], volume: &str) -> Vec<bool> {
    let words: Vec<&str> = call.iter().map(String::as_str).collect();
    let (["container", "run", words @ ..] | ["run", words @ ..]) = words.as_slice() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let next = words.get(index + 1).copied().unwrap_or_default();
        found.extend(match *word {
            "-v" | "--volume" => short_mount(next, volume),
            "--mount" => long_mount(next, volume),
            word if word.starts_with("--volume=") => short_mount(&word["--volume=".len()..], volume),
            word if word.starts_with("--mount=") => long_mount(&word["--mount=".len()..], volume),
            word if word.starts_with("-v") => short_mount(&word["-v".len()..], volume),
            _ => None,
        });
    }
    found
}

/// `SOURCE:TARGET[:OPTIONS]`
fn short_mount(text: &str, volume: &str) -> Option<bool> {
    let mut parts = text.split(':');
    let is_ours = parts.next() == Some(volume);
    is_ours.then(|| parts.nth(1).is_some_and(|options| options.split(',').any(|option| option == "ro")))
}

/// `type=volume,source=SOURCE,target=TARGET[,readonly]`
fn long_mount(text: &str, volume: &str) -> Option<bool> {
    let fields: Vec<(&str, &str)> =
        text.split(',').map(|field| field.split_once('=').unwrap_or((field, "true"))).collect();
    let is_ours = fields.iter().any(|(key, value)| matches!(*key, "source" | "src") && *value == volume);
    let read_only = |(key, value): &(&str, &str)| matches!((*key, *value), ("readonly" | "ro", "true" | "1"));
    is_ours.then(|| fields.iter().any(read_only))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(args: &[&str]) -> Vec<bool> {
        let call: Vec<String> = ["run"].iter().chain(args).map(|&arg| arg.to_owned()).collect();
        mounts_of(&call, "data")
    }

    #[test]
    fn all_ways_to_mount_are_read() {
        assert_eq!(mount(&["-v", "data:/data:ro"]), [true]);
        assert_eq!(mount(&["-v", "data:/data"]), [false]);
        assert_eq!(mount(&["-vdata:/data:ro"]), [true]);
        assert_eq!(mount(&["--volume=data:/data:ro,z"]), [true]);
        assert_eq!(mount(&["--mount", "type=volume,source=data,target=/d,readonly"]), [true]);
        assert_eq!(mount(&["--mount=type=volume,src=data,dst=/d"]), [false]);
        assert_eq!(mount(&["-v", "other:/data:ro", "alpine", "data:/data"]), [false; 0]);
        assert_eq!(mount(&["-v", "data:/a:ro", "-v", "data:/b"]), [true, false]);
    }

    #[test]
    fn other_calls_mount_nothing_and_some_destroy() {
        let call = |words: &str| words.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(mounts_of(&call("volume inspect data"), "data"), [false; 0]);
        assert!(
            destroys(&call("volume rm data"))
                && destroys(&call("system prune -af"))
                && destroys(&call("rm -f x"))
        );
        assert!(!destroys(&call("run --rm alpine")) && !destroys(&call("volume ls")));
    }
}
