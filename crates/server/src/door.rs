//! Who asks: every request behind the door is signed by a computer and leads to one member of one clinic.

use crate::House;
use crate::problem::Fault;
use axum::body::{Bytes, to_bytes};
use axum::extract::{ConnectInfo, FromRequest, Request};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use safetalk_accounts::{Bearer, PublicKey, sha256};
use safetalk_domain::{Grant, Member, Moment, Standing};
use safetalk_ledger::Ledger;
use safetalk_wire::http::{
    Code, MOST_BYTES, SIGNATURE_HEADER, SIGNATURE_WINDOW, TIME_HEADER, signed_text,
};
use serde::de::DeserializeOwned;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// A request of a computer that is signed in, with a body of at most `LIMIT` bytes.
pub struct Signed<T, const LIMIT: usize = MOST_BYTES> {
    /// The computer, its member and clinic.
    pub who: Bearer,
    /// The member as the ledger knows them now.
    pub member: Member,
    /// The ledger of that clinic.
    pub ledger: Ledger,
    /// The token it carries.
    pub token: String,
    /// What it says.
    pub body: T,
}

impl<T, const LIMIT: usize> Signed<T, LIMIT> {
    /// The member must have a grant.
    pub fn needs(&self, grant: Grant) -> Result<(), Fault> {
        if self.member.may(grant) {
            Ok(())
        } else {
            Err(Fault::of(Code::NotAllowed))
        }
    }
}

impl<T: DeserializeOwned, const LIMIT: usize> FromRequest<Arc<House>> for Signed<T, LIMIT> {
    type Rejection = Fault;

    async fn from_request(request: Request, house: &Arc<House>) -> Result<Self, Fault> {
        let (parts, body) = request.into_parts();
        let token = bearer(&parts)
            .ok_or_else(|| Fault::of(Code::SignedOut))?
            .to_owned();
        let now = house.now();
        // Before the body is read: nobody unknown fills our memory.
        let who = house.accounts.bearer(&token, now).await?;
        let raw = to_bytes(body, LIMIT)
            .await
            .map_err(|_| Fault::of(Code::TooLarge))?;
        check(&parts, &raw, &token, who.key, now)?;
        house.accounts.used(&token, now).await?;
        let ledger = house.ledgers.of(who.seat.clinic).await?;
        let member: Option<Member> = house.row(&ledger, who.seat.member).await?;
        let member = member
            .filter(|member| member.facts.standing == Standing::Active)
            .ok_or_else(|| Fault::of(Code::Suspended))?;
        Ok(Self {
            who,
            member,
            ledger,
            token,
            body: understood(&raw)?,
        })
    }
}

/// A request of anybody, counted against the limit of the address it comes from.
pub struct Knock<T> {
    /// What it says.
    pub body: T,
    raw: Bytes,
    parts: Parts,
}

impl<T> Knock<T> {
    /// Makes sure that it is signed with this key.
    pub fn signed_by(&self, key: PublicKey, now: Moment) -> Result<(), Fault> {
        check(&self.parts, &self.raw, "", key, now)
    }
}

impl<T: DeserializeOwned> FromRequest<Arc<House>> for Knock<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, house: &Arc<House>) -> Result<Self, Fault> {
        let (parts, body) = request.into_parts();
        house.limits.address(caller(&parts, house.behind_proxy))?;
        let raw = to_bytes(body, MOST_BYTES)
            .await
            .map_err(|_| Fault::of(Code::TooLarge))?;
        Ok(Self {
            body: understood(&raw)?,
            raw,
            parts,
        })
    }
}

/// Whether the request is signed with this key, at about this moment.
fn check(parts: &Parts, raw: &[u8], token: &str, key: PublicKey, now: Moment) -> Result<(), Fault> {
    let signature = || Fault::of(Code::Signature);
    let header = |name| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let at: i64 = header(TIME_HEADER)
        .and_then(|at| at.parse().ok())
        .ok_or_else(signature)?;
    let target = parts
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let text = signed_text(
        parts.method.as_str(),
        target,
        Moment(at),
        &hex::encode(sha256(raw)),
        &hex::encode(sha256(token.as_bytes())),
    );
    if !header(SIGNATURE_HEADER).is_some_and(|made| key.signed(&text, made)) {
        return Err(signature());
    }
    // Only who has the key is told our clock; and a wrong clock is told apart from a wrong key.
    if at.abs_diff(now.0) > SIGNATURE_WINDOW.unsigned_abs() {
        return Err(Fault::clock(now));
    }
    Ok(())
}

fn bearer(parts: &Parts) -> Option<&str> {
    parts
        .headers
        .get(AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
}

/// A body; an empty one says nothing. What was not understood is not repeated.
fn understood<T: DeserializeOwned>(raw: &[u8]) -> Result<T, Fault> {
    let raw = if raw.is_empty() { b"null" } else { raw };
    serde_json::from_slice(raw).map_err(|_| Fault::of(Code::Malformed))
}

/// Where the request comes from. Behind a proxy that is ours, it is the last address that proxy has written.
fn caller(parts: &Parts, behind_proxy: bool) -> Option<IpAddr> {
    let forwarded = || {
        let value = parts
            .headers
            .get_all("x-forwarded-for")
            .iter()
            .next_back()?;
        value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
    };
    let peer = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(peer)| peer.ip());
    if behind_proxy {
        forwarded().or(peer)
    } else {
        peer
    }
}
