//! Undo: an ordinary action that takes another back.

use crate::api::act::{Problem, UndoRequest, Undone};
use crate::office::{Office, Undoable};
use safetalk_domain::{IntentId, Notice, NoticeState};
use std::sync::PoisonError;

/// `act.undo`.
pub async fn undo(office: &Office, request: UndoRequest) -> Result<Undone, Problem> {
    let Some(undoable) = find(office, request.intent) else {
        return Ok(Undone::Nothing);
    };
    if !request.told_is_known && client_knows(office, &undoable).await? {
        return Ok(Undone::ClientKnows);
    }
    let acted = office.act_undoing(undoable.intent, undoable.by).await?;
    let mut stack = office.undo.lock().unwrap_or_else(PoisonError::into_inner);
    stack.retain(|other| other.intent != undoable.intent);
    Ok(Undone::Done { acted })
}

fn find(office: &Office, intent: Option<IntentId>) -> Option<Undoable> {
    let stack = office.undo.lock().unwrap_or_else(PoisonError::into_inner);
    match intent {
        None => stack.last().cloned(),
        Some(intent) => stack
            .iter()
            .find(|undoable| undoable.intent == intent)
            .cloned(),
    }
}

/// Whether a message of that action has gone, or may have.
async fn client_knows(office: &Office, undoable: &Undoable) -> Result<bool, Problem> {
    let notices = office
        .replica
        .read()
        .await?
        .many::<Notice>(&undoable.notices)
        .await?;
    Ok(notices.iter().any(|notice| {
        matches!(
            notice.facts.state,
            NoticeState::Sending | NoticeState::Sent | NoticeState::Uncertain
        )
    }))
}
