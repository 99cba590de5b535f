//! Push: a batch in one transaction.

use crate::execute::execute;
use crate::work::Work;
use crate::{Error, Ledger};
use safetalk_domain::{Clock, Moment};
use safetalk_wire::{MOST_INTENTS, Numbered, PushAnswer, PushRequest};

pub async fn push(ledger: &Ledger, request: PushRequest) -> Result<PushAnswer, Error> {
    let now = ledger.time.now();
    // The lock is taken before anything is read: one order for everyone, no check that a commit can overtake.
    let mut work = Work::begin(&*ledger.store, request.device.uuid(), now).await?;
    if !work.holds(&request.known).await? || work.last_n() < request.acknowledged_n {
        return Ok(PushAnswer::ChangedHistory { head: work.head });
    }
    let batch = &request.batch[..request.batch.len().min(MOST_INTENTS)];
    work.remember(batch.iter().map(|one| (one.n, &one.intent)))
        .await?;
    let mut verdicts = Vec::with_capacity(batch.len());
    for numbered in batch {
        let expected_n = work.last_n() + 1;
        if numbered.n > expected_n {
            return Ok(PushAnswer::Gap { expected_n });
        }
        let verdict = match work.verdict_of(numbered.intent.id) {
            Some(_) if work.is_another(numbered.n, numbered.intent.id) => {
                return Ok(PushAnswer::Fork);
            }
            Some(verdict) => verdict.clone(),
            None if numbered.n < expected_n => return Ok(PushAnswer::Fork),
            None => {
                let clock = Clock {
                    made_at: clamp(numbered, now),
                    now,
                };
                execute(&mut work, numbered.n, &numbered.intent, &clock).await?
            }
        };
        work.count(numbered.n);
        verdicts.push(verdict);
    }
    let head = ledger.commit(work).await?;
    Ok(PushAnswer::Answered { verdicts, head })
}

/// The click's time, as far as the ledger's own times allow it: not before the device's last pull, not in the future.
fn clamp(numbered: &Numbered, now: Moment) -> Moment {
    numbered
        .intent
        .made_at
        .max(numbered.pulled_at.unwrap_or(Moment(i64::MIN)))
        .min(now)
}
