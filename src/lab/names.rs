//! Names: those that a lab owns must be names that Docker and a shell take as they are, and an operation touches no
//! other.

use crate::lab::Lab;
use crate::text::say;
use crate::world::Operation;
use crate::yaml;
use crate::yaml::Document;

/// Complains of names that Docker would refuse, of paths that leave the workspace, and of names that stand twice.
pub(super) fn complain_of_resources(document: &Document, lab: &Lab) {
    let owned = &lab.resources;
    for (key, names) in [("volumes", &owned.volumes), ("containers", &owned.containers)] {
        for (index, name) in names.iter().enumerate() {
            let begins = name.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric());
            if !begins || name.len() > 128 || !is_plain(name) || name.contains('/') {
                let what = say!(
                    "`{name}` ne convient pas à un objet Docker : lettres sans accent, chiffres, `_`, `-` et `.`",
                    "`{name}` does not fit a Docker object: plain letters, digits, `_`, `-` and `.`"
                );
                document.complain(&place(key, index), what);
            }
            twice(document, key, names, index);
        }
    }
    for (index, file) in owned.files.iter().enumerate() {
        let bare = file.trim_end_matches('/');
        if leaves(file) || bare.is_empty() || bare.split('/').any(|part| part.is_empty() || part == ".") {
            let what = say!(
                "`{file}` n'est pas un chemin sous le dossier de travail",
                "`{file}` is no path below the workspace"
            );
            document.complain(&place("files", index), what);
        } else if !is_plain(file) {
            let what = say!(
                "`{file}` : lettres sans accent, chiffres, `_`, `-`, `.` et `/` seulement",
                "`{file}`: only plain letters, digits, `_`, `-`, `.` and `/`"
            );
            document.complain(&place("files", index), what);
        }
        twice(document, "files", &owned.files, index);
    }
    for (index, image) in lab.images.iter().enumerate() {
        if image.is_empty()
            || image.starts_with('-')
            || !image.bytes().all(|byte| plain(byte) || b":@".contains(&byte))
        {
            let what = say!("`{image}` n'est pas un nom d'image", "`{image}` is no name of an image");
            document.complain(&yaml::item("images", index), what);
        }
    }
}

/// An image that some steps can do without is one of the lab's, is not the one of the helper containers, and is named by
/// every step that uses it, or by one that such a step needs.
pub(super) fn complain_of_images(document: &Document, lab: &Lab) {
    for (index, step) in lab.steps.iter().enumerate() {
        let path = yaml::item("steps", index);
        for (at, image) in step.needs_images.iter().enumerate() {
            let place = yaml::item(&yaml::join(&path, "needs_images"), at);
            if !lab.images.contains(image) {
                let what = say!(
                    "l'image `{image}` n'est pas dans `images`",
                    "the image `{image}` is not in `images`"
                );
                document.complain(&place, what);
            } else if lab.helper() == image {
                let what = say!(
                    "`{image}` est la première de `images`, dont toutes les étapes se servent",
                    "`{image}` is the first of `images`, which all steps use"
                );
                document.complain(&place, what);
            }
        }
        let known = lab.images_for(step);
        for (at, operation) in step.operations.iter().enumerate() {
            let image = operation.image().filter(|image| lab.is_optional(image) && !known.contains(image));
            let Some(image) = image else { continue };
            let what = say!(
                "d'autres étapes disent ne pas aller sans `{image}` : celle-ci doit le dire aussi, dans `needs_images`",
                "other steps say that they need `{image}`: this one must say so too, in `needs_images`"
            );
            document.complain(&yaml::item(&yaml::join(&path, "operations"), at), what);
        }
    }
}

fn place(key: &str, index: usize) -> String {
    yaml::item(&yaml::join("resources", key), index)
}

fn twice(document: &Document, key: &str, names: &[String], index: usize) {
    let name = &names[index];
    if names[..index].contains(name) {
        document.complain(&place(key, index), say!("`{name}` est déjà là", "`{name}` stands there already"));
    }
}

/// Whether a shell takes it as one word, and never as an option.
fn is_plain(name: &str) -> bool {
    !name.starts_with('-') && name.bytes().all(plain)
}

fn plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-./".contains(&byte)
}

/// An operation may only touch what the lab declares as its own.
pub(super) fn complain(document: &Document, path: &str, operation: &Operation, lab: &Lab) {
    let owned = &lab.resources;
    for volume in operation.volumes() {
        if !owned.has_volume(volume) {
            let what = say!(
                "le volume `{volume}` n'est pas dans `resources`",
                "the volume `{volume}` is not in `resources`"
            );
            document.complain(path, what);
        }
    }
    for container in operation.containers() {
        if !owned.has_container(container) {
            let what = say!(
                "le conteneur `{container}` n'est pas dans `resources`",
                "the container `{container}` is not in `resources`"
            );
            document.complain(path, what);
        }
    }
    for file in operation.files() {
        let known = owned.files.iter().any(|own| {
            file == own.trim_end_matches('/') || own.ends_with('/') && file.starts_with(own.as_str())
        });
        if !known || leaves(file) || !is_plain(file) {
            let what = say!(
                "le fichier `{file}` n'est pas dans `resources`",
                "the file `{file}` is not in `resources`"
            );
            document.complain(path, what);
        }
    }
    let inner = match operation {
        Operation::VolumeArchive(archive) => Some(&archive.name),
        Operation::VolumeRestore(restore) => Some(&restore.name),
        _ => None,
    };
    if let Some(name) = inner.filter(|name| name.contains('/') || leaves(name)) {
        let what = say!("`{name}` sort de son dossier", "`{name}` leaves its folder");
        document.complain(path, what);
    }
    if let Some(image) = operation.image()
        && !lab.images.iter().any(|known| known == image)
    {
        document.complain(
            path,
            say!("l'image `{image}` n'est pas dans `images`", "the image `{image}` is not in `images`"),
        );
    }
}

/// Whether a path leads out of the workspace.
pub(super) fn leaves(path: &str) -> bool {
    path.starts_with('/') || path.contains('\\') || path.split('/').any(|part| part == "..")
}
