//! What an administrator of a clinic does for the sign-in of its members.

use super::computers::Id;
use crate::House;
use crate::door::Signed;
use crate::problem::Fault;
use axum::Json;
use axum::extract::State;
use safetalk_domain::{Grant, Member, MemberId, Standing};
use safetalk_wire::http::{Code, Invite, Link, MemberAccess, Problem};
use std::sync::Arc;

/// Signed, needs "members". Which members can sign in, or are invited to.
#[utoipa::path(get, path = "/v1/members",
    responses((status = 200, body = Vec<MemberAccess>), (status = "4XX", body = Problem)))]
pub async fn members(
    State(house): State<Arc<House>>,
    asked: Signed<()>,
) -> Result<Json<Vec<MemberAccess>>, Fault> {
    asked.needs(Grant::ManageMembers)?;
    let clinic = asked.who.seat.clinic;
    let found = house.accounts.access(clinic, house.now()).await?;
    Ok(Json(found))
}

/// Signed, needs "members". Invites the person at an address to sign in as this member; mails the link if mail is set up.
#[utoipa::path(post, path = "/v1/members/{member}/invite", request_body = Invite,
    params(("member" = uuid::Uuid, Path)),
    responses((status = 200, body = Link), (status = "4XX", body = Problem)))]
pub async fn invite(
    State(house): State<Arc<House>>,
    Id(member): Id,
    asked: Signed<Invite>,
) -> Result<Json<Link>, Fault> {
    asked.needs(Grant::ManageMembers)?;
    let member = of_clinic(&house, &asked, MemberId(member)).await?;
    let clinic = asked.who.seat.clinic;
    let mark = house.accounts.mark(&asked.body.email);
    let secret = house
        .accounts
        .invite(clinic, member, mark, house.now())
        .await?;
    let mailed = crate::mail::send_invite(&house, &asked.body.email, &secret.text).await;
    Ok(Json(Link {
        secret: secret.text.to_string(),
        good_until: secret.good_until.0,
        mailed,
    }))
}

/// Signed, needs "members". A link that sets a new password for this member's login, to be handed over in person.
#[utoipa::path(post, path = "/v1/members/{member}/reset",
    params(("member" = uuid::Uuid, Path)),
    responses((status = 200, body = Link), (status = "4XX", body = Problem)))]
pub async fn reset(
    State(house): State<Arc<House>>,
    Id(member): Id,
    asked: Signed<()>,
) -> Result<Json<Link>, Fault> {
    asked.needs(Grant::ManageMembers)?;
    let member = of_clinic(&house, &asked, MemberId(member)).await?;
    let link = reset_link(&house, asked.who.seat.clinic, member).await?;
    Ok(Json(link))
}

/// A link that sets a new password for a member whose login works in this clinic alone: an administrator of one clinic
/// must not come into another by it.
pub async fn reset_link(
    house: &House,
    clinic: safetalk_domain::ClinicId,
    member: MemberId,
) -> Result<Link, Fault> {
    let login = house
        .accounts
        .login_of(clinic, member)
        .await?
        .ok_or_else(|| Fault::of(Code::NotFound))?;
    if house.accounts.clinics_of(login).await? > 1 {
        return Err(Fault::of(Code::NotAllowed));
    }
    let secret = house.accounts.begin_reset(login, house.now()).await?;
    Ok(Link {
        secret: secret.text.to_string(),
        good_until: secret.good_until.0,
        // Whose address it is, nobody here knows.
        mailed: false,
    })
}

async fn of_clinic<T>(
    house: &House,
    asked: &Signed<T>,
    member: MemberId,
) -> Result<MemberId, Fault> {
    let found: Option<Member> = house.row(&asked.ledger, member).await?;
    found
        .filter(|member| member.facts.standing != Standing::Removed)
        .map(|member| member.id)
        .ok_or_else(|| Fault::of(Code::NotFound))
}
