//! Moodle's XML, written.

use std::fmt::Write;

use crate::quiz::Choice;
use crate::quiz::Kind;
use crate::quiz::Question;
use crate::quiz::Quiz;
use crate::quiz::exchange::gift::share;
use crate::quiz::exchange::label;
use crate::quiz::exchange::rich;
use crate::quiz::exchange::tags;
use crate::quiz::kinds::Matching;
use crate::text::Lang;
use crate::text::Text;

/// The whole quiz in one language.
pub(crate) fn write(quiz: &Quiz, lang: Lang) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<quiz>\n");
    let mut section = "";
    for one in &quiz.questions {
        if one.section != section {
            section = &one.section;
            // A slash in a name would begin a category below it.
            let [quiz_name, section_name] =
                [&quiz.title, &quiz.section_title(section)].map(|title| title.get(lang).replace('/', "//"));
            let path = format!("$course$/{quiz_name}/{section_name}");
            let _ =
                writeln!(out, "<question type=\"category\"><category>{}</category></question>", raw(&path));
        }
        question(&mut out, one, lang);
    }
    out + "</quiz>\n"
}

fn question(out: &mut String, question: &Question, lang: Lang) {
    let kind = match question.kind {
        Kind::One(_) | Kind::Several(_) | Kind::ComposeFault(_) => "multichoice",
        Kind::TrueFalse(_) => "truefalse",
        Kind::Order(_) | Kind::Match(_) => "matching",
        Kind::Command(_) | Kind::Output(_) => "shortanswer",
    };
    let shows = question.shows.as_deref().map(rich::block).unwrap_or_default();
    let ask = format!("<p>{}</p>{shows}", rich::html(&question.ask.get(lang)));
    let general = match &question.kind {
        Kind::Command(typing) => rich::html(&typing.why.get(lang)),
        _ => String::new(),
    };
    let _ = writeln!(
        out,
        "<question type=\"{kind}\">\n<name>{}</name>\n<questiontext format=\"html\">{}</questiontext>\n\
         <generalfeedback format=\"html\">{}</generalfeedback>\n<defaultgrade>{}</defaultgrade>\n\
         <penalty>0.3333333</penalty>\n<hidden>0</hidden>\n<idnumber>{}</idnumber>",
        raw(&question.id),
        cdata(&ask),
        cdata(&general),
        question.difficulty,
        rich::escaped(&question.id),
    );
    answers(out, question, lang);
    out.push_str("<tags>");
    for tag in tags(question) {
        let _ = write!(out, "<tag>{}</tag>", raw(&tag));
    }
    out.push_str("</tags>\n</question>\n");
}

fn answers(out: &mut String, question: &Question, lang: Lang) {
    match &question.kind {
        Kind::One(all) | Kind::ComposeFault(all) => {
            let shuffle = matches!(question.kind, Kind::One(_));
            let _ = writeln!(
                out,
                "<single>true</single>\n<shuffleanswers>{shuffle}</shuffleanswers>\n<answernumbering>ABCD</answernumbering>"
            );
            for option in all {
                let fraction = if option.right { "100" } else { "0" };
                choice(out, option, fraction, lang);
            }
        }
        Kind::Several(all) => {
            out.push_str("<single>false</single>\n<shuffleanswers>true</shuffleanswers>\n<answernumbering>ABCD</answernumbering>\n");
            for option in all {
                choice(out, option, &share(all, option.right), lang);
            }
        }
        Kind::TrueFalse(all) => {
            for option in all {
                let fraction = if option.right { "100" } else { "0" };
                answer(out, ("moodle_auto_format", fraction), &raw(&option.id), &option.why, lang);
            }
        }
        Kind::Order(places) => {
            out.push_str("<shuffleanswers>true</shuffleanswers>\n");
            for place in places {
                subquestion(out, &rich::html(&place.text.get(lang)), &place.place.to_string());
            }
        }
        Kind::Match(all) => matching(out, all, lang),
        Kind::Command(typing) => {
            out.push_str("<usecase>1</usecase>\n");
            for right in &typing.accepts {
                answer(out, ("moodle_auto_format", "100"), &raw(right), &typing.why, lang);
            }
            for slip in &typing.wrong {
                answer(out, ("moodle_auto_format", "0"), &raw(&slip.command), &slip.why, lang);
            }
        }
        Kind::Output(all) => {
            out.push_str("<usecase>1</usecase>\n");
            for one in all {
                let fraction = if one.right { "100" } else { "0" };
                answer(out, ("moodle_auto_format", fraction), &raw(one.text.trim()), &one.why, lang);
            }
        }
    }
}

fn matching(out: &mut String, matching: &Matching, lang: Lang) {
    out.push_str("<shuffleanswers>true</shuffleanswers>\n");
    let of = |id: &str| matching.options.iter().find(|option| option.id == id);
    for pair in &matching.pairs {
        let option = of(&pair.with).map(|option| option.text.get(lang)).unwrap_or_default();
        subquestion(out, &rich::html(&pair.text.get(lang)), &option);
    }
    for option in matching.unused() {
        subquestion(out, "", &option.text.get(lang));
    }
}

fn choice(out: &mut String, option: &Choice, fraction: &str, lang: Lang) {
    let text = cdata(&rich::html(&label(option.line, &option.text).get(lang)));
    answer(out, ("html", fraction), &text, &option.why, lang);
}

fn answer(out: &mut String, (format, fraction): (&str, &str), text: &str, why: &Text, lang: Lang) {
    let why = cdata(&rich::html(&why.get(lang)));
    let _ = writeln!(
        out,
        "<answer fraction=\"{fraction}\" format=\"{format}\">{text}<feedback format=\"html\">{why}</feedback></answer>"
    );
}

fn subquestion(out: &mut String, text: &str, answer: &str) {
    let _ = writeln!(
        out,
        "<subquestion format=\"html\">{}<answer>{}</answer></subquestion>",
        cdata(text),
        raw(answer)
    );
}

fn raw(text: &str) -> String {
    format!("<text>{}</text>", rich::escaped(text))
}

/// HTML inside of XML.
fn cdata(html: &str) -> String {
    if html.is_empty() {
        return "<text></text>".to_owned();
    }
    format!("<text><![CDATA[{}]]></text>", html.replace("]]>", "]]]]><![CDATA[>"))
}
