//! Who the server is, and whether it is well.

use crate::House;
use crate::problem::Fault;
use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use safetalk_wire::http::Capabilities;
use safetalk_wire::{LEAST_PROTOCOL, PROTOCOL};
use std::sync::Arc;

use super::Done;

/// Who the server is and which protocols it speaks.
#[utoipa::path(get, path = "/v1/capabilities", responses((status = 200, body = Capabilities)))]
pub async fn capabilities(State(house): State<Arc<House>>) -> Json<Capabilities> {
    Json(Capabilities {
        product: "safetalk".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        least_protocol: LEAST_PROTOCOL,
        protocol: PROTOCOL,
        now: house.now().0,
        sends_mail: house.mailer.is_some(),
    })
}

/// The process is alive.
#[utoipa::path(get, path = "/healthz", responses((status = 200, body = Done)))]
pub async fn healthz() -> Json<Done> {
    Json(Done {})
}

/// It can answer: accounts and ledgers can be read, and it is not being shut down.
#[utoipa::path(get, path = "/readyz", responses((status = 200, body = Done), (status = 503)))]
pub async fn readyz(State(house): State<Arc<House>>) -> Result<Json<Done>, Fault> {
    if *house.closing.borrow() {
        return Err(Fault::busy(5));
    }
    house.accounts.look().await?;
    let looked = house.ledgers.look().await;
    looked.map_err(|error| Fault::away(&error))?;
    Ok(Json(Done {}))
}

/// Numbers for the operator.
pub async fn metrics(State(house): State<Arc<House>>) -> Result<Response, Fault> {
    let open = i64::try_from(house.ledgers.open()).unwrap_or(i64::MAX);
    house.metrics.ledgers.set(open);
    let text = house
        .metrics_text()
        .map_err(|error| Fault::broken(&error))?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(CONTENT_TYPE, kind)], text).into_response())
}
