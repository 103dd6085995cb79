//! The images that a step needs and that not every machine can have: where one is not on the daemon, what the step asks
//! for is neither done nor undone, but unseen; pure.

use crate::lab::Lab;
use crate::lab::Step;
use crate::text::Text;
use crate::text::say;
use crate::world::Fact;
use crate::world::Facts;
use crate::world::Observed;
use crate::world::Probe;

/// What tells whether a step can be done here.
pub(super) fn probes<'a>(lab: &'a Lab, step: &'a Step) -> impl Iterator<Item = Probe> + 'a {
    lab.images_for(step).into_iter().map(probe)
}

/// The first image that a step lacks; what nobody could look at is not known to be missing.
pub(super) fn lacking<'a>(lab: &'a Lab, step: &'a Step, facts: &Facts) -> Option<&'a str> {
    let is_absent = |image: &&str| matches!(facts.get(&probe(image)), Some(Observed::Seen(Fact::Absent(_))));
    lab.images_for(step).into_iter().find(is_absent)
}

/// What is missing, and the commands that bring it.
pub(crate) fn without(image: &str) -> Text {
    say!(
        "l'image `{image}` n'est pas sur ce moteur : `docker pull {image}`, ou `docker-lab images load FICHIER`",
        "the image `{image}` is not on this engine: `docker pull {image}`, or `docker-lab images load FILE`"
    )
}

fn probe(image: &str) -> Probe {
    Probe::Image { name: image.to_owned() }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::engine::Status;
    use crate::engine::judge;
    use crate::lab::Shelf;
    use crate::world::Memory;

    const SEVENTEEN: &str = "postgres:17-alpine";

    fn lab() -> Lab {
        Shelf::default().lab("postgres-upgrade", "").expect("a lab")
    }

    fn facts(observed: Observed) -> Facts {
        let mut facts = Facts::default();
        let nothing = Observed::Seen(Fact::Containers(Vec::new()));
        facts.insert(Probe::Containers, nothing);
        facts.insert(probe(SEVENTEEN), observed);
        facts
    }

    fn lacks(observed: Observed) -> Vec<String> {
        let (lab, facts) = (lab(), facts(observed));
        let steps = lab.steps.iter().filter(|step| lacking(&lab, step, &facts).is_some());
        steps.map(|step| step.id.clone()).collect()
    }

    #[test]
    fn only_an_image_that_is_known_to_be_missing_is_lacked_and_only_by_the_steps_that_need_it() {
        let absent = Observed::Seen(Fact::Absent(without(SEVENTEEN)));
        assert_eq!(lacks(absent), ["refused", "restore", "moved"]);
        assert_eq!(lacks(Observed::Seen(Fact::Image { stand_in: true })), [""; 0]);
        assert_eq!(lacks(Observed::Unseen(without(SEVENTEEN))), [""; 0]);
    }

    #[test]
    fn what_lacks_its_image_is_unseen_and_what_does_not_is_pending() {
        let (lab, facts) = (lab(), facts(Observed::Seen(Fact::Absent(without(SEVENTEEN)))));
        let asked: Vec<&Step> = lab.steps.iter().collect();
        let card = judge(&lab, &asked, &facts, &Memory::default(), Timestamp::UNIX_EPOCH);
        let turned_away = card.check("refused", "turned-away").expect("a check");
        assert_eq!((turned_away.status, &turned_away.message), (Status::Unseen, &without(SEVENTEEN)));
        let here = facts_with_the_image();
        let card = judge(&lab, &asked, &here, &Memory::default(), Timestamp::UNIX_EPOCH);
        assert_eq!(card.check("refused", "turned-away").map(|one| one.status), Some(Status::Blocked));
    }

    fn facts_with_the_image() -> Facts {
        facts(Observed::Seen(Fact::Image { stand_in: false }))
    }

    #[test]
    fn a_step_that_needs_one_that_needs_an_image_needs_it_too() {
        let mut lab = lab();
        let images: Vec<String> =
            lab.steps.iter_mut().flat_map(|step| std::mem::take(&mut step.needs_images)).collect();
        assert!(images.iter().all(|image| image == SEVENTEEN));
        lab.steps[0].needs_images = vec![SEVENTEEN.to_owned()];
        assert_eq!(lab.steps_with(SEVENTEEN).len(), lab.steps.len());
        assert_eq!(lab.required_images(), ["postgres:15-alpine"]);
    }
}
