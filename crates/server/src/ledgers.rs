//! The seam between the server and where ledgers are kept: a clinic's id goes in, its ledger comes out.
//!
//! Without a database URL each clinic has an encrypted SQLite file in a folder of its own.

use crate::ServerKey;
use safetalk_domain::ClinicId;
use safetalk_ledger::{Error, Ledger};
use safetalk_wire::Now;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Mutex;
use uuid::Uuid;

/// Why a ledger is not there.
#[derive(Debug, thiserror::Error)]
pub enum LedgersError {
    /// There is no such clinic.
    #[error("there is no such clinic")]
    NoSuchClinic,
    /// The folder cannot be read or made.
    #[error("the folder of the clinics cannot be read or made")]
    Io(#[from] std::io::Error),
    /// The ledger was not opened or made.
    #[error(transparent)]
    Ledger(#[from] Error),
}

/// The ledgers of a server's clinics, opened when they are first asked for.
pub struct Ledgers {
    folder: PathBuf,
    key: ServerKey,
    time: Arc<dyn Now>,
    open: Mutex<HashMap<ClinicId, Ledger>>,
}

impl Ledgers {
    /// The ledgers below this folder.
    pub fn in_folder(folder: PathBuf, key: ServerKey, time: Arc<dyn Now>) -> Self {
        Self {
            folder,
            key,
            time,
            open: Mutex::new(HashMap::new()),
        }
    }

    /// A clinic's ledger.
    ///
    /// # Errors
    /// [`LedgersError`].
    pub async fn of(&self, clinic: ClinicId) -> Result<Ledger, LedgersError> {
        let mut open = self.open.lock().await;
        if let Some(ledger) = open.get(&clinic) {
            return Ok(ledger.clone());
        }
        let path = self.path(clinic);
        if !path.try_exists()? {
            return Err(LedgersError::NoSuchClinic);
        }
        let key = self.key.ledger(clinic.uuid());
        let ledger = Ledger::open(&path, &key, Arc::clone(&self.time)).await?;
        open.insert(clinic, ledger.clone());
        Ok(ledger)
    }

    /// Makes the empty ledger of a new clinic.
    ///
    /// # Errors
    /// [`LedgersError`], also when the clinic exists.
    pub async fn create(&self, clinic: ClinicId) -> Result<Ledger, LedgersError> {
        let mut open = self.open.lock().await;
        let path = self.path(clinic);
        if let Some(folder) = path.parent() {
            crate::house::private_folder(folder)?;
        }
        let key = self.key.ledger(clinic.uuid());
        let ledger = Ledger::create(&path, &key, Arc::clone(&self.time)).await?;
        open.insert(clinic, ledger.clone());
        Ok(ledger)
    }

    /// Takes back a ledger that was just made and whose first intent was refused.
    pub(crate) async fn discard(&self, clinic: ClinicId) -> Result<(), LedgersError> {
        if let Some(ledger) = self.open.lock().await.remove(&clinic) {
            ledger.close().await;
        }
        if let Some(folder) = self.path(clinic).parent() {
            std::fs::remove_dir_all(folder)?;
        }
        Ok(())
    }

    /// Every clinic there is.
    ///
    /// # Errors
    /// [`LedgersError::Io`].
    pub fn all(&self) -> Result<Vec<ClinicId>, LedgersError> {
        let mut clinics = Vec::new();
        for entry in std::fs::read_dir(self.folder.join("clinics"))? {
            let name = entry?.file_name();
            let id = name.to_str().and_then(|name| Uuid::parse_str(name).ok());
            clinics.extend(id.map(ClinicId).filter(|id| self.path(*id).exists()));
        }
        clinics.sort();
        Ok(clinics)
    }

    /// How many are open.
    pub async fn open(&self) -> usize {
        self.open.lock().await.len()
    }

    /// Closes them cleanly.
    pub async fn close(&self) {
        for (_, ledger) in self.open.lock().await.drain() {
            ledger.close().await;
        }
    }

    fn path(&self, clinic: ClinicId) -> PathBuf {
        self.folder
            .join("clinics")
            .join(clinic.to_string())
            .join("ledger.db")
    }
}
