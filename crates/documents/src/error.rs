//! What can be wrong with the input. No variant carries the input itself: it may be a client's.

/// A document that cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The zone's name is not in the IANA database.
    #[error("the time zone is not known")]
    UnknownZone,
    /// A moment is outside what a calendar can show, or the end is not after the start.
    #[error("a moment is out of range")]
    BadMoment,
    /// The currency is not one of ISO 4217.
    #[error("the currency is not known")]
    UnknownCurrency,
    /// The sender's address is malformed.
    #[error("the sender's address is malformed")]
    BadSender,
    /// The recipient's address is malformed.
    #[error("the recipient's address is malformed")]
    BadRecipient,
    /// The address for replies is malformed.
    #[error("the address for replies is malformed")]
    BadReplyTo,
    /// An id holds something besides ASCII letters, digits and hyphens.
    #[error("an id is malformed")]
    BadId,
    /// The phone number is not E.164 (`+` and 8 to 15 digits).
    #[error("the phone number is not in E.164 form")]
    BadPhone,
}
