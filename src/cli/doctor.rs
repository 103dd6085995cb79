//! `doctor`: is this machine fit for the labs?

use crate::cli::args::Common;
use crate::cli::desk;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::docker::Engine;
use crate::engine::Status;
use crate::error::Exit;
use crate::error::Result;
use crate::text::Text;
use crate::text::say;

/// A finding: how it stands, and what to do about it.
struct Finding {
    status: Status,
    what: Text,
}

/// Looks at what a lab needs, and says the command that mends what is wrong.
pub(crate) async fn doctor(common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let engine = desk::connect(common, env).await?;
    let (version, api, name, place) =
        (&engine.daemon.version, &engine.daemon.api, &engine.daemon.name, &engine.endpoint);
    let mut findings = vec![Finding {
        status: Status::Passed,
        what: say!(
            "Docker {version} (API {api}) sur {name}, {place}",
            "Docker {version} (API {api}) on {name}, {place}"
        ),
    }];
    findings.extend(images(&engine, common).await?);
    findings.push(home(env));
    let mut out = String::new();
    for finding in &findings {
        let (sign, _) = crate::report::status_word(finding.status, ui.lang);
        let line = ui.page.paragraph(&format!("{sign} "), &ui.say(&finding.what));
        out.push_str(&line.replacen(sign, &ui.page.sign(finding.status, ui.lang), 1));
    }
    ui.data(&out)?;
    let healthy = findings.iter().all(|finding| finding.status == Status::Passed);
    Ok(if healthy { Exit::Done } else { Exit::Environment })
}

async fn images(engine: &Engine, common: &Common) -> Result<Vec<Finding>> {
    let shelf = desk::shelf(common);
    let mut findings = Vec::new();
    for id in shelf.labs() {
        for name in shelf.lab(&id, "")?.images {
            findings.push(match engine.image(&name).await? {
                Some(image) if image.stand_in => Finding {
                    status: Status::Passed,
                    what: say!(
                        "image `{name}` : une image de remplacement, et non la vraie",
                        "image `{name}`: a stand-in, not the real one"
                    ),
                },
                Some(_) => Finding {
                    status: Status::Passed,
                    what: say!("image `{name}`", "image `{name}`"),
                },
                None => Finding {
                    status: Status::Failed,
                    what: say!(
                        "image `{name}` absente : `docker-lab images pull`, ou `docker-lab images load FICHIER`",
                        "image `{name}` missing: `docker-lab images pull`, or `docker-lab images load FILE`"
                    ),
                },
            });
        }
    }
    Ok(findings)
}

/// Whether sessions can be kept.
fn home(env: &Env) -> Finding {
    let folder = env.home.display();
    match std::fs::create_dir_all(&env.home) {
        Ok(()) => Finding {
            status: Status::Passed,
            what: say!("sessions gardées dans {folder}", "sessions are kept in {folder}"),
        },
        Err(error) => Finding {
            status: Status::Failed,
            what: say!(
                "les sessions ne peuvent pas être gardées dans {folder} ({error}) : réglez `DOCKER_LAB_HOME`",
                "sessions cannot be kept in {folder} ({error}): set `DOCKER_LAB_HOME`"
            ),
        },
    }
}
