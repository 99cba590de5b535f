//! The mail account's file, its password, and the courier's causes in the words of the domain.

use crate::host::{Host, SecretError};
use crate::settings::mail_password_name;
use safetalk_courier::{Cause, Password, SmtpAccount, SmtpTransport};
use safetalk_domain::NoticeCause;
use std::io::Write as _;
use std::path::Path;
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

/// The password in the keychain, if there is one.
pub fn password(host: &dyn Host, clinic: Uuid) -> Result<Option<Password>, SecretError> {
    let entry = host.secrets().get(&mail_password_name(clinic))?;
    Ok(entry.map(|bytes| Password::new(String::from_utf8_lossy(&bytes).into_owned())))
}

/// The way to the account's server. Google shows its app passwords in groups of four; they are joined for Google only.
pub fn smtp(account: SmtpAccount, password: Option<Password>) -> SmtpTransport {
    let google = account.host.ends_with(".gmail.com") || account.host.ends_with(".googlemail.com");
    SmtpTransport::new(
        account,
        password.map(|password| {
            if google {
                password.without_spaces()
            } else {
                password
            }
        }),
    )
}

/// The courier's causes, as notices keep them.
pub fn cause(cause: Cause) -> NoticeCause {
    match cause {
        Cause::HostNotFound | Cause::Unreachable => NoticeCause::HostNotFound,
        Cause::ConnectionRefused | Cause::NotAMailServer => NoticeCause::ConnectionRefused,
        Cause::Silent => NoticeCause::Silent,
        Cause::LineCut => NoticeCause::LineCut,
        Cause::TlsFailed | Cause::NoTls | Cause::PlainOnlyToThisComputer => NoticeCause::TlsFailed,
        Cause::CertificateUntrusted
        | Cause::CertificateExpired
        | Cause::CertificateForOtherHost => NoticeCause::CertificateUntrusted,
        Cause::ServiceUnavailable | Cause::TryLater => NoticeCause::ServerBusy,
        Cause::RecordUnwritable => NoticeCause::DiskUnwritable,
        Cause::WrongPassword => NoticeCause::WrongPassword,
        Cause::AppPasswordNeeded | Cause::PasswordSignInDisabled => NoticeCause::AppPasswordNeeded,
        Cause::AccountMalformed | Cause::SenderRefused => NoticeCause::SenderRefused,
        Cause::TooManyMessages => NoticeCause::TooManyMessages,
        Cause::RecipientMalformed | Cause::RecipientRefused => NoticeCause::RecipientRefused,
        Cause::MailboxFull => NoticeCause::MailboxFull,
        Cause::MessageTooLarge | Cause::MessageRefused => NoticeCause::MessageRefused,
    }
}
