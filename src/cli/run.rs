//! `run`: docker-lab carries the steps out itself, checks each, and reports.

use std::fmt::Write;

use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::check::exit;
use crate::cli::check::steps;
use crate::cli::compose;
use crate::cli::desk;
use crate::cli::desk::Desk;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::hint::comment;
use crate::cli::images;
use crate::cli::quiz;
use crate::cli::ui::Ui;
use crate::engine;
use crate::engine::Entry;
use crate::engine::Performer;
use crate::engine::Scorecard;
use crate::engine::Shell;
use crate::engine::Status;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::lab::Lab;
use crate::lab::Step;
use crate::report::Report;
use crate::text::list;
use crate::text::say;
use crate::world::Operation;

/// Runs the whole lab, or some of its steps.
pub(crate) async fn run(args: &args::Run, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    if args.dry_run {
        return dry_run(args, common, ui);
    }
    let mut desk = Desk::open(&args.lab, common, env, ui).await?;
    images::provide(&mut desk, None, ui).await?;
    let lab = desk.lab.clone();
    let asked = steps(&lab, &args.step)?;
    nothing_in_the_way(&desk, &asked)?;
    in_order(&mut desk, &asked, common, ui).await?;
    let scorecard = look(&mut desk, &asked).await?;
    let report = Report { scorecard: &scorecard, daemon: &desk.engine.daemon, stand_ins: &desk.stand_ins };
    ui.data(&report.render(ui.format, ui.lang, &ui.page)?)?;
    Ok(exit(&scorecard))
}

/// Carries steps out until one does not pass.
pub(super) async fn in_order(desk: &mut Desk, steps: &[&Step], common: &Common, ui: &Ui) -> Result<()> {
    for step in steps {
        // Boxed: what a step may do takes 20 kB, and all that wait for it would grow by as much.
        if !Box::pin(whole_step(desk, step, common, ui)).await? {
            break;
        }
    }
    Ok(())
}

/// Carries one step out and checks it; answers whether those that follow may come. They may where an image is missing,
/// too: what needs this step needs that image, and says so itself.
async fn whole_step(desk: &mut Desk, step: &Step, common: &Common, ui: &Ui) -> Result<bool> {
    let lab = desk.lab.clone();
    let number = lab.number(&step.id);
    let title = ui.say(&step.title);
    let known = step.checks.iter().any(|item| desk.session.memory.evidence(&step.id, &item.id).is_some());
    if known && look(desk, &[step]).await?.overall() == Status::Passed {
        ui.note(&say!("✓ {number}. {title} : déjà fait", "✓ {number}. {title}: already done"));
        return Ok(true);
    }
    if let Some(image) = desk.lacking(step).await? {
        let (fr, en) = (engine::without(&image).fr, engine::without(&image).en);
        ui.note(&say!(
            "– {number}. {title} : sautée, et non jugée ; {fr}",
            "– {number}. {title}: skipped, and not judged; {en}"
        ));
        return Ok(true);
    }
    ui.note(&say!("→ {number}. {title}", "→ {number}. {title}"));
    let done = desk.session.memory.progress.get(&step.id).copied().unwrap_or(0);
    // A step that was done once and undone since begins again.
    let first = if done >= step.operations.len() { 0 } else { done };
    note_progress(desk, step, first)?;
    for index in first..step.operations.len() {
        if let Some(operation) = step.operations.get(index) {
            show(&lab, step, operation, ui);
            operate(desk, step, index, common).await?;
            note_progress(desk, step, index + 1)?;
        }
    }
    let scorecard = look(desk, &[step]).await?;
    let passed = scorecard.overall() == Status::Passed;
    if passed {
        ui.note(&say!("✓ {number}. {title} : réussi", "✓ {number}. {title}: passed"));
    } else {
        ui.note(&say!(
            "✗ {number}. {title} : la suite attend que ceci soit corrigé",
            "✗ {number}. {title}: what follows waits until this is mended"
        ));
    }
    Ok(passed)
}

async fn operate(desk: &mut Desk, step: &Step, index: usize, common: &Common) -> Result<()> {
    match step.operations.get(index) {
        Some(Operation::Check(_)) => look(desk, &[step]).await.map(drop),
        Some(operation @ (Operation::ComposeUp(_) | Operation::ComposeDown(_))) => {
            compose::carry_out(operation, desk).await
        }
        Some(Operation::QuizAnswer(answer)) => {
            let file = desk.workspace().join(&answer.answers);
            let (_, graded) = quiz::grade_file(&answer.quiz, &file, common)?;
            quiz::remember(&mut desk.session, &graded)
        }
        Some(_) | None => {
            let (workspace, lab) = (desk.workspace(), desk.lab.clone());
            let image = desk.images.first().cloned().unwrap_or_default();
            let performer =
                Performer { engine: &desk.engine, lab: &lab, workspace: &workspace, image: &image };
            let done = performer.perform(step, index, &mut desk.session, env::now()).await;
            done.map_err(|error| {
                let (lab, id) = (&lab.id, &step.id);
                error.hint(say!(
                    "corrigez, puis `docker-lab run {lab}` reprend à l'étape `{id}`",
                    "mend it, then `docker-lab run {lab}` goes on at step `{id}`"
                ))
            })
        }
    }
}

/// Looks at some steps now, and keeps new evidence.
pub(super) async fn look(desk: &mut Desk, asked: &[&Step]) -> Result<Scorecard> {
    let (observer, lab) = (desk.observer(), desk.lab.clone());
    Ok(engine::examine(&lab, asked, &observer, &mut desk.session).await?.scorecard)
}

fn note_progress(desk: &mut Desk, step: &Step, done: usize) -> Result<()> {
    desk.session.note(env::now(), &[Entry::Progress { step: step.id.clone(), done }])
}

fn show(lab: &Lab, step: &Step, operation: &Operation, ui: &Ui) {
    let command = engine::render(lab, step, operation, Shell::Bash);
    // A file's text is in the workspace for whoever wants to read it.
    let first = command.lines().take_while(|line| !line.contains("<< 'EOF'")).collect::<Vec<_>>().join("\n");
    let shown = if first.is_empty() { command.lines().next().unwrap_or_default().to_owned() } else { first };
    for line in shown.lines() {
        ui.note_plain(&format!("    {}\n", ui.page.faint(line)));
    }
}

/// Files that stood before the lab are never written over, nor removed.
pub(super) fn nothing_in_the_way(desk: &Desk, asked: &[&Step]) -> Result<()> {
    let stood = &desk.session.memory.baseline.files;
    let touched = |file: &str| stood.iter().any(|old| old.trim_end_matches('/') == file);
    let mut files: Vec<&str> = asked
        .iter()
        .flat_map(|step| &step.operations)
        .flat_map(Operation::files)
        .filter(|file| touched(file))
        .collect();
    files.sort_unstable();
    files.dedup();
    if files.is_empty() {
        return Ok(());
    }
    let (names, folder, lab) = (list(files), &desk.session.memory.workspace, &desk.lab.id);
    Err(Error::environment(say!(
        "dans `{folder}` il y avait déjà {names} : `run` ne les écrase pas",
        "`{folder}` already held {names}: `run` does not write over them"
    ))
    .hint(say!(
        "`docker-lab reset {lab}`, puis `docker-lab run {lab} --dir AUTRE_DOSSIER`",
        "`docker-lab reset {lab}`, then `docker-lab run {lab} --dir OTHER_FOLDER`"
    )))
}

/// The commands alone, ready for a shell.
fn dry_run(args: &args::Run, common: &Common, ui: &Ui) -> Result<Exit> {
    let prefix = common.prefix.as_deref().unwrap_or_default();
    let lab = desk::shelf(common).lab(&args.lab, prefix)?;
    let mut options = String::new();
    if !prefix.is_empty() {
        options.push_str(" --prefix ");
        options.push_str(prefix);
    }
    // A lab of the author's own is found there again.
    let folders = desk::folders(common);
    options.push_str(&folders);
    let mut script = format!("docker-lab start {} --no-input{options}\n", lab.id);
    for step in steps(&lab, &args.step)? {
        let _ = write!(script, "\n{}", comment(&lab, step, ui));
        for operation in &step.operations {
            script.push_str(&engine::render(&lab, step, operation, args.shell));
            match operation {
                Operation::Check(_) | Operation::QuizAnswer(_) => script.push_str(&options),
                _ => {}
            }
            script.push('\n');
        }
        let _ = writeln!(script, "docker-lab check {} {}{options}", lab.id, step.id);
    }
    ui.data(&script)?;
    Ok(Exit::Done)
}
