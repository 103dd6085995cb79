//! The README's page on adding a kind of check, followed to the letter by somebody who knows nothing else.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

/// The page's Rust, block by block.
fn blocks() -> Vec<String> {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    let page = readme.split("## Adding a kind of check").nth(1).expect("the page");
    let page = page.split("\n## ").next().expect("its end");
    let parts = page.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next());
    let bare = |line: &str| line.strip_prefix("   ").unwrap_or(line).to_owned();
    parts.map(|part| part.lines().map(bare).collect::<Vec<_>>().join("\n")).collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What the compiler says of the copy; it shares what is compiled already.
fn compiled(copy: &Path) -> (bool, String) {
    let target = Path::new(env!("CARGO_BIN_EXE_docker-lab")).ancestors().nth(2).expect("the target folder");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["check", "--lib", "--locked", "--offline", "--message-format", "short"]);
    let output = cargo.current_dir(copy).env("CARGO_TARGET_DIR", target).output().expect("cargo");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_new_kind_of_check_is_one_file_and_the_places_the_compiler_names() {
    let copy = TempDir::new().expect("a folder");
    for name in ["src", "labs", "quizzes", "Cargo.toml", "Cargo.lock"] {
        let status = Command::new("cp").arg("-r").arg(root().join(name)).arg(copy.path()).status();
        assert!(status.expect("cp").success());
    }
    // The other targets are not in the copy.
    let manifest = std::fs::read_to_string(copy.path().join("Cargo.toml")).expect("the manifest");
    let (before, after) = manifest.split_once("[[test]]").expect("a test target");
    let after = after.split_once("[dependencies]").expect("dependencies").1;
    std::fs::write(copy.path().join("Cargo.toml"), format!("{before}[dependencies]{after}"))
        .expect("written");

    let [source, variant, arms] = <[String; 3]>::try_from(blocks()).expect("three blocks");
    let checks = copy.path().join("src/checks");
    std::fs::write(checks.join("file_exists.rs"), source).expect("written");
    let module = std::fs::read_to_string(checks.join("mod.rs")).expect("the module");
    let named = module.replacen("mod gone;\n", "mod file_exists;\nmod gone;\n", 1);
    let end = "    Script(script::ScriptCheck),\n";
    let named = named.replacen(end, &format!("{end}{variant}\n"), 1);
    std::fs::write(checks.join("mod.rs"), &named).expect("written");
    let (fine, said) = compiled(copy.path());
    let asked = said.lines().filter(|line| line.contains("FileExists(_)") && line.contains("error")).count();
    assert!(!fine && asked == 3, "{said}");
    assert!(
        said.lines().filter(|line| line.contains("error[")).all(|line| line.contains("checks/mod.rs")),
        "{said}"
    );

    let mut whole = named;
    for arm in arms.lines().filter(|line| !line.trim().is_empty()) {
        let like = match arm {
            arm if arm.contains("probes()") => "            Check::Script(check) => check.probes(),\n",
            arm if arm.contains("MISTAKES") => "            Check::Script(check) => check.mistakes(),\n",
            _ => "            Check::Script(check) => check.weigh(scene),\n",
        };
        assert!(whole.contains(like), "{like}");
        whole = whole.replacen(like, &format!("{like}{arm}\n"), 1);
    }
    std::fs::write(checks.join("mod.rs"), whole).expect("written");
    let (fine, said) = compiled(copy.path());
    assert!(fine && !said.contains("warning"), "{said}");
}
