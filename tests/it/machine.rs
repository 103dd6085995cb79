//! A picture of everything on a daemon and in a folder, to compare before and after.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::engine::Engine;

/// What stands on a daemon, without what no two runs share: ids, times, addresses, generated names.
pub fn state(engine: &Engine, hide: &str) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    let hidden = |text: String| if hide.is_empty() { text } else { text.replace(hide, "WORK") };
    for id in engine.docker(&["ps", "-aq"]).split_whitespace() {
        let text = hidden(engine.docker(&["inspect", id]));
        let value: Value = serde_json::from_str(&text).expect("json");
        let one = &value[0];
        let picture = serde_json::json!({
            "image": one["Config"]["Image"], "env": sorted(&one["Config"]["Env"]), "cmd": one["Config"]["Cmd"],
            "entrypoint": one["Config"]["Entrypoint"], "labels": one["Config"]["Labels"],
            "user": one["Config"]["User"], "tty": one["Config"]["Tty"], "binds": sorted(&one["HostConfig"]["Binds"]),
            "network": one["HostConfig"]["NetworkMode"], "restart": one["HostConfig"]["RestartPolicy"]["Name"],
            "remove": one["HostConfig"]["AutoRemove"], "running": one["State"]["Running"],
            "mounts": mounts(&one["Mounts"]),
        });
        all.insert(format!("container {}", one["Name"].as_str().unwrap_or("?")), picture);
    }
    for name in engine.docker(&["volume", "ls", "-q"]).split_whitespace() {
        let value: Value = serde_json::from_str(&engine.docker(&["volume", "inspect", name])).expect("json");
        let one = &value[0];
        all.insert(
            format!("volume {name}"),
            serde_json::json!({"driver": one["Driver"], "labels": one["Labels"], "options": one["Options"]}),
        );
    }
    all
}

/// The docker CLI sends binds and variables in no particular order.
fn sorted(list: &Value) -> Vec<String> {
    let mut lines: Vec<String> = list.as_array().into_iter().flatten().map(Value::to_string).collect();
    lines.sort();
    lines
}

fn mounts(list: &Value) -> Vec<String> {
    let all = list.as_array().cloned().unwrap_or_default();
    let mut lines: Vec<String> = all
        .iter()
        .map(|one| format!("{} {} {} {}", one["Type"], one["Name"], one["Destination"], one["RW"]))
        .collect();
    lines.sort();
    lines
}

/// Every path below a folder with its kind, mode and content's length.
pub fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).into_iter().flatten().flatten() {
            let path = entry.path();
            let data = path.symlink_metadata().expect("a file");
            let name = path.strip_prefix(folder).expect("below").display().to_string();
            let mode = std::os::unix::fs::PermissionsExt::mode(&data.permissions());
            let content =
                if data.is_file() { std::fs::read(&path).map_or(0, |bytes| sum(&bytes)) } else { 0 };
            all.insert(name, format!("{mode:o} {content}"));
            if data.is_dir() {
                open.push(path);
            }
        }
    }
    all
}

fn sum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(bytes.len() as u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)))
}

/// Installs packages that this machine lacks, each as `package` or `package=program`.
pub fn needs(packages: &[&str]) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/setup/needs.sh");
    let installed = std::process::Command::new(script).args(packages).status().expect("needs.sh");
    assert!(installed.success(), "the tests need {}", packages.join(", "));
}
