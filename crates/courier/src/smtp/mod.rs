//! The talk with an SMTP server, step by step, so that it is known at every moment whether the server may
//! already have the message.
//!
//! lettre's own `send` hides that: its error is the same whether the line broke before MAIL or after the
//! final dot. So its connection is driven here one command at a time.

mod classify;
mod line;
mod talk;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::client::{Certificate, TlsParameters};

use crate::account::{Password, SmtpAccount};
use crate::cause::{Cause, Outcome};
use crate::record::RecordError;

/// Who a message is from and to, for the server. The addresses are bare (`name@example.org`).
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The sender's address.
    pub from: String,
    /// The one recipient: a notice goes to one person, so its outcome is one outcome.
    pub to: String,
}

/// How long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For everything up to the server's readiness to take the message: look-up, connection, TLS,
    /// sign-in, sender, recipient.
    pub before: Duration,
    /// For the message itself and the reply to it. Longer, because giving up here leaves the notice
    /// uncertain (RFC 5321 allows a server ten minutes).
    pub reply: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            before: Duration::from_secs(45),
            reply: Duration::from_secs(180),
        }
    }
}

/// Is told before the message is handed over, and can stop it.
#[async_trait]
pub trait BeforeHandover: Send + Sync {
    /// The server is ready to take the message; from the return of this on, it may have it.
    async fn handing_over(&self) -> Result<(), RecordError>;
}

/// A way to send. The courier's loop knows only this.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Hands one message over. Ends within a bounded time, and never panics on what a server says.
    async fn send(
        &self,
        message: &[u8],
        envelope: &Envelope,
        before: &dyn BeforeHandover,
    ) -> Outcome;
}

/// Where the password is asked for, before each sign-in: a keychain may be closed now and open later.
pub trait PasswordSource: Send + Sync {
    /// The password, if it is given. May take its time.
    fn password(&self) -> Option<Password>;
}

/// One that is known.
struct Known(Option<Password>);

impl PasswordSource for Known {
    fn password(&self) -> Option<Password> {
        self.0.clone()
    }
}

/// Sends through an SMTP server. One connection per message: a clinic's notices are few and far between,
/// and a fresh line is a line that works.
pub struct SmtpTransport {
    account: SmtpAccount,
    password: Arc<dyn PasswordSource>,
    patience: Patience,
    extra_root: Option<Vec<u8>>,
}

impl SmtpTransport {
    /// A way to send through this account, with this password.
    #[must_use]
    pub fn new(account: SmtpAccount, password: Option<Password>) -> Self {
        Self::asking(account, Arc::new(Known(password)))
    }

    /// A way to send through this account, with the password that is given at each sign-in.
    #[must_use]
    pub fn asking(account: SmtpAccount, password: Arc<dyn PasswordSource>) -> Self {
        Self {
            account,
            password,
            patience: Patience::default(),
            extra_root: None,
        }
    }

    /// With another patience than the usual one.
    #[must_use]
    pub fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Trusting one more certificate (DER) beside those of the operating system.
    #[must_use]
    pub fn trusting(mut self, root_der: Vec<u8>) -> Self {
        self.extra_root = Some(root_der);
        self
    }

    /// Sends a message that is not a notice (the "test message"): no record is kept of it.
    pub async fn send_test(&self, message: &[u8], to: &str) -> Outcome {
        let envelope = Envelope {
            from: self.account.from_address.clone(),
            to: to.to_owned(),
        };
        self.send(message, &envelope, &NoRecord).await
    }

    /// Connects and signs in, and sends nothing.
    ///
    /// # Errors
    /// Why that did not work.
    pub async fn check(&self) -> Result<(), Cause> {
        talk::check(self).await
    }

    fn tls(&self) -> Result<TlsParameters, Cause> {
        let mut builder = TlsParameters::builder(self.account.host.clone());
        if let Some(der) = &self.extra_root {
            let root =
                Certificate::from_der(der.clone()).map_err(|_| Cause::CertificateUntrusted)?;
            builder = builder.add_root_certificate(root);
        }
        builder.build_rustls().map_err(|_| Cause::TlsFailed)
    }
}

#[async_trait]
impl Transport for SmtpTransport {
    async fn send(
        &self,
        message: &[u8],
        envelope: &Envelope,
        before: &dyn BeforeHandover,
    ) -> Outcome {
        talk::send(self, message, envelope, before).await
    }
}

struct NoRecord;

#[async_trait]
impl BeforeHandover for NoRecord {
    async fn handing_over(&self) -> Result<(), RecordError> {
        Ok(())
    }
}
