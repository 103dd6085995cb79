//! The docker CLI asks after a learner's own command: one line of what it achieved, or of the mistake it made. Late
//! is worse than nothing, and trouble is nobody's business here: then there is no line.

use std::ffi::OsString;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::cli::desk;
use crate::cli::env;
use crate::cli::env::Env;
use crate::docker::Endpoint;
use crate::docker::Engine;
use crate::engine;
use crate::engine::CheckCard;
use crate::engine::Glimpse;
use crate::lab::Lab;
use crate::lab::Shelf;
use crate::report;
use crate::text::Text;
use crate::text::say;

/// The word by which the docker CLI asks.
pub(super) const WORD: &str = "docker-cli-plugin-hooks";

/// What the learner waits at most; the rest of 150 ms is for starting and ending the program.
const PATIENCE: Duration = Duration::from_millis(120);

/// So many ticks are told in one line; more are counted.
const MOST: usize = 2;

/// Commands after which a container that does not run is a mistake, not the plan.
const STARTING: [&str; 6] =
    ["run", "container run", "start", "container start", "restart", "container restart"];

/// What the docker CLI tells of the command: nothing of the daemon it was sent to, so that we look at the one that
/// is usual here, and find nothing new where it was another.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Asked {
    /// The one of our commands that it was.
    root_cmd: String,
}

/// The answer in the docker CLI's form, or nothing.
pub(super) fn answer(words: &[OsString], env: &Env) -> String {
    let asked = words.first().and_then(|word| word.to_str());
    let asked: Option<Asked> = asked.and_then(|json| serde_json::from_str(json).ok());
    let Some(asked) = asked.filter(|_| !desk::sessions(env).are_none()) else { return String::new() };
    let line = in_time(asked, env.clone()).map(|line| line.get(env.lang).into_owned());
    line.map_or_else(String::new, |line| json!({"Type": 0, "Template": template(&line)}).to_string() + "\n")
}

/// The line, where it is found in time. It is told as soon as it is known: a disk that is slow to keep what is new
/// costs the learner nothing, and at worst the line comes again.
fn in_time(asked: Asked, env: Env) -> Option<Text> {
    let runtime = crate::cli::runtime().ok()?;
    let line = runtime.block_on(async {
        let (told, mut heard) = oneshot::channel();
        let mut work = JoinSet::new();
        work.spawn(async move { look(&asked, &env, told).await });
        let _ = tokio::time::timeout(PATIENCE, work.join_next()).await;
        heard.try_recv().ok()
    });
    runtime.shutdown_background();
    line
}

/// Looks into the open sessions of this daemon, and tells of the first one in which something is new.
async fn look(asked: &Asked, env: &Env, told: oneshot::Sender<Text>) -> Option<()> {
    // Connecting over ssh alone takes longer than anybody is to wait.
    let endpoint = Endpoint::resolve(&env.docker).ok().filter(|to| !matches!(to, Endpoint::Ssh(_)))?;
    let engine = Engine::connect(&endpoint, PATIENCE, None).await.ok()?;
    let sessions = desk::sessions(env);
    let mut facts = None;
    for id in sessions.labs_on(&engine.daemon) {
        let found = sessions.find(&id, &engine.daemon, None, &env.here);
        let Some(mut session) = found.ok().filter(|session| session.is_open) else { continue };
        // A lab of the author's own stays where it was when the session began; one that is gone says nothing.
        let shelf = Shelf { labs: session.labs.clone(), quizzes: None };
        let Ok(lab) = shelf.lab(&id, &session.prefix) else { continue };
        if facts.is_none() {
            facts = engine::lists(&engine).await.ok();
        }
        let glimpse = engine::glance(&lab, facts.as_ref()?, &session, env::now());
        if let Some(line) = line(&glimpse, &lab, asked) {
            told.send(line).ok()?;
            return glimpse.keep(&mut session).ok();
        }
        glimpse.keep(&mut session).ok()?;
    }
    Some(())
}

/// A mistake first: it is what the learner can do something about.
fn line(glimpse: &Glimpse, lab: &Lab, asked: &Asked) -> Option<Text> {
    let starting = STARTING.contains(&asked.root_cmd.as_str());
    let counts = |check: &CheckCard| starting || check.mistake != Some("container-not-running");
    if let Some((step, check)) = glimpse.mistakes.iter().find(|(_, check)| counts(check)) {
        return Some(mistake(lab.number(step), check));
    }
    let (first, _) = glimpse.passed.first()?;
    let number = lab.number(first);
    let whys: Vec<&Text> = glimpse.passed.iter().take(MOST).map(|(_, check)| &check.message).collect();
    let joined = |of: fn(&Text) -> &str| whys.iter().map(|why| of(why)).collect::<Vec<_>>().join(" ; ");
    let (fr, en) = (joined(|why| &why.fr), joined(|why| &why.en).replace(" ; ", "; "));
    Some(match glimpse.passed.len().saturating_sub(MOST) {
        0 => say!("docker-lab, étape {number} : ✓ {fr}", "docker-lab, step {number}: ✓ {en}"),
        more => say!(
            "docker-lab, étape {number} : ✓ {fr} (et {more} de plus)",
            "docker-lab, step {number}: ✓ {en} (and {more} more)"
        ),
    })
}

fn mistake(number: usize, check: &CheckCard) -> Text {
    let (fr, en) = (&check.message.fr, &check.message.en);
    match &check.hint {
        Some(Text { fr: way, en: out }) => {
            say!("docker-lab, étape {number} : ✗ {fr} → {way}", "docker-lab, step {number}: ✗ {en} → {out}")
        }
        None => say!("docker-lab, étape {number} : ✗ {fr}", "docker-lab, step {number}: ✗ {en}"),
    }
}

/// One harmless line, with nothing in it that the docker CLI's templates would take for an order.
fn template(line: &str) -> String {
    // Non-breaking spaces stay.
    let line = line.replace(['\n', '\r', '\t'], " ");
    report::clean(&line).replace("{{", r#"{{"{{"}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_template_is_shown_as_it_is() {
        assert_eq!(template("a {{.Name}}\nb {{{"), r#"a {{"{{"}}.Name}} b {{"{{"}}{"#);
        assert_eq!(template("\u{1b}[31m"), "\u{fffd}[31m");
    }
}
