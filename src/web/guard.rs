//! Who may look: on the machine's own addresses anybody there, from elsewhere only who has the room's token. Only a
//! checksum of it is kept.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::Response;
use sha2::Digest;
use sha2::Sha256;

use crate::error::Error;
use crate::error::Result;
use crate::text::say;

/// The cookie that carries the token once it was shown.
const COOKIE: &str = "docker-lab";

/// What the page may do: use what this server serves, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The rule of who may look.
pub(crate) enum Guard {
    /// Only this machine: a name that merely leads here is refused.
    Loopback,
    /// Whoever has the token with this checksum.
    Token(String),
}

/// A new token: 128 random bits.
pub(crate) fn new_token() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        Error::environment(say!("pas de hasard sur cette machine", "no randomness on this machine"))
            .because(error)
    })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The checksum of a token.
pub(crate) fn sum(token: &str) -> String {
    Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Lets a request through, or not; and tells browsers what the page may do.
pub(super) async fn check(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let mut answer = match guard.verdict(&request) {
        Verdict::Welcome => next.run(request).await,
        Verdict::Introduced(cookie) => {
            let headers = [(header::LOCATION, "/".to_owned()), (header::SET_COOKIE, cookie)];
            (StatusCode::SEE_OTHER, headers, Body::empty()).into_response()
        }
        Verdict::Refused => (StatusCode::FORBIDDEN, "403\n").into_response(),
    };
    let headers = answer.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

enum Verdict {
    Welcome,
    /// The token stood in the address: it goes into a cookie, and out of the history.
    Introduced(String),
    Refused,
}

impl Guard {
    fn verdict(&self, request: &Request) -> Verdict {
        let headers = request.headers();
        let known = match self {
            Guard::Loopback => {
                return if is_here(headers) { Verdict::Welcome } else { Verdict::Refused };
            }
            Guard::Token(known) => known,
        };
        let query = request.uri().query().unwrap_or_default();
        let shown = query.split('&').find_map(|part| part.strip_prefix("token="));
        if let Some(token) = shown {
            let cookie = format!("{COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/");
            return if sum(token) == *known { Verdict::Introduced(cookie) } else { Verdict::Refused };
        }
        let bearer = text(headers, &header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        let cookie = text(headers, &header::COOKIE).into_iter().flat_map(|all| all.split("; "));
        let cookie = cookie.filter_map(|one| one.strip_prefix(COOKIE)?.strip_prefix('='));
        let held = bearer.into_iter().chain(cookie).any(|token| sum(token) == *known);
        if held { Verdict::Welcome } else { Verdict::Refused }
    }
}

/// Whether the browser meant this machine by one of its own names: another name that leads here is somebody's trick.
fn is_here(headers: &HeaderMap) -> bool {
    let host = text(headers, &header::HOST).unwrap_or_default();
    let name = host.strip_prefix('[').map_or_else(
        || host.split(':').next().unwrap_or_default(),
        |rest| rest.split(']').next().unwrap_or_default(),
    );
    name == "localhost"
        || name == "::1"
        || name.starts_with("127.") && name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
