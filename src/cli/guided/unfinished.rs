//! Whether a command goes on: an open quote, a backslash at the end, a here-document without its last line; pure.
//! So that what is pasted from the module, line by line, arrives whole.

/// Whether the shell would wait for more.
pub(super) fn is_unfinished(text: &str) -> bool {
    let mut scan = Scan::default();
    let mut lines = text.split('\n');
    while let Some(line) = lines.next() {
        let documents = scan.line(line);
        for document in documents {
            if !lines.by_ref().any(|line| document.ends_at(line)) {
                return true;
            }
        }
    }
    scan.quote.is_some() || scan.joined
}

/// A here-document that was begun.
struct Document {
    word: String,
    /// `<<-`: tabs before the last line do not count.
    indented: bool,
}

impl Document {
    fn ends_at(&self, line: &str) -> bool {
        let line = if self.indented { line.trim_start_matches('\t') } else { line };
        line == self.word
    }
}

/// Where the scan stands at the end of a line.
#[derive(Default)]
struct Scan {
    quote: Option<char>,
    /// The line ended with a backslash.
    joined: bool,
}

impl Scan {
    /// Reads a line; answers the here-documents that begin in it.
    fn line(&mut self, line: &str) -> Vec<Document> {
        self.joined = false;
        let mut documents = Vec::new();
        let letters: Vec<char> = line.chars().collect();
        let mut at = 0;
        while let Some(&letter) = letters.get(at) {
            at += 1;
            match (self.quote, letter) {
                (Some('\''), '\'') | (Some('"'), '"') => self.quote = None,
                (Some('"') | None, '\\') => {
                    self.joined = at == letters.len();
                    at += 1;
                }
                (None, '\'' | '"') => self.quote = Some(letter),
                (None, '#')
                    if at == 1 || letters.get(at - 2).is_some_and(|before| before.is_whitespace()) =>
                {
                    break;
                }
                (None, '<') if letters.get(at) == Some(&'<') => {
                    let (document, after) = document(&letters, at + 1);
                    at = after;
                    documents.extend(document);
                }
                _ => {}
            }
        }
        documents
    }
}

/// The document whose operator `<<` ends before `at`, and where its word ends. `<<<` begins none.
fn document(letters: &[char], mut at: usize) -> (Option<Document>, usize) {
    if letters.get(at) == Some(&'<') {
        return (None, at + 1);
    }
    let indented = letters.get(at) == Some(&'-');
    at += usize::from(indented);
    while letters.get(at).is_some_and(|letter| letter.is_whitespace()) {
        at += 1;
    }
    let begin = at;
    while letters.get(at).is_some_and(|letter| !letter.is_whitespace() && !";&|<>()".contains(*letter)) {
        at += 1;
    }
    let word: String = letters[begin..at].iter().filter(|letter| !"'\"\\".contains(**letter)).collect();
    ((!word.is_empty()).then_some(Document { word, indented }), at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_shell_would_wait_for_is_unfinished() {
        for text in [
            "docker run -d \\",
            "echo 'a",
            "echo \"a\nb",
            "cat > init.sql << 'EOF'\nCREATE TABLE a;",
            "cat <<EOF",
            "cat <<-END\n\tx",
        ] {
            assert!(is_unfinished(text), "{text}");
        }
    }

    #[test]
    fn what_is_whole_is_not() {
        for text in [
            "docker ps",
            "docker run -d \\\n  alpine",
            "echo 'it''s' \"ok\"",
            "cat > init.sql << 'EOF'\nlet's\nEOF",
            "cat <<-END\n\tx\n\tEND",
            "echo a # it's fine",
            "wc <<< \"a\"",
            "echo \\'",
        ] {
            assert!(!is_unfinished(text), "{text}");
        }
    }
}
