//! The data folder: where it is, and that one process at a time works in it.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Names another data folder, for tests and for a second clinic kept apart on purpose.
pub const VARIABLE: &str = "SAFETALK_DATA_DIR";

/// The folder that [`VARIABLE`] names; `None` means the operating system's own place for this application.
pub fn named() -> Option<PathBuf> {
    std::env::var_os(VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The application's identifier for a data folder of its own, so that programs on different folders do not take each other
/// for a second start of themselves (D-Bus name, named mutex and socket are all made from it).
pub fn identifier(base: &str, folder: &Path) -> String {
    // FNV-1a: stable between builds, unlike the standard library's hasher. It tells folders apart, it keeps nothing secret.
    let hash = folder
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{base}.d{hash:016x}")
}

/// Why the folder could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process works in it.
    #[error("SafeTalk is already running on this data folder")]
    InUse,
    /// It could not be made or opened.
    #[error("the data folder cannot be used: {0}")]
    Io(#[from] io::Error),
}

/// A data folder that this process alone may write until the value is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct Claim {
    _lock: File,
}

impl Claim {
    /// Makes the folder if it is missing (readable by its owner only) and claims it.
    pub fn take(folder: &Path) -> Result<Self, Error> {
        create_private(folder)?;
        let lock = File::options().create(true).truncate(false).write(true).open(folder.join("in-use.lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Error::InUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("safetalk-folder-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn a_second_claim_on_a_folder_is_refused_until_the_first_is_gone() {
        let folder = scratch("claim");
        let first = Claim::take(&folder).expect("a fresh folder can be claimed");
        assert!(matches!(Claim::take(&folder), Err(Error::InUse)), "two writers on one clinic would double-book");
        drop(first);
        assert!(Claim::take(&folder).is_ok(), "a claim ends with its process, so a crash locks nobody out");
        let _ = std::fs::remove_dir_all(&folder);
    }

    #[cfg(unix)]
    #[test]
    fn a_new_folder_is_closed_to_other_people() {
        use std::os::unix::fs::PermissionsExt;
        let folder = scratch("private");
        let _claim = Claim::take(&folder).expect("a fresh folder can be claimed");
        let mode = std::fs::metadata(&folder).expect("it was just made").permissions().mode() & 0o777;
        assert_eq!(mode, 0o700, "health data is not for the computer's other users");
        let _ = std::fs::remove_dir_all(&folder);
    }

    #[test]
    fn folders_have_identifiers_of_their_own_that_never_change() {
        let one = identifier("app.safetalk.desktop", Path::new("/a"));
        let two = identifier("app.safetalk.desktop", Path::new("/b"));
        assert_ne!(one, two, "two folders are two programs");
        assert_eq!(one, "app.safetalk.desktop.d08985907b541d342", "an update must still find the running older version");
    }
}
