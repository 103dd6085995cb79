//! Moodle's GIFT, written. Texts are HTML and the signs that mean something to GIFT are entities there: parsers agree on
//! those, but not on back-slashes inside feedback.

use std::fmt::Write;

use crate::quiz::Choice;
use crate::quiz::Kind;
use crate::quiz::Question;
use crate::quiz::Quiz;
use crate::quiz::exchange::label;
use crate::quiz::exchange::rich;
use crate::quiz::exchange::tags;
use crate::quiz::kinds::Matching;
use crate::text::Lang;
use crate::text::Text;

/// The whole quiz in one language.
pub(crate) fn write(quiz: &Quiz, lang: Lang) -> String {
    let mut out = format!("// {} ({})\n\n", quiz.title.get(lang), lang.code());
    let mut section = "";
    for one in &quiz.questions {
        if one.section != section {
            section = &one.section;
            let title = quiz.section_title(section).get(lang).replace('/', "//");
            let _ =
                writeln!(out, "$CATEGORY: $course$/{}/{title}\n", quiz.title.get(lang).replace('/', "//"));
        }
        out.push_str(&question(one, lang));
        out.push('\n');
    }
    out
}

fn question(question: &Question, lang: Lang) -> String {
    let tags: String = tags(question).iter().map(|tag| format!(" [tag:{tag}]")).collect();
    let shows = question.shows.as_deref().map(|shows| guarded(&rich::block(shows))).unwrap_or_default();
    let mut out = format!(
        "// [id:{}]{tags}\n::{}::[html]{}{shows} {{\n",
        question.id,
        question.id,
        text(&question.ask, lang)
    );
    match &question.kind {
        Kind::One(all) | Kind::ComposeFault(all) => {
            for option in all {
                let sign = if option.right { "=" } else { "~" };
                line(&mut out, sign, &text(&label(option.line, &option.text), lang), &option.why, lang);
            }
        }
        Kind::Several(all) => several(&mut out, all, lang),
        Kind::TrueFalse(all) => truth(&mut out, all, lang),
        Kind::Order(places) => {
            for place in places {
                let _ = writeln!(out, "\t={} -> {}", text(&place.text, lang), place.place);
            }
        }
        Kind::Match(all) => matching(&mut out, all, lang),
        Kind::Command(typing) => {
            for right in &typing.accepts {
                let _ = writeln!(out, "\t={}", plain(right));
            }
            for slip in &typing.wrong {
                line(&mut out, "=%0%", &plain(&slip.command), &slip.why, lang);
            }
            if !typing.why.is_incomplete() {
                let _ = writeln!(out, "\t####{}", text(&typing.why, lang));
            }
        }
        Kind::Output(all) => {
            for one in all {
                line(&mut out, if one.right { "=" } else { "=%0%" }, &plain(&one.text), &one.why, lang);
            }
        }
    }
    out + "}\n"
}

fn matching(out: &mut String, matching: &Matching, lang: Lang) {
    let of = |id: &str| matching.options.iter().find(|option| option.id == id);
    for pair in &matching.pairs {
        let option = of(&pair.with).map(|option| plain(&option.text.get(lang))).unwrap_or_default();
        let _ = writeln!(out, "\t={} -> {option}", text(&pair.text, lang));
    }
    // An option that fits nothing stands without a thing.
    for option in matching.unused() {
        let _ = writeln!(out, "\t= -> {}", plain(&option.text.get(lang)));
    }
}

fn line(out: &mut String, sign: &str, what: &str, why: &Text, lang: Lang) {
    let why = text(why, lang);
    let feedback = if why.is_empty() { String::new() } else { format!("#{why}") };
    let _ = writeln!(out, "\t{sign}{what}{feedback}");
}

/// Shares that add up to 100, and to -100 for the wrong ones.
fn several(out: &mut String, options: &[Choice], lang: Lang) {
    for option in options {
        let sign = format!("~%{}%", share(options, option.right));
        line(out, &sign, &text(&option.text, lang), &option.why, lang);
    }
}

/// What a right or a wrong option counts, as Moodle writes it: at most five decimals.
pub(super) fn share(options: &[Choice], right: bool) -> String {
    let count = options.iter().filter(|option| option.right == right).count().max(1);
    let sign = if right { "" } else { "-" };
    let hundred_thousandths = (10_000_000 + count / 2) / count;
    let (whole, part) = (hundred_thousandths / 100_000, hundred_thousandths % 100_000);
    if part == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{part:05}").trim_end_matches('0').to_owned()
    }
}

/// The first feedback is for a wrong answer, the second for the right one.
fn truth(out: &mut String, options: &[Choice], lang: Lang) {
    let right = options.iter().find(|option| option.right);
    let wrong = options.iter().find(|option| !option.right);
    let word = if right.is_some_and(|option| option.id == "true") { "TRUE" } else { "FALSE" };
    let why = |option: Option<&Choice>| option.map(|option| text(&option.why, lang)).unwrap_or_default();
    let _ = writeln!(out, "\t{word}#{}#{}", why(wrong), why(right));
}

/// A text as guarded HTML.
fn text(text: &Text, lang: Lang) -> String {
    guarded(&rich::html(&text.get(lang)))
}

/// HTML whose signs GIFT does not mistake for its own.
fn guarded(html: &str) -> String {
    let mut out = String::new();
    for sign in html.chars() {
        match sign {
            '{' => out.push_str("&lbrace;"),
            '}' => out.push_str("&rbrace;"),
            '=' => out.push_str("&equals;"),
            '#' => out.push_str("&num;"),
            ':' => out.push_str("&colon;"),
            '%' => out.push_str("&percnt;"),
            '\\' => out.push_str("&bsol;"),
            '~' => out.push_str("\\~"),
            sign => out.push(sign),
        }
    }
    out
}

/// A text that is compared letter by letter: back-slashes before GIFT's signs.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for sign in text.trim().replace('\n', " ").chars() {
        if "~=#{}:\\".contains(sign) {
            out.push('\\');
        }
        out.push(sign);
    }
    out.replace("->", "-\\>")
}
