//! The names of the kinds of checks, asked of the type itself, so that no list has to be kept.

use std::cell::Cell;

use serde::Deserialize;
use serde::Deserializer;
use serde::de::Error as _;
use serde::de::Visitor;
use serde::de::value::Error;
use serde::forward_to_deserialize_any;

use crate::checks::Check;

/// The keys that name a kind in a lab file.
pub(super) fn names() -> &'static [&'static str] {
    let names = Cell::new(&[][..]);
    // Reading ends with the error that [`Asked`] answers; it has heard the names by then.
    let _ = Check::deserialize(Asked(&names));
    names.get()
}

/// A file that holds nothing, and hears what is looked for.
struct Asked<'a>(&'a Cell<&'static [&'static str]>);

impl<'de> Deserializer<'de> for Asked<'_> {
    type Error = Error;

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        names: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.set(names);
        Err(Error::custom("asked"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Error> {
        Err(Error::custom("not asked"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kinds_are_the_variants_in_the_words_of_a_lab_file() {
        assert!(names().len() >= 16 && names().contains(&"same_cluster"), "{:?}", names());
    }
}
