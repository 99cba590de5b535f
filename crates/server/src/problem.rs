//! What is said in place of an answer.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use safetalk_accounts::{DoorError, TokenTrouble};
use safetalk_domain::Moment;
use safetalk_ledger::Error as LedgerError;
use safetalk_wire::UpstreamError;
use safetalk_wire::http::{Code, Ending, Problem};

use crate::LedgersError;

/// A status and a problem. What broke goes to the log, without any contents.
#[derive(Debug)]
pub struct Fault {
    status: StatusCode,
    problem: Problem,
}

impl Fault {
    pub fn of(code: Code) -> Self {
        let status = match code {
            Code::SignedOut | Code::Revoked | Code::Lost | Code::Signature | Code::Clock => {
                StatusCode::UNAUTHORIZED
            }
            Code::Wrong | Code::CodeWanted => StatusCode::UNAUTHORIZED,
            Code::Suspended | Code::NotAllowed => StatusCode::FORBIDDEN,
            Code::TooOld => StatusCode::UPGRADE_REQUIRED,
            Code::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Code::Malformed | Code::WeakPassword => StatusCode::UNPROCESSABLE_ENTITY,
            Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Code::LinkGone => StatusCode::GONE,
            Code::NotSetUp => StatusCode::NOT_IMPLEMENTED,
            Code::NotFound => StatusCode::NOT_FOUND,
            Code::Broken | Code::Unknown => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self {
            status,
            problem: Problem::new(code),
        }
    }

    /// The request's moment is too far from ours.
    pub fn clock(now: Moment) -> Self {
        let mut fault = Self::of(Code::Clock);
        fault.problem.now = Some(now.0);
        fault
    }

    /// Too much to do just now.
    pub fn busy(seconds: u32) -> Self {
        let mut fault = Self::of(Code::Busy);
        fault.problem.seconds = Some(seconds);
        fault
    }

    /// Asked too often.
    pub fn too_often(seconds: u32) -> Self {
        let mut fault = Self::busy(seconds);
        fault.status = StatusCode::TOO_MANY_REQUESTS;
        fault
    }

    /// What an answer needs is out of reach just now. `what` never holds contents, as below.
    pub fn away(what: &dyn std::error::Error) -> Self {
        tracing::error!(what = chain(what), "a store is out of reach");
        Self::busy(5)
    }

    /// Something broke here. `what` never holds contents: errors of the stores do not.
    pub fn broken(what: &dyn std::fmt::Display) -> Self {
        tracing::error!(%what, "a request could not be answered");
        Self::of(Code::Broken)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let seconds = self.problem.seconds;
        let mut response = (self.status, Json(self.problem)).into_response();
        if let Some(seconds) = seconds {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<UpstreamError> for Fault {
    fn from(error: UpstreamError) -> Self {
        match error {
            UpstreamError::TooOld { least } => {
                let mut fault = Self::of(Code::TooOld);
                fault.problem.least = Some(least);
                fault
            }
            error => Self::broken(&chain(&error)),
        }
    }
}

impl From<LedgersError> for Fault {
    fn from(error: LedgersError) -> Self {
        match error {
            LedgersError::NoSuchClinic => Self::of(Code::NotFound),
            error => Self::broken(&chain(&error)),
        }
    }
}

impl From<LedgerError> for Fault {
    fn from(error: LedgerError) -> Self {
        Self::broken(&chain(&error))
    }
}

impl From<safetalk_accounts::Error> for Fault {
    fn from(error: safetalk_accounts::Error) -> Self {
        Self::broken(&chain(&error))
    }
}

impl From<DoorError> for Fault {
    fn from(error: DoorError) -> Self {
        match error {
            DoorError::Wrong => Self::of(Code::Wrong),
            DoorError::CodeWanted => Self::of(Code::CodeWanted),
            DoorError::LinkGone => Self::of(Code::LinkGone),
            DoorError::WeakPassword => Self::of(Code::WeakPassword),
            DoorError::Lost => Self::of(Code::Lost),
            DoorError::Busy => Self::busy(5),
            DoorError::Store(error) => error.into(),
        }
    }
}

impl From<TokenTrouble> for Fault {
    fn from(trouble: TokenTrouble) -> Self {
        match trouble {
            TokenTrouble::SignedOut => Self::of(Code::SignedOut),
            TokenTrouble::Ended(Ending::SignedOut) => Self::of(Code::Revoked),
            TokenTrouble::Ended(Ending::LostOrStolen) => Self::of(Code::Lost),
            TokenTrouble::Store(error) => error.into(),
        }
    }
}

/// The error with its causes. Errors of the stores hold no contents; sqlx's may name a constraint.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
