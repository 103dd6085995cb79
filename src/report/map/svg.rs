//! The map as SVG: containers on the left, what they mount on the right, what nobody uses below. Readable on a light
//! and on a dark ground; the title and the description say in words what the drawing shows. No ids, so that several
//! may stand in one page.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::report::junit::escaped;
use crate::report::map::plain;
use crate::report::map::words;
use crate::text::Lang;
use crate::text::say;
use crate::world::Held;
use crate::world::MountKind;
use crate::world::Storage;
use crate::world::StoredVolume;
use crate::world::Tenant;

pub(crate) const STYLE: &str = ".dlm{font:13px system-ui,sans-serif}.dlm .ground{fill:#fff}.dlm text{fill:#1b1f24}\
.dlm .mono{font-family:ui-monospace,'DejaVu Sans Mono',monospace;font-size:12px}.dlm .bold{font-weight:600}\
.dlm .head{font-size:15px;font-weight:600}.dlm .small{font-size:12px;fill:#57606a}.dlm .box{fill:#f6f8fa;stroke:#8c959f}\
.dlm .bar{stroke:#8c959f}.dlm .wire{fill:none;stroke-width:2}.dlm .shape{stroke-width:1.5}.dlm .shape.port{stroke-dasharray:none}\
.dlm .volume{stroke:#0969da}.dlm .shape.volume{fill:#ddf4ff}.dlm .bind{stroke:#8250df}.dlm .shape.bind{fill:#fbefff}\
.dlm .tmpfs,.dlm .other{stroke:#57606a;stroke-dasharray:5 4}.dlm .shape.tmpfs,.dlm .shape.other{fill:#f6f8fa}\
.dlm .orphan{stroke:#9a6700;stroke-dasharray:5 4}.dlm .shape.orphan{fill:#fff8c5}.dlm text.warn{fill:#7d4e00;font-weight:600}\
@media (prefers-color-scheme:dark){.dlm .ground{fill:#0d1117}.dlm text{fill:#e6edf3}.dlm .small{fill:#9ea7b3}\
.dlm .box{fill:#161b22;stroke:#6e7681}.dlm .bar{stroke:#6e7681}.dlm .volume{stroke:#58a6ff}.dlm .shape.volume{fill:#0c2d6b}\
.dlm .bind{stroke:#bc8cff}.dlm .shape.bind{fill:#341a63}.dlm .tmpfs,.dlm .other{stroke:#9ea7b3}\
.dlm .shape.tmpfs,.dlm .shape.other{fill:#161b22}.dlm .orphan{stroke:#e3b341}.dlm .shape.orphan{fill:#3b2300}\
.dlm text.warn{fill:#f2cc60}}";

const WIDTH: usize = 960;
const LEFT: usize = 24;
const BOX: usize = 420;
const RIGHT: usize = 566;
const SHAPE: usize = 370;
const TOP: usize = 56;
const HEAD: usize = 56;
const ROW: usize = 26;
const NODE: usize = 60;
const GAP: usize = 16;

/// What is drawn, and how far down it has come on either side.
struct Canvas<'a> {
    storage: &'a Storage,
    lang: Lang,
    wires: String,
    body: String,
    left: usize,
    right: usize,
    /// The height at which each shared source stands.
    places: BTreeMap<(bool, &'a str), usize>,
}

/// The picture with its `style`; empty where the page has the rules already.
pub(super) fn map(storage: &Storage, lang: Lang, style: &str) -> String {
    let (wires, body, places) = (String::new(), String::new(), BTreeMap::new());
    let mut canvas = Canvas { storage, lang, wires, body, left: TOP, right: TOP, places };
    for tenant in &storage.containers {
        canvas.container(tenant);
    }
    for volume in storage.volumes.iter().filter(|volume| volume.is_orphan()) {
        canvas.volume(volume);
    }
    canvas.feet();
    canvas.document(style)
}

impl<'a> Canvas<'a> {
    fn document(self, style: &str) -> String {
        let height = self.left.max(self.right) + 8;
        let title = escaped(&words::title().get(self.lang));
        let told = plain::lines(self.storage, self.lang);
        let told: Vec<String> =
            told.iter().map(|(indent, line)| format!("{indent}{}", escaped(line))).collect();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"dlm\" role=\"img\" xml:lang=\"{}\" \
             viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\">\n<title>{title}</title>\n\
             <desc>{}</desc>\n{style}\
             <rect class=\"ground\" width=\"{WIDTH}\" height=\"{height}\" rx=\"8\"/>\n\
             <text class=\"head\" x=\"{LEFT}\" y=\"34\">{title}</text>\n{}{}</svg>\n",
            self.lang.code(),
            told.join("\n"),
            self.wires,
            self.body,
        )
    }

    /// A container, its mounts as rows, and a wire from each to its source.
    fn container(&mut self, tenant: &'a Tenant) {
        let (top, rows) = (self.left, tenant.mounts.len().max(1));
        let height = HEAD + rows * ROW + 6;
        let state = words::state(&tenant.state).get(self.lang).into_owned();
        let (name, image) = (words::name(&tenant.name), words::name(&tenant.image));
        let (edge, bar) = (LEFT + BOX, top + HEAD - 6);
        let _ = writeln!(
            self.body,
            "<g><title>{}</title><rect class=\"box\" x=\"{LEFT}\" y=\"{top}\" width=\"{BOX}\" height=\"{height}\" \
             rx=\"8\"/><line class=\"bar\" x1=\"{LEFT}\" x2=\"{edge}\" y1=\"{bar}\" y2=\"{bar}\"/></g>",
            escaped(&name)
        );
        self.write(LEFT + 14, top + 21, "mono bold", &words::shorten(&name, 36));
        self.write(LEFT + 14, top + 40, "small", &words::shorten(&image, 56));
        self.right_aligned(edge - 14, top + 21, &state);
        for (index, held) in tenant.mounts.iter().enumerate() {
            self.mount(held, top + HEAD + index * ROW);
        }
        if tenant.mounts.is_empty() {
            let told = words::nothing_mounted().get(self.lang).into_owned();
            self.write(LEFT + 14, top + HEAD + 16, "small", &told);
        }
        self.left += height + GAP;
    }

    fn mount(&mut self, held: &'a Held, row: usize) {
        let (edge, middle) = (LEFT + BOX, row + ROW / 2);
        let target = words::name(&held.target);
        let room = if held.writable { 52 } else { 36 };
        self.write(LEFT + 14, middle + 4, "mono", &words::shorten(&target, room));
        if !held.writable {
            let told = words::read_only().get(self.lang).into_owned();
            self.right_aligned(edge - 14, middle + 4, &told);
        }
        let to = self.source(held) + NODE / 2;
        let (class, bend) = (class(held.kind), usize::midpoint(edge, RIGHT));
        let _ = writeln!(
            self.wires,
            "<path class=\"wire {class}\" d=\"M{edge} {middle}C{bend} {middle} {bend} {to} {RIGHT} {to}\"/>"
        );
        let _ = writeln!(
            self.body,
            "<circle class=\"shape port {class}\" cx=\"{edge}\" cy=\"{middle}\" r=\"4\"/>"
        );
    }

    /// The height of a source; it is drawn when it is met first. What is in memory belongs to one mount alone.
    fn source(&mut self, held: &'a Held) -> usize {
        let key = (held.kind == MountKind::Volume, held.source.as_str());
        if let (Some(place), false) = (self.places.get(&key), held.kind == MountKind::Tmpfs) {
            return *place;
        }
        let place = self.right;
        match self.storage.volume(&held.source).filter(|_| held.kind == MountKind::Volume) {
            Some(volume) => self.volume(volume),
            None => self.plain_source(held),
        }
        if held.kind != MountKind::Tmpfs {
            self.places.insert(key, place);
        }
        place
    }

    /// A volume as a drum.
    fn volume(&mut self, volume: &StoredVolume) {
        let class = if volume.is_orphan() { "orphan" } else { "volume" };
        let (top, radius, right) = (self.right + 7, SHAPE / 2, RIGHT + SHAPE);
        let bottom = self.right + NODE - 7;
        let _ = writeln!(
            self.body,
            "<g><title>{}</title><path class=\"shape {class}\" d=\"M{RIGHT} {top}V{bottom}A{radius} 7 0 0 0 {right} \
             {bottom}V{top}A{radius} 7 0 0 0 {RIGHT} {top}A{radius} 7 0 0 0 {right} {top}\"/></g>",
            escaped(&words::name(&volume.name))
        );
        let name = words::volume_name(&volume.name);
        let name = if volume.anonymous {
            say!("volume anonyme {name}", "anonymous volume {name}").get(self.lang).into_owned()
        } else {
            name
        };
        self.write(RIGHT + 14, self.right + 30, "mono bold", &words::shorten(&name, 47));
        let parts = [words::volume_size(volume), words::driver(volume), Some(words::users_counted(volume))];
        let parts = parts.iter().flatten().map(|part| part.get(self.lang).into_owned());
        let told = words::in_one_line(parts.collect(), 56);
        let class = if volume.is_orphan() { "warn" } else { "small" };
        self.write(RIGHT + 14, self.right + 47, class, &told);
        self.right += NODE + GAP;
    }

    /// A folder of the host, or memory.
    fn plain_source(&mut self, held: &Held) {
        let (top, class) = (self.right, class(held.kind));
        let name = match held.kind {
            MountKind::Tmpfs => words::kind(held).get(self.lang).into_owned(),
            MountKind::Volume => words::volume_name(&held.source),
            MountKind::Bind | MountKind::Other => words::name(&held.source),
        };
        let outline = if held.kind == MountKind::Bind {
            let (right, bottom, roof) = (RIGHT + SHAPE, top + NODE, top + 8);
            format!(
                "<path class=\"shape {class}\" d=\"M{RIGHT} {bottom}V{top}H{}L{} {roof}H{right}V{bottom}Z\"/>",
                RIGHT + 90,
                RIGHT + 100
            )
        } else {
            format!(
                "<rect class=\"shape {class}\" x=\"{RIGHT}\" y=\"{top}\" width=\"{SHAPE}\" height=\"{NODE}\" rx=\"12\"/>"
            )
        };
        let _ = writeln!(self.body, "<g><title>{}</title>{outline}</g>", escaped(&name));
        self.write(RIGHT + 14, top + 29, "mono bold", &words::shorten(&name, 47));
        let told = match held.kind {
            MountKind::Tmpfs => words::memory(held),
            _ => words::kind(held),
        };
        self.write(RIGHT + 14, top + 47, "small", &told.get(self.lang));
        self.right += NODE + GAP;
    }

    /// What stands below: how much there is besides, or that there is nothing.
    fn feet(&mut self) {
        let nothing = self.storage.containers.is_empty() && self.storage.volumes.is_empty();
        let lines = [nothing.then(words::nothing_at_all), words::besides(self.storage.others)];
        for line in lines.iter().flatten() {
            let below = self.left.max(self.right);
            self.write(LEFT, below + 14, "small", &line.get(self.lang));
            (self.left, self.right) = (below + ROW, below + ROW);
        }
    }

    fn write(&mut self, x: usize, y: usize, class: &str, text: &str) {
        let _ = writeln!(self.body, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", escaped(text));
    }

    fn right_aligned(&mut self, x: usize, y: usize, text: &str) {
        let text = escaped(text);
        let _ = writeln!(
            self.body,
            "<text class=\"small\" text-anchor=\"end\" x=\"{x}\" y=\"{y}\">{text}</text>"
        );
    }
}

fn class(kind: MountKind) -> &'static str {
    match kind {
        MountKind::Volume => "volume",
        MountKind::Bind => "bind",
        MountKind::Tmpfs => "tmpfs",
        MountKind::Other => "other",
    }
}
