//! The clinic's rules say no: values, no prose. The screen writes the sentence, in the person's language.

use crate::actions::Denial;
use crate::availability::Unavailable;
use crate::entity::*;
use crate::{Moment, SessionId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why an intent changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// A grant is missing.
    NotPermitted {
        /// Which.
        grant: Grant,
    },
    /// A Quick Action may not be used now.
    Denied {
        /// Why.
        denial: Denial,
    },
    /// Therapist or room, or both, are not available.
    NotAvailable {
        /// Which, why and whether "Book anyway" could help.
        unavailable: Unavailable,
    },
    /// Part of a repetition is not available.
    SeriesNotAvailable {
        /// The occurrences that are not, counted from 1.
        numbers: Vec<u16>,
    },
    /// "Book anyway" for someone else needs a line of reason.
    ReasonNeeded,
    /// The session changed since the dialog was opened.
    Stale {
        /// As it stands now.
        now: SessionGuard,
    },
    /// What the intent names does not exist.
    NotFound {
        /// What.
        what: Thing,
    },
    /// What the intent names was archived.
    Archived {
        /// What.
        what: Thing,
    },
    /// The id is taken by something else.
    Exists {
        /// What.
        what: Thing,
    },
    /// Something typed cannot be.
    Invalid {
        /// Where.
        field: Field,
        /// Why.
        problem: Invalid,
    },
    /// The client cannot be reached this way.
    NoReach {
        /// Which way.
        channel: Channel,
        /// Why.
        why: NoReach,
    },
    /// A reminder went or waits already.
    RecentlyReminded {
        /// When.
        at: Moment,
    },
    /// An invoice in this state does not allow it.
    InvoiceState {
        /// Its state.
        status: InvoiceStatus,
    },
    /// A notice in this state does not allow it.
    NoticeState {
        /// Its state.
        state: NoticeState,
    },
    /// What it depends on, or takes back, was refused.
    NotDone,
    /// Only the ledger's own courier may do this.
    CourierOnly,
    /// The session it would touch is in another state than it must be.
    SessionState {
        /// Which.
        session: SessionId,
        /// Where it stands.
        phase: Phase,
    },
    /// The intent comes from a newer build than this one.
    TooNew,
    /// The member's access changed since the form was opened.
    MemberStale {
        /// As they stand now.
        now: MemberFacts,
    },
    /// Nobody would be left who may manage members.
    LastManager,
    /// Nobody suspends or removes themselves.
    NotOneself,
    /// Every seat of the plan is taken.
    SeatsTaken {
        /// How many it has.
        seats: u16,
    },
    /// Another active member is this therapist.
    TherapistTaken,
}

/// What an intent can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the domain")]
pub enum Thing {
    Clinic,
    Member,
    Therapist,
    Room,
    Service,
    Client,
    Session,
    TimeOff,
    Invoice,
    Notice,
}

/// Where something typed cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names of form fields")]
pub enum Field {
    Name,
    Called,
    Email,
    Phone,
    Guardian,
    Address,
    PaymentText,
    InvoicePrefix,
    InvoiceNumber,
    Amount,
    Due,
    Paid,
    Start,
    End,
    Length,
    Turnover,
    Buffer,
    Step,
    Hours,
    Label,
    Remark,
    Reason,
    Link,
    Place,
    Country,
    Currency,
    DueDays,
    NoticeHours,
    Weekday,
    Repeat,
    Host,
    Port,
    Pin,
    Client,
    Therapist,
    Seats,
}

/// Why something typed cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Invalid {
    /// Nothing is there.
    Empty,
    /// It is longer than this many characters.
    TooLong {
        /// The most.
        most: u32,
    },
    /// It has characters that cannot be (line breaks, control characters).
    Characters,
    /// It is not an email address.
    NotAnEmail,
    /// It is not a phone number.
    NotAPhone,
    /// It is below this.
    TooSmall {
        /// The least.
        #[ts(type = "number")]
        least: i64,
    },
    /// It is above this.
    TooLarge {
        /// The most.
        #[ts(type = "number")]
        most: i64,
    },
    /// The end is not after the start.
    EndBeforeStart,
    /// Not on a whole minute.
    NotAMinute,
    /// Clocks go forward over this time on that day: it never comes.
    NeverComes,
    /// A demo clinic sends nothing.
    NotInDemo,
    /// Two stretches overlap.
    Overlap,
    /// Another currency than the clinic's.
    OtherCurrency,
    /// The service does not allow it.
    NotForThisService,
    /// Not one of the values that are known.
    Unknown,
    /// The same person twice.
    Twice,
}
