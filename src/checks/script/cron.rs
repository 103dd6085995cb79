//! A line of a crontab: five fields of time, then a command.

use crate::text::Text;
use crate::text::say;

/// The fields, each with its least and greatest number.
const FIELDS: [(&str, &str, u32, u32); 5] = [
    ("minutes", "minutes", 0, 59),
    ("heures", "hours", 0, 23),
    ("jours du mois", "days of the month", 1, 31),
    ("mois", "months", 1, 12),
    ("jours de la semaine", "days of the week", 0, 7),
];

/// Why cron would not take a line; `None` for one that it takes, or that is not meant for it: a line for cron names
/// the script and has a star among its first words.
pub(super) fn wrong(line: &str, script: &str) -> Option<Text> {
    let all: Vec<&str> = line.split_whitespace().collect();
    // Words may stand before it: "Cron: 0 2 * * * …".
    let begin = (0..all.len()).find(|&at| {
        let run: Vec<&&str> = all.iter().skip(at).take_while(|word| is_time(word)).collect();
        run.len() >= 3 && run.iter().any(|word| word.starts_with('*'))
    })?;
    let words = all.get(begin..)?;
    let times = words.iter().take_while(|word| is_time(word)).count();
    // What cron is to start has a path.
    if !words.iter().skip(times).any(|word| word.contains('/') && word.contains(script)) {
        return None;
    }
    if times != FIELDS.len() {
        return Some(say!("{times} champs de temps au lieu de 5", "{times} fields of time instead of 5"));
    }
    for (word, (fr, en, least, most)) in words.iter().zip(FIELDS) {
        let numbers = word.split([',', '-', '/', '*']).filter(|part| !part.is_empty());
        let beyond = numbers.filter_map(|part| part.parse::<u32>().ok());
        if let Some(number) = beyond.into_iter().find(|number| !(least..=most).contains(number)) {
            return Some(say!("{number} n'existe pas parmi les {fr}", "{number} is not among the {en}"));
        }
    }
    let command = words.iter().skip(times).copied().collect::<Vec<_>>().join(" ");
    if command.contains('%') && !command.contains("\\%") {
        return Some(say!("cron lit `%` comme une fin de ligne", "cron reads `%` as the end of the line"));
    }
    None
}

fn is_time(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit() || b"*/,-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_five_fields_within_their_bounds() {
        let wrong = |line| wrong(line, "b.sh").is_some();
        assert!(!wrong("0 2 * * * /x/b.sh"));
        assert!(!wrong("*/15 0-6 1,15 * 1-5 /x/b.sh"));
        assert!(wrong("0 2 * * /x/b.sh"));
        assert!(wrong("crontab: 0 2 * * /x/b.sh"));
        assert!(wrong("0 24 * * * /x/b.sh"));
        assert!(wrong("0 2 * * * /x/b.sh > /log/$(date +%F)"));
        assert!(!wrong("rm * * 3 b.sh"));
    }
}
