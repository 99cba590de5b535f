//! The line between a device and its ledger: what becomes of each call is part of the story.

use super::faults::Fault;
use async_trait::async_trait;
use safetalk_domain::{Body, IntentId, Row, Session};
use safetalk_ledger::Ledger;
use safetalk_wire::*;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes through.
    Good,
    /// It never arrives.
    Down,
    /// It arrives, and its answer is lost.
    AnswerLost,
    /// It arrives twice.
    Twice,
    /// It arrives after everything else, when nobody waits for it any more.
    Late,
}

/// Verdicts by the numbers under which devices sent their intents: what only [`Fault::DedupeByNumber`] goes by.
pub type ByNumber = BTreeMap<(uuid::Uuid, i64), Outcome>;

/// A ledger at the other end of a line.
pub struct Line<'s> {
    /// What its calls go to.
    pub to: Arc<dyn Upstream>,
    /// What only planted faults look into.
    pub ledger: &'s Ledger,
    /// What becomes of the next calls; good when none is left.
    pub fates: Mutex<VecDeque<Fate>>,
    /// What is still on its way.
    pub late: &'s Mutex<Vec<PushRequest>>,
    /// The most rows of a page.
    pub page: u32,
    pub fault: Option<Fault>,
    pub by_number: &'s Mutex<ByNumber>,
}

fn cut() -> UpstreamError {
    UpstreamError::OutOfReach("the line was cut".into())
}

impl Line<'_> {
    fn fate(&self) -> Fate {
        self.fates.lock().unwrap().pop_front().unwrap_or(Fate::Good)
    }

    /// What a device says of the history, as a ledger that compares nothing would take it.
    async fn believed(&self, known: Known) -> Result<Known, UpstreamError> {
        if self.fault != Some(Fault::NoHistory) || known.epoch.is_none() {
            return Ok(known);
        }
        let head = self.ledger.head().await?;
        let at = known.cursor.min(head.position);
        // Its own answer to a pull from there says what the mark is.
        let asked = PullRequest {
            protocol: PROTOCOL,
            device: safetalk_domain::DeviceId(uuid::Uuid::nil()),
            known: Known::NOTHING,
            acknowledged: None,
            scope: 0,
            upto: Some(at),
            after: None,
            limit: 1,
        };
        match self.ledger.pull(asked).await? {
            PullAnswer::Page(page) => Ok(Known {
                epoch: Some(page.epoch),
                cursor: at,
                mark: page.mark,
            }),
            PullAnswer::ChangedHistory | PullAnswer::ChangedScope { .. } => Ok(known),
        }
    }

    async fn carry(&self, mut request: PushRequest) -> Result<PushAnswer, UpstreamError> {
        match self.fault {
            Some(Fault::NoHistory) => {
                request.known = self.believed(request.known).await?;
                request.acknowledged_n = 0;
            }
            Some(Fault::LastWriterWins) => {
                for one in &mut request.batch {
                    self.as_it_stands(&mut one.intent.body).await?;
                }
            }
            Some(Fault::DedupeByNumber) => return self.by_number(request).await,
            _ => {}
        }
        self.to.push(request).await
    }

    /// Takes the guard out of what is wanted: it is whatever holds already.
    async fn as_it_stands(&self, body: &mut Body) -> Result<(), UpstreamError> {
        let (id, guard) = match body {
            Body::RescheduleSession(b) => (b.session, &mut b.guard),
            Body::ModifyDuration(b) => (b.session, &mut b.guard),
            _ => return Ok(()),
        };
        if let Some(session) = self.ledger.row::<Session>(id).await? {
            *guard = session.facts.guard();
        }
        Ok(())
    }

    async fn by_number(&self, request: PushRequest) -> Result<PushAnswer, UpstreamError> {
        let known = |n: i64| {
            let table = self.by_number.lock().unwrap();
            table.get(&(request.device.0, n)).cloned()
        };
        let old: Vec<Option<Outcome>> = request.batch.iter().map(|one| known(one.n)).collect();
        if old.iter().all(Option::is_some) {
            let head = self.ledger.head().await?;
            let said = request.batch.iter().zip(old).filter_map(|(one, outcome)| {
                Some(Verdict {
                    intent: one.intent.id,
                    outcome: outcome?,
                    position: head.position,
                })
            });
            let verdicts = said.collect();
            return Ok(PushAnswer::Answered { verdicts, head });
        }
        let numbers: BTreeMap<IntentId, i64> = request
            .batch
            .iter()
            .map(|one| (one.intent.id, one.n))
            .collect();
        let device = request.device.0;
        let answer = self.ledger.push(request).await?;
        if let PushAnswer::Answered { verdicts, .. } = &answer {
            let mut table = self.by_number.lock().unwrap();
            for verdict in verdicts {
                let n = numbers[&verdict.intent];
                table.insert((device, n), verdict.outcome.clone());
            }
        }
        Ok(answer)
    }

    async fn fetch(&self, mut request: PullRequest) -> Result<PullAnswer, UpstreamError> {
        request.known = self.believed(request.known).await?;
        let mut answer = self.to.pull(request).await?;
        if self.fault == Some(Fault::SequenceAsCursor)
            && let PullAnswer::Page(page) = &mut answer
            && page.done
        {
            // The last position stands for one that commits after it was passed over.
            let (upto, rows) = (page.upto, &mut page.rows);
            rows.retain(|(position, row)| {
                *position != upto || upto % 3 != 0 || matches!(row, Row::Clinic(_))
            });
        }
        Ok(answer)
    }
}

#[async_trait]
impl Upstream for Line<'_> {
    async fn push(&self, request: PushRequest) -> Result<PushAnswer, UpstreamError> {
        match self.fate() {
            Fate::Good => self.carry(request).await,
            Fate::Down => Err(cut()),
            Fate::AnswerLost => {
                self.carry(request).await?;
                Err(cut())
            }
            Fate::Twice => {
                self.carry(request.clone()).await?;
                self.carry(request).await
            }
            Fate::Late => {
                self.late.lock().unwrap().push(request);
                Err(cut())
            }
        }
    }

    async fn pull(&self, mut request: PullRequest) -> Result<PullAnswer, UpstreamError> {
        request.limit = request.limit.min(self.page);
        match self.fate() {
            Fate::Good | Fate::Late => self.fetch(request).await,
            Fate::Down => Err(cut()),
            Fate::AnswerLost => {
                self.fetch(request).await?;
                Err(cut())
            }
            Fate::Twice => {
                self.fetch(request.clone()).await?;
                self.fetch(request).await
            }
        }
    }
}
