//! This computer's own settings: a small file beside the clinics. Holds no secret but the PIN's hash, and no name.

use crate::api::clinic::{BackupTrouble, Density, DeviceSettings, Theme, ViewSettings};
use crate::api::setup::Trouble;
use safetalk_domain::{Language, MemberId, Moment};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
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
    /// The last one that succeeded: the folder it lies in may be on a disk that is away.
    pub backup_last_good: Option<GoodBackup>,
    /// The clinics here whose ledger is on a server. One that was signed out of stays as long as something of it waits here.
    pub accounts: BTreeMap<Uuid, Account>,
    /// How each member likes to see their clinic.
    pub views: BTreeMap<MemberId, ViewSettings>,
}

/// A backup that succeeded, and of which clinic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoodBackup {
    /// The clinic.
    pub clinic: Uuid,
    /// When. UTC seconds.
    pub at: i64,
}

/// Where the ledger of a clinic is, and who works in it here. What signs them in is in the keychain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The server's address.
    pub server: String,
    /// The member.
    pub member: MemberId,
}

impl Device {
    /// Reads the file; none is a new computer.
    ///
    /// # Errors
    /// When the file is there and cannot be read or understood. It is never overwritten then.
    pub fn read(data_dir: &Path) -> Result<Self, Trouble> {
        match std::fs::read(file(data_dir)) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| Trouble::Settings),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                Err(Trouble::ReadOnly)
            }
            Err(_) => Err(Trouble::Settings),
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

    /// The account of the clinic that is to be open, if its ledger is on a server.
    pub fn account(&self) -> Option<&Account> {
        self.accounts.get(&self.current()?)
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
    kept: Mutex<Kept>,
}

struct Kept {
    device: Device,
    /// Why the file cannot be read. As long as this stands nothing is written over it.
    trouble: Option<Trouble>,
}

impl Kept {
    fn read(data_dir: &Path) -> Self {
        match Device::read(data_dir) {
            Ok(device) => Self {
                device,
                trouble: None,
            },
            Err(trouble) => Self {
                device: Device::default(),
                trouble: Some(trouble),
            },
        }
    }
}

impl Settings {
    /// Shares what lies in `data_dir`; settings that cannot be read are the usual ones, with their [`trouble`](Self::trouble).
    pub fn read(data_dir: PathBuf) -> Self {
        let kept = Mutex::new(Kept::read(&data_dir));
        Self { data_dir, kept }
    }

    /// Looks into the file again after trouble with it: the person may have mended it. `true` if they did.
    pub fn look_again(&self) -> bool {
        let mut kept = self.kept();
        if kept.trouble.is_none() {
            return false;
        }
        *kept = Kept::read(&self.data_dir);
        kept.trouble.is_none()
    }

    /// Why the file cannot be read, if that is so.
    pub fn trouble(&self) -> Option<Trouble> {
        self.kept().trouble
    }

    /// Moves a file that cannot be read aside, so that a restored clinic can be named; it is kept beside the new one.
    pub fn set_broken_aside(&self, now: Moment) -> std::io::Result<()> {
        let mut kept = self.kept();
        if kept.trouble.is_some() {
            let aside = self
                .data_dir
                .join(format!("device.json.set-aside-{}", now.0));
            std::fs::rename(file(&self.data_dir), aside)?;
            *kept = Kept::read(&self.data_dir);
        }
        Ok(())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The folder everything is kept in.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// A copy of the settings.
    pub fn get(&self) -> Device {
        self.kept().device.clone()
    }

    /// Changes them, on disk first: if that fails nothing changed.
    ///
    /// # Errors
    /// When the file cannot be written, or could not be read and is therefore left alone.
    pub fn change(&self, change: impl FnOnce(&mut Device)) -> std::io::Result<Device> {
        let mut kept = self.kept();
        if kept.trouble.is_some() {
            return Err(std::io::ErrorKind::InvalidData.into());
        }
        let mut next = kept.device.clone();
        change(&mut next);
        next.write(&self.data_dir)?;
        kept.device = next.clone();
        Ok(next)
    }
}

fn file(data_dir: &Path) -> PathBuf {
    data_dir.join("device.json")
}

/// Every clinic that has a folder of its own here, named by the settings or not.
pub fn clinics(data_dir: &Path) -> Vec<Uuid> {
    let Ok(folders) = std::fs::read_dir(data_dir.join("clinics")) else {
        return Vec::new();
    };
    // What was set aside or is being restored has more than an id for a name.
    folders
        .filter_map(|folder| folder.ok()?.file_name().to_str()?.parse().ok())
        .collect()
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

/// The keychain's name for what signs this computer in to a clinic's server.
pub fn token_name(clinic: Uuid) -> String {
    format!("clinic/{clinic}/token")
}

/// The keychain's name for the key by which a clinic's server knows this computer.
pub fn device_key_name(clinic: Uuid) -> String {
    format!("clinic/{clinic}/device")
}
