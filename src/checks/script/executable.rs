//! Whether a script can be executed as it is.

use crate::checks::Verdict;
use crate::checks::verdict::Weighed;
use crate::text::Text;
use crate::text::say;
use crate::world::File;

/// Line ends, first line, mode.
pub(super) fn weigh(path: &str, file: &File) -> Weighed {
    let text = file.text.as_deref().unwrap_or_default();
    let expected = say!("un script que l'on peut exécuter", "a script that can be executed");
    can_be_read(path, text)?;
    if !text.starts_with("#!") {
        return Ok(Verdict::failed(
            expected,
            say!("la première ligne n'est pas `#!/bin/bash`", "the first line is not `#!/bin/bash`"),
        )
        .mistake("script-no-shebang"));
    }
    if file.mode & 0o111 == 0 {
        return Ok(Verdict::failed(
            expected,
            say!("`{path}` n'est pas exécutable", "`{path}` is not executable"),
        )
        .mistake("script-not-executable")
        .way_out(Text::same(format!("`chmod +x {path}`"))));
    }
    Ok(Verdict::passed(say!("`{path}` est exécutable", "`{path}` is executable"), []))
}

/// Whether the kernel finds the program that reads the script: without that, no trial says anything.
pub(super) fn can_be_read(path: &str, text: &str) -> Result<(), Verdict> {
    let expected = say!("un script que l'on peut exécuter", "a script that can be executed");
    if text.contains("\r\n") {
        return Err(Verdict::failed(
            expected,
            say!("`{path}` a des fins de ligne Windows", "`{path}` has Windows line ends"),
        )
        .mistake("script-line-ends")
        .way_out(say!("`sed -i 's/\\r$//' {path}`", "`sed -i 's/\\r$//' {path}`")));
    }
    if let Some(program) = wrong_interpreter(text) {
        return Err(Verdict::failed(
            expected,
            say!("la première ligne demande `{program}`", "the first line asks for `{program}`"),
        )
        .mistake("script-wrong-shebang")
        .way_out(say!("écrivez `#!/bin/bash` en première ligne", "write `#!/bin/bash` as the first line")));
    }
    Ok(())
}

/// The program of the first line, where it is no shell that cron's machine has.
fn wrong_interpreter(text: &str) -> Option<String> {
    let line = text.lines().next()?.strip_prefix("#!")?.trim();
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    let shown = line.to_owned();
    let shells = ["bash", "sh", "dash", "zsh", "ash", "ksh"];
    let is_shell = |word: &str| shells.contains(&word.rsplit('/').next().unwrap_or_default());
    if first.ends_with("/env") {
        let program = words.find(|word| !word.starts_with('-'));
        return program.is_none_or(|program| !shells.contains(&program)).then_some(shown);
    }
    (!first.starts_with('/') || !is_shell(first)).then_some(shown)
}
