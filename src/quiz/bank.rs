//! The bank of questions, read from YAML and validated.

use schemars::Schema;
use serde::Deserialize;
use serde::Serialize;

use crate::error::Error;
use crate::error::Result;
use crate::quiz::Choice;
use crate::quiz::Kind;
use crate::quiz::kinds;
use crate::quiz::kinds::Matching;
use crate::quiz::kinds::Outcome;
use crate::quiz::kinds::Place;
use crate::quiz::kinds::Truth;
use crate::quiz::kinds::Typing;
use crate::quiz::valid;
use crate::text::Text;
use crate::text::say;
use crate::yaml;
use crate::yaml::Document;
use crate::yaml::Node;

/// A quiz.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Quiz {
    /// The id, also its file's name.
    pub id: String,
    /// The title.
    pub title: Text,
    /// The sections, in the order of the course.
    pub sections: Vec<Section>,
    /// How an exam goes.
    pub exam: Exam,
    /// The questions.
    pub questions: Vec<Question>,
}

/// A section of the course.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Section {
    /// The id.
    pub id: String,
    /// The title.
    pub title: Text,
}

/// How an exam goes, where the learner does not say otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Exam {
    /// The time limit.
    pub minutes: u32,
    /// How many questions it has.
    pub questions: usize,
    /// The pass mark, in percent.
    pub pass: u32,
}

impl Default for Exam {
    fn default() -> Exam {
        Exam { minutes: 20, questions: 20, pass: 70 }
    }
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// The id.
    pub id: String,
    /// The module's section it belongs to.
    pub section: String,
    /// The step of the lab to do again after a wrong answer.
    pub step: Option<String>,
    /// The criterion of the lab that it belongs to.
    pub criterion: Option<String>,
    /// From 1, easy, to 3; what it weighs in an exam.
    pub difficulty: u8,
    /// The question itself.
    pub ask: Text,
    /// What it speaks of, word for word: a file, commands.
    pub shows: Option<String>,
    /// How it is answered.
    pub kind: Kind,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawQuiz {
    id: String,
    title: Text,
    #[serde(default)]
    sections: Vec<Section>,
    #[serde(default)]
    exam: Exam,
    /// The questions.
    #[schemars(with = "Vec<RawQuestion>")]
    questions: Vec<Node>,
}

/// What a quiz file may hold, as JSON Schema.
pub(crate) fn schema() -> Schema {
    schemars::schema_for!(RawQuiz)
}

/// A question as it is written: one key names its kind.
#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawQuestion {
    id: String,
    section: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    step: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    criterion: Option<String>,
    difficulty: u8,
    ask: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shows: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    one: Option<Vec<Choice>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    several: Option<Vec<Choice>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    true_false: Option<Truth>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    compose_fault: Option<Vec<Choice>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<Vec<Place>>,
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "match")]
    matching: Option<Matching>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    command: Option<Typing>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    output: Option<Vec<Outcome>>,
}

impl Quiz {
    /// Reads a quiz; all complaints at once.
    pub(crate) fn parse(file: &str, source: &str) -> Result<Quiz> {
        let document = Document::parse(file, source)?;
        let raw: Option<RawQuiz> = document.read("", document.root());
        let Some(raw) = raw else {
            document.verdict()?;
            return Err(Error::usage(say!("`{file}` n'est pas un quiz", "`{file}` is not a quiz")));
        };
        let mut questions: Vec<Question> = Vec::new();
        for (index, node) in raw.questions.iter().enumerate() {
            let path = yaml::item("questions", index);
            let Some(written) = document.read::<RawQuestion>(&path, node) else { continue };
            let question = match written.question() {
                Ok(question) => question,
                Err(what) => {
                    document.complain(&path, what);
                    continue;
                }
            };
            if questions.iter().any(|other| other.id == question.id) {
                let id = &question.id;
                let what = say!("l'identifiant `{id}` est déjà pris", "the id `{id}` is already taken");
                document.complain(&yaml::join(&path, "id"), what);
            }
            for (below, what) in valid::complaints(&question, &raw.sections) {
                document.complain(&yaml::join(&path, &below), what);
            }
            questions.push(question);
        }
        document.complain_of_id("id", &raw.id);
        document.verdict()?;
        let sections = if raw.sections.is_empty() { named_sections(&questions) } else { raw.sections };
        Ok(Quiz { id: raw.id, title: raw.title, sections, exam: raw.exam, questions })
    }

    /// A question by its id.
    pub(crate) fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == id)
    }

    /// The title of a section; its id where it has none.
    pub(crate) fn section_title(&self, id: &str) -> Text {
        let named = self.sections.iter().find(|section| section.id == id);
        named.map_or_else(|| Text::same(id), |section| section.title.clone())
    }

    /// The quiz as a YAML file.
    pub(crate) fn write(&self) -> Result<String> {
        #[derive(Serialize)]
        struct Written<'a> {
            id: &'a str,
            title: &'a Text,
            sections: &'a [Section],
            exam: Exam,
            questions: Vec<RawQuestion>,
        }
        let questions = self.questions.iter().map(RawQuestion::of).collect();
        let written = Written {
            id: &self.id,
            title: &self.title,
            sections: &self.sections,
            exam: self.exam,
            questions,
        };
        yaml::write(&written)
    }
}

/// The sections that the questions name, where the file lists none.
pub(super) fn named_sections(questions: &[Question]) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for question in questions {
        if !sections.iter().any(|section| section.id == question.section) {
            sections.push(Section { id: question.section.clone(), title: Text::same(&question.section) });
        }
    }
    sections
}

impl RawQuestion {
    fn question(self) -> std::result::Result<Question, Text> {
        let kinds = [
            self.one.map(Kind::One),
            self.several.map(Kind::Several),
            self.true_false.map(|truth| Kind::TrueFalse(kinds::truths(truth))),
            self.compose_fault.map(Kind::ComposeFault),
            self.order.map(Kind::Order),
            self.matching.map(Kind::Match),
            self.command.map(Kind::Command),
            self.output.map(Kind::Output),
        ];
        let mut kinds = kinds.into_iter().flatten();
        let (Some(kind), None) = (kinds.next(), kinds.next()) else {
            return Err(say!(
                "une question a exactement un genre : one, several, true_false, compose_fault, order, match, command ou output",
                "a question has exactly one kind: one, several, true_false, compose_fault, order, match, command or output"
            ));
        };
        Ok(Question {
            id: self.id,
            section: self.section,
            step: self.step,
            criterion: self.criterion,
            difficulty: self.difficulty,
            ask: self.ask,
            shows: self.shows,
            kind,
        })
    }

    fn of(question: &Question) -> RawQuestion {
        let question = question.clone();
        let mut raw = RawQuestion {
            id: question.id,
            section: question.section,
            step: question.step,
            criterion: question.criterion,
            difficulty: question.difficulty,
            ask: question.ask,
            shows: question.shows,
            one: None,
            several: None,
            true_false: None,
            compose_fault: None,
            order: None,
            matching: None,
            command: None,
            output: None,
        };
        match question.kind {
            Kind::One(all) => raw.one = Some(all),
            Kind::Several(all) => raw.several = Some(all),
            Kind::TrueFalse(all) => raw.true_false = Some(truth(&all)),
            Kind::ComposeFault(all) => raw.compose_fault = Some(all),
            Kind::Order(places) => raw.order = Some(places),
            Kind::Match(matching) => raw.matching = Some(matching),
            Kind::Command(typing) => raw.command = Some(typing),
            Kind::Output(all) => raw.output = Some(all),
        }
        raw
    }
}

fn truth(options: &[Choice]) -> Truth {
    let why = |id: &str| {
        options.iter().find(|option| option.id == id).map(|option| option.why.clone()).unwrap_or_default()
    };
    let right = options.iter().any(|option| option.id == "true" && option.right);
    Truth { right, if_true: why("true"), if_false: why("false") }
}
