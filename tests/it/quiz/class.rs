//! A folder of answers files, one a learner: grades, a corrected key, and how each question did.

use serde_json::Value;

use crate::program::Place;
use crate::quiz::place;

const ARGS: [&str; 6] = ["quiz", "small", "--quizzes", "bank", "--answers", "class"];

/// Four learners: two know it, two do not; everybody takes the wrong line for the fault.
fn class(place: &Place) {
    let folder = place.work().join("class");
    std::fs::create_dir(&folder).expect("a folder");
    for (name, answers) in [
        ("ada.yaml", "{one: b, truth: faux, output: '4', fault: 1}"),
        ("bob.json", "{\"one\": \"b1\", \"truth\": false, \"output\": 4, \"fault\": \"services\"}"),
        ("cy.yml", "{one: a, truth: vrai, output: '5', fault: 1}"),
        ("=dee.yaml", "{one: a, truth: vrai, output: '5', fault: A}"),
        ("notes.txt", "not an answers file"),
    ] {
        std::fs::write(folder.join(name), answers).expect("written");
    }
}

fn item<'a>(sheet: &'a Value, id: &str) -> &'a Value {
    sheet["questions"]
        .as_array()
        .expect("questions")
        .iter()
        .find(|item| item["id"] == id)
        .expect("a question")
}

#[test]
fn a_class_gets_grades_and_each_question_its_figures() {
    let place = place();
    class(&place);
    let sheet = place.json(&ARGS);
    let percents: Vec<&Value> =
        sheet["learners"].as_array().expect("learners").iter().map(|one| &one["score"]["percent"]).collect();
    // In the order of the file names: =dee, ada, bob, cy.
    assert_eq!(percents, [0, 75, 75, 0], "{sheet:#}");
    let one = item(&sheet, "one");
    assert_eq!(
        (&one["rate"], &one["discrimination"], &one["never_chosen"]),
        (&50.0.into(), &1.0.into(), &serde_json::json!(["c1"])),
        "{sheet:#}"
    );
    let fault = item(&sheet, "fault");
    assert_eq!(
        (&fault["rate"], &fault["discrimination"], &fault["chosen"]["services"]),
        (&0.0.into(), &Value::Null, &4.into()),
        "{sheet:#}"
    );
    // Nothing of a class goes into the trainer's own history.
    assert!(!place.home().join("quiz").exists());
    place.run(&ARGS).code(0).prints("options never chosen").prints("+1.00");
}

#[test]
fn a_question_that_is_left_out_is_open_and_costs_its_points() {
    let place = place();
    class(&place);
    std::fs::write(place.work().join("class/gil.yaml"), "{one: b}").expect("written");
    let percent = |sheet: &Value| sheet["learners"][4]["score"]["percent"].clone();
    assert_eq!(percent(&place.json(&ARGS)), 25, "one of the four that the others were asked");
    let by_paper = place.json(&[&ARGS[..], &["--section", "first"]].concat());
    assert_eq!(by_paper["unread"].as_array().expect("files").len(), 4, "{by_paper:#}");
    let alone = |more: &[&str]| {
        place.run(&[&["quiz", "small", "--quizzes", "bank", "--answers", "class/gil.yaml"], more].concat())
    };
    alone(&["--exam"]).code(2).says("an exam is graded by its paper");
    alone(&["--exam", "--seed", "7"]).code(1).prints("1 of 8 right");
    alone(&["--questions", "8"]).code(2).says("does not say which questions");
    alone(&["--csv", "x.csv"]).code(2).says("`--csv` is for a folder");
    alone(&["--new"]).code(2);
    let list = place.json(&["list", "--quizzes", "bank"]);
    let small = list["quizzes"].as_array().expect("quizzes").iter().find(|quiz| quiz["id"] == "small");
    assert_ne!(small.expect("listed")["best"], 100, "one question says little about eight");
}

#[test]
fn by_a_key_of_ones_own_nothing_is_earned() {
    let place = place();
    std::fs::write(place.work().join("mine.yaml"), "{one: a}").expect("written");
    let args = ["quiz", "small", "--quizzes", "bank", "--answers", "mine.yaml", "--key", "mine.yaml"];
    place.run(&args).code(0);
    assert!(!place.home().join("quiz").exists());
}

#[test]
fn a_corrected_key_grades_again_and_the_table_can_be_kept() {
    let place = place();
    class(&place);
    std::fs::write(place.work().join("key.yaml"), "{fault: 1, output: '5'}").expect("the key");
    let args = [&ARGS[..], &["--key", "key.yaml", "--csv", "class.csv"]].concat();
    let sheet = place.json(&args);
    let scores: Vec<(&Value, &Value)> = sheet["learners"]
        .as_array()
        .expect("learners")
        .iter()
        .map(|one| (&one["before"], &one["score"]["percent"]))
        .collect();
    assert_eq!(
        scores,
        [
            (&0.into(), &50.into()),
            (&75.into(), &75.into()),
            (&75.into(), &75.into()),
            (&0.into(), &50.into())
        ]
    );
    let csv = std::fs::read_to_string(place.work().join("class.csv")).expect("the table");
    assert_eq!(csv.lines().next(), Some("name,points,max,percent,one,truth,fault,output"));
    assert!(csv.contains("\"'=dee\",2,4,50,0,0,1,1"), "a spreadsheet would take it for a formula: {csv}");
    std::fs::write(place.work().join("key.yaml"), "{nobody: 1}").expect("the key");
    place.run(&args).code(2).says("has no question `nobody`");
}

#[test]
fn a_bad_file_is_told_and_the_others_are_graded() {
    let place = place();
    class(&place);
    std::fs::write(place.work().join("class/eve.yaml"), "{one: z}").expect("written");
    std::fs::write(place.work().join("class/fay.yaml"), "{one: [").expect("written");
    let outcome = place.run(&ARGS).code(2).says("eve.yaml").says("has no option `z`").says("fay.yaml");
    outcome.prints("ada").prints("75");
    std::fs::remove_dir_all(place.work().join("class")).expect("removed");
    std::fs::create_dir(place.work().join("class")).expect("empty");
    place.run(&ARGS).code(2).says("no valid file of answers");
}
