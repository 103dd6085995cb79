//! A real browser, driven through its own debugging protocol over two pipes: pages as Chromium shows them, with its
//! accessibility tree, its keyboard and its printer.

use std::fs::File;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::machine;

/// A browser with one page.
pub struct Browser {
    child: Child,
    asks: File,
    answers: BufReader<File>,
    session: String,
    number: u64,
    _folder: TempDir,
}

impl Browser {
    /// Starts it, and opens a page.
    pub fn open(url: &str) -> Browser {
        machine::needs(&["chromium"]);
        let folder = TempDir::new().expect("a folder");
        let pipe = |name: &str| folder.path().join(name).display().to_string();
        let made = Command::new("mkfifo").args([pipe("in"), pipe("out")]).status();
        assert!(made.expect("mkfifo").success());
        let mut child = Command::new("bash")
            .arg("-c")
            .arg(
                "exec chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
                 --user-data-dir=\"$0/data\" --remote-debugging-pipe 3<\"$0/in\" 4>\"$0/out\"",
            )
            .arg(folder.path())
            .env("LANGUAGE", "en")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("bash");
        let asks = File::options().write(true).open(pipe("in")).expect("its input");
        let answers = BufReader::new(File::open(pipe("out")).expect("its output"));
        assert!(child.try_wait().expect("chromium").is_none(), "chromium did not start");
        let mut browser =
            Browser { child, asks, answers, session: String::new(), number: 0, _folder: folder };
        let target = browser.call("Target.createTarget", &json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = browser.call("Target.attachToTarget", &attach);
        browser.session.push_str(attached["sessionId"].as_str().expect("a session"));
        browser.go(url);
        browser
    }

    /// Opens another page.
    pub fn go(&mut self, url: &str) {
        self.call("Page.navigate", &json!({"url": url}));
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'");
    }

    /// Asks the browser something.
    pub fn call(&mut self, method: &str, params: &Value) -> Value {
        self.number += 1;
        let mut message = json!({"id": self.number, "method": method, "params": params});
        if !self.session.is_empty() {
            message["sessionId"] = self.session.clone().into();
        }
        self.asks.write_all(format!("{message}\0").as_bytes()).expect("asked");
        loop {
            let mut answer = Vec::new();
            assert_ne!(self.answers.read_until(0, &mut answer).expect("an answer"), 0, "chromium ended");
            answer.pop();
            let answer: Value = serde_json::from_slice(&answer).expect("json");
            if answer["id"] == self.number {
                assert_eq!(answer["error"], Value::Null, "{method}");
                return answer["result"].clone();
            }
        }
    }

    /// The value of an expression in the page.
    pub fn value(&mut self, expression: &str) -> Value {
        let ask = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let answer = self.call("Runtime.evaluate", &ask);
        assert_eq!(answer["exceptionDetails"], Value::Null, "{expression}");
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is true; answers how long that took.
    pub fn until(&mut self, expression: &str) -> Duration {
        let began = Instant::now();
        while self.value(&format!("!!({expression})")) != true {
            let shown = "document.body?.innerText";
            assert!(began.elapsed() < Duration::from_secs(60), "{expression}: {}", self.value(shown));
            std::thread::sleep(Duration::from_millis(20));
        }
        began.elapsed()
    }

    /// Presses a key.
    pub fn press(&mut self, key: &str, code: u32) {
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code});
            if key == "Enter" && kind == "keyDown" {
                event["text"] = "\r".into();
            }
            self.call("Input.dispatchKeyEvent", &event);
        }
    }

    /// What assistive software is told: role, name, and properties, without what it ignores.
    pub fn accessible(&mut self) -> Vec<Value> {
        let tree = self.call("Accessibility.getFullAXTree", &json!({}));
        let nodes = tree["nodes"].as_array().expect("nodes");
        nodes.iter().filter(|node| node["ignored"] == false).cloned().collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
