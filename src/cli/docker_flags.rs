//! The docker CLI's own flags: which daemon, and how to reach it. As `docker lab` they come before our words, and
//! our own program takes them alike.

use std::path::PathBuf;

use clap::Args;

use crate::cli::env::Env;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;

/// The flags; those that learners rarely need stand in the README, not in the help.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct DockerFlags {
    /// The docker context to use
    #[arg(short, long, global = true, value_name = "NAME")]
    pub context: Option<String>,
    /// The daemon to use, as an address
    #[arg(short = 'H', long, global = true, value_name = "ADDRESS")]
    pub host: Option<String>,
    /// The folder of the docker CLI's configuration
    #[arg(long, global = true, value_name = "DIR", hide = true, value_hint = clap::ValueHint::DirPath)]
    pub config: Option<PathBuf>,
    /// Use TLS
    #[arg(
        long,
        global = true,
        hide = true,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    pub tls: Option<bool>,
    /// Use TLS, and have the daemon prove itself
    #[arg(
        long,
        global = true,
        hide = true,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    pub tlsverify: Option<bool>,
    /// The certificate of whoever signed the daemon's
    #[arg(long, global = true, value_name = "FILE", hide = true)]
    pub tlscacert: Option<PathBuf>,
    /// The certificate to show
    #[arg(long, global = true, value_name = "FILE", hide = true)]
    pub tlscert: Option<PathBuf>,
    /// The key of that certificate
    #[arg(long, global = true, value_name = "FILE", hide = true)]
    pub tlskey: Option<PathBuf>,
    /// Taken as the docker CLI takes it; changes nothing here
    #[arg(
        short = 'D',
        long,
        global = true,
        hide = true,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    pub debug: Option<bool>,
    /// Taken as the docker CLI takes it; changes nothing here
    #[arg(short, long, global = true, value_name = "LEVEL", hide = true)]
    pub log_level: Option<String>,
}

impl DockerFlags {
    /// The environment with what the flags say; they win.
    pub(crate) fn applied(&self, mut env: Env) -> Result<Env> {
        let docker = &mut env.docker;
        // clap cannot tell: one may stand before the command and the other one after it.
        if self.host.is_some() && self.context.is_some() {
            return Err(Error::usage(say!(
                "`--host` et `--context` désignent chacun un moteur : il en faut un seul",
                "`--host` and `--context` each name a daemon: only one can be meant"
            )));
        }
        if let Some(config) = &self.config {
            docker.config = env.here.join(config);
        }
        if let Some(host) = &self.host {
            docker.host = Some(host.clone());
        }
        if let Some(context) = &self.context {
            docker.context = Some(context.clone());
            // The context `default` is made of `DOCKER_HOST`; every other one has an address of its own.
            if context != "default" {
                docker.host = None;
            }
        }
        let verify = self.tlsverify.unwrap_or(docker.tls);
        docker.tls = docker.tls || self.tls == Some(true) || self.tlsverify.is_some();
        docker.unverified = !verify;
        docker.ca.clone_from(&self.tlscacert);
        docker.cert.clone_from(&self.tlscert);
        docker.key.clone_from(&self.tlskey);
        Ok(env)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Words {
        #[command(flatten)]
        flags: DockerFlags,
    }

    fn applied(words: &[&str], change: impl Fn(&mut Env)) -> crate::docker::DockerEnv {
        let mut env = Env::read();
        env.docker = crate::docker::DockerEnv::default();
        change(&mut env);
        let parsed = Words::try_parse_from([&["docker-lab"], words].concat()).expect("fitting words");
        parsed.flags.applied(env).expect("one daemon").docker
    }

    #[test]
    fn a_context_wins_over_the_hosts_variable_and_the_default_one_is_made_of_it() {
        let host = |env: &mut Env| env.docker.host = Some("tcp://h:1".to_owned());
        assert_eq!(applied(&["-c", "x"], host).host, None);
        assert_eq!(applied(&["--context", "default"], host).host.as_deref(), Some("tcp://h:1"));
        assert_eq!(applied(&["-Htcp://i:1"], host).host.as_deref(), Some("tcp://i:1"));
    }

    #[test]
    fn a_folder_is_that_of_where_the_program_was_called() {
        let seen = applied(&["--config", "cfg"], |env| env.here = PathBuf::from("/here"));
        assert_eq!(seen.config, PathBuf::from("/here/cfg"));
    }

    #[test]
    fn verifying_means_tls_whatever_its_value() {
        let none = |_: &mut Env| {};
        let seen = |words: &[&str]| {
            let docker = applied(words, none);
            (docker.tls, docker.unverified)
        };
        assert_eq!(seen(&[]), (false, true));
        assert_eq!(seen(&["--tls"]), (true, true));
        assert_eq!(seen(&["--tlsverify"]), (true, false));
        assert_eq!(seen(&["--tlsverify=false"]), (true, true));
        let asked = applied(&["-D"], |env| env.docker.tls = true);
        assert_eq!((asked.tls, asked.unverified), (true, false));
    }
}
