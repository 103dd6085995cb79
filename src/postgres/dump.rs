//! A plain SQL dump, read as it goes by: which tables it makes, and the rows it copies or inserts into them. However
//! long the file or a line of it is, little of it is kept.

use std::collections::BTreeMap;
use std::io;
use std::io::BufRead;

use sha2::Digest;
use sha2::Sha256;

use crate::postgres::fingerprint::Rows;
use crate::postgres::insert::Insert;
use crate::postgres::line::Line;
use crate::world::Dump;

/// `pg_dump` ends with this line.
const LAST: &str = "-- PostgreSQL database dump complete";

/// Reads a dump to its end.
pub(crate) fn read_dump(mut source: impl BufRead) -> io::Result<Dump> {
    let mut reading = Reading::default();
    let mut other_format = None;
    let (mut sum, mut size) = (Sha256::new(), 0_u64);
    loop {
        let part = source.fill_buf()?;
        if part.is_empty() {
            break;
        }
        if size == 0 {
            other_format = named_format(part);
        }
        for piece in part.split_inclusive(|&byte| byte == b'\n') {
            match piece.strip_suffix(b"\n") {
                Some(body) => {
                    reading.more(body);
                    reading.end_of_line();
                }
                None => reading.more(piece),
            }
        }
        sum.update(part);
        let taken = part.len();
        size += taken as u64;
        source.consume(taken);
    }
    if reading.begun {
        reading.end_of_line();
    }
    let sha256 = sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    // A table without its CREATE TABLE cannot be restored from this file alone.
    let mut tables: BTreeMap<String, Rows> = reading.made;
    let data_only = tables.is_empty() && !reading.filled.is_empty();
    for (name, rows) in reading.filled {
        tables.entry(name).and_modify(|made| *made = rows);
    }
    Ok(Dump {
        size,
        sha256,
        other_format: other_format.map(str::to_owned),
        complete: reading.complete,
        data_only,
        complaint: reading.complaint,
        tables: tables.into_iter().map(|(name, rows)| rows.table(name, Vec::new())).collect(),
    })
}

/// What the bytes that come next belong to.
#[derive(Default)]
enum Within {
    /// A line that is not understood yet.
    #[default]
    Line,
    /// The rest of a line that says no more.
    Rest,
    /// The rows that are copied into a table.
    Copy(String),
    /// The rows that are inserted into a table.
    Insert(String, Insert),
}

#[derive(Default)]
struct Reading {
    /// Tables that are made, without rows.
    made: BTreeMap<String, Rows>,
    /// Tables that are given rows.
    filled: BTreeMap<String, Rows>,
    within: Within,
    line: Line,
    /// Whether a line has begun.
    begun: bool,
    /// A carriage return that may belong to the end of the line.
    held: bool,
    /// Whether lines end as on Windows; the first line tells.
    windows: Option<bool>,
    complete: bool,
    complaint: Option<String>,
}

impl Reading {
    /// Takes a part of a line.
    fn more(&mut self, part: &[u8]) {
        if part.is_empty() {
            return;
        }
        self.begun = true;
        if std::mem::take(&mut self.held) {
            self.take(b"\r");
        }
        let body = part.strip_suffix(b"\r");
        self.held = body.is_some();
        self.take(body.unwrap_or(part));
    }

    fn take(&mut self, part: &[u8]) {
        match &mut self.within {
            Within::Line if part.len() > self.line.room() => {
                let (part, rest) = part.split_at(self.line.room());
                self.line.push(part);
                self.understand();
                if matches!(self.within, Within::Line) {
                    self.within = Within::Rest;
                }
                self.take(rest);
            }
            Within::Line | Within::Copy(_) => self.line.push(part),
            Within::Rest => {}
            Within::Insert(table, insert) => {
                let rows = self.filled.entry(table.clone()).or_default();
                if insert.feed(part, rows).is_some() {
                    self.within = Within::Rest;
                }
            }
        }
    }

    fn end_of_line(&mut self) {
        let windows = *self.windows.get_or_insert(self.held);
        if std::mem::take(&mut self.held) && !windows {
            self.take(b"\r");
        }
        match &self.within {
            Within::Line => self.understand(),
            Within::Rest => self.within = Within::Line,
            Within::Copy(_) if self.line.begin() == b"\\." => self.within = Within::Line,
            Within::Copy(table) => {
                let row = std::mem::take(&mut self.line);
                self.filled.entry(table.clone()).or_default().take(row);
            }
            Within::Insert(..) => {}
        }
        // A value may go on below.
        if matches!(self.within, Within::Insert(..)) {
            self.take(b"\n");
        }
        if matches!(self.within, Within::Rest) {
            self.within = Within::Line;
        }
        self.line = Line::default();
        self.begun = false;
    }

    /// Understands a line, or the beginning of one that is very long.
    fn understand(&mut self) {
        let line = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(line.begin());
        if let Some(name) = after(&text, "CREATE TABLE ").or_else(|| after(&text, "CREATE UNLOGGED TABLE ")) {
            self.made.insert(name, Rows::default());
        } else if text.ends_with("FROM stdin;")
            && let Some(name) = after(&text, "COPY ")
        {
            self.filled.entry(name.clone()).or_default();
            self.within = Within::Copy(name);
        } else if let Some(name) = after(&text, "INSERT INTO ") {
            let rows = self.filled.entry(name.clone()).or_default();
            if text.ends_with(" DEFAULT VALUES;") {
                // A table without columns.
                rows.line(b"");
            } else if let Some(at) = behind_values(line.begin()) {
                self.within = Within::Insert(name, Insert::default());
                self.take(&line.begin()[at..]);
            }
        } else if self.complaint.is_none() && is_complaint(&text) {
            self.complaint = Some(text.trim().chars().take(160).collect());
        } else if text == LAST {
            self.complete = true;
        }
    }
}

/// Where the rows of an INSERT begin: behind the word `VALUES`, which may also be part of a quoted name before.
fn behind_values(statement: &[u8]) -> Option<usize> {
    const WORD: &[u8] = b"VALUES";
    let mut quoted = false;
    statement
        .windows(WORD.len())
        .position(|window| {
            quoted ^= window[0] == b'"';
            !quoted && window == WORD
        })
        .map(|at| at + WORD.len())
}

/// What a command says when it fails, caught by `2>&1` or printed to standard output.
fn is_complaint(line: &str) -> bool {
    ["pg_dump: ", "psql: ", "Error", "OCI runtime", "docker: ", "\"docker "]
        .iter()
        .any(|begin| line.starts_with(begin))
}

/// A format that is no plain SQL, by the file's first bytes.
fn named_format(begin: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 3] =
        [(b"PGDMP", "pg_dump -Fc"), (&[0xff, 0xfe], "UTF-16"), (&[0x1f, 0x8b], "gzip")];
    known.iter().find(|(magic, _)| begin.starts_with(magic)).map(|(_, name)| *name)
}

/// The table's name after a keyword, without quotes: `COPY public."Users" (id)` gives `public.Users`.
fn after(line: &str, keyword: &str) -> Option<String> {
    let rest = line.strip_prefix(keyword)?.trim_start_matches("IF NOT EXISTS ").trim_start_matches("ONLY ");
    let mut quoted = false;
    let end = rest.find(|letter: char| {
        quoted ^= letter == '"';
        !quoted && (letter == ' ' || letter == '(' || letter == ';')
    });
    let name = rest[..end.unwrap_or(rest.len())].replace('"', "");
    Some(if name.contains('.') { name } else { format!("public.{name}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Table;
    use crate::world::TableGap;

    fn tables(text: &str) -> Vec<Table> {
        read_dump(text.as_bytes()).expect("readable").tables
    }

    #[test]
    fn copied_rows_inserted_rows_and_empty_tables_are_counted() {
        let text = "CREATE TABLE public.users (\nCREATE TABLE public.empty (\nCREATE TABLE public.\"My Posts\" (\n\
            COPY public.users (id, name) FROM stdin;\n1\talice\n2\tbob\n\\.\n\
            INSERT INTO public.\"My Posts\" VALUES (1, 'a;b');\n-- PostgreSQL database dump complete\n";
        let dump = read_dump(text.as_bytes()).expect("readable");
        let rows: Vec<(&str, u64)> = dump.tables.iter().map(|t| (t.name.as_str(), t.rows)).collect();
        assert_eq!(rows, [("public.My Posts", 1), ("public.empty", 0), ("public.users", 2)]);
        assert!(dump.complete);
    }

    #[test]
    fn a_dump_that_was_cut_is_not_complete() {
        let dump = read_dump("COPY public.users (id) FROM stdin;\n1\n".as_bytes()).expect("readable");
        assert!(!dump.complete);
    }

    /// What `COPY` writes, and each way in which `pg_dump` inserts the same.
    #[test]
    fn inserted_rows_are_those_that_copy_would_write() {
        let copied = tables(
            "CREATE TABLE t (\nCOPY t (a, b, c, d) FROM stdin;\n1\tit's (1, 2);\tt\t\\N\n\
             -2.5\ttwo\\nlines\\\\ and\\ta tab\tf\t101\n\\.\n",
        );
        let (one, two) =
            ("(1, 'it''s (1, 2);', true, NULL)", "(-2.5, 'two\nlines\\ and\ta tab', false, B'101')");
        for text in [
            format!("INSERT INTO t VALUES {one};\nINSERT INTO t VALUES {two};\n"),
            format!("INSERT INTO t VALUES\n\t{one},\n\t{two};\n"),
            format!(
                "INSERT INTO t (a, b, \"VALUES (\", d) OVERRIDING SYSTEM VALUE VALUES {one} ON CONFLICT DO NOTHING;\n\
                 INSERT INTO t (a, b, c, d, twice) VALUES {};\n",
                two.replace("B'101'", "B'101', DEFAULT")
            ),
        ] {
            assert_eq!(tables(&format!("CREATE TABLE t (\n{text}")), copied, "{text}");
        }
        let other =
            tables(&format!("CREATE TABLE t (\nINSERT INTO t VALUES {one}, {};\n", two.replace("two", "2")));
        assert_eq!(TableGap::between(&copied, &other), [TableGap::Rows("public.t".to_owned(), 1, 2)]);
    }

    #[test]
    fn a_long_row_is_hashed_whole_and_windows_line_ends_are_none_of_it() {
        let long = "x".repeat(3 * Line::KEPT);
        let copied = tables(&format!("CREATE TABLE t (\nCOPY t (a) FROM stdin;\n{long}\n\\.\n"));
        let windows = format!("CREATE TABLE t (\r\nCOPY t (a) FROM stdin;\r\n{long}\r\n\\.\r\n");
        assert_eq!(tables(&windows), copied);
        assert_eq!(tables(&format!("CREATE TABLE t (\nINSERT INTO t VALUES ('{long}');\n")), copied);
        let other = format!("CREATE TABLE t (\nINSERT INTO t VALUES ('{long}x');\n");
        assert_ne!(tables(&other)[0].digest, copied[0].digest);
    }
}
