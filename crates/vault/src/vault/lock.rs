//! The advisory lock that keeps a second process away.

use crate::error::OpenError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::Path;

/// A held lock. The empty lock file stays for good: removing it would let two processes hold two files of one name.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Lock {
    /// Takes it at once or not at all. The operating system gives it back when the process ends, however it ends.
    pub(super) fn take(path: &Path) -> Result<Self, OpenError> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(|error| match error.kind() {
                ErrorKind::NotFound => OpenError::NotThere,
                _ => error.into(),
            })?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(OpenError::Locked),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing would do, but for a child process that was forked this moment and still has the file open.
        let _ = self.0.unlock();
    }
}
