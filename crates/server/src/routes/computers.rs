//! The computers that are or were signed in.

use super::Done;
use crate::House;
use crate::door::Signed;
use crate::problem::Fault;
use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use safetalk_domain::{Grant, Member, MemberId};
use safetalk_wire::http::{Code, Computer, Problem, Revoke};
use std::sync::Arc;
use uuid::Uuid;

/// Signed. One's own computers; the whole clinic's for who manages its members.
#[utoipa::path(get, path = "/v1/computers",
    responses((status = 200, body = Vec<Computer>), (status = "4XX", body = Problem)))]
pub async fn computers(
    State(house): State<Arc<House>>,
    asked: Signed<()>,
) -> Result<Json<Vec<Computer>>, Fault> {
    let found = house
        .accounts
        .computers(
            asked.who.seat.clinic,
            whose(&asked.member),
            Some(asked.who.computer),
        )
        .await?;
    Ok(Json(found))
}

/// Signed. Ends a computer's sign-in: "Signed out", or for good: "Lost or stolen".
#[utoipa::path(post, path = "/v1/computers/{computer}/revoke", request_body = Revoke,
    params(("computer" = Uuid, Path)),
    responses((status = 200, body = Done), (status = "4XX", body = Problem)))]
pub async fn revoke(
    State(house): State<Arc<House>>,
    Id(computer): Id,
    asked: Signed<Revoke>,
) -> Result<Json<Done>, Fault> {
    let clinic = asked.who.seat.clinic;
    let (of, how) = (whose(&asked.member), asked.body.how);
    let accounts = &house.accounts;
    if accounts
        .revoke(clinic, of, computer, how, house.now())
        .await?
    {
        Ok(Json(Done {}))
    } else {
        Err(Fault::of(Code::NotFound))
    }
}

/// Whose computers a member may see and end: none named means everybody's.
fn whose(member: &Member) -> Option<MemberId> {
    let all = member.may(Grant::ManageMembers);
    (!all).then_some(member.id)
}

/// The id in a path. One that is none is found nowhere.
pub struct Id(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        Path::<Uuid>::from_request_parts(parts, state)
            .await
            .map(|Path(id)| Self(id))
            .map_err(|_| Fault::of(Code::NotFound))
    }
}
