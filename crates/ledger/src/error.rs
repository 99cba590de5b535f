//! What can break in a ledger. Never holds a row's contents.

use safetalk_vault::OpenError;
use safetalk_wire::UpstreamError;

/// What can break in a ledger. What the clinic's rules refuse is a verdict, not an error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file was not opened or made.
    #[error("the ledger could not be opened")]
    Open(#[from] OpenError),
    /// The database failed; `safetalk_vault::diagnose` tells what ails it.
    #[error("the ledger's database failed")]
    Database(#[from] sqlx::Error),
    /// A kept value is not understood. Its text is not repeated: it may hold a client's name.
    #[error("a kept {what} is not understood")]
    Body {
        /// The table, or what was kept in it.
        what: &'static str,
    },
    /// Another process speaks for the clinic's courier now.
    #[error("another process speaks for the clinic's courier")]
    NotLeased,
    /// The process is ending and did not carry the work to its end; whether it counts, the intent's id tells.
    #[error("the process is ending")]
    Ending,
}

impl From<Error> for UpstreamError {
    fn from(error: Error) -> Self {
        Self::Failed(Box::new(error))
    }
}
