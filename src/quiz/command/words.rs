//! A command line as the shell splits it: quotes, escapes, continued lines, and the ways to write the current folder.

use crate::text::Text;
use crate::text::say;

/// A piece of a command line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Token {
    /// A word, without its quotes. The current folder stands in it as `$PWD`, a dollar that the shell leaves alone as
    /// `\$`.
    Word(String),
    /// `|`, `&&`, `;`, `>` and their like.
    Operator(String),
}

/// The characters that operators are made of.
const OPERATORS: &str = "|&;<>";

/// Reads a line from left to right.
struct Reader {
    line: Vec<char>,
    at: usize,
    tokens: Vec<Token>,
    word: Option<String>,
}

/// Splits a line; where a quote or a bracket is left open, says so.
pub(super) fn split(line: &str) -> Result<Vec<Token>, Text> {
    let mut reader = Reader { line: line.chars().collect(), at: 0, tokens: Vec::new(), word: None };
    while let Some(sign) = reader.next() {
        reader.take(sign)?;
    }
    reader.end_word();
    Ok(reader.tokens)
}

impl Reader {
    fn next(&mut self) -> Option<char> {
        let sign = self.line.get(self.at).copied();
        self.at += 1;
        sign
    }

    fn peek(&self) -> Option<char> {
        self.line.get(self.at).copied()
    }

    fn push(&mut self, text: &str) {
        self.word.get_or_insert_default().push_str(text);
    }

    fn end_word(&mut self) {
        if let Some(word) = self.word.take() {
            self.tokens.push(Token::Word(word));
        }
    }

    fn take(&mut self, sign: char) -> Result<(), Text> {
        match sign {
            '\'' => {
                let inside = self.until('\'')?;
                self.push(&inside.replace('$', "\\$"));
            }
            '"' => self.double_quoted()?,
            '\\' => self.escaped(),
            // PowerShell continues a line with a back-tick; elsewhere it begins a command, and `pwd` is the one met.
            '`' if matches!(self.peek(), Some('\n' | '\r') | None) => {}
            '`' => {
                let inside = self.until('`')?;
                let folder = substituted(&inside);
                self.push(&folder);
            }
            '$' => {
                let value = self.dollar()?;
                self.push(&value);
            }
            '#' if self.word.is_none() => while self.next().is_some_and(|sign| sign != '\n') {},
            sign if sign.is_whitespace() => self.end_word(),
            sign if OPERATORS.contains(sign) => self.operator(sign),
            sign => self.push(sign.encode_utf8(&mut [0; 4])),
        }
        Ok(())
    }

    fn operator(&mut self, first: char) {
        self.end_word();
        let mut operator = String::from(first);
        while let Some(sign) = self.peek().filter(|sign| OPERATORS.contains(*sign)) {
            operator.push(sign);
            self.at += 1;
        }
        self.tokens.push(Token::Operator(operator));
    }

    /// What follows a backslash outside of quotes: itself, and nothing at the end of a line.
    fn escaped(&mut self) {
        match self.next() {
            Some('\n') | None => {}
            Some('\r') => self.at += usize::from(self.peek() == Some('\n')),
            Some('$') => self.push("\\$"),
            Some(sign) => self.push(sign.encode_utf8(&mut [0; 4])),
        }
    }

    fn double_quoted(&mut self) -> Result<(), Text> {
        self.push("");
        loop {
            match self.next() {
                Some('"') => return Ok(()),
                Some('\\') if self.peek().is_some_and(|next| "\"\\$`\n".contains(next)) => self.escaped(),
                Some('$') => {
                    let value = self.dollar()?;
                    self.push(&value);
                }
                Some('`') => {
                    let inside = self.until('`')?;
                    let folder = substituted(&inside);
                    self.push(&folder);
                }
                Some(sign) => self.push(sign.encode_utf8(&mut [0; 4])),
                None => return Err(open('"')),
            }
        }
    }

    /// What a dollar stands for: the current folder in all its spellings, other things as they are written.
    fn dollar(&mut self) -> Result<String, Text> {
        match self.peek() {
            Some('(') => {
                self.at += 1;
                let inside = self.balanced()?;
                Ok(substituted(&inside))
            }
            Some('{') => {
                self.at += 1;
                let name = self.until('}')?;
                Ok(variable(&name))
            }
            _ => {
                let mut name = String::new();
                while let Some(sign) = self.peek().filter(|sign| sign.is_alphanumeric() || *sign == '_') {
                    name.push(sign);
                    self.at += 1;
                }
                Ok(variable(&name))
            }
        }
    }

    fn until(&mut self, end: char) -> Result<String, Text> {
        let mut inside = String::new();
        loop {
            match self.next() {
                Some(sign) if sign == end => return Ok(inside),
                Some(sign) => inside.push(sign),
                None => return Err(open(end)),
            }
        }
    }

    /// Up to the bracket that closes this one.
    fn balanced(&mut self) -> Result<String, Text> {
        let (mut inside, mut depth) = (String::new(), 1);
        loop {
            match self.next() {
                Some(')') if depth == 1 => return Ok(inside),
                Some(sign) => {
                    depth += i32::from(sign == '(') - i32::from(sign == ')');
                    inside.push(sign);
                }
                None => return Err(open(')')),
            }
        }
    }
}

fn substituted(command: &str) -> String {
    let command = command.split_whitespace().collect::<Vec<_>>().join(" ");
    if command == "pwd" { "$PWD".to_owned() } else { format!("$({command})") }
}

fn variable(name: &str) -> String {
    if name.eq_ignore_ascii_case("pwd") { "$PWD".to_owned() } else { format!("${name}") }
}

fn open(sign: char) -> Text {
    say!("`{sign}` n'est pas refermé", "`{sign}` is not closed")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        let text = |token| match token {
            Token::Word(text) => text,
            Token::Operator(text) => format!("<{text}>"),
        };
        split(line).expect("split").into_iter().map(text).collect()
    }

    #[test]
    fn quotes_and_escapes_are_taken_off() {
        assert_eq!(words(r#"a 'b c' "d e" f\ g ''"#), ["a", "b c", "d e", "f g", ""]);
        assert_eq!(words("a \\\n  b `\n c"), ["a", "b", "c"]);
        assert_eq!(words("a # b"), ["a"]);
        assert_eq!(words("a|b && c>d"), ["a", "<|>", "b", "<&&>", "c", "<>>", "d"]);
    }

    #[test]
    fn the_current_folder_has_many_spellings() {
        for line in
            ["$(pwd)/x", "\"$PWD/x\"", "${PWD}/x", "\"$(pwd)\"/x", "`pwd`/x", "$( pwd )/x", "${pwd}/x"]
        {
            assert_eq!(words(line), ["$PWD/x"], "{line}");
        }
        assert_eq!(words("'$(pwd)/x'"), ["\\$(pwd)/x"]);
    }

    #[test]
    fn what_is_left_open_is_named() {
        assert_eq!(split("a \"b").expect_err("open").en, "`\"` is not closed");
        assert!(split("a 'b").is_err() && split("$(pwd").is_err() && split("`pwd").is_err());
    }
}
