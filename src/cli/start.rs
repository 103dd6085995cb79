//! `start`: the preflight, the workspace, the baseline; then what comes first.

use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::check::MAIN;
use crate::cli::compose;
use crate::cli::desk;
use crate::cli::desk::Desk;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::guided;
use crate::cli::images;
use crate::cli::interrupted;
use crate::cli::run;
use crate::cli::ui::Ui;
use crate::engine::Entry;
use crate::error::Exit;
use crate::error::Result;
use crate::lab::Lab;
use crate::text::list;
use crate::text::say;

/// Opens or resumes a session and shows the first step that is not done.
///
/// In a terminal it goes on as the guided session.
pub(crate) async fn start(args: &args::Start, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let desk = interrupted::or(Box::pin(ready(args, common, env, ui))).await?;
    ui.data(&welcome(&desk, ui))?;
    if ui.interactive {
        return Box::pin(guided::guide(desk, common, env, ui)).await;
    }
    ui.data(&next_step(&desk, &desk::folders(common), ui))?;
    Ok(Exit::Done)
}

/// The session open, the images here, and what a step that is taken alone needs.
async fn ready(args: &args::Start, common: &Common, env: &Env, ui: &Ui) -> Result<Desk> {
    let mut desk = Desk::open(&args.lab, common, env, ui).await?;
    images::provide(&mut desk, None, ui).await?;
    if compose::is_needed(&desk.lab)
        && let Err(missing) = compose::program(env).await
    {
        ui.note(&missing.what);
        missing.hints.iter().for_each(|hint| ui.note(hint));
    }
    let Some(name) = &args.step else { return Ok(desk) };
    let lab = desk.lab.clone();
    let step = lab.step(name)?;
    let foundations = lab.foundations(step);
    if !foundations.is_empty() {
        let before = list(foundations.iter().map(|one| &one.id));
        ui.note(&say!(
            "D'abord, docker-lab construit ce que laissent les étapes précédentes ({before}) :",
            "First, docker-lab builds what the earlier steps leave behind ({before}):"
        ));
        run::nothing_in_the_way(&desk, &foundations)?;
        run::in_order(&mut desk, &foundations, common, ui).await?;
    }
    desk.session.note(env::now(), &[Entry::At { step: step.id.clone() }])?;
    Ok(desk)
}

fn welcome(desk: &Desk, ui: &Ui) -> String {
    let (lab, page) = (&desk.lab, &ui.page);
    let mut out = page.heading(&ui.say(&lab.title));
    out.push_str(&page.paragraph("", &ui.say(&lab.goal)));
    out.push('\n');
    let (workspace, version, place) =
        (&desk.session.memory.workspace, &desk.engine.daemon.version, &desk.engine.endpoint);
    let facts = [
        say!("dossier de travail : {workspace}", "workspace: {workspace}"),
        say!("moteur : Docker {version}, {place}", "engine: Docker {version}, {place}"),
        created(lab),
    ];
    for fact in &facts {
        out.push_str(&page.paragraph("  - ", &ui.say(fact)));
    }
    if !desk.stand_ins.is_empty() {
        let names = list(&desk.stand_ins);
        let note = say!(
            "images de remplacement, et non les vraies : {names}",
            "stand-in images, not the real ones: {names}"
        );
        out.push_str(&page.paragraph("  - ", &ui.say(&note)));
    }
    let kept = &desk.session.memory.baseline.files;
    if !kept.is_empty() {
        let names = list(kept);
        let note =
            say!("déjà là, et gardés tels quels : {names}", "already here, and kept as they are: {names}");
        out.push_str(&page.paragraph("  - ", &ui.say(&note)));
    }
    out.push('\n');
    for task in &lab.tasks {
        let numbers: Vec<String> = task.steps.iter().map(|id| lab.number(id).to_string()).collect();
        let (title, steps) = (ui.say(&task.title), numbers.join(" + "));
        let line = if numbers.len() == 1 {
            say!("{title} (étape {steps})", "{title} (step {steps})")
        } else {
            say!("{title} (étapes {steps})", "{title} (steps {steps})")
        };
        out.push_str(&page.paragraph("  • ", &ui.say(&line)));
    }
    out.push('\n');
    out
}

fn created(lab: &Lab) -> crate::text::Text {
    let (volumes, containers) = (list(&lab.resources.volumes), list(&lab.resources.containers));
    match (volumes.is_empty(), containers.is_empty()) {
        (false, false) => say!(
            "seront créés : les volumes {volumes} ; les conteneurs {containers}",
            "will be created: the volumes {volumes}; the containers {containers}"
        ),
        (false, true) => {
            say!("seront créés : les volumes {volumes}", "will be created: the volumes {volumes}")
        }
        (true, _) => {
            say!("seront créés : les conteneurs {containers}", "will be created: the containers {containers}")
        }
    }
}

/// The first step with a check that never passed.
fn next_step(desk: &Desk, folders: &str, ui: &Ui) -> String {
    let lab = &desk.lab.id;
    let memory = &desk.session.memory;
    let undone = |step: &&crate::lab::Step| {
        step.checks.iter().any(|item| memory.evidence(&step.id, &item.id).is_none())
    };
    let left = desk.lab.steps.iter().find(|step| memory.at.as_ref() == Some(&step.id)).filter(undone);
    let Some(step) = left.or_else(|| desk.lab.steps.iter().find(undone)) else {
        let all = say!(
            "Toutes les étapes sont faites : `docker-lab check {lab}{folders}`.",
            "All steps are done: `docker-lab check {lab}{folders}`."
        );
        return ui.page.paragraph("", &ui.say(&all));
    };
    let (number, count) = (desk.lab.number(&step.id), desk.lab.steps.len());
    let title = ui.say(&step.title);
    let heading = say!("Étape {number} sur {count} : {title}", "Step {number} of {count}: {title}");
    let mut out = ui.page.heading(&ui.say(&heading));
    out.push_str(&ui.page.paragraph("", &ui.say(&step.goal)));
    out.push('\n');
    let id = &step.id;
    // Where no lab is named, the main one is meant.
    let of = if lab == MAIN { folders.to_owned() } else { format!(" --lab {lab}{folders}") };
    let ways = say!(
        "Faites-le dans ce dossier, puis `docker-lab check {lab} {id}{folders}`. Bloqué ? `docker-lab hint{of}`. La réponse : `docker-lab solution{of}`.",
        "Do it in this folder, then `docker-lab check {lab} {id}{folders}`. Stuck? `docker-lab hint{of}`. The answer: `docker-lab solution{of}`."
    );
    out.push_str(&ui.page.paragraph("", &ui.say(&ways)));
    out
}
