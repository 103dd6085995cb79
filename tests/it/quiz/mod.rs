//! The quiz from outside: files of answers, and practice, exam and review in a real terminal, in both languages.

mod class;
mod exchange;

use serde_json::Value;

use crate::engine;
use crate::program::Place;
use crate::terminal::Terminal;

pub const NOWHERE: &str = "unix:///nonexistent/docker.sock";

/// A small quiz with every kind of question, under the id `small`.
const SMALL: &str = include_str!("../../data/small.yaml");

/// A place with a small quiz on its shelf.
pub fn place() -> Place {
    let place = Place::at(NOWHERE);
    std::fs::create_dir(place.work().join("bank")).expect("a folder");
    std::fs::write(place.work().join("bank/small.yaml"), SMALL).expect("the quiz");
    place
}

fn grade(place: &Place, answers: &str) -> Value {
    std::fs::write(place.work().join("answers.yaml"), answers).expect("written");
    place.json(&["quiz", "small", "--quizzes", "bank", "--answers", "answers.yaml"])
}

fn points(report: &Value, id: &str) -> f64 {
    let questions = report["questions"].as_array().expect("questions");
    let found = questions.iter().find(|question| question["id"] == id);
    found.and_then(|question| question["points"].as_f64()).unwrap_or_else(|| panic!("{id}: {report:#}"))
}

#[test]
fn every_kind_is_graded_and_the_correct_answers_score_in_full() {
    let place = place();
    let wrong = "{one: a, several: [a], truth: vrai, fault: 1, order: [c, b, a], match: [a, a], command: docker ps, output: '3'}";
    let report = grade(&place, wrong);
    assert_eq!(report["score"]["max"], 8, "{report:#}");
    let correct: serde_json::Map<String, Value> = report["questions"]
        .as_array()
        .expect("questions")
        .iter()
        .map(|question| (question["id"].as_str().expect("an id").to_owned(), question["correct"].clone()))
        .collect();
    let report = grade(&place, &Value::Object(correct).to_string());
    assert_eq!(report["score"]["percent"], 100, "{report:#}");
    place.run(&["quiz", "small", "--quizzes", "bank", "--answers", "answers.yaml"]).code(0);
}

#[test]
fn partial_credit_gives_nothing_for_guessing() {
    let place = place();
    let report = grade(&place, "{several: [a], order: [s1, s3, s2], match: {x: b}}");
    // One of two right ones; two of three pairs of steps stand right, one wrong; one of two pairs.
    assert!((points(&report, "several") - 0.5).abs() < 1e-9, "{report:#}");
    assert!((points(&report, "order") - 0.33).abs() < 1e-9, "{report:#}");
    assert!((points(&report, "match") - 0.5).abs() < 1e-9, "{report:#}");
    let report = grade(&place, "{several: [a, b, c, d], match: [a, b]}");
    assert!(points(&report, "several").abs() < 1e-9 && points(&report, "match").abs() < 1e-9, "{report:#}");
}

#[test]
fn bad_answers_get_a_sentence_and_code_2() {
    let place = place();
    for (answers, said) in [
        ("{one: [a, b]}", "takes only one answer"),
        ("{one: z}", "has no option `z`"),
        ("{order: [a, a, b]}", "`s2` is there twice"),
        ("{match: {z: a}}", "has no item `z`"),
        ("{match: [a, b, a]}", "has only 2 pairs"),
        ("{command: [docker, ps]}", "takes only one answer"),
        ("{nobody: a}", "has no question `nobody`"),
        ("{one: {a: [b, c]}}", "an answer is a letter"),
        ("[1, 2]", "expected: a line"),
        ("{one: a", "is not readable YAML"),
    ] {
        std::fs::write(place.work().join("answers.yaml"), answers).expect("written");
        place.run(&["quiz", "small", "--quizzes", "bank", "--answers", "answers.yaml"]).code(2).says(said);
    }
    place
        .run(&["quiz", "small", "--quizzes", "bank", "--answers", "nothing.yaml"])
        .code(2)
        .says("could not be read");
    place.run(&["quiz", "--quizzes", "bank", "--section", "x", "small"]).code(2).says("without a terminal");
}

fn terminal(place: &Place, lang: &str, args: &[&str]) -> Terminal {
    let args = [&["quiz", "small", "--quizzes", "bank", "--lang", lang, "--seed", "1"], args].concat();
    Terminal::spawn(&place.command(&args), 100, 40)
}

/// What is right, as it is typed in plain mode: ids work there as letters do.
const RIGHT: [(&str, &str); 8] = [
    ("Which one?", "b1"),
    ("Which ones?", "a1 b1"),
    ("Is it so?", "false"),
    ("Where is the fault?", "3"),
    ("In which order?", "s1 s2 s3"),
    ("Which with which?", "x=bb y=aa"),
    ("Type it", "docker volume create --name data"),
    ("What is printed?", "4"),
];

/// What stands on the screen below its last heading, once that is the question `number` of `count`.
fn asked(terminal: &Terminal, number: usize, count: usize) -> String {
    let heading = format!("{number}/{count} ");
    for _ in 0..600 {
        let screen = terminal.screen();
        let last =
            screen.rfind(&format!("/{count} ")).map(|at| screen[..at].rfind('\n').map_or(0, |line| line + 1));
        if let Some(below) =
            last.map(|at| &screen[at..]).filter(|below| below.starts_with(&heading) && below.contains("\n>"))
        {
            return below.to_owned();
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("question {number} was not asked\n{}", terminal.screen());
}

/// Answers the question `number` of 8, in plain mode.
fn answer(terminal: &mut Terminal, number: usize, answers: &[(&str, &str)]) {
    let below = asked(terminal, number, 8);
    let (_, answer) =
        answers.iter().find(|(ask, _)| below.contains(ask)).unwrap_or_else(|| panic!("{below}"));
    terminal.send(&format!("{answer}\r"));
}

#[test]
fn practice_in_plain_mode_explains_at_once_and_keeps_the_history() {
    for (lang, answers, right, all) in
        [("en", RIGHT, "Right.", "8 of 8 right"), ("fr", FRENCH, "Juste.", "8 sur 8")]
    {
        let place = place();
        let mut terminal = terminal(&place, lang, &["--plain"]);
        for number in 1..=8 {
            answer(&mut terminal, number, &answers);
        }
        assert_eq!(terminal.code(10), 0, "{}", terminal.output());
        let output = terminal.output();
        assert_eq!(output.matches(right).count(), 8, "{output}");
        assert!(output.contains(all), "{output}");
        assert!(!output.contains("\u{1b}["), "plain mode moved something: {output:?}");
        let history = std::fs::read_to_string(place.home().join("quiz/small.ndjson")).expect("a history");
        assert_eq!(history.lines().count(), 9, "{history}");
        place
            .run(&["quiz", "small", "--quizzes", "bank", "--progress"])
            .code(0)
            .prints("████████████████████  4/4");
    }
}

#[test]
fn exam_and_review_in_english() {
    let place = place();
    let mut exam = terminal(&place, "en", &["--plain", "--exam"]);
    for number in 1..=8 {
        answer(&mut exam, number, &RIGHT);
    }
    exam.wait_for("Every question is answered. Hand in?", 10);
    exam.send("y\r");
    assert_eq!(exam.code(10), 0, "{}", exam.output());
    let output = exam.output();
    assert!(!output.contains("Right.") && output.contains("Exam passed."), "{output}");
    days_pass(&place);
    let mut review = terminal(&place, "en", &["--plain", "--review"]);
    for number in 1..=8 {
        answer(&mut review, number, &RIGHT);
    }
    assert_eq!(review.code(10), 0, "{}", review.output());
    assert_eq!(review.output().matches("Right.").count(), 8);
}

#[test]
fn a_practice_goes_on_after_a_kill_and_begins_anew_when_asked() {
    let place = place();
    {
        let mut first = terminal(&place, "en", &["--plain", "--section", "second"]);
        let below = asked(&first, 1, 4);
        let (_, right) = RIGHT.iter().find(|(ask, _)| below.contains(ask)).expect("a question");
        first.send(&format!("{right}\r"));
        asked(&first, 2, 4);
    }
    let again = terminal(&place, "en", &["--plain", "--section", "second"]);
    again.wait_for("1 answers of 4", 10);
    asked(&again, 2, 4);
    drop(again);
    asked(&terminal(&place, "en", &["--plain", "--section", "second", "--new"]), 1, 4);
    // Another section is another paper.
    asked(&terminal(&place, "en", &["--plain", "--section", "first"]), 1, 4);
}

#[test]
fn an_exam_explains_nothing_before_the_end_and_goes_on_after_a_kill() {
    let place = place();
    {
        let mut first = terminal(&place, "fr", &["--plain", "--exam"]);
        first.wait_for("8 questions, 5 minutes, réussi à 60", 10);
        answer(&mut first, 1, &FRENCH);
        answer(&mut first, 2, &FRENCH);
        first.wait_for("3/8 ", 10);
        // Killed here, in the middle of a question.
    }
    place.run(&["quiz", "small", "--quizzes", "bank", "--answers", "none.yaml"]).code(2);
    let mut again = terminal(&place, "fr", &["--plain", "--exam"]);
    again.wait_for("2 réponses sur 8", 10);
    again.wait_for("3/8 ", 10);
    again.send("<\r");
    again.wait_for("votre réponse", 10);
    again.send("\r");
    for number in 3..=7 {
        answer(&mut again, number, &FRENCH);
    }
    again.wait_for("8/8 ", 10);
    again.send("\r");
    again.wait_for("Une question est sans réponse. Rendre la copie", 10);
    let before = again.output();
    assert!(!before.contains("Juste.") && !before.contains('✓'), "{before}");
    again.send("n\r");
    answer(&mut again, 8, &FRENCH);
    again.wait_for("Toutes les questions ont une réponse", 10);
    again.send("o\r");
    assert_eq!(again.code(10), 0, "{}", again.output());
    let output = again.output();
    assert!(output.contains("Examen réussi.") && output.contains("16/16 points, 100"), "{output}");
    assert!(!place.home().join("quiz/small.attempt.ndjson").exists());
    let list = place.json(&["list", "--quizzes", "bank"]);
    let quizzes = list["quizzes"].as_array().expect("quizzes").clone();
    let best = |id: &str| quizzes.iter().find(|quiz| quiz["id"] == id).expect("a quiz")["best"].clone();
    assert_eq!((best("small"), best("volumes")), (100.into(), Value::Null), "{list:#}");
}

const FRENCH: [(&str, &str); 8] = [
    ("Lequel", "b1"),
    ("Lesquels", "a1, b1"),
    ("Est-ce vrai", "FAUX"),
    ("Où est la faute", "3"),
    ("Dans quel ordre", "s1 s2 s3"),
    ("Qui va avec quoi", "1=bb 2=aa"),
    ("Tapez-la", "sudo docker volume create data"),
    ("Qu'est-ce qui s'affiche", "  4  "),
];

#[test]
fn an_exam_under_way_is_not_dropped_by_a_practice() {
    let place = place();
    terminal(&place, "en", &["--plain", "--exam"]).wait_for("1/8 ", 10);
    let mut practice = terminal(&place, "en", &["--plain"]);
    assert_eq!(practice.code(10), 2);
    assert!(practice.output().contains("an exam is under way"), "{}", practice.output());
    std::fs::write(place.work().join("a.yaml"), "{one: b}").expect("written");
    place
        .run(&["quiz", "small", "--quizzes", "bank", "--answers", "a.yaml"])
        .code(2)
        .says("an exam is under way");
    let mut anew = terminal(&place, "en", &["--plain", "--new"]);
    anew.wait_for("1/8 ", 10);
    let history = std::fs::read_to_string(place.home().join("quiz/small.ndjson")).expect("a history");
    assert!(history.contains("\"finished\"") && history.contains("\"exam\""), "{history}");
    anew.send("!\r");
    assert_eq!(anew.code(10), 1, "{}", anew.output());
}

#[test]
fn an_exam_ends_with_its_time() {
    let place = place();
    terminal(&place, "en", &["--plain", "--exam"]).wait_for("1/8 ", 10);
    let path = place.home().join("quiz/small.attempt.ndjson");
    let text = std::fs::read_to_string(&path).expect("the attempt");
    let at = text.split("\"at\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a time");
    std::fs::write(&path, text.replace(at, "2020-01-01T00:00:00Z")).expect("long ago");
    let mut late = terminal(&place, "en", &["--plain", "--exam"]);
    assert_eq!(late.code(10), 1, "{}", late.output());
    assert!(
        late.output().contains("The time is up.") && late.output().contains("Exam not passed"),
        "{}",
        late.output()
    );
}

#[test]
fn an_exam_ends_while_its_question_stands() {
    for args in [&["--plain", "--exam"][..], &["--exam"]] {
        let place = place();
        terminal(&place, "en", &["--plain", "--exam"]).wait_for("1/8 ", 10);
        let path = place.home().join("quiz/small.attempt.ndjson");
        let text = std::fs::read_to_string(&path).expect("the attempt");
        let part = |name: &str| text.split(name).nth(1).expect("a part").trim_start_matches(['"', ':']);
        let at = part("\"at\"").split('"').next().expect("a time");
        let minutes: i64 =
            part("\"minutes\"").split(['}', ',']).next().and_then(|all| all.parse().ok()).expect("minutes");
        let nearly = jiff::Timestamp::now() - jiff::SignedDuration::from_secs(minutes * 60 - 12);
        std::fs::write(&path, text.replace(at, &nearly.to_string())).expect("nearly over");
        let mut exam = terminal(&place, "en", args);
        exam.wait_for("1/8 ", 5);
        assert_eq!(exam.code(20), 1, "{}", exam.output());
        assert!(exam.output().contains("The time is up."), "{}", exam.output());
        assert!(exam.output().contains("Exam not passed"), "{}", exam.output());
        assert!(!path.exists());
    }
}

/// Moves every answer of the history so far into the past that what was wrong is due.
fn days_pass(place: &Place) {
    let path = place.home().join("quiz/small.ndjson");
    let text = std::fs::read_to_string(&path).expect("a history");
    let old: Vec<String> = text
        .lines()
        .map(|line| {
            let at = line.split("\"at\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a time");
            line.replace(at, "2026-01-01T00:00:00Z")
        })
        .collect();
    std::fs::write(&path, old.join("\n") + "\n").expect("written");
}

#[test]
fn review_asks_only_what_is_due() {
    let place = place();
    let mut early = terminal(&place, "fr", &["--plain", "--review"]);
    assert_eq!(early.code(10), 0);
    assert!(early.output().contains("vous n'avez pas encore répondu"), "{}", early.output());
    grade(&place, "{one: a, truth: faux}");
    let mut today = terminal(&place, "fr", &["--plain", "--review"]);
    assert_eq!(today.code(10), 0);
    assert!(today.output().contains("Rien à revoir aujourd'hui"), "{}", today.output());
    days_pass(&place);
    let mut review = terminal(&place, "fr", &["--plain", "--review"]);
    review.wait_for("1/2 ", 10);
    for number in 1..=2 {
        let below = asked(&review, number, 2);
        review.send(if below.contains("Lequel") { "a1\r" } else { "f\r" });
    }
    assert_eq!(review.code(10), 1);
    let output = review.output();
    assert!(output.contains("Juste.") && output.contains("Ce n'est pas cela."), "{output}");
    assert!(output.contains("docker-lab hint create"), "a wrong answer points to its step: {output}");
}

/// Presses a key as a person does: what comes while the list is being drawn is taken for something else, since the
/// terminal gives out single keys only while one is waited for.
fn press(terminal: &mut Terminal, key: &str) {
    std::thread::sleep(std::time::Duration::from_millis(100));
    terminal.send(key);
}

#[test]
fn practice_with_the_arrow_keys() {
    let place = place();
    let mut keys = terminal(&place, "en", &["--section", "first"]);
    for number in 1..=4 {
        keys.wait_for(&format!("{number}/4 "), 10);
        let screen = keys.screen();
        let below = &screen[screen.rfind(&format!("{number}/4 ")).expect("a heading")..].to_owned();
        if below.contains("Which ones?") {
            keys.wait_for("Tick (Space)", 10);
            // Nothing ticked, then: skip.
            press(&mut keys, "\r");
            keys.wait_for("Skip", 10);
            press(&mut keys, "\r");
            continue;
        }
        keys.wait_for("Your answer", 10);
        let wanted = [("Which one?", "The second"), ("Is it so?", "False"), ("fault", "line 3")];
        let (_, option) = wanted.iter().find(|(ask, _)| below.contains(ask)).expect("a question");
        // While it is drawn anew no option is marked.
        let marked = |screen: &str| {
            let asked = &screen[screen.rfind(&format!("{number}/4 "))?..];
            asked.lines().find(|line| line.starts_with("> ")).map(str::to_owned)
        };
        let mut before = None;
        loop {
            keys.wait_until(10, "an option", |screen| marked(screen).is_some_and(|now| Some(now) != before));
            before = marked(&keys.screen()).or(before);
            if before.as_ref().is_some_and(|line| line.contains(option)) {
                break;
            }
            press(&mut keys, "\u{1b}[B");
        }
        press(&mut keys, "\r");
    }
    assert_eq!(keys.code(10), 1, "{}", keys.output());
    let output = keys.output();
    assert_eq!(output.matches("Right.").count(), 3, "{output}");
    // What was skipped is not wrong.
    assert!(output.contains("3 of 3 right"), "{output}");
}

#[test]
fn ctrl_c_ends_the_quiz_and_keeps_what_was_answered() {
    let place = place();
    for (args, prompt) in [(vec!["--plain"], "> "), (vec![], "something else")] {
        let mut stopped = terminal(&place, "en", &args);
        stopped.wait_for(prompt, 10);
        stopped.send("\u{3}");
        assert_eq!(stopped.code(10), 130, "{}", stopped.output());
        let cursor = (stopped.output().rfind("\u{1b}[?25l"), stopped.output().rfind("\u{1b}[?25h"));
        assert!(cursor.0 <= cursor.1, "the cursor stays hidden: {:?}", stopped.output());
    }
}

#[test]
fn the_same_seed_gives_the_same_paper() {
    let place = place();
    let paper = |seed: &str| {
        let args = ["author", "export", "volumes", "--to", "html", "--questions", "10", "--seed", seed];
        place.run(&args).code(0).stdout
    };
    assert_eq!(paper("7"), paper("7"));
    assert_ne!(paper("7"), paper("8"));
    // The same on every platform and in every version: written down once.
    let args = [
        "author",
        "export",
        "small",
        "--quizzes",
        "bank",
        "--to",
        "gift",
        "--questions",
        "8",
        "--seed",
        "2026",
    ];
    let gift = place.run(&args).code(0).stdout;
    let ids: Vec<&str> =
        gift.lines().filter_map(|line| line.strip_prefix("::")?.split("::").next()).collect();
    assert_eq!(ids, ["fault", "truth", "several", "command", "order", "one", "output", "match"]);
}

#[test]
fn a_torn_history_is_mended_and_a_broken_one_is_told() {
    let place = place();
    grade(&place, "{one: b, truth: faux}");
    let path = place.home().join("quiz/small.ndjson");
    let text = std::fs::read_to_string(&path).expect("a history");
    std::fs::write(&path, &text[..text.len() - 9]).expect("torn");
    let args = ["quiz", "small", "--quizzes", "bank", "--progress"];
    place.run(&args).code(0).says("last line of the quiz's history was unfinished").prints("2/4");
    grade(&place, "{one: b}");
    place.run(&args).code(0).prints("2/4");
    let broken = std::fs::read_to_string(&path).expect("a history").replacen("credit", "kredit", 1);
    std::fs::write(&path, &broken).expect("broken");
    for args in [&args[..], &["quiz", "small", "--quizzes", "bank", "--answers", "answers.yaml"]] {
        place.run(args).code(2).says("its line 1 cannot be read").says("put the file aside");
    }
    assert_eq!(std::fs::read_to_string(&path).expect("still there"), broken);
    // A whole last line was written to its end: it is not taken for a torn one.
    let changed = format!("{text}{{\"answered\": 1}}\n");
    std::fs::write(&path, &changed).expect("broken");
    place.run(&args).code(2).says("cannot be read");
    // What is only shown beside the history is shown all the same.
    place.run(&["list", "--quizzes", "bank"]).code(0).says("cannot be read").prints("Small quiz");
    assert_eq!(std::fs::read_to_string(&path).expect("still there"), changed);
}

#[test]
fn a_failed_check_puts_its_questions_first() {
    let place = place();
    std::fs::create_dir_all(place.home().join("quiz")).expect("a folder");
    let line = "{\"failing\":{\"at\":\"2026-01-01T00:00:00Z\",\"steps\":[\"copy\"]}}\n";
    std::fs::write(place.home().join("quiz/small.ndjson"), line).expect("written");
    for _ in 0..3 {
        let args = ["quiz", "small", "--quizzes", "bank", "--lang", "en", "--plain", "--new"];
        let terminal = Terminal::spawn(&place.command(&args), 100, 40);
        terminal.wait_for("1/8 ", 10);
        terminal.wait_for("Which with which?", 2);
    }
}

#[test]
fn a_check_that_fails_is_kept_for_the_quiz_and_the_report_shows_the_progress() {
    let place = Place::on(engine::shared()).prefixed("quizfail");
    place.run(&["start"]).code(0);
    std::fs::write(place.work().join("answers.yaml"), "{managed-by-docker: a, what-survives-rm: b}")
        .expect("answers");
    place.run(&["quiz", "volumes", "--answers", "answers.yaml"]).code(1);
    place.run(&["check", "volumes", "compare"]).code(1).prints("managed-by-docker");
    let progress = place.json(&["quiz", "--progress"]);
    assert_eq!(progress["failing"], serde_json::json!(["compare"]), "{progress:#}");
    assert_eq!(progress["progress"][0]["right"], 1, "{progress:#}");
    for (format, shown) in
        [("text", "Types of storage"), ("markdown", "| Types of storage | 1 |"), ("html", "<meter min=\"0\"")]
    {
        place.run(&["report", "--format", format]).code(0).prints(shown);
    }
    assert_eq!(place.json(&["report"])["quiz"]["progress"][0]["section"], "storage-types");
    // The questions that the lab waits for come first, in a practice of their own accord.
    let terminal = Terminal::spawn(&place.command(&["quiz", "--plain"]), 100, 40);
    terminal.wait_for("1/15 ", 10);
    terminal.wait_for("managed by Docker?", 5);
    drop(terminal);
    place.run(&["reset", "--yes"]).code(0);
}
