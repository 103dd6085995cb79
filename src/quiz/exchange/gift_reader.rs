//! Moodle's GIFT, read.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::error::Error;
use crate::error::Result;
use crate::quiz::Choice;
use crate::quiz::Kind;
use crate::quiz::Question;
use crate::quiz::Quiz;
use crate::quiz::bank;
use crate::quiz::bank::Exam;
use crate::quiz::exchange::Imported;
use crate::quiz::exchange::fresh;
use crate::quiz::exchange::rich;
use crate::quiz::exchange::slug;
use crate::quiz::kinds;
use crate::quiz::kinds::Label;
use crate::quiz::kinds::Matching;
use crate::quiz::kinds::Outcome;
use crate::quiz::kinds::Pair;
use crate::quiz::kinds::Place;
use crate::quiz::kinds::Slip;
use crate::quiz::kinds::Truth;
use crate::quiz::kinds::Typing;
use crate::text::Text;
use crate::text::say;

/// A question's text with what the comment above it says.
#[derive(Debug, Default)]
struct Block {
    line: usize,
    text: String,
    tags: BTreeMap<String, String>,
    category: Vec<String>,
}

impl Block {
    /// The id of its section: the tag, else the category's last part.
    fn section(&self) -> String {
        let named = self.tags.get("section").cloned();
        named.unwrap_or_else(|| slug(self.category.last().map_or("gift", String::as_str)))
    }
}

/// An answer: its share of the points, what it says, and the feedback.
#[derive(Debug)]
struct Piece {
    equals: bool,
    share: Option<f64>,
    text: String,
    why: Text,
}

/// Reads a GIFT file.
pub(crate) fn read(file: &str, id: &str, source: &str) -> Result<Imported> {
    let (mut taken, mut questions, mut notes) = (BTreeSet::new(), Vec::new(), Vec::new());
    let blocks = blocks(source);
    for block in &blocks {
        let mut losses = Vec::new();
        match question(block, &mut taken, &mut losses) {
            Ok(question) => questions.push(question),
            Err(why) => losses.push(why),
        }
        let line = block.line;
        notes.extend(
            losses.into_iter().map(|Text { fr, en }| say!("{file}:{line}: {fr}", "{file}:{line}: {en}")),
        );
    }
    if questions.is_empty() {
        let what = say!(
            "`{file}` : pas de question GIFT que l'on puisse noter",
            "`{file}`: no GIFT question that can be graded"
        );
        return Err(notes.into_iter().fold(Error::usage(what), Error::detail));
    }
    let mut sections = bank::named_sections(&questions);
    for section in &mut sections {
        let named =
            blocks.iter().find(|block| block.section() == section.id).and_then(|block| block.category.last());
        section.title = Text::same(named.unwrap_or(&section.id));
    }
    // Moodle's path is `$course$/quiz/section`.
    let path = blocks.iter().map(|block| &block.category).find(|path| path.len() > 1);
    let title = path.and_then(|path| path.get(path.len() - 2)).map_or(id, String::as_str);
    let quiz =
        Quiz { id: id.to_owned(), title: Text::same(title), sections, exam: Exam::default(), questions };
    Ok(Imported { quiz, notes })
}

/// Questions are parted by empty lines; comments and categories stand outside of them.
fn blocks(source: &str) -> Vec<Block> {
    let (mut all, mut open, mut category) = (Vec::new(), Block::default(), Vec::new());
    for (index, line) in source.lines().chain([""]).enumerate() {
        let text = line.trim();
        if let Some(comment) = text.strip_prefix("//") {
            open.tags.extend(tags(comment));
        } else if let Some(path) = text.strip_prefix("$CATEGORY:") {
            // A doubled slash belongs to a name.
            let path = path.trim().replace("//", "\u{0}");
            let names =
                path.split('/').filter(|name| !name.starts_with('$')).map(|name| name.replace('\u{0}', "/"));
            category = names.collect();
        } else if text.is_empty() {
            if !open.text.is_empty() {
                open.category.clone_from(&category);
                all.push(std::mem::take(&mut open));
            }
        } else {
            if open.text.is_empty() {
                open.line = index + 1;
            }
            open.text.push_str(text);
            open.text.push('\n');
        }
    }
    all
}

/// `[id:x] [tag:step:create]` in a comment.
fn tags(comment: &str) -> Vec<(String, String)> {
    let inside = comment.split('[').skip(1).filter_map(|part| part.split(']').next());
    let pair = |tag: &str| {
        tag.strip_prefix("tag:")
            .unwrap_or(tag)
            .split_once(':')
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
    };
    inside.filter_map(pair).collect()
}

fn question(
    block: &Block,
    taken: &mut BTreeSet<String>,
    losses: &mut Vec<Text>,
) -> std::result::Result<Question, Text> {
    let mut rest = block.text.as_str();
    let mut title = "";
    if let Some((name, after)) = rest.strip_prefix("::").and_then(|rest| rest.split_once("::")) {
        (title, rest) = (name, after);
    }
    for format in ["[html]", "[moodle]", "[plain]", "[markdown]"] {
        rest = rest.strip_prefix(format).unwrap_or(rest);
    }
    let (begin, end) =
        braces(rest).ok_or_else(|| say!("un texte sans réponses", "a text without answers"))?;
    let after = rest[end + 1..].trim();
    let gap = if after.is_empty() { String::new() } else { format!(" _____ {after}") };
    let (ask, shows) = rich::text(&unescaped(&format!("{}{gap}", rest[..begin].trim_end())));
    let tag = |name: &str| block.tags.get(name).cloned();
    let kind = kind(rest[begin + 1..end].trim(), tag("kind").as_deref(), block, losses)?;
    let name = tag("id").unwrap_or_else(|| if title.is_empty() { ask.clone() } else { title.to_owned() });
    let id = match tag("id") {
        Some(id) if taken.insert(id.clone()) => id,
        _ => fresh(&name, taken, "question-"),
    };
    Ok(Question {
        id,
        section: block.section(),
        step: tag("step"),
        criterion: tag("criterion"),
        difficulty: tag("difficulty")
            .and_then(|text| text.parse().ok())
            .filter(|level| (1..=3).contains(level))
            .unwrap_or(1),
        ask: Text::same(ask),
        shows,
        kind,
    })
}

/// Where the answers begin and end.
fn braces(text: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let is = |at: &usize, sign: u8| bytes[*at] == sign && (*at == 0 || bytes[at - 1] != b'\\');
    let begin = (0..bytes.len()).find(|at| is(at, b'{'))?;
    (begin + 1..bytes.len()).find(|at| is(at, b'}')).map(|end| (begin, end))
}

fn kind(
    body: &str,
    tagged: Option<&str>,
    block: &Block,
    losses: &mut Vec<Text>,
) -> std::result::Result<Kind, Text> {
    if body.is_empty() {
        return Err(say!("une question à réponse libre", "an essay question"));
    }
    if body.starts_with('#') {
        return Err(say!("une question numérique avec tolérance", "a numerical question with a tolerance"));
    }
    if let Some(truth) = truth(body) {
        return Ok(Kind::TrueFalse(kinds::truths(truth)));
    }
    let (body, general) = general(body);
    let mut pieces = pieces(body);
    losses.extend(without_shares(&mut pieces));
    if !pieces.is_empty() && pieces.iter().all(|piece| piece.equals && piece.text.contains("->")) {
        return Ok(if tagged == Some("order") { order(&pieces) } else { matching(&pieces) });
    }
    if pieces.iter().all(|piece| piece.equals) && !pieces.is_empty() {
        return Ok(if tagged == Some("command") { command(pieces, general, block) } else { output(pieces) });
    }
    let right = pieces.iter().filter(|piece| is_right(piece)).count();
    let mut ids = BTreeSet::new();
    let choice = |piece: Piece| {
        let right = is_right(&piece);
        let text = plain(&piece.text);
        let (line, text) = if tagged == Some("compose_fault") { line(&text) } else { (None, text) };
        Choice { id: fresh(&text, &mut ids, "option-"), right, line, text: Text::same(text), why: piece.why }
    };
    let choices: Vec<Choice> = pieces.into_iter().map(choice).collect();
    match right {
        0 => Err(say!("une question sans bonne réponse", "a question without a right answer")),
        1 if tagged == Some("compose_fault") => Ok(Kind::ComposeFault(choices)),
        1 if tagged != Some("several") => Ok(Kind::One(choices)),
        _ => Ok(Kind::Several(choices)),
    }
}

/// Beside an answer that is right in full, one that is so in part is not right; says which those are.
fn without_shares(pieces: &mut [Piece]) -> Vec<Text> {
    let full = |piece: &Piece| piece.share.map_or(piece.equals, |share| share >= 100.0);
    if !pieces.iter().any(full) {
        return Vec::new();
    }
    let partly =
        pieces.iter_mut().filter(|piece| piece.share.is_some_and(|share| share > 0.0 && share < 100.0));
    let told = partly.map(|piece| {
        let (share, text) = (piece.share.replace(0.0).unwrap_or_default(), plain(&piece.text));
        say!(
            "`{text}` valait {share} % des points, et n'en vaut plus",
            "`{text}` was worth {share}% of the points, and is worth none now"
        )
    });
    told.collect()
}

fn is_right(piece: &Piece) -> bool {
    piece.share.map_or(piece.equals, |share| share > 0.0)
}

fn truth(body: &str) -> Option<Truth> {
    let mut parts = body.splitn(3, '#');
    let right = match parts.next()?.trim().to_uppercase().as_str() {
        "T" | "TRUE" => true,
        "F" | "FALSE" => false,
        _ => return None,
    };
    let mut why = || parts.next().map(|text| Text::same(plain(text))).unwrap_or_default();
    let (wrong, good) = (why(), why());
    let (if_true, if_false) = if right { (good, wrong) } else { (wrong, good) };
    Some(Truth { right, if_true, if_false })
}

/// The answers, and the feedback for all of them.
fn general(body: &str) -> (&str, Text) {
    match body.split_once("####") {
        Some((body, general)) => (body, Text::same(plain(general))),
        None => (body, Text::default()),
    }
}

fn pieces(body: &str) -> Vec<Piece> {
    let mut starts = Vec::new();
    let mut before = ' ';
    for (at, sign) in body.char_indices() {
        if matches!(sign, '=' | '~') && before != '\\' {
            starts.push(at);
        }
        before = sign;
    }
    let ends = starts.iter().skip(1).copied().chain([body.len()]);
    starts.iter().zip(ends).map(|(start, end)| piece(&body[*start..end])).collect()
}

fn piece(text: &str) -> Piece {
    let (equals, mut rest) = (text.starts_with('='), text[1..].trim());
    let mut share = None;
    if let Some((number, after)) = rest.strip_prefix('%').and_then(|rest| rest.split_once('%')) {
        (share, rest) = (number.parse().ok(), after);
    }
    let mark =
        rest.char_indices().find(|(at, sign)| *sign == '#' && !rest[..*at].ends_with('\\')).map(|(at, _)| at);
    let (text, why) = mark.map_or((rest, ""), |at| (&rest[..at], &rest[at + 1..]));
    let why = if why.is_empty() { Text::default() } else { Text::same(plain(why)) };
    Piece { equals, share, text: text.trim().to_owned(), why }
}

fn matching(pieces: &[Piece]) -> Kind {
    let (mut options, mut pairs): (Vec<Label>, Vec<Pair>) = (Vec::new(), Vec::new());
    let (mut things, mut names) = (BTreeSet::new(), BTreeSet::new());
    for (thing, option) in pieces.iter().filter_map(|piece| piece.text.split_once("->")) {
        let (thing, option) = (plain(thing), plain(option));
        let known = options.iter().find(|one| one.text.fr == option).map(|one| one.id.clone());
        let with = known.unwrap_or_else(|| {
            let id = fresh(&option, &mut names, "match-");
            options.push(Label { id: id.clone(), text: Text::same(option) });
            id
        });
        if !thing.is_empty() {
            pairs.push(Pair {
                id: fresh(&thing, &mut things, "thing-"),
                text: Text::same(thing),
                with,
                why: Text::default(),
            });
        }
    }
    Kind::Match(Matching { pairs, options })
}

fn order(pieces: &[Piece]) -> Kind {
    let mut ids = BTreeSet::new();
    let place = |(text, number): (&str, &str)| {
        let text = plain(text);
        let place = number.trim().parse().unwrap_or(0);
        Place { id: fresh(&text, &mut ids, "step-"), place, text: Text::same(text), why: Text::default() }
    };
    Kind::Order(pieces.iter().filter_map(|piece| piece.text.split_once("->")).map(place).collect())
}

fn command(pieces: Vec<Piece>, why: Text, block: &Block) -> Kind {
    let (mut accepts, mut wrong) = (Vec::new(), Vec::new());
    for piece in pieces {
        let text = unescaped(&piece.text);
        if is_right(&piece) {
            accepts.push(text);
        } else {
            wrong.push(Slip { command: text, why: piece.why });
        }
    }
    let names = |tag: &str| {
        block.tags.get(tag).map(|names| names.split(',').map(str::to_owned).collect()).unwrap_or_default()
    };
    let (free, spelled) = (names("free"), names("spelled"));
    Kind::Command(Typing { accepts, free, spelled, why, wrong })
}

fn output(pieces: Vec<Piece>) -> Kind {
    let outcome =
        |piece: Piece| Outcome { right: is_right(&piece), text: unescaped(&piece.text), why: piece.why };
    Kind::Output(pieces.into_iter().map(outcome).collect())
}

/// The line at the beginning of an option of a Compose file.
fn line(text: &str) -> (Option<usize>, String) {
    let rest = text.strip_prefix("ligne ").or_else(|| text.strip_prefix("line "));
    let parts = rest.and_then(|rest| rest.split_once(':'));
    match parts.and_then(|(number, rest)| Some((number.trim().parse().ok()?, rest.trim().to_owned()))) {
        Some((number, rest)) => (Some(number), rest),
        None => (None, text.to_owned()),
    }
}

fn plain(text: &str) -> String {
    rich::text(&unescaped(text.trim())).0.replace('\u{a0}', " ")
}

/// Without the back-slashes before GIFT's own signs.
fn unescaped(text: &str) -> String {
    let (mut out, mut signs) = (String::new(), text.chars().peekable());
    while let Some(sign) = signs.next() {
        match (sign, signs.peek()) {
            ('\\', Some(next)) if "~=#{}:\\>".contains(*next) => out.extend(signs.next()),
            ('\\', Some('n')) => {
                signs.next();
                out.push('\n');
            }
            _ => out.push(sign),
        }
    }
    out
}
