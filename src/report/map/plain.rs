//! The map in words alone, a fact a line: for screen readers and logs. Names stand whole, so that they can be copied.

use crate::report::Page;
use crate::report::map::words;
use crate::text::Lang;
use crate::text::Text;
use crate::text::say;
use crate::world::Held;
use crate::world::Storage;
use crate::world::StoredVolume;
use crate::world::Tenant;

pub(super) fn map(storage: &Storage, lang: Lang, page: &Page) -> String {
    lines(storage, lang).iter().map(|(indent, line)| page.paragraph(indent, line)).collect()
}

/// The sentences, each with its indent.
pub(super) fn lines(storage: &Storage, lang: Lang) -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    let mut put = |indent: &'static str, text: &Text| out.push((indent, text.get(lang).into_owned()));
    if storage.containers.is_empty() && storage.volumes.is_empty() {
        put("", &words::nothing_at_all());
    }
    for tenant in &storage.containers {
        put("", &container(tenant));
        if tenant.mounts.is_empty() {
            put("  ", &words::nothing_mounted());
        }
        for held in &tenant.mounts {
            put("  ", &mount(held, storage));
        }
    }
    for one in &storage.volumes {
        put("", &volume(one));
    }
    if let Some(besides) = words::besides(storage.others) {
        put("", &besides);
    }
    out
}

fn container(tenant: &Tenant) -> Text {
    let (name, image) = (words::name(&tenant.name), words::name(&tenant.image));
    let Text { fr, en } = words::state(&tenant.state);
    say!("Conteneur {name}, {fr}, image {image}", "Container {name}, {en}, image {image}")
}

fn mount(held: &Held, storage: &Storage) -> Text {
    let (target, source) = (words::name(&held.target), words::name(&held.source));
    let told = |lang| {
        let mut parts = vec![format!("{} {source}", words::kind(held).get(lang)).trim_end().to_owned()];
        parts.extend(words::notes(held, storage, lang));
        parts.join(", ")
    };
    let (fr, en) = (told(Lang::Fr), told(Lang::En));
    say!("{target} : {fr}", "{target}: {en}")
}

fn volume(volume: &StoredVolume) -> Text {
    let name = words::name(&volume.name);
    let told = |lang| {
        let parts =
            [words::volume_size(volume), words::driver(volume), Some(words::users(volume, usize::MAX))];
        let parts = parts.iter().flatten().map(|part| part.get(lang).into_owned());
        parts.collect::<Vec<_>>().join(", ")
    };
    let (fr, en) = (told(Lang::Fr), told(Lang::En));
    if volume.anonymous {
        return say!("Volume anonyme {name}, {fr}", "Anonymous volume {name}, {en}");
    }
    say!("Volume {name}, {fr}", "Volume {name}, {en}")
}
