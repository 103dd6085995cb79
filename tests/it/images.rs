//! Images from a registry, from a mirror, and from a file; on an engine that has none.

use std::process::Command;

use crate::engine;
use crate::engine::Engine;
use crate::program::Place;

#[test]
fn images_are_saved_loaded_and_pulled_from_a_mirror() {
    let source = Place::on(engine::shared());
    source.run(&["images", "save", "room.tar"]).code(0);
    let empty = Engine::start("lab-empty");
    let place = Place::on(&empty);
    place.run(&["images", "status"]).code(3).prints("missing");
    place.run(&["run", "volumes"]).code(3).says("could not be pulled").says("images load");
    place.run(&["images", "pull", "--quiet"]).code(3).says("--mirror");
    let file = source.work().join("room.tar").display().to_string();
    place.run(&["images", "load", &file]).code(0).prints("stand-in");
    place.run(&["images", "status"]).code(0);
    place.run(&["images", "load", "nothing.tar"]).code(3).says("could not be loaded");
    std::fs::write(place.work().join("broken.tar"), "no tar").expect("written");
    place.run(&["images", "load", "broken.tar"]).code(3);
    pulled_from_a_mirror(&empty, &place);
}

/// A real registry inside the engine's own network: an image goes there, is removed, and comes back.
fn pulled_from_a_mirror(engine: &Engine, place: &Place) {
    let registry = Registry::start(engine);
    let there = format!("{}/library/alpine:latest", registry.address);
    engine.docker(&["tag", "alpine:latest", &there]);
    let pushed = engine.docker(&["push", &there]);
    assert!(pushed.contains("digest:"), "{pushed}");
    engine.docker(&["image", "rm", "alpine:latest", &there]);
    place.run(&["images", "status"]).code(3);
    let mirror = format!("{}/library", registry.address);
    place.run(&["images", "pull", "--mirror", &mirror]).code(0);
    place.run(&["images", "status"]).code(0);
}

/// A registry on the loopback address of an engine's network.
struct Registry {
    address: String,
    pid: String,
    folder: tempfile::TempDir,
}

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/images/registry.sh");

impl Registry {
    fn start(engine: &Engine) -> Registry {
        let folder = tempfile::TempDir::new().expect("a folder");
        // The package is fetched from here: the engine's own network reaches nobody.
        for word in ["start", "stop"] {
            let once =
                Command::new(SCRIPT).arg(word).arg(folder.path()).output().expect("the registry's script");
            assert!(once.status.success(), "{once:?}");
        }
        let pidfile = engine.socket.with_file_name("pid");
        let pid = std::fs::read_to_string(pidfile).expect("the engine's pid").trim().to_owned();
        let output = Command::new("nsenter")
            .args(["--net", "-t", &pid, SCRIPT, "start"])
            .arg(folder.path())
            .output()
            .expect("the registry's script");
        let address = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        assert!(address.contains(':'), "{output:?}");
        Registry { address, pid, folder }
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let stop = Command::new("nsenter")
            .args(["--net", "-t", &self.pid, SCRIPT, "stop"])
            .arg(self.folder.path())
            .status();
        assert!(stop.is_ok());
    }
}
