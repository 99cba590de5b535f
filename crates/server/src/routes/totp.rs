//! The second step of signing in.

use super::Done;
use crate::House;
use crate::door::Signed;
use crate::problem::Fault;
use axum::Json;
use axum::extract::State;
use safetalk_wire::http::{Account, Problem, RecoveryCodes, TotpCode, TotpSecret};
use std::sync::Arc;

/// Signed. How one's own sign-in is protected.
#[utoipa::path(get, path = "/v1/account",
    responses((status = 200, body = Account), (status = "4XX", body = Problem)))]
pub async fn account(
    State(house): State<Arc<House>>,
    asked: Signed<()>,
) -> Result<Json<Account>, Fault> {
    Ok(Json(house.accounts.account(asked.who.login).await?))
}

/// Signed. A secret for an authenticator app; it counts once a code has confirmed it.
#[utoipa::path(post, path = "/v1/totp/begin",
    responses((status = 200, body = TotpSecret), (status = "4XX", body = Problem)))]
pub async fn begin(
    State(house): State<Arc<House>>,
    asked: Signed<()>,
) -> Result<Json<TotpSecret>, Fault> {
    let secret = house.accounts.begin_totp(asked.who.login).await?;
    Ok(Json(TotpSecret { secret }))
}

/// Signed. Turns the second step on; the codes for paper are told this once.
#[utoipa::path(post, path = "/v1/totp/confirm", request_body = TotpCode,
    responses((status = 200, body = RecoveryCodes), (status = "4XX", body = Problem)))]
pub async fn confirm(
    State(house): State<Arc<House>>,
    asked: Signed<TotpCode>,
) -> Result<Json<RecoveryCodes>, Fault> {
    house.limits.login(asked.who.login)?;
    let codes = house
        .accounts
        .confirm_totp(asked.who.login, &asked.body.code, house.now())
        .await?;
    Ok(Json(RecoveryCodes { codes }))
}

/// Signed. Turns it off, with a code.
#[utoipa::path(post, path = "/v1/totp/off", request_body = TotpCode,
    responses((status = 200, body = Done), (status = "4XX", body = Problem)))]
pub async fn off(
    State(house): State<Arc<House>>,
    asked: Signed<TotpCode>,
) -> Result<Json<Done>, Fault> {
    house.limits.login(asked.who.login)?;
    house
        .accounts
        .end_totp(asked.who.login, &asked.body.code, house.now())
        .await?;
    Ok(Json(Done {}))
}
