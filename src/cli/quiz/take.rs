//! Taking the quiz in a terminal: practice, exam and review.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crate::cli::args;
use crate::cli::args::Common;
use crate::cli::confirm;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::quiz;
use crate::cli::quiz::answers;
use crate::cli::quiz::begin;
use crate::cli::quiz::begin::Source;
use crate::cli::quiz::card::Card;
use crate::cli::quiz::card::Reply;
use crate::cli::quiz::keys;
use crate::cli::quiz::typed;
use crate::cli::terminal::Cursor;
use crate::cli::terminal::Sane;
use crate::cli::ui::Ui;
use crate::engine::Session;
use crate::engine::Status;
use crate::error::Error;
use crate::error::Exit;
use crate::error::Result;
use crate::quiz::Answers;
use crate::quiz::Attempt;
use crate::quiz::Entry;
use crate::quiz::Graded;
use crate::quiz::History;
use crate::quiz::Mark;
use crate::quiz::Mode;
use crate::quiz::Quiz;
use crate::quiz::Schedule;
use crate::report;
use crate::report::Format;
use crate::text::Text;
use crate::text::say;

/// After its end an exam is given so long to notice by itself.
const GRACE: Duration = Duration::from_secs(1);

/// Someone at work on a paper.
struct Taker {
    quiz: Quiz,
    history: History,
    session: Option<Session>,
    attempt: Attempt,
    ui: Ui,
}

/// Takes the quiz.
pub(super) async fn take(args: &args::Quiz, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let quiz = quiz::read(&args.quiz, common)?;
    if !ui.interactive {
        let id = &quiz.id;
        return Err(Error::usage(say!(
            "sans terminal, le quiz attend un fichier de réponses",
            "without a terminal, the quiz needs a file of answers"
        ))
        .hint(say!("`docker-lab quiz {id} --answers FICHIER`", "`docker-lab quiz {id} --answers FILE`")));
    }
    let history = quiz::history(&quiz.id, env, ui)?;
    let session = quiz::session_of(&quiz.id, common, env).await?;
    let source = Source { quiz: &quiz, history: &history, session: session.as_ref() };
    let Some(attempt) = begin::attempt(&source, &args.taking, common, env, ui)? else {
        return nothing(&quiz, &history, ui);
    };
    let sane = Sane::keep();
    let _cursor = (!ui.page.plain).then(|| Cursor);
    let end = attempt.deadline();
    let taker = Taker { quiz, history, session, attempt, ui: ui.clone() };
    // Prompts block. On a thread of their own they do not keep Ctrl-C from ending the program.
    let (send, receive) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || drop(send.send(taker.take())));
    tokio::select! {
        outcome = receive => outcome.unwrap_or_else(|gone| Err(keys::stopped(gone))),
        () = passed(end) => {
            sane.restore();
            overtime(args, common, env, ui).await
        }
    }
}

/// Waits until a prompt that still stands has outlasted the exam; a key that is pressed in time is not overtaken.
async fn passed(end: Option<Timestamp>) {
    let Some(end) = end else { return std::future::pending().await };
    // What lies in the past already is no duration.
    let left = Duration::try_from(end.duration_since(env::now())).unwrap_or_default();
    tokio::time::sleep(left + GRACE).await;
}

/// Hands in what was answered while a prompt still stands.
async fn overtime(args: &args::Quiz, common: &Common, env: &Env, ui: &Ui) -> Result<Exit> {
    let quiz = quiz::read(&args.quiz, common)?;
    let (history, attempt) = (quiz::history(&quiz.id, env, ui)?, Attempt::open(&env.home, &quiz)?);
    let session = quiz::session_of(&quiz.id, common, env).await?;
    let attempt = attempt.ok_or_else(|| keys::stopped("the attempt is gone"))?;
    ui.note(&say_over());
    Taker { quiz, history, session, attempt, ui: ui.clone() }.finish(true)
}

fn say_over() -> Text {
    say!("Le temps est écoulé.", "The time is up.")
}

/// Nothing is due: that is good news.
fn nothing(quiz: &Quiz, history: &History, ui: &Ui) -> Result<Exit> {
    let next = Schedule::of(history).next(quiz, env::now());
    let text = match next.map(|at| at.strftime("%Y-%m-%d").to_string()) {
        Some(day) => say!(
            "Rien à revoir aujourd'hui. Prochaine question : le {day}.",
            "Nothing is due today. Next question: {day}."
        ),
        None => say!(
            "Rien à revoir : vous n'avez pas encore répondu au quiz. Commencez par `docker-lab quiz`.",
            "Nothing is due: you have not answered the quiz yet. Begin with `docker-lab quiz`."
        ),
    };
    ui.data(&ui.page.paragraph("", &ui.say(&text)))?;
    Ok(Exit::Done)
}

impl Taker {
    fn take(mut self) -> Result<Exit> {
        self.welcome();
        let exam = self.attempt.begun.mode == Mode::Exam;
        if exam {
            self.examine()?;
        } else {
            self.practise()?;
        }
        self.finish(exam)
    }

    fn welcome(&self) {
        let count = self.attempt.begun.questions.len();
        let pass = self.quiz.exam.pass;
        let text = match self.attempt.begun.minutes {
            Some(minutes) => say!(
                "Examen : {count} questions, {minutes} minutes, réussi à {pass} %.",
                "Exam: {count} questions, {minutes} minutes, passed at {pass}%."
            ),
            None => say!("{count} questions.", "{count} questions."),
        };
        self.ui.note(&text);
        if let Some(seed) = self.paper() {
            self.ui.note(&say!("Sujet n° {seed}.", "Paper no. {seed}."));
        }
    }

    /// The number by which others get the same paper; what begins with the learner's own gaps has none.
    fn paper(&self) -> Option<u64> {
        let begun = &self.attempt.begun;
        begin::is_of(&self.quiz, begun).then_some(begun.seed)
    }

    /// Question after question, each explained at once.
    fn practise(&mut self) -> Result<()> {
        for (index, id) in self.attempt.begun.questions.clone().iter().enumerate() {
            if self.attempt.answers.contains_key(id) {
                continue;
            }
            match self.ask(index)? {
                Reply::Answer(given) => {
                    self.attempt.answer(id, given)?;
                    self.explain(id)?;
                }
                Reply::Leave | Reply::Back => {}
                Reply::End => return Ok(()),
            }
        }
        Ok(())
    }

    /// Keeps an answer and says what it is worth.
    fn explain(&mut self, id: &str) -> Result<()> {
        let answer = self.attempt.answers.get(id).cloned();
        let answers: Answers = answer.map(|answer| (id.to_owned(), answer)).into_iter().collect();
        let graded = crate::quiz::grade(&self.quiz, &answers)?;
        self.keep(&graded)?;
        let (Some(grade), Some(question)) = (graded.questions.first(), self.quiz.question(id)) else {
            return Ok(());
        };
        let (page, lang) = (&self.ui.page, self.ui.lang);
        let right = grade.mark == Mark::Right;
        let sign = page.sign(if right { Status::Passed } else { Status::Failed }, lang);
        let credit = grade.credit;
        let word = match credit {
            _ if right => say!("Juste.", "Right."),
            0 => say!("Ce n'est pas cela.", "Not quite."),
            _ => say!("En partie juste : {credit} %.", "Right in part: {credit}%."),
        };
        let mut out = format!(
            "{sign} {}\n{}",
            self.ui.say(&word),
            report::explanation(question, &grade.given, page, lang)
        );
        if !right {
            out.push_str(&report::again(grade.step.as_deref(), page, lang));
        }
        self.ui.note_plain(&out);
        Ok(())
    }

    /// Back and forth until the paper is handed in or the time is up; nothing is told before.
    fn examine(&mut self) -> Result<()> {
        let questions = self.attempt.begun.questions.clone();
        let open =
            |attempt: &Attempt, id: &String| attempt.answers.get(id).is_none_or(|one| one.given.is_empty());
        let mut at = questions.iter().position(|id| open(&self.attempt, id)).unwrap_or(0);
        loop {
            if self.is_over() {
                self.ui.note(&say_over());
                return Ok(());
            }
            let reply = self.ask(at)?;
            if self.is_over() {
                continue;
            }
            let last = at + 1 == questions.len();
            let mut ends = reply == Reply::End;
            match reply {
                Reply::Back => at = at.saturating_sub(1),
                Reply::End => {}
                Reply::Answer(given) => {
                    self.attempt.answer(&questions[at], given)?;
                    ends = last;
                    at += usize::from(!last);
                }
                Reply::Leave => {
                    ends = last;
                    at += usize::from(!last);
                }
            }
            if ends {
                let left = questions.iter().filter(|id| open(&self.attempt, id)).count();
                if self.confirm(left)? {
                    return Ok(());
                }
                at = questions.iter().position(|id| open(&self.attempt, id)).unwrap_or(0);
            }
        }
    }

    fn confirm(&self, left: usize) -> Result<bool> {
        let question = match left {
            0 => say!(
                "Toutes les questions ont une réponse. Rendre la copie ?",
                "Every question is answered. Hand in?"
            ),
            1 => say!("Une question est sans réponse. Rendre la copie ?", "One question is open. Hand in?"),
            left => say!(
                "{left} questions sont sans réponse. Rendre la copie ?",
                "{left} questions are open. Hand in?"
            ),
        };
        confirm::ask(&question, &self.ui).map_err(keys::stopped)
    }

    fn is_over(&self) -> bool {
        self.attempt.deadline().is_some_and(|end| env::now() >= end)
    }

    fn ask(&self, index: usize) -> Result<Reply> {
        let begun = &self.attempt.begun;
        let Some(question) = begun.questions.get(index).and_then(|id| self.quiz.question(id)) else {
            return Ok(Reply::Leave);
        };
        let mut card = Card::new(&self.quiz, question, begun.seed);
        card.number = index + 1;
        card.count = begun.questions.len();
        card.exam = begun.mode == Mode::Exam;
        card.minutes = self.attempt.deadline().map(|end| minutes(env::now(), end));
        card.given = self.attempt.answers.get(&question.id).map(|one| one.given.clone()).unwrap_or_default();
        if self.ui.page.plain { typed::ask(&card, &self.ui) } else { keys::ask(&card, &self.ui) }
    }

    fn keep(&mut self, graded: &Graded) -> Result<()> {
        self.history.keep(&self.attempt.begun.attempt, graded, env::now())?;
        self.session.as_mut().map_or(Ok(()), |session| quiz::remember(session, graded))
    }

    fn finish(mut self, exam: bool) -> Result<Exit> {
        let whole = crate::quiz::grade(&self.quiz, &self.attempt.all_answers())?;
        let mut graded = whole.clone();
        if exam {
            graded = graded.weighted(&self.quiz);
            self.keep(&graded)?;
        } else {
            // What was left open is not wrong in practice; it does not count.
            graded.questions.retain(|grade| grade.mark != Mark::Open);
        }
        let begun = self.attempt.begun.clone();
        let percent = if exam { graded.percent() } else { whole.percent() };
        let questions = whole.questions.len();
        if !graded.questions.is_empty() {
            let (at, attempt) = (env::now(), begun.attempt.clone());
            self.history.note(vec![Entry::Finished { at, attempt, mode: begun.mode, percent, questions }])?;
        }
        let paper = self.paper();
        self.attempt.end()?;
        let passed =
            answers::passed(&self.quiz, &graded, exam) && (exam || graded.questions.len() == questions);
        let standings = self.history.standings(&self.quiz);
        let ui = &self.ui;
        let text = if ui.format == Format::Json {
            let more = json!({"mode": begun.mode, "seed": paper, "passed": passed, "progress": standings});
            report::quiz_json(&self.quiz, &graded, ui.lang, &more)?
        } else {
            let mut out = report::quiz_page(&self.quiz, &graded, &ui.page, ui.lang);
            if exam {
                let pass = self.quiz.exam.pass;
                let verdict = if passed {
                    say!("Examen réussi.", "Exam passed.")
                } else {
                    say!("Examen non réussi : il faut {pass} %.", "Exam not passed: it takes {pass}%.")
                };
                out.push_str(&ui.page.heading(&ui.say(&verdict)));
            }
            let due = Schedule::of(&self.history).due(&self.quiz, env::now()).len();
            out + &report::quiz_chart(&self.quiz, &standings, due, &ui.page, ui.lang)
        };
        ui.data(&text)?;
        Ok(if passed { Exit::Done } else { Exit::NotYet })
    }
}

/// Minutes until the end, begun ones counted.
fn minutes(now: Timestamp, end: Timestamp) -> i64 {
    let seconds = end.duration_since(now).as_secs();
    (seconds + 59) / 60
}
