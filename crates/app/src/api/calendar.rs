//! The calendar: days, lanes, blocks and shades.

use super::account::LineView;
use super::notice::MailHold;
use super::{ClientBrief, RoomBrief, Stamp, TherapistBrief};
use chrono::NaiveDate;
use safetalk_domain::{
    Buffers, ClientId, Place, ResourceId, RoomId, SessionId, StatusWord, TherapistId,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `calendar.view`: some days of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CalendarRequest {
    /// First day, `YYYY-MM-DD`.
    #[ts(type = "string")]
    pub from: NaiveDate,
    /// How many days, 1 to 42.
    pub days: u8,
    /// Also sessions cancelled more than a week ago.
    pub all_cancelled: bool,
}

/// Some days of the calendar. Lanes are made from `therapists` or `rooms`, as the view wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CalendarView {
    /// Now.
    pub now: Stamp,
    /// Minutes east of UTC, for the corner.
    pub offset_minutes: i32,
    /// The days asked for.
    pub days: Vec<DayView>,
    /// Therapists who are not archived, or have a session in these days.
    pub therapists: Vec<TherapistBrief>,
    /// Rooms who are not archived, or have a session in these days.
    pub rooms: Vec<RoomBrief>,
    /// Sessions.
    pub blocks: Vec<Block>,
    /// When lanes are not open, or held by sessions that are not among `blocks`.
    pub shades: Vec<Shade>,
}

/// One day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DayView {
    /// `YYYY-MM-DD`.
    #[ts(type = "string")]
    pub date: NaiveDate,
    /// How long it is: 1380, 1440 or 1500 minutes.
    pub minutes: u16,
    /// Minutes passed since its start, if it is today.
    pub now_minute: Option<u16>,
    /// Its first moment, so that a click can become a time.
    pub start: Stamp,
    /// Whether anyone has hours.
    pub open: bool,
    /// Sessions that stand.
    pub sessions: u16,
    /// Where the clocks change on this day, if they do.
    pub shift: Option<ClockShift>,
}

/// A clock change inside a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ClockShift {
    /// Minutes passed since the day's start when it happens.
    pub at_minute: u16,
    /// How many minutes the clocks go forward; negative when they go back.
    pub by_minutes: i16,
}

/// One session on the grid. `from` and `to` are minutes passed since the day's start: where it is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Block {
    /// Which session.
    pub session: SessionId,
    /// Index into `days`.
    pub day: u8,
    /// Top.
    pub from: u16,
    /// Bottom; the day's length if it goes on tomorrow.
    pub to: u16,
    /// What the wall clock shows at its start.
    pub start: Stamp,
    /// What the wall clock shows at its end.
    pub end: Stamp,
    /// Lane.
    pub therapist: TherapistId,
    /// Lanes in which it is drawn as well: those of the co-therapists.
    pub co_therapists: Vec<TherapistId>,
    /// Lane in the Room Calendar.
    pub room: Option<RoomId>,
    /// Where.
    pub place: Place,
    /// Who.
    pub client: ClientId,
    /// Their name.
    pub client_name: String,
    /// Their initials, for narrow columns and the privacy shade.
    pub client_initials: String,
    /// Who else comes: a couple, a family, a group.
    pub others: Vec<ClientBrief>,
    /// What.
    pub service_name: String,
    /// The word for its status.
    pub status: StatusWord,
    /// Minutes its room is kept after it.
    pub turnover: u16,
    /// Minutes of each who leads it that are kept around it: the therapist's, then the co-therapists'.
    pub kept: Vec<Buffers>,
    /// Kept here, not yet at the ledger.
    pub pending: bool,
    /// A person has to look at it.
    pub attention: bool,
}

/// A stretch in which a lane is not open, or held by somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Shade {
    /// Index into `days`.
    pub day: u8,
    /// Top, in minutes passed since the day's start.
    pub from: u16,
    /// Bottom.
    pub to: u16,
    /// The lane.
    pub resource: ResourceId,
    /// Why.
    pub kind: ShadeKind,
    /// "Lunch", "Leave".
    pub label: Option<String>,
}

/// Why a lane is not free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ShadeKind {
    /// Outside its hours.
    OutsideHours,
    /// Time off, or the room is closed.
    TimeOff,
    /// The clinic is closed.
    Closed,
    /// A session that is somebody else's: when it is, and nothing more.
    Busy,
}

/// `calendar.month`: the mini month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MonthRequest {
    /// The year.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
}

/// How much goes on each day of six weeks around a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MonthView {
    /// Today, `YYYY-MM-DD`.
    #[ts(type = "string")]
    pub today: NaiveDate,
    /// 42 days, beginning with the clinic's first weekday.
    pub days: Vec<MonthDay>,
}

/// One day of the mini month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MonthDay {
    /// `YYYY-MM-DD`.
    #[ts(type = "string")]
    pub date: NaiveDate,
    /// In the month asked for.
    pub inside: bool,
    /// Sessions that stand.
    pub sessions: u16,
}

/// What `sidebar.get` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SidebarView {
    /// The clinic's name.
    pub clinic: String,
    /// Who is working.
    pub member: String,
    /// Nothing leaves this clinic.
    pub demo: bool,
    /// Now.
    pub now: Stamp,
    /// First day of the week, 0 = Monday.
    pub first_weekday: u8,
    /// Therapists with their sessions of today.
    pub therapists: Vec<TherapistToday>,
    /// Rooms right now.
    pub rooms: Vec<RoomNow>,
    /// How many things need attention.
    pub attention: u32,
    /// How many messages wait for the internet or for a person.
    pub messages_waiting: u32,
    /// What keeps them from leaving, as far as that passes by itself.
    pub mail: Option<MailHold>,
    /// How this computer stands with the clinic's server, if its ledger is on one.
    pub line: Option<LineView>,
}

/// A therapist's today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct TherapistToday {
    pub therapist: TherapistBrief,
    pub sessions: u16,
    /// No hours left today, or time off.
    pub away: bool,
}

/// A room right now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RoomNow {
    /// Which.
    pub room: RoomBrief,
    /// In use until then.
    pub busy_until: Option<Stamp>,
    /// Free until then; `None` with no `busy_until` is free for the rest of the day.
    pub free_until: Option<Stamp>,
}
