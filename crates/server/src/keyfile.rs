//! The key of this server: every file it keeps is encrypted under a key drawn from it.

use ring::hmac;
use safetalk_ledger::Key;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be read or made.
    #[error("the key file cannot be read or made")]
    Io(#[from] std::io::Error),
    /// It is not 64 hexadecimal digits.
    #[error("the key file does not hold 64 hexadecimal digits")]
    Malformed,
    /// There is data, and the key it was encrypted with is not there. A new key would open none of it.
    #[error("the key file is missing, and there is data that only it can open")]
    Missing,
    /// Others may read it.
    #[error("the key file may be read by others than its owner (chmod 600)")]
    Open,
    /// The operating system gives no random numbers.
    #[error("no random numbers for a new key")]
    NoRandomness,
}

/// 256 random bits, from which every other key is drawn.
pub struct ServerKey(Zeroizing<[u8; 32]>);

impl ServerKey {
    /// Reads the key file; makes one, readable by its owner only, if `may_make`.
    ///
    /// # Errors
    /// [`KeyFileError`]. A key is never made where data exists already.
    pub fn read_or_make(path: &Path, may_make: bool) -> Result<Self, KeyFileError> {
        match File::open(path) {
            Ok(file) => read(file),
            Err(error) if error.kind() == ErrorKind::NotFound && may_make => make(path),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(KeyFileError::Missing),
            Err(error) => Err(error.into()),
        }
    }

    /// A key as it is, for tests and other stores of keys.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key of one clinic's ledger.
    pub fn ledger(&self, clinic: Uuid) -> Key {
        Key::from_bytes(self.draw(&format!("safetalk ledger 1 {clinic}")))
    }

    /// The key of one clinic's mail account.
    pub fn mail(&self, clinic: Uuid) -> Key {
        Key::from_bytes(self.draw(&format!("safetalk mail 1 {clinic}")))
    }

    /// The key of the accounts.
    pub fn accounts(&self) -> Key {
        Key::from_bytes(self.draw("safetalk accounts 1"))
    }

    /// The key under which mail addresses become marks.
    pub fn marks(&self) -> [u8; 32] {
        self.draw("safetalk address marks 1")
    }

    /// HMAC as a pseudo-random function: the server's key has full entropy.
    fn draw(&self, purpose: &str) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_slice());
        let mut drawn = [0; 32];
        drawn.copy_from_slice(hmac::sign(&key, purpose.as_bytes()).as_ref());
        drawn
    }
}

impl std::fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerKey(…)")
    }
}

fn read(file: File) -> Result<ServerKey, KeyFileError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            return Err(KeyFileError::Open);
        }
    }
    let mut text = Zeroizing::new(String::new());
    file.take(1_024)
        .read_to_string(&mut text)
        .map_err(|_| KeyFileError::Malformed)?;
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text.trim(), bytes.as_mut_slice()).map_err(|_| KeyFileError::Malformed)?;
    Ok(ServerKey(bytes))
}

fn make(path: &Path) -> Result<ServerKey, KeyFileError> {
    use ring::rand::SecureRandom as _;
    let mut bytes = Zeroizing::new([0; 32]);
    ring::rand::SystemRandom::new()
        .fill(bytes.as_mut_slice())
        .map_err(|_| KeyFileError::NoRandomness)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    let text = Zeroizing::new(format!("{}\n", hex::encode(bytes.as_slice())));
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(ServerKey(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("safetalk-key-{}", Uuid::new_v4()));
        std::fs::create_dir(&folder).unwrap();
        folder
    }

    #[test]
    fn the_key_of_the_first_start_is_the_key_of_every_later_one() {
        let path = folder().join("server.key");
        let first = ServerKey::read_or_make(&path, true).unwrap();
        let later = ServerKey::read_or_make(&path, false).unwrap();
        assert_eq!(first.marks(), later.marks());
        assert_ne!(
            first.ledger(Uuid::from_u128(1)).expose(),
            first.ledger(Uuid::from_u128(2)).expose(),
            "no clinic's file opens with another clinic's key"
        );
    }

    #[test]
    fn no_new_key_is_made_where_the_old_one_is_missing() {
        let path = folder().join("server.key");
        assert!(matches!(
            ServerKey::read_or_make(&path, false),
            Err(KeyFileError::Missing)
        ));
        assert!(!path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let path = folder().join("server.key");
        drop(ServerKey::read_or_make(&path, true).unwrap());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(
            ServerKey::read_or_make(&path, true),
            Err(KeyFileError::Open)
        ));
    }
}
