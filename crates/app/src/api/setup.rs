//! First run, trouble with the files, and the state the screen begins with.

use super::Stamp;
use super::account::FirstSync;
use super::clinic::DeviceSettings;
use safetalk_domain::*;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `app.state`: which screen to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AppState {
    /// Which.
    pub phase: AppPhase,
    /// This computer's settings.
    pub device: DeviceSettings,
    /// The program's version.
    pub version: String,
}

/// Which screen to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum AppPhase {
    /// Nothing is set up on this computer.
    FirstRun,
    /// A clinic was made, but its recovery key was not yet typed back.
    RecoveryKey {
        groups: Vec<String>,
        ask: [u8; 2],
        sheet: RecoverySheet,
    },
    /// A clinic is open.
    Open {
        id: ClinicId,
        clinic: String,
        demo: bool,
        /// Its ledger is on a server.
        connected: bool,
        now: Stamp,
        country: String,
        currency: Currency,
    },
    /// A clinic on a server is being fetched for the first time.
    Fetching { progress: FirstSync },
    /// A clinic is open behind the lock.
    Locked,
    /// The clinic could not be opened. A demo clinic has no recovery key and no backup: it can only be thrown away. Nor has
    /// one on a server: it is fetched again.
    Trouble {
        trouble: Trouble,
        demo: bool,
        connected: bool,
    },
}

/// What stands around a recovery key on paper, in the screen's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct RecoverySheet {
    pub title: String,
    pub clinic: String,
    pub date: String,
    pub notes: Vec<String>,
}

/// Why a clinic could not be opened. Each has its own screen with what happened and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// This computer has no keychain service.
    NoKeychain,
    /// The keychain is locked.
    KeychainLocked,
    /// The keychain answers, but has no key that opens this clinic. The recovery key helps.
    KeyLost,
    /// A file is not one of ours.
    Foreign,
    /// A file is cut short or damaged. A backup helps.
    Damaged,
    /// The ledger is whole, and the replica beside it is missing or cannot be opened: it can be made anew.
    Replica,
    /// A file or the whole folder is not where it was: a disk that is away, or something that was removed.
    Missing,
    /// This computer's own settings cannot be read. The clinics beside them are whole; the recovery key finds the one it is of.
    Settings,
    /// A newer version of the program wrote it.
    Newer,
    /// Another process has it open.
    InUse,
    /// The disk is full.
    DiskFull,
    /// The folder cannot be written.
    ReadOnly,
    /// Anything else.
    Other,
}

/// `setup.defaults`: what a country suggests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DefaultsRequest {
    /// ISO 3166, two capitals; `None` guesses from the computer's zone.
    pub country: Option<String>,
}

/// What a country suggests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Defaults {
    /// `None` where nothing says which: a person chooses.
    pub country: Option<String>,
    pub countries: Vec<Country>,
    pub zone: Option<Zone>,
    /// Every IANA zone, for the choice.
    pub zones: Vec<Zone>,
    pub currency: Option<Currency>,
    pub first_weekday: u8,
    pub week: Vec<WeekSpan>,
}

/// A country of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Country {
    /// ISO 3166, two capitals; the screen knows its name in its own language.
    pub code: String,
    /// International dialling code, with `+`; empty where there are no telephones.
    pub dial: String,
}

/// `setup.create`: "Use on this computer".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct CreateRequest {
    pub clinic_name: String,
    pub your_name: String,
    pub phone: Option<String>,
    pub country: String,
    pub zone: String,
    pub currency: String,
    pub first_weekday: u8,
    pub week: Vec<WeekSpan>,
    pub rooms: Vec<NewRoom>,
    pub services: Vec<NewService>,
}

/// A room of the first-run form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct NewRoom {
    pub name: String,
    pub turnover_minutes: u16,
}

/// A service of the first-run form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct NewService {
    pub name: String,
    pub minutes: u16,
    /// In minor units of the clinic's currency.
    #[ts(type = "number | null")]
    pub price_minor: Option<i64>,
    pub may_be_online: bool,
}

/// `setup.confirm_recovery`: the two groups that were asked for, typed back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the name says it")]
pub struct ConfirmRecoveryRequest {
    pub groups: [String; 2],
}

/// What `setup.confirm_recovery` and `setup.open_with_recovery` answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecoveryAnswer {
    /// Right.
    pub ok: bool,
    /// Which group is mistyped, counted from 1, if that can be told.
    pub mistyped: Option<u8>,
}

/// `setup.restore`: from a backup.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RestoreBackupRequest {
    /// The recovery key, as typed.
    pub recovery_key: String,
    /// What stands over the dialog that asks for the backup, as in [`FileWords`].
    pub title: Option<String>,
}

/// `setup.open_with_recovery`: the key was lost.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OpenWithRecoveryRequest {
    /// The recovery key, as typed.
    pub recovery_key: String,
}

/// `setup.save_recovery` and `backup.choose`: what the system's own dialog says, in the screen's language, for the words of
/// the screens live with the screens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FileWords {
    /// What stands over the dialog; the system's own words where there is none.
    pub title: Option<String>,
    /// How a file that is saved is called unless the person says otherwise.
    pub name: Option<String>,
}

/// What `setup.restore` answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum RestoreAnswer {
    /// The clinic is open.
    Restored,
    /// No file was chosen.
    NoFile,
    /// The recovery key is mistyped.
    Mistyped { group: Option<u8> },
    /// It does not open this backup.
    WrongKey,
    /// The file is not a backup, or is damaged.
    Damaged,
    /// A newer version of the program wrote it.
    Newer,
    /// A clinic is on this computer already.
    Occupied,
}

/// What a "save" dialog answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the name says it")]
pub struct SavedFile {
    pub saved: bool,
}
