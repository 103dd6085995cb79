//! What a docker command line means, whatever its spelling: the order of options, `-v` or `--volume=` or `--mount`, long,
//! short or joined options, quotes, and the ways to write the current folder make no difference.

mod compare;
mod flags;
mod inner;
mod meaning;
mod mount;
mod words;

use crate::text::Text;
use crate::text::say;

/// What differs between a command that is right and the one that was given; nothing where they mean the same. Options
/// named in `free` (by their long names) may be there or not.
pub(crate) fn differences(right: &str, given: &str, free: &[String]) -> Vec<Text> {
    let right = match meaning::of(right) {
        Ok(meaning) => meaning,
        Err(why) => return vec![why],
    };
    match meaning::of(given) {
        Ok(given) => compare::differences(&right, &given, free),
        Err(why) => vec![why],
    }
}

/// Whether a command means what one of those that are right means; see [`differences`].
pub(crate) fn is_one_of(rights: &[String], given: &str, free: &[String]) -> bool {
    let Ok(given) = meaning::of(given) else { return false };
    let same = |right: meaning::Meaning| compare::differences(&right, &given, free).is_empty();
    rights.iter().filter_map(|right| meaning::of(right).ok()).any(same)
}

/// Which of the ways to mount that were asked for (`mount`, `volume`, `tmpfs`) were not used, or were not the only ones.
pub(crate) fn misspelled(given: &str, asked: &[String]) -> Vec<Text> {
    if asked.is_empty() {
        return Vec::new();
    }
    let Ok(given) = meaning::of(given) else { return Vec::new() };
    let used: Vec<&str> = given.ways.iter().copied().collect();
    let missing = asked.iter().filter(|way| !used.contains(&way.as_str()));
    let missing = missing.map(|way| say!("écrivez-la avec `--{way}`", "write it with `--{way}`"));
    let others = used.iter().filter(|way| !asked.iter().any(|asked| asked == *way));
    let others = others.map(|way| say!("elle se passe de `--{way}`", "it does without `--{way}`"));
    missing.chain(others).collect()
}

/// Why a command line cannot be read, if it cannot.
pub(crate) fn unreadable(line: &str) -> Option<Text> {
    meaning::of(line).err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn same(one: &str, other: &str) {
        let found = differences(one, other, &[]);
        assert!(found.is_empty(), "{one}\n{other}\n{found:?}");
        assert!(differences(other, one, &[]).is_empty(), "{other}\n{one}");
    }

    #[track_caller]
    fn other(one: &str, other: &str) {
        assert!(!differences(one, other, &[]).is_empty(), "{one}\n{other}");
    }

    const RUN: &str = "docker run -d --name web -v data:/usr/share/nginx/html:ro -e A=1 -e B=2 nginx";

    #[test]
    fn order_and_spelling_of_options_make_no_difference() {
        same(
            RUN,
            "docker run --env=B=2 --name=web --detach -e A=1 --volume data:/usr/share/nginx/html:ro nginx",
        );
        same(
            RUN,
            "docker  container run -deA=1 -e 'B=2' --name \"web\" -vdata:/usr/share/nginx/html/:ro nginx:latest",
        );
        same(
            RUN,
            "sudo docker run -d=true --rm=false --mount type=volume,src=data,dst=/usr/share/nginx/html,readonly --name web -e A=1 -e B=2 docker.io/library/nginx",
        );
        same(
            RUN,
            "docker run --mount readonly=true,target=/usr/share/nginx/html,source=data -d --name web -e A=1 -e B=2 nginx",
        );
        same("docker run -it --rm alpine sh", "docker run --rm -ti alpine sh");
        same("docker run -it alpine sh", "docker run --rm=0 --tty=1 -i=true alpine sh");
        same("docker run -i -t --rm alpine sh", "docker run --tty --interactive --rm -- alpine sh");
    }

    #[test]
    fn what_means_something_else_is_seen() {
        for wrong in [
            "docker run --name web -v data:/usr/share/nginx/html:ro -e A=1 -e B=2 nginx",
            "docker run -d --name web -v data:/usr/share/nginx/html -e A=1 -e B=2 nginx",
            "docker run -d --name web -v ./data:/usr/share/nginx/html:ro -e A=1 -e B=2 nginx",
            "docker run -d --name web -v data:/usr/share/nginx/html:ro -e A=1 -e B=3 nginx",
            "docker run -d --name web -v data:/usr/share/nginx/html:ro -e A=1 -e B=2 httpd",
            "docker run -d --name web nginx -v data:/usr/share/nginx/html:ro -e A=1 -e B=2",
            "docker run -d --name web -v data:/usr/share/nginx/html:ro -e A=1 -e B=2 nginx sh",
            "docker create --name web -v data:/usr/share/nginx/html:ro -e A=1 -e B=2 nginx",
            "podman run -d --name web -v data:/usr/share/nginx/html:ro -e A=1 -e B=2 nginx",
            "",
            "docker",
            "docker run -d --name 'web",
        ] {
            other(RUN, wrong);
        }
    }

    #[test]
    fn the_three_ways_to_mount_are_one() {
        same(
            "docker run -v $(pwd)/src:/app alpine",
            "docker run --mount type=bind,source=\"$PWD\"/src,target=/app alpine",
        );
        same("docker run -v \"$(pwd)\":/app:ro alpine", "docker run -v ${PWD}:/app/:ro alpine");
        same("docker run -v ./src:/app alpine", "docker run --volume=\"$(pwd)/src\":/app alpine");
        same(
            "docker run --tmpfs /tmp:size=64m alpine",
            "docker run --mount type=tmpfs,destination=/tmp,tmpfs-size=67108864 alpine",
        );
        same("docker run -v /data alpine", "docker run --mount target=/data alpine");
        same(
            "docker run -v v:/d:nocopy alpine",
            "docker run --mount source=v,target=/d,volume-nocopy alpine",
        );
        other("docker run -v $(pwd)/src:/app alpine", "docker run -v '$(pwd)/src:/app' alpine");
        other("docker run -v $(pwd)/src:/app alpine", "docker run -v src:/app alpine");
        other("docker run --tmpfs /tmp alpine", "docker run -v /tmp alpine");
    }

    #[test]
    fn a_way_to_mount_can_be_asked_for() {
        let asked = ["mount".to_owned()];
        let told = |line: &str| misspelled(line, &asked).into_iter().map(|what| what.en).collect::<Vec<_>>();
        assert_eq!(told("docker run --mount type=bind,src=/a,dst=/b alpine"), [""; 0]);
        assert_eq!(
            told("docker run -v /a:/b alpine"),
            ["write it with `--mount`", "it does without `--volume`"]
        );
    }

    #[test]
    fn a_letter_behind_a_dash_takes_the_rest_of_its_bundle() {
        let right = "docker run alpine tar czf /b.tar.gz -C /data .";
        other(right, "docker run alpine tar -cfz /b.tar.gz -C /data .");
        same(right, "docker run alpine tar cfz /b.tar.gz -C /data .");
        same(right, "docker run alpine tar -zcf/b.tar.gz -C/data .");
    }

    #[test]
    fn volume_commands_have_aliases() {
        same("docker volume create data", "docker volume create --driver local --name data");
        same("docker volume rm a b", "docker volume remove b a");
        same("docker volume ls -f dangling=true -q", "docker volume list --quiet --filter=dangling=true");
        same("docker rm -fv web", "docker container rm --volumes --force web");
        same(
            "docker volume create -d local --opt type=nfs --opt o=rw x",
            "docker volume create -o o=rw -o type=nfs x",
        );
        other("docker volume rm a b", "docker volume rm a");
        other("docker rm web", "docker rm -v web");
        other("docker volume inspect data", "docker volume ls data");
    }

    #[test]
    fn the_command_inside_is_read_too() {
        let backup =
            "docker run --rm -v v:/data:ro -v $(pwd):/backup alpine tar czf /backup/b.tar.gz -C /data .";
        same(
            backup,
            "docker run --rm -v \"$PWD:/backup\" -v v:/data:ro alpine tar -C /data -zcvf /backup/b.tar.gz ./",
        );
        same(
            backup,
            "docker run --rm -v $PWD:/backup -v v:/data:ro alpine sh -c 'tar --create --gzip --file=/backup/b.tar.gz --directory /data .'",
        );
        other(
            backup,
            "docker run --rm -v v:/data:ro -v $(pwd):/backup alpine tar cf /backup/b.tar.gz -C /data .",
        );
        other(
            backup,
            "docker run --rm -v v:/data:ro -v $(pwd):/backup alpine tar czf /backup/b.tar.gz /data",
        );
        let copy = "docker run --rm -v a:/from -v b:/to alpine cp -av /from/. /to/";
        same(copy, "docker run --rm -v b:/to -v a:/from alpine cp --archive /from/. /to");
        same(copy, "docker run --rm -v b:/to -v a:/from alpine sh -c \"cp -a /from/. /to/\"");
        other(copy, "docker run --rm -v b:/to -v a:/from alpine sh -c \"cp -a /from/* /to/\"");
        let restore =
            "docker run --rm -v v:/data -v $(pwd):/b alpine sh -c \"cd /data && tar xvf /b/x.tar --strip 1\"";
        same(
            restore,
            "docker run --rm -v $(pwd):/b -v v:/data alpine sh -c 'cd /data/ && tar -xf /b/x.tar --strip-components=1'",
        );
    }

    #[test]
    fn pipes_and_redirections_count() {
        same(
            "docker exec db pg_dump -U postgres app > d.sql",
            "docker exec db pg_dump -U postgres app >d.sql",
        );
        other("docker exec db pg_dump -U postgres app > d.sql", "docker exec db pg_dump -U postgres app");
        other("docker exec db pg_dump app", "docker exec other pg_dump app");
    }

    #[test]
    fn a_dump_is_one_however_its_user_and_database_are_given() {
        let right = "docker exec db pg_dump -U postgres app > d.sql";
        for line in [
            "docker exec db pg_dump -d app -U postgres > ./d.sql",
            "docker exec db pg_dump --username=postgres app > $(pwd)/d.sql",
            "docker exec db pg_dump -Upostgres --dbname app >d.sql",
        ] {
            same(right, line);
        }
        other(right, "docker exec db pg_dump -U other app > d.sql");
        other(right, "docker exec db pg_dump -U postgres -s app > d.sql");
        other(right, "docker exec db pg_dump -U postgres app > /tmp/d.sql");
    }

    #[test]
    fn reading_an_archive_sees_its_compression() {
        same("docker run alpine tar xzf /b.tar.gz -C /d", "docker run alpine tar xf /b.tar.gz -C /d");
        other("docker run alpine tar czf /b.tar.gz -C /d .", "docker run alpine tar cf /b.tar.gz -C /d .");
        other("docker run alpine tar xzf /b.tar -C /d", "docker run alpine tar xf /b.tar -C /d");
    }

    #[test]
    fn free_options_do_not_count() {
        let free = ["rm".to_owned(), "name".to_owned()];
        assert!(
            differences("docker run -v a:/b alpine", "docker run --rm --name x -v a:/b alpine", &free)
                .is_empty()
        );
        assert!(!differences("docker run -v a:/b alpine", "docker run -d -v a:/b alpine", &free).is_empty());
    }

    #[test]
    fn a_difference_is_told() {
        let told = |given| differences(RUN, given, &[])[0].en.clone();
        assert_eq!(
            told("docker run -d --name web -e A=1 -e B=2 nginx"),
            "a mount is missing: `type=volume,source=data,target=/usr/share/nginx/html,readonly`"
        );
        assert!(
            told("docker run -d --name web -v data:/usr/share/nginx/html:ro -e A=1 nginx")
                .contains("`--env`")
        );
        assert!(told("docker run -dx --name web nginx").contains("`-x`"));
    }
}
