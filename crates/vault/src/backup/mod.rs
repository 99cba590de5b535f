//! Backups of a clinic: one encrypted file each, verified when made, restored with the recovery key.
//!
//! A backup is a plain tar archive: first `manifest.json`, then the recovery file, then the databases, still encrypted
//! under the clinic's key. It needs no further encryption and can be taken apart without SafeTalk.

mod make;
mod manifest;
mod names;
mod restore;

pub use make::{Backup, backup};
pub use manifest::{Manifest, Part, last_good, manifest_of};
pub use names::to_keep;
pub use restore::{Restored, restore};

use std::io;

/// Runs file work on a thread that may wait.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, io::Error> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)
}
