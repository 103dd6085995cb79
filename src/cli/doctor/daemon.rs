//! The daemon: which one is meant, whether it answers, of what kind it is, and what of ours is on it.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::args::Common;
use crate::cli::check::MAIN;
use crate::cli::desk;
use crate::cli::doctor::machine;
use crate::cli::env::Env;
use crate::docker::Choice;
use crate::docker::Endpoint;
use crate::docker::Engine;
use crate::docker::EngineFacts;
use crate::error::Error;
use crate::error::Result;
use crate::report::Finding;
use crate::report::Level;
use crate::text::list;
use crate::text::say;

/// Everything about the daemon; where it does not answer, that alone.
pub(super) async fn findings(common: &Common, env: &Env) -> Vec<Finding> {
    let choice = Choice::of(&env.docker);
    let endpoint = match Endpoint::resolve(&env.docker) {
        Ok(endpoint) => endpoint,
        Err(error) => return vec![unreachable(error, &choice, None, env), images_unseen()],
    };
    let engine = match desk::connect(common, env).await {
        Ok(engine) => engine,
        Err(error) => return vec![unreachable(error, &choice, Some(&endpoint), env), images_unseen()],
    };
    let mut findings = vec![answers(&engine)];
    findings.extend(chosen(&choice, &endpoint));
    match engine.facts().await {
        Ok(facts) => findings.extend(kind(&facts, &engine, &endpoint)),
        Err(error) => findings.push(Finding::failed("engine", error)),
    }
    match images(&engine, common).await {
        Ok(images) => findings.extend(images),
        Err(error) => findings.push(Finding::failed("images", error)),
    }
    match engine.leftovers().await {
        Ok(left) => findings.extend(leftovers(&left)),
        Err(error) => findings.push(Finding::failed("scratch", error)),
    }
    findings
}

fn answers(engine: &Engine) -> Finding {
    let (version, api, name, place) =
        (&engine.daemon.version, &engine.daemon.api, &engine.daemon.name, &engine.endpoint);
    Finding::new(
        "daemon",
        Level::Fine,
        say!(
            "Docker {version} (API {api}) sur {name}, {place}",
            "Docker {version} (API {api}) on {name}, {place}"
        ),
    )
}

/// Nobody answers: what to start, what to unset, and where somebody else might.
fn unreachable(error: Error, choice: &Choice, endpoint: Option<&Endpoint>, env: &Env) -> Finding {
    let mut finding = Finding::failed("daemon", error);
    finding = match choice {
        Choice::Host(host) => finding.fix(say!(
            "`DOCKER_HOST` (ou `--host`) désigne {host} ; sans elle (`unset DOCKER_HOST`), c'est le moteur habituel",
            "`DOCKER_HOST` (or `--host`) names {host}; without it (`unset DOCKER_HOST`), it is the usual engine"
        )),
        Choice::Asked(name) => finding.fix(say!(
            "le contexte `{name}` a été demandé par `DOCKER_CONTEXT`, ou `--context` ; sans cela (`unset DOCKER_CONTEXT`), \
             c'est le contexte courant",
            "the context `{name}` was asked for by `DOCKER_CONTEXT`, or `--context`; without that (`unset DOCKER_CONTEXT`), \
             it is the current one"
        )),
        Choice::Current(name) => finding.fix(say!(
            "le contexte courant est `{name}` ; `docker context use default` revient au moteur de cette machine",
            "the current context is `{name}`; `docker context use default` goes back to this machine's engine"
        )),
        Choice::Nobody => finding,
    };
    let local = endpoint.is_some_and(Endpoint::is_local);
    if local && *choice == Choice::Nobody && cfg!(target_os = "linux") && env.program("dockerd").is_none() {
        finding = finding.fix(say!(
            "pas encore installé ? `sudo apt install docker.io` (Debian, Ubuntu)",
            "not installed yet? `sudo apt install docker.io` (Debian, Ubuntu)"
        ));
    }
    let here = |socket: &&std::path::PathBuf| {
        socket.exists() && endpoint.is_none_or(|used| *used != Endpoint::Unix(socket.display().to_string()))
    };
    for socket in env.sockets.iter().filter(here) {
        let socket = socket.display();
        finding = finding.fix(say!(
            "un autre moteur a sa prise ici : `export DOCKER_HOST=unix://{socket}`",
            "another engine has its socket here: `export DOCKER_HOST=unix://{socket}`"
        ));
    }
    finding
}

/// By what another engine than the usual one is meant, and what follows where it is another machine's.
fn chosen(choice: &Choice, endpoint: &Endpoint) -> Vec<Finding> {
    let by = match choice {
        Choice::Host(host) => Some(say!(
            "moteur choisi par `DOCKER_HOST`, ou `--host` ({host})",
            "engine chosen by `DOCKER_HOST`, or `--host` ({host})"
        )),
        Choice::Asked(name) => Some(say!(
            "moteur choisi par le contexte demandé, `{name}` (`--context`, ou `DOCKER_CONTEXT`)",
            "engine chosen by the context asked for, `{name}` (`--context`, or `DOCKER_CONTEXT`)"
        )),
        Choice::Current(name) => Some(say!(
            "moteur choisi par le contexte courant de docker, `{name}`",
            "engine chosen by docker's current context, `{name}`"
        )),
        Choice::Nobody => None,
    };
    let mut findings: Vec<Finding> =
        by.map(|by| Finding::new("choice", Level::Note, by)).into_iter().collect();
    if !endpoint.is_local() {
        let what = say!(
            "{endpoint} : le moteur est peut-être sur une autre machine ; un bind mount y désigne ses dossiers à elle, et non ceux d'ici",
            "{endpoint}: the engine may be on another machine; a bind mount there names that machine's folders, not those here"
        );
        findings.push(Finding::new("remote", Level::Note, what).fix(say!(
            "les étapes à bind mount se font sur la machine du moteur, ou avec un moteur local",
            "do the steps with bind mounts on the engine's machine, or with a local engine"
        )));
    }
    findings
}

/// What the engine's kind means for the labs.
fn kind(facts: &EngineFacts, engine: &Engine, endpoint: &Endpoint) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(known) = &facts.outdated_client {
        let api = &engine.daemon.api;
        let what = say!(
            "ce moteur parle l'API {api}, plus récente que celle pour laquelle docker-lab est fait ({known})",
            "this engine speaks API {api}, newer than the one docker-lab was made for ({known})"
        );
        findings.push(Finding::new("api", Level::Note, what).fix(say!(
            "cela marche d'ordinaire ; si quelque chose surprend, mettez docker-lab à jour",
            "that usually works; if something is odd, update docker-lab"
        )));
    }
    if facts.rootless {
        let what = say!(
            "moteur sans root (rootless) : dans un bind mount, les fichiers d'un conteneur appartiennent à des numéros décalés",
            "rootless engine: in a bind mount, the files of a container belong to shifted user ids"
        );
        findings.push(Finding::new("rootless", Level::Note, what));
    }
    if facts.desktop {
        let what = say!(
            "Docker Desktop : le moteur est dans une machine virtuelle ; les volumes y sont, et non dans vos dossiers",
            "Docker Desktop: the engine is in a virtual machine; volumes are there, not in your folders"
        );
        findings.push(Finding::new("desktop", Level::Note, what).fix(say!(
            "le dossier de travail doit être partagé : Settings > Resources > File sharing",
            "the workspace must be shared: Settings > Resources > File sharing"
        )));
    } else if endpoint.is_local() && !facts.root_dir.is_empty() {
        let place = say!("pour Docker", "for Docker");
        findings.extend(machine::room("room-docker", Path::new(&facts.root_dir), &place));
    }
    findings
}

async fn images(engine: &Engine, common: &Common) -> Result<Vec<Finding>> {
    let shelf = desk::shelf(common);
    // For each image the labs that use it, and whether all of them can do without.
    let mut labs: BTreeMap<String, (Vec<String>, bool)> = BTreeMap::new();
    for id in shelf.labs() {
        let lab = shelf.lab(&id, "")?;
        for image in &lab.images {
            let (users, optional) = labs.entry(image.clone()).or_insert((Vec::new(), true));
            users.push(id.clone());
            *optional &= lab.is_optional(image);
        }
    }
    let mut findings = Vec::new();
    for (name, (labs, optional)) in labs {
        findings.push(match engine.image(&name).await? {
            Some(image) if image.stand_in => Finding::new(
                "image",
                Level::Note,
                say!(
                    "image `{name}` : une image de remplacement, et non la vraie",
                    "image `{name}`: a stand-in, not the real one"
                ),
            ),
            Some(_) => Finding::new("image", Level::Fine, say!("image `{name}`", "image `{name}`")),
            None => missing(&name, &labs, optional),
        });
    }
    Ok(findings)
}

/// An image is missed where the main lab needs it; what only other labs need is no fault of the machine.
fn missing(name: &str, labs: &[String], optional: bool) -> Finding {
    let finding = if optional {
        let for_them = list(labs);
        let what = say!(
            "image `{name}` absente, et facultative : des étapes de {for_them} s'en servent",
            "image `{name}` missing, and optional: steps of {for_them} use it"
        );
        Finding::new("image", Level::Note, what)
    } else if labs.iter().any(|lab| lab == MAIN) {
        let what = say!("image `{name}` absente", "image `{name}` missing");
        Finding::new("image", Level::Problem, what)
    } else {
        let for_them = list(labs);
        let what = say!(
            "image `{name}` absente ; s'en sert : {for_them}",
            "image `{name}` missing; used by: {for_them}"
        );
        Finding::new("image", Level::Note, what)
    };
    finding.fix(say!("`docker-lab images pull`", "`docker-lab images pull`")).fix(say!(
        "sans accès à un registre : `docker-lab images load FICHIER`",
        "without a registry: `docker-lab images load FILE`"
    ))
}

/// Where nobody answers, the images are not missing: nobody knows.
fn images_unseen() -> Finding {
    let what = say!("les images : il faut d'abord un moteur", "the images: an engine is needed first");
    Finding::new("images", Level::Unseen, what)
}

fn leftovers(left: &[(String, String)]) -> Option<Finding> {
    if left.is_empty() {
        return None;
    }
    let names = left.iter().map(|(_, name)| name);
    let (shown, words) = (list(names.clone()), names.cloned().collect::<Vec<_>>().join(" "));
    let what = say!(
        "conteneurs d'essai oubliés par un docker-lab arrêté net : {shown}",
        "scratch containers left by a docker-lab that was killed: {shown}"
    );
    Some(Finding::new("scratch", Level::Note, what).fix(say!(
        "le prochain `docker-lab check` les supprime, ou vous-même : `docker rm -f -v {words}`",
        "the next `docker-lab check` removes them, or you do: `docker rm -f -v {words}`"
    )))
}
