//! Pull: pages of rows, one snapshot each, as far as whoever pulls may see them.

use crate::links::{held, sight};
use crate::store::View;
use crate::work::holds;
use crate::{Error, Ledger};
use safetalk_domain::sight::{Seen, Sight};
use safetalk_domain::{Kind, MemberId, Position};
use safetalk_wire::{
    After, LEAST_PROTOCOL, MOST_ROWS, NO_MARK, PROJECTED_PROTOCOL, PullAnswer, PullRequest, Pulled,
    Rows, UpstreamError,
};

/// The scope of whoever keeps the ledger itself.
const WHOLE: u32 = 1;
/// The most rows that are looked at for one page. What nobody may see would otherwise hold up an answer without end.
const MOST_LOOKED_AT: usize = 20 * MOST_ROWS as usize;

/// A device that is too old may not pull; it may always push.
pub fn least(request: &PullRequest) -> Result<(), UpstreamError> {
    if request.protocol < LEAST_PROTOCOL {
        return Err(UpstreamError::TooOld {
            least: LEAST_PROTOCOL,
        });
    }
    Ok(())
}

/// A page for `viewer`, or of every row as it is kept. `None` for a device that does not know rows that are gone, where
/// some may be.
pub async fn page(
    ledger: &Ledger,
    request: &PullRequest,
    viewer: Option<MemberId>,
) -> Result<Option<PullAnswer>, Error> {
    let ledger_now = ledger.time.now();
    let (head, mut view) = ledger.store.snapshot().await?;
    let view = view.as_mut();
    let upto = request.upto.unwrap_or(head.position);
    if !holds(view, &head, &request.known).await? || upto > head.position {
        return Ok(Some(PullAnswer::ChangedHistory));
    }
    if let Some(answered) = &request.acknowledged
        && !holds(view, &head, answered).await?
    {
        return Ok(Some(PullAnswer::ChangedHistory));
    }
    let (sight, scope) = match viewer {
        None => (Sight::WHOLE, WHOLE),
        Some(member) => {
            let (sight, since) = sight(view, member).await?;
            (sight, u32::try_from(since).unwrap_or(u32::MAX))
        }
    };
    if !sight.is_whole() && request.protocol < PROJECTED_PROTOCOL {
        return Ok(None);
    }
    // Pages of one pass are seen with the same eyes, those of a first one too.
    let goes_on = request.known.epoch.is_some() || request.after.is_some();
    if goes_on && request.scope != scope {
        return Ok(Some(PullAnswer::ChangedScope { scope }));
    }
    let mut page = Page {
        // Whoever knows nothing holds nothing that could be gone.
        gone_too: request.known.cursor > 0,
        limit: request.limit.clamp(1, MOST_ROWS) as usize,
        sight,
        rows: Vec::new(),
        gone: Vec::new(),
        looked_at: 0,
    };
    let next = page.fill(view, request, upto).await?;
    let mark = if upto == head.position {
        head.mark
    } else {
        view.mark_of(upto).await?.unwrap_or(NO_MARK)
    };
    Ok(Some(PullAnswer::Page(Pulled {
        done: next.is_none(),
        rows: page.rows,
        gone: page.gone,
        next,
        upto,
        mark,
        epoch: head.epoch,
        scope,
        ledger_now,
    })))
}

/// A page while it is being filled.
struct Page {
    sight: Sight,
    gone_too: bool,
    limit: usize,
    rows: Rows,
    gone: Vec<After>,
    looked_at: usize,
}

impl Page {
    /// Fills it. The last row that was looked at, if others may come after it.
    async fn fill(
        &mut self,
        view: &mut dyn View,
        request: &PullRequest,
        upto: Position,
    ) -> Result<Option<After>, Error> {
        for kind in Kind::ALL.iter().copied() {
            let mut after = match request.after {
                Some(after) if kind < after.kind => continue,
                Some(after) if kind == after.kind => Some(after),
                _ => None,
            };
            // What is not seen is not known before it was looked at.
            let whole = self.sight.is_whole();
            loop {
                let take = self.limit - if whole { self.rows.len() } else { 0 };
                let found = view
                    .page(kind, request.known.cursor, after, upto, take)
                    .await?;
                let all = found.len() < take;
                after = found
                    .last()
                    .map(|(position, row)| After::of(*position, row));
                if let Some(last) = self.add(view, found).await? {
                    return Ok(Some(last));
                }
                if all {
                    break;
                }
            }
        }
        Ok(None)
    }

    /// Adds what is seen of these rows. The last one that was looked at, once the page is full.
    async fn add(&mut self, view: &mut dyn View, found: Rows) -> Result<Option<After>, Error> {
        let held = held(view, &self.sight, found.iter().map(|(_, row)| row.about())).await?;
        for (position, row) in found {
            let at = After::of(position, &row);
            let subject = row.about().subject();
            let held = subject.and_then(|subject| held.get(&subject).copied());
            match self.sight.project(row, held.unwrap_or_default()) {
                Seen::Row(row) => self.rows.push((position, row)),
                Seen::Gone if self.gone_too => self.gone.push(at),
                Seen::Gone | Seen::Nothing => {}
            }
            self.looked_at += 1;
            if self.rows.len() + self.gone.len() == self.limit || self.looked_at >= MOST_LOOKED_AT {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }
}
