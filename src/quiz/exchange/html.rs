//! A paper that can be printed, and its key as a page of its own.

use std::fmt::Write;

use crate::quiz::Kind;
use crate::quiz::Question;
use crate::quiz::Quiz;
use crate::quiz::Tone;
use crate::quiz::exchange::in_words;
use crate::quiz::exchange::label;
use crate::quiz::exchange::rich;
use crate::quiz::explain;
use crate::text::Lang;
use crate::text::Text;
use crate::text::say;

const STYLE: &str = "body{font:15px/1.45 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#111}\
section{break-inside:avoid;margin:1.2rem 0}h2{font-size:1rem;margin:.2rem 0}pre{background:#f3f4f6;padding:.5rem;white-space:pre-wrap}\
code{background:#f3f4f6;padding:0 .2em}ol.letters{list-style:upper-alpha}.line{border-bottom:1px solid #555;height:1.6rem}\
.name{display:flex;gap:2rem}.name span{flex:1;border-bottom:1px solid #555}@media print{body{margin:0}}";

/// The paper: every question of `quiz`, in its order.
pub(crate) fn paper(quiz: &Quiz, lang: Lang) -> String {
    let (name, date) = (say!("Nom :", "Name:"), say!("Date :", "Date:"));
    let mut out = begin(&quiz.title, lang);
    let _ = writeln!(
        out,
        "<p class=\"name\">{} <span></span> {} <span></span></p>",
        name.get(lang),
        date.get(lang)
    );
    for (index, question) in quiz.questions.iter().enumerate() {
        head(&mut out, index + 1, question, lang);
        match &question.kind {
            Kind::Command(_) | Kind::Output(_) => out.push_str("<div class=\"line\"></div>\n"),
            Kind::Order(places) => {
                letters(&mut out, places.iter().map(|place| place.text.clone()), lang);
                out.push_str("<div class=\"line\"></div>\n");
            }
            Kind::Match(matching) => {
                out.push_str("<ol>");
                for pair in &matching.pairs {
                    let _ = write!(out, "<li>{} ____</li>", rich::html(&pair.text.get(lang)));
                }
                out.push_str("</ol>\n");
                letters(&mut out, matching.options.iter().map(|option| option.text.clone()), lang);
            }
            kind => {
                letters(&mut out, kind.choices().iter().map(|option| label(option.line, &option.text)), lang);
            }
        }
        out.push_str("</section>\n");
    }
    out + "</body></html>\n"
}

/// The key: the right answers with their reasons.
pub(crate) fn key(quiz: &Quiz, lang: Lang) -> String {
    let Text { fr, en } = &quiz.title;
    let mut out = begin(&say!("{fr} : corrigé", "{en}: key"), lang);
    for (index, question) in quiz.questions.iter().enumerate() {
        head(&mut out, index + 1, question, lang);
        let _ = writeln!(out, "<p><strong>{}</strong></p>\n<ul>", rich::escaped(&in_words(question, lang)));
        for line in explain(question, &question.kind.correct()) {
            let sign = if line.tone == Tone::Wrong { "✗" } else { "✓" };
            let _ = writeln!(
                out,
                "<li>{sign} {} — {}</li>",
                rich::html(&line.what.get(lang)),
                rich::html(&line.why.get(lang))
            );
        }
        let wrong = question.kind.choices().iter().filter(|option| !option.right);
        for option in wrong {
            let _ = writeln!(
                out,
                "<li>✗ {} — {}</li>",
                rich::html(&option.text.get(lang)),
                rich::html(&option.why.get(lang))
            );
        }
        out.push_str("</ul></section>\n");
    }
    out + "</body></html>\n"
}

fn begin(title: &Text, lang: Lang) -> String {
    let title = rich::escaped(&title.get(lang));
    format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n",
        lang.code()
    )
}

fn head(out: &mut String, number: usize, question: &Question, lang: Lang) {
    let points = "●".repeat(usize::from(question.difficulty));
    let _ = writeln!(out, "<section><h2>{number}. {} {points}</h2>", rich::html(&question.ask.get(lang)));
    if let Some(shows) = &question.shows {
        let numbered = matches!(question.kind, Kind::ComposeFault(_));
        let lines = shows
            .lines()
            .enumerate()
            .map(|(at, line)| if numbered { format!("{:>2}  {line}", at + 1) } else { line.to_owned() });
        let _ = writeln!(out, "{}", rich::block(&lines.collect::<Vec<_>>().join("\n")));
    }
}

fn letters(out: &mut String, texts: impl Iterator<Item = Text>, lang: Lang) {
    out.push_str("<ol class=\"letters\">");
    for text in texts {
        let _ = write!(out, "<li>{}</li>", rich::html(&text.get(lang)));
    }
    out.push_str("</ol>\n");
}
