//! Times and their table row.

use anyhow::Result;
use std::fmt;
use std::time::{Duration, Instant};

/// One line of the table.
pub struct Row {
    sessions: u32,
    what: &'static str,
    median: Duration,
    p99: Duration,
}

/// Does `work` so many times, after one round that is not counted.
pub async fn measure(
    sessions: u32,
    what: &'static str,
    rounds: usize,
    work: impl AsyncFnMut(usize) -> Result<()>,
) -> Result<Row> {
    measure_apart(sessions, what, rounds, work, async || Ok(())).await
}

/// The same; `between` runs after every round and is not counted.
pub async fn measure_apart(
    sessions: u32,
    what: &'static str,
    rounds: usize,
    mut work: impl AsyncFnMut(usize) -> Result<()>,
    mut between: impl AsyncFnMut() -> Result<()>,
) -> Result<Row> {
    work(0).await?;
    let mut times = Vec::with_capacity(rounds);
    for n in 1..=rounds {
        let begun = Instant::now();
        work(n).await?;
        times.push(begun.elapsed());
        between().await?;
    }
    times.sort_unstable();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    Ok(Row {
        sessions,
        what,
        median: at(50),
        p99: at(99),
    })
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
        write!(
            f,
            "| {} | {} | {:.2} ms | {:.2} ms |",
            self.sessions,
            self.what,
            ms(self.median),
            ms(self.p99)
        )
    }
}
