//! What a question must have to be asked and graded at all. What makes it a good one is for [`crate::quiz::lint`].

use std::collections::BTreeSet;

use crate::quiz::Choice;
use crate::quiz::Kind;
use crate::quiz::Question;
use crate::quiz::bank::Section;
use crate::quiz::command;
use crate::quiz::kinds::Matching;
use crate::quiz::kinds::Place;
use crate::quiz::kinds::Typing;
use crate::text::Text;
use crate::text::say;

/// Where in the question, and what.
type Complaints = Vec<(String, Text)>;

/// What is wrong with a question.
pub(super) fn complaints(question: &Question, sections: &[Section]) -> Complaints {
    let mut found = Complaints::new();
    if question.ask.is_incomplete() {
        found.push(("ask".to_owned(), empty()));
    }
    if !(1..=3).contains(&question.difficulty) {
        found.push((
            "difficulty".to_owned(),
            say!("la difficulté va de 1 à 3", "difficulty goes from 1 to 3"),
        ));
    }
    let id = &question.section;
    if !sections.is_empty() && !sections.iter().any(|section| section.id == *id) {
        found.push((
            "section".to_owned(),
            say!("il n'y a pas de section `{id}`", "there is no section `{id}`"),
        ));
    }
    let word = question.kind.word();
    let inner = match &question.kind {
        Kind::One(all) | Kind::ComposeFault(all) => options(all, true, question.shows.as_deref()),
        Kind::Several(all) => options(all, false, None),
        Kind::TrueFalse(_) => Complaints::new(),
        Kind::Order(places) => order(places),
        Kind::Match(matching) => self::matching(matching),
        Kind::Command(typing) => self::typing(typing),
        Kind::Output(all) if all.iter().any(|one| one.right && !one.text.trim().is_empty()) => {
            Complaints::new()
        }
        Kind::Output(_) => {
            vec![(
                String::new(),
                say!("il faut une bonne réponse au moins", "at least one right answer is needed"),
            )]
        }
    };
    if matches!(question.kind, Kind::ComposeFault(_)) && question.shows.is_none() {
        found.push((
            String::new(),
            say!("il manque le fichier Compose, `shows`", "the Compose file, `shows`, is missing"),
        ));
    }
    found.extend(inner.into_iter().map(|(below, what)| (join(word, &below), what)));
    found
}

fn join(word: &str, below: &str) -> String {
    match below {
        "" => word.to_owned(),
        below if below.starts_with('[') => format!("{word}{below}"),
        below => format!("{word}.{below}"),
    }
}

fn empty() -> Text {
    say!("un texte est vide dans une langue", "a text is empty in one language")
}

fn options(options: &[Choice], single: bool, shows: Option<&str>) -> Complaints {
    let mut found = Complaints::new();
    if options.len() > 26 || options.len() < 2 {
        found.push((String::new(), say!("il faut de 2 à 26 options", "2 to 26 options are needed")));
    }
    match options.iter().filter(|option| option.right).count() {
        0 => found.push((
            String::new(),
            say!("il faut une bonne réponse au moins", "at least one right answer is needed"),
        )),
        1 => {}
        _ if single => found.push((
            String::new(),
            say!("il faut exactement une bonne réponse", "exactly one right answer is needed"),
        )),
        _ => {}
    }
    ids(options.iter().map(|option| &option.id), &mut found);
    for (index, option) in options.iter().enumerate() {
        if option.text.is_incomplete() {
            found.push((format!("[{index}].text"), empty()));
        }
        let lines = shows.map_or(0, |shows| shows.lines().count());
        if option.line.is_some_and(|line| line == 0 || line > lines) {
            found.push((
                format!("[{index}].line"),
                say!("le fichier a {lines} lignes", "the file has {lines} lines"),
            ));
        }
    }
    found
}

fn order(places: &[Place]) -> Complaints {
    let mut found = Complaints::new();
    let right: BTreeSet<usize> = places.iter().map(|place| place.place).collect();
    if places.len() < 2 || places.len() > 26 || right != (1..=places.len()).collect() {
        found.push((
            String::new(),
            say!(
                "les places vont de 1 au nombre d'étapes, chacune une fois",
                "the places go from 1 to the number of steps, each once"
            ),
        ));
    }
    ids(places.iter().map(|place| &place.id), &mut found);
    for (index, _) in places.iter().enumerate().filter(|(_, place)| place.text.is_incomplete()) {
        found.push((format!("[{index}].text"), empty()));
    }
    found
}

fn matching(matching: &Matching) -> Complaints {
    let mut found = Complaints::new();
    if matching.pairs.len() < 2 || matching.options.len() < 2 || matching.options.len() > 26 {
        found.push((
            String::new(),
            say!(
                "il faut deux paires et deux options au moins",
                "at least two pairs and two options are needed"
            ),
        ));
    }
    ids(matching.pairs.iter().map(|pair| &pair.id), &mut found);
    ids(matching.options.iter().map(|option| &option.id), &mut found);
    for (index, pair) in matching.pairs.iter().enumerate() {
        let with = &pair.with;
        if !matching.options.iter().any(|option| option.id == *with) {
            found.push((
                format!("pairs[{index}].with"),
                say!("il n'y a pas d'option `{with}`", "there is no option `{with}`"),
            ));
        }
        if pair.text.is_incomplete() {
            found.push((format!("pairs[{index}].text"), empty()));
        }
    }
    for (index, _) in matching.options.iter().enumerate().filter(|(_, option)| option.text.is_incomplete()) {
        found.push((format!("options[{index}].text"), empty()));
    }
    found
}

fn typing(typing: &Typing) -> Complaints {
    let mut found = Complaints::new();
    if typing.accepts.is_empty() {
        found.push((
            String::new(),
            say!("il faut une bonne réponse au moins", "at least one right answer is needed"),
        ));
    }
    for (index, accepted) in typing.accepts.iter().enumerate() {
        if let Some(why) = command::unreadable(accepted) {
            found.push((format!("accepts[{index}]"), why));
        }
        for why in command::misspelled(accepted, &typing.spelled) {
            found.push((format!("accepts[{index}]"), why));
        }
    }
    for (index, slip) in typing.wrong.iter().enumerate() {
        let right = |accepted: &&String| typing.differences(accepted, &slip.command).is_empty();
        if let Some(accepted) = typing.accepts.iter().find(right) {
            let what = say!(
                "cette commande veut dire la même chose que `{accepted}`",
                "this command means the same as `{accepted}`"
            );
            found.push((format!("wrong[{index}].command"), what));
        }
    }
    found
}

fn ids<'a>(ids: impl Iterator<Item = &'a String>, found: &mut Complaints) {
    let mut seen = BTreeSet::new();
    for id in ids {
        // The marks between the parts of a typed answer, or in a file of answers, are none of an id.
        if id.is_empty() || id.contains(|letter: char| letter.is_whitespace() || ",;=".contains(letter)) {
            found.push((
                String::new(),
                say!(
                    "l'identifiant `{id}` est vide, ou contient une espace, `,`, `;` ou `=`",
                    "the id `{id}` is empty, or holds a space, `,`, `;` or `=`"
                ),
            ));
        }
        if !seen.insert(id) {
            found.push((
                String::new(),
                say!("l'identifiant `{id}` est pris deux fois", "the id `{id}` is taken twice"),
            ));
        }
    }
}
