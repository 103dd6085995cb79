//! Paths of the host, which Windows and Docker Desktop write in ways of their own.

/// Where Docker Desktop's machine mounts the host's folders: `docker inspect` may show a bind mount's source there.
const DESKTOP: [&str; 2] = ["/run/desktop/mnt/host", "/host_mnt"];

/// A folder of the host in one spelling: `C:\x`, `\\?\C:\x`, `/c/x` and `/host_mnt/c/x` are one.
pub(crate) fn host_path(path: &str) -> String {
    let bare = path.strip_prefix(r"\\?\").unwrap_or(path);
    let mut letters = bare.chars();
    if let (Some(drive), Some(':'), Some('\\' | '/')) = (letters.next(), letters.next(), letters.next())
        && drive.is_ascii_alphabetic()
    {
        return format!("/{}{}", drive.to_ascii_lowercase(), bare[2..].replace('\\', "/"));
    }
    let inside =
        DESKTOP.iter().find_map(|mount| path.strip_prefix(mount).filter(|rest| rest.starts_with('/')));
    inside.unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_the_host_has_one_spelling() {
        for path in [r"C:\Users\Léa", r"\\?\C:\Users\Léa", "c:/Users/Léa", "/host_mnt/c/Users/Léa"] {
            assert_eq!(host_path(path), "/c/Users/Léa", "{path}");
        }
        assert_eq!(host_path("/run/desktop/mnt/host/c/x"), "/c/x");
        for path in ["/home/léa", r"/home/a\b", "/host_mnt", "", "c:", "é:/x"] {
            assert_eq!(host_path(path), path);
        }
    }
}
