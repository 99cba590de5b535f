//! Ledgers behind a bad line.

use async_trait::async_trait;
use safetalk_ledger::Ledger;
use safetalk_wire::*;
use std::sync::{Arc, Mutex};

/// What happens to the next call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// It goes through.
    Good,
    /// It never arrives.
    Down,
    /// It arrives, and its answer is lost.
    AnswerLost,
    /// It arrives twice, as after a repeated request.
    Twice,
}

/// A ledger behind a line whose next calls are decided by the test. Good when none is left.
pub struct Bad {
    pub ledger: Arc<dyn Upstream>,
    pub pushes: Mutex<Vec<Line>>,
    pub pulls: Mutex<Vec<Line>>,
    /// The most rows of a page.
    pub page: u32,
}

impl Bad {
    pub fn new(ledger: &Ledger, pushes: &[Line], pulls: &[Line]) -> Self {
        Self::before(ledger.clone(), pushes, pulls)
    }

    pub fn before(ledger: impl Upstream + 'static, pushes: &[Line], pulls: &[Line]) -> Self {
        Self {
            ledger: Arc::new(ledger),
            pushes: Mutex::new(pushes.to_vec()),
            pulls: Mutex::new(pulls.to_vec()),
            page: MOST_ROWS,
        }
    }
}

fn next(lines: &Mutex<Vec<Line>>) -> Line {
    let mut lines = lines.lock().expect("no test panics while it holds a line");
    if lines.is_empty() {
        Line::Good
    } else {
        lines.remove(0)
    }
}

fn cut() -> UpstreamError {
    UpstreamError::OutOfReach("the line was cut".into())
}

#[async_trait]
impl Upstream for Bad {
    async fn push(&self, request: PushRequest) -> Result<PushAnswer, UpstreamError> {
        match next(&self.pushes) {
            Line::Good => self.ledger.push(request).await,
            Line::Down => Err(cut()),
            Line::AnswerLost => {
                self.ledger.push(request).await?;
                Err(cut())
            }
            Line::Twice => {
                self.ledger.push(request.clone()).await?;
                self.ledger.push(request).await
            }
        }
    }

    async fn pull(&self, mut request: PullRequest) -> Result<PullAnswer, UpstreamError> {
        request.limit = request.limit.min(self.page);
        match next(&self.pulls) {
            Line::Good => self.ledger.pull(request).await,
            Line::Down => Err(cut()),
            Line::AnswerLost => {
                self.ledger.pull(request).await?;
                Err(cut())
            }
            Line::Twice => {
                self.ledger.pull(request.clone()).await?;
                self.ledger.pull(request).await
            }
        }
    }
}
