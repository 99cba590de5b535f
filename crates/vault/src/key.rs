//! The key of a clinic's databases.

use crate::error::NoRandomness;
use hkdf::Hkdf;
use rand::{TryRngCore, rngs::OsRng};
use sha2::Sha256;
use std::fmt;
use zeroize::Zeroizing;

/// Fills an array from the operating system's random numbers, the only source of secrets in this crate.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// Draws an independent secret (or a public mark) from one that has full entropy.
pub(crate) fn derive<const N: usize>(secret: &[u8], salt: &[u8], purpose: &str) -> [u8; N] {
    let mut out = [0; N];
    Hkdf::<Sha256>::new(Some(salt), secret)
        .expand(purpose.as_bytes(), &mut out)
        .expect("HKDF-SHA256 gives up to 8160 bytes, and we ask for at most 32");
    out
}

/// The 256-bit key under which all databases of one clinic on this computer are encrypted.
///
/// It lives in the operating system's keychain and, wrapped, in the [`RecoveryFile`](crate::RecoveryFile). It is wiped
/// from memory when dropped and never printed. (sqlx keeps the text of its `PRAGMA key` for as long as a pool lives;
/// that copy is out of our reach.)
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// A new random key, for a new clinic only.
    ///
    /// # Errors
    /// [`NoRandomness`] when the operating system has none to give.
    pub fn generate() -> Result<Self, NoRandomness> {
        random().map(Self::from_bytes)
    }

    /// The key as it came out of the keychain.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes to put into the keychain. They belong nowhere else.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// A public mark of the key: tells whether two keys are the same and nothing about them, as the key is random.
    pub(crate) fn mark(&self) -> [u8; 16] {
        derive(self.0.as_slice(), b"", "safetalk key mark 1")
    }

    /// The value of `PRAGMA key`: SQLCipher takes 64 hex digits as the key itself, so opening costs no key stretching.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        let hex = Zeroizing::new(hex::encode(self.0.as_slice()));
        Zeroizing::new(format!("\"x'{}'\"", hex.as_str()))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_never_printed() {
        let key = Key::from_bytes([0xab; 32]);
        assert_eq!(
            format!("{key:?}"),
            "Key(…)",
            "Debug must not show a single byte"
        );
    }

    #[test]
    fn two_keys_are_never_the_same_and_their_marks_tell_them_apart() {
        let (a, b) = (Key::generate().unwrap(), Key::generate().unwrap());
        assert_ne!(a.expose(), b.expose(), "keys are random");
        assert_ne!(
            a.mark(),
            b.mark(),
            "another key must not look like the same one"
        );
        assert_eq!(
            a.mark(),
            Key::from_bytes(*a.expose()).mark(),
            "the mark depends on the key alone"
        );
        assert!(
            !a.expose().windows(8).any(|part| a.mark().starts_with(part)),
            "the mark is public and holds no part of the key"
        );
    }
}
