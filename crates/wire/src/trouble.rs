//! What a device does about what can be the matter between it and a server.

use crate::Trouble;

/// Who repairs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Time: the device tries again by itself.
    TryAgain,
    /// A person: trying again changes nothing until they did something.
    AskPerson,
}

impl Trouble {
    /// Whether the device tries again by itself. What waits in its outbox stays there in any case.
    pub fn remedy(self) -> Remedy {
        match self {
            Self::Unreachable
            | Self::TimedOut
            | Self::Foreign
            | Self::Certificate { .. }
            | Self::Busy { .. }
            | Self::Broken => Remedy::TryAgain,
            Self::SignedOut
            | Self::Revoked
            | Self::Lost
            | Self::Suspended
            | Self::NotAllowed
            | Self::TooOld { .. }
            | Self::NotUnderstood
            | Self::Wrong
            | Self::CodeWanted
            | Self::LinkGone
            | Self::WeakPassword
            | Self::NotSetUp
            | Self::NotFound => Remedy::AskPerson,
        }
    }
}
