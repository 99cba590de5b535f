//! The mail account's file, its password, and the courier's causes in the words of the domain.

use crate::host::Host;
use crate::settings::mail_password_name;
use safetalk_courier::{Cause, Password, PasswordSource, SmtpAccount, SmtpTransport};
use safetalk_domain::NoticeCause;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

/// Beside the clinic's databases; holds no password.
const FILE: &str = "mail.json";

/// The account of a clinic, if one is set up. One that cannot be understood is none: [`crate::opening`] sees to it that the
/// clinic does not go on believing in it.
pub fn read(dir: &Path) -> std::io::Result<Option<SmtpAccount>> {
    match std::fs::read(dir.join(FILE)) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes)
            // serde's text may quote an address.
            .inspect_err(|_| tracing::warn!("the mail account's file cannot be understood"))
            .ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes the account whole or not at all.
pub fn write(dir: &Path, account: &SmtpAccount) -> std::io::Result<()> {
    let temporary = dir.join(".mail.json.new");
    let mut out = std::fs::File::create(&temporary)?;
    out.write_all(&serde_json::to_vec_pretty(account)?)?;
    out.sync_all()?;
    std::fs::rename(temporary, dir.join(FILE))
}

/// The password of a clinic's mail account, asked of the keychain before each sign-in.
struct Keychain {
    host: Arc<dyn Host>,
    clinic: Uuid,
    google: bool,
}

impl PasswordSource for Keychain {
    fn password(&self) -> Option<Password> {
        let entry = self.host.secrets().get(&mail_password_name(self.clinic));
        let bytes = entry
            .inspect_err(|error| tracing::warn!(%error, "the keychain did not give the password"))
            .ok()??;
        let password = Password::new(String::from_utf8_lossy(&bytes).into_owned());
        Some(as_typed(password, self.google))
    }
}

/// The way to the account's server, with the password in the keychain.
pub fn smtp(account: SmtpAccount, host: &Arc<dyn Host>, clinic: Uuid) -> SmtpTransport {
    let keychain = Keychain {
        host: Arc::clone(host),
        clinic,
        google: is_google(&account),
    };
    SmtpTransport::asking(account, Arc::new(keychain))
}

/// The way to the account's server, with a password that is not kept yet.
pub fn smtp_with(account: SmtpAccount, password: Password) -> SmtpTransport {
    let password = as_typed(password, is_google(&account));
    SmtpTransport::new(account, Some(password))
}

fn is_google(account: &SmtpAccount) -> bool {
    account.host.ends_with(".gmail.com") || account.host.ends_with(".googlemail.com")
}

/// Google shows its app passwords in groups of four; they are joined for Google only.
fn as_typed(password: Password, google: bool) -> Password {
    if google {
        password.without_spaces()
    } else {
        password
    }
}

/// The courier's causes, as notices keep them.
pub fn cause(cause: Cause) -> NoticeCause {
    match cause {
        Cause::HostNotFound => NoticeCause::HostNotFound,
        Cause::Unreachable => NoticeCause::NoInternet,
        Cause::ConnectionRefused => NoticeCause::ConnectionRefused,
        Cause::NotAMailServer => NoticeCause::NotAMailServer,
        Cause::Silent => NoticeCause::Silent,
        Cause::LineCut => NoticeCause::LineCut,
        Cause::TlsFailed | Cause::NoTls | Cause::PlainOnlyToThisComputer => NoticeCause::TlsFailed,
        Cause::CertificateUntrusted => NoticeCause::CertificateUntrusted,
        Cause::CertificateExpired => NoticeCause::CertificateExpired,
        Cause::CertificateForOtherHost => NoticeCause::CertificateOtherHost,
        Cause::ServiceUnavailable | Cause::TryLater => NoticeCause::ServerBusy,
        Cause::RecordUnwritable => NoticeCause::DiskUnwritable,
        Cause::NoPassword => NoticeCause::NoPassword,
        Cause::WrongPassword => NoticeCause::WrongPassword,
        Cause::AppPasswordNeeded => NoticeCause::AppPasswordNeeded,
        Cause::PasswordSignInDisabled => NoticeCause::PasswordSignInOff,
        Cause::AccountMalformed | Cause::SenderRefused => NoticeCause::SenderRefused,
        Cause::TooManyMessages => NoticeCause::TooManyMessages,
        Cause::RecipientMalformed | Cause::RecipientRefused => NoticeCause::RecipientRefused,
        Cause::MailboxFull => NoticeCause::MailboxFull,
        Cause::MessageTooLarge | Cause::MessageRefused => NoticeCause::MessageRefused,
    }
}

/// Whether what holds the messages is the kind of thing that passes: the network, the server's mood, the provider's limit.
/// Anything else goes on until a person does something about it.
pub fn passes(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::HostNotFound
            | Cause::Unreachable
            | Cause::ConnectionRefused
            | Cause::Silent
            | Cause::LineCut
            | Cause::ServiceUnavailable
            | Cause::TryLater
            | Cause::TooManyMessages
    )
}
