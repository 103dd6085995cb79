//! `start`: the preflight, the workspace, the baseline; then what comes first.

use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::desk::Desk;
use crate::cli::env::Env;
use crate::cli::images;
use crate::cli::ui::Ui;
use crate::error::Exit;
use crate::error::Result;
use crate::lab::Lab;
use crate::text::list;
use crate::text::say;

/// Opens or resumes a session and shows the first step that is not done.
pub(crate) async fn start(args: &args::LabName, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let mut desk = Desk::open(&args.lab, common, env, ui).await?;
    images::provide(&mut desk, None, ui).await?;
    ui.data(&welcome(&desk, ui))?;
    Ok(Exit::Done)
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
    out.push_str(&next_step(desk, ui));
    out
}

fn created(lab: &Lab) -> crate::text::Text {
    let (volumes, containers) = (list(&lab.resources.volumes), list(&lab.resources.containers));
    say!(
        "seront créés : les volumes {volumes} ; les conteneurs {containers}",
        "will be created: the volumes {volumes}; the containers {containers}"
    )
}

/// The first step with a check that never passed.
fn next_step(desk: &Desk, ui: &Ui) -> String {
    let memory = &desk.session.memory;
    let undone = |step: &&crate::lab::Step| {
        step.checks.iter().any(|item| memory.evidence(&step.id, &item.id).is_none())
    };
    let Some(step) = desk.lab.steps.iter().find(undone) else {
        let all = say!(
            "Toutes les étapes sont faites : `docker-lab check`.",
            "All steps are done: `docker-lab check`."
        );
        return ui.page.paragraph("", &ui.say(&all));
    };
    let (number, count) = (desk.lab.number(&step.id), desk.lab.steps.len());
    let title = ui.say(&step.title);
    let heading = say!("Étape {number} sur {count} : {title}", "Step {number} of {count}: {title}");
    let mut out = ui.page.heading(&ui.say(&heading));
    out.push_str(&ui.page.paragraph("", &ui.say(&step.goal)));
    out.push('\n');
    let (lab, id) = (&desk.lab.id, &step.id);
    let ways = say!(
        "Faites-le dans ce dossier, puis `docker-lab check {lab} {id}`. Bloqué ? `docker-lab hint`. La réponse : `docker-lab solution`.",
        "Do it in this folder, then `docker-lab check {lab} {id}`. Stuck? `docker-lab hint`. The answer: `docker-lab solution`."
    );
    out.push_str(&ui.page.paragraph("", &ui.say(&ways)));
    out
}
