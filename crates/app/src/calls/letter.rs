//! Messages as people know them: what goes in one mail is one message, however many notices it is made of.

use crate::api::act::Problem;
use crate::office::Office;
use safetalk_domain::*;

/// A counter says no more than this many.
const MOST: u32 = 500;

/// The notices of one mail, by the dates they tell of. Every other notice is a message of its own.
pub struct Letter {
    /// The one it is known by.
    pub first: Notice,
    /// The others in the same mail: a repetition's.
    pub with: Vec<Notice>,
}

/// Puts notices that went, or would go, in one mail together. The list keeps the order of the first of each.
pub fn letters(notices: Vec<Notice>) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::new();
    for notice in notices {
        match letters
            .iter_mut()
            .rev()
            .find(|letter| in_one_mail(&letter.first.facts, &notice.facts))
        {
            Some(letter) => letter.with.push(notice),
            None => letters.push(Letter {
                first: notice,
                with: Vec::new(),
            }),
        }
    }
    for letter in &mut letters {
        letter.with.push(letter.first.clone());
        letter.with.sort_by_key(date);
        letter.first = letter.with.remove(0);
    }
    letters
}

/// The notices that wait for the courier or are with it.
pub async fn waiting(office: &Office) -> Result<Vec<Notice>, Problem> {
    use NoticeState::{OnHold, Queued, Sending};
    let mut read = office.replica.read().await?;
    Ok(read.notices_in(&[OnHold, Queued, Sending], MOST).await?)
}

/// The notices of a clinic on a server that the server has not taken yet.
pub async fn not_handed_over(office: &Office) -> Result<Vec<Notice>, Problem> {
    let mut waiting = waiting(office).await?;
    let pending = office.replica.read().await?.pending(Kind::Notice).await?;
    waiting.retain(|notice| pending.contains(&notice.id.0));
    Ok(waiting)
}

/// How many messages they are.
pub fn how_many(notices: Vec<Notice>) -> u32 {
    u32::try_from(letters(notices).len()).unwrap_or(MOST)
}

/// What of one click stands in the same state for the same reason. What left is one mail only if it left at once.
fn in_one_mail(one: &NoticeFacts, other: &NoticeFacts) -> bool {
    one.channel == Channel::Email
        && one.goes_with(other)
        && (one.state, one.cause) == (other.state, other.cause)
        && (one.state.waits() || one.since == other.since)
}

fn date(notice: &Notice) -> (Option<Moment>, NoticeId) {
    (
        notice.facts.tells.as_ref().map(|tells| tells.at.start),
        notice.id,
    )
}
