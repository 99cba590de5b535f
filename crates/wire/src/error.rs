//! Why a ledger gave no answer.

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

/// Why a server gave no answer to a device: what can be the matter between the two, in classes that the device acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// No line to it: no network, no such name, nobody listens.
    #[error("the server is out of reach")]
    Unreachable,
    /// A line, and no answer in time.
    #[error("the server did not answer in time")]
    TimedOut,
    /// Somebody answered who is not SafeTalk: a captive portal, a proxy, a wrong address.
    #[error("what answered is not a SafeTalk server")]
    Foreign,
    /// The server's certificate is not trusted.
    #[error("the server's certificate is not trusted")]
    Certificate {
        /// It is not valid *yet* or *any more*: the clock of this computer may be wrong.
        by_clock: bool,
    },
    /// Nobody is signed in, or the sign-in has run out. The same member signs in again; nothing is lost.
    #[error("nobody is signed in")]
    SignedOut,
    /// A person ended this computer's sign-in.
    #[error("this computer was signed out")]
    Revoked,
    /// A person reported this computer lost or stolen.
    #[error("this computer was reported lost or stolen")]
    Lost,
    /// The member is suspended or was removed.
    #[error("the member may not work in this clinic now")]
    Suspended,
    /// The server does not allow this to this member.
    #[error("the server does not allow this")]
    NotAllowed,
    /// This build is too old for the server.
    #[error("the server speaks protocols from {least} on")]
    TooOld {
        /// The oldest it speaks.
        least: u16,
    },
    /// The server has too much to do, or was asked too often.
    #[error("the server is busy")]
    Busy {
        /// Seconds after which to ask again.
        seconds: u32,
    },
    /// Something broke inside the server.
    #[error("something broke inside the server")]
    Broken,
    /// The server did not understand what this build said: a defect of one of the two.
    #[error("the server did not understand")]
    NotUnderstood,
    /// A password, a code or a link is not right.
    #[error("this is not right")]
    Wrong,
    /// The password is right; the code of the second step is wanted as well.
    #[error("a code is wanted as well")]
    CodeWanted,
    /// A link was used, was withdrawn or has run out.
    #[error("the link is not valid any more")]
    LinkGone,
    /// A password is too short or too long.
    #[error("the password is too short or too long")]
    WeakPassword,
    /// The operator has not set this up.
    #[error("the server is not set up for this")]
    NotSetUp,
    /// There is no such thing, or not for this member.
    #[error("there is no such thing")]
    NotFound,
}
