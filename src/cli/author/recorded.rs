//! What was seen of an attempt, written down so that it can be judged again without Docker: nothing in it tells
//! whose machine it was.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::GzBuilder;

use crate::engine::Recording;
use crate::error::Error;
use crate::error::Result;
use crate::text::say;
use crate::world::Daemon;

/// The workspace, as it is written down.
const WORKSPACE: &str = "/workspace";

/// Writes `FOLDER/ID.json.gz`.
pub(super) fn write(folder: &Path, id: &str, mut recording: Recording) -> Result<()> {
    let path = folder.join(format!("{id}.json.gz"));
    let shown = path.display().to_string();
    let workspace = recording.memory.workspace.clone();
    recording.daemon =
        Daemon { version: recording.daemon.version, api: recording.daemon.api, ..Daemon::default() };
    let written = serde_json::to_string(&recording).map_err(std::io::Error::other).and_then(|text| {
        std::fs::create_dir_all(folder)?;
        // Neither name nor time in the header: the same facts give the same file.
        let mut file = GzBuilder::new().write(File::create(&path)?, Compression::best());
        file.write_all(text.replace(&workspace, WORKSPACE).as_bytes())?;
        file.finish()?.sync_all()
    });
    written.map_err(|error| {
        Error::environment(say!("`{shown}` n'a pas pu être écrit", "`{shown}` could not be written"))
            .because(error)
    })
}
