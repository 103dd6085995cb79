//! Files that nobody would write, by the thousand: whatever stands in a lab, a quiz or an inventory, the readers end,
//! soon and with a sentence. A few hundred with each `cargo test`; for longer,
//! `DOCKER_LAB_FUZZ_SECONDS=600 cargo test --release --lib fuzz`.

use std::hash::BuildHasher;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::path::Path;
use std::time::Duration;
use std::time::Instant;

use crate::class::Inventory;
use crate::engine;
use crate::engine::Shell;
use crate::error::Error;
use crate::error::Exit;
use crate::lab;
use crate::quiz::Quiz;
use crate::quiz::exchange;

/// What is read without a wish for more.
const FEW: usize = 400;

/// One file may take this long, on a machine that does other things too.
const LONGEST: Duration = Duration::from_secs(20);

/// What the changed files begin as, each with its reader.
const SEEDS: [(Reader, &str); 8] = [
    (Reader::Lab, include_str!("template/lab.yaml")),
    (Reader::Lab, include_str!("../../labs/volumes/lab.yaml")),
    (Reader::Attempts, include_str!("template/sabotages.yaml")),
    (Reader::Attempts, include_str!("../../labs/volumes/sabotages/7-clean.yaml")),
    (Reader::Quiz, include_str!("../../tests/data/small.yaml")),
    (
        Reader::Inventory,
        "name: Salle\ndefaults: {group: matin, tls: {ca: ca.pem, cert: c.pem, key: k.pem}}\nmachines:\n- {name: 'p-[01-03]', host: 'tcp://p-[01-03]:2376', workspace: '/home/p[1-3]'}\n- {name: t, context: t, learner: Ada, prefix: ada}\n",
    ),
    (
        Reader::Gift,
        "// a question\n::Q1:: Where? {\n=here #right\n~%-50%there #wrong\n}\n\nTrue? {T}\n\nMatch {=a -> b =c -> d}\n",
    ),
    (Reader::Markdown, include_str!("../../tests/data/module-quiz.md")),
];

/// What is put in.
const WORDS: [&str; 40] = [
    "&a ",
    "*a",
    "<<: *a\n",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    "\\e",
    "\u{1b}[2J",
    "\u{202e}",
    "\0",
    "!x ",
    "? ",
    "- ",
    ": ",
    "|\n",
    ">-\n",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "#",
    "~",
    "null",
    "-1",
    "1e999",
    ".inf",
    "0xffffffffffffffffffff",
    "../../",
    "/etc/passwd",
    "$(reboot)",
    "\u{feff}",
    "😀",
    "é",
    "\t",
    "\r",
    "[1-99999999]",
    "{timestamp}",
    "`",
];

#[derive(Clone, Copy, Debug)]
enum Reader {
    Lab,
    Attempts,
    Quiz,
    Inventory,
    Gift,
    Markdown,
}

impl Reader {
    fn read(self, source: &str) -> Option<Error> {
        match self {
            Reader::Lab => match lab::read_lab("lab.yaml", source, "ana", &|_| Some(String::new())) {
                Ok(lab) => {
                    for step in &lab.steps {
                        for operation in &step.operations {
                            let _ = engine::render(&lab, step, operation, Shell::Bash);
                            let _ = engine::render(&lab, step, operation, Shell::Powershell);
                        }
                    }
                    None
                }
                Err(error) => Some(error),
            },
            Reader::Attempts => {
                let lab = lab::Shelf::default().lab("volumes", "").expect("the lab");
                lab::read_attempts("sabotages.yaml", source, &lab).err()
            }
            Reader::Quiz => Quiz::parse("quiz.yaml", source).err(),
            Reader::Inventory => Inventory::parse("class.yaml", source, "class", Path::new("/room")).err(),
            Reader::Gift => exchange::read_gift("quiz.gift", "quiz", source).err(),
            Reader::Markdown => exchange::read_markdown("quiz.md", "quiz", source).err(),
        }
    }
}

/// Numbers that look like chance; the same start gives the same numbers.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound.max(1)).expect("small")).expect("small")
    }

    /// A place between two letters.
    fn place(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    /// One change: something put in, taken away, said twice, moved, or borrowed from another file.
    fn change(&mut self, text: &str, other: &str) -> String {
        let (one, two) = (self.place(text), self.place(text));
        let (from, to) = (one.min(two), one.max(two).min(one.min(two) + 400));
        let to = (to..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
        let (before, part, after) = (&text[..from], &text[from..to], &text[to..]);
        match self.below(8) {
            0 => format!("{before}{after}"),
            1 => format!("{before}{part}{part}{after}"),
            2 => {
                format!("{before}{}{part}{after}", WORDS[self.below(WORDS.len())].repeat(1 + self.below(40)))
            }
            3 => format!("{before}\n{}{part}{after}", " ".repeat(self.below(12))),
            4 => {
                let start = self.place(other);
                let end =
                    (start + 300..=other.len()).find(|at| other.is_char_boundary(*at)).unwrap_or(other.len());
                format!("{before}{}{after}", &other[start..end])
            }
            5 => text.lines().rev().collect::<Vec<_>>().join("\n"),
            _ => format!("{before}{}{part}{after}", WORDS[self.below(WORDS.len())]),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "how long is asked from outside, and only in this test")]
fn wished() -> Option<Duration> {
    std::env::var("DOCKER_LAB_FUZZ_SECONDS").ok()?.parse().ok().map(Duration::from_secs)
}

#[test]
fn whatever_stands_in_a_file_the_readers_end_with_a_sentence() {
    let wish = wished();
    // The same few each time; others whenever somebody has the time.
    let seed = wish.map_or(88_172_645_463_325_252, |_| std::hash::RandomState::new().hash_one(1) | 1);
    let (mut dice, began, mut count) = (Dice(seed), Instant::now(), 0_usize);
    while wish.map_or(count < FEW, |wish| began.elapsed() < wish) {
        let (reader, text) = SEEDS[dice.below(SEEDS.len())];
        let other = SEEDS[dice.below(SEEDS.len())].1;
        let mut text = text.replace("@ID@", "x").replace("@NAME@", "x");
        for _ in 0..=dice.below(6) {
            text = dice.change(&text, other);
        }
        let start = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| reader.read(&text)));
        let fine = match &outcome {
            Ok(None) => true,
            Ok(Some(error)) => error.exit == Exit::Usage && !error.what.is_incomplete(),
            Err(_) => false,
        };
        if !fine || start.elapsed() > LONGEST {
            let finding = std::env::temp_dir().join("docker-lab-fuzz-finding");
            std::fs::write(&finding, &text).expect("written");
            panic!("{reader:?} after {:?}: {}", start.elapsed(), finding.display());
        }
        count += 1;
    }
    assert!(count > 0);
}
