//! Which paper is taken: the one under way, or a new one that begins with what matters most.

use crate::cli::args::Common;
use crate::cli::args::Taking;
use crate::cli::desk;
use crate::cli::env;
use crate::cli::env::Env;
use crate::cli::ui::Ui;
use crate::engine::Session;
use crate::error::Error;
use crate::error::Result;
use crate::quiz::Attempt;
use crate::quiz::Begun;
use crate::quiz::Entry;
use crate::quiz::FULL;
use crate::quiz::History;
use crate::quiz::Mode;
use crate::quiz::Quiz;
use crate::quiz::Schedule;
use crate::quiz::paper;
use crate::quiz::paper::Wish;
use crate::text::list;
use crate::text::say;

/// How many questions a practice has where nobody says.
const PRACTICE: usize = 15;

/// How many papers chance chooses from.
const PAPERS: u64 = 100_000;

/// What a paper is drawn from.
pub(super) struct Source<'a> {
    /// The quiz.
    pub quiz: &'a Quiz,
    /// What was answered so far.
    pub history: &'a History,
    /// The lab's session, if one is open.
    pub session: Option<&'a Session>,
}

/// The paper that a seed or a section names, for answers that come in files; none where nothing names one.
pub(super) fn paper(quiz: &Quiz, taking: &Taking) -> Result<Option<Vec<String>>> {
    known_section(quiz, taking.section.as_deref())?;
    if taking.seed.is_none() && taking.questions.is_some() {
        return Err(Error::usage(say!(
            "`--questions` ne dit pas quelles questions ont été posées",
            "`--questions` does not say which questions were asked"
        ))
        .hint(say!("`--seed N` nomme le sujet", "`--seed N` names the paper")));
    }
    if taking.seed.is_none() && taking.section.is_none() {
        if taking.exam {
            return Err(Error::usage(say!(
                "un examen se note d'après son sujet : quelles questions ont été posées ?",
                "an exam is graded by its paper: which questions were asked?"
            ))
            .hint(say!("`--seed N` nomme le sujet", "`--seed N` names the paper")));
        }
        return Ok(None);
    }
    let mode = if taking.exam { Mode::Exam } else { Mode::Practice };
    let count = if taking.seed.is_some() { count(quiz, mode, taking, 0) } else { None };
    let wish = Wish { count, section: taking.section.as_deref(), only: None, first: &[] };
    Ok(Some(paper::draw(quiz, taking.seed.unwrap_or_default(), &wish)))
}

/// How many questions the paper of a number has where nobody says.
pub(crate) fn usual_count(quiz: &Quiz, exam: bool) -> usize {
    if exam { quiz.exam.questions } else { PRACTICE }
}

/// How many questions a paper has; `first` of them are there already.
fn count(quiz: &Quiz, mode: Mode, taking: &Taking, first: usize) -> Option<usize> {
    taking.questions.or(match mode {
        Mode::Exam => Some(usual_count(quiz, true)),
        Mode::Practice if taking.section.is_none() => Some(usual_count(quiz, false).max(first)),
        Mode::Practice | Mode::Review | Mode::File => None,
    })
}

/// The attempt under way, or a new one; none where nothing is due.
pub(super) fn attempt(
    source: &Source<'_>,
    taking: &Taking,
    common: &Common,
    env: &Env,
    ui: &Ui,
) -> Result<Option<Attempt>> {
    let quiz = source.quiz;
    let mode = match taking {
        Taking { exam: true, .. } => Mode::Exam,
        Taking { review: true, .. } => Mode::Review,
        _ => Mode::Practice,
    };
    known_section(quiz, taking.section.as_deref())?;
    if let Some(open) = Attempt::open(&env.home, quiz)? {
        if source.history.has_finished(&open.begun.attempt) {
            open.end()?;
        } else if taking.new {
            drop_exam(&open, quiz, env)?;
        } else if fits(&open, quiz, mode, taking) {
            let (done, all) = (open.answers.len(), open.begun.questions.len());
            ui.note(&say!(
                "Vous reprenez où vous en étiez : {done} réponses sur {all}. Pour recommencer : `--new`.",
                "You go on from where you were: {done} answers of {all}. To begin anew: `--new`."
            ));
            return Ok(Some(open));
        } else if open.begun.mode == Mode::Exam {
            return Err(exam_under_way());
        }
    }
    let now = env::now();
    // A number that people can say to each other.
    let seed = taking.seed.unwrap_or_else(|| now.as_microsecond().unsigned_abs() % PAPERS);
    let due = Schedule::of(source.history).due(quiz, now);
    let first =
        if taking.seed.is_some() || mode != Mode::Practice { Vec::new() } else { pressing(source, common) };
    let wish = Wish {
        count: count(quiz, mode, taking, first.len()),
        section: taking.section.as_deref(),
        only: (mode == Mode::Review).then_some(&due),
        first: &first,
    };
    let questions = paper::draw(quiz, seed, &wish);
    if questions.is_empty() {
        return Ok(None);
    }
    let minutes = (mode == Mode::Exam).then_some(quiz.exam.minutes);
    let begun = Begun { attempt: now.to_string(), at: now, mode, seed, questions, minutes };
    Attempt::begin(&env.home, &quiz.id, begun).map(Some)
}

/// Whether the number of a paper alone gives its questions, or with the section that they are all from.
pub(super) fn is_of(quiz: &Quiz, begun: &Begun) -> bool {
    let mut sections = begun.questions.iter().filter_map(|id| quiz.question(id)).map(|one| &one.section);
    let first = sections.next();
    let section = first.filter(|first| sections.all(|other| other == *first)).map(String::as_str);
    [None, section].into_iter().any(|section| {
        let wish = Wish { count: Some(begun.questions.len()), section, ..Wish::default() };
        paper::draw(quiz, begun.seed, &wish) == begun.questions
    })
}

/// An exam that is dropped counts with what it had: else who does badly would begin anew until it goes well.
fn drop_exam(open: &Attempt, quiz: &Quiz, env: &Env) -> Result<()> {
    if open.begun.mode != Mode::Exam {
        return Ok(());
    }
    let graded = crate::quiz::grade(quiz, &open.all_answers())?.weighted(quiz);
    let (at, attempt) = (env::now(), open.begun.attempt.clone());
    let (percent, questions) = (graded.percent(), graded.questions.len());
    let mut history = History::read(&env.home, &quiz.id)?;
    history.keep(&attempt, &graded, at)?;
    history.note(vec![Entry::Finished { at, attempt, mode: Mode::Exam, percent, questions }])
}

/// Refuses while an exam is under way: whatever grades answers would tell them.
pub(super) fn refuse_in_exam(quiz: &Quiz, history: &History, env: &Env) -> Result<()> {
    let open = Attempt::open(&env.home, quiz)?.map(|open| open.begun);
    match open {
        Some(begun) if begun.mode == Mode::Exam && !history.has_finished(&begun.attempt) => {
            Err(exam_under_way())
        }
        Some(_) | None => Ok(()),
    }
}

fn exam_under_way() -> Error {
    Error::usage(say!("un examen est en cours", "an exam is under way")).hint(say!(
        "`docker-lab quiz --exam` le reprend ; `--new` l'abandonne, et il compte avec ce qu'il a",
        "`docker-lab quiz --exam` goes on with it; `--new` drops it, and it counts with what it has"
    ))
}

/// Whether the attempt under way is what is asked for.
fn fits(open: &Attempt, quiz: &Quiz, mode: Mode, taking: &Taking) -> bool {
    let of = |section: &str| {
        let questions = open.begun.questions.iter().filter_map(|id| quiz.question(id));
        questions.into_iter().all(|question| question.section == section)
    };
    open.begun.mode == mode
        && taking.seed.is_none_or(|seed| seed == open.begun.seed)
        && taking.questions.is_none_or(|count| count == open.begun.questions.len())
        && taking.section.as_deref().is_none_or(of)
}

/// The questions that come first: those that a check of the lab waits for, then those of steps that went wrong.
fn pressing(source: &Source<'_>, common: &Common) -> Vec<String> {
    let quiz = source.quiz;
    let mut first = Vec::new();
    if let Some(session) = source.session
        && let Ok(lab) = desk::shelf(common).lab(&quiz.id, &session.prefix)
    {
        let answers = &session.memory.answers;
        let right = |id: &String| {
            let last = answers.iter().rev().find(|seen| seen.quiz == quiz.id && seen.question == *id);
            last.is_some_and(|seen| seen.right)
        };
        first.extend(lab.demanded(&quiz.id).into_iter().filter(|id| !right(id)));
    }
    let failing = source.history.failing();
    let of_failing =
        quiz.questions.iter().filter(|one| one.step.as_ref().is_some_and(|step| failing.contains(step)));
    let unsure = of_failing.filter(|question| source.history.last(&question.id) != Some(FULL));
    first.extend(unsure.map(|question| question.id.clone()));
    let mut seen = std::collections::BTreeSet::new();
    first.retain(|id| seen.insert(id.clone()));
    first.truncate(PRACTICE);
    first
}

fn known_section(quiz: &Quiz, section: Option<&str>) -> Result<()> {
    let Some(section) = section else { return Ok(()) };
    if quiz.sections.iter().any(|one| one.id == section) {
        return Ok(());
    }
    let (id, known) = (&quiz.id, list(quiz.sections.iter().map(|one| &one.id)));
    Err(Error::usage(say!(
        "le quiz `{id}` n'a pas de section `{section}`",
        "the quiz `{id}` has no section `{section}`"
    ))
    .hint(say!("ses sections : {known}", "its sections: {known}")))
}
