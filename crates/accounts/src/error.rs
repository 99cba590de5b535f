//! What can break here, and what can be wrong at the door.

use safetalk_vault::OpenError;

/// What can break in the accounts.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file was not opened or made.
    #[error("the accounts could not be opened")]
    Open(#[from] OpenError),
    /// The database failed; `safetalk_vault::diagnose` tells what ails it.
    #[error("the database of the accounts failed")]
    Database(#[from] sqlx::Error),
    /// A kept value is not understood.
    #[error("a kept {what} is not understood")]
    Kept {
        /// What it should have been.
        what: &'static str,
    },
    /// The operating system gives no random numbers.
    #[error("no random numbers")]
    NoRandomness,
    /// A background task ended early.
    #[error("a background task ended early")]
    Task,
}

/// Why somebody was not let in. Says nothing about whether an account exists.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// The address, the password or the code is not right.
    #[error("not right")]
    Wrong,
    /// The password is right, and a code is wanted as well.
    #[error("a code is wanted as well")]
    CodeWanted,
    /// The link was used, was never given, or has run out.
    #[error("the link is not valid any more")]
    LinkGone,
    /// The password is too short or too long.
    #[error("the password is too short or too long")]
    WeakPassword,
    /// This computer was reported lost or stolen.
    #[error("this computer was reported lost or stolen")]
    Lost,
    /// More people are signing in than can be served now.
    #[error("too many sign-ins at once")]
    Busy,
    /// Something broke.
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<sqlx::Error> for DoorError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}
