//! Operations in `PowerShell`.

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
        Operation::LineAppend(append) => {
            format!("Add-Content -Encoding ascii {} {}", append.path, single(&append.line))
        }
        // Line ends stay as they are on Linux: the file is read there.
        Operation::FileWrite(write) => {
            let text = lab.assets.get(&write.from).map_or("", String::as_str).trim_end_matches('\n');
            let path = &write.path;
            format!(
                "(@'\n{text}\n'@ -replace \"`r\", '') + \"`n\" | Set-Content -NoNewline -Encoding ascii {path}"
            )
        }
        // Windows knows no such bits: a container sets them where the file is read.
        Operation::FileMode(file) => in_folder(lab, &format!("chmod {} /here/{}", file.mode, file.path)),
        Operation::FolderCreate(folder) => {
            format!("New-Item -ItemType Directory -Force {} | Out-Null", folder.path)
        }
        Operation::PostgresReady(ready) => format!(
            "foreach ($i in 1..300) {{ docker exec {} pg_isready -q -h 127.0.0.1 -U postgres; \
             if ($LASTEXITCODE -eq 0) {{ break }}; Start-Sleep -Milliseconds 200 }}",
            ready.container
        ),
        Operation::Sql(sql) => format!(
            "docker exec {} psql -U postgres -d {} -c `\n  \"{}\"",
            sql.container,
            sql.database,
            sql.statement.replace('`', "``").replace('"', "`\"").replace('$', "`$")
        ),
        // A redirection would write UTF-16.
        Operation::DatabaseDump(dump) => format!(
            "docker exec {} pg_dump -U postgres {} | Set-Content -Encoding utf8 {}",
            dump.container, dump.database, dump.path
        ),
        Operation::FolderRemove(folder) => in_folder(lab, &format!("rm -rf /here/{}", folder.path)),
        Operation::ComposeUp(_) | Operation::ComposeDown(_) => {
            let words = composed(operation);
            format!("docker compose {words}; if ($LASTEXITCODE -ne 0) {{ docker-compose {words} }}")
        }
        Operation::QuizAnswer(answer) => {
            format!("docker-lab quiz {} --answers {}", answer.quiz, answer.answers)
        }
        Operation::Check(_) => format!("docker-lab check {} {}", lab.id, step.id),
    }
}

/// What a container does for the workspace.
fn in_folder(lab: &Lab, command: &str) -> String {
    helper(lab, &["\"${PWD}:/here\"".to_owned()], command, "`")
}

/// What is done with volumes.
fn of_volume(lab: &Lab, operation: &Operation) -> String {
    match operation {
        Operation::VolumeCreate(volume) => {
            let labels = volume
                .labels
                .iter()
                .map(|(key, value)| format!("--label {} ", single(&format!("{key}={value}"))));
            let options = volume
                .options
                .iter()
                .map(|(key, value)| format!("--opt {} ", single(&format!("{key}={value}"))));
            format!("docker volume create {}{}", labels.chain(options).collect::<String>(), volume.name)
        }
        Operation::VolumeArchive(archive) => {
            let name = archive.name.replace("{timestamp}", "$(Get-Date -Format yyyyMMdd_HHmmss)");
            let mounts =
                [format!("{}:/data:ro", archive.volume), format!("\"${{PWD}}/{}:/backup\"", archive.folder)];
            helper(lab, &mounts, &format!("tar czf \"/backup/{name}\" -C /data ."), "`")
        }
        Operation::VolumeRestore(restore) => {
            let mounts =
                [format!("{}:/data", restore.volume), format!("\"${{PWD}}/{}:/backup\"", restore.folder)];
            helper(lab, &mounts, &format!("sh -c \"cd /data && tar xzf /backup/{}\"", restore.name), "`")
        }
        Operation::VolumeCopy(copy) => {
            let mounts = [format!("{}:/source:ro", copy.from), format!("{}:/destination", copy.to)];
            helper(lab, &mounts, "sh -c \"cp -av /source/. /destination/\"", "`")
        }
        Operation::VolumeRemove(remove) => {
            format!("docker volume rm {}{}", remove.names.join(" "), kept(remove.answer.as_deref()))
        }
        Operation::VolumePrune(prune) => {
            let plain =
                format!("docker volume prune -f --filter {}", single(&format!("label={}", prune.label)));
            let all = plain.replacen("-f", "-a -f", 1);
            if prune.all { format!("{all}; if ($LASTEXITCODE -ne 0) {{ {plain} }}") } else { plain }
        }
        Operation::VolumeList(list) => {
            let filter = single(&format!("label={}", list.label));
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
        Operation::OneOff(one) => one_off(one),
        Operation::Exec(exec) => {
            let shell = single(&exec.shell);
            format!("docker exec {} sh -c {shell}{}", exec.container, kept(exec.answer.as_deref()))
        }
        Operation::CopyIn(copy) => format!("docker cp {} {}:{}", copy.path, copy.container, copy.to),
        Operation::ContainerStop(names) => format!("docker stop {}", names.names.join(" ")),
        Operation::ContainerWait(names) => format!("docker wait {}", names.names.join(" ")),
        Operation::ContainerStart(names) => format!("docker start {}", names.names.join(" ")),
        Operation::ContainerRun(run) => container_run(run),
        Operation::ContainerRemove(remove) => {
            let (names, volumes) = (remove.names.join(" "), if remove.volumes { "-v " } else { "" });
            format!("docker stop {names}\ndocker rm {volumes}{names}")
        }
        _ => String::new(),
    }
}

fn container_run(run: &Run) -> String {
    let mut lines = vec!["docker run -d".to_owned(), format!("  --name {}", run.name)];
    lines.extend(run.env.iter().map(|(name, value)| format!("  -e '{name}={}'", value.replace('\'', "''"))));
    lines.extend(run.mounts.iter().map(|mount| format!("  {}", volume(mount))));
    let command: String = run.command.iter().map(|part| format!(" {}", single(part))).collect();
    lines.push(format!("  {}{command}", run.image));
    lines.join(" `\n")
}

fn one_off(one: &OneOff) -> String {
    let mut lines = vec!["docker run --rm".to_owned()];
    lines.extend(one.mounts.iter().map(|mount| format!("  {}", volume(mount))));
    lines.push(format!("  {} sh -c {}{}", one.image, single(&one.shell), kept(one.answer.as_deref())));
    lines.join(" `\n")
}

/// What is answered goes into a file; a bare redirection would wrap complaints as errors and write UTF-16.
fn kept(answer: Option<&str>) -> String {
    answer.map_or_else(String::new, |path| {
        format!(" 2>&1 | ForEach-Object {{ \"$_\" }} | Set-Content -Encoding utf8 {path}")
    })
}

/// A text in single quotes, in which nothing is changed.
fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn volume(mount: &MountSpec) -> String {
    if let Some(size) = &mount.tmpfs {
        return format!("--tmpfs {}:size={size}", mount.target);
    }
    let bound = || mount.bind.as_ref().map(|path| format!("${{PWD}}/{path}"));
    let source = mount.volume.clone().or_else(bound);
    let (option, text) = if mount.long {
        ("--mount", detailed(mount, source.as_deref()))
    } else {
        let (target, mode) = (&mount.target, if mount.read_only { ":ro" } else { "" });
        ("-v", source.map_or_else(|| target.clone(), |source| format!("{source}:{target}{mode}")))
    };
    if mount.bind.is_some() { format!("{option} \"{text}\"") } else { format!("{option} {text}") }
}
