//! `class doctor`: is each machine fit for the lab?

use std::fmt::Write;

use crate::class::Checkup;
use crate::class::Machine;
use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::class::room;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::error::Exit;
use crate::error::Result;
use crate::report;
use crate::report::Finding;
use crate::report::Format;
use crate::report::Level;
use crate::text::list;
use crate::text::say;

/// A clock that is off by more than so many seconds spoils times that are compared.
const DRIFT: i64 = 5;

/// Looks at every machine and tells what keeps it from the lab.
pub(crate) async fn doctor(args: &args::Room, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    ui.format.among(&[Format::Text, Format::Json])?;
    let room = room(args, common, env)?;
    let found: Vec<(Machine, Vec<Finding>)> = room
        .doctor(env::now)
        .await
        .into_iter()
        .map(|(machine, checkup)| {
            let findings = match checkup {
                Ok(checkup) => findings(&checkup),
                Err(error) => vec![Finding::failed("daemon", error)],
            };
            (machine, findings)
        })
        .collect();
    if ui.format == Format::Json {
        ui.data(&report::room_checkup_json(&found, ui.lang)?)?;
    } else {
        let mut out = String::new();
        for (machine, findings) in &found {
            let _ = writeln!(out, "{}", report::clean(&machine.name));
            out.push_str(&report::checkup_text(findings, ui.lang, &ui.page));
        }
        ui.data(&out)?;
    }
    let fit = found.iter().flat_map(|(_, findings)| findings).all(|finding| finding.level.is_fit());
    Ok(if fit { Exit::Done } else { Exit::Environment })
}

fn left_files(checkup: &Checkup) -> Option<Finding> {
    if checkup.files.is_empty() {
        return None;
    }
    let names = list(&checkup.files);
    let what = say!(
        "fichiers du laboratoire dans le dossier de travail : {names}",
        "files of the lab's in the workspace: {names}"
    );
    let fix = say!(
        "restes d'un autre groupe ? effacez-les sur place, sinon ils comptent pour le suivant",
        "left by another group? delete them there, else they count for the next one"
    );
    Some(Finding::new("files", Level::Note, what).fix(fix))
}

fn findings(checkup: &Checkup) -> Vec<Finding> {
    let version = &checkup.version;
    let mut all = vec![Finding::new(
        "daemon",
        Level::Fine,
        say!("Docker {version} répond", "Docker {version} answers"),
    )];
    let prepare =
        || say!("`docker-lab class prepare` les y met", "`docker-lab class prepare` puts them there");
    if checkup.missing.is_empty() {
        all.push(Finding::new("images", Level::Fine, say!("les images sont là", "the images are there")));
    } else {
        let names = list(&checkup.missing);
        let what = say!("images absentes : {names}", "images missing: {names}");
        all.push(Finding::new("images", Level::Problem, what).fix(prepare()));
    }
    if !checkup.stand_ins.is_empty() {
        let names = list(&checkup.stand_ins);
        let what = say!("images de remplacement : {names}", "stand-in images: {names}");
        all.push(Finding::new("stand-ins", Level::Note, what));
    }
    if checkup.ahead.abs() > DRIFT {
        let seconds = checkup.ahead;
        let what = say!(
            "son horloge est décalée de {seconds} s par rapport à celle-ci",
            "its clock is {seconds} s away from this one"
        );
        let fix = say!(
            "`timedatectl set-ntp true` sur cette machine",
            "`timedatectl set-ntp true` on that machine"
        );
        all.push(Finding::new("clock", Level::Problem, what).fix(fix));
    }
    if !checkup.taken.is_empty() {
        let names = list(&checkup.taken);
        let what = say!("objets du laboratoire présents : {names}", "objects of the lab are there: {names}");
        let fix = say!(
            "restes d'un autre groupe ? `docker-lab class reset` montre ce qu'il en supprimerait",
            "left by another group? `docker-lab class reset` shows what it would remove"
        );
        all.push(Finding::new("taken", Level::Note, what).fix(fix));
    }
    all.extend(left_files(checkup));
    if checkup.scratch > 0 {
        let count = checkup.scratch;
        let what = say!(
            "conteneurs d'examen oubliés : {count} ; le prochain `class check` les supprime",
            "scratch containers left: {count}; the next `class check` removes them"
        );
        all.push(Finding::new("scratch", Level::Note, what));
    }
    if let Some(error) = &checkup.workspace {
        all.push(Finding::failed("workspace", error.clone()));
    }
    all
}
