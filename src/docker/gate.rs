//! The one place that every request to the daemon passes: it can be told as it goes by, and while a check looks, only
//! what changes nothing of the learner's goes through.

use std::time::Instant;

use bollard::BollardRequest;
use bollard::Docker;
use http::Method;
use http::Uri;
use http::uri::PathAndQuery;

use crate::docker::owner;

/// Where a request is told: a line each.
pub(crate) type Teller = fn(&str);

/// An API version that no daemon speaks: it answers with an error, and does nothing.
const REFUSED: &str = "/v99.99/refused-by-docker-lab";

/// See the module.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gate {
    teller: Option<Teller>,
    began: Instant,
    looking: bool,
}

impl Gate {
    /// One that lets everything through.
    pub(super) fn open(teller: Option<Teller>, began: Instant) -> Gate {
        Gate { teller, began, looking: false }
    }

    /// One that lets only looking through.
    pub(super) fn looking(self) -> Gate {
        Gate { looking: true, ..self }
    }

    /// A client whose requests pass here.
    pub(super) fn before(self, api: Docker) -> Docker {
        api.with_request_modifier(move |request| self.pass(request))
    }

    /// Tells a request, and turns away one that has no business in a check.
    pub(super) fn pass(&self, mut request: BollardRequest) -> BollardRequest {
        let allowed = !self.looking || allows(request.method(), request.uri());
        if let Some(tell) = self.teller {
            let at = self.began.elapsed().as_secs_f64();
            let whole = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
            let word = if allowed { "" } else { " REFUSED" };
            tell(&format!("{at:8.3} s  {} {whole}{word}", request.method()));
        }
        if !allowed {
            let mut parts = request.uri().clone().into_parts();
            parts.path_and_query = Some(PathAndQuery::from_static(REFUSED));
            *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
        }
        request
    }
}

/// Whether a request is a read, or concerns a scratch container of ours alone. A command inside a learner's container
/// is the tunnel to its server, which reads in a read-only transaction.
fn allows(method: &Method, uri: &Uri) -> bool {
    let path: Vec<&str> = uri.path().trim_start_matches('/').split('/').collect();
    let named =
        |query: &str| query.split('&').filter_map(|pair| pair.strip_prefix("name=")).any(owner::is_scratch);
    match (method.as_str(), path.as_slice()) {
        ("GET" | "HEAD", _) | ("POST", ["containers", _, "exec"] | ["exec", _, "start"]) => true,
        ("POST", ["containers", "create"]) => uri.query().is_some_and(named),
        ("POST", ["containers", name, "start" | "wait"])
        | ("PUT", ["containers", name, "archive"])
        | ("DELETE", ["containers", name]) => owner::is_scratch(name),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_reads_and_touches_its_own_scratch_containers_alone() {
        let allowed = |method: &str, uri: &'static str| {
            allows(&method.parse().expect("a method"), &Uri::from_static(uri))
        };
        assert!(allowed("GET", "/containers/json?all=true"));
        assert!(allowed("POST", "/containers/create?name=docker-lab-scratch-0"));
        assert!(allowed("DELETE", "/containers/docker-lab-scratch-0?force=true&v=true"));
        assert!(!allowed("POST", "/containers/create?name=postgres_main"));
        assert!(!allowed("POST", "/containers/postgres_main/stop"));
        assert!(!allowed("DELETE", "/containers/postgres_main"));
        assert!(!allowed("DELETE", "/volumes/postgres_data"));
        assert!(!allowed("POST", "/volumes/prune"));
        assert!(!allowed("PUT", "/containers/postgres_main/archive?path=/"));
    }
}
