//! Rooms, services, therapists, hours, settings, mail, backup and lock.

use super::Stamp;
use super::notice::MailStop;
use safetalk_domain::intent::{SaveRoom, SaveService, SaveTherapist};
use safetalk_domain::*;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `clinic.get`: everything a form needs to fill its choices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ClinicView {
    /// The clinic.
    pub clinic: Clinic,
    /// Who is working.
    pub member: Member,
    /// All therapists, archived ones last.
    pub therapists: Vec<Therapist>,
    /// All rooms, archived ones last.
    pub rooms: Vec<Room>,
    /// All services, archived ones last.
    pub services: Vec<Service>,
    /// Why a message that is queued now could not leave.
    pub mail_held: Option<MailStop>,
    /// Now.
    pub now: Stamp,
}

/// `clinic.save`: the settings form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the clinic")]
pub struct SaveClinicRequest {
    pub name: String,
    pub phone: Option<String>,
    pub address: Option<String>,
    pub payment_text: Option<String>,
    pub invoice_prefix: String,
    pub next_invoice: u32,
    pub due_days: u16,
    pub first_weekday: u8,
    pub late_cancel_hours: u16,
    pub late_cancel_fee: Option<Money>,
    pub no_show_fee: Option<Money>,
}

/// `room.save`; a new one without id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the room")]
pub struct SaveRoomRequest {
    pub room: Option<RoomId>,
    pub name: String,
    pub note: Option<String>,
    pub turnover_minutes: u16,
    pub archived: bool,
}

/// `service.save`; a new one without id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the service")]
pub struct SaveServiceRequest {
    pub service: Option<ServiceId>,
    pub name: String,
    pub facts: ServiceFacts,
}

/// `therapist.save`; a new one without id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of the therapist")]
pub struct SaveTherapistRequest {
    pub therapist: Option<TherapistId>,
    pub name: String,
    pub hue: Hue,
    pub link: Option<String>,
    pub buffer_minutes: u16,
    pub archived: bool,
}

impl SaveRoomRequest {
    /// The intent's body for `room`.
    pub fn into_intent(self, room: RoomId) -> SaveRoom {
        SaveRoom {
            room,
            name: self.name,
            note: self.note,
            turnover_minutes: self.turnover_minutes,
            archived: self.archived,
        }
    }
}

impl SaveServiceRequest {
    /// The intent's body for `service`.
    pub fn into_intent(self, service: ServiceId) -> SaveService {
        SaveService {
            service,
            name: self.name,
            facts: self.facts,
        }
    }
}

impl SaveTherapistRequest {
    /// The intent's body for `therapist`.
    pub fn into_intent(self, therapist: TherapistId) -> SaveTherapist {
        SaveTherapist {
            therapist,
            name: self.name,
            hue: self.hue,
            link: self.link,
            buffer_minutes: self.buffer_minutes,
            archived: self.archived,
        }
    }
}

/// `hours.get`: hours and time off of everyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HoursView {
    /// Weeks; an owner without one follows the clinic's (therapists) or is always open (rooms).
    pub hours: Vec<Hours>,
    /// Time off that has not ended, soonest first.
    pub time_off: Vec<TimeOffView>,
}

/// Time off with the words for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of time off")]
pub struct TimeOffView {
    pub id: TimeOffId,
    pub owner: Owner,
    pub start: Stamp,
    pub end: Stamp,
    pub label: String,
    /// Sessions that stand inside it, for the person to look at.
    pub sessions: u16,
}

/// `hours.set`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of hours")]
pub struct SetHoursRequest {
    pub owner: Owner,
    /// `None`: they follow the clinic's again, or (a room) are open at any time.
    pub week: Option<Vec<WeekSpan>>,
}

/// `time_off.add`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of time off")]
pub struct AddTimeOffRequest {
    pub owner: Owner,
    pub start: super::check::Typed,
    pub end: super::check::Typed,
    pub label: String,
}

/// `time_off.remove`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the name says it")]
pub struct RemoveTimeOffRequest {
    pub time_off: TimeOffId,
}

/// How the line to a mail server is kept private.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MailSecurity {
    /// TLS from the first byte, usually port 465.
    ImplicitTls,
    /// TLS after STARTTLS, usually port 587.
    StartTls,
}

/// `mail.presets`: a provider whose settings nobody has to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of an account")]
pub struct MailPreset {
    /// Which; the screen has words for what a person has to do there.
    pub provider: MailProvider,
    /// The provider's name; the same in every language.
    pub label: String,
    pub host: String,
    pub port: u16,
    pub security: MailSecurity,
}

/// A provider on offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the providers' names")]
pub enum MailProvider {
    Gmail,
    Microsoft365,
}

/// `mail.get`: the mail account, without its password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of an account")]
pub struct MailView {
    pub host: String,
    pub port: u16,
    pub security: MailSecurity,
    pub user: String,
    pub from_name: String,
    pub from_address: String,
    /// A password is in the keychain; of a clinic on a server, the server has one.
    pub has_password: bool,
    /// It is set up and used.
    pub ready: bool,
}

/// `mail.save` and `mail.test`. The password goes to the keychain and nowhere else; of a clinic on a server, to the server.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "fields are those of an account")]
pub struct MailRequest {
    pub host: String,
    pub port: u16,
    pub security: MailSecurity,
    pub user: String,
    pub from_name: String,
    pub from_address: String,
    /// `None` keeps the one there is.
    pub password: Option<String>,
    /// `mail.test`: where the test message goes.
    pub test_to: Option<String>,
}

/// `mail.retry`: what waits is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RetryMailRequest {
    /// A person said "now"; otherwise the computer is on a network again.
    pub by_hand: bool,
}

/// What `mail.test` answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MailTested {
    /// Why it did not go, if not.
    pub cause: Option<NoticeCause>,
}

/// `backup.get`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct BackupView {
    pub folder: Option<String>,
    pub last_good: Option<Stamp>,
    /// Older than three days, or never.
    pub old: bool,
    /// Why the last attempt failed.
    pub trouble: Option<BackupTrouble>,
}

/// Why a backup failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BackupTrouble {
    /// No folder was chosen yet.
    NoFolder,
    /// The folder is gone (a drive not plugged in).
    FolderMissing,
    /// It cannot be written.
    ReadOnly,
    /// It is full.
    DiskFull,
    /// Anything else.
    Other,
}

/// This computer's own settings; not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeviceSettings {
    /// Language of the screen.
    pub language: Language,
    /// Light, dark or as the system.
    pub theme: Theme,
    /// How dense the screen is.
    pub density: Density,
    /// Percent, 80 to 150.
    pub zoom: u16,
    /// Lock after this many minutes without input; `None` is off. Needs a PIN.
    pub lock_minutes: Option<u16>,
    /// A PIN is set.
    pub has_pin: bool,
}

/// Light, dark or as the system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

/// How dense the screen is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Density {
    Compact,
    #[default]
    Normal,
    Roomy,
}

/// `view.get` and `view.save`: how one member likes to see one clinic on this computer. Ids only, nothing personal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ViewSettings {
    /// Therapists whose lanes are switched off.
    pub hidden: Vec<TherapistId>,
    /// A week is drawn with one day wide.
    pub focus_week: bool,
    /// How the calendar by therapist was last looked at.
    pub calendar: CalendarSpan,
    /// How the calendar by room was last looked at.
    pub room_calendar: CalendarSpan,
}

impl Default for ViewSettings {
    fn default() -> Self {
        Self {
            hidden: Vec::new(),
            focus_week: true,
            calendar: CalendarSpan::Week,
            room_calendar: CalendarSpan::Day,
        }
    }
}

/// How much of the calendar is on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum CalendarSpan {
    Day,
    Week,
}

/// `device.choose`: one choice at a time, so that two quick ones never take each other back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "setting", content = "to", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields of DeviceSettings say it")]
pub enum DeviceChoice {
    Language(Language),
    Theme(Theme),
    Density(Density),
    Zoom(u16),
    LockMinutes(Option<u16>),
}

/// `lock.set_pin`: set, change or (with `new: None`) remove.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct SetPinRequest {
    pub old: Option<String>,
    pub new: Option<String>,
}

/// `lock.unlock`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the name says it")]
pub struct UnlockRequest {
    pub pin: String,
}

/// What `lock.unlock` and `lock.set_pin` answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct PinAnswer {
    pub ok: bool,
    /// Seconds until the next try is heard.
    pub wait_seconds: u32,
}
