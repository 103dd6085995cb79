//! The catalogue of mistakes, held against what the lab's checks can name.

use std::collections::BTreeSet;

use crate::lab::Lab;
use crate::lab::validate::unique;
use crate::text::list;
use crate::text::say;
use crate::yaml;
use crate::yaml::Document;

/// A catalogue is whole, and holds nothing that no check would ever name. A lab may do without: what a check says by
/// itself then has to do.
pub(super) fn complain(document: &Document, lab: &Lab) {
    if lab.mistakes.is_empty() {
        return;
    }
    unique(document, "mistakes", lab.mistakes.iter().map(|one| one.id.as_str()));
    let checks = lab.steps.iter().flat_map(|step| &step.checks);
    let nameable: BTreeSet<&str> = checks.flat_map(|item| item.check.mistakes()).collect();
    for (index, one) in lab.mistakes.iter().enumerate() {
        if !nameable.contains(one.id.as_str()) {
            let id = &one.id;
            let what = say!(
                "aucun contrôle de ce laboratoire ne nomme l'erreur `{id}`",
                "no check of this lab names the mistake `{id}`"
            );
            document.complain(&yaml::join(&yaml::item("mistakes", index), "id"), what);
        }
    }
    let lacking: Vec<&str> =
        nameable.into_iter().filter(|id| !lab.mistakes.iter().any(|one| one.id == *id)).collect();
    if !lacking.is_empty() {
        let names = list(lacking);
        let what = say!(
            "les contrôles peuvent aussi nommer {names}, que le catalogue n'explique pas",
            "the checks can also name {names}, which the catalogue does not explain"
        );
        document.complain("mistakes", what);
    }
}
