//! The sheet as a page that is updated: its frame, and the part that changes.

use crate::class::Sheet;
use crate::report::junit::escaped;
use crate::report::sheet::html;
use crate::report::words::either;
use crate::text::Lang;

/// The whole page.
pub(crate) fn page(sheet: &Sheet, lang: Lang) -> String {
    let title = format!("{} · {}", escaped(&sheet.room), escaped(&sheet.lab.title.get(lang)));
    let (code, other) = (lang.code(), either(lang, "en", "fr"));
    let (language, filter) = (either(lang, "English", "Français"), either(lang, "Filtrer", "Filter"));
    let lost = either(
        lang,
        "Connexion perdue : ce qui suit date un peu. Nouvel essai…",
        "Connection lost: what follows is a little old. Trying again…",
    );
    let script = either(
        lang,
        "Sans JavaScript, rechargez la page pour la mettre à jour.",
        "Without JavaScript, reload the page to update it.",
    );
    let part = part(sheet, lang);
    format!(
        "<!doctype html>\n<html lang=\"{code}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"/app.css\"><script src=\"/app.js\" defer></script></head><body>\n\
         <header><h1>{title}</h1>\n<p class=\"tools\"><label>{filter} <input id=\"filter\" type=\"search\"></label> \
         <a href=\"/?lang={other}\" hreflang=\"{other}\" lang=\"{other}\">{language}</a></p>\n\
         <p id=\"status\" role=\"status\" data-lost=\"{lost}\"></p><noscript><p>{script}</p></noscript></header>\n\
         <main id=\"sheet\">\n{part}</main>\n</body></html>\n"
    )
}

/// The part that changes.
pub(crate) fn part(sheet: &Sheet, lang: Lang) -> String {
    html::body(sheet, lang)
}
