//! The script's calls of `docker`, read as the docker CLI would.

/// The options of `docker run` that take a value of their own, as the stand-in of the trial knows them.
const VALUED: &str = "-v --volume --mount -w --workdir --entrypoint -e --env --env-file --name -u --user --network --net \
    -l --label --cpus -m --memory --platform --pull --restart --log-driver --ulimit --tmpfs --security-opt --cap-drop \
    --cap-add -h --hostname";

fn takes_a_value(option: &str) -> bool {
    VALUED.split(' ').any(|one| one == option)
}

/// The options of a `run` or `exec`, up to the image or the container: each with its value, if it has one.
fn options(call: &[String]) -> Vec<(&str, Option<&str>)> {
    let words: Vec<&str> = call.iter().map(String::as_str).collect();
    let (["container", "run" | "exec" | "create", words @ ..] | ["run" | "exec" | "create", words @ ..]) =
        words.as_slice()
    else {
        return Vec::new();
    };
    let (mut found, mut words) = (Vec::new(), words.iter());
    while let Some(word) = words.next().filter(|word| word.starts_with('-')) {
        found.push(match word.split_once('=') {
            Some((name, value)) if word.starts_with("--") => (name, Some(value)),
            _ if takes_a_value(word) => (*word, words.next().copied()),
            _ => (*word, None),
        });
    }
    found
}

/// Whether a call asks for a terminal and to be typed into: only both together does docker refuse where there is
/// none.
pub(super) fn asks_for_terminal(call: &[String]) -> bool {
    let options = options(call);
    let has = |letter: char, long: &str| {
        options.iter().any(|(name, value)| {
            let short = !name.starts_with("--") && name.contains(letter);
            let short = short && !name.get(..2).is_some_and(takes_a_value);
            short || (*name == long && *value != Some("false"))
        })
    };
    has('i', "--interactive") && has('t', "--tty") && !has('d', "--detach")
}

/// The first call of a day that removes volumes, or a container that no earlier call of it named.
pub(super) fn destroying(day: &[Vec<String>]) -> Option<&Vec<String>> {
    let mut own: Vec<&str> = Vec::new();
    day.iter().find(|call| {
        own.extend(
            options(call).iter().filter(|(name, _)| *name == "--name").filter_map(|(_, value)| *value),
        );
        destroys(call, &own)
    })
}

fn destroys(call: &[String], own: &[&str]) -> bool {
    let words: Vec<&str> = call.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    match words.as_slice() {
        ["rm", names @ ..] | ["container", "rm" | "remove", names @ ..] => {
            names.iter().any(|name| !own.contains(name))
        }
        ["volume", "rm" | "remove", ..] | ["volume" | "system" | "container", "prune", ..] => true,
        _ => false,
    }
}

/// How a `docker run` mounts the volume: for each mount of it, whether read-only.
pub(super) fn mounts_of(call: &[String], volume: &str) -> Vec<bool> {
    let words: Vec<&str> = call.iter().map(String::as_str).collect();
    let (["container", "run", words @ ..] | ["run", words @ ..]) = words.as_slice() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let next = words.get(index + 1).copied().unwrap_or_default();
        found.extend(match *word {
            "-v" | "--volume" => short_mount(next, volume),
            "--mount" => long_mount(next, volume),
            word if word.starts_with("--volume=") => short_mount(&word["--volume=".len()..], volume),
            word if word.starts_with("--mount=") => long_mount(&word["--mount=".len()..], volume),
            word if word.starts_with("-v") => short_mount(&word["-v".len()..], volume),
            _ => None,
        });
    }
    found
}

/// `SOURCE:TARGET[:OPTIONS]`
fn short_mount(text: &str, volume: &str) -> Option<bool> {
    let mut parts = text.split(':');
    let is_ours = parts.next() == Some(volume);
    is_ours.then(|| parts.nth(1).is_some_and(|options| options.split(',').any(|option| option == "ro")))
}

/// `type=volume,source=SOURCE,target=TARGET[,readonly]`
fn long_mount(text: &str, volume: &str) -> Option<bool> {
    let fields: Vec<(&str, &str)> =
        text.split(',').map(|field| field.split_once('=').unwrap_or((field, "true"))).collect();
    let is_ours = fields.iter().any(|(key, value)| matches!(*key, "source" | "src") && *value == volume);
    let read_only = |(key, value): &(&str, &str)| matches!((*key, *value), ("readonly" | "ro", "true" | "1"));
    is_ours.then(|| fields.iter().any(read_only))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(args: &[&str]) -> Vec<bool> {
        let call: Vec<String> = ["run"].iter().chain(args).map(|&arg| arg.to_owned()).collect();
        mounts_of(&call, "data")
    }

    #[test]
    fn all_ways_to_mount_are_read() {
        assert_eq!(mount(&["-v", "data:/data:ro"]), [true]);
        assert_eq!(mount(&["-v", "data:/data"]), [false]);
        assert_eq!(mount(&["-vdata:/data:ro"]), [true]);
        assert_eq!(mount(&["--volume=data:/data:ro,z"]), [true]);
        assert_eq!(mount(&["--mount", "type=volume,source=data,target=/d,readonly"]), [true]);
        assert_eq!(mount(&["--mount=type=volume,src=data,dst=/d"]), [false]);
        assert_eq!(mount(&["-v", "other:/data:ro", "alpine", "data:/data"]), [false; 0]);
        assert_eq!(mount(&["-v", "data:/a:ro", "-v", "data:/b"]), [true, false]);
    }

    fn call(words: &str) -> Vec<String> {
        words.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn other_calls_mount_nothing_and_some_destroy() {
        assert_eq!(mounts_of(&call("volume inspect data"), "data"), [false; 0]);
        for words in ["volume rm data", "system prune -af", "rm -f x", "container rm x", "container prune"] {
            assert!(destroying(&[call(words)]).is_some(), "{words}");
        }
        for words in ["run --rm alpine", "volume ls", "stop x"] {
            assert!(destroying(&[call(words)]).is_none(), "{words}");
        }
    }

    #[test]
    fn a_script_may_remove_the_container_that_it_named() {
        let run = call("run -v data:/data:ro --name helper alpine true");
        assert_eq!(destroying(&[run.clone(), call("rm -f helper")]), None);
        assert_eq!(destroying(&[call("run --name=helper alpine"), call("container rm helper")]), None);
        assert!(destroying(&[run, call("rm -f helper postgres_main")]).is_some());
    }

    #[test]
    fn a_terminal_is_asked_for_by_i_and_t_wherever_they_stand() {
        for words in [
            "run -it alpine",
            "run --rm -v a:/b:ro -v /c:/d -it alpine",
            "container run -it alpine",
            "run -i --name x -t alpine",
            "exec --interactive --tty x sh",
            "run --entrypoint tar -ti alpine",
        ] {
            assert!(asks_for_terminal(&call(words)), "{words}");
        }
        for words in [
            "run -t alpine",
            "run -i alpine",
            "run -d -it alpine",
            "run alpine sh -it",
            "run -i --tty=false alpine",
            "run -i --name -t alpine",
            "run -i -vdata:/t alpine",
        ] {
            assert!(!asks_for_terminal(&call(words)), "{words}");
        }
    }

    #[test]
    fn the_trial_s_docker_knows_the_same_options() {
        let stand_in = include_str!("../../docker/fortnight/docker.sh");
        for option in VALUED.split(' ') {
            assert!(
                stand_in.contains(&format!("{option} ")) || stand_in.contains(&format!("{option})")),
                "{option}"
            );
        }
    }
}
