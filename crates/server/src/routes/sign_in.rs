//! Signing in and out, invites, forgotten passwords.

use super::Done;
use crate::House;
use crate::door::{Knock, Signed};
use crate::problem::Fault;
use axum::Json;
use axum::extract::State;
use safetalk_accounts::{PublicKey, Seat};
use safetalk_domain::{Clinic, Member, Standing};
use safetalk_wire::http::{
    AcceptInvite, ClinicChoice, Code, Forgot, Problem, Reset, SignIn, SignInAnswer,
};
use std::sync::Arc;

/// A token for a password. The request is signed with the computer's key, which stands in it.
#[utoipa::path(post, path = "/v1/sign-in", request_body = SignIn,
    responses((status = 200, body = SignInAnswer), (status = "4XX", body = Problem)))]
pub async fn sign_in(
    State(house): State<Arc<House>>,
    knock: Knock<SignIn>,
) -> Result<Json<SignInAnswer>, Fault> {
    let now = house.now();
    let asked = &knock.body;
    let key = PublicKey::parse(&asked.public_key).ok_or_else(|| Fault::of(Code::Malformed))?;
    knock.signed_by(key, now)?;
    let mark = house.accounts.mark(&asked.email);
    house.limits.account(mark)?;
    let code = asked.code.as_deref();
    let verified = house
        .accounts
        .verify(mark, &asked.password, code, now)
        .await?;
    house.limits.account_was_right(mark);
    let mut seats = working(&house, verified.seats).await?;
    if let Some(clinic) = asked.clinic {
        seats.retain(|(seat, _)| seat.clinic == clinic);
    }
    let seat = match seats.as_slice() {
        [] => return Err(Fault::of(Code::Suspended)),
        [(seat, _)] => *seat,
        several => {
            let clinics = several
                .iter()
                .map(|(seat, name)| ClinicChoice {
                    id: seat.clinic,
                    name: name.clone(),
                })
                .collect();
            return Ok(Json(SignInAnswer::ChooseClinic { clinics }));
        }
    };
    let secret = house
        .accounts
        .admit(verified.login, seat, key, &asked.label, now)
        .await?;
    Ok(Json(SignInAnswer::SignedIn {
        token: secret.text.to_string(),
        clinic: seat.clinic,
        member: seat.member,
        good_until: secret.good_until.0,
    }))
}

/// The seats whose member may work now, with the clinics' names.
async fn working(house: &House, seats: Vec<Seat>) -> Result<Vec<(Seat, String)>, Fault> {
    let mut working = Vec::new();
    for seat in seats {
        let ledger = house.ledgers.of(seat.clinic).await?;
        let member: Option<Member> = house.row(&ledger, seat.member).await?;
        if member.is_some_and(|member| member.facts.standing == Standing::Active) {
            let clinic: Option<Clinic> = house.row(&ledger, seat.clinic).await?;
            working.push((seat, clinic.map_or_else(String::new, |c| c.details.name)));
        }
    }
    Ok(working)
}

/// Signed. Ends this computer's sign-in; it may sign in again.
#[utoipa::path(post, path = "/v1/sign-out",
    responses((status = 200, body = Done), (status = "4XX", body = Problem)))]
pub async fn sign_out(
    State(house): State<Arc<House>>,
    asked: Signed<()>,
) -> Result<Json<Done>, Fault> {
    house
        .accounts
        .sign_out(asked.who.computer, house.now())
        .await?;
    Ok(Json(Done {}))
}

/// Makes a login of an invite, or gives the seat to the login that the address has.
#[utoipa::path(post, path = "/v1/invite/accept", request_body = AcceptInvite,
    responses((status = 200, body = Done), (status = "4XX", body = Problem)))]
pub async fn accept_invite(
    State(house): State<Arc<House>>,
    knock: Knock<AcceptInvite>,
) -> Result<Json<Done>, Fault> {
    let asked = knock.body;
    let mark = house.accounts.mark(&asked.email);
    house.limits.account(mark)?;
    let accounts = &house.accounts;
    accounts
        .accept(&asked.invite, mark, &asked.password, house.now())
        .await?;
    house.limits.account_was_right(mark);
    Ok(Json(Done {}))
}

/// Sends a link that sets a new password, if the address has a login. The answer and its time are the same if not.
#[utoipa::path(post, path = "/v1/password/forgot", request_body = Forgot,
    responses((status = 200, body = Done), (status = "4XX", body = Problem)))]
pub async fn forgot(
    State(house): State<Arc<House>>,
    knock: Knock<Forgot>,
) -> Result<Json<Done>, Fault> {
    if house.mailer.is_none() {
        return Err(Fault::of(Code::NotSetUp));
    }
    let email = knock.body.email;
    house.limits.account(house.accounts.mark(&email))?;
    tokio::spawn(async move {
        if let Err(error) = crate::mail::send_reset(&house, &email).await {
            tracing::warn!(%error, "a mail for a new password was not sent");
        }
    });
    Ok(Json(Done {}))
}

/// Sets a new password with a link; every computer of the login signs in again.
#[utoipa::path(post, path = "/v1/password/reset", request_body = Reset,
    responses((status = 200, body = Done), (status = "4XX", body = Problem)))]
pub async fn reset(
    State(house): State<Arc<House>>,
    knock: Knock<Reset>,
) -> Result<Json<Done>, Fault> {
    let asked = knock.body;
    house
        .accounts
        .reset(&asked.reset, &asked.password, house.now())
        .await?;
    Ok(Json(Done {}))
}
