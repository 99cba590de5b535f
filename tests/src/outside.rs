//! The computer around the app, played by a folder: the keychain, the dialogs, and the programs that open addresses.
//!
//! It outlives the app, as a real computer does, so that a test can end the program and start it again, or lose the
//! keychain by deleting one file. In the folder:
//!
//! - `keychain/<name>`: the entries, one file each; a file `keychain/locked` or `keychain/missing` makes it so.
//! - `saved/<suggested name>`: what the app saved; with a file `saved/refuse` the person closes the dialog instead.
//! - `backups/`: the folder that is chosen when one is asked for.
//! - `chosen-file`: holds the path of the file that is chosen when one is asked for; without it the dialog is closed.
//! - `opened.jsonl`: one line for each address that was opened, `{"app":"…","web":"…"}`; with a file `no-programs` none opens.
//! - `printed`: how many times something was printed.
//! - `dialogs`: what stood over each dialog for a file or a folder, one line each, `-` where the system's own words did.
//! - `clock`: by how many seconds this computer's clock differs from the real one.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use async_trait::async_trait;
use safetalk_app::api::act::{Changed, TrayWords};
use safetalk_app::host::{
    ExternalTarget, FilePurpose, FolderPurpose, Host, HostError, SecretError, SecretStore,
};
use safetalk_domain::Moment;
use serde_json::json;
use tokio::sync::{broadcast, watch};
use zeroize::Zeroizing;

/// A computer that is a folder. It never shows, sends or opens anything outside it.
pub struct Outside {
    folder: PathBuf,
    keychain: FolderKeychain,
    changes: broadcast::Sender<Changed>,
    over: watch::Sender<bool>,
}

impl Outside {
    /// The computer in `folder`, which is made if it is missing.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn new(folder: &Path) -> Result<Self> {
        for inner in ["keychain", "saved", "backups"] {
            fs::create_dir_all(folder.join(inner))?;
        }
        Ok(Self {
            folder: folder.to_path_buf(),
            keychain: FolderKeychain {
                folder: folder.join("keychain"),
            },
            changes: broadcast::Sender::new(256),
            over: watch::Sender::new(false),
        })
    }

    /// What the app tells its screens from now on.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Changed> {
        self.changes.subscribe()
    }

    /// Waits until the app has ended itself.
    pub async fn over(&self) {
        // The sender lives as long as we do, so waiting cannot fail.
        let _ = self.over.subscribe().wait_for(|over| *over).await;
    }

    /// Notes what stood over a dialog. A line that cannot be written is missed by the test that looks for it.
    fn opened(&self, title: Option<&str>) {
        let file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.join("dialogs"));
        let _ = file.and_then(|mut file| writeln!(file, "{}", title.unwrap_or("-")));
    }

    fn has(&self, name: &str) -> bool {
        self.folder.join(name).exists()
    }
}

#[async_trait]
impl Host for Outside {
    fn now(&self) -> Moment {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let real = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
        let ahead = fs::read_to_string(self.folder.join("clock"))
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(0);
        Moment(real.saturating_add(ahead))
    }

    fn secrets(&self) -> &dyn SecretStore {
        &self.keychain
    }

    async fn choose_folder(&self, purpose: FolderPurpose, title: Option<&str>) -> Option<PathBuf> {
        self.opened(title);
        match purpose {
            FolderPurpose::Backups => Some(self.folder.join("backups")),
        }
    }

    async fn choose_file(&self, purpose: FilePurpose, title: Option<&str>) -> Option<PathBuf> {
        self.opened(title);
        match purpose {
            FilePurpose::Backup => {
                let path = fs::read_to_string(self.folder.join("chosen-file")).ok()?;
                Some(PathBuf::from(path.trim()))
            }
        }
    }

    async fn save_file(
        &self,
        title: Option<&str>,
        suggested_name: &str,
        bytes: Vec<u8>,
    ) -> Result<Option<PathBuf>, HostError> {
        self.opened(title);
        if self.has("saved/refuse") {
            return Ok(None);
        }
        let path = self.folder.join("saved").join(suggested_name);
        fs::write(&path, bytes).map_err(|_| HostError::Other)?;
        Ok(Some(path))
    }

    fn open_external(&self, target: &ExternalTarget) -> Result<(), HostError> {
        if self.has("no-programs") {
            return Err(HostError::NoProgram);
        }
        let line = json!({ "app": target.app_uri, "web": target.web_uri });
        let file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.join("opened.jsonl"));
        file.and_then(|mut file| writeln!(file, "{line}"))
            .map_err(|_| HostError::Other)
    }

    fn print(&self) -> Result<(), HostError> {
        let file = self.folder.join("printed");
        let before: u32 = fs::read_to_string(&file)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(0);
        fs::write(&file, (before + 1).to_string()).map_err(|_| HostError::Other)
    }

    fn emit_changed(&self, changed: Changed) {
        // No screen is open: nobody needs to hear it.
        let _ = self.changes.send(changed);
    }

    fn keep_in_tray(&self, _: &TrayWords, _: bool) -> bool {
        false
    }

    fn quit(&self) {
        self.over.send_replace(true);
    }
}

struct FolderKeychain {
    folder: PathBuf,
}

impl FolderKeychain {
    fn file(&self, name: &str) -> Result<PathBuf, SecretError> {
        if self.folder.join("missing").exists() {
            return Err(SecretError::Missing);
        }
        if self.folder.join("locked").exists() {
            return Err(SecretError::Locked);
        }
        // A name may hold what a file name may not.
        let hex: String = name.bytes().map(|byte| format!("{byte:02x}")).collect();
        Ok(self.folder.join(hex))
    }
}

impl SecretStore for FolderKeychain {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError> {
        match fs::read(self.file(name)?) {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(SecretError::Other(error.kind().to_string())),
        }
    }

    fn set(&self, name: &str, value: &[u8]) -> Result<(), SecretError> {
        fs::write(self.file(name)?, value)
            .map_err(|error| SecretError::Other(error.kind().to_string()))
    }

    fn delete(&self, name: &str) -> Result<(), SecretError> {
        match fs::remove_file(self.file(name)?) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(SecretError::Other(error.kind().to_string()))
            }
            _ => Ok(()),
        }
    }
}
