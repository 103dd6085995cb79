//! Operations in bash.

use crate::engine::render::composed;
use crate::engine::render::detailed;
use crate::engine::render::helper;
use crate::lab::Lab;
use crate::lab::Step;
use crate::world::MountSpec;
use crate::world::OneOff;
use crate::world::Operation;
use crate::world::Run;

pub(super) fn render(lab: &Lab, step: &Step, operation: &Operation) -> String {
    match operation {
        Operation::VolumeCreate(_)
        | Operation::VolumeArchive(_)
        | Operation::VolumeRestore(_)
        | Operation::VolumeCopy(_)
        | Operation::VolumeRemove(_)
        | Operation::VolumePrune(_)
        | Operation::VolumeList(_)
        | Operation::VolumeInspect(_) => of_volume(lab, operation),
        Operation::ContainerRun(_)
        | Operation::OneOff(_)
        | Operation::Exec(_)
        | Operation::CopyIn(_)
        | Operation::ContainerStop(_)
        | Operation::ContainerStart(_)
        | Operation::ContainerWait(_)
        | Operation::ContainerRemove(_) => of_container(operation),
        Operation::FileWrite(write) => {
            let text = lab.assets.get(&write.from).map_or("", String::as_str).trim_end_matches('\n');
            let executable =
                if write.executable { format!("\nchmod +x {}", write.path) } else { String::new() };
            format!("cat > {} << 'EOF'\n{text}\nEOF{executable}", write.path)
        }
        Operation::LineAppend(append) => format!("echo {} >> {}", script(&append.line), append.path),
        Operation::FileMode(file) => format!("chmod {} {}", file.mode, file.path),
        Operation::FolderCreate(folder) => format!("mkdir -p {}", folder.path),
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
        Operation::DatabaseDump(dump) => {
            format!("docker exec {} pg_dump -U postgres {} > {}", dump.container, dump.database, dump.path)
        }
        // The files belong to the database's user: a container removes them without sudo.
        Operation::FolderRemove(folder) => {
            helper(lab, &["\"$(pwd)\":/here".to_owned()], &format!("rm -rf /here/{}", folder.path), "\\")
        }
        // Whichever is installed.
        Operation::ComposeUp(_) | Operation::ComposeDown(_) => {
            let words = composed(operation);
            format!("docker compose {words} || docker-compose {words}")
        }
        Operation::QuizAnswer(answer) => {
            format!("docker-lab quiz {} --answers {}", answer.quiz, answer.answers)
        }
        Operation::Check(_) => format!("docker-lab check {} {}", lab.id, step.id),
    }
}

/// What is done with volumes.
fn of_volume(lab: &Lab, operation: &Operation) -> String {
    match operation {
        Operation::VolumeCreate(volume) => {
            let labels = volume
                .labels
                .iter()
                .map(|(key, value)| format!("--label {} ", word(&format!("{key}={value}"))));
            let options = volume
                .options
                .iter()
                .map(|(key, value)| format!("--opt {} ", word(&format!("{key}={value}"))));
            format!("docker volume create {}{}", labels.chain(options).collect::<String>(), volume.name)
        }
        Operation::VolumeArchive(archive) => {
            let name = archive.name.replace("{timestamp}", "$(date +%Y%m%d_%H%M%S)");
            let mounts =
                [format!("{}:/data:ro", archive.volume), format!("\"$(pwd)\"/{}:/backup", archive.folder)];
            helper(lab, &mounts, &format!("tar czf /backup/{name} -C /data ."), "\\")
        }
        Operation::VolumeRestore(restore) => {
            let mounts =
                [format!("{}:/data", restore.volume), format!("\"$(pwd)\"/{}:/backup", restore.folder)];
            helper(lab, &mounts, &format!("sh -c \"cd /data && tar xzf /backup/{}\"", restore.name), "\\")
        }
        Operation::VolumeCopy(copy) => {
            let mounts = [format!("{}:/source:ro", copy.from), format!("{}:/destination", copy.to)];
            helper(lab, &mounts, "sh -c \"cp -av /source/. /destination/\"", "\\")
        }
        Operation::VolumeRemove(remove) => {
            format!("docker volume rm {}{}", remove.names.join(" "), kept(remove.answer.as_deref()))
        }
        Operation::VolumePrune(prune) => {
            let plain =
                format!("docker volume prune -f --filter {}", word(&format!("label={}", prune.label)));
            // Since Docker 23, `-a` is needed for volumes with a name; before, there is no such option.
            if prune.all { format!("{} || {plain}", plain.replacen("-f", "-a -f", 1)) } else { plain }
        }
        Operation::VolumeList(list) => {
            let filter = word(&format!("label={}", list.label));
            format!("docker volume ls -q --filter {filter}{}", kept(Some(&list.answer)))
        }
        Operation::VolumeInspect(inspect) => format!(
            "docker volume inspect -f '{{{{.Mountpoint}}}}' {}{}",
            inspect.name,
            kept(Some(&inspect.answer))
        ),
        _ => String::new(),
    }
}

/// What is done with containers.
fn of_container(operation: &Operation) -> String {
    match operation {
        Operation::ContainerRun(run) => container_run(run),
        Operation::OneOff(one) => one_off(one),
        Operation::Exec(exec) => {
            let shell = script(&exec.shell);
            format!("docker exec {} sh -c {shell}{}", exec.container, kept(exec.answer.as_deref()))
        }
        Operation::CopyIn(copy) => format!("docker cp {} {}:{}", copy.path, copy.container, copy.to),
        Operation::ContainerStop(names) => format!("docker stop {}", names.names.join(" ")),
        Operation::ContainerWait(names) => format!("docker wait {}", names.names.join(" ")),
        Operation::ContainerStart(names) => format!("docker start {}", names.names.join(" ")),
        Operation::ContainerRemove(remove) => {
            let (names, volumes) = (remove.names.join(" "), if remove.volumes { "-v " } else { "" });
            format!("docker stop {names}\ndocker rm {volumes}{names}")
        }
        _ => String::new(),
    }
}

fn container_run(run: &Run) -> String {
    let mut lines = vec!["docker run -d".to_owned(), format!("  --name {}", run.name)];
    lines.extend(run.env.iter().map(|(name, value)| format!("  -e {name}={}", word(value))));
    lines.extend(run.mounts.iter().map(|mount| format!("  {}", volume(mount))));
    let command: String = run.command.iter().map(|part| format!(" {}", word(part))).collect();
    lines.push(format!("  {}{command}", run.image));
    lines.join(" \\\n")
}

fn one_off(one: &OneOff) -> String {
    let mut lines = vec!["docker run --rm".to_owned()];
    lines.extend(one.mounts.iter().map(|mount| format!("  {}", volume(mount))));
    lines.push(format!("  {} sh -c {}{}", one.image, script(&one.shell), kept(one.answer.as_deref())));
    lines.join(" \\\n")
}

/// What is answered goes into a file, complaints too.
fn kept(answer: Option<&str>) -> String {
    answer.map_or_else(String::new, |path| format!(" > {path} 2>&1"))
}

/// A text for a shell, in single quotes where it can stand in them.
fn script(text: &str) -> String {
    if text.contains('\'') { quoted(text) } else { format!("'{text}'") }
}

fn volume(mount: &MountSpec) -> String {
    if let Some(size) = &mount.tmpfs {
        return format!("--tmpfs {}:size={size}", mount.target);
    }
    let bound = || mount.bind.as_ref().map(|path| format!("\"$(pwd)\"/{path}"));
    let source = mount.volume.clone().or_else(bound);
    if mount.long {
        return format!("--mount {}", detailed(mount, source.as_deref()));
    }
    let (target, mode) = (&mount.target, if mount.read_only { ":ro" } else { "" });
    source.map_or_else(|| format!("-v {target}"), |source| format!("-v {source}:{target}{mode}"))
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
