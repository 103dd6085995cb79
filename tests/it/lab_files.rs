//! Lab files that are not valid: all complaints at once, each with its place.

use std::path::Path;

use crate::program::Place;

const NOWHERE: &str = "unix:///nonexistent/docker.sock";

/// A copy of the main lab under another id, changed.
fn with_lab(change: impl Fn(&str) -> String) -> Place {
    let place = Place::at(NOWHERE);
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("labs/volumes");
    let folder = place.work().join("labs/volumes");
    std::fs::create_dir_all(&folder).expect("a folder");
    for asset in ["init.sql", "backup_script.sh", "answers.yaml"] {
        std::fs::copy(shipped.join(asset), folder.join(asset)).expect("an asset");
    }
    let text = std::fs::read_to_string(shipped.join("lab.yaml")).expect("the lab");
    let changed = change(&text);
    assert_ne!(changed, text, "the change changed nothing");
    std::fs::write(folder.join("lab.yaml"), changed).expect("written");
    place
}

fn line_of(place: &Place, needle: &str) -> usize {
    let text = std::fs::read_to_string(place.work().join("labs/volumes/lab.yaml")).expect("the lab");
    text.lines().position(|line| line.contains(needle)).map_or(0, |at| at + 1)
}

#[test]
fn all_mistakes_of_a_file_are_told_at_once_with_their_places() {
    let place = with_lab(|text| {
        text.replace(
            "    points: 15\n    proven_by: [clean.nothing-left, clean.nothing-harmed]",
            "    points: many\n    proven_by: [clean.nothing-left, clean.nothing-harmed]",
        )
        .replace(
            "volume: {name: postgres_data, driver: local}",
            "volume: {nane: postgres_data, driver: local}",
        )
        .replace("  - id: copy\n", "  - id: clean\n")
    });
    let outcome = place.run(&["check", "volumes", "--labs", "labs"]).code(2);
    let place_of = |needle| format!("lab.yaml:{}:", line_of(&place, needle));
    assert!(outcome.stderr.contains(&place_of("points: many")), "{outcome:#?}");
    assert!(outcome.stderr.contains(&place_of("nane:")), "{outcome:#?}");
    let outcome = outcome.says("unknown field `nane`").says("the id `clean` is already taken");
    outcome.says("steps[0].checks[0].volume.nane").says("criteria[4].points");
}

#[test]
fn a_missing_step_is_named() {
    let place = with_lab(|text| text.replace("    needs: [backup]\n", "    needs: [backups]\n"));
    place
        .run(&["check", "--labs", "labs"])
        .code(2)
        .says("no step `backups` comes before this one")
        .says("steps[3].needs[0]");
}

#[test]
fn a_criterion_without_its_check_is_named() {
    let place = with_lab(|text| text.replace("clean.nothing-left, clean", "clean.nothing, clean"));
    place
        .run(&["list", "--labs", "labs"])
        .code(2)
        .says("has no check `nothing`")
        .says("criteria[4].proven_by[0]");
}

#[test]
fn what_a_check_rests_on_is_a_check_of_an_earlier_step() {
    let file = "content: {of: {container: {name: postgres_main, path: /x}}";
    for (wanted, words) in [
        ("create.nothing", "steps[1].checks[0].content"),
        ("create.volume-exists", "is not a `content` check of a step that this one needs"),
        ("clean.nothing-left", "is not a `content` check of a step that this one needs"),
    ] {
        let place = with_lab(|text| {
            text.replacen(
                "rows_before: {old: postgres_main, new: postgres_restored, database: myapp, table: users, rows: 4}",
                &format!("{file}, gone_since: {wanted}}}"),
                1,
            )
        });
        place.run(&["check", "--labs", "labs"]).code(2).says(words);
    }
}

#[test]
fn names_that_the_lab_does_not_own_are_refused() {
    let place = with_lab(|text| {
        text.replace("- volume_create: {name: postgres_copy}", "- volume_create: {name: their_data}")
    });
    place.run(&["list", "--labs", "labs"]).code(2).says("the volume `their_data` is not in `resources`");
    let place = with_lab(|text| {
        text.replace("- folder_remove: {path: postgres_dev_data}", "- folder_remove: {path: ../home}")
    });
    place.run(&["list", "--labs", "labs"]).code(2).says("the file `../home` is not in `resources`");
}

#[test]
fn an_image_that_a_step_alone_needs_is_the_labs_and_every_step_that_uses_it_says_so() {
    let place = with_lab(|text| {
        text.replacen("    needs: [create]\n", "    needs: [create]\n    needs_images: [redis, alpine]\n", 1)
    });
    place
        .run(&["list", "--labs", "labs"])
        .code(2)
        .says("steps[1].needs_images[0]: the image `redis` is not in `images`")
        .says("`alpine` is the first of `images`, which all steps use");
    let place = with_lab(|text| {
        let needs = "    needs: [create]\n    needs_images: [\"postgres:15-alpine\"]\n";
        text.replacen("    needs: [create]\n", needs, 1)
    });
    place
        .run(&["list", "--labs", "labs"])
        .code(2)
        .says("steps[0].operations[2]: other steps say that they need");
}

#[test]
fn a_text_that_is_missing_in_a_language_is_named() {
    let place = with_lab(|text| text.replace("en: \"Automate the backup\"", "en: \"\""));
    place.run(&["list", "--labs", "labs"]).code(2).says("empty in one language").says("steps[7].title");
    let place = with_lab(|text| text.replace(", en: \"Automate the backup\"", ""));
    place
        .run(&["list", "--labs", "labs", "--lang", "fr"])
        .code(2)
        .says("clé manquante `en`")
        .says("steps[7].title");
}

#[test]
fn what_is_no_yaml_or_no_lab_or_too_large_is_refused() {
    let place = with_lab(|text| format!("{text}\n  broken: [\n"));
    place.run(&["list", "--labs", "labs"]).code(2).says("is not readable YAML");
    let place = with_lab(|_| "- a\n- b\n".to_owned());
    place.run(&["list", "--labs", "labs"]).code(2).says("lab.yaml:1:1");
    let place = with_lab(|text| text.to_owned() + &"#".repeat(2 << 20));
    place.run(&["list", "--labs", "labs"]).code(2).says("no lab or quiz file is larger");
    let bomb = |_: &str| {
        let mut text = String::from("a: &a [x, x, x, x, x, x, x, x, x]\n");
        for (from, to) in ["ab", "bc", "cd", "de", "ef", "fg", "gh", "hi"].iter().map(|pair| pair.split_at(1))
        {
            text += &[to, ": &", to, " [", &vec![format!("*{from}"); 9].join(", "), "]\n"].concat();
        }
        text
    };
    with_lab(bomb).run(&["list", "--labs", "labs"]).code(2).says("is not readable YAML");
}

#[test]
fn a_folder_of_the_users_wins_over_the_built_in_labs() {
    let place = with_lab(|text| text.replace("en: Volumes and persistence", "en: My own volumes"));
    place.run(&["list", "--labs", "labs"]).code(0).prints("My own volumes");
}
