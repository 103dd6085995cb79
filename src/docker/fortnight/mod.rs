//! A backup script, tried for a fortnight of virtual days in a sealed scratch container: no network, a stand-in
//! for the docker command, and strangers' files beside the backups.

use std::time::Duration;

use bollard::container::LogOutput;
use bollard::models::ContainerCreateBody;
use bollard::models::HostConfig;
use bollard::models::ResourcesUlimits;
use bollard::query_parameters::LogsOptionsBuilder;
use bollard::query_parameters::UploadToContainerOptionsBuilder;
use futures_util::StreamExt;
use sha2::Digest;
use sha2::Sha256;

use crate::docker::Engine;
use crate::docker::scratch::Scratch;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;
use crate::world::ScriptDay;
use crate::world::ScriptRun;

const DRIVE: &str = include_str!("drive.sh");
const DOCKER: &str = include_str!("docker.sh");
const DATE: &str = include_str!("date.sh");

/// A fortnight takes about a second; a script that waits for something is stopped after this.
const LONGEST: Duration = Duration::from_secs(25);

impl Engine {
    /// What a trial's outcome depends on.
    pub(crate) async fn trial_key(&self, script: &[u8], image: &str) -> Result<String> {
        let image = self.image(image).await?.map(|image| image.id).unwrap_or_default();
        let mut sum = Sha256::new();
        for part in [script, DRIVE.as_bytes(), DOCKER.as_bytes(), DATE.as_bytes(), image.as_bytes()] {
            sum.update((part.len() as u64).to_le_bytes());
            sum.update(part);
        }
        Ok(sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Tries a script; `image` must have bash.
    pub(crate) async fn fortnight(&self, script: &[u8], image: &str, key: String) -> Result<ScriptRun> {
        let host = HostConfig {
            network_mode: Some("none".to_owned()),
            memory: Some(256 << 20),
            pids_limit: Some(128),
            nano_cpus: Some(1_000_000_000),
            // No file of the trial needs more than a few kilobytes; a script that writes without end is stopped.
            ulimits: Some(vec![ResourcesUlimits {
                name: Some("fsize".to_owned()),
                soft: Some(1 << 24),
                hard: Some(1 << 24),
            }]),
            ..HostConfig::default()
        };
        let body = ContainerCreateBody {
            image: Some(image.to_owned()),
            entrypoint: Some(vec!["sh".to_owned()]),
            cmd: Some(vec!["/docker-lab/drive.sh".to_owned()]),
            user: Some("0".to_owned()),
            host_config: Some(host),
            ..ContainerCreateBody::default()
        };
        let scratch = self.scratch_from(body).await?;
        let told = tokio::time::timeout(LONGEST, self.drive(&scratch, script)).await;
        scratch.remove().await?;
        let told = told.map_err(|_| {
            let seconds = LONGEST.as_secs();
            Error::environment(say!(
                "l'essai du script ne s'est pas terminé en {seconds} s",
                "the script's trial did not end within {seconds} s"
            ))
        })??;
        Ok(ScriptRun { key, ..read(&told) })
    }

    async fn drive(&self, scratch: &Scratch, script: &[u8]) -> Result<String> {
        let files = [
            ("drive.sh", DRIVE.as_bytes()),
            ("bin/docker", DOCKER.as_bytes()),
            ("bin/date", DATE.as_bytes()),
            ("script", script),
        ];
        let packed = pack(&files).map_err(|error| {
            Error::environment(say!(
                "l'essai du script n'a pas pu être préparé",
                "the script's trial could not be prepared"
            ))
            .because(error)
        })?;
        let options = UploadToContainerOptionsBuilder::default().path("/").build();
        let body = bollard::body_full(packed.into());
        let api = &self.api;
        api.upload_to_container(&scratch.id, Some(options), body)
            .await
            .map_err(|error| self.unseen(&error))?;
        api.start_container(&scratch.id, None).await.map_err(|error| self.unseen(&error))?;
        let options = LogsOptionsBuilder::default().follow(true).stdout(true).build();
        let mut logs = Box::pin(api.logs(&scratch.id, Some(options)));
        let mut told = Vec::new();
        while let Some(frame) = logs.next().await {
            if let LogOutput::StdOut { message } = frame.map_err(|error| self.unseen(&error))? {
                told.extend_from_slice(&message);
            }
        }
        Ok(String::from_utf8_lossy(&told).into_owned())
    }
}

fn pack(files: &[(&str, &[u8])]) -> std::io::Result<Vec<u8>> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o755);
        header.set_size(content.len() as u64);
        builder.append_data(&mut header, format!("docker-lab/{name}"), *content)?;
    }
    builder.into_inner()
}

/// Reads what `drive.sh` told, one word and its rest a line.
fn read(told: &str) -> ScriptRun {
    let mut run =
        ScriptRun { key: String::new(), folder: None, days: Vec::new(), harmed: Vec::new(), complaint: None };
    for line in told.lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.to_owned();
        match (word, run.days.last_mut()) {
            ("DAY", _) => {
                run.days.push(ScriptDay {
                    date: rest,
                    exit: 0,
                    calls: Vec::new(),
                    files: Vec::new(),
                    good: Vec::new(),
                });
            }
            ("FOLDER", _) => run.folder = Some(rest),
            ("HARMED", _) => run.harmed.push(rest),
            ("SAID", _) => run.complaint = Some(rest),
            ("EXIT", Some(day)) => day.exit = rest.parse().unwrap_or(-1),
            ("CALL", Some(day)) => day.calls.push(Vec::new()),
            ("ARG", Some(day)) => {
                if let Some(call) = day.calls.last_mut() {
                    call.push(rest);
                }
            }
            ("FILE", Some(day)) => day.files.push(rest),
            ("GOOD", Some(day)) => day.good.push(rest),
            _ => {}
        }
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_of_a_day_is_read() {
        let told = "DAY 20260101\nCALL\nARG run\nARG a b\nEXIT 3\nFILE x y.tar.gz\nFOLDER /backups\nSAID no";
        let run = read(told);
        assert_eq!(run.days[0].calls, [["run", "a b"]]);
        assert_eq!((run.days[0].exit, run.days[0].files[0].as_str()), (3, "x y.tar.gz"));
        assert_eq!((run.folder.as_deref(), run.complaint.as_deref()), (Some("/backups"), Some("no")));
    }
}
