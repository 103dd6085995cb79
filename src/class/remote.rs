//! A machine's own docker-lab: run there by ssh, it sees with the learner's journal, and what it saw is judged here.

use crate::class::Machine;
use crate::class::Reached;
use crate::class::visit::Visitor;
use crate::class::visit::images_of;
use crate::docker::Endpoint;
use crate::docker::Engine;
use crate::docker::Said;
use crate::docker::SshTarget;
use crate::engine;
use crate::engine::Recording;
use crate::error::Result;
use crate::lab::Step;
use crate::text::Lang;
use crate::text::Text;
use crate::text::say;

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

impl Visitor {
    /// What the machine's own docker-lab sees, which speaks `lang`, or why nobody can be asked for it. The engine tells which images stand in
    /// for others.
    pub(super) async fn ask_there(
        &self,
        machine: &Machine,
        engine: &Engine,
        lang: Lang,
    ) -> std::result::Result<Reached, Text> {
        let Ok(Endpoint::Ssh(target)) = machine.address.endpoint(&self.config) else {
            return Err(say!("elle n'est pas jointe par ssh", "it is not reached by ssh"));
        };
        let said = self.ask(machine, &target, lang).await.map_err(|error| error.what)?;
        let recording = self.understood(machine, &said).ok_or_else(|| trouble(&said))?;
        self.judged(recording, engine).await.map_err(|error| error.what)
    }

    async fn ask(&self, machine: &Machine, target: &SshTarget, lang: Lang) -> Result<Said> {
        let limit = self.limit.as_secs().max(1).to_string();
        let lang = lang.code();
        let mut words =
            vec!["check", self.lab.as_str(), "--save-facts", "-", "--timeout", &limit, "--lang", lang];
        if !machine.prefix.is_empty() {
            words.extend(["--prefix", &machine.prefix]);
        }
        target.run(SCRIPT, &words, self.limit).await
    }

    /// The facts, where it is facts of this lab that came.
    fn understood(&self, machine: &Machine, said: &Said) -> Option<Recording> {
        let read: Option<Recording> = serde_json::from_slice(&said.out).ok();
        read.filter(|read| read.schema == Recording::SCHEMA && read.lab == self.lab)
            .filter(|read| machine.prefix.is_empty() || read.prefix == machine.prefix)
    }

    async fn judged(&self, recording: Recording, engine: &Engine) -> Result<Reached> {
        let lab = self.shelf.lab(&self.lab, &recording.prefix)?;
        let asked: Vec<&Step> = lab.steps.iter().collect();
        let Recording { facts, memory, daemon, at, .. } = recording;
        let scorecard = engine::judge(&lab, &asked, &facts, &memory, at);
        let (_, stand_ins) = images_of(&lab, engine).await?;
        Ok(Reached {
            daemon,
            scorecard,
            via: Via::Remote,
            // Its journal holds the learner's answers.
            unasked: Vec::new(),
            stand_ins,
            left: None,
            begun_by_another: false,
            clusters: memory.clusters.iter().map(|seen| seen.system_identifier).collect(),
            storage: None,
            moved: memory.evidence.values().map(|proof| proof.at).max().unwrap_or(at),
        })
    }
}

/// Why no facts came.
fn trouble(said: &Said) -> Text {
    let words = said.last_words.split_whitespace().collect::<Vec<_>>().join(" ");
    if said.code == Some(NO_COMMAND) {
        return say!("docker-lab n'y est pas installé", "docker-lab is not installed there");
    }
    let code = said.code.map_or_else(|| "-".to_owned(), |code| code.to_string());
    say!(
        "son docker-lab répond : {words} (code {code})",
        "its docker-lab answers: {words} (exit code {code})"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_the_program_is_told_apart_from_one_that_complains() {
        let said = |code, words: &str| {
            trouble(&Said { code: Some(code), out: Vec::new(), last_words: words.to_owned() }).en
        };
        assert_eq!(said(NO_COMMAND, ""), "docker-lab is not installed there");
        assert_eq!(said(2, "no\n  session"), "its docker-lab answers: no session (exit code 2)");
    }
}
