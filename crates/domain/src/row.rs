//! Rows: what a decision changes, what a ledger keeps and what a pull carries.

use crate::entity::*;
use crate::id::*;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// A thing that is kept in a table of its own.
pub trait Entity:
    Clone + Send + Sync + Serialize + for<'de> Deserialize<'de> + Into<Row> + 'static
{
    /// Its table.
    const KIND: Kind;
    /// Its id's type.
    type Id: Copy + Into<Uuid> + Send;
    /// Its id.
    fn id(&self) -> Uuid;
    /// It, if `row` is of its kind.
    fn of(row: Row) -> Option<Self>;
}

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident, $id:ty, $table:literal, |$it:ident| $get:expr;)*) => {
        /// The kinds of rows, one table each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Kind { $($(#[$doc])* $name,)* }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Kind] = &[$(Kind::$name,)*];

            /// The table's name in SQL.
            pub const fn table(self) -> &'static str {
                match self { $(Kind::$name => $table,)* }
            }
        }

        /// One row as it stands after a decision.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "kind", content = "row", rename_all = "snake_case")]
        pub enum Row { $($(#[$doc])* $name($name),)* }

        impl Row {
            /// Its table.
            pub fn kind(&self) -> Kind {
                match self { $(Row::$name(_) => Kind::$name,)* }
            }

            /// Its id.
            pub fn id(&self) -> Uuid {
                match self { $(Row::$name(row) => Entity::id(row),)* }
            }

            /// The entity alone as JSON: what a table's `body` column holds.
            pub fn body(&self) -> serde_json::Result<String> {
                match self { $(Row::$name(row) => serde_json::to_string(row),)* }
            }

            /// A row from its table's `body` column.
            pub fn from_body(kind: Kind, body: &str) -> serde_json::Result<Row> {
                Ok(match kind { $(Kind::$name => Row::$name(serde_json::from_str(body)?),)* })
            }
        }

        $(
            impl Entity for $name {
                const KIND: Kind = Kind::$name;
                type Id = $id;
                fn id(&self) -> Uuid { let $it = self; $get }
                fn of(row: Row) -> Option<Self> {
                    match row { Row::$name(row) => Some(row), _ => None }
                }
            }
            impl From<$name> for Row {
                fn from(row: $name) -> Row { Row::$name(row) }
            }
        )*
    };
}

rows! {
    /// The clinic itself.
    Clinic, ClinicId, "clinic", |it| it.id.0;
    /// Members.
    Member, MemberId, "member", |it| it.id.0;
    /// Therapists.
    Therapist, TherapistId, "therapist", |it| it.id.0;
    /// Rooms.
    Room, RoomId, "room", |it| it.id.0;
    /// Services.
    Service, ServiceId, "service", |it| it.id.0;
    /// Weeks; a row's id is its owner's.
    Hours, Uuid, "hours", |it| it.owner.uuid();
    /// Time off.
    TimeOff, TimeOffId, "time_off", |it| it.id.0;
    /// Clients.
    Client, ClientId, "client", |it| it.id.0;
    /// Sessions.
    Session, SessionId, "session", |it| it.id.0;
    /// What sessions hold.
    Occupancy, OccupancyId, "occupancy", |it| it.id.0;
    /// Invoices.
    Invoice, InvoiceId, "invoice", |it| it.id.0;
    /// Messages.
    Notice, NoticeId, "notice", |it| it.id.0;
    /// What clients were told.
    Told, ToldId, "told", |it| it.id.0;
    /// History.
    Activity, ActivityId, "activity", |it| it.id.0;
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.table())
    }
}
