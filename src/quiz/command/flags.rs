//! The options of the docker commands that a course on volumes meets: their long and short names, and whether they
//! take a value.

/// An option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flag {
    /// The long name, by which it is compared.
    pub long: &'static str,
    /// The one-letter name.
    pub short: Option<char>,
    /// Whether a value follows.
    pub takes_value: bool,
}

const fn switch(long: &'static str, short: Option<char>) -> Flag {
    Flag { long, short, takes_value: false }
}

const fn value(long: &'static str, short: Option<char>) -> Flag {
    Flag { long, short, takes_value: true }
}

const RUN: &[Flag] = &[
    switch("detach", Some('d')),
    switch("interactive", Some('i')),
    switch("tty", Some('t')),
    switch("rm", None),
    switch("read-only", None),
    switch("privileged", None),
    switch("init", None),
    switch("publish-all", Some('P')),
    switch("quiet", Some('q')),
    switch("no-healthcheck", None),
    value("name", None),
    value("volume", Some('v')),
    value("mount", None),
    value("tmpfs", None),
    value("volumes-from", None),
    value("volume-driver", None),
    value("env", Some('e')),
    value("env-file", None),
    value("publish", Some('p')),
    value("expose", None),
    value("network", None),
    value("workdir", Some('w')),
    value("user", Some('u')),
    value("entrypoint", None),
    value("restart", None),
    value("label", Some('l')),
    value("hostname", Some('h')),
    value("memory", Some('m')),
    value("cpus", None),
    value("cap-add", None),
    value("cap-drop", None),
    value("security-opt", None),
    value("storage-opt", None),
    value("shm-size", None),
    value("pull", None),
    value("platform", None),
    value("add-host", None),
    value("dns", None),
    value("attach", Some('a')),
    value("log-driver", None),
    value("ulimit", None),
    value("userns", None),
    value("stop-timeout", None),
    value("health-cmd", None),
];

const EXEC: &[Flag] = &[
    switch("detach", Some('d')),
    switch("interactive", Some('i')),
    switch("tty", Some('t')),
    switch("privileged", None),
    value("env", Some('e')),
    value("env-file", None),
    value("workdir", Some('w')),
    value("user", Some('u')),
];

/// The commands and their options.
const COMMANDS: &[(&[&str], &[Flag])] = &[
    (&["run"], RUN),
    (&["create"], RUN),
    (&["exec"], EXEC),
    (&["rm"], &[switch("force", Some('f')), switch("volumes", Some('v')), switch("link", Some('l'))]),
    (&["stop"], &[value("time", Some('t')), value("signal", Some('s'))]),
    (&["restart"], &[value("time", Some('t')), value("signal", Some('s'))]),
    (&["start"], &[switch("attach", Some('a')), switch("interactive", Some('i'))]),
    (&["kill"], &[value("signal", Some('s'))]),
    (&["cp"], &[switch("archive", Some('a')), switch("follow-link", Some('L')), switch("quiet", Some('q'))]),
    (
        &["logs"],
        &[
            switch("follow", Some('f')),
            switch("timestamps", Some('t')),
            value("tail", Some('n')),
            value("since", None),
        ],
    ),
    (
        &["ps"],
        &[
            switch("all", Some('a')),
            switch("quiet", Some('q')),
            switch("no-trunc", None),
            switch("size", Some('s')),
            switch("latest", Some('l')),
            value("filter", Some('f')),
            value("format", None),
            value("last", Some('n')),
        ],
    ),
    (&["inspect"], &[value("format", Some('f')), switch("size", Some('s')), value("type", None)]),
    (
        &["volume", "create"],
        &[value("driver", Some('d')), value("opt", Some('o')), value("label", None), value("name", None)],
    ),
    (&["volume", "ls"], &[switch("quiet", Some('q')), value("filter", Some('f')), value("format", None)]),
    (&["volume", "inspect"], &[value("format", Some('f'))]),
    (&["volume", "rm"], &[switch("force", Some('f'))]),
    (&["volume", "prune"], PRUNE),
    (&["container", "prune"], PRUNE),
    (&["image", "prune"], PRUNE),
    (&["system", "prune"], PRUNE),
    (&["system", "df"], &[switch("verbose", Some('v')), value("format", None)]),
    (&["save"], &[value("output", Some('o'))]),
    (&["load"], &[value("input", Some('i')), switch("quiet", Some('q'))]),
    (
        &["compose", "down"],
        &[
            switch("volumes", Some('v')),
            switch("remove-orphans", None),
            value("timeout", Some('t')),
            value("rmi", None),
        ],
    ),
    (
        &["compose", "up"],
        &[
            switch("detach", Some('d')),
            switch("build", None),
            switch("force-recreate", None),
            switch("renew-anon-volumes", Some('V')),
        ],
    ),
    (
        &["compose", "rm"],
        &[switch("force", Some('f')), switch("stop", Some('s')), switch("volumes", Some('v'))],
    ),
    (
        &["compose", "config"],
        &[switch("quiet", Some('q')), switch("volumes", None), switch("services", None)],
    ),
];

const PRUNE: &[Flag] =
    &[switch("all", Some('a')), switch("force", Some('f')), switch("volumes", None), value("filter", None)];

/// The options of a command, by its words.
pub(super) fn of(command: &[String]) -> &'static [Flag] {
    COMMANDS.iter().find(|(words, _)| *words == command).map_or(&[], |(_, flags)| flags)
}

/// The options that stand before the command.
pub(super) const GLOBAL: &[Flag] = &[
    value("host", Some('H')),
    value("context", Some('c')),
    value("config", None),
    value("log-level", Some('l')),
    switch("debug", Some('D')),
    switch("tls", None),
];

/// The options of `compose` that stand before its command.
pub(super) const COMPOSE: &[Flag] = &[
    value("file", Some('f')),
    value("project-name", Some('p')),
    value("profile", None),
    value("env-file", None),
];
