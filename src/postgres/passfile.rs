//! The passwords of `~/.pgpass`, as libpq reads them: `host:port:database:user:password`, `*` for any, `\` before `:` and `\`.

use std::path::Path;

/// The password of the first line that fits; none where others may read the file, as libpq has it.
pub(super) fn password(path: &Path, wanted: [&str; 4]) -> Option<String> {
    if !is_private(path) {
        return None;
    }
    let text = std::fs::read_to_string(path).ok()?;
    text.lines().find_map(|line| found(line, wanted))
}

#[cfg(unix)]
fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() % 0o100 == 0)
}

#[cfg(not(unix))]
fn is_private(path: &Path) -> bool {
    path.is_file()
}

fn found(line: &str, wanted: [&str; 4]) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let mut fields = fields(line).into_iter();
    for one in wanted {
        let field = fields.next()?;
        if field != one && field != "*" {
            return None;
        }
    }
    fields.next().filter(|password| !password.is_empty())
}

fn fields(line: &str) -> Vec<String> {
    let (mut all, mut field, mut letters) = (Vec::new(), String::new(), line.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => field.extend(letters.next()),
            ':' => all.push(std::mem::take(&mut field)),
            _ => field.push(letter),
        }
    }
    all.push(field);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_counts() {
        let wanted = ["db", "5432", "room", "ada"];
        let password = |text: &str| text.lines().find_map(|line| found(line, wanted));
        assert_eq!(
            password("#db:5432:room:ada:no\ndb:1:room:ada:no\n*:*:*:ada:yes\n"),
            Some("yes".to_owned())
        );
        assert_eq!(password(r"db:5432:room:ada:a\:b\\c"), Some(r"a:b\c".to_owned()));
        assert_eq!(password("db:5432:room:ada:"), None);
        assert_eq!(password("db:5432:room"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_not_believed() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pgpass");
        std::fs::write(&path, "*:*:*:*:word\n").expect("written");
        let with = |mode: u32| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("allowed");
            password(&path, ["h", "1", "d", "u"])
        };
        assert_eq!((with(0o600).as_deref(), with(0o640)), (Some("word"), None));
    }
}
