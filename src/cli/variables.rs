//! What a learner's command finds in its environment, so that `docker` and `docker-lab` typed there mean the daemon,
//! the sessions and the language of this session.

use std::ffi::OsString;

use tokio::process::Command;

use crate::cli::env::Env;
use crate::docker::Choice;
use crate::error::Error;
use crate::error::Result;
use crate::text::Lang;
use crate::text::say;

/// Variables that are set, or taken away so that none of another daemon's is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variables(Vec<(&'static str, Option<OsString>)>);

impl Variables {
    /// The daemon as it was chosen, by flags as well as by variables; refused where no variable can name it.
    pub(crate) fn for_learner(env: &Env, lang: Lang) -> Result<Variables> {
        let docker = &env.docker;
        let mut all: Vec<(&'static str, Option<OsString>)> = vec![
            ("DOCKER_LAB_HOME", Some(env.home.clone().into())),
            ("DOCKER_LAB_LANG", Some(lang.code().into())),
            // The session tells the ticks itself; the docker CLI need not ask for them too.
            ("DOCKER_CLI_HOOKS", Some("false".into())),
            ("DOCKER_CONFIG", Some(docker.config.clone().into())),
        ];
        let (host, context) = match Choice::of(docker) {
            Choice::Host(host) => (Some(host), None),
            Choice::Asked(name) | Choice::Current(name) => (None, Some(name)),
            // Named, so that `docker context use` does not lead elsewhere in the midst of a session.
            Choice::Nobody => (None, Some("default".to_owned())),
        };
        // A context has certificates of its own.
        if host.is_some() && docker.tls {
            let by_flag = docker.ca.is_some() || docker.cert.is_some() || docker.key.is_some();
            if by_flag || docker.unverified {
                return Err(unnameable());
            }
            all.push(("DOCKER_TLS_VERIFY", Some("1".into())));
            all.push(("DOCKER_CERT_PATH", Some(docker.certs.clone().into())));
        } else if host.is_some() {
            all.push(("DOCKER_TLS_VERIFY", None));
        }
        all.push(("DOCKER_HOST", host.map(OsString::from)));
        all.push(("DOCKER_CONTEXT", context.map(OsString::from)));
        Ok(Variables(all))
    }

    /// Gives them to a command.
    pub(crate) fn give_to(&self, command: &mut Command) {
        for (name, value) in &self.0 {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
    }
}

/// `docker` typed without these flags would go elsewhere, or trust what it should not.
fn unnameable() -> Error {
    Error::usage(say!(
        "les commandes tapées ici ne connaîtraient pas `--tls`, `--tlscacert`, `--tlscert` ni `--tlskey`",
        "the commands typed here would not know of `--tls`, `--tlscacert`, `--tlscert` or `--tlskey`"
    ))
    .hint(say!(
        "réglez `DOCKER_TLS_VERIFY=1` et `DOCKER_CERT_PATH`, ou créez un contexte (`docker context create`) et nommez-le avec `--context`",
        "set `DOCKER_TLS_VERIFY=1` and `DOCKER_CERT_PATH`, or make a context (`docker context create`) and name it with `--context`"
    ))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::path::PathBuf;

    use super::*;
    use crate::docker::DockerEnv;

    fn variables(docker: DockerEnv) -> Result<Variables> {
        Variables::for_learner(&Env { docker, ..Env::read() }, Lang::En)
    }

    /// Whether a variable is set to a value, or taken away.
    fn says(variables: &Variables, name: &str, value: Option<&str>) -> bool {
        variables.0.iter().any(|(one, given)| *one == name && given.as_deref() == value.map(OsStr::new))
    }

    #[test]
    fn what_is_typed_goes_to_the_daemon_that_is_watched() {
        let remote = DockerEnv { host: Some("tcp://lab:2375".to_owned()), ..DockerEnv::default() };
        let remote = variables(DockerEnv { unverified: true, ..remote }).expect("variables");
        assert!(says(&remote, "DOCKER_HOST", Some("tcp://lab:2375")), "{remote:?}");
        assert!(says(&remote, "DOCKER_CONTEXT", None), "{remote:?}");
        assert!(says(&remote, "DOCKER_TLS_VERIFY", None), "{remote:?}");
        let named = DockerEnv { context: Some("lab".to_owned()), ..DockerEnv::default() };
        let named = variables(DockerEnv { config: PathBuf::from("/here/cfg"), ..named }).expect("variables");
        assert!(says(&named, "DOCKER_HOST", None), "{named:?}");
        assert!(says(&named, "DOCKER_CONTEXT", Some("lab")), "{named:?}");
        assert!(says(&named, "DOCKER_CONFIG", Some("/here/cfg")), "{named:?}");
        let nobody = DockerEnv { config: PathBuf::from("/nowhere"), ..DockerEnv::default() };
        let nobody = variables(nobody).expect("variables");
        assert!(says(&nobody, "DOCKER_HOST", None), "{nobody:?}");
        assert!(says(&nobody, "DOCKER_CONTEXT", Some("default")), "{nobody:?}");
    }

    #[test]
    fn certificates_are_handed_on_or_the_session_is_refused() {
        let host = Some("tcp://lab:2376".to_owned());
        let tls = DockerEnv { host, tls: true, certs: PathBuf::from("/here/certs"), ..DockerEnv::default() };
        let usual = variables(tls.clone()).expect("variables");
        assert!(says(&usual, "DOCKER_TLS_VERIFY", Some("1")), "{usual:?}");
        assert!(says(&usual, "DOCKER_CERT_PATH", Some("/here/certs")), "{usual:?}");
        assert!(variables(DockerEnv { key: Some(PathBuf::from("key.pem")), ..tls.clone() }).is_err());
        assert!(variables(DockerEnv { unverified: true, ..tls }).is_err());
    }
}
