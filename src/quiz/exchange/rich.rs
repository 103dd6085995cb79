//! Our texts, with commands between back-ticks, as HTML and back.

/// Characters that mean something to HTML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A text as HTML.
pub(super) fn html(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.trim_end().split('`').enumerate() {
        let part = escaped(part).replace('\n', "<br>");
        if index % 2 == 1 {
            out.push_str(&["<code>", &part, "</code>"].concat());
        } else {
            out.push_str(&part);
        }
    }
    out
}

/// Something shown word for word, as HTML.
pub(super) fn block(text: &str) -> String {
    ["<pre>", &escaped(text.trim_end()).replace('\n', "<br>"), "</pre>"].concat()
}

/// A text from HTML, and what stood in a `<pre>` apart.
pub(super) fn text(html: &str) -> (String, Option<String>) {
    let Some((before, rest)) = html.split_once("<pre>") else {
        return (inline(html).trim().to_owned(), None);
    };
    let (inside, after) = rest.split_once("</pre>").unwrap_or((rest, ""));
    let around = format!("{} {}", inline(before), inline(after));
    (around.trim().to_owned(), Some(inline(inside).trim_end().to_owned() + "\n"))
}

/// Tags off, entities as characters.
fn inline(html: &str) -> String {
    let html = html.replace("<code>", "`").replace("</code>", "`");
    let html =
        html.replace("<br>", "\n").replace("<br/>", "\n").replace("<br />", "\n").replace("</p>", "\n");
    let (mut out, mut rest) = (String::new(), html.as_str());
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = if rest.starts_with('<') { '>' } else { ';' };
        let Some(stop) = rest.find(end) else { break };
        let inside = &rest[1..stop];
        if end == ';' {
            match entity(inside) {
                Some(letter) => out.push(letter),
                None => out.push_str(&rest[..=stop]),
            }
        }
        rest = &rest[stop + 1..];
    }
    out + rest
}

fn entity(name: &str) -> Option<char> {
    let number = name.strip_prefix('#').and_then(|number| match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => number.parse().ok(),
    });
    if let Some(number) = number {
        return char::from_u32(number);
    }
    NAMED.iter().find(|(known, _)| *known == name).map(|(_, letter)| *letter)
}

/// The entities that are written here, and some that others write.
const NAMED: [(&str, char); 16] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("lbrace", '{'),
    ("lcub", '{'),
    ("rbrace", '}'),
    ("rcub", '}'),
    ("equals", '='),
    ("num", '#'),
    ("colon", ':'),
    ("percnt", '%'),
    ("bsol", '\\'),
    ("sol", '/'),
];
