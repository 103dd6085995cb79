//! A machine's own docker-lab: run there by ssh, it sees with the learner's journal, and what it saw is judged here.

use jiff::Timestamp;

use crate::class::Machine;
use crate::class::Reached;
use crate::class::unasked;
use crate::class::visit::Guest;
use crate::class::visit::Visitor;
use crate::docker::Endpoint;
use crate::docker::Engine;
use crate::docker::Said;
use crate::docker::SshTarget;
use crate::engine;
use crate::engine::Recording;
use crate::engine::Scorecard;
use crate::engine::Source;
use crate::error::Result;
use crate::lab::Step;
use crate::text::Lang;
use crate::text::Text;
use crate::text::say;
use crate::world::Daemon;
use crate::world::Memory;

/// Runs docker-lab as it was installed: by itself, or as docker's plugin. Without the plugin docker would take some of
/// our options for its own.
const SCRIPT: &str = "if command -v docker-lab >/dev/null 2>&1; then exec docker-lab \"$@\"; fi
docker help lab >/dev/null 2>&1 || exit 127
exec docker lab \"$@\"";

/// The exit code of a shell that has found no such command.
const NO_COMMAND: i32 = 127;

/// How a machine was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Via {
    /// Over the Docker API alone.
    Api,
    /// By its own docker-lab.
    Remote,
    /// Over the Docker API, though its own docker-lab was asked for: why that could not be.
    Instead(Text),
}

/// Facts that came, or why none did that could be used.
type Heard = std::result::Result<Recording, Text>;

impl Visitor {
    /// What the machine's own docker-lab sees, which speaks `lang`, or why nobody can be asked for it. What the daemon
    /// itself told (who it is, which images stand in for others) is not taken from it.
    ///
    /// # Errors
    ///
    /// Where the trainer's own session of the machine cannot be read, or the daemon no longer answers.
    pub(super) async fn ask_there(
        &self,
        machine: &Machine,
        engine: &Engine,
        (lang, now): (Lang, Timestamp),
    ) -> Result<std::result::Result<Reached, Text>> {
        // There must be time left to look over the API.
        let heard = match tokio::time::timeout(self.limit / 2, self.hear(machine, engine, lang)).await {
            Ok(heard) => heard,
            Err(_) => {
                Err(say!("son docker-lab ne répond pas à temps", "its docker-lab does not answer in time"))
            }
        };
        match heard {
            Ok(recording) => {
                let guest = self.guest(machine, engine.clone(), now).await?;
                self.judged(recording, guest).await.map(Ok)
            }
            Err(why) => Ok(Err(why)),
        }
    }

    async fn hear(&self, machine: &Machine, engine: &Engine, lang: Lang) -> Heard {
        let Ok(Endpoint::Ssh(target)) = machine.address.endpoint(&self.config) else {
            return Err(say!("elle n'est pas jointe par ssh", "it is not reached by ssh"));
        };
        let said = self.ask(machine, &target, lang).await.map_err(|error| error.what)?;
        understood(machine, &self.lab, &engine.daemon, &said)
    }

    async fn ask(&self, machine: &Machine, target: &SshTarget, lang: Lang) -> Result<Said> {
        let limit = (self.limit.as_secs() / 2).max(1).to_string();
        let daemon = target.daemon_there();
        let mut words =
            vec!["check", self.lab.as_str(), "--save-facts", "-", "--timeout", &limit, "--lang", lang.code()];
        if !machine.prefix.is_empty() {
            words.extend(["--prefix", &machine.prefix]);
        }
        if let Some(daemon) = &daemon {
            words.extend(["--host", daemon]);
        }
        target.run(SCRIPT, &words, self.limit / 2).await
    }

    async fn judged(&self, recording: Recording, guest: Guest) -> Result<Reached> {
        let lab = self.shelf.lab(&self.lab, &recording.prefix)?;
        let asked: Vec<&Step> = lab.steps.iter().collect();
        let Recording { facts, mut memory, at, .. } = recording;
        // What the trainer collected counts there too.
        for answer in &guest.session.memory.answers {
            let known =
                |one: &crate::world::Answered| (&one.quiz, &one.question) == (&answer.quiz, &answer.question);
            if !memory.answers.iter().any(known) {
                memory.answers.push(answer.clone());
            }
        }
        let mut scorecard = engine::judge(&lab, &asked, &facts, &memory, at);
        let unasked = unasked::unasked(&lab, &memory);
        unasked::leave_open(&mut scorecard, &lab, &unasked);
        let (_, stand_ins) = guest.images().await?;
        Ok(Reached {
            daemon: guest.engine.daemon.clone(),
            moved: moved(&scorecard, &memory, at),
            scorecard,
            via: Via::Remote,
            unasked,
            stand_ins,
            left: None,
            begun_by_another: false,
            clusters: memory.clusters.iter().map(|seen| seen.system_identifier).collect(),
            storage: None,
        })
    }
}

/// When something new was seen: now, where a check passes that never did; else with the newest proof, or when the session
/// began.
fn moved(scorecard: &Scorecard, memory: &Memory, at: Timestamp) -> Timestamp {
    let is_new = |step: &str, check: &engine::CheckCard| {
        let live = check.evidence.as_ref().is_some_and(|proof| proof.source == Source::Live);
        live && memory.evidence(step, &check.id).is_none()
    };
    if scorecard.steps.iter().any(|step| step.checks.iter().any(|check| is_new(&step.id, check))) {
        return at;
    }
    let newest = memory.evidence.values().map(|proof| proof.at).max();
    newest.or_else(|| Timestamp::from_second(memory.began).ok()).unwrap_or(at)
}

/// The facts, where it is facts of this lab on this daemon that came; else why not.
fn understood(machine: &Machine, lab: &str, daemon: &Daemon, said: &Said) -> Heard {
    let Ok(recording) = serde_json::from_slice::<Recording>(&said.out) else { return Err(trouble(said)) };
    let is_meant = machine.prefix.is_empty() || recording.prefix == machine.prefix;
    if recording.schema != Recording::SCHEMA || recording.lab != lab || !is_meant {
        return Err(say!("ses faits sont ceux d'autre chose", "its facts are about something else"));
    }
    if (&recording.daemon.id, &recording.daemon.name) != (&daemon.id, &daemon.name) {
        return Err(say!("son docker-lab regarde un autre moteur", "its docker-lab looks at another daemon"));
    }
    if machine.workspace.as_ref().is_some_and(|path| *path != recording.memory.workspace) {
        let there = &recording.memory.workspace;
        return Err(say!(
            "sa session travaille dans `{there}`, et non dans le dossier de l'inventaire",
            "its session works in `{there}`, not in the folder of the inventory"
        ));
    }
    Ok(recording)
}

/// Why no facts came.
fn trouble(said: &Said) -> Text {
    if said.code == Some(NO_COMMAND) {
        return say!("docker-lab n'y est pas installé", "docker-lab is not installed there");
    }
    let words = said.last_words.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        return say!(
            "ce qui en vient n'est pas un fichier de faits (`~/.bashrc` affiche-t-il quelque chose ?)",
            "what comes from there is no file of facts (does `~/.bashrc` print something?)"
        );
    }
    say!("son docker-lab répond : {words}", "its docker-lab answers: {words}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::testing;
    use crate::world::Facts;

    fn said(code: i32, words: &str) -> Said {
        Said { code: Some(code), out: Vec::new(), last_words: words.to_owned() }
    }

    #[test]
    fn a_machine_without_the_program_is_told_apart_from_one_that_complains() {
        assert_eq!(trouble(&said(NO_COMMAND, "")).en, "docker-lab is not installed there");
        assert_eq!(trouble(&said(2, "no\n  session")).en, "its docker-lab answers: no session");
        assert!(trouble(&said(0, "")).en.contains("no file of facts"));
    }

    #[test]
    fn facts_of_another_daemon_lab_prefix_or_folder_are_not_taken() {
        let mut machine = testing::machine("m");
        let daemon = Daemon { id: "A".to_owned(), ..Daemon::default() };
        let recording = Recording {
            schema: Recording::SCHEMA,
            lab: "volumes".to_owned(),
            prefix: "p".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            daemon: daemon.clone(),
            memory: Memory { workspace: "/w".to_owned(), ..Memory::default() },
            facts: Facts::default(),
        };
        let out = serde_json::to_vec(&recording).expect("json");
        let said = Said { out, ..said(0, "") };
        let told = |machine: &Machine, lab: &str, daemon: &Daemon| {
            understood(machine, lab, daemon, &said).err().map(|why| why.en)
        };
        assert_eq!(told(&machine, "volumes", &daemon), None);
        assert!(told(&machine, "other", &daemon).is_some_and(|why| why.contains("something else")));
        assert!(
            told(&machine, "volumes", &Daemon::default()).is_some_and(|why| why.contains("another daemon"))
        );
        machine.workspace = Some("/elsewhere".to_owned());
        assert!(told(&machine, "volumes", &daemon).is_some_and(|why| why.contains("`/w`")));
        machine.prefix = "q".to_owned();
        assert!(told(&machine, "volumes", &daemon).is_some_and(|why| why.contains("something else")));
    }
}
