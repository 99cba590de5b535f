//! What can break in a replica. Never holds a row's contents.

use safetalk_domain::Refusal;
use safetalk_vault::OpenError;
use safetalk_wire::UpstreamError;

/// What can break in a replica.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file was not opened or made.
    #[error("the replica could not be opened")]
    Open(#[from] OpenError),
    /// The database failed; `safetalk_vault::diagnose` tells what ails it.
    #[error("the replica's database failed")]
    Database(#[from] sqlx::Error),
    /// A kept value is not understood. Its text is not repeated: it may hold a client's name.
    #[error("a kept {what} is not understood")]
    Body {
        /// The table, or what was kept in it.
        what: &'static str,
    },
}

/// Why an action was not taken. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// The clinic's rules say no. An answer, not a fault.
    #[error("the rules say no")]
    Refused(Refusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<sqlx::Error> for ActError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Why a sync did not come to its end. What was done so far stands, and it may be tried again.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The ledger gave no answer.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] Error),
    /// The ledger's answers contradict each other.
    #[error("this computer and the ledger do not come to one history")]
    NoAgreement,
}

impl From<sqlx::Error> for SyncError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}
