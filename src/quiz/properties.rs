//! What must hold for every answer, not only for those that somebody thought of.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;

use crate::quiz::Answer;
use crate::quiz::Answers;
use crate::quiz::FULL;
use crate::quiz::Graded;
use crate::quiz::Kind;
use crate::quiz::Mark;
use crate::quiz::Question;
use crate::quiz::Quiz;
use crate::quiz::command;
use crate::quiz::grade;
use crate::quiz::paper;
use crate::quiz::paper::Wish;

/// The bank, read once.
static BANK: LazyLock<Quiz> =
    LazyLock::new(|| Quiz::parse("volumes.yaml", include_str!("../../quizzes/volumes.yaml")).expect("valid"));

fn graded(quiz: &Quiz, id: &str, given: Vec<String>) -> Option<Graded> {
    let answers: Answers = [(id.to_owned(), Answer { given })].into_iter().collect();
    grade(quiz, &answers).ok()
}

/// Words that an answer to a question could be made of.
fn words(question: &Question) -> Vec<String> {
    let mut words: Vec<String> =
        ["a", "B", "c", "d", "z", "", "1", "true", "faux", "docker volume ls", "x=y"]
            .map(str::to_owned)
            .to_vec();
    words.extend(question.kind.choices().iter().map(|option| option.id.clone()));
    words.extend(question.kind.correct());
    words
}

/// `-v` and its like, in one of their spellings.
fn mount(source: &str, target: &str, read_only: bool, how: u8) -> Vec<String> {
    let ro = if read_only { ":ro" } else { "" };
    let flag = if read_only { ",readonly" } else { "" };
    match how % 6 {
        0 => vec!["-v".to_owned(), format!("{source}:{target}{ro}")],
        1 => vec![format!("-v{source}:{target}{ro}")],
        2 => vec![format!("--volume={source}:{target}/{ro}")],
        3 => vec!["--volume".to_owned(), format!("'{source}':\"{target}\"{ro}")],
        4 => vec!["--mount".to_owned(), format!("type=volume,source={source},target={target}{flag}")],
        _ => vec![format!("--mount=\"dst={target},src={source}{flag}\"")],
    }
}

/// An option with a value, in one of its spellings.
fn valued(long: &str, short: &str, value: &str, how: u8) -> Vec<String> {
    match how % 4 {
        0 => vec![format!("--{long}"), value.to_owned()],
        1 => vec![format!("--{long}={value}")],
        2 => vec![short.to_owned(), format!("'{value}'")],
        _ => vec![format!("{short}{value}")],
    }
}

fn line(pieces: Vec<Vec<String>>, gap: &str) -> String {
    let options: Vec<String> = pieces.into_iter().flatten().collect();
    format!("docker run{gap}{}{gap}alpine ls", options.join(gap))
}

proptest! {
    #[test]
    fn points_stay_between_nothing_and_the_maximum(at in 0_usize..71, picks in prop::collection::vec(0_usize..40, 0..6)) {
        let quiz = &*BANK;
        let question = &quiz.questions[at % quiz.questions.len()];
        let words = words(question);
        let given = picks.iter().map(|pick| words[pick % words.len()].clone()).collect();
        if let Some(graded) = graded(quiz, &question.id, given) {
            prop_assert!(graded.points() <= graded.max() && graded.percent() <= 100);
            let grade = &graded.questions[0];
            prop_assert_eq!(grade.credit == FULL, grade.mark == Mark::Right);
            let weighted = graded.clone().weighted(quiz);
            prop_assert!(weighted.points() <= weighted.max());
            prop_assert_eq!(weighted.percent(), graded.percent());
        }
    }

    #[test]
    fn neither_order_nor_spelling_of_choices_changes_a_grade(seed in any::<u64>(), mask in 0_u32..64, letters in any::<bool>()) {
        let quiz = &*BANK;
        for question in quiz.questions.iter().filter(|one| matches!(one.kind, Kind::Several(_))) {
            let all = question.kind.choices();
            let name = |at: usize, letters: bool| if letters { char::from(b'a' + u8::try_from(at).unwrap_or(0)).to_string() } else { all[at].id.clone() };
            let chosen: Vec<usize> = (0..all.len()).filter(|at| mask >> at & 1 == 1).collect();
            let mut shuffled = chosen.clone();
            crate::quiz::dice::Dice::new(seed, "test").shuffle(&mut shuffled);
            let plain = graded(quiz, &question.id, chosen.iter().map(|at| name(*at, false)).collect());
            let other = graded(quiz, &question.id, shuffled.iter().map(|at| format!(" {} ", name(*at, letters))).collect());
            prop_assert_eq!(plain.clone(), other);
            let joined = vec![shuffled.iter().map(|at| name(*at, letters).to_uppercase()).collect::<Vec<_>>().join(", ")];
            if letters {
                prop_assert_eq!(plain, graded(quiz, &question.id, joined));
            }
        }
    }

    #[test]
    fn neither_order_nor_spelling_of_options_changes_a_command(
        order in Just((0..6).collect::<Vec<usize>>()).prop_shuffle(),
        how in prop::collection::vec(any::<u8>(), 6),
        read_only in any::<bool>(),
        gap in prop::sample::select(vec![" ", "   ", " \\\n  "]),
    ) {
        let pieces = |how: &[u8]| {
            vec![
                mount("data", "/data", read_only, how[0]),
                mount("other", "/srv/other", !read_only, how[1]),
                valued("env", "-e", "A=1", how[2]),
                valued("workdir", "-w", "/data", how[3]),
                vec![["-d", "--detach", "--detach=true", "-d=true"][usize::from(how[4] % 4)].to_owned()],
                vec![["--rm", "--rm=true"][usize::from(how[5] % 2)].to_owned()],
            ]
        };
        let plain = line(pieces(&[0; 6]), " ");
        let spelled = pieces(&how);
        let shuffled = line(order.iter().map(|at| spelled[*at].clone()).collect(), gap);
        let found = command::differences(&plain, &shuffled, &[]);
        prop_assert!(found.is_empty(), "{}\n{}\n{:?}", plain, shuffled, found);
        // One piece less means something else.
        let less = line(order.iter().skip(1).map(|at| spelled[*at].clone()).collect(), gap);
        prop_assert!(!command::differences(&plain, &less, &[]).is_empty(), "{}", less);
    }

    #[test]
    fn no_line_of_letters_breaks_the_reader(line in "\\PC*") {
        let _ = command::differences("docker volume ls", &line, &[]);
        let _ = command::differences("docker volume ls", &format!("docker run {line}"), &[]);
    }

    #[test]
    fn a_seed_names_a_paper(seed in any::<u64>(), count in 1_usize..80) {
        let quiz = &*BANK;
        let wish = Wish { count: Some(count), ..Wish::default() };
        let paper = paper::draw(quiz, seed, &wish);
        prop_assert_eq!(&paper, &paper::draw(quiz, seed, &wish));
        prop_assert_eq!(paper.len(), count.min(quiz.questions.len()));
        prop_assert_eq!(paper.iter().collect::<BTreeSet<_>>().len(), paper.len());
        for question in &quiz.questions {
            let mut shown = paper::shown(question, seed);
            prop_assert_eq!(&shown, &paper::shown(question, seed));
            shown.sort_unstable();
            prop_assert!(shown.iter().copied().eq(0..shown.len()));
        }
    }
}

#[test]
fn every_correct_answer_of_the_bank_scores_in_full() {
    let quiz = &*BANK;
    for question in &quiz.questions {
        let found = graded(quiz, &question.id, question.kind.correct()).expect("graded");
        assert_eq!(found.points(), FULL, "{}", question.id);
    }
}
