//! What is done around every request: a name for the log, a time-out, a line in the log, the header that says who we are.

use crate::House;
use crate::problem::Fault;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use safetalk_wire::PROTOCOL;
use safetalk_wire::http::PROTOCOL_HEADER;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::Instrument as _;
use uuid::Uuid;

/// A request that takes longer is given up; what it began in a ledger goes on to its end.
const LONGEST: Duration = Duration::from_secs(50);

pub async fn around(
    State(house): State<Arc<House>>,
    route: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let id = Uuid::new_v4();
    let method = request.method().clone();
    // The pattern, not the path: a path may hold an id, and what is no route may hold anything.
    let route = route.map_or_else(|| "none".to_owned(), |route| route.as_str().to_owned());
    let span = tracing::info_span!("request", %id);
    let answered = tokio::time::timeout(LONGEST, next.run(request).instrument(span.clone()));
    let mut response = match answered.await {
        Ok(response) => response,
        Err(_) => Fault::busy(5).into_response(),
    };
    let status = response.status().as_u16();
    let took = begun.elapsed();
    house.metrics.answered(&route, status, took);
    tracing::info!(
        parent: &span,
        %method,
        route,
        status,
        milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        "request answered"
    );
    let headers = response.headers_mut();
    headers.insert(
        HeaderName::from_static(PROTOCOL_HEADER),
        HeaderValue::from(PROTOCOL),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    response
}
