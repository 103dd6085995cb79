//! A plain SQL dump, read line by line: which tables it makes, and the rows it copies into them.

use std::collections::BTreeMap;
use std::io;
use std::io::BufRead;

use sha2::Digest;
use sha2::Sha256;

use crate::postgres::fingerprint::Rows;
use crate::world::Dump;

/// `pg_dump` ends with this line.
const LAST: &str = "-- PostgreSQL database dump complete";

/// The longest line that is kept to be understood, in bytes; longer ones are rows, and only hashed.
const LONGEST: usize = 64 * 1024;

/// Reads a dump to its end.
pub(crate) fn read_dump(mut source: impl BufRead) -> io::Result<Dump> {
    let mut reading = Reading::default();
    let mut other_format = None;
    let (mut sum, mut size, mut line) = (Sha256::new(), 0_u64, Vec::new());
    loop {
        line.clear();
        if source.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if size == 0 {
            other_format = named_format(&line);
        }
        sum.update(&line);
        size += line.len() as u64;
        let end = line.len() - usize::from(line.ends_with(b"\n"));
        let end = end - usize::from(line[..end].ends_with(b"\r"));
        reading.take(&line[..end]);
    }
    let sha256 = sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    // A table without its CREATE TABLE cannot be restored from this file alone.
    let mut tables: BTreeMap<String, Rows> = reading.made;
    for (name, rows) in reading.copied {
        tables.entry(name).and_modify(|made| *made = rows);
    }
    Ok(Dump {
        size,
        sha256,
        other_format: other_format.map(str::to_owned),
        complete: reading.complete,
        inserts: reading.inserts,
        tables: tables.into_iter().map(|(name, rows)| rows.table(name, Vec::new())).collect(),
    })
}

#[derive(Default)]
struct Reading {
    /// Tables that are made, without rows.
    made: BTreeMap<String, Rows>,
    /// Tables that rows are copied into.
    copied: BTreeMap<String, Rows>,
    /// The table that is being copied.
    open: Option<String>,
    /// The table of the last INSERT.
    inserting: Option<String>,
    complete: bool,
    inserts: bool,
}

impl Reading {
    fn take(&mut self, line: &[u8]) {
        if let Some(name) = &self.open {
            if line == b"\\." {
                self.open = None;
            } else if let Some(rows) = self.copied.get_mut(name) {
                rows.line(line);
            }
            return;
        }
        if line.len() > LONGEST && !line.starts_with(b"INSERT INTO ") {
            return;
        }
        let text = String::from_utf8_lossy(&line[..line.len().min(LONGEST)]);
        if let Some(name) = after(&text, "CREATE TABLE ").or_else(|| after(&text, "CREATE UNLOGGED TABLE ")) {
            self.made.insert(name, Rows::default());
        } else if text.ends_with("FROM stdin;")
            && let Some(name) = after(&text, "COPY ")
        {
            self.copied.entry(name.clone()).or_default();
            self.open = Some(name);
        } else if let Some(name) = after(&text, "INSERT INTO ") {
            self.inserts = true;
            let rows = self.copied.entry(name.clone()).or_default();
            if !text.ends_with("VALUES") {
                rows.line(line);
            }
            self.inserting = Some(name);
        } else if text.starts_with("\t(") && self.inserting.is_some() {
            // `--rows-per-insert`: the rows follow, one a line.
            if let Some(rows) = self.inserting.as_ref().and_then(|name| self.copied.get_mut(name)) {
                rows.line(line);
            }
        } else if text == LAST {
            self.complete = true;
        }
    }
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

    #[test]
    fn copied_rows_inserted_rows_and_empty_tables_are_counted() {
        let text = "CREATE TABLE public.users (\nCREATE TABLE public.empty (\nCREATE TABLE public.\"My Posts\" (\n\
            COPY public.users (id, name) FROM stdin;\n1\talice\n2\tbob\n\\.\n\
            INSERT INTO public.\"My Posts\" VALUES (1, 'a;b');\n-- PostgreSQL database dump complete\n";
        let dump = read_dump(text.as_bytes()).expect("readable");
        let rows: Vec<(&str, u64)> = dump.tables.iter().map(|t| (t.name.as_str(), t.rows)).collect();
        assert_eq!(rows, [("public.My Posts", 1), ("public.empty", 0), ("public.users", 2)]);
        assert!(dump.complete && dump.inserts);
    }

    #[test]
    fn a_dump_that_was_cut_is_not_complete() {
        let dump = read_dump("COPY public.users (id) FROM stdin;\n1\n".as_bytes()).expect("readable");
        assert!(!dump.complete);
    }
}
