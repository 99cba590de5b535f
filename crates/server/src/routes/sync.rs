//! Push and pull.

use crate::House;
use crate::door::Signed;
use crate::problem::Fault;
use axum::Json;
use axum::extract::State;
use safetalk_domain::intent::Actor;
use safetalk_wire::http::{Code, MOST_PUSH_BYTES, Problem};
use safetalk_wire::{PullAnswer, PullRequest, PushAnswer, PushRequest, Upstream as _};
use std::sync::Arc;

/// Signed. Intents up, verdicts down: `PushRequest` and `PushAnswer` of crates/wire.
#[utoipa::path(post, path = "/v1/push", request_body = Object,
    responses((status = 200, body = Object), (status = "4XX", body = Problem)))]
pub async fn push(
    State(house): State<Arc<House>>,
    asked: Signed<PushRequest, MOST_PUSH_BYTES>,
) -> Result<Json<PushAnswer>, Fault> {
    let (who, ledger, request) = (asked.who, asked.ledger, asked.body);
    let own = Actor::Member(who.seat.member);
    // The nil device is the courier's.
    if request.device.uuid().is_nil() || request.batch.iter().any(|n| n.intent.actor != own) {
        return Err(Fault::of(Code::NotAllowed));
    }
    let state = Arc::clone(&house);
    house
        .to_the_end(async move {
            // Another computer counts under this name: the file was copied, and takes a name of its own.
            let accounts = &state.accounts;
            let clinic = who.seat.clinic;
            if !accounts
                .may_count_as(clinic, who.computer, request.device)
                .await?
            {
                return Ok(Json(PushAnswer::Fork));
            }
            let answer = ledger.push(request).await?;
            if let PushAnswer::Answered { verdicts, .. } = &answer {
                state.metrics.intents.inc_by(verdicts.len() as u64);
                state.post.stir(clinic);
            }
            Ok(Json(answer))
        })
        .await?
}

/// Signed. Rows down, as far as the member of the token may see them: `PullRequest` and `PullAnswer` of crates/wire.
#[utoipa::path(post, path = "/v1/pull", request_body = Object,
    responses((status = 200, body = Object), (status = "4XX", body = Problem)))]
pub async fn pull(
    State(house): State<Arc<House>>,
    asked: Signed<PullRequest>,
) -> Result<Json<PullAnswer>, Fault> {
    let (ledger, request) = (asked.ledger.seen_by(asked.who.seat.member), asked.body);
    let answer = house
        .to_the_end(async move { ledger.pull(request).await })
        .await??;
    Ok(Json(answer))
}
