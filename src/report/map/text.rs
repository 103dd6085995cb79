//! The map drawn with lines: a box a container, a way out of it for each mount, then the volumes and who uses them.

use std::borrow::Cow;

use owo_colors::Style;
use textwrap::Options;
use textwrap::WordSeparator;
use textwrap::WordSplitter;
use textwrap::core::display_width;

use crate::report::Page;
use crate::report::map::words;
use crate::text::Lang;
use crate::text::say;
use crate::world::Held;
use crate::world::MountKind;
use crate::world::Storage;
use crate::world::StoredVolume;
use crate::world::Tenant;

/// From here on boxes have the sources at their side; below, everything stands under each other.
const WIDE: usize = 60;

/// No wider than this: the eye must find the way from a path to its source.
const WIDEST: usize = 100;

/// What is drawn on.
struct Sheet<'a> {
    storage: &'a Storage,
    lang: Lang,
    page: &'a Page,
    width: usize,
    out: String,
}

pub(super) fn map(storage: &Storage, lang: Lang, page: &Page) -> String {
    let width = page.width.clamp(24, WIDEST);
    let mut sheet = Sheet { storage, lang, page, width, out: String::new() };
    if storage.containers.is_empty() && storage.volumes.is_empty() {
        sheet.out.push_str(&page.paragraph("", &words::nothing_at_all().get(lang)));
    }
    let wall = sheet.wall();
    for tenant in &storage.containers {
        if width < WIDE { sheet.stacked(tenant) } else { sheet.boxed(tenant, wall) }
    }
    if !storage.volumes.is_empty() {
        sheet.volumes();
    }
    if let Some(besides) = words::besides(storage.others) {
        sheet.out.push('\n');
        let line = page.paragraph("", &format!("… {}", besides.get(lang)));
        sheet.line(&page.faint(line.trim_end()));
    }
    sheet.out
}

impl Sheet<'_> {
    fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    /// How wide the boxes are, borders included: all alike, as wide as the longest line needs, up to about half.
    fn wall(&self) -> usize {
        let widest = |tenant: &Tenant| {
            let title =
                display_width(&tenant.name) + display_width(&words::state(&tenant.state).get(self.lang));
            let targets = tenant.mounts.iter().map(|held| display_width(&held.target)).max().unwrap_or(0);
            (title + 9).max(targets + 4).max(display_width(&tenant.image) + 4)
        };
        let most = self.width / 2;
        self.storage.containers.iter().map(widest).max().unwrap_or(0).clamp(most.min(30), most)
    }

    /// A container as a box, its sources at the side.
    fn boxed(&mut self, tenant: &Tenant, wall: usize) {
        let state = words::state(&tenant.state).get(self.lang).into_owned();
        let name = words::shorten(&words::name(&tenant.name), wall.saturating_sub(display_width(&state) + 9));
        let dashes = wall.saturating_sub(display_width(&name) + display_width(&state) + 8);
        let name = self.page.paint(&name, Style::new().bold());
        self.line(&format!("╭─ {name} {} {state} ─╮", "─".repeat(dashes)));
        let image = words::shorten(&words::name(&tenant.image), wall - 4);
        let room = " ".repeat((wall - 4).saturating_sub(display_width(&image)));
        self.line(&format!("│ {}{room} │", self.page.faint(&image)));
        for held in &tenant.mounts {
            self.beside(held, wall);
        }
        if tenant.mounts.is_empty() {
            for part in wrapped(&words::nothing_mounted().get(self.lang), wall - 4) {
                let room = " ".repeat((wall - 4).saturating_sub(display_width(&part)));
                self.line(&format!("│ {}{room} │", self.page.faint(&part)));
            }
        }
        self.line(&format!("╰{}╯", "─".repeat(wall - 2)));
    }

    /// A mount: the target inside the wall, the source outside.
    fn beside(&mut self, held: &Held, wall: usize) {
        let target = words::shorten(&words::name(&held.target), wall - 4);
        let inside = " ".repeat((wall - 4).saturating_sub(display_width(&target)));
        let room = self.width - wall - 4;
        let (source, notes) =
            (self.source(held, room), words::notes(held, self.storage, self.lang).join(", "));
        let way = self.page.paint(way(held.kind), style(held.kind));
        let painted = self.page.paint(&source, style(held.kind));
        let fits = display_width(&source) + 2 + display_width(&notes) <= room;
        let tail = if fits && !notes.is_empty() { format!(", {notes}") } else { String::new() };
        self.line(&format!("│ {target}{inside} {way} {painted}{tail}"));
        if !fits {
            let blank = " ".repeat(wall - 2);
            for part in wrapped(&notes, room) {
                self.line(&format!("│{blank}│    {part}"));
            }
        }
    }

    /// A container where there is no room at its side.
    fn stacked(&mut self, tenant: &Tenant) {
        let room = self.width - 3;
        let name = words::shorten(&words::name(&tenant.name), room);
        self.line(&format!("╭─ {}", self.page.paint(&name, Style::new().bold())));
        let state = words::state(&tenant.state).get(self.lang).into_owned();
        let image =
            words::shorten(&words::name(&tenant.image), room.saturating_sub(display_width(&state) + 2));
        self.line(&format!("│  {}", self.page.faint(&format!("{image}, {state}"))));
        for held in &tenant.mounts {
            let begin = if held.kind == MountKind::Volume { "┝━" } else { "├─" };
            let begin = self.page.paint(begin, style(held.kind));
            self.line(&format!("{begin} {}", words::shorten(&words::name(&held.target), room)));
            let source = self.source(held, room - 2);
            self.line(&format!("│    {}", self.page.paint(&source, style(held.kind))));
            for part in wrapped(&words::notes(held, self.storage, self.lang).join(", "), room - 2) {
                self.line(&format!("│    {part}"));
            }
        }
        if tenant.mounts.is_empty() {
            for part in wrapped(&words::nothing_mounted().get(self.lang), room) {
                self.line(&format!("│  {part}"));
            }
        }
        self.line("╰─");
    }

    /// What a mount holds, by kind and name.
    fn source(&self, held: &Held, room: usize) -> String {
        let kind = words::kind(held).get(self.lang).into_owned();
        let name = match held.kind {
            MountKind::Volume => words::volume_name(&held.source),
            MountKind::Tmpfs => return kind,
            MountKind::Bind | MountKind::Other => words::name(&held.source),
        };
        let name = words::shorten(&name, room.saturating_sub(display_width(&kind) + 1));
        format!("{kind} {name}")
    }

    /// The volumes, with their sizes and users.
    fn volumes(&mut self) {
        if !self.storage.containers.is_empty() {
            self.out.push('\n');
        }
        self.out.push_str(&self.page.heading("Volumes"));
        let names: Vec<String> = self.storage.volumes.iter().map(|one| self.volume_name(one)).collect();
        let most = names.iter().map(|name| display_width(name)).max().unwrap_or(0);
        let sizes = self.storage.volumes.iter().filter_map(words::volume_size);
        let sizes = sizes.map(|size| display_width(&size.get(self.lang))).max().unwrap_or(0);
        let columns = (most.min(self.width * 4 / 10), sizes);
        for (volume, name) in self.storage.volumes.iter().zip(names) {
            self.volume(volume, &name, columns);
        }
    }

    fn volume_name(&self, volume: &StoredVolume) -> String {
        let name = words::volume_name(&volume.name);
        if !volume.anonymous {
            return name;
        }
        say!("anonyme {name}", "anonymous {name}").get(self.lang).into_owned()
    }

    fn volume(&mut self, volume: &StoredVolume, name: &str, (column, sizes): (usize, usize)) {
        let (sign, style) = if volume.is_orphan() {
            ("○", Style::new().yellow().bold())
        } else {
            ("●", style(MountKind::Volume))
        };
        let size = words::volume_size(volume);
        let size = size.map_or_else(String::new, |size| size.get(self.lang).into_owned());
        let driver = words::driver(volume).map(|driver| format!("{}, ", driver.get(self.lang)));
        let users =
            format!("{}{}", driver.unwrap_or_default(), words::users(volume, words::USER).get(self.lang));
        let wide = self.width >= WIDE;
        let name = words::shorten(name, if wide { column } else { self.width - 2 });
        let sign = self.page.paint(sign, style);
        let painted = self.page.paint(&name, style);
        let told = if wide { users.clone() } else { format!("{size}, {users}") };
        let before = if wide { column + 6 + sizes } else { 2 };
        let told: Vec<String> = wrapped(&told, (self.width - before).max(16))
            .iter()
            .map(|part| if volume.is_orphan() { self.page.paint(part, style) } else { part.to_string() })
            .collect();
        let mut told = told.iter();
        if wide {
            let gap = " ".repeat(column - display_width(&name));
            let room = " ".repeat(sizes.saturating_sub(display_width(&size)));
            let first = told.next().cloned().unwrap_or_default();
            self.line(&format!("{sign} {painted}{gap}  {room}{size}  {first}"));
        } else {
            self.line(&format!("{sign} {painted}"));
        }
        for part in told {
            self.line(&format!("{}{part}", " ".repeat(before)));
        }
    }
}

/// Lines of so much room; names are not cut at their dashes.
fn wrapped(text: &str, room: usize) -> Vec<Cow<'_, str>> {
    let whole = Options::new(room).word_separator(WordSeparator::AsciiSpace);
    textwrap::wrap(text, whole.word_splitter(WordSplitter::NoHyphenation))
}

/// The way from a container to what it mounts.
fn way(kind: MountKind) -> &'static str {
    match kind {
        MountKind::Volume => "┝━▶",
        MountKind::Bind | MountKind::Other => "├─▶",
        MountKind::Tmpfs => "├┄▶",
    }
}

fn style(kind: MountKind) -> Style {
    match kind {
        MountKind::Volume => Style::new().cyan(),
        MountKind::Bind => Style::new().magenta(),
        MountKind::Tmpfs => Style::new().blue(),
        MountKind::Other => Style::new(),
    }
}
