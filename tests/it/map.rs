//! The map, on a real engine: every kind of mount, an orphan, long names, narrow terminals; and that it only looks.

use std::process::Command;

use serde_json::Value;

use crate::engine;
use crate::engine::Engine;
use crate::machine;
use crate::program::Outcome;
use crate::program::Place;

/// Everything a map has to show, under a prefix.
struct Scene {
    place: Place,
    engine: &'static Engine,
    /// A container and a volume with names of a hundred characters.
    long: (String, String),
}

impl Scene {
    fn set(prefix: &str) -> Scene {
        let engine = engine::shared();
        let place = Place::on(engine).prefixed(prefix);
        place.run(&["start", "volumes"]).code(0);
        let long = (format!("{prefix}_{}", "c".repeat(92)), format!("{prefix}_{}", "v".repeat(92)));
        let (main, data, copy) =
            (place.name("postgres_main"), place.name("postgres_data"), place.name("postgres_copy"));
        // What a path may hold: markup, and a sequence that would steer a terminal.
        let folder = place.work().join("a<b>&'c\u{1b}[31m");
        std::fs::create_dir(&folder).expect("a folder");
        let bind = format!("type=bind,source={},target=/bound,readonly", folder.display());
        let fill = "head -c 1500000 /dev/zero >/data/zeros; exec sleep 600";
        engine.docker(&["volume", "create", &copy]);
        let made = engine.docker(&[
            "run",
            "-d",
            "--name",
            &main,
            "-v",
            &format!("{data}:/data"),
            "-v",
            "/unnamed",
            "--mount",
            &bind,
            "--tmpfs",
            "/scratch:size=64m",
            "alpine",
            "sh",
            "-c",
            fill,
        ]);
        assert_eq!(made.trim().len(), 64, "{made}");
        let made = engine.docker(&[
            "create",
            "--name",
            &long.0,
            "-v",
            &format!("{}:/long/{}", long.1, "t".repeat(80)),
            "-v",
            &format!("{data}:/shared:ro"),
            "--mount",
            "type=tmpfs,target=/cache,tmpfs-size=1048576",
            "alpine",
        ]);
        assert_eq!(made.trim().len(), 64, "{made}");
        let scratch = format!("{prefix}_scratch");
        let label = ["--label", "docker-lab.scratch=elsewhere/1"];
        engine.docker(&[
            "create",
            "--name",
            &scratch,
            label[0],
            label[1],
            "-v",
            &format!("{data}:/x"),
            "alpine",
        ]);
        engine.docker(&["volume", "create", &format!("{prefix}_elses")]);
        Scene { place, engine, long }
    }

    /// The program in a terminal of so many columns.
    fn in_terminal(&self, columns: usize, args: &[&str], colors: bool) -> Outcome {
        let line = format!("stty cols {columns} rows 24; docker-lab {}", args.join(" "));
        let mut command = Command::new("script");
        command.args(["-qec", &line, "/dev/null"]).current_dir(self.place.work());
        self.place.environment(&mut command);
        if colors {
            command.env_remove("NO_COLOR");
        }
        Outcome::from(command.output().expect("script"))
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let prefix = self.place.name("");
        let filter = format!("name={prefix}");
        for id in self.engine.docker(&["ps", "-aq", "--filter", &filter]).split_whitespace() {
            self.engine.docker(&["rm", "-f", "-v", id]);
        }
        for name in self.engine.docker(&["volume", "ls", "-q", "--filter", &filter]).split_whitespace() {
            self.engine.docker(&["volume", "rm", name]);
        }
    }
}

/// What of a daemon is this prefix's, so that tests at its side do not matter.
fn own_state(scene: &Scene) -> Vec<(String, Value)> {
    let prefix = scene.place.name("");
    machine::state(scene.engine, "").into_iter().filter(|(name, _)| name.contains(&prefix)).collect()
}

#[test]
fn the_map_shows_every_mount_and_changes_nothing() {
    let scene = Scene::set("mapall");
    let (state, files) = (own_state(&scene), machine::files(scene.place.folder.path()));
    assert_eq!(state.len(), 7, "{state:#?}");
    drawn(&scene);
    plain(&scene);
    narrow(&scene);
    as_svg(&scene);
    as_json(&scene);
    assert_eq!(own_state(&scene), state);
    assert_eq!(machine::files(scene.place.folder.path()), files);
}

fn drawn(scene: &Scene) {
    let seen = scene.place.run(&["map"]).code(0);
    let seen = seen
        .prints("╭─ mapall_postgres_main")
        .prints("volume mapall_postgres_data")
        .prints("in memory, at most 64 MiB")
        .prints("bind mount ")
        .prints("read-only")
        .prints("anonymous volume ")
        .prints("never started")
        .prints("used by 2 containers:")
        .prints("other volume")
        .prints("docker-lab map --all");
    let orphan = seen.stdout.lines().find(|line| line.contains("mapall_postgres_copy")).expect("the orphan");
    assert!(orphan.contains("orphan: no container uses it"), "{orphan}");
    for hidden in ["mapall_scratch", "mapall_elses", "\u{1b}"] {
        assert!(!seen.stdout.contains(hidden), "{hidden:?} in {seen:#?}");
    }
    scene.place.run(&["map", "--all"]).code(0).prints("mapall_elses");
    let colored = scene.in_terminal(100, &["map", "--prefix", "mapall"], true).code(0);
    colored.prints("\u{1b}[33;1mmapall_postgres_copy");
    scene
        .place
        .run(&["map", "--lang", "fr"])
        .code(0)
        .prints("orphelin\u{a0}: aucun conteneur")
        .prints("lecture seule");
}

fn plain(scene: &Scene) {
    let told = scene.in_terminal(80, &["map", "--plain", "--prefix", "mapall"], true).code(0);
    let harmless = told.stdout.replace('\u{fffd}', "");
    assert!(harmless.is_ascii() && !harmless.contains('\u{1b}'), "{told:#?}");
    // Whole names, to be copied.
    let told = told.prints(&scene.long.0).prints(&scene.long.1);
    told.prints("/scratch: tmpfs, in memory, at most 64 MiB").prints("orphan: no container uses it");
    let mut dumb = scene.place.command(&["map"]);
    let dumb = Outcome::from(dumb.env("TERM", "dumb").output().expect("the program")).code(0);
    assert!(dumb.stdout.replace('\u{fffd}', "").is_ascii(), "{dumb:#?}");
}

fn narrow(scene: &Scene) {
    for columns in [100, 80, 60, 59, 40, 24] {
        let seen = scene.in_terminal(columns, &["map", "--prefix", "mapall"], false).code(0);
        let map = seen.stdout.split_once("╭─").expect("a drawing").1;
        let widest = map.lines().map(|line| line.trim_end().chars().count()).max().unwrap_or(0);
        assert!(widest <= columns, "{columns} columns, {widest} used\n{}", seen.stdout);
        assert!(map.contains("s_main") || columns < 40, "{}", seen.stdout);
        assert!(map.contains("…cc"), "the long name keeps its end\n{}", seen.stdout);
    }
}

fn as_svg(scene: &Scene) {
    for (lang, title, orphan) in [
        ("fr", "Le stockage Docker", "orphelin\u{a0}: aucun conteneur ne l'utilise"),
        ("en", "Docker storage", "orphan: no container uses it"),
    ] {
        let file = scene.place.work().join("map.svg");
        let shown = file.display().to_string();
        scene.place.run(&["map", "--format", "svg", "--lang", lang, "--output", &shown]).code(0);
        let text = std::fs::read_to_string(&file).expect("the drawing");
        std::fs::remove_file(&file).expect("removed");
        let svg = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let root = svg.root_element();
        assert_eq!(root.attribute("role"), Some("img"));
        let told = |name: &str| {
            let node = root.children().find(|node| node.has_tag_name(("http://www.w3.org/2000/svg", name)));
            node.and_then(|node| node.text()).unwrap_or_default().to_owned()
        };
        assert!(told("title").starts_with(title), "{}", told("title"));
        assert!(
            told("desc").contains(orphan) && told("desc").contains("a<b>&'c\u{fffd}[31m"),
            "{}",
            told("desc")
        );
        let written = root.descendants().filter(|node| node.tag_name().name() == "text");
        let written: Vec<&str> = written.filter_map(|node| node.text()).collect();
        assert!(written.contains(&"mapall_postgres_data"), "{written:?}");
        assert!(written.iter().any(|text| text.contains(orphan)), "{written:?}");
        assert!(written.iter().all(|text| text.chars().count() <= 60), "{written:?}");
        assert!(!text.contains("href") && !text.contains("<script"), "it needs nothing beside it");
    }
}

fn as_json(scene: &Scene) {
    let data_of = |map: &Value| {
        let volumes = map["volumes"].as_array().expect("volumes").clone();
        volumes.into_iter().find(|one| one["name"] == "mapall_postgres_data").expect("the volume")
    };
    let mut map = scene.place.json(&["map"]);
    // A daemon that is busy with other tests may not know its sizes within the map's patience.
    for _ in 0..10 {
        if data_of(&map)["size"].is_null() {
            map = scene.place.json(&["map"]);
        }
    }
    assert_eq!(map["schema"], 1);
    let data = data_of(&map);
    assert!(data["size"].as_u64().is_some_and(|size| size >= 1_500_000), "{data}");
    assert_eq!(data["users"], serde_json::json!([scene.long.0, "mapall_postgres_main"]));
    let containers = map["containers"].as_array().expect("containers");
    assert_eq!(containers.len(), 2, "{containers:#?}");
    let main = containers.iter().find(|one| one["name"] == "mapall_postgres_main").expect("the container");
    let kinds: Vec<&Value> =
        main["mounts"].as_array().expect("mounts").iter().map(|mount| &mount["kind"]).collect();
    assert_eq!(kinds, ["bind", "volume", "tmpfs", "volume"]);
    assert!(map["others"]["volumes"].as_u64().is_some_and(|count| count >= 1), "{map:#}");
}

#[test]
fn a_volume_left_by_a_removed_container_is_an_orphan_on_the_map() {
    let scene = Scene::set("mapleft");
    let main = scene.place.name("postgres_main");
    scene.place.run(&["check", "volumes", "create"]);
    scene.engine.docker(&["rm", "-f", &main]);
    let map = scene.place.json(&["map"]);
    let volumes = map["volumes"].as_array().expect("volumes");
    let left = volumes.iter().find(|one| one["anonymous"] == true).expect("the anonymous volume");
    assert_eq!(left["users"], serde_json::json!([]));
    let name = left["name"].as_str().expect("a name");
    scene.place.run(&["map", "--plain"]).code(0).prints(&format!("Anonymous volume {name}"));
    scene.engine.docker(&["volume", "rm", name]);
}

#[test]
fn without_a_session_the_map_shows_everything() {
    let engine = engine::shared();
    let place = Place::on(engine);
    engine.docker(&["volume", "create", "mapfree_volume"]);
    place.run(&["map"]).code(0).prints("mapfree_volume");
    assert!(!place.home().exists(), "the map keeps nothing");
    engine.docker(&["volume", "rm", "mapfree_volume"]);
}

#[test]
fn a_form_that_a_command_does_not_have_is_refused() {
    let place = Place::at("unix:///nonexistent.sock");
    for form in ["html", "markdown", "junit"] {
        place.run(&["map", "--format", form]).code(2).says(&format!("has no form `{form}`")).says("svg");
    }
    for command in ["check", "report", "list", "status", "doctor", "hint"] {
        place.run(&[command, "--format", "svg"]).code(2).says("has no form `svg`");
    }
    place.run(&["map"]).code(3).says("no Docker engine answers");
    place.run(&["map", "nolab"]).code(2).says("nolab");
}
