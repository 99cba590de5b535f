//! Numbers for the operator, in Prometheus' text. Labels are routes and statuses, never an id, an address or a name.

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::time::Duration;

type Labels = Vec<(&'static str, String)>;

/// What is counted.
pub struct Metrics {
    registry: Registry,
    requests: Family<Labels, Counter>,
    seconds: Family<Labels, Histogram>,
    /// Lines of events that are open.
    pub lines: Gauge,
    /// Ledgers that are open.
    pub ledgers: Gauge,
    /// Intents that were answered.
    pub intents: Counter,
}

impl Metrics {
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("safetalk");
        let requests = Family::<Labels, Counter>::default();
        let seconds = Family::<Labels, Histogram>::new_with_constructor(|| {
            Histogram::new(exponential_buckets(0.001, 2.0, 16))
        });
        let (lines, ledgers, intents) = (Gauge::default(), Gauge::default(), Counter::default());
        registry.register("requests", "Requests answered", requests.clone());
        registry.register(
            "request_seconds",
            "Time from a request to its answer",
            seconds.clone(),
        );
        registry.register("event_lines", "Open lines of events", lines.clone());
        registry.register("open_ledgers", "Open ledgers", ledgers.clone());
        registry.register("intents", "Intents answered", intents.clone());
        Self {
            registry,
            requests,
            seconds,
            lines,
            ledgers,
            intents,
        }
    }

    pub fn answered(&self, route: &str, status: u16, took: Duration) {
        self.requests
            .get_or_create(&vec![
                ("route", route.to_owned()),
                ("status", status.to_string()),
            ])
            .inc();
        self.seconds
            .get_or_create(&vec![("route", route.to_owned())])
            .observe(took.as_secs_f64());
    }

    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
