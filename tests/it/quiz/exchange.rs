//! Questions from and for other programs, held against parsers and a schema that are not ours.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use crate::program::Place;
use crate::quiz::NOWHERE;
use crate::quiz::place;

/// A Python with packages, installed once beside the tests' build.
fn python(name: &str, packages: &[&str]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let python = folder.join("bin/python");
    let done = folder.join("installed");
    if !done.exists() {
        let run = |command: &mut Command| {
            let output = command.output().expect("python3 with venv and pip");
            assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
        };
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(packages));
        std::fs::write(done, "").expect("noted");
    }
    python
}

fn gift_python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| python("gift-parser", &["pygiftparser==1.1"]))
}

fn xml_python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| python("xml-checker", &["lxml"]))
}

/// Runs a script; what it prints.
fn script(python: &Path, script: &str, args: &[&Path]) -> String {
    let output = Command::new(python).arg("-c").arg(script).args(args).output().expect("python");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

const READ_GIFT: &str = "
import collections, sys
from pygiftparser import parser
with open(sys.argv[1]) as file:
    questions = parser.parseFile(file)
kinds = collections.Counter(type(one.answers).__name__ for one in questions)
print(len(questions), sorted(kinds.items()))
for one in questions:
    if not one.valid or not one.answers.valid or one.tail:
        print('not understood:', one.title)
for answer in next(one for one in questions if one.title == 'managed-by-docker').answers.answers:
    print(answer.fraction, answer.answer, '/', answer.feedback)
";

#[test]
fn a_real_gift_parser_reads_the_whole_bank_in_both_languages() {
    let place = Place::at(NOWHERE);
    for (lang, right) in [("fr", "100 Le volume /"), ("en", "100 The volume /")] {
        place.run(&["author", "export", "--to", "gift", "--lang", lang, "--output", "bank.gift"]).code(0);
        let read = script(gift_python(), READ_GIFT, &[&place.work().join("bank.gift")]);
        assert!(
            read.starts_with(
                "71 [('MatchingSet', 4), ('MultipleChoicesSet', 4), ('SelectSet', 57), ('TrueFalseSet', 6)]"
            ),
            "{read}"
        );
        assert!(!read.contains("not understood") && read.contains(right), "{read}");
    }
    let outcome = place.run(&["author", "export", "--to", "gift", "--lang", "en"]).code(0);
    outcome.says("one language: the French is not in it").says("14 commands").says("2 orderings");
}

#[test]
fn gift_goes_out_and_comes_back() {
    let place = Place::at(NOWHERE);
    std::fs::create_dir(place.work().join("bank")).expect("a folder");
    for lang in ["fr", "en"] {
        let export = |quiz: &str| {
            let args = ["author", "export", quiz, "--quizzes", "bank", "--to", "gift", "--lang", lang];
            place.run(&args).code(0).stdout
        };
        let first = export("volumes");
        std::fs::write(place.work().join("first.gift"), &first).expect("written");
        place.run(&["author", "import", "first.gift", "--id", "back", "--output", "bank/back.yaml"]).code(0);
        assert_eq!(export("back"), first);
        // It is a quiz again, with its kinds, tags and right answers.
        std::fs::write(place.work().join("a.yaml"), "{managed-by-docker: b, create-volume: docker volume create --name myvolume, clean-order: [b, a, c, d]}").expect("answers");
        let report = place.json(&["quiz", "back", "--quizzes", "bank", "--answers", "a.yaml"]);
        assert_eq!(report["questions"][0]["review"]["step"], "create", "{report:#}");
        assert_eq!(
            report["questions"][1]["points"], 1,
            "a command is graded by its meaning again: {report:#}"
        );
        assert_eq!(report["questions"][2]["kind"], "order", "{report:#}");
    }
}

#[test]
fn gift_as_others_write_it_is_read() {
    let place = Place::at(NOWHERE);
    std::fs::create_dir(place.work().join("bank")).expect("a folder");
    let gift = "$CATEGORY: $course$/top/Stockage\n\n// a comment\n::Q1:: Where is it \\{here\\}? {=there#yes ~nowhere ~%-50%lost}\n\n\
                Two plus two {=four =4 =%50%for}\n\nIt is { =blue ~red } today.\n\nTrue? {T}\n\nPairs {=a -> 1 =b -> 2}\n\n\
                Both {~%50%x ~%50%y ~%-100%z}\n\nHow much? {#3:1}\n\nSay {}\n\nJust a text\n\nCapital? {=Paris ~%50%Lyon ~Nice}\n";
    std::fs::write(place.work().join("other.gift"), gift).expect("written");
    let outcome = place.run(&["author", "import", "other.gift", "--output", "bank/other.yaml"]).code(0);
    let outcome = outcome
        .says("other.gift:16: a numerical question")
        .says("other.gift:18: an essay")
        .says("other.gift:20: a text without")
        .says("other.gift:6: `for` was worth 50% of the points, and is worth none now")
        .says("other.gift:22: `Lyon` was worth 50%");
    outcome.says("Questions imported: 7");
    let answers = "{q1: there, two-plus-two: ' 4 ', it-is-today: blue, 'true': vrai, pairs: [a, b], both: [a, b], capital: a}";
    std::fs::write(place.work().join("a.yaml"), answers).expect("answers");
    place.run(&["quiz", "other", "--quizzes", "bank", "--answers", "a.yaml"]).code(0);
    std::fs::write(place.work().join("empty.gift"), "nothing here\n").expect("written");
    place.run(&["author", "import", "empty.gift"]).code(2).says("no GIFT question that can be graded");
}

#[test]
fn the_modules_own_quiz_is_imported_as_it_stands_and_graded() {
    // The course's own file where it lies beside the project, else what was kept of it.
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let course = root.join("../shared/module-05-volumes.md");
    let module = if course.exists() { course } else { root.join("tests/data/module-quiz.md") };
    let place = Place::at(NOWHERE);
    std::fs::create_dir(place.work().join("bank")).expect("a folder");
    let file = module.display().to_string();
    place
        .run(&["author", "import", &file, "--id", "module", "--output", "bank/module.yaml"])
        .code(0)
        .says("Questions imported: 1");
    for (answer, code) in [("B", 0), ("volume", 0), ("b", 0), ("A", 1), ("tmpfs", 1)] {
        let text = format!("{{quel-type-de-stockage-est-gere-par-docker: {answer}}}");
        std::fs::write(place.work().join("a.yaml"), text).expect("answers");
        place.run(&["quiz", "module", "--quizzes", "bank", "--answers", "a.yaml"]).code(code);
    }
}

#[test]
fn markdown_that_cannot_be_graded_is_told_with_its_lines() {
    let place = Place::at(NOWHERE);
    let text = "# T\n\n## Quiz\n\n1. **One?**\n   - [ ] A. a\n   - [ ] B. b\n\n2) Two?\n- [x] a\n- [X] b\n- [ ] c\n\n3. Three?\n- [ ] A) a\n- [ ] B) b\n\n**Answer:** C\n\n## Next\n\n1. No question\n- [ ] x\n";
    std::fs::write(place.work().join("q.md"), text).expect("written");
    let outcome =
        place.run(&["author", "import", "q.md"]).code(2).says("q.md:5: the right answer is not given");
    outcome.says("q.md:14: there is no option C");
    std::fs::write(
        place.work().join("q.md"),
        text.replace("Answer:** C", "Answer:** A, B").replace("B. b\n", "B. b\n**Réponse :** B — because\n"),
    )
    .expect("written");
    let outcome =
        place.run(&["author", "import", "q.md"]).code(0).says("Questions imported: 3").prints("en: because");
    assert_eq!(outcome.stdout.matches("several:").count(), 2, "{outcome:#?}");
    std::fs::write(place.work().join("q.md"), "# Nothing\n").expect("written");
    place.run(&["author", "import", "q.md"]).code(2).says("no question was found");
    place.run(&["author", "import", "absent.md"]).code(2).says("could not be read");
}

const CHECK_XML: &str = "
import sys
from lxml import etree
schema = etree.RelaxNG(etree.parse(sys.argv[1]))
document = etree.parse(sys.argv[2])
if not schema.validate(document):
    print(schema.error_log)
print(len(document.findall('question')))
";

#[test]
fn moodle_xml_is_valid_against_its_published_structure() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/moodle.rng");
    let place = place();
    for (quiz, count) in [("volumes", "81"), ("small", "10")] {
        let args = ["author", "export", quiz, "--quizzes", "bank", "--to", "moodle", "--output", "bank.xml"];
        place.run(&args).code(0);
        let said = script(xml_python(), CHECK_XML, &[&schema, &place.work().join("bank.xml")]);
        assert_eq!(said.trim(), count, "questions and categories, and nothing else to say");
    }
    let xml = std::fs::read_to_string(place.work().join("bank.xml")).expect("the file");
    std::fs::write(
        place.work().join("bank.xml"),
        xml.replace("<defaultgrade>", "<grade>").replace("</defaultgrade>", "</grade>"),
    )
    .expect("written");
    let said = script(xml_python(), CHECK_XML, &[&schema, &place.work().join("bank.xml")]);
    assert!(said.contains("RELAXNGV"), "the schema would pass anything: {said}");
}

#[test]
fn paper_and_key_are_apart() {
    let place = place();
    let args = [
        "author",
        "export",
        "small",
        "--quizzes",
        "bank",
        "--to",
        "html",
        "--key",
        "key.html",
        "--lang",
        "en",
    ];
    let paper = place.run(&args).code(0).stdout;
    let key = std::fs::read_to_string(place.work().join("key.html")).expect("the key");
    assert!(paper.contains("The second") && !paper.contains("That is the one."), "{paper}");
    assert!(
        key.contains("<strong>B</strong>")
            && key.contains("That is the one.")
            && key.contains("It is too early."),
        "{key}"
    );
    assert!(key.contains("<strong>B A C</strong>") && key.contains("<strong>1B 2A</strong>"), "{key}");
}
