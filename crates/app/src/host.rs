//! What only the shell can do. The window implements it with Tauri, the tests' browser host without.

use crate::api::act::{Changed, TrayWords};
use async_trait::async_trait;
use safetalk_domain::Moment;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The shell around the app.
#[async_trait]
pub trait Host: Send + Sync {
    /// The wall clock. The app has no other.
    fn now(&self) -> Moment;

    /// The operating system's keychain.
    fn secrets(&self) -> &dyn SecretStore;

    /// Asks the person for a folder, in a dialog with this title or the system's own; `None` if they closed it.
    async fn choose_folder(&self, purpose: FolderPurpose, title: Option<&str>) -> Option<PathBuf>;

    /// Asks the person for a file, in a dialog with this title or the system's own; `None` if they closed it.
    async fn choose_file(&self, purpose: FilePurpose, title: Option<&str>) -> Option<PathBuf>;

    /// Lets the person choose where `bytes` are written, in a dialog with this title or the system's own; `None` if they
    /// closed it.
    async fn save_file(
        &self,
        title: Option<&str>,
        suggested_name: &str,
        bytes: Vec<u8>,
    ) -> Result<Option<PathBuf>, HostError>;

    /// Opens an address in another program. It may hold what a client reads: it is never logged.
    fn open_external(&self, target: &ExternalTarget) -> Result<(), HostError>;

    /// Prints what the window shows.
    fn print(&self) -> Result<(), HostError>;

    /// Tells the screens what changed, in one batch.
    fn emit_changed(&self, changed: Changed);

    /// Hides the window and goes on behind an icon in the tray, whose menu says `words` and offers the lock if `can_lock`;
    /// `false`, with the window as it was, where there is no tray.
    fn keep_in_tray(&self, words: &TrayWords, can_lock: bool) -> bool;

    /// Ends the program.
    fn quit(&self);
}

/// The operating system's keychain. Entries are bytes by name; names hold no secret.
pub trait SecretStore: Send + Sync {
    /// The entry, or `None` if the keychain works and has none of this name.
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError>;
    /// Writes the entry.
    fn set(&self, name: &str, value: &[u8]) -> Result<(), SecretError>;
    /// Removes the entry; removing none is fine.
    fn delete(&self, name: &str) -> Result<(), SecretError>;
}

/// Why the keychain gave nothing. "No entry" is not among them: that is an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// This computer has no keychain service.
    #[error("no keychain service")]
    Missing,
    /// The keychain is locked.
    #[error("the keychain is locked")]
    Locked,
    /// Anything else. The text comes from the system and holds no secret.
    #[error("the keychain failed: {0}")]
    Other(String),
}

/// What a folder is chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FolderPurpose {
    /// Backups.
    Backups,
}

/// What a file is chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilePurpose {
    /// A backup to restore.
    Backup,
}

/// An address for another program.
#[derive(Clone, PartialEq, Eq)]
pub struct ExternalTarget {
    /// Tried first, `whatsapp://…`.
    pub app_uri: String,
    /// If no program takes the first, `https://wa.me/…`.
    pub web_uri: String,
}

/// The shell could not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// No program takes such an address.
    #[error("no program to open it")]
    NoProgram,
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The place cannot be written.
    #[error("the place cannot be written")]
    ReadOnly,
    /// Anything else.
    #[error("the system refused")]
    Other,
}
