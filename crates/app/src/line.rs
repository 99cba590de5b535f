//! The line to a server: pushes after every action, pulls when the server says so, and gets itself back.

use crate::api::account::LineTrouble;
use crate::office::Office;
use safetalk_remote::{Change, Changes};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::Notify;

/// With nothing to do the two look at each other this often.
const TICK: Duration = Duration::from_secs(60);
/// While the server is out of reach, it is looked for first after this, then less and less often.
const FIRST_LOOK: Duration = Duration::from_secs(1);
/// And at least this often.
const LOOK: Duration = Duration::from_secs(30);
/// Where a person has to do something, somebody may have done it elsewhere.
const ASK_AGAIN: Duration = Duration::from_secs(600);
/// A busy server is left alone no longer than this.
const LONGEST_REST: Duration = Duration::from_secs(300);

/// Keeps a clinic in step with its server; ends with the office.
pub async fn keep_in_touch(office: Weak<Office>, stir: Arc<Notify>) {
    let mut events: Option<Changes> = None;
    let mut pause = Duration::ZERO;
    let mut look = FIRST_LOOK;
    loop {
        let change = tokio::select! {
            () = stir.notified() => None,
            change = next(&mut events) => change,
            () = tokio::time::sleep(pause) => None,
        };
        let Some(office) = office.upgrade() else {
            return;
        };
        let Some(there) = office.there().filter(|there| !there.is_closed()) else {
            return;
        };
        match change {
            Some(Change::Now(position)) => {
                if in_step_at(&office, position).await {
                    continue;
                }
            }
            Some(Change::Stopped(trouble)) => {
                // It has had its last word; a sync that succeeds opens another.
                events = None;
                if there.is(Some(trouble), office.now()) {
                    office.host.emit_changed(Default::default());
                }
                pause = LOOK;
                continue;
            }
            Some(Change::Look) | None => {}
        }
        let in_step = there.sync(&office).await;
        if in_step && events.is_none() {
            events = Some(there.remote().changes());
        }
        pause = match (in_step, there.trouble()) {
            (true, _) => TICK,
            // Whoever unlocks it tells nobody.
            (false, Some((LineTrouble::Keychain, _))) => LOOK,
            (false, Some((_, true))) => ASK_AGAIN,
            (false, _) => there
                .busy_for()
                .map_or(look, |seconds| Duration::from_secs(seconds.into()))
                .min(LONGEST_REST),
        };
        look = if in_step {
            FIRST_LOOK
        } else {
            (look * 2).min(LOOK)
        };
        office.tidy().await;
    }
}

/// The next reason to pull; none comes where there is no line.
async fn next(events: &mut Option<Changes>) -> Option<Change> {
    match events {
        Some(changes) => {
            let change = changes.next().await;
            if change.is_none() {
                *events = None;
            }
            change
        }
        None => std::future::pending().await,
    }
}

/// Whether this computer has all up to there already, and nothing to send: its own push was the news.
async fn in_step_at(office: &Office, position: i64) -> bool {
    if office
        .there()
        .is_some_and(|there| there.trouble().is_some())
    {
        return false;
    }
    let (status, waiting) = (
        office.replica.status().await,
        office.replica.waiting().await,
    );
    matches!(
        (status, waiting),
        (Ok(status), Ok(waiting)) if status.cursor >= position && waiting.actions == 0
    )
}
