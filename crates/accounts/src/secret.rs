//! Secrets that are handed out once, and what is kept of them.

use crate::Error;
use crate::signature::sha256;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use safetalk_domain::Moment;
use zeroize::Zeroizing;

/// The mark of a mail address.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AddressMark(pub(crate) [u8; 32]);

impl std::fmt::Debug for AddressMark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AddressMark(…)")
    }
}

/// A secret of 256 random bits, as it is handed to one person or computer. Only its hash is kept.
pub struct Secret {
    /// Base64url.
    pub text: Zeroizing<String>,
    /// Until when it is good.
    pub good_until: Moment,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A new secret, and what is kept of it.
pub fn new(good_until: Moment) -> Result<(Secret, Vec<u8>), Error> {
    let bytes = Zeroizing::new(random::<32>()?);
    let text = Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()));
    let hash = hash(&text);
    Ok((Secret { text, good_until }, hash))
}

/// What is kept of a secret. It has full entropy, so that one round of SHA-256 is enough.
pub fn hash(text: &str) -> Vec<u8> {
    sha256(text.as_bytes()).to_vec()
}

/// Random bytes of the operating system.
pub fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(|_| Error::NoRandomness)?;
    Ok(bytes)
}
