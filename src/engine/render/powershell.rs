//! Operations in `PowerShell`.

use crate::engine::render::helper;
use crate::lab::Lab;
use crate::lab::Step;
use crate::world::MountSpec;
use crate::world::Operation;
use crate::world::Run;

pub(super) fn render(lab: &Lab, step: &Step, operation: &Operation) -> String {
    match operation {
        Operation::VolumeCreate(volume) => format!("docker volume create {}", volume.name),
        // Line ends stay as they are on Linux: the file is read there.
        Operation::FileWrite(write) => {
            let text = lab.assets.get(&write.from).map_or("", String::as_str).trim_end_matches('\n');
            let path = &write.path;
            format!(
                "(@'\n{text}\n'@ -replace \"`r\", '') + \"`n\" | Set-Content -NoNewline -Encoding ascii {path}"
            )
        }
        Operation::FolderCreate(folder) => {
            format!("New-Item -ItemType Directory -Force {} | Out-Null", folder.path)
        }
        Operation::ContainerRun(run) => container_run(run),
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
        Operation::ContainerRemove(names) => {
            let names = names.names.join(" ");
            format!("docker stop {names}\ndocker rm {names}")
        }
        Operation::VolumeArchive(archive) => {
            let name = archive.name.replace("{timestamp}", "$(Get-Date -Format yyyyMMdd_HHmmss)");
            let mounts =
                [format!("{}:/data:ro", archive.volume), format!("\"${{PWD}}/{}:/backup\"", archive.folder)];
            helper(&mounts, &format!("tar czf \"/backup/{name}\" -C /data ."), "`")
        }
        // A redirection would write UTF-16.
        Operation::DatabaseDump(dump) => format!(
            "docker exec {} pg_dump -U postgres {} | Set-Content -Encoding utf8 {}",
            dump.container, dump.database, dump.path
        ),
        Operation::VolumeRestore(restore) => {
            let mounts =
                [format!("{}:/data", restore.volume), format!("\"${{PWD}}/{}:/backup\"", restore.folder)];
            helper(&mounts, &format!("sh -c \"cd /data && tar xzf /backup/{}\"", restore.name), "`")
        }
        Operation::VolumeCopy(copy) => {
            let mounts = [format!("{}:/source:ro", copy.from), format!("{}:/destination", copy.to)];
            helper(&mounts, "sh -c \"cp -av /source/. /destination/\"", "`")
        }
        Operation::VolumeRemove(names) => format!("docker volume rm {}", names.names.join(" ")),
        Operation::FolderRemove(folder) => {
            helper(&["\"${PWD}:/here\"".to_owned()], &format!("rm -rf /here/{}", folder.path), "`")
        }
        Operation::QuizAnswer(answer) => {
            format!("docker-lab quiz {} --answers {}", answer.quiz, answer.answers)
        }
        Operation::Check(_) => format!("docker-lab check {} {}", lab.id, step.id),
    }
}

fn container_run(run: &Run) -> String {
    let mut lines = vec!["docker run -d".to_owned(), format!("  --name {}", run.name)];
    lines.extend(run.env.iter().map(|(name, value)| format!("  -e '{name}={}'", value.replace('\'', "''"))));
    lines.extend(run.mounts.iter().map(|mount| format!("  -v {}", volume(mount))));
    lines.push(format!("  {}", run.image));
    lines.join(" `\n")
}

fn volume(mount: &MountSpec) -> String {
    let mode = if mount.read_only { ":ro" } else { "" };
    match (&mount.volume, &mount.bind) {
        (Some(volume), _) => format!("{volume}:{}{mode}", mount.target),
        (None, Some(path)) => format!("\"${{PWD}}/{path}:{}{mode}\"", mount.target),
        (None, None) => mount.target.clone(),
    }
}
