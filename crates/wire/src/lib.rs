//! What a device and a ledger say to each other: push, pull, and the trait that a ledger answers.
//!
//! The same messages go between two files of one process, over a clinic's local network and over the internet. The
//! room holds types only; it deliberately knows neither how a message travels nor how either end keeps its rows.
//!
//! **Invariant.** Kinds and fields are never removed; a frozen sample of every message is compared by a test.
#![forbid(unsafe_code)]

mod error;
pub mod http;
mod pull;
mod push;
mod trouble;

pub use error::{Trouble, UpstreamError};
pub use pull::{After, PullAnswer, PullRequest, Pulled, Rows};
pub use push::{Numbered, Outcome, PushAnswer, PushRequest, Verdict};
pub use trouble::Remedy;

use async_trait::async_trait;
use safetalk_domain::{Moment, Position};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The oldest protocol this build still understands.
pub const LEAST_PROTOCOL: u16 = 1;
/// The protocol this build speaks.
pub const PROTOCOL: u16 = 2;
/// The oldest protocol whose pulls know rows that are gone. An older device would keep what its member may no longer see,
/// and so pulls only for one who may see everything.
pub const PROJECTED_PROTOCOL: u16 = 2;
/// The most intents of one push.
pub const MOST_INTENTS: usize = 50;
/// The most rows of one page of a pull.
pub const MOST_ROWS: u32 = 1_000;

/// Which history a position belongs to; a restored ledger begins a new one.
pub type Epoch = Uuid;
/// A random mark that is new with every position: finds out a history that changed without being announced.
pub type Mark = Uuid;

/// The mark of position 0, before anything was decided.
pub const NO_MARK: Mark = Uuid::nil();

/// Where a history stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Which history.
    pub epoch: Epoch,
    /// The last position given.
    pub position: Position,
    /// Its mark.
    pub mark: Mark,
}

/// How far a device knows the history. Compared with the ledger's own on every push and pull.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The history it pulled from; `None` before its first pull.
    pub epoch: Option<Epoch>,
    /// The position up to which it pulled.
    pub cursor: Position,
    /// The mark of that position.
    pub mark: Mark,
}

impl Known {
    /// What a device knows before its first pull.
    pub const NOTHING: Self = Self {
        epoch: None,
        cursor: 0,
        mark: NO_MARK,
    };
}

/// A ledger, wherever it is.
#[async_trait]
pub trait Upstream: Send + Sync {
    /// Hands over intents in order and takes their verdicts.
    ///
    /// # Errors
    /// [`UpstreamError`]; the same request may then be sent again, whatever became of the first.
    async fn push(&self, request: PushRequest) -> Result<PushAnswer, UpstreamError>;

    /// Fetches a page of rows that changed after the device's cursor.
    ///
    /// # Errors
    /// [`UpstreamError`]; the same request may then be sent again.
    async fn pull(&self, request: PullRequest) -> Result<PullAnswer, UpstreamError>;
}

/// Where a ledger takes the time from. The clock itself stays at the edges.
pub trait Now: Send + Sync {
    /// The present moment.
    fn now(&self) -> Moment;
}

impl<F: Fn() -> Moment + Send + Sync> Now for F {
    fn now(&self) -> Moment {
        self()
    }
}
