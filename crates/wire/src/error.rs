//! Why a ledger gave no answer.

use crate::Trouble;

/// Why a ledger gave no answer. What the clinic's rules refuse is not an error but a verdict.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// It is out of reach; trying again later may work.
    #[error("the ledger is out of reach")]
    OutOfReach(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// This build is too old to pull; it may still push.
    #[error("the ledger speaks protocols from {least} on")]
    TooOld {
        /// The oldest it speaks.
        least: u16,
    },
    /// Something broke inside it.
    #[error("the ledger failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It is on a server, and something is the matter on the way to it or with this computer's standing there.
    #[error(transparent)]
    Line(#[from] Trouble),
}
