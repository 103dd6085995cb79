//! What the end of an ssh means, from its exit code and its last words.

use crate::docker::transport::SshTarget;
use crate::error::Error;
use crate::text::Text;
use crate::text::say;

/// The exit code by which ssh itself says that it failed; all others are the remote command's.
pub(super) const SSH_FAILED: i32 = 255;

/// The exit code by which a shell says that there is no such command.
const NO_COMMAND: i32 = 127;

/// So many of the last lines are told.
const LINES: usize = 4;

/// Why there is no daemon at the other end, or no longer.
pub(super) fn sentence(target: &SshTarget, code: Option<i32>, said: &str, answered: bool) -> Error {
    let host = target.host();
    let (what, hint) = match code {
        _ if answered => (
            say!("la connexion à `{target}` s'est rompue", "the connection to `{target}` broke off"),
            say!(
                "relancez la commande : ce qui est fait est gardé",
                "run the command again: what is done is kept"
            ),
        ),
        Some(SSH_FAILED) => (
            say!("ssh n'a pas pu se connecter à `{target}`", "ssh could not connect to `{target}`"),
            refused_hint(target, said),
        ),
        Some(NO_COMMAND) => (
            say!(
                "la commande `docker` manque sur `{host}`, ou n'y est pas dans le PATH",
                "the command `docker` is missing on `{host}`, or not in the PATH there"
            ),
            say!(
                "installez Docker sur `{host}` ; `ssh {host} docker version` doit répondre",
                "install Docker on `{host}`; `ssh {host} docker version` must answer"
            ),
        ),
        _ => (
            say!("aucun moteur Docker ne répond à `{target}`", "no Docker engine answers at `{target}`"),
            engine_hint(target, said),
        ),
    };
    let ended =
        || code.map_or_else(|| "ssh: killed by a signal".to_owned(), |code| format!("ssh: exit code {code}"));
    let cause = if said.is_empty() { ended() } else { said.to_owned() };
    Error::environment(what).because(cause).hint(hint)
}

/// A remote shell printed something where only docker may speak.
pub(super) fn talkative(target: &SshTarget, bytes: &[u8]) -> Error {
    let host = target.host();
    Error::environment(say!(
        "`{target}` envoie autre chose que les réponses de Docker",
        "`{target}` sends something else than Docker's answers"
    ))
    .because(readable(bytes))
    .hint(say!(
        "les fichiers de démarrage du shell de `{host}` (`~/.bashrc`) ne doivent rien afficher",
        "the start files of the shell on `{host}` (`~/.bashrc`) must print nothing"
    ))
}

fn refused_hint(target: &SshTarget, said: &str) -> Text {
    let by_hand = target.by_hand();
    if said.contains("Host key verification failed") {
        return say!(
            "connectez-vous une fois à la main pour vérifier la clé de la machine : `{by_hand}`",
            "connect once by hand to check the machine's key: `{by_hand}`"
        );
    }
    if said.contains("Permission denied") {
        let copy = by_hand.replacen("ssh ", "ssh-copy-id ", 1);
        return say!(
            "il faut une clé qui se passe de question : `ssh-add` pour une clé protégée, `{copy}` pour en déposer une",
            "a key that needs no question is wanted: `ssh-add` for one with a passphrase, `{copy}` to install one"
        );
    }
    say!(
        "`{by_hand} docker version` doit répondre sans rien demander",
        "`{by_hand} docker version` must answer without a question"
    )
}

fn engine_hint(target: &SshTarget, said: &str) -> Text {
    let by_hand = target.by_hand();
    if said.contains("ermission denied") {
        return say!(
            "l'utilisateur doit y être dans le groupe docker : `sudo usermod -aG docker $USER`",
            "the user must be in the group docker there: `sudo usermod -aG docker $USER`"
        );
    }
    say!(
        "démarrez Docker sur cette machine ; `{by_hand} docker version` doit répondre",
        "start Docker on that machine; `{by_hand} docker version` must answer"
    )
}

/// The last lines of what came from outside, harmless for a terminal and indented like a cause.
pub(super) fn readable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let clean = |line: &str| line.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned();
    let lines: Vec<String> = text.lines().map(clean).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_words_are_the_last_lines_without_control_characters() {
        assert_eq!(readable(b"1\r\n2\n\n3\n\x1b[31m4\n5\r\n"), "2\n  3\n  [31m4\n  5");
        assert_eq!(readable(b""), "");
    }
}
