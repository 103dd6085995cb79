//! Operations in bash.

use crate::engine::render::helper;
use crate::lab::Lab;
use crate::lab::Step;
use crate::world::MountSpec;
use crate::world::Operation;
use crate::world::Run;

pub(super) fn render(lab: &Lab, step: &Step, operation: &Operation) -> String {
    match operation {
        Operation::VolumeCreate(volume) => format!("docker volume create {}", volume.name),
        Operation::FileWrite(write) => {
            let text = lab.assets.get(&write.from).map_or("", String::as_str).trim_end_matches('\n');
            let executable =
                if write.executable { format!("\nchmod +x {}", write.path) } else { String::new() };
            format!("cat > {} << 'EOF'\n{text}\nEOF{executable}", write.path)
        }
        Operation::FolderCreate(folder) => format!("mkdir -p {}", folder.path),
        Operation::ContainerRun(run) => container_run(run),
        Operation::PostgresReady(ready) => format!(
            "for i in $(seq 300); do docker exec {} pg_isready -q -h 127.0.0.1 -U postgres && break; sleep 0.2; done",
            ready.container
        ),
        Operation::Sql(sql) => format!(
            "docker exec {} psql -U postgres -d {} -c \\\n  {}",
            sql.container,
            sql.database,
            quoted(&sql.statement)
        ),
        Operation::ContainerRemove(names) => {
            let names = names.names.join(" ");
            format!("docker stop {names}\ndocker rm {names}")
        }
        Operation::VolumeArchive(archive) => {
            let name = archive.name.replace("{timestamp}", "$(date +%Y%m%d_%H%M%S)");
            let mounts =
                [format!("{}:/data:ro", archive.volume), format!("\"$(pwd)\"/{}:/backup", archive.folder)];
            helper(&mounts, &format!("tar czf /backup/{name} -C /data ."), "\\")
        }
        Operation::DatabaseDump(dump) => {
            format!("docker exec {} pg_dump -U postgres {} > {}", dump.container, dump.database, dump.path)
        }
        Operation::VolumeRestore(restore) => {
            let mounts =
                [format!("{}:/data", restore.volume), format!("\"$(pwd)\"/{}:/backup", restore.folder)];
            helper(&mounts, &format!("sh -c \"cd /data && tar xzf /backup/{}\"", restore.name), "\\")
        }
        Operation::VolumeCopy(copy) => {
            let mounts = [format!("{}:/source:ro", copy.from), format!("{}:/destination", copy.to)];
            helper(&mounts, "sh -c \"cp -av /source/. /destination/\"", "\\")
        }
        Operation::VolumeRemove(names) => format!("docker volume rm {}", names.names.join(" ")),
        // The files belong to the database's user: a container removes them without sudo.
        Operation::FolderRemove(folder) => {
            helper(&["\"$(pwd)\":/here".to_owned()], &format!("rm -rf /here/{}", folder.path), "\\")
        }
        Operation::QuizAnswer(answer) => {
            format!("docker-lab quiz {} --answers {}", answer.quiz, answer.answers)
        }
        Operation::Check(_) => format!("docker-lab check {} {}", lab.id, step.id),
    }
}

fn container_run(run: &Run) -> String {
    let mut lines = vec!["docker run -d".to_owned(), format!("  --name {}", run.name)];
    lines.extend(run.env.iter().map(|(name, value)| format!("  -e {name}={}", word(value))));
    lines.extend(run.mounts.iter().map(|mount| format!("  -v {}", volume(mount))));
    lines.push(format!("  {}", run.image));
    lines.join(" \\\n")
}

fn volume(mount: &MountSpec) -> String {
    let mode = if mount.read_only { ":ro" } else { "" };
    let source = match (&mount.volume, &mount.bind) {
        (Some(volume), _) => volume.clone(),
        (None, Some(path)) => format!("\"$(pwd)\"/{path}"),
        (None, None) => return mount.target.clone(),
    };
    format!("{source}:{}{mode}", mount.target)
}

/// A word, quoted where the shell would take it apart.
fn word(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./:=,@%+".contains(letter);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// A text in double quotes, in which the shell changes nothing.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        if "\"\\$`".contains(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_the_shell() {
        assert_eq!(word("my-pass_1"), "my-pass_1");
        assert_eq!(word("it's"), "'it'\\''s'");
        assert_eq!(quoted("a \"$b\""), "\"a \\\"\\$b\\\"\"");
    }
}
