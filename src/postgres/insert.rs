//! The rows of an INSERT statement, as `COPY` would write them: so a dump with `--inserts` is compared row by row.

use crate::postgres::fingerprint::Rows;
use crate::postgres::line::Line;

/// A statement that is being read, from behind its `VALUES`.
#[derive(Default)]
pub(super) struct Insert {
    row: Line,
    /// How many values of the row there are so far.
    values: usize,
    place: Place,
}

/// Where in the statement the next byte stands.
#[derive(Default)]
enum Place {
    /// Between two rows.
    #[default]
    Between,
    /// In a value without quotes, or before one with them.
    Bare(Vec<u8>),
    /// Inside quotes.
    Quoted,
    /// Behind a quote: the end of the value, or the first of two that stand for one.
    Quote,
}

/// No number and no word is longer than this; what is, is no value of `pg_dump`'s.
const LONGEST_BARE: usize = 4096;

impl Insert {
    /// Takes the bytes that come next; answers how many belong to the statement where it ends among them.
    pub(super) fn feed(&mut self, part: &[u8], rows: &mut Rows) -> Option<usize> {
        part.iter().position(|&byte| self.byte(byte, rows)).map(|at| at + 1)
    }

    /// Takes one byte; whether it ends the statement.
    fn byte(&mut self, byte: u8, rows: &mut Rows) -> bool {
        match (&mut self.place, byte) {
            (Place::Between, b';') => return true,
            (Place::Between, b'(') => {
                self.row = Line::default();
                self.values = 0;
                self.place = Place::Bare(Vec::new());
            }
            (Place::Bare(_), b'\'') => {
                self.begin_value();
                self.place = Place::Quoted;
            }
            (Place::Bare(word), b',' | b')') => {
                let word = std::mem::take(word);
                self.bare(&word);
                self.end_of_value(byte, rows);
            }
            (Place::Bare(word), _) if word.len() < LONGEST_BARE => word.push(byte),
            (Place::Quoted, b'\'') => self.place = Place::Quote,
            (Place::Quoted, _) => self.letter(byte),
            (Place::Quote, b'\'') => {
                self.letter(byte);
                self.place = Place::Quoted;
            }
            (Place::Quote, b',' | b')') => self.end_of_value(byte, rows),
            (Place::Between | Place::Bare(_) | Place::Quote, _) => {}
        }
        false
    }

    fn begin_value(&mut self) {
        if self.values > 0 {
            self.row.push(b"\t");
        }
        self.values += 1;
    }

    /// A value without quotes. A generated column has none: `COPY` leaves it out.
    fn bare(&mut self, word: &[u8]) {
        let word = word.trim_ascii();
        if matches!(word, b"DEFAULT" | b"") {
            return;
        }
        self.begin_value();
        self.row.push(match word {
            b"NULL" => b"\\N",
            b"true" => b"t",
            b"false" => b"f",
            other => other,
        });
    }

    fn end_of_value(&mut self, byte: u8, rows: &mut Rows) {
        if byte == b',' {
            self.place = Place::Bare(Vec::new());
            return;
        }
        rows.take(std::mem::take(&mut self.row));
        self.place = Place::Between;
    }

    /// A byte of a text, as `COPY` escapes it (`CopyAttributeOutText` in its `copyto.c`).
    fn letter(&mut self, byte: u8) {
        self.row.push(match byte {
            b'\\' => b"\\\\",
            0x08 => b"\\b",
            0x0c => b"\\f",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0x0b => b"\\v",
            _ => return self.row.push(&[byte]),
        });
    }
}
