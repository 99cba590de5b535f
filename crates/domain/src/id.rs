//! Typed ids. An id of one thing can never be passed where another is meant.

use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        #[ts(type = "string")]
        pub struct $name(pub Uuid);

        impl $name {
            /// The bare UUID, as the stores keep it.
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    )*};
}

ids! {
    /// A clinic: the owner of every other row.
    ClinicId;
    /// A person who works in the clinic and may sign in.
    MemberId;
    /// Someone who sees clients; usually also a member.
    TherapistId;
    /// A person the clinic sees.
    ClientId;
    /// A room of the clinic.
    RoomId;
    /// A kind of session, with its length and price.
    ServiceId;
    /// A booked session. The id stays for life, through every reschedule.
    SessionId;
    /// Sessions that were booked together as a repetition.
    SeriesId;
    /// A stretch of time a therapist, a room or the clinic is away.
    TimeOffId;
    /// An invoice, drafted or issued.
    InvoiceId;
    /// A message to a client.
    NoticeId;
    /// What a client was last told of a session.
    ToldId;
    /// One line of a record's history.
    ActivityId;
    /// A stretch a session holds of one resource.
    OccupancyId;
    /// One click: a UUIDv7 made where the person clicked; the idempotency key for ever.
    IntentId;
    /// One computer with a store of its own.
    DeviceId;
    /// A therapist's or a room's id, where a rule treats both alike.
    ResourceId;
}

impl IntentId {
    /// The id of a row that this intent makes, the same wherever and whenever it is decided.
    ///
    /// `kind` names the table, `what` tells several rows of one kind apart (an ordinal, a recipient and channel).
    pub fn derive(self, kind: &str, what: &str) -> Uuid {
        derive(self.0, kind, what)
    }
}

/// UUIDv5 of a name below `root`. Used for every id that is not in an intent's body.
pub fn derive(root: Uuid, kind: &str, what: &str) -> Uuid {
    Uuid::new_v5(&root, format!("{kind}/{what}").as_bytes())
}

impl From<TherapistId> for ResourceId {
    fn from(id: TherapistId) -> Self {
        Self(id.0)
    }
}

impl From<RoomId> for ResourceId {
    fn from(id: RoomId) -> Self {
        Self(id.0)
    }
}
