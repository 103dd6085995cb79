//! A new lab: small, whole, and full of comments.

use std::path::Path;
use std::path::PathBuf;

use crate::author::FileKind;
use crate::author::schema;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;

const LAB: &str = include_str!("template/lab.yaml");
const SABOTAGES: &str = include_str!("template/sabotages.yaml");

/// Writes a lab of this id into a folder of labs, and answers where; a lab that is there is not touched.
pub(crate) fn scaffold(labs: &Path, id: &str) -> Result<PathBuf> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let begins = id.bytes().next().is_some_and(|first| first.is_ascii_lowercase());
    if !begins || id.len() > 40 || !id.bytes().all(fits) {
        return Err(Error::usage(say!(
            "`{id}` n'est pas un nom de laboratoire : minuscules, chiffres et tirets, 40 au plus",
            "`{id}` is no name for a lab: small letters, digits and dashes, 40 at most"
        )));
    }
    let folder = labs.join(id);
    let shown = folder.display();
    if folder.exists() {
        return Err(Error::usage(say!("`{shown}` existe déjà", "`{shown}` is there already")));
    }
    // Names with underscores, as the course has them.
    let name = id.replace('-', "_");
    let filled = |text: &str| text.replace("@ID@", id).replace("@NAME@", &name);
    let mut files = vec![("sabotages/1-create.yaml", filled(SABOTAGES)), ("lab.yaml", filled(LAB))];
    // For editors, beside the labs: the first line of each file names its schema.
    for (name, kind) in
        [("../lab.schema.json", FileKind::Lab), ("../sabotages.schema.json", FileKind::Sabotages)]
    {
        files.push((name, schema(kind)?));
    }
    let written = std::fs::create_dir_all(folder.join("sabotages"))
        .and_then(|()| files.iter().try_for_each(|(name, text)| std::fs::write(folder.join(name), text)));
    written.map_err(|error| {
        Error::environment(say!("`{shown}` n'a pas pu être écrit", "`{shown}` could not be written"))
            .because(error)
    })?;
    Ok(folder)
}
