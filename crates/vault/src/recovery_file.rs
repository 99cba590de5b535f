//! The file beside a database that holds its key, wrapped by the recovery key.
//!
//! The wrapping key is drawn from the recovery key with HKDF-SHA256, not with a slow password hash: a recovery key has
//! 120 random bits, so guessing is hopeless at any speed, and a slow hash would only add parameters that can be wrong.

use crate::error::RecoveryFileError;
use crate::files::write_atomically;
use crate::key::{Key, derive, random};
use crate::recovery_key::RecoveryKey;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;
use uuid::Uuid;
use zeroize::Zeroizing;

/// The recovery file's name in a clinic's folder and in a backup.
pub const RECOVERY_FILE: &str = "clinic.recovery.json";

const FORMAT: &str = "safetalk-recovery";
const VERSION: u32 = 1;
const WRAPPING: &str = "safetalk recovery wrapping key 1";

/// A clinic's database key, wrapped by its recovery key. Safe to copy anywhere: without the recovery key it tells
/// nothing but which clinic it belongs to and when it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryFile {
    format: String,
    version: u32,
    clinic: Uuid,
    /// Seconds since 1970, UTC.
    made_at: i64,
    #[serde(with = "hex::serde")]
    key_mark: [u8; 16],
    #[serde(with = "hex::serde")]
    salt: [u8; 32],
    #[serde(with = "hex::serde")]
    nonce: [u8; 24],
    #[serde(with = "hex::serde")]
    wrapped: [u8; 48],
}

impl RecoveryFile {
    /// Wraps `key` for the clinic; `made_at` is in seconds UTC.
    ///
    /// # Errors
    /// [`RecoveryFileError::NoRandomness`].
    pub fn wrap(
        key: &Key,
        recovery_key: &RecoveryKey,
        clinic: Uuid,
        made_at: i64,
    ) -> Result<Self, RecoveryFileError> {
        let mut file = Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            clinic,
            made_at,
            key_mark: key.mark(),
            salt: random()?,
            nonce: random()?,
            wrapped: [0; 48],
        };
        let sealed = file
            .cipher(recovery_key)
            .encrypt(
                &XNonce::from(file.nonce),
                Payload {
                    msg: key.expose(),
                    aad: &file.identity(),
                },
            )
            .expect("sealing 32 bytes in memory cannot fail");
        file.wrapped.copy_from_slice(sealed.as_slice());
        Ok(file)
    }

    /// The database key again.
    ///
    /// # Errors
    /// [`RecoveryFileError::WrongRecoveryKey`] when the recovery key was made for something else, or the file was altered.
    pub fn unwrap_key(&self, recovery_key: &RecoveryKey) -> Result<Key, RecoveryFileError> {
        let bytes = self
            .cipher(recovery_key)
            .decrypt(
                &XNonce::from(self.nonce),
                Payload {
                    msg: &self.wrapped,
                    aad: &self.identity(),
                },
            )
            .map(Zeroizing::new)
            .map_err(|_| RecoveryFileError::WrongRecoveryKey)?;
        let bytes: [u8; 32] = bytes
            .as_slice()
            .try_into()
            .map_err(|_| RecoveryFileError::Damaged)?;
        Ok(Key::from_bytes(bytes))
    }

    /// Whether this file wraps that very key; needs no recovery key.
    #[must_use]
    pub fn fits(&self, key: &Key) -> bool {
        self.key_mark == key.mark()
    }

    /// The clinic it belongs to.
    #[must_use]
    pub fn clinic(&self) -> Uuid {
        self.clinic
    }

    /// When the recovery key was made, in seconds UTC.
    #[must_use]
    pub fn made_at(&self) -> i64 {
        self.made_at
    }

    /// Reads the recovery file of a clinic's folder.
    ///
    /// # Errors
    /// [`RecoveryFileError::NotThere`], `Damaged`, `Newer`, or what the operating system said.
    pub fn read(folder: &Path) -> Result<Self, RecoveryFileError> {
        Self::from_json(&fs::read(folder.join(RECOVERY_FILE))?)
    }

    /// Writes it into a clinic's folder: whole or not at all, for the owner's eyes only. A recovery file of the same
    /// key is replaced (the person has made a new recovery key), one of another key never.
    ///
    /// # Errors
    /// [`RecoveryFileError::OfAnotherKey`]; any error of [`read`](Self::read) but `NotThere` when what is there cannot
    /// be understood; `DiskFull`, `ReadOnly`.
    pub fn write(&self, folder: &Path) -> Result<(), RecoveryFileError> {
        match Self::read(folder) {
            Err(RecoveryFileError::NotThere) => {}
            Ok(old) if old.key_mark == self.key_mark => {}
            Ok(_) => return Err(RecoveryFileError::OfAnotherKey),
            Err(error) => return Err(error),
        }
        write_atomically(&folder.join(RECOVERY_FILE), &self.to_json())?;
        Ok(())
    }

    pub(crate) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("plain fields always serialize")
    }

    pub(crate) fn from_json(json: &[u8]) -> Result<Self, RecoveryFileError> {
        /// What every version has, so that a newer file is called newer and not damaged.
        #[derive(Deserialize)]
        struct Head {
            format: String,
            version: u32,
        }
        let head: Head = serde_json::from_slice(json).map_err(|_| RecoveryFileError::Damaged)?;
        match head.version {
            _ if head.format != FORMAT => Err(RecoveryFileError::Damaged),
            VERSION => serde_json::from_slice(json).map_err(|_| RecoveryFileError::Damaged),
            newer => Err(RecoveryFileError::Newer(newer)),
        }
    }

    fn cipher(&self, recovery_key: &RecoveryKey) -> XChaCha20Poly1305 {
        let key = Zeroizing::new(derive::<32>(recovery_key.secret(), &self.salt, WRAPPING));
        XChaCha20Poly1305::new((&*key).into())
    }

    /// Everything the wrapped key is bound to, so that no field can be exchanged for another file's.
    fn identity(&self) -> Vec<u8> {
        [
            FORMAT.as_bytes(),
            &self.version.to_le_bytes(),
            self.clinic.as_bytes(),
            &self.made_at.to_le_bytes(),
            &self.key_mark,
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_795_000_000;

    fn wrapped() -> (Key, RecoveryKey, RecoveryFile) {
        let (key, recovery) = (Key::generate().unwrap(), RecoveryKey::generate().unwrap());
        let file = RecoveryFile::wrap(&key, &recovery, Uuid::from_u128(7), NOON).unwrap();
        (key, recovery, file)
    }

    #[test]
    fn the_recovery_key_gives_the_database_key_back_after_a_trip_through_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let (key, recovery, file) = wrapped();
        file.write(folder.path()).unwrap();
        let read = RecoveryFile::read(folder.path()).unwrap();
        assert_eq!(read, file, "what was written is what is read");
        let typed = RecoveryKey::parse(&recovery.groups().join(" ")).unwrap();
        assert_eq!(read.unwrap_key(&typed).unwrap().expose(), key.expose());
        assert!(read.fits(&key), "the mark tells that it is this key's file");
    }

    #[test]
    fn another_recovery_key_and_an_altered_file_open_nothing() {
        let (_, recovery, file) = wrapped();
        let another = RecoveryKey::generate().unwrap();
        let mut other_clinic = file.clone();
        other_clinic.clinic = Uuid::from_u128(8);
        let mut other_time = file.clone();
        other_time.made_at += 1;
        let mut other_bytes = file.clone();
        other_bytes.wrapped[5] ^= 1;
        for (file, recovery, why) in [
            (&file, &another, "the recovery key is another one"),
            (&other_clinic, &recovery, "the clinic is bound to it"),
            (&other_time, &recovery, "the time is bound to it"),
            (&other_bytes, &recovery, "the bytes are authenticated"),
        ] {
            assert!(
                matches!(
                    file.unwrap_key(recovery),
                    Err(RecoveryFileError::WrongRecoveryKey)
                ),
                "{why}"
            );
        }
    }

    #[test]
    fn a_recovery_file_is_never_written_over_one_of_another_key() {
        let folder = tempfile::tempdir().unwrap();
        let (key, _, first) = wrapped();
        first.write(folder.path()).unwrap();
        let (_, _, foreign) = wrapped();
        assert!(
            matches!(
                foreign.write(folder.path()),
                Err(RecoveryFileError::OfAnotherKey)
            ),
            "that would lock the first database for ever"
        );
        let renewed = RecoveryKey::generate().unwrap();
        let again = RecoveryFile::wrap(&key, &renewed, Uuid::from_u128(7), NOON + 9).unwrap();
        again.write(folder.path()).unwrap();
        assert_eq!(
            RecoveryFile::read(folder.path()).unwrap(),
            again,
            "a new recovery key of the same database key replaces the old file"
        );
    }

    #[test]
    fn a_damaged_or_newer_recovery_file_says_so_and_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let (_, _, file) = wrapped();
        let path = folder.path().join(RECOVERY_FILE);
        for junk in ["", "{", "{\"format\":\"other\",\"version\":1}"] {
            fs::write(&path, junk).unwrap();
            assert!(
                matches!(file.write(folder.path()), Err(RecoveryFileError::Damaged)),
                "{junk:?} may be all that is left of a key"
            );
            assert_eq!(fs::read(&path).unwrap(), junk.as_bytes(), "left as it was");
        }
        fs::write(&path, "{\"format\":\"safetalk-recovery\",\"version\":9}").unwrap();
        assert!(matches!(
            RecoveryFile::read(folder.path()),
            Err(RecoveryFileError::Newer(9))
        ));
    }

    #[test]
    fn the_recovery_file_holds_neither_the_key_nor_the_recovery_key() {
        let (key, recovery, file) = wrapped();
        let json = String::from_utf8(file.to_json()).unwrap();
        assert!(!json.contains(&hex::encode(key.expose())), "{json}");
        assert!(
            recovery.groups().iter().all(|group| !json.contains(group)),
            "{json}"
        );
        assert!(
            !format!("{file:?}").contains(&format!("{:?}", key.expose())),
            "Debug shows the wrapped key only"
        );
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_the_recovery_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        wrapped().2.write(folder.path()).unwrap();
        let mode = fs::metadata(folder.path().join(RECOVERY_FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "mode 0600");
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "no temporary file stays behind");
    }
}
