//! The mail account's file, and its password in the keychain.

use crate::host::Host;
use crate::settings::mail_password_name;
use safetalk_courier::{Password, PasswordSource, SmtpAccount, SmtpTransport};
use safetalk_desk::typed_password;
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
    account: SmtpAccount,
}

impl PasswordSource for Keychain {
    fn password(&self) -> Option<Password> {
        let entry = self.host.secrets().get(&mail_password_name(self.clinic));
        let bytes = entry
            .inspect_err(|error| tracing::warn!(%error, "the keychain did not give the password"))
            .ok()??;
        let password = Password::new(String::from_utf8_lossy(&bytes).into_owned());
        Some(typed_password(&self.account, password))
    }
}

/// The way to the account's server, with the password in the keychain.
pub fn smtp(account: SmtpAccount, host: &Arc<dyn Host>, clinic: Uuid) -> SmtpTransport {
    let keychain = Keychain {
        host: Arc::clone(host),
        clinic,
        account: account.clone(),
    };
    SmtpTransport::asking(account, Arc::new(keychain))
}
