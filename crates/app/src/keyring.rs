//! What signs this computer in to a clinic's server. It lies in the keychain and nowhere else.

use crate::host::{Host, SecretError};
use crate::settings::{device_key_name, token_name};
use async_trait::async_trait;
use safetalk_remote::{Credentials, DeviceKey, Keyring};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;
use zeroize::Zeroizing;

/// The keychain's entries for one clinic, read anew for each request.
pub struct Keychain {
    host: Arc<dyn Host>,
    clinic: Uuid,
    /// The keychain itself gave nothing the last time: "nobody is signed in" is not known then.
    shut: AtomicBool,
}

impl Keychain {
    /// The entries for `clinic`.
    pub fn new(host: Arc<dyn Host>, clinic: Uuid) -> Self {
        Self {
            host,
            clinic,
            shut: AtomicBool::new(false),
        }
    }

    /// Whether the keychain itself gave nothing the last time.
    pub fn is_shut(&self) -> bool {
        self.shut.load(Ordering::Acquire)
    }
}

#[async_trait]
impl Keyring for Keychain {
    async fn credentials(&self) -> Option<Credentials> {
        let (host, clinic) = (Arc::clone(&self.host), self.clinic);
        // A keychain may keep one waiting.
        let read = tokio::task::spawn_blocking(move || read(host.as_ref(), clinic))
            .await
            .ok()?;
        self.shut.store(read.is_err(), Ordering::Release);
        read.inspect_err(|error| tracing::warn!(%error, "the keychain did not give the sign-in"))
            .ok()?
    }
}

fn read(host: &dyn Host, clinic: Uuid) -> Result<Option<Credentials>, SecretError> {
    let Some(token) = host.secrets().get(&token_name(clinic))? else {
        return Ok(None);
    };
    let key = device_key(host, clinic)?;
    let token = String::from_utf8(token.to_vec()).map(Zeroizing::new).ok();
    Ok(token
        .zip(key)
        .map(|(token, key)| Credentials { token, key }))
}

/// The key of this computer for a clinic, if it has one.
pub fn device_key(host: &dyn Host, clinic: Uuid) -> Result<Option<DeviceKey>, SecretError> {
    let kept = host.secrets().get(&device_key_name(clinic))?;
    Ok(kept.and_then(|kept| DeviceKey::from_document(&kept).ok()))
}

/// Keeps what signs this computer in from now on.
pub fn keep(
    host: &dyn Host,
    clinic: Uuid,
    token: &str,
    key: &DeviceKey,
) -> Result<(), SecretError> {
    host.secrets().set(&device_key_name(clinic), key.expose())?;
    host.secrets().set(&token_name(clinic), token.as_bytes())
}

/// Forgets the sign-in; the computer stays the same one.
pub fn forget_token(host: &dyn Host, clinic: Uuid) -> Result<(), SecretError> {
    host.secrets().delete(&token_name(clinic))
}

/// Forgets the sign-in and which computer this is.
pub fn forget(host: &dyn Host, clinic: Uuid) -> Result<(), SecretError> {
    forget_token(host, clinic)?;
    host.secrets().delete(&device_key_name(clinic))
}

/// A token that was just given, before it is kept; or nobody, for what anyone may ask.
pub struct InHand(pub Option<(Zeroizing<String>, Arc<DeviceKey>)>);

#[async_trait]
impl Keyring for InHand {
    async fn credentials(&self) -> Option<Credentials> {
        let (token, key) = self.0.as_ref()?;
        Some(Credentials {
            token: token.clone(),
            key: DeviceKey::from_document(key.expose()).ok()?,
        })
    }
}
