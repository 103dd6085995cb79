//! The map of the storage: containers, what they mount and where, and what nobody uses. Drawn for a terminal, told
//! in words alone, or as SVG; all three say the same.

mod plain;
mod svg;
mod text;
mod words;

pub(crate) use svg::STYLE as SVG_STYLE;

use crate::report::Page;
use crate::text::Lang;
use crate::world::Storage;

/// The map for a terminal; in words alone where the page is plain.
pub(crate) fn text(storage: &Storage, lang: Lang, page: &Page) -> String {
    if page.plain { plain::map(storage, lang, page) } else { text::map(storage, lang, page) }
}

/// The map as an SVG document that needs nothing beside it; it may also stand in a page, several times.
pub(crate) fn svg(storage: &Storage, lang: Lang) -> String {
    svg::map(storage, lang, &format!("<style>{SVG_STYLE}</style>\n"))
}

/// The same for a page that has [`SVG_STYLE`] already.
pub(crate) fn svg_part(storage: &Storage, lang: Lang) -> String {
    svg::map(storage, lang, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Others;
    use crate::world::StoredVolume;

    const PAGE: Page = Page { width: 80, color: false, verbose: false, plain: false };

    fn volume(name: &str) -> StoredVolume {
        let (name, driver) = (name.to_owned(), "nfs".to_owned());
        StoredVolume { name, driver, anonymous: false, size: None, unmeasured: false, users: Vec::new() }
    }

    #[test]
    fn an_unknown_size_and_another_driver_are_said_in_every_form() {
        let storage = Storage { volumes: vec![volume("far")], ..Storage::default() };
        let plain = Page { plain: true, ..PAGE };
        for told in
            [text(&storage, Lang::En, &PAGE), text(&storage, Lang::En, &plain), svg(&storage, Lang::En)]
        {
            assert!(told.contains("size unknown") && told.contains("driver nfs"), "{told}");
        }
    }

    #[test]
    fn an_empty_daemon_is_said_to_be_empty() {
        let nothing = Storage::default();
        assert!(text(&nothing, Lang::Fr, &PAGE).contains("ni conteneur, ni volume"));
        assert!(svg(&nothing, Lang::En).matches("Nothing to draw").count() == 2);
    }

    #[test]
    fn a_picture_that_was_kept_is_drawn_the_same_again() {
        let others = Others { containers: 1, volumes: 2 };
        let storage = Storage { volumes: vec![volume("a")], others, ..Storage::default() };
        let kept = serde_json::to_string(&storage).expect("json");
        let again: Storage = serde_json::from_str(&kept).expect("a picture");
        assert_eq!(text(&again, Lang::Fr, &PAGE), text(&storage, Lang::Fr, &PAGE));
        assert!(text(&again, Lang::Fr, &PAGE).contains("2 autres volumes, 1 autre conteneur"));
    }
}
