//! Whose mail server is used, and the password for it.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// How the line to the server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Security {
    /// TLS from the first byte (usually port 465).
    ImplicitTls,
    /// Plain until STARTTLS, which is demanded: without it nothing is sent (usually port 587).
    StartTls,
    /// No protection, and therefore only to this very computer: a host that has any address outside
    /// loopback is refused before a byte is sent. For tests and for a mail relay on the same machine.
    PlainLoopbackOnly,
}

/// An account at a mail server. Holds no secret; safe to store beside the clinic's settings.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SmtpAccount {
    /// Host name of the server; the certificate must be for it.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the line is protected.
    pub security: Security,
    /// The name to sign in with; `None` signs in nowhere (a relay that asks for no sign-in).
    pub user: Option<String>,
    /// The name a client reads as the sender. Keep it neutral: it stands in their list of mails.
    pub from_name: String,
    /// The address a client reads as the sender, and the envelope's sender.
    pub from_address: String,
}

impl fmt::Debug for SmtpAccount {
    /// Without the addresses: an account may be a person's own mailbox.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpAccount")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .finish_non_exhaustive()
    }
}

/// A password that is wiped from memory when dropped and never printed.
///
/// lettre copies it into its own string for the moment of signing in; that copy is not wiped.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes the password. Spaces are kept, except that Google shows its app passwords in groups of
    /// four: [`Password::without_spaces`] is for those.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The password with all white space taken out.
    #[must_use]
    pub fn without_spaces(&self) -> Self {
        Self(Zeroizing::new(
            self.0.chars().filter(|c| !c.is_whitespace()).collect(),
        ))
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_a_password_nor_an_address_is_printed() {
        let account = SmtpAccount {
            host: "smtp.example.org".to_owned(),
            port: 465,
            security: Security::ImplicitTls,
            user: Some("maya@example.org".to_owned()),
            from_name: "Maya".to_owned(),
            from_address: "maya@example.org".to_owned(),
        };
        let shown = format!("{account:?} {:?}", Password::new("hunter2"));
        assert!(
            !shown.contains("hunter2"),
            "a password must not reach a log"
        );
        assert!(
            !shown.to_lowercase().contains("maya"),
            "an address must not reach a log"
        );
    }

    #[test]
    fn an_app_password_pasted_in_groups_is_joined() {
        let pasted = Password::new("abcd efgh\u{a0}ijkl mnop\n").without_spaces();
        assert_eq!(
            pasted.reveal(),
            "abcdefghijklmnop",
            "Google shows it in groups of four"
        );
    }
}
