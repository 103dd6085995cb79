//! Rows and sheets for tests: the course's own lab, with every check in one status.

use jiff::Timestamp;

use crate::class::Curves;
use crate::class::Machine;
use crate::class::Reached;
use crate::class::Row;
use crate::class::Sheet;
use crate::class::State;
use crate::class::Via;
use crate::class::address::Address;
use crate::class::unasked;
use crate::engine;
use crate::engine::Status;
use crate::lab::Lab;
use crate::lab::Shelf;
use crate::lab::Step;
use crate::world::Daemon;
use crate::world::Facts;
use crate::world::Memory;

/// The course's lab.
pub(crate) fn lab() -> Lab {
    Shelf::default().lab("volumes", "").expect("the built-in lab")
}

/// A machine.
pub(crate) fn machine(name: &str) -> Machine {
    Machine {
        name: name.to_owned(),
        learner: None,
        group: None,
        address: Address::Host(format!("unix:///{name}.sock"), None),
        prefix: String::new(),
        workspace: None,
    }
}

/// A machine on which every check is in one status; the quiz was not asked.
pub(crate) fn row(name: &str, status: Status) -> Row {
    let (lab, at) = (lab(), Timestamp::UNIX_EPOCH);
    let asked: Vec<&Step> = lab.steps.iter().collect();
    let mut card = engine::judge(&lab, &asked, &Facts::default(), &Memory::default(), at);
    for step in &mut card.steps {
        step.status = status;
        step.checks.iter_mut().for_each(|check| check.status = status);
    }
    for criterion in &mut card.criteria {
        criterion.status = status;
        criterion.points = if status == Status::Passed { criterion.max } else { 0 };
    }
    let unasked = unasked::unasked(&lab, &Memory::default());
    unasked::leave_open(&mut card, &lab, &unasked);
    let reached = Reached {
        daemon: Daemon::default(),
        scorecard: card,
        via: Via::Api,
        unasked,
        stand_ins: Vec::new(),
        left: None,
        begun_by_another: false,
        clusters: Vec::new(),
        moved: at,
        storage: None,
    };
    Row { machine: machine(name), ms: 0, state: State::Reached(Box::new(reached)) }
}

/// A room.
pub(crate) fn sheet(rows: Vec<Row>) -> Sheet {
    Sheet {
        room: "room".to_owned(),
        key: "room".to_owned(),
        lab: lab(),
        at: Timestamp::UNIX_EPOCH,
        rows,
        curves: Curves::new(),
    }
}
