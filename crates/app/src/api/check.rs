//! The message box: whether a slot is available, why not, and where else.

use super::{RoomBrief, Stamp, TherapistBrief, When};
use chrono::NaiveDate;
use safetalk_domain::zone::Local;
use safetalk_domain::{ClientId, Money, Place, ServiceId, SessionId, StatusWord, TherapistId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A date and a time as typed; `second` chooses when the time comes twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Typed {
    /// `YYYY-MM-DD`.
    #[ts(type = "string")]
    pub date: NaiveDate,
    /// Minutes after midnight, 0 to 1440.
    pub minute: u16,
    /// The later of the two, when clocks go back over it.
    pub second: bool,
}

/// `session.check`: is this slot available?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CheckRequest {
    /// The session that moves; `None` for a new one.
    pub session: Option<SessionId>,
    /// Its service, for buffers, step and price.
    pub service: Option<ServiceId>,
    /// With whom.
    pub therapist: TherapistId,
    /// And with whom else.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<TherapistId>>")]
    pub co_therapists: Vec<TherapistId>,
    /// Where.
    pub place: Place,
    /// Its start.
    pub start: Typed,
    /// How long. Minutes. Ignored when `end` is given.
    pub minutes: Option<u16>,
    /// Its end, as Modify Duration asks for it.
    pub end: Option<Typed>,
}

/// What the message box says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CheckAnswer {
    /// What the typed start means on this day; for `never` and `twice` the dialog asks.
    pub start: Local,
    /// What the typed end means, when one was.
    pub end: Option<Local>,
    /// The slot that was checked; `None` if the times could not be read.
    pub slot: Option<When>,
    /// "Slot Available": nothing stands against it.
    pub available: bool,
    /// "Therapist is not available", if there are any; of several therapists each cause says whose it is.
    pub therapist: Vec<CauseView>,
    /// "Room is not available", if there are any.
    pub room: Vec<CauseView>,
    /// "Book anyway" may be offered.
    pub may_book_anyway: bool,
    /// "Book anyway" needs a line of reason.
    pub reason_needed: bool,
    /// Nearest free slots of the next 14 days.
    pub alternatives: Vec<When>,
    /// Other rooms that are free at this time.
    pub free_rooms: Vec<RoomBrief>,
    /// The therapist's day, drawn as a track.
    pub therapist_track: Vec<TrackPart>,
    /// The days of the co-therapists, drawn as tracks.
    pub co_tracks: Vec<CoTrack>,
    /// The room's day, drawn as a track; empty for a place that is not a room.
    pub room_track: Vec<TrackPart>,
    /// Starts to suggest over the whole day.
    pub starts: Vec<StartOption>,
    /// The therapist's next session after the slot.
    pub next: Option<NextSession>,
    /// For a longer end: the price of the added time by the service's price.
    pub extension_price: Option<Money>,
    /// For a longer end: the suggested due date, `YYYY-MM-DD`.
    #[ts(type = "string | null")]
    pub extension_due: Option<NaiveDate>,
}

/// One line of cause, as far as the person may know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CauseView {
    /// Which.
    pub kind: CauseKind,
    /// Since when.
    pub from: Option<Stamp>,
    /// Until when.
    pub until: Option<Stamp>,
    /// Minutes of a buffer.
    pub minutes: Option<u16>,
    /// Open stretches of that day, for "outside working hours".
    pub open: Vec<When>,
    /// Whose session it is.
    pub client: Option<String>,
    /// Which therapist, where there are several.
    pub therapist: Option<String>,
}

/// A co-therapist's day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct CoTrack {
    pub therapist: TherapistBrief,
    pub track: Vec<TrackPart>,
}

/// The causes of "not available".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the same as the domain's Cause")]
pub enum CauseKind {
    Taken,
    Turnover,
    Archived,
    OutsideHours,
    TimeOff,
    Closed,
    Buffer,
}

/// Part of a day's track. Minutes passed since the day's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct TrackPart {
    pub from: u16,
    pub to: u16,
    pub kind: TrackKind,
}

/// What a part of a track is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TrackKind {
    /// Another session.
    Busy,
    /// This session as it stands.
    Own,
    /// Outside hours, time off, closed.
    Closed,
}

/// A start that can be chosen. Taken ones stay selectable and give the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct StartOption {
    pub at: Stamp,
    pub free: bool,
}

/// `session.free_days`: how free is each day of a month for this therapist, this place and this length?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FreeDaysRequest {
    /// The session that moves, whose own stretch does not count; `None` for a new one.
    pub session: Option<SessionId>,
    /// The service of a new one, for buffers and step.
    pub service: Option<ServiceId>,
    /// With whom.
    pub therapist: TherapistId,
    /// And with whom else.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<TherapistId>>")]
    pub co_therapists: Vec<TherapistId>,
    /// Where.
    pub place: Place,
    /// How long. Minutes.
    pub minutes: u16,
    /// Any day of the month, `YYYY-MM-DD`.
    #[ts(type = "string")]
    pub month: NaiveDate,
}

/// What `session.free_days` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FreeDaysView {
    /// 42 days, beginning with the clinic's first weekday.
    pub days: Vec<FreeDayView>,
}

/// How free a day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FreeDayView {
    /// `YYYY-MM-DD`.
    #[ts(type = "string")]
    pub date: NaiveDate,
    /// Minutes in stretches that are long enough, from now on.
    pub minutes: u16,
    /// The first start that is free.
    pub first: Option<Stamp>,
    /// Free, or why not.
    pub kind: DayKind,
}

/// Whether a day has free time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// It has.
    Free,
    /// It is over, or what was open of it.
    Past,
    /// The therapist and the place are never open together.
    Closed,
    /// Time off or a closure.
    TimeOff,
    /// Sessions leave no stretch that is long enough.
    Taken,
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(missing_docs, reason = "the names say it")]
pub struct NextSession {
    pub session: SessionId,
    pub start: Stamp,
    pub client: String,
    pub status: StatusWord,
}

/// `session.preview_series`: every occurrence with its availability, before anything is saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SeriesRequest {
    /// For whom.
    pub client: ClientId,
    /// What.
    pub service: ServiceId,
    /// With whom.
    pub therapist: TherapistId,
    /// And with whom else.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<TherapistId>>")]
    pub co_therapists: Vec<TherapistId>,
    /// Where.
    pub place: Place,
    /// The first start.
    pub start: Typed,
    /// How long. Minutes.
    pub minutes: u16,
    /// 1 = weekly, 2 = every two weeks.
    pub every_weeks: u8,
    /// How many in all, 2 to 52.
    pub count: u8,
}

/// One occurrence of a repetition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Occurrence {
    /// Counted from 1.
    pub number: u16,
    /// When.
    pub when: When,
    /// Nothing stands against it.
    pub available: bool,
    /// "Therapist is not available", if there are any.
    pub therapist: Vec<CauseView>,
    /// "Room is not available", if there are any.
    pub room: Vec<CauseView>,
    /// Only soft rules stand against it, and they give way to this person.
    pub may_book_anyway: bool,
    /// "Book anyway" needs a line of reason for it.
    pub reason_needed: bool,
    /// Its time on the wall does not exist on that day: it begins when the clocks have gone forward.
    pub moved: bool,
}
