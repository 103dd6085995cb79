//! `script`: a backup script, judged by what it did in a fortnight of virtual days.

mod calls;
mod cron;
mod executable;

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checks::Scene;
use crate::checks::Verdict;
use crate::checks::dates::dates_in;
use crate::checks::scene::unfit;
use crate::checks::script::calls::asks_for_terminal;
use crate::checks::script::calls::destroying;
use crate::checks::script::calls::mounts_of;
use crate::checks::verdict::Weighed;
use crate::checks::verdict::all_of;
use crate::text::Text;
use crate::text::list;
use crate::text::say;
use crate::world::Fact;
use crate::world::Probe;
use crate::world::ScriptDay;
use crate::world::ScriptRun;

/// `script: {path: backup_script.sh, volume: postgres_data, keep: 7, demand: rotates}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
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

    /// The mistakes it can name.
    pub(super) fn mistakes(&self) -> Vec<&'static str> {
        match self.demand {
            Demand::Executable => {
                vec!["script-line-ends", "script-no-shebang", "script-not-executable", "script-wrong-shebang"]
            }
            Demand::BacksUp => vec![
                "script-line-ends",
                "script-wrong-shebang",
                "script-keeps-oldest",
                "read-only-forgotten",
                "script-archive-incomplete",
                "script-cron-line",
                "script-destroys",
                "script-fails",
                "script-needs-terminal",
                "script-never-ends",
                "script-no-volume",
                "script-not-compressed",
                "script-not-dated",
            ],
            Demand::Rotates => vec![
                "script-line-ends",
                "script-wrong-shebang",
                "script-harms-others",
                "script-keeps-all",
                "script-keeps-fewer",
                "script-keeps-more",
                "script-keeps-oldest",
                "script-no-archive",
                "script-splits-names",
            ],
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
            return executable::weigh(path, file);
        }
        executable::can_be_read(path, file.text.as_deref().unwrap_or_default())?;
        let run = match scene.fact(&self.run_probe())? {
            Fact::Script(run) => run,
            other => return Err(unfit(other)),
        };
        let text = file.text.as_deref().unwrap_or_default();
        if self.demand == Demand::BacksUp { self.backs_up(run, text) } else { self.rotates(run) }
    }

    fn backs_up(&self, run: &ScriptRun, text: &str) -> Weighed {
        self.could_be_tried(run)?;
        all_of([self.without_terminal(run), self.cron(text), self.mounts_read_only(run)])?;
        let (path, volume) = (&self.path, &self.volume);
        let expected = say!(
            "chaque jour une archive datée et entière de `{volume}`",
            "every day a whole, dated archive of `{volume}`"
        );
        if let Some(day) = run.days.iter().find(|day| day.was_stopped()) {
            let date = &day.date;
            return Ok(Verdict::failed(
                expected,
                say!("le {date}, `{path}` ne s'est pas terminé", "on {date}, `{path}` did not end"),
            )
            .mistake("script-never-ends"));
        }
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
        // A name that bore its date on the first day, and is gone on a later one, was deleted.
        let once_dated =
            run.days.first().is_some_and(|day| day.files.iter().any(|file| bears(file, &day.date)));
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
            .mistake(if once_dated { "script-keeps-oldest" } else { "script-not-dated" }));
        }
        self.whole(run, expected)?;
        let days = run.days.len();
        Ok(Verdict::passed(
            say!(
                "{days} jours d'essai, {days} archives datées et entières, source en lecture seule",
                "{days} trial days, {days} dated and whole archives, source read-only"
            ),
            [],
        ))
    }

    /// Each day's archive must be compressed, and hold all of the volume.
    fn whole(&self, run: &ScriptRun, expected: Text) -> Result<(), Verdict> {
        let lacks = |day: &&ScriptDay| !day.good.iter().any(|file| bears(file, &day.date));
        let Some(day) = run.days.iter().find(lacks) else { return Ok(()) };
        let date = &day.date;
        let named_gzip = day.files.iter().any(|file| bears(file, date) && file.ends_with("gz"));
        if !named_gzip {
            return Err(Verdict::failed(
                expected,
                say!("l'archive du {date} n'est pas compressée", "the archive of {date} is not compressed"),
            )
            .mistake("script-not-compressed")
            .way_out(say!("`tar czf …tar.gz` : `z` compresse", "`tar czf …tar.gz`: `z` compresses")));
        }
        Err(Verdict::failed(
            expected,
            say!(
                "l'archive du {date} ne contient pas tout le volume, ou n'est pas un tar compressé par gzip",
                "the archive of {date} does not hold the whole volume, or is no tar compressed with gzip"
            ),
        )
        .mistake("script-archive-incomplete")
        .way_out(say!("`tar czf … -C /data .` prend tout", "`tar czf … -C /data .` takes everything")))
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

    /// Cron gives no terminal: the real docker command refuses one.
    fn without_terminal(&self, run: &ScriptRun) -> Result<(), Verdict> {
        let path = &self.path;
        let asks = |call: &&Vec<String>| asks_for_terminal(call);
        let Some(call) = run.days.iter().flat_map(|day| &day.calls).find(asks) else { return Ok(()) };
        let words = call.iter().take(3).cloned().collect::<Vec<_>>().join(" ");
        Err(Verdict::failed(
            say!("une commande qui marche sans terminal", "a command that works without a terminal"),
            say!("`{path}` lance `docker {words} …`", "`{path}` runs `docker {words} …`"),
        )
        .mistake("script-needs-terminal")
        .way_out(say!("retirez `-t` et `-i`", "take `-t` and `-i` out")))
    }

    /// A line for cron, where the script holds one, must be one that cron takes.
    fn cron(&self, text: &str) -> Result<(), Verdict> {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        let lines = text.lines().map(|line| line.trim_start_matches(['#', ' ']));
        let Some((line, why)) = lines.into_iter().find_map(|line| Some((line, cron::wrong(line, name)?)))
        else {
            return Ok(());
        };
        let (fr, en) = (&why.fr, &why.en);
        Err(Verdict::failed(
            say!("une ligne que cron comprend", "a line that cron understands"),
            say!("`{line}` : {fr}", "`{line}`: {en}"),
        )
        .mistake("script-cron-line"))
    }

    fn mounts_read_only(&self, run: &ScriptRun) -> Result<(), Verdict> {
        let (path, volume) = (&self.path, &self.volume);
        let expected = say!("`{volume}` monté en lecture seule", "`{volume}` mounted read-only");
        let calls = || run.days.iter().flat_map(|day| &day.calls);
        if let Some(call) = run.days.iter().find_map(|day| destroying(&day.calls)) {
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
        all_of([spares_others(run, &expected), self.keeps_the_newest(run, last, &expected)])?;
        let (days, kept) = (run.days.len(), last.good.len());
        Ok(Verdict::passed(
            say!(
                "après {days} jours restent les {kept} dernières",
                "after {days} days the last {kept} are left"
            ),
            [],
        ))
    }

    /// What else a script writes beside its archives, such as a log or checksums, is its own affair.
    fn keeps_the_newest(&self, run: &ScriptRun, last: &ScriptDay, expected: &Text) -> Result<(), Verdict> {
        let (keep, kept, all) = (self.keep, last.good.len(), run.days.len());
        let newest: Vec<&str> = run.days.iter().rev().take(keep).map(|day| day.date.as_str()).collect();
        let has_newest = newest.iter().all(|date| last.good.iter().any(|file| bears(file, date)));
        if kept == keep && has_newest {
            return Ok(());
        }
        let (found, mistake) = if kept == keep {
            (
                say!("{kept} restent, mais pas les plus récentes", "{kept} are left, but not the newest"),
                "script-keeps-oldest",
            )
        } else {
            let mistake = match kept {
                kept if kept >= all && kept > keep => "script-keeps-all",
                kept if kept > keep => "script-keeps-more",
                _ => "script-keeps-fewer",
            };
            (say!("{kept} archives restent", "{kept} archives are left"), mistake)
        };
        Err(Verdict::failed(expected.clone(), found).mistake(mistake).way_out(say!(
            "`tail -n +8` commence à la huitième ligne : les sept premières, les plus récentes, restent",
            "`tail -n +8` begins at the eighth line: the first seven, the newest, stay"
        )))
    }
}

/// Other people's files must all be there in the end.
fn spares_others(run: &ScriptRun, expected: &Text) -> Result<(), Verdict> {
    if run.harmed.is_empty() {
        return Ok(());
    }
    let names = list(&run.harmed);
    // Parts of a name with a space in it, each taken for a file.
    let spaced = run.harmed.iter().any(|name| name.contains(' '));
    let mistake = if spaced { "script-splits-names" } else { "script-harms-others" };
    let found = say!("des fichiers d'autrui ont disparu : {names}", "files of others are gone: {names}");
    Err(Verdict::failed(expected.clone(), found).mistake(mistake))
}

/// Whether a file's name bears a date.
fn bears(file: &str, date: &str) -> bool {
    dates_in(file).iter().any(|one| one == date)
}
