//! The line of events: where the history stands, and nothing else.

use crate::House;
use crate::door::Signed;
use crate::house::closed;
use crate::problem::Fault;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use prometheus_client::metrics::gauge::Gauge;
use safetalk_domain::Position;
use safetalk_wire::http::Problem;
use serde_json::json;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// A sign of life for proxies and for who listens.
const ALIVE_EVERY: Duration = Duration::from_secs(15);
/// A line ends so long after its token did, at most.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// Signed. Server-sent events `{"position": n}`; data always comes by pull.
#[utoipa::path(get, path = "/v1/changes",
    responses((status = 200, content_type = "text/event-stream"), (status = "4XX", body = Problem)))]
pub async fn changes(
    State(house): State<Arc<House>>,
    asked: Signed<()>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Fault> {
    // Whoever looks at a clinic is shown what came too late in it, also where nothing else happens.
    house.post.stir(asked.who.seat.clinic);
    let mut positions = asked.ledger.subscribe();
    // The first event comes at once: what happened before the line stood is pulled then.
    positions.mark_changed();
    let line = Line {
        positions,
        closing: house.closing.subscribe(),
        token: asked.token,
        look_again: Instant::now() + LOOK_AGAIN,
        _counted: Counted::new(house.metrics.lines.clone()),
        house,
    };
    let events = futures_util::stream::unfold(line, |mut line| async move {
        let position = line.next().await?;
        let event = Event::default().data(json!({ "position": position }).to_string());
        Some((Ok(event), line))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE_EVERY)))
}

struct Line {
    house: Arc<House>,
    positions: watch::Receiver<Position>,
    closing: watch::Receiver<bool>,
    token: String,
    look_again: Instant,
    _counted: Counted,
}

impl Line {
    /// The next position; none when the server drains or the token is not good any more.
    async fn next(&mut self) -> Option<Position> {
        loop {
            tokio::select! {
                () = closed(&mut self.closing) => return None,
                changed = self.positions.changed() => {
                    changed.ok()?;
                    return Some(*self.positions.borrow_and_update());
                }
                () = tokio::time::sleep_until(self.look_again) => {
                    self.look_again = Instant::now() + LOOK_AGAIN;
                    let now = self.house.now();
                    self.house.accounts.bearer(&self.token, now).await.ok()?;
                }
            }
        }
    }
}

/// Counts an open line for as long as it lives.
struct Counted(Gauge);

impl Counted {
    fn new(lines: Gauge) -> Self {
        lines.inc();
        Self(lines)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}
