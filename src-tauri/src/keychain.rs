//! The operating system's keychain: where the database key and the mail password live.
//!
//! The Secret Service over D-Bus on Linux, Keychain on macOS, Credential Manager on Windows.
//!
//! **"No entry" is only said when it is certain.** Some keychains answer "no entry" when they are merely closed; a program
//! that believes them makes a new key over a clinic it can then never open again. So before [`SecretStore::get`] says `None` it
//! writes, reads and deletes a probe entry; if that fails, the answer is [`SecretError::Locked`] or [`SecretError::Missing`].
//!
//! Every operation connects anew: a keychain that was missing or locked is found as soon as it is there, without a restart.
//! All calls block, for as long as the operating system shows its own unlock dialog.

use std::collections::HashMap;
use std::sync::Mutex;

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error};
use safetalk_app::host::{SecretError, SecretStore};
use zeroize::Zeroizing;

#[cfg(target_os = "macos")]
use apple_native_keyring_store::keychain::Store;
#[cfg(target_os = "windows")]
use windows_native_keyring_store::Store;
#[cfg(target_os = "linux")]
use zbus_secret_service_keyring_store::Store;

/// The keychain of the person who is signed in to this computer.
pub struct Keychain {
    service: String,
    /// Two probes at once would delete each other's entry and look like a broken keychain.
    one_at_a_time: Mutex<()>,
}

impl Keychain {
    /// Secrets of one application; `service` is its identifier and parts its entries from those of others.
    pub fn new(service: impl Into<String>) -> Self {
        Self {
            service: service.into(),
            one_at_a_time: Mutex::new(()),
        }
    }

    fn turn(&self) -> std::sync::MutexGuard<'_, ()> {
        // The guard protects no data, so a panic while it was held leaves nothing half done.
        self.one_at_a_time
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn entry(&self, name: &str) -> Result<Entry, SecretError> {
        let store = Store::new().map_err(|error| match explain(&error) {
            // Connecting needs no unlocking, so whatever failed here is the service itself.
            SecretError::Other(_) if cfg!(target_os = "linux") => SecretError::Missing,
            other => other,
        })?;
        let label = format!("SafeTalk ({name})");
        let modifiers = HashMap::from([("label", label.as_str())]);
        // Only the Secret Service shows people a label of our own.
        let modifiers = cfg!(target_os = "linux").then_some(&modifiers);
        store
            .build(&self.service, name, modifiers)
            .map_err(|error| explain(&error))
    }

    fn write_and_check(&self, name: &str, value: &[u8]) -> Result<(), SecretError> {
        let entry = self.entry(name)?;
        entry.set_secret(value).map_err(|error| explain(&error))?;
        let kept = Zeroizing::new(entry.get_secret().map_err(|error| explain(&error))?);
        if *kept == value {
            Ok(())
        } else {
            Err(SecretError::Other(
                "it did not give back what it was given".into(),
            ))
        }
    }

    fn probe(&self) -> Result<(), SecretError> {
        let name = "probe";
        self.write_and_check(name, b"probe")?;
        self.entry(name)?
            .delete_credential()
            .map_err(|error| explain(&error))
    }
}

impl SecretStore for Keychain {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError> {
        let _turn = self.turn();
        match self.entry(name)?.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(Error::NoEntry) => self.probe().map(|()| None),
            Err(error) => Err(explain(&error)),
        }
    }

    /// Reads the entry back before saying that it is kept.
    fn set(&self, name: &str, value: &[u8]) -> Result<(), SecretError> {
        let _turn = self.turn();
        self.write_and_check(name, value)
    }

    fn delete(&self, name: &str) -> Result<(), SecretError> {
        let _turn = self.turn();
        match self.entry(name)?.delete_credential() {
            Ok(()) => Ok(()),
            Err(Error::NoEntry) => self.probe(),
            Err(error) => Err(explain(&error)),
        }
    }
}

/// Never formats an error that carries a secret's bytes (`BadEncoding`, `BadDataFormat`) or other entries (`Ambiguous`).
fn explain(error: &Error) -> SecretError {
    match error {
        Error::NoStorageAccess(_) => SecretError::Locked,
        Error::NoDefaultStore => SecretError::Missing,
        Error::PlatformFailure(cause) => SecretError::Other(cause.to_string()),
        Error::NoEntry => SecretError::Other("an entry vanished".into()),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            SecretError::Other("an entry is damaged".into())
        }
        Error::Ambiguous(_) => SecretError::Other("several entries have one name".into()),
        Error::TooLong(what, limit) => SecretError::Other(format!("{what} is longer than {limit}")),
        Error::BadStoreFormat(why) | Error::NotSupportedByStore(why) => {
            SecretError::Other(why.clone())
        }
        Error::Invalid(what, why) => SecretError::Other(format!("{what}: {why}")),
        _ => SecretError::Other("for a reason it does not say".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_never_shows_the_secret_it_carries() {
        let secret = b"hunter2".to_vec();
        let carried = [
            Error::BadEncoding(secret.clone()),
            Error::BadDataFormat(secret, Box::new(std::io::Error::other("bad padding"))),
        ];
        for error in carried {
            let shown = format!("{0} {0:?}", explain(&error));
            assert!(
                !shown.contains("hunter2"),
                "a secret as text stands in: {shown}"
            );
            assert!(
                !shown.contains("104, 117"),
                "a secret as bytes stands in: {shown}"
            );
        }
    }

    #[test]
    fn a_dismissed_unlock_dialog_is_locked_and_not_missing() {
        let dismissed = Error::NoStorageAccess(Box::new(std::io::Error::other("prompt dismissed")));
        assert!(
            matches!(explain(&dismissed), SecretError::Locked),
            "the entry may well be there behind the lock"
        );
    }
}
