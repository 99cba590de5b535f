//! Pull: rows come down in pages, all of one pass bound to one position.

use crate::{Epoch, Known, Mark};
use safetalk_domain::{DeviceId, Kind, Moment, Position, Row};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A page of rows, please.
///
/// A row that changes while a pass of several pages goes on moves beyond the pass's `upto` and may be missing from it.
/// A device therefore begins another pass, from `upto` on, until a pass fits one page: one page is one snapshot.
///
/// What comes is what the member may see. Who that is, is not in here: the ledger's keeper knows it from the sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequest {
    /// The protocol it is written in.
    pub protocol: u16,
    /// Which device.
    pub device: DeviceId,
    /// How far it knows the history; the pass begins there.
    pub known: Known,
    /// Where the ledger stood when it last answered a push, as long as the device has not pulled that far: answers that a
    /// restored ledger has forgotten are found out by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Known>,
    /// The member's scope as the device knows it: of its last whole pull, and of the page before within one.
    pub scope: u32,
    /// The end of the pass: none for its first page, then what the first answer said.
    pub upto: Option<Position>,
    /// The row before the page; none for the first.
    pub after: Option<After>,
    /// The most rows; the ledger may give fewer, and never more than [`crate::MOST_ROWS`].
    pub limit: u32,
}

/// A row by table, position and id: the order in which pages follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct After {
    /// Its table.
    pub kind: Kind,
    /// Its position.
    pub position: Position,
    /// Its id.
    pub id: Uuid,
}

impl After {
    /// This row.
    pub fn of(position: Position, row: &Row) -> Self {
        Self {
            kind: row.kind(),
            position,
            id: row.id(),
        }
    }
}

/// What a ledger says to a pull.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PullAnswer {
    /// A page.
    Page(Pulled),
    /// The history the device knows is not this one: it begins from nothing.
    ChangedHistory,
    /// What the member may see has changed: the device begins from nothing.
    ChangedScope {
        /// The scope that holds now.
        scope: u32,
    },
}

/// A page of a pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pulled {
    /// Rows with the position that last wrote each.
    pub rows: Rows,
    /// Rows that the member saw once and may see no longer: the device erases them. Never of a kind and id in `rows`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<After>,
    /// The last row that was looked at, seen or not; none from a ledger that shows everything it looks at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<After>,
    /// The end of the pass.
    pub upto: Position,
    /// The mark of `upto`.
    pub mark: Mark,
    /// The history.
    pub epoch: Epoch,
    /// The member's scope.
    pub scope: u32,
    /// This was the last page of the pass.
    pub done: bool,
    /// The ledger's time.
    pub ledger_now: Moment,
}

/// Rows, each with the position that last wrote it.
pub type Rows = Vec<(Position, Row)>;

impl Pulled {
    /// Where the next page begins.
    pub fn after(&self) -> Option<After> {
        self.next.or_else(|| {
            let (position, row) = self.rows.last()?;
            Some(After::of(*position, row))
        })
    }
}
