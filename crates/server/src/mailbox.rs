//! A clinic's mail account with its password, sealed with a key drawn from the server's.
//!
//! It is kept among the settings of the clinic's own ledger, which no pull carries and no device sees.

use safetalk_courier::{Password, Patience, SmtpAccount, SmtpTransport};
use safetalk_desk::smtp_with;
use safetalk_domain::ClinicId;
use safetalk_ledger_postgres::Seal;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use zeroize::Zeroizing;

/// The setting's name, and what its seal is bound to.
pub const SETTING: &str = "mail";

/// A server has other clinics' messages to send: it waits for a mail server less long than a person's own computer.
const PATIENCE: Patience = Patience {
    before: Duration::from_secs(20),
    reply: Duration::from_secs(180),
};

/// Whoever tries an account waits before a screen, and the request is given up after 50 s.
const PATIENCE_OF_A_TEST: Patience = Patience {
    before: Duration::from_secs(20),
    reply: Duration::from_secs(20),
};

/// An account and its password.
pub struct Mailbox {
    account: SmtpAccount,
    password: Option<Zeroizing<String>>,
}

/// As it is written down before it is sealed.
#[derive(Serialize, Deserialize)]
struct Written {
    account: SmtpAccount,
    password: Option<String>,
}

impl Mailbox {
    pub fn new(account: SmtpAccount, password: Option<Zeroizing<String>>) -> Self {
        Self { account, password }
    }

    pub fn account(&self) -> &SmtpAccount {
        &self.account
    }

    pub fn has_password(&self) -> bool {
        self.password.is_some()
    }

    /// With another account and the same password, if that goes to the same server under the same name. Whoever may change
    /// the account may not know the password, and must not have it sent to a server of their own.
    pub fn with(self, account: SmtpAccount) -> Self {
        let way = |of: &SmtpAccount| (of.host.clone(), of.port, of.security, of.user.clone());
        let same = way(&self.account) == way(&account);
        Self {
            account,
            password: self.password.filter(|_| same),
        }
    }

    /// The way to its server.
    pub fn transport(&self, extra_root: Option<&[u8]>) -> SmtpTransport {
        self.patient(PATIENCE, extra_root)
    }

    /// The same, for whoever tries it.
    pub fn tried(&self, extra_root: Option<&[u8]>) -> SmtpTransport {
        self.patient(PATIENCE_OF_A_TEST, extra_root)
    }

    fn patient(&self, patience: Patience, extra_root: Option<&[u8]>) -> SmtpTransport {
        let password = self
            .password
            .as_ref()
            .map(|password| Password::new(password.as_str()));
        let transport = smtp_with(self.account.clone(), password).with_patience(patience);
        match extra_root {
            Some(root) => transport.trusting(root.to_owned()),
            None => transport,
        }
    }

    /// Sealed, as the setting's text; never the same twice.
    pub fn close(&self, seal: &Seal, clinic: ClinicId) -> String {
        let mut written = Written {
            account: self.account.clone(),
            password: self.password.as_ref().map(|password| password.to_string()),
        };
        let plain =
            Zeroizing::new(serde_json::to_vec(&written).expect("an account is text and numbers"));
        // What was copied is wiped with it.
        drop(written.password.take().map(Zeroizing::new));
        hex::encode(seal.close(SETTING, clinic.uuid(), &plain))
    }

    /// From the setting's text; none where there is none, or where it was not sealed here.
    pub fn open(seal: &Seal, clinic: ClinicId, kept: &str) -> Option<Self> {
        let kept = hex::decode(kept).ok().filter(|kept| !kept.is_empty())?;
        let plain = seal.open(SETTING, clinic.uuid(), &kept).ok()?;
        let plain = Zeroizing::new(plain);
        let Written { account, password } = serde_json::from_slice(&plain).ok()?;
        Some(Self::new(account, password.map(Zeroizing::new)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use safetalk_courier::Security;
    use safetalk_ledger::Key;
    use uuid::Uuid;

    const CLINIC: ClinicId = ClinicId(Uuid::from_u128(7));

    fn mailbox() -> Mailbox {
        let account = SmtpAccount {
            host: "smtp.example.org".to_owned(),
            port: 465,
            security: Security::ImplicitTls,
            user: Some("clinic@example.org".to_owned()),
            from_name: "Harbour".to_owned(),
            from_address: "clinic@example.org".to_owned(),
        };
        Mailbox::new(account, Some(Zeroizing::new("open sesame".to_owned())))
    }

    #[test]
    fn what_is_sealed_opens_for_its_clinic_alone_and_shows_nothing() {
        let seal = Seal::under(&Key::from_bytes([1; 32]));
        let kept = mailbox().close(&seal, CLINIC);
        for shown in [
            "sesame",
            "example",
            &hex::encode("sesame"),
            &hex::encode("example"),
        ] {
            assert!(!kept.contains(shown), "{shown}");
        }
        let opened = Mailbox::open(&seal, CLINIC, &kept).unwrap();
        assert!(opened.has_password() && opened.account() == mailbox().account());
        assert!(Mailbox::open(&seal, ClinicId(Uuid::from_u128(8)), &kept).is_none());
        let other = Seal::under(&Key::from_bytes([2; 32]));
        assert!(Mailbox::open(&other, CLINIC, &kept).is_none());
        assert!(Mailbox::open(&seal, CLINIC, "").is_none());
    }

    #[test]
    fn a_kept_password_goes_to_no_other_server_and_under_no_other_name() {
        let account = mailbox().account().clone();
        let renamed = SmtpAccount {
            from_name: "Harbour Clinic".to_owned(),
            ..account.clone()
        };
        assert!(mailbox().with(renamed).has_password());
        let elsewhere = [
            SmtpAccount {
                host: "smtp.example.net".to_owned(),
                ..account.clone()
            },
            SmtpAccount {
                port: 587,
                ..account.clone()
            },
            SmtpAccount {
                security: Security::StartTls,
                ..account.clone()
            },
            SmtpAccount {
                user: None,
                ..account
            },
        ];
        for other in elsewhere {
            assert!(!mailbox().with(other).has_password());
        }
    }
}
