//! `class quiz`: a paper for the room, then the answers: collected, graded, and kept where the lab's checks look for them.

use std::fmt::Write;
use std::path::Path;

use crate::class::Machine;
use crate::class::Room;
use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::class::room;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::quiz;
use crate::cli::ui::Ui;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::quiz::Graded;
use crate::quiz::Mark;
use crate::quiz::Quiz;
use crate::quiz::answers;
use crate::quiz::class;
use crate::quiz::class::Learner;
use crate::quiz::exchange;
use crate::quiz::paper;
use crate::quiz::paper::Wish;
use crate::report::Format;
use crate::report::Sheet;
use crate::text::Text;
use crate::text::say;
use crate::world::Answered;

/// What a learner writes the answers into.
const FILE: &str = "answers.yaml";

/// How many questions a paper has where nobody says.
const QUESTIONS: usize = 15;

/// Hands out the paper, or collects and grades the answers to it.
pub(crate) async fn quiz(args: &args::RoomQuiz, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    ui.format.among(&[Format::Text, Format::Json])?;
    let room = room(&args.room, common, env)?;
    let quiz = quiz::read(&room.lab.id, common)?;
    // What the lab's checks wait for is on every paper.
    let demanded = room.lab.demanded(&quiz.id);
    let count = Some(args.questions.unwrap_or(QUESTIONS).max(demanded.len()));
    let ids = paper::draw(&quiz, args.seed, &Wish { count, first: &demanded, ..Wish::default() });
    match &args.papers {
        Some(folder) => hand_out(&quiz, &ids, &env.here.join(folder), ui),
        None => collect(args, (&room, &quiz, &ids), env, ui).await,
    }
}

/// The paper as a page, and the file that the learners fill in.
fn hand_out(quiz: &Quiz, ids: &[String], folder: &Path, ui: &Ui) -> Result<Exit> {
    let questions = ids.iter().filter_map(|id| quiz.question(id).cloned()).collect();
    let page = exchange::write_html(&Quiz { questions, ..quiz.clone() }, ui.lang);
    let mut blank = ui.say(&say!(
        "# Une lettre, une liste ([a, c]) ou un texte par question.",
        "# A letter, a list ([a, c]) or a text for each question."
    ));
    blank.push('\n');
    for (index, id) in ids.iter().enumerate() {
        let _ = writeln!(blank, "# {}.\n{id}: ", index + 1);
    }
    let unwritten = |name: &str, error: std::io::Error| {
        let shown = folder.join(name).display().to_string();
        Error::environment(say!("`{shown}` n'a pas pu être écrit", "`{shown}` could not be written"))
            .because(error)
    };
    std::fs::create_dir_all(folder).map_err(|error| unwritten("", error))?;
    for (name, text) in [("paper.html", &page), (FILE, &blank)] {
        // Somebody's answers may stand there already.
        let file = std::fs::OpenOptions::new().write(true).create_new(true).open(folder.join(name));
        let written = file.and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()));
        written.map_err(|error| unwritten(name, error))?;
    }
    let shown = folder.display();
    ui.note(&say!(
        "`{shown}` : le sujet, et `{FILE}` que chaque participant remplit et laisse dans son dossier de travail.",
        "`{shown}`: the paper, and `{FILE}` that each learner fills in and leaves in the workspace."
    ));
    Ok(Exit::Done)
}

/// Grades what there is, keeps it, and shows how everybody did.
async fn collect(
    args: &args::RoomQuiz,
    (room, quiz, ids): (&Room, &Quiz, &[String]),
    env: &Env,
    ui: &Ui,
) -> Result<Exit> {
    let found = match &args.answers {
        Some(folder) => files(room, &env.here.join(folder)),
        None => room.collect(FILE).await,
    };
    let (mut learners, mut answered, mut troubles) = (Vec::new(), Vec::new(), Vec::new());
    for (machine, text) in found {
        let name = machine.learner.clone().unwrap_or_else(|| machine.name.clone());
        match text.and_then(|text| text.map(|text| graded(&machine, &text, quiz, ids)).transpose()) {
            Ok(Some(graded)) => {
                answered.push((machine, marks(&graded)));
                learners.push(Learner { name, graded, before: None });
            }
            Ok(None) => {
                let none = Error::usage(say!("pas de réponses", "no answers"));
                troubles.push((machine, Error { exit: Exit::NotYet, ..none }));
            }
            Err(error) => troubles.push((machine, error)),
        }
    }
    troubles.extend(room.remember(answered, env::now()).await);
    for (machine, error) in &troubles {
        let (name, fr, en) = (&machine.name, &error.what.fr, &error.what.en);
        ui.note(&say!("{name} : {fr}", "{name}: {en}"));
    }
    let items = class::items(quiz, &learners);
    let unread: Vec<Text> = troubles.iter().map(|(_, error)| error.what.clone()).collect();
    let sheet = Sheet { quiz, learners: &learners, items: &items, unread: &unread };
    let text = if ui.format == Format::Json { sheet.json(ui.lang)? } else { sheet.text(&ui.page, ui.lang) };
    ui.data(&text)?;
    let worst = [Exit::Environment, Exit::Usage, Exit::NotYet];
    let worst = worst.into_iter().find(|exit| troubles.iter().any(|(_, error)| error.exit == *exit));
    Ok(worst.unwrap_or(Exit::Done))
}

/// The files of a folder that bear a machine's name, or its learner's.
fn files(room: &Room, folder: &Path) -> Vec<(Machine, Result<Option<String>>)> {
    let read = |machine: &Machine| {
        let names = machine.learner.iter().chain([&machine.name]);
        let paths =
            names.flat_map(|name| ["yaml", "yml", "json"].map(|end| folder.join(format!("{name}.{end}"))));
        for path in paths {
            match std::fs::read_to_string(&path) {
                Ok(text) => return Ok(Some(text)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    let shown = path.display();
                    let what = say!("`{shown}` n'a pas pu être lu", "`{shown}` could not be read");
                    return Err(Error::usage(what).because(error));
                }
            }
        }
        Ok(None)
    };
    room.inventory.machines.iter().map(|machine| (machine.clone(), read(machine))).collect()
}

fn graded(machine: &Machine, text: &str, quiz: &Quiz, ids: &[String]) -> Result<Graded> {
    let answers = answers::parse(&machine.name, text, quiz)?;
    crate::quiz::grade(quiz, &answers::on_paper(answers, ids)?)
}

/// What was handed in without an answer is not right either.
fn marks(graded: &Graded) -> Vec<Answered> {
    let mark = |grade: &crate::quiz::Grade| Answered {
        quiz: graded.quiz.clone(),
        question: grade.id.clone(),
        right: grade.mark == Mark::Right,
    };
    graded.questions.iter().map(mark).collect()
}
