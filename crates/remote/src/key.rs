//! The key of this computer: a stolen token is worth nothing without it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use zeroize::Zeroizing;

/// An Ed25519 key pair, made on this computer and never leaving it.
pub struct DeviceKey {
    document: Zeroizing<Vec<u8>>,
    pair: Ed25519KeyPair,
}

/// A kept key is none, or the operating system gave no randomness for a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no usable key")]
pub struct BadKey;

impl DeviceKey {
    /// A new one.
    ///
    /// # Errors
    /// [`BadKey`] when the operating system gives no randomness.
    pub fn generate() -> Result<Self, BadKey> {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| BadKey)?;
        Self::from_document(document.as_ref())
    }

    /// As it came out of the keychain.
    ///
    /// # Errors
    /// [`BadKey`] when it is none.
    pub fn from_document(document: &[u8]) -> Result<Self, BadKey> {
        Ok(Self {
            pair: Ed25519KeyPair::from_pkcs8(document).map_err(|_| BadKey)?,
            document: Zeroizing::new(document.to_owned()),
        })
    }

    /// What to put into the keychain (PKCS #8). It belongs nowhere else.
    pub fn expose(&self) -> &[u8] {
        &self.document
    }

    /// What the server is told: base64url without padding.
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.pair.public_key())
    }

    /// The signature of a text: base64url without padding.
    pub(crate) fn sign(&self, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.pair.sign(text.as_bytes()))
    }
}

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceKey(…)")
    }
}
