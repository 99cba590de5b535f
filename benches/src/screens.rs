//! The same clinic as its window has it: the app on the clinic's files, asked as the screens ask.

use crate::clinic::{Clinic, Weeks};
use anyhow::{Context as _, Result, anyhow, ensure};
use async_trait::async_trait;
use safetalk_app::App;
use safetalk_app::api::act::{Changed, TrayWords};
use safetalk_app::host::{
    ExternalTarget, FilePurpose, FolderPurpose, Host, HostError, SecretError, SecretStore,
};
use safetalk_domain::{Moment, Zone};
use safetalk_vault::Key;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use zeroize::Zeroizing;

/// An app with its clinic open.
pub struct Screens {
    app: Arc<App>,
    weeks: Weeks,
    zone: Zone,
    _data: TempDir,
}

impl Screens {
    /// Closes the clinic's files and lets the app open them.
    pub async fn open(clinic: Clinic) -> Result<Self> {
        let zone = clinic
            .replica
            .clinic()
            .await?
            .context("it was set up")?
            .facts
            .zone;
        let Clinic {
            ledger,
            replica,
            id,
            key,
            data,
            weeks,
            now,
            ..
        } = clinic;
        replica.close().await;
        ledger.close().await;
        drop((replica, ledger));
        std::fs::write(
            data.path().join("device.json"),
            json!({ "clinic": id, "recovery_confirmed": true }).to_string(),
        )?;
        Ok(Self {
            app: App::start(data.path().to_owned(), Arc::new(Computer { now, key })).await,
            weeks,
            zone,
            _data: data,
        })
    }

    /// Asks for a week as the calendar does, up to the text that the window hands to its page.
    pub async fn week(&self, back: usize) -> Result<()> {
        let from = self.zone.date(self.weeks.back(back)?.start);
        let request = json!({ "from": from, "days": 7, "all_cancelled": false });
        let answer = self
            .app
            .rpc("calendar.view", request)
            .await
            .map_err(|problem| anyhow!("no week: {problem}"))?;
        let text = serde_json::to_string(&answer)?;
        let blocks = text.matches("\"client_name\"").count();
        ensure!(blocks >= self.weeks.sessions, "only {blocks} blocks");
        Ok(())
    }
}

/// A computer with one key in its keychain and nobody in front of it.
struct Computer {
    now: Moment,
    key: Key,
}

impl SecretStore for Computer {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError> {
        Ok(name
            .ends_with("/key")
            .then(|| Zeroizing::new(self.key.expose().to_vec())))
    }

    fn set(&self, _: &str, _: &[u8]) -> Result<(), SecretError> {
        Ok(())
    }

    fn delete(&self, _: &str) -> Result<(), SecretError> {
        Ok(())
    }
}

#[async_trait]
impl Host for Computer {
    fn now(&self) -> Moment {
        self.now
    }

    fn secrets(&self) -> &dyn SecretStore {
        self
    }

    async fn choose_folder(&self, _: FolderPurpose, _: Option<&str>) -> Option<PathBuf> {
        None
    }

    async fn choose_file(&self, _: FilePurpose, _: Option<&str>) -> Option<PathBuf> {
        None
    }

    async fn save_file(
        &self,
        _: Option<&str>,
        _: &str,
        _: Vec<u8>,
    ) -> Result<Option<PathBuf>, HostError> {
        Ok(None)
    }

    fn open_external(&self, _: &ExternalTarget) -> Result<(), HostError> {
        Err(HostError::NoProgram)
    }

    fn print(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn emit_changed(&self, _: Changed) {}

    fn keep_in_tray(&self, _: &TrayWords, _: bool) -> bool {
        false
    }

    fn quit(&self) {}
}
