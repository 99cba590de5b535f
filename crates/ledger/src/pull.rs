//! Pull: pages of rows, one snapshot each.

use crate::work::holds;
use crate::{Error, Ledger};
use safetalk_domain::Kind;
use safetalk_wire::{
    LEAST_PROTOCOL, MOST_ROWS, NO_MARK, PullAnswer, PullRequest, Pulled, UpstreamError,
};

/// One member who may see everything: the only scope of a ledger inside the app.
const SCOPE: u32 = 1;

/// A device that is too old may not pull; it may always push.
pub fn least(request: &PullRequest) -> Result<(), UpstreamError> {
    if request.protocol < LEAST_PROTOCOL {
        return Err(UpstreamError::TooOld {
            least: LEAST_PROTOCOL,
        });
    }
    Ok(())
}

pub async fn page(ledger: &Ledger, request: &PullRequest) -> Result<PullAnswer, Error> {
    let ledger_now = ledger.time.now();
    let (head, mut view) = ledger.store.snapshot().await?;
    let upto = request.upto.unwrap_or(head.position);
    if !holds(view.as_mut(), &head, &request.known).await? || upto > head.position {
        return Ok(PullAnswer::ChangedHistory);
    }
    if let Some(answered) = &request.acknowledged
        && !holds(view.as_mut(), &head, answered).await?
    {
        return Ok(PullAnswer::ChangedHistory);
    }
    if request.known.epoch.is_some() && request.scope != SCOPE {
        return Ok(PullAnswer::ChangedScope { scope: SCOPE });
    }
    let limit = request.limit.clamp(1, MOST_ROWS) as usize;
    let mut found = Vec::new();
    for kind in Kind::ALL.iter().copied() {
        let after = match request.after {
            Some(after) if kind < after.kind => continue,
            Some(after) if kind == after.kind => Some(after),
            _ => None,
        };
        let room = limit - found.len();
        found.extend(
            view.page(kind, request.known.cursor, after, upto, room)
                .await?,
        );
        if found.len() == limit {
            break;
        }
    }
    let mark = if upto == head.position {
        head.mark
    } else {
        view.mark_of(upto).await?.unwrap_or(NO_MARK)
    };
    Ok(PullAnswer::Page(Pulled {
        done: found.len() < limit,
        rows: found,
        upto,
        mark,
        epoch: head.epoch,
        scope: SCOPE,
        ledger_now,
    }))
}
