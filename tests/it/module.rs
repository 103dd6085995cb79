//! The module's own commands, typed verbatim by a shell, reach the full score.

use crate::engine;
use crate::learner;
use crate::learner::STEPS;
use crate::program::Place;
use crate::program::checks_in;
use crate::program::lost;

/// The commands of a step, cut before the line that begins a removal, so that a check can come between.
fn cut(step: &str, before: &str) -> (String, String) {
    let text = learner::module(step);
    let at = text.find(before).unwrap_or_else(|| panic!("{step} has no {before}"));
    (text[..at].to_owned(), text[at..].to_owned())
}

#[test]
fn the_modules_commands_typed_verbatim_reach_the_full_score() {
    let (engine, _turn) = engine::alone();
    let place = Place::on(engine);
    place.run(&["start", "volumes"]).code(0);
    for step in STEPS {
        let removal = match step {
            "persist" => Some("# DÉTRUIRE"),
            "compare" => Some("# Cleanup dev"),
            _ => None,
        };
        let (first, rest) =
            removal.map_or_else(|| (learner::module(step), String::new()), |mark| cut(step, mark));
        place.shell(&first);
        if removal.is_some() {
            place.run(&["check", "volumes"]);
            place.shell(&rest);
        }
        if step == "compare" {
            learner::answer_quiz(&place);
        }
        let report = place.json(&["check", "volumes"]);
        let passed = checks_in(&report, "passed");
        let own = format!("{step}.");
        let open: Vec<String> = ["failed", "pending", "blocked", "unseen"]
            .iter()
            .flat_map(|status| checks_in(&report, status))
            .filter(|check| check.starts_with(&own))
            .collect();
        assert!(open.is_empty(), "after step {step}: open {open:?}, passed {passed:?}\n{report:#}");
    }
    let report = place.json(&["check", "volumes"]);
    assert_eq!(lost(&report), [""; 0], "{report:#}");
    assert_eq!(report["score"]["points"], 100);
    place.run(&["check", "volumes"]).code(0);
}
