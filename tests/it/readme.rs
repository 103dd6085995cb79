//! What the README promises and the program does must be the same.

use std::path::Path;

use crate::program::Place;

fn text(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("a file")
}

/// The codes of the first column of the table below a heading.
fn codes(readme: &str) -> Vec<u8> {
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next()?.parse().ok());
    let mut codes: Vec<u8> = rows.collect();
    codes.dedup();
    codes
}

#[test]
fn the_exit_codes_in_the_readme_are_those_of_the_program() {
    let source = text("src/error.rs");
    let program: Vec<u8> = source
        .lines()
        .filter_map(|line| {
            line.trim().strip_prefix("Exit::")?.split("=> ").nth(1)?.trim_end_matches(',').parse().ok()
        })
        .collect();
    assert_eq!(program, [0, 1, 2, 3, 130]);
    for name in ["README.md", "README.fr.md"] {
        assert_eq!(codes(&text(name)), program, "{name}");
    }
}

#[test]
fn every_command_stands_in_the_readme() {
    let help = Place::at("unix:///nonexistent.sock").run(&["--help"]).code(0).stdout;
    let listed =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let commands: Vec<&str> = listed.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.len() > 10, "{help}");
    let readme = text("README.md");
    let missing: Vec<&&str> =
        commands.iter().filter(|name| !readme.contains(&format!("| `{name}"))).collect();
    assert_eq!(missing, [&""; 0]);
}

#[test]
fn the_french_help_is_french() {
    let place = Place::at("unix:///nonexistent.sock");
    place
        .run(&["check", "--help", "--lang", "fr"])
        .code(0)
        .prints("Utilisation")
        .prints("Le dossier de travail");
    place.run(&["chek", "--lang", "fr"]).code(2).says("il n'y a pas de commande `chek`").says("`check`");
}
