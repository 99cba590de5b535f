//! This computer's own settings: a small file beside the clinics. Holds no secret but the PIN's hash, and no name.

use crate::api::clinic::{BackupTrouble, Density, DeviceSettings, Theme};
use crate::api::setup::Trouble;
use safetalk_domain::Language;
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// What the file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Device {
    /// Language of the screen.
    pub language: Language,
    /// Light, dark or as the system.
    pub theme: Theme,
    /// How dense the screen is.
    pub density: Density,
    /// Percent; 0 is 100.
    pub zoom: u16,
    /// Minutes without input until the lock.
    pub lock_minutes: Option<u16>,
    /// Argon2id, in the PHC string format.
    pub pin_hash: Option<String>,
    /// Wrong PINs in a row, kept so that starting again does not give new tries.
    pub wrong_pins: u32,
    /// When the last wrong PIN was typed. UTC seconds.
    pub wrong_pin_at: i64,
    /// The clinic of this computer.
    pub clinic: Option<Uuid>,
    /// The demo clinic, while there is one; it is the one that is open.
    pub demo: Option<Uuid>,
    /// The recovery key of `clinic` was typed back.
    pub recovery_confirmed: bool,
    /// Where backups go.
    pub backup_folder: Option<PathBuf>,
    /// When the last backup was tried. UTC seconds.
    pub backup_tried_at: i64,
    /// Why it failed.
    pub backup_trouble: Option<BackupTrouble>,
}

impl Device {
    /// Reads the file; none is a new computer.
    ///
    /// # Errors
    /// When the file is there and cannot be read or understood. It is never overwritten then.
    pub fn read(data_dir: &Path) -> Result<Self, Trouble> {
        match std::fs::read(file(data_dir)) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| Trouble::Damaged),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(_) => Err(Trouble::Other),
        }
    }

    /// Writes the file whole or not at all.
    pub fn write(&self, data_dir: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(data_dir)?;
        let temporary = data_dir.join(".device.json.new");
        let mut out = std::fs::File::create(&temporary)?;
        out.write_all(&serde_json::to_vec_pretty(self)?)?;
        out.sync_all()?;
        std::fs::rename(temporary, file(data_dir))
    }

    /// The clinic that is to be open.
    pub fn current(&self) -> Option<Uuid> {
        self.demo.or(self.clinic)
    }

    /// As the screen knows it.
    pub fn settings(&self) -> DeviceSettings {
        DeviceSettings {
            language: self.language,
            theme: self.theme,
            density: self.density,
            zoom: if self.zoom == 0 { 100 } else { self.zoom },
            lock_minutes: self.lock_minutes,
            has_pin: self.pin_hash.is_some(),
        }
    }
}

/// The settings, shared by everything that runs.
pub struct Settings {
    data_dir: PathBuf,
    device: Mutex<Device>,
}

impl Settings {
    /// Shares what was read.
    pub fn new(data_dir: PathBuf, device: Device) -> Self {
        Self {
            data_dir,
            device: Mutex::new(device),
        }
    }

    /// The folder everything is kept in.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// A copy of the settings.
    pub fn get(&self) -> Device {
        self.device
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Changes them, on disk first: if that fails nothing changed.
    pub fn change(&self, change: impl FnOnce(&mut Device)) -> std::io::Result<Device> {
        let mut device = self.device.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = device.clone();
        change(&mut next);
        next.write(&self.data_dir)?;
        *device = next.clone();
        Ok(next)
    }
}

fn file(data_dir: &Path) -> PathBuf {
    data_dir.join("device.json")
}

/// The folder of one clinic.
pub fn clinic_dir(data_dir: &Path, clinic: Uuid) -> PathBuf {
    data_dir.join("clinics").join(clinic.to_string())
}

/// The keychain's name for a clinic's key.
pub fn key_name(clinic: Uuid) -> String {
    format!("clinic/{clinic}/key")
}

/// The keychain's name for a clinic's mail password.
pub fn mail_password_name(clinic: Uuid) -> String {
    format!("clinic/{clinic}/mail")
}
