//! Every route, described where it is answered; the OpenAPI document comes from the same list.

mod about;
mod around;
mod computers;
mod events;
mod mail;
mod members;
mod sign_in;
mod sync;
mod totp;

use crate::House;
use crate::problem::Fault;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use safetalk_wire::http::Code;
use std::sync::Arc;
use tower_http::compression::CompressionLayer;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The document's beginning; paths and messages come from the handlers.
#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "SafeTalk server",
    description = "Push and pull of a clinic's ledger, and signing in. Requests marked `signed` carry `Authorization: Bearer`, \
`safetalk-time` and `safetalk-signature` (docs/decisions/0012-tokens.md). Intents and rows are the messages of \
crates/wire, frozen in crates/wire/tests/frozen."
))]
struct Document;

/// The whole server.
pub fn router(house: Arc<House>) -> Router {
    let (router, document) = described().split_for_parts();
    let document = Arc::new(document);
    let served = move || {
        let document = Arc::clone(&document);
        async move { axum::Json(document.as_ref().clone()) }
    };
    router
        .route("/openapi.json", get(served))
        .fallback(|| async { Fault::of(Code::NotFound) })
        .method_not_allowed_fallback(|| async { Fault::of(Code::NotFound) })
        .layer(from_fn_with_state(Arc::clone(&house), around::around))
        .with_state(house)
}

/// What an operator's Prometheus asks, on a listener of its own.
pub fn metrics(house: Arc<House>) -> Router {
    Router::new()
        .route("/metrics", get(about::metrics))
        .with_state(house)
}

/// The description of every route.
pub fn openapi() -> OpenApi {
    described().into_openapi()
}

fn described() -> OpenApiRouter<Arc<House>> {
    // Answers with secrets in them are not packed; rows are many and are.
    let packed = OpenApiRouter::new()
        .routes(routes!(sync::pull))
        .layer(CompressionLayer::new());
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(packed)
        .routes(routes!(sync::push))
        .routes(routes!(events::changes))
        .routes(routes!(about::capabilities))
        .routes(routes!(about::healthz))
        .routes(routes!(about::readyz))
        .routes(routes!(sign_in::sign_in))
        .routes(routes!(sign_in::sign_out))
        .routes(routes!(sign_in::accept_invite))
        .routes(routes!(sign_in::forgot))
        .routes(routes!(sign_in::reset))
        .routes(routes!(computers::computers))
        .routes(routes!(computers::revoke))
        .routes(routes!(members::members))
        .routes(routes!(members::invite))
        .routes(routes!(members::reset))
        .routes(routes!(totp::account))
        .routes(routes!(mail::get, mail::put, mail::delete))
        .routes(routes!(mail::test))
        .routes(routes!(mail::retry))
        .routes(routes!(totp::begin))
        .routes(routes!(totp::confirm))
        .routes(routes!(totp::off))
}

/// An answer that says no more than that it is done.
#[derive(serde::Serialize, utoipa::ToSchema)]
struct Done {}
