//! The room as a web page on the trainer's machine: the sheet, updated as things happen. It only shows; there is nothing
//! to change through it. The only home of axum.

mod guard;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Query;
use axum::extract::State;
use axum::http::header;
use axum::middleware;
use axum::response::IntoResponse;
use axum::response::Sse;
use axum::response::sse::Event;
use axum::response::sse::KeepAlive;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch::Receiver;

use crate::class::Sheet;
use crate::error::Error;
use crate::error::Result;
use crate::report;
use crate::text::Lang;
use crate::text::say;

pub(crate) use guard::Guard;
pub(crate) use guard::new_token;
pub(crate) use guard::sum;

const SCRIPT: &str = include_str!("app.js");

/// What the pages are made of.
#[derive(Clone)]
struct Site {
    sheet: Receiver<Sheet>,
    lang: Lang,
}

/// Serves the sheet until the program ends.
pub(crate) async fn serve(
    listener: TcpListener,
    sheet: Receiver<Sheet>,
    lang: Lang,
    guard: Guard,
) -> Result<()> {
    let site = Router::new()
        .route("/", get(page))
        .route("/events", get(events))
        .route("/sheet.json", get(json))
        .route(
            "/app.js",
            get(|| async { ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT) }),
        )
        .route(
            "/app.css",
            get(|| async {
                (
                    [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
                    [report::SHEET_STYLE, report::MAP_STYLE].concat(),
                )
            }),
        )
        .with_state(Site { sheet, lang })
        .layer(middleware::from_fn_with_state(Arc::new(guard), guard::check));
    axum::serve(listener, site).await.map_err(|error| {
        Error::environment(say!("la page ne peut plus être servie", "the page can no longer be served"))
            .because(error)
    })
}

impl Site {
    /// The language that a page asks for with `?lang=`.
    fn lang(&self, query: &BTreeMap<String, String>) -> Lang {
        query.get("lang").and_then(|lang| Lang::from_locale(lang)).unwrap_or(self.lang)
    }
}

async fn page(State(site): State<Site>, Query(query): Query<BTreeMap<String, String>>) -> impl IntoResponse {
    let lang = site.lang(&query);
    let page = report::sheet_live_page(&site.sheet.borrow(), lang);
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page)
}

async fn json(State(site): State<Site>, Query(query): Query<BTreeMap<String, String>>) -> impl IntoResponse {
    let text = report::sheet_json(&site.sheet.borrow(), site.lang(&query)).unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], text)
}

/// The sheet now, and again whenever it changes.
async fn events(
    State(site): State<Site>,
    Query(query): Query<BTreeMap<String, String>>,
) -> impl IntoResponse {
    let lang = site.lang(&query);
    let mut sheet = site.sheet.clone();
    sheet.mark_changed();
    let stream = futures_util::stream::unfold(sheet, move |mut sheet| async move {
        sheet.changed().await.ok()?;
        let part = report::sheet_part(&sheet.borrow_and_update(), lang);
        Some((Ok::<_, Infallible>(Event::default().event("sheet").data(part)), sheet))
    });
    Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}
