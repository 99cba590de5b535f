//! How a sending ended, and why, in terms the screen can put in plain words.
//!
//! Nothing here carries text of the server: its replies quote addresses.

use serde::{Deserialize, Serialize};

/// How handing one message to the server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server took responsibility for it.
    Sent {
        /// The reply's code, 2xx.
        code: u16,
    },
    /// Not taken, but it may be later. Nothing was delivered.
    Temporary {
        /// Why.
        cause: Cause,
    },
    /// Refused. Nothing was delivered, and the same again would be refused again.
    Permanent {
        /// Why.
        cause: Cause,
    },
    /// The whole message was handed over and no answer came: it may have been delivered or not.
    Uncertain,
    /// No server was ready to take any message. Nothing was delivered.
    NotReached {
        /// Why.
        cause: Cause,
    },
}

/// What a cause is about: it decides who has to do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// This message or its recipient; others may go.
    Message,
    /// The account: every message would fail until a person changes something.
    Account,
    /// The way to the server: every message would fail until that is back.
    Line,
}

/// Why a message did not go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cause {
    /// No such host name, or no internet to look it up.
    HostNotFound,
    /// The host is there and nothing listens on the port.
    ConnectionRefused,
    /// No way to the host.
    Unreachable,
    /// The server did not answer within the patience given.
    Silent,
    /// The line broke.
    LineCut,
    /// TLS could not be agreed.
    TlsFailed,
    /// The certificate comes from nobody this computer trusts.
    CertificateUntrusted,
    /// The certificate has expired or is not valid yet: or this computer's clock is wrong.
    CertificateExpired,
    /// The certificate is for another host.
    CertificateForOtherHost,
    /// STARTTLS is demanded and the server does not offer it.
    NoTls,
    /// Sending without TLS was asked for to a host that is not this computer.
    PlainOnlyToThisComputer,
    /// What answers does not speak SMTP.
    NotAMailServer,
    /// The server says it is closed for now.
    ServiceUnavailable,
    /// The record of what was sent cannot be written (a full or read-only disk), so nothing may be sent.
    RecordUnwritable,
    /// The keychain did not give the password, so nothing was tried.
    NoPassword,
    /// User name or password is wrong.
    WrongPassword,
    /// The provider wants an app password, not the ordinary one.
    AppPasswordNeeded,
    /// The provider has switched signing in with a password off for this mailbox.
    PasswordSignInDisabled,
    /// The account's own addresses or host are not well formed.
    AccountMalformed,
    /// The server does not let this account send under this address.
    SenderRefused,
    /// The provider's limit of messages is reached.
    TooManyMessages,
    /// The recipient's address is not well formed.
    RecipientMalformed,
    /// The server knows no such recipient or does not accept mail for them.
    RecipientRefused,
    /// The recipient's mailbox is full.
    MailboxFull,
    /// The message is larger than the server takes.
    MessageTooLarge,
    /// The server refuses this message, for instance as spam.
    MessageRefused,
    /// The server asks to come back later.
    TryLater,
}

impl Cause {
    /// What the cause is about.
    #[must_use]
    pub fn concern(self) -> Concern {
        match self {
            Self::HostNotFound
            | Self::ConnectionRefused
            | Self::Unreachable
            | Self::TlsFailed
            | Self::CertificateUntrusted
            | Self::CertificateExpired
            | Self::CertificateForOtherHost
            | Self::NoTls
            | Self::NotAMailServer
            | Self::ServiceUnavailable
            | Self::RecordUnwritable
            // Nobody was asked, so nothing is locked by asking again.
            | Self::NoPassword => Concern::Line,
            Self::PlainOnlyToThisComputer
            | Self::WrongPassword
            | Self::AppPasswordNeeded
            | Self::PasswordSignInDisabled
            | Self::AccountMalformed
            | Self::SenderRefused
            | Self::TooManyMessages => Concern::Account,
            // A line that breaks or goes quiet after the sign-in may do so because of this one message;
            // before it, the outcome is `NotReached` and the loop does not ask this function.
            Self::Silent
            | Self::LineCut
            | Self::RecipientMalformed
            | Self::RecipientRefused
            | Self::MailboxFull
            | Self::MessageTooLarge
            | Self::MessageRefused
            | Self::TryLater => Concern::Message,
        }
    }
}
