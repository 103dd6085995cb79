//! The lab file as it is written. Lists stay values here, so that a mistake in one item does not hide the next.

use std::borrow::Cow;

use schemars::Schema;
use schemars::SchemaGenerator;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;

use crate::checks::Check;
use crate::lab::Hint;
use crate::lab::Mistake;
use crate::lab::Prediction;
use crate::text::Text;
use crate::world::Operation;
use crate::world::Resources;
use crate::yaml::Node;

/// `lab.yaml`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Lab")]
pub(super) struct RawLab {
    /// The id, also the folder's name.
    pub id: String,
    /// The title.
    pub title: Text,
    /// What it is for.
    pub goal: Text,
    /// The images it needs.
    pub images: Vec<String>,
    /// Every name the lab owns.
    pub resources: Resources,
    /// The tasks of the exercise.
    #[schemars(with = "Vec<RawTask>")]
    pub tasks: Vec<Node>,
    /// The steps, in order.
    #[schemars(with = "Vec<RawStep>")]
    pub steps: Vec<Node>,
    /// What counts.
    #[schemars(with = "Vec<RawCriterion>")]
    pub criteria: Vec<Node>,
    /// What each mistake that the checks can name means in this lab; all of them, or none.
    #[serde(default)]
    #[schemars(with = "Vec<Mistake>")]
    pub mistakes: Vec<Node>,
}

/// One of `tasks`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Task")]
pub(super) struct RawTask {
    /// What is to be done.
    pub title: Text,
    /// The steps that do it.
    pub steps: Vec<String>,
}

/// One of `steps`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Step")]
pub(super) struct RawStep {
    /// The id.
    pub id: String,
    /// The title.
    pub title: Text,
    /// What is to be done.
    pub goal: Text,
    /// Why it works; shown afterwards.
    pub explain: Text,
    /// The steps that must be done before.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Those of the lab's images that not every machine can have: where one is missing, this step is skipped and unseen,
    /// and so are the steps that need it.
    #[serde(default)]
    pub needs_images: Vec<String>,
    /// The solution.
    #[schemars(with = "Vec<Operation>")]
    pub operations: Vec<Node>,
    /// What is judged.
    #[schemars(with = "Vec<Written>")]
    pub checks: Vec<Node>,
    /// From a nudge to nearly the answer.
    pub hints: Vec<Hint>,
    /// What is asked beforehand.
    #[serde(default)]
    #[schemars(with = "Vec<Prediction>")]
    pub predict: Vec<Node>,
}

/// One of `checks`, without the key that names its kind.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawItem {
    /// The id within the step.
    pub id: String,
    /// What is judged, as a claim.
    pub title: Text,
}

/// A check as it is written: its own keys, and exactly one that names the kind. Only its schema is needed.
struct Written;

impl schemars::JsonSchema for Written {
    fn schema_name() -> Cow<'static, str> {
        "WrittenCheck".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (mut own, kinds) = (RawItem::json_schema(generator), Check::json_schema(generator));
        let kinds = kinds.get("oneOf").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut choice = Vec::new();
        for kind in &kinds {
            choice.extend(kind.get("required").map(|required| json!({"required": required})));
            let said = kind.get("description");
            for (key, value) in kind.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let value = json!({"description": said, "allOf": [value]});
                if let Some(Value::Object(properties)) = own.get_mut("properties") {
                    properties.insert(key.clone(), value);
                }
            }
        }
        own.insert("oneOf".to_owned(), Value::Array(choice));
        own.insert("description".to_owned(), json!("A check: id, title, and one key that names its kind."));
        own
    }
}

/// One of `criteria`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Criterion")]
pub(super) struct RawCriterion {
    /// The id.
    pub id: String,
    /// The title.
    pub title: Text,
    /// What it is worth.
    pub points: u32,
    /// The checks that must all pass, as `step.check`.
    pub proven_by: Vec<String>,
}

/// What a lab file may hold, as JSON Schema.
pub(crate) fn schema() -> Schema {
    schemars::schema_for!(RawLab)
}
