//! The seam between the server and where ledgers are kept: a clinic's id goes in, its ledger comes out.
//!
//! With a database URL the ledgers lie in that PostgreSQL, sealed; without, each clinic has an encrypted SQLite file in a
//! folder of its own. Either way a clinic's key is drawn from the server's, and never kept.

use crate::ServerKey;
use safetalk_domain::{ClinicId, Position};
use safetalk_ledger::{Error, Ledger};
use safetalk_ledger_postgres::{Database, Seal};
use safetalk_wire::Now;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;
use uuid::Uuid;

/// Why a ledger is not there.
#[derive(Debug, thiserror::Error)]
pub enum LedgersError {
    /// There is no such clinic.
    #[error("there is no such clinic")]
    NoSuchClinic,
    /// A new clinic's id is taken.
    #[error("there is such a clinic already")]
    Taken,
    /// The folder cannot be read or made.
    #[error("the folder of the clinics cannot be read or made")]
    Io(#[from] std::io::Error),
    /// The ledger was not opened or made.
    #[error(transparent)]
    Ledger(#[from] Error),
    /// The database said no, or nothing.
    #[error(transparent)]
    Database(safetalk_ledger_postgres::Error),
}

impl From<safetalk_ledger_postgres::Error> for LedgersError {
    fn from(error: safetalk_ledger_postgres::Error) -> Self {
        match error {
            safetalk_ledger_postgres::Error::NoClinic => Self::NoSuchClinic,
            other => Self::Database(other),
        }
    }
}

/// What keeps them.
enum Keeping {
    /// A file for each, below this folder.
    Files(PathBuf),
    /// All of them in one database.
    Postgres(Database),
}

/// A ledger that is opened once, by the first who asks; the others wait for that one alone.
type Slot = Arc<OnceCell<Ledger>>;

/// The ledgers of a server's clinics, opened when they are first asked for.
pub struct Ledgers {
    keeping: Keeping,
    key: ServerKey,
    time: Arc<dyn Now>,
    /// Never held while something is waited for: a clinic whose ledger is slow to open keeps no other waiting.
    open: Mutex<HashMap<ClinicId, Slot>>,
}

impl Ledgers {
    /// The ledgers below this folder.
    pub fn in_folder(folder: PathBuf, key: ServerKey, time: Arc<dyn Now>) -> Self {
        Self::kept(Keeping::Files(folder), key, time)
    }

    /// The ledgers in this database.
    pub fn in_database(database: Database, key: ServerKey, time: Arc<dyn Now>) -> Self {
        Self::kept(Keeping::Postgres(database), key, time)
    }

    fn kept(keeping: Keeping, key: ServerKey, time: Arc<dyn Now>) -> Self {
        Self {
            keeping,
            key,
            time,
            open: Mutex::default(),
        }
    }

    /// A clinic's ledger.
    ///
    /// # Errors
    /// [`LedgersError`].
    pub async fn of(&self, clinic: ClinicId) -> Result<Ledger, LedgersError> {
        let slot = self.slot(clinic);
        let ledger = slot.get_or_try_init(|| self.opened(clinic)).await;
        if matches!(ledger, Err(LedgersError::NoSuchClinic)) {
            // Asking for what is not there leaves nothing behind.
            self.slots().remove(&clinic);
        }
        Ok(ledger?.clone())
    }

    async fn opened(&self, clinic: ClinicId) -> Result<Ledger, LedgersError> {
        let key = self.key.ledger(clinic.uuid());
        let time = Arc::clone(&self.time);
        match &self.keeping {
            Keeping::Files(folder) => {
                let path = file(folder, clinic);
                if !path.try_exists()? {
                    return Err(LedgersError::NoSuchClinic);
                }
                Ok(Ledger::open(&path, &key, time).await?)
            }
            Keeping::Postgres(database) => Ok(database.ledger(clinic, &key, time).await?),
        }
    }

    /// Makes the empty ledger of a new clinic.
    ///
    /// # Errors
    /// [`LedgersError`], also when the clinic exists.
    pub async fn create(&self, clinic: ClinicId) -> Result<Ledger, LedgersError> {
        let mut made = false;
        let slot = self.slot(clinic);
        let ledger = slot
            .get_or_try_init(|| {
                made = true;
                self.made(clinic)
            })
            .await?;
        if made {
            Ok(ledger.clone())
        } else {
            Err(LedgersError::Taken)
        }
    }

    async fn made(&self, clinic: ClinicId) -> Result<Ledger, LedgersError> {
        let key = self.key.ledger(clinic.uuid());
        let time = Arc::clone(&self.time);
        match &self.keeping {
            Keeping::Files(folder) => {
                let path = file(folder, clinic);
                if let Some(folder) = path.parent() {
                    crate::house::private_folder(folder)?;
                }
                Ok(Ledger::create(&path, &key, time).await?)
            }
            Keeping::Postgres(database) => {
                if !database.create(clinic, &key).await? {
                    return Err(LedgersError::Taken);
                }
                Ok(database.ledger(clinic, &key, time).await?)
            }
        }
    }

    /// Takes back a ledger that was just made and whose first intent was refused. In a database its empty history stays:
    /// a server may take nothing away there, and a history that has not begun is no clinic.
    pub(crate) async fn discard(&self, clinic: ClinicId) -> Result<(), LedgersError> {
        let slot = self.slots().remove(&clinic);
        if let Some(ledger) = slot.as_ref().and_then(|slot| slot.get()) {
            ledger.close().await;
        }
        if let Keeping::Files(folder) = &self.keeping
            && let Some(folder) = file(folder, clinic).parent()
        {
            std::fs::remove_dir_all(folder)?;
        }
        Ok(())
    }

    /// Every clinic there is.
    ///
    /// # Errors
    /// [`LedgersError`].
    pub async fn all(&self) -> Result<Vec<ClinicId>, LedgersError> {
        let folder = match &self.keeping {
            Keeping::Files(folder) => folder,
            Keeping::Postgres(database) => return Ok(database.clinics().await?),
        };
        let mut clinics = Vec::new();
        for entry in std::fs::read_dir(folder.join("clinics"))? {
            let name = entry?.file_name();
            let id = name.to_str().and_then(|name| Uuid::parse_str(name).ok());
            clinics.extend(id.map(ClinicId).filter(|id| file(folder, *id).exists()));
        }
        clinics.sort();
        Ok(clinics)
    }

    /// How far each clinic of a database is: other processes write there too. Files are written by this one alone.
    ///
    /// # Errors
    /// [`LedgersError`].
    pub(crate) async fn positions(&self) -> Result<Vec<(ClinicId, Position)>, LedgersError> {
        match &self.keeping {
            Keeping::Files(_) => Ok(Vec::new()),
            Keeping::Postgres(database) => Ok(database.positions().await?),
        }
    }

    /// What a clinic's mail account is sealed with.
    pub(crate) fn mail_seal(&self, clinic: ClinicId) -> Seal {
        Seal::under(&self.key.mail(clinic.uuid()))
    }

    /// Whether what keeps them answers.
    ///
    /// # Errors
    /// [`LedgersError`].
    pub async fn look(&self) -> Result<(), LedgersError> {
        match &self.keeping {
            // Each file is looked at when it is asked for.
            Keeping::Files(_) => Ok(()),
            Keeping::Postgres(database) => Ok(database.look().await?),
        }
    }

    /// How many are open.
    pub fn open(&self) -> usize {
        let open = self.slots();
        open.values().filter(|slot| slot.initialized()).count()
    }

    /// Closes them cleanly.
    pub async fn close(&self) {
        let slots = std::mem::take(&mut *self.slots());
        for slot in slots.values() {
            if let Some(ledger) = slot.get() {
                ledger.close().await;
            }
        }
        if let Keeping::Postgres(database) = &self.keeping {
            database.close().await;
        }
    }

    fn slot(&self, clinic: ClinicId) -> Slot {
        Arc::clone(self.slots().entry(clinic).or_default())
    }

    fn slots(&self) -> std::sync::MutexGuard<'_, HashMap<ClinicId, Slot>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A clinic's file below the folder.
fn file(folder: &Path, clinic: ClinicId) -> PathBuf {
    folder
        .join("clinics")
        .join(clinic.to_string())
        .join("ledger.db")
}
