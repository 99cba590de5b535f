//! What only the window can do for the core: dialogs, other programs, printing, the tray.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use safetalk_app::Moment;
use safetalk_app::api::act::{Changed, TrayWords};
use safetalk_app::host::{
    ExternalTarget, FilePurpose, FolderPurpose, Host, HostError, SecretStore,
};
use tauri::{AppHandle, Emitter as _, Wry};
use tauri_plugin_dialog::{DialogExt as _, FileDialogBuilder, FilePath};
use tokio::sync::oneshot;

use crate::keychain::Keychain;
use crate::{outside, tray, window};

/// The window as the core knows it.
pub struct Shell {
    app: AppHandle,
    keychain: Keychain,
}

impl Shell {
    /// The shell around a running Tauri application.
    pub fn new(app: AppHandle) -> Self {
        let keychain = Keychain::new(app.config().identifier.clone());
        Self { app, keychain }
    }

    /// A file dialog that belongs to the window, so that it opens over it and blocks it.
    fn dialog(&self, title: Option<&str>) -> FileDialogBuilder<Wry> {
        let dialog = self.app.dialog().file();
        let dialog = match title {
            Some(title) => dialog.set_title(title),
            None => dialog,
        };
        match window::main(&self.app) {
            Some(window) => dialog.set_parent(&window),
            None => dialog,
        }
    }
}

#[async_trait]
impl Host for Shell {
    fn now(&self) -> Moment {
        // A clock before 1970 is a dead battery; the core sees a moment that is plainly wrong instead of a crash.
        let seconds = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        Moment(i64::try_from(seconds).unwrap_or(i64::MAX))
    }

    fn secrets(&self) -> &dyn SecretStore {
        &self.keychain
    }

    async fn choose_folder(&self, purpose: FolderPurpose, title: Option<&str>) -> Option<PathBuf> {
        match purpose {
            FolderPurpose::Backups => chosen(|done| self.dialog(title).pick_folder(done)).await,
        }
    }

    async fn choose_file(&self, purpose: FilePurpose, title: Option<&str>) -> Option<PathBuf> {
        match purpose {
            FilePurpose::Backup => chosen(|done| self.dialog(title).pick_file(done)).await,
        }
    }

    async fn save_file(
        &self,
        title: Option<&str>,
        suggested_name: &str,
        bytes: Vec<u8>,
    ) -> Result<Option<PathBuf>, HostError> {
        let asked = self.dialog(title).set_file_name(suggested_name);
        let Some(path) = chosen(|done| asked.save_file(done)).await else {
            return Ok(None);
        };
        let written = path.clone();
        tauri::async_runtime::spawn_blocking(move || write_private(&written, &bytes))
            .await
            .map_err(|_| HostError::Other)?
            .map_err(|error| explain(&error))?;
        Ok(Some(path))
    }

    fn open_external(&self, target: &ExternalTarget) -> Result<(), HostError> {
        outside::open(&self.app, target)
    }

    fn print(&self) -> Result<(), HostError> {
        window::print(&self.app).map_err(|error| {
            tracing::warn!(%error, "the window did not print");
            HostError::Other
        })
    }

    fn emit_changed(&self, changed: Changed) {
        // Only a window that is going away cannot hear it.
        if let Err(error) = self.app.emit("changed", changed) {
            tracing::warn!(%error, "the screens were not told of a change");
        }
    }

    fn keep_in_tray(&self, words: &TrayWords, can_lock: bool) -> bool {
        tray::keep(&self.app, words, can_lock)
    }

    fn quit(&self) {
        self.app.exit(0);
    }
}

/// Waits for a dialog's answer; a path that is no file path (a phone's content address) cannot come on a desktop.
async fn chosen(show: impl FnOnce(Box<dyn FnOnce(Option<FilePath>) + Send>)) -> Option<PathBuf> {
    let (answer, answered) = oneshot::channel();
    show(Box::new(move |path| {
        // If nobody waits any longer, the answer is of no use to anybody.
        let _ = answer.send(path);
    }));
    answered.await.ok().flatten()?.into_path().ok()
}

/// Writes a file that only its owner may read: what the core saves is health data or a key.
fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn explain(error: &io::Error) -> HostError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => HostError::DiskFull,
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => HostError::ReadOnly,
        _ => HostError::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_saved_file_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("the test may write to the temporary folder");
        let path = folder.path().join("recovery.html");
        write_private(&path, b"the key").expect("a fresh folder takes a file");
        let mode = std::fs::metadata(&path)
            .expect("it was just written")
            .permissions()
            .mode()
            & 0o777;
        assert_eq!(
            mode, 0o600,
            "the recovery key is not for the computer's other users"
        );
    }

    #[test]
    fn a_full_disk_and_a_closed_folder_are_told_apart() {
        assert_eq!(
            explain(&io::ErrorKind::StorageFull.into()),
            HostError::DiskFull,
            "the person can make room"
        );
        assert_eq!(
            explain(&io::ErrorKind::PermissionDenied.into()),
            HostError::ReadOnly,
            "the person can choose another place"
        );
        assert_eq!(
            explain(&io::ErrorKind::NotFound.into()),
            HostError::Other,
            "the screen can do nothing about it"
        );
    }
}
