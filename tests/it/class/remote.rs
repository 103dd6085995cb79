//! Machines whose own docker-lab is asked, over a real ssh.

use std::path::Path;

use crate::class::does;
use crate::class::room::Room;
use crate::class::row;
use crate::engine;
use crate::program::Place;

/// What a machine's ssh leads to: the engine, and a learner's own docker-lab.
fn own(place: &Place) -> String {
    let bin = Path::new(env!("CARGO_BIN_EXE_docker-lab")).parent().expect("a folder").display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    format!("{} PATH={bin}:{path} DOCKER_LAB_HOME={}", place.socket, place.home().display())
}

#[test]
fn a_machines_own_docker_lab_brings_the_learners_journal_along() {
    let shared = engine::shared();
    let (ada, bob, eve) = (
        Place::on(shared).prefixed("viaada"),
        Place::on(shared).prefixed("viabob"),
        Place::on(shared).prefixed("viaeve"),
    );
    does(&ada, &["create"]);
    does(&bob, &["create"]);
    let room = Room::new(&[own(&ada), shared.host(), own(&eve)]);
    let machine = |name: &str, port: u16, place: &Place| {
        format!(
            "- {{name: {name}, host: 'ssh://root@127.0.0.1:{port}', prefix: via{name}, workspace: '{}'}}\n",
            place.work().display()
        )
    };
    let machines = [machine("ada", 2301, &ada), machine("bob", 2302, &bob), machine("eve", 2303, &eve)];
    room.inventory(&format!(
        "machines:\n{}- {{name: near, host: '{}', prefix: vianear}}\n",
        machines.concat(),
        shared.host()
    ));
    let sheet = |way: &str| {
        let outcome = room.check(&["--via", way, "--format", "json"]);
        serde_json::from_str::<serde_json::Value>(&outcome.stdout)
            .unwrap_or_else(|error| panic!("{error}: {outcome:#?}"))
    };
    let (afar, there) = (sheet("api"), sheet("remote"));
    let told = |sheet, name: &str| {
        let row = row(sheet, name);
        (row["via"].clone(), row["assisted"].clone(), row["report"]["steps"][0]["assisted"].clone())
    };
    assert_eq!(told(&afar, "ada"), ("api".into(), None::<u8>.into(), None::<u8>.into()));
    assert_eq!(told(&there, "ada"), ("remote".into(), 1.into(), true.into()), "{there:#}");
    // The verdict is the learner's own, word for word.
    let own = ada.json(&["check", "volumes"]);
    let seen = &row(&there, "ada")["report"];
    assert_eq!((&own["score"], &own["daemon"]), (&seen["score"], &seen["daemon"]));
    for (own, seen) in
        own["steps"].as_array().expect("steps").iter().zip(seen["steps"].as_array().expect("steps"))
    {
        assert_eq!((&own["status"], &own["assisted"]), (&seen["status"], &seen["assisted"]), "{seen:#}");
    }
    // Where there is none, or no session, the daemon is asked as before, and why is said.
    for name in ["bob", "eve", "near"] {
        assert_eq!(told(&there, name).0, "api");
        assert_eq!(row(&there, name)["report"]["score"], row(&afar, name)["report"]["score"]);
    }
    let text = room.check(&["--via", "remote"]).stdout;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "docker-lab is not installed there",
        "no session of the lab `volumes` is open here",
        "not reached by ssh",
        "steps with help: 1",
    ] {
        assert!(words.contains(said), "{said}\n{text}");
    }
    assert!(!eve.home().join("sessions").exists(), "a session was begun in the learner's name");
    for place in [&ada, &bob] {
        place.run(&["reset", "--yes"]).code(0);
    }
}
