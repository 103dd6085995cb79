//! Where each value of a file stands: path → line and column.

use std::collections::HashMap;

use saphyr_parser::Event;
use saphyr_parser::Marker;
use saphyr_parser::Parser;

use crate::yaml::item;
use crate::yaml::join;

/// Line and column, both from 1, of each value and each key.
pub(super) struct Marks {
    values: HashMap<String, (usize, usize)>,
    keys: HashMap<String, (usize, usize)>,
}

/// A collection that is open while the events go by.
enum Open {
    List { path: String, next: usize },
    Map { path: String, key: Option<String> },
}

impl Marks {
    /// Reads the places; stops quietly at the first syntax error, which the real reader reports.
    pub(super) fn of(source: &str) -> Marks {
        let mut marks = Marks { values: HashMap::new(), keys: HashMap::new() };
        let mut open: Vec<Open> = Vec::new();
        for event in Parser::new_from_str(source) {
            let Ok((event, span)) = event else { break };
            marks.take(&event, span.start, &mut open);
        }
        marks
    }

    /// The place of the value at `path`; for a key that only stands in an error, the key's own place; else the
    /// nearest owner's.
    pub(super) fn place(&self, path: &str) -> (usize, usize) {
        let mut path = path;
        loop {
            if let Some(place) = self.values.get(path).or_else(|| self.keys.get(path)) {
                return *place;
            }
            match path.rfind(['.', '[']) {
                Some(cut) => path = &path[..cut],
                None => return self.values.get("").copied().unwrap_or((1, 1)),
            }
        }
    }

    /// The place of the key of the value at `path`.
    pub(super) fn key(&self, path: &str) -> Option<(usize, usize)> {
        self.keys.get(path).copied()
    }

    fn take(&mut self, event: &Event<'_>, at: Marker, open: &mut Vec<Open>) {
        let here = (at.line(), at.col() + 1);
        match event {
            Event::Scalar(text, ..) => self.scalar(text, here, open),
            Event::Alias(_) => self.scalar("*", here, open),
            Event::SequenceStart(..) => {
                let path = self.value(here, open);
                open.push(Open::List { path, next: 0 });
            }
            Event::MappingStart(..) => {
                let path = self.value(here, open);
                open.push(Open::Map { path, key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                open.pop();
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => {}
        }
    }

    fn scalar(&mut self, text: &str, here: (usize, usize), open: &mut [Open]) {
        if let Some(Open::Map { path, key: key @ None }) = open.last_mut() {
            self.keys.insert(join(path, text), here);
            *key = Some(text.to_owned());
        } else {
            self.value(here, open);
        }
    }

    /// Notes a value and answers its path.
    fn value(&mut self, here: (usize, usize), open: &mut [Open]) -> String {
        let path = match open.last_mut() {
            None => String::new(),
            Some(Open::List { path, next }) => {
                *next += 1;
                item(path, *next - 1)
            }
            Some(Open::Map { path, key }) => join(path, &key.take().unwrap_or_default()),
        };
        self.values.insert(path.clone(), here);
        path
    }
}
