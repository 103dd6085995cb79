//! The page of a room: what it shows, when, and to whom: as raw HTTP, and in a real browser.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::TcpStream;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use crate::class::browser::Browser;
use crate::engine;
use crate::machine;
use crate::program::Place;

/// A server, and where it listens.
pub struct Served {
    child: Child,
    address: String,
    query: String,
}

impl Served {
    pub fn start(place: &Place, listen: &str, more: &[&str]) -> Served {
        let args = [&["class", "serve", "-i", "class.yaml", "--listen", listen], more].concat();
        let mut child = place.command(&args).stdout(Stdio::piped()).spawn().expect("the program");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("its address");
        let rest = line.trim().strip_prefix("http://").unwrap_or_else(|| panic!("no address: {line}"));
        let (address, query) = rest.split_once('/').expect("a path");
        Served { child, address: address.to_owned(), query: query.to_owned() }
    }

    fn call(&self, path: &str, headers: &str) -> TcpStream {
        let port = self.address.rsplit(':').next().expect("a port");
        let mut line = TcpStream::connect(format!("127.0.0.1:{port}")).expect("the server");
        line.set_read_timeout(Some(Duration::from_secs(10))).expect("a limit");
        write!(line, "GET {path} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n").expect("sent");
        line
    }

    fn get(&self, path: &str, headers: &str) -> String {
        let mut text = String::new();
        self.call(path, headers).read_to_string(&mut text).expect("an answer");
        text
    }

    pub fn page(&self, path: &str) -> String {
        self.get(path, &format!("Host: {}\r\n", self.address))
    }

    /// Waits for an answer that holds some words.
    fn until(&self, words: &str) {
        let began = Instant::now();
        while !self.page("/").contains(words) {
            assert!(began.elapsed() < Duration::from_secs(60), "{words}: {}", self.page("/"));
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn room(place: &Place, name: &str, prefix: &str) {
    let host = engine::shared().host();
    let text = format!("name: {name}\nmachines: [{{name: '<b>m</b>', host: '{host}', prefix: {prefix}}}]");
    std::fs::write(place.work().join("class.yaml"), text).expect("written");
}

#[test]
fn the_page_shows_a_change_as_it_happens_and_survives_a_restart() {
    let place = Place::on(engine::shared());
    room(&place, "live", "pagelive");
    let served = Served::start(&place, "127.0.0.1:0", &[]);
    served.until("0/100");
    let page = served.page("/");
    assert!(page.contains("&lt;b&gt;m&lt;/b&gt;") && !page.contains("<b>m"), "{page}");
    assert!(page.contains("default-src 'none'") && !page.contains("https://"), "{page}");
    assert!(served.page("/?lang=fr").contains("<html lang=\"fr\">"));
    assert!(served.page("/sheet.json").contains("\"reached\": 1"));

    let mut events = BufReader::new(served.call("/events?lang=en", &format!("Host: {}\r\n", served.address)));
    let mut line = String::new();
    while !line.contains("create: volume-exists") {
        line.clear();
        assert_ne!(events.read_line(&mut line).expect("the first sheet"), 0);
    }
    engine::shared().docker(&["volume", "create", "pagelive_postgres_data"]);
    let began = Instant::now();
    while !line.contains("create: volume-mounted") {
        line.clear();
        assert_ne!(events.read_line(&mut line).expect("the next sheet"), 0);
    }
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    let address = served.address.clone();
    let mut browser = Browser::open(&format!("http://{address}/?lang=en"));
    let text = |words: &str| format!("document.body.innerText.includes({})", serde_json::json!(words));
    browser.until(&text("create: volume-mounted"));
    assert_eq!(browser.value("document.querySelector('tbody th').textContent"), "<b>m</b>");
    let drawn = "[...document.querySelectorAll('details svg')].some(map => map.textContent.includes('pagelive_postgres_data'))";
    browser.until(drawn);
    // The page's policy forbids styles within it.
    let ground = "getComputedStyle(document.querySelector('svg.dlm .ground')).fill";
    assert_ne!(browser.value(ground), "rgb(0, 0, 0)", "the map is black on black");
    drop(served);
    browser.until(&text("Connection lost"));
    let again = Served::start(&place, &address, &[]);
    again.until("create: volume-mounted");
    // The page that stayed open finds the new server by itself, and shows what happens now.
    browser.until(&format!("!{}", text("Connection lost")));
    engine::shared().docker(&["volume", "rm", "pagelive_postgres_data"]);
    let took = browser.until(&text("create: volume-exists"));
    browser.until(&format!("!{drawn}"));
    assert!(took < Duration::from_secs(15), "{took:?}");
}

/// What every page must do for those who do not see it or use no mouse; answers what it does not.
const AUDIT: &str = r#"(() => {
  const found = [];
  const all = (query) => [...document.querySelectorAll(query)];
  const one = (query) => { if (all(query).length !== 1) found.push(`${all(query).length} × ${query}`); };
  ["main", "h1", "header", "table > caption", "head > title"].forEach(one);
  const levels = all("h1,h2,h3,h4").map((head) => +head.localName[1]);
  levels.forEach((level, at) => { if (at && level > levels[at - 1] + 1) found.push(`heading ${level} skips a level`); });
  const ids = all("[id]").map((part) => part.id);
  if (new Set(ids).size !== ids.length) found.push("an id stands twice");
  for (const head of all("thead th")) if (head.scope !== "col" || !head.textContent.trim()) found.push(head.outerHTML);
  for (const row of all("tbody tr")) if (row.cells[0].scope !== "row") found.push(row.outerHTML);
  const widths = all("tr").map((row) => [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0));
  if (new Set(widths).size !== 1) found.push(`rows of ${widths} columns`);
  for (const part of all("[tabindex]")) if (part.tabIndex > 0) found.push(part.outerHTML);
  for (const image of all("img, svg")) if (!image.querySelector("title") && !image.alt) found.push(image.outerHTML);
  const light = (colour) => {
    const [red, green, blue] = colour.match(/[\d.]+/g).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (part) => {
    for (let at = part; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/, 0\)$/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  let measured = 0;
  for (const part of all("body, body *")) {
    if (![...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    const pair = [light(getComputedStyle(part).color), light(behind(part))].sort((one, other) => other - one);
    const contrast = (pair[0] + 0.05) / (pair[1] + 0.05);
    measured += 1;
    if (contrast < 4.5) found.push(`contrast ${contrast.toFixed(2)}: ${part.outerHTML}`);
  }
  if (measured < 20) found.push(`only ${measured} texts were measured`);
  return found;
})()"#;

#[test]
fn the_page_is_for_those_who_do_not_see_it_or_use_no_mouse_too() {
    let place = Place::on(engine::shared());
    let host = engine::shared().host();
    let text = format!(
        "name: salle\nmachines:\n- {{name: one, learner: Ada, host: '{host}', prefix: pagea}}\n\
         - {{name: two, learner: Bob, host: '{host}', prefix: pageb}}\n- {{name: off, host: 'unix:///none.sock'}}\n"
    );
    std::fs::write(place.work().join("class.yaml"), text).expect("written");
    engine::shared().docker(&["volume", "create", "pageb_postgres_data"]);
    let served = Served::start(&place, "127.0.0.1:0", &[]);
    let mut browser = Browser::open(&format!("http://{}/?lang=en", served.address));
    for (lang, filter, other) in [("en", "Filter", "Français"), ("fr", "Filtrer", "English")] {
        browser.go(&format!("http://{}/?lang={lang}", served.address));
        browser.until(
            "document.querySelectorAll('details').length === 2 && document.querySelector('tr.unreachable')",
        );
        assert_eq!(browser.value("document.documentElement.lang"), lang);
        browser.value("document.querySelectorAll('details').forEach((one) => { one.open = true })");
        assert_eq!(browser.value(AUDIT), serde_json::json!([]));
        let tree = browser.accessible();
        let of = |role: &str| -> Vec<String> {
            let found = tree.iter().filter(|node| node["role"]["value"] == role);
            found.map(|node| node["name"]["value"].as_str().unwrap_or_default().to_owned()).collect()
        };
        assert_eq!((of("searchbox"), of("link")), (vec![filter.to_owned()], vec![other.to_owned()]));
        assert_eq!(of("DisclosureTriangle"), ["one", "two"]);
        assert_eq!(
            (of("rowheader"), of("columnheader").len()),
            (["one", "two", "off"].map(str::to_owned).to_vec(), 10)
        );
        assert_eq!((of("main").len(), of("banner").len(), of("status").len()), (1, 1, 1));
        assert!(!of("table")[0].is_empty(), "the table has no name");
        // No verdict is told by its colour or its sign alone.
        let cells = of("gridcell").into_iter().chain(of("cell")).collect::<Vec<String>>().join(" ");
        let word = if lang == "en" { "to do" } else { "à faire" };
        assert!(cells.contains(word), "{cells}");
    }
    by_keyboard(&mut browser);
}

/// From one control to the next, each seen to be in focus; what was opened stays open when news comes.
fn by_keyboard(browser: &mut Browser) {
    browser.value("document.querySelectorAll('details').forEach((one) => { one.open = false })");
    let mut order = Vec::new();
    for _ in 0..4 {
        browser.press("Tab", 9);
        let held = browser.value(
            "(() => { const held = document.activeElement, style = getComputedStyle(held); \
             return [held.id || held.closest('details')?.id || held.localName, parseFloat(style.outlineWidth) >= 2] })()",
        );
        assert_eq!(held[1], true, "no outline: {held}");
        order.push(held[0].as_str().unwrap_or_default().to_owned());
    }
    assert_eq!(order, ["filter", "a", "m0", "m1"]);
    browser.press("Enter", 13);
    browser.until("document.getElementById('m1').open");
    engine::shared().docker(&["volume", "rm", "pageb_postgres_data"]);
    browser.until("!document.body.innerText.includes('volume-mounted')");
    assert_eq!(browser.value("document.getElementById('m1').open"), true);
    assert_eq!(browser.value("document.activeElement.closest('details').id"), "m1");
    browser.value("document.getElementById('filter').focus()");
    browser.call("Input.insertText", &serde_json::json!({"text": "ADA"}));
    let rows = "[...document.querySelectorAll('tbody tr')].map((row) => row.checkVisibility())";
    assert_eq!(browser.value(rows), serde_json::json!([true, false, false]));
}

#[test]
fn the_page_prints_the_matrix_and_what_was_opened_without_its_tools() {
    machine::needs(&["poppler-utils=pdftotext"]);
    let place = Place::on(engine::shared());
    room(&place, "imprimée", "pageprint");
    let served = Served::start(&place, "127.0.0.1:0", &[]);
    served.until("0/100");
    let mut browser = Browser::open(&format!("http://{}/?lang=fr", served.address));
    browser.until("document.querySelector('details')");
    let mut printed = || {
        let data = browser.call("Page.printToPDF", &serde_json::json!({"landscape": true}))["data"].clone();
        let decode = "base64 -d >page.pdf && pdftotext -layout page.pdf - && pdfinfo page.pdf";
        let mut command = Command::new("bash");
        command.args(["-c", decode]).current_dir(place.work()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("bash");
        child
            .stdin
            .take()
            .expect("its input")
            .write_all(data.as_str().expect("data").as_bytes())
            .expect("sent");
        let output = child.wait_with_output().expect("pdftotext");
        assert!(output.status.success());
        let opened = browser.value("document.querySelector('details').open = true");
        assert_eq!(opened, true);
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let sheet = printed();
    for words in ["imprimée", "<b>m</b>", "0/100", "volume-exists", "Participant", "archivable"] {
        assert!(sheet.contains(words), "{words}: {sheet}");
    }
    assert!(
        !sheet.contains("Filtrer") && !sheet.contains("English") && !sheet.contains("rechargez"),
        "{sheet}"
    );
    let page = |text: &str| text.lines().find(|line| line.starts_with("Pages:")).map(str::to_owned);
    assert_eq!(page(&sheet).map(|line| line.ends_with(" 1")), Some(true), "{sheet}");
    let detailed = printed();
    assert!(detailed.len() > sheet.len() + 1000, "{detailed}");
}

#[test]
fn without_the_rooms_token_nobody_gets_anything() {
    let (place, other) = (Place::on(engine::shared()), Place::on(engine::shared()));
    room(&place, "guarded", "pageone");
    room(&other, "other", "pagetwo");
    let served = Served::start(&place, "0.0.0.0:0", &[]);
    let stranger = Served::start(&other, "0.0.0.0:0", &[]);
    let token = served.query.strip_prefix("?token=").expect("shown once").to_owned();
    let theirs = stranger.query.strip_prefix("?token=").expect("shown once").to_owned();
    let status =
        |path: &str, headers: &str| served.get(path, headers).lines().next().unwrap_or("").to_owned();
    for path in ["/", "/events", "/sheet.json", "/app.js"] {
        assert!(status(path, "Host: x\r\n").contains("403"), "{path}");
        let wrong = format!("Host: x\r\nAuthorization: Bearer {theirs}\r\n");
        assert!(status(path, &wrong).contains("403"), "{path}");
    }
    assert!(status(&format!("/?token={theirs}"), "Host: x\r\n").contains("403"));
    let introduced = served.get(&format!("/?token={token}"), "Host: x\r\n");
    assert!(introduced.contains("303") && introduced.contains("HttpOnly; SameSite=Strict"), "{introduced}");
    assert!(status("/", &format!("Host: x\r\nCookie: a=b; docker-lab={token}\r\n")).contains("200"));
    drop(served);
    let again = Served::start(&place, "0.0.0.0:0", &[]);
    assert_eq!(again.query, "", "the token is shown once");
    drop(again);
    let anew = Served::start(&place, "0.0.0.0:0", &["--new-token"]);
    let old = anew.get("/", &format!("Host: x\r\nAuthorization: Bearer {token}\r\n"));
    assert!(old.contains("403"), "{old}");

    // On this machine's own addresses no token is needed, but a name that merely leads here is refused.
    let local = Served::start(&place, "127.0.0.1:0", &[]);
    assert!(local.get("/", "Host: evil.example\r\n").contains("403"));
    assert!(local.get("/", "Host: 127.evil.example\r\n").contains("403"));
    assert!(local.get("/", "Host: localhost\r\n").contains("200 OK"));
}
