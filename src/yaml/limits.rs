//! What a file may ask of the reader: aliases that multiply, lists in lists without end and keys as long as a book
//! are refused while they are read, before they cost memory or time.

use std::cell::Cell;
use std::fmt;

use serde::de::DeserializeSeed;
use serde::de::Error as _;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;
use serde_yaml::Mapping;
use serde_yaml::Value;

use crate::text::Text;
use crate::text::say;

/// The deepest nesting: a course's lab has nine levels.
const DEEPEST: usize = 32;

/// Brackets that are open at once, as a glance counts them: the parser's time grows with their square.
const MOST_OPEN: usize = 1_000;

/// The most values, aliases followed: a course's bank of questions has about 9 000.
const MOST_VALUES: usize = 200_000;

/// The most text, in bytes, aliases followed.
const MOST_TEXT: usize = 4 << 20;

/// The longest key, in bytes.
const LONGEST_KEY: usize = 128;

/// Reads a value within the limits; the text says which was passed, where it was one of them.
pub(super) fn value(source: &str) -> Result<Value, (Option<Text>, Option<serde_yaml::Error>)> {
    if most_open(source) > MOST_OPEN {
        return Err((Some(too_deep()), None));
    }
    let spent = Spent::default();
    let seed = Seed { spent: &spent, depth: 0 };
    seed.deserialize(serde_yaml::Deserializer::from_str(source))
        .map_err(|error| (spent.refusal.take(), Some(error)))
}

/// How many brackets stand open, wherever they stand.
fn most_open(source: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    for byte in source.bytes() {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}

fn too_deep() -> Text {
    say!("plus de {DEEPEST} niveaux emboîtés", "more than {DEEPEST} levels, one within the other")
}

/// What was read so far.
#[derive(Default)]
struct Spent {
    values: Cell<usize>,
    text: Cell<usize>,
    refusal: Cell<Option<Text>>,
}

impl Spent {
    /// Counts a value; an error where it is one too many.
    fn take<E: serde::de::Error>(&self, text: usize) -> Result<(), E> {
        self.values.set(self.values.get() + 1);
        self.text.set(self.text.get() + text);
        if self.values.get() > MOST_VALUES || self.text.get() > MOST_TEXT {
            return Err(self.refuse(say!(
                "trop de valeurs une fois les alias suivis (`*nom` répète ce que `&nom` désigne)",
                "too many values once aliases are followed (`*name` repeats what `&name` stands for)"
            )));
        }
        Ok(())
    }

    fn refuse<E: serde::de::Error>(&self, why: Text) -> E {
        let words = why.en.clone();
        self.refusal.set(Some(why));
        E::custom(words)
    }
}

/// Reads one value at its depth.
#[derive(Clone, Copy)]
struct Seed<'a> {
    spent: &'a Spent,
    depth: usize,
}

impl Seed<'_> {
    /// What stands inside it.
    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        self.spent.take(0)?;
        if self.depth >= DEEPEST {
            return Err(self.spent.refuse(too_deep()));
        }
        Ok(Seed { depth: self.depth + 1, ..self })
    }

    fn scalar<E: serde::de::Error>(self, value: impl Into<Value>) -> Result<Value, E> {
        self.spent.take(0)?;
        Ok(value.into())
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value without a tag")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        self.scalar(value)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        self.scalar(value)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        self.scalar(value)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        self.scalar(value)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        self.scalar(Value::Null)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        self.spent.take(text.len())?;
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut all = Vec::new();
        while let Some(value) = list.next_element_seed(inner)? {
            all.push(value);
        }
        Ok(Value::Sequence(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut all = Mapping::new();
        while let Some(key) = map.next_key_seed(inner)? {
            if key.as_str().is_some_and(|key| key.len() > LONGEST_KEY) {
                let why =
                    say!("une clé de plus de {LONGEST_KEY} octets", "a key of more than {LONGEST_KEY} bytes");
                return Err(self.spent.refuse(why));
            }
            if all.contains_key(&key) {
                let key = key.as_str().unwrap_or("?");
                return Err(A::Error::custom(format_args!("duplicate entry with key \"{key}\"")));
            }
            let value = map.next_value_seed(inner)?;
            all.insert(key, value);
        }
        Ok(Value::Mapping(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(source: &str) -> String {
        let (why, error) = value(source).expect_err("refused");
        why.map_or_else(|| format!("{error:?}"), |why| why.en)
    }

    #[test]
    fn aliases_that_multiply_are_refused_before_they_cost_memory() {
        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(300_000), vec!["*a"; 100_000].join(","));
        assert!(refusal(&long).contains("once aliases are followed"));
        let many = format!("a: &a [{}]\nb: [{}]\n", vec!["1"; 50_000].join(","), vec!["*a"; 1_000].join(","));
        assert!(refusal(&many).contains("once aliases are followed"));
        let few = "a: &a [1, 2]\nb: *a\n";
        assert_eq!(value(few).expect("two aliases harm nobody")["b"][1], Value::from(2));
    }

    #[test]
    fn nesting_without_end_and_keys_like_books_are_refused() {
        assert!(refusal(&"[".repeat(900_000)).contains("levels"));
        assert!(refusal(&"- ".repeat(100)).contains("levels"));
        assert!(refusal(&format!("{}: 1", "k".repeat(200))).contains("a key of more than"));
        assert!(refusal("a: 1\na: 2\n").contains("duplicate entry"));
        assert!(refusal("a: !b {c: 1}\n").contains("without a tag"));
    }
}
