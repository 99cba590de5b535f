//! The rules of the clinic, as pure functions.
//!
//! This room holds the entities, the availability of therapists and rooms, the intents a person can form, and
//! [`decide()`], the one function that says what an intent changes or why it may not. It deliberately has no
//! input or output, no clock and no randomness: rows, ids and times come in as arguments. The same code therefore
//! decides on a device without a network and at the ledger, and gives the same rows and ids in both places.
//!
//! **Invariant.** No accepted sequence of intents occupies a therapist or a room twice.
#![forbid(unsafe_code)]

pub mod actions;
pub mod availability;
pub mod decide;
pub mod entity;
pub mod gather;
pub mod id;
pub mod intent;
pub mod money;
pub mod refusal;
pub mod row;
pub mod sight;
pub mod time;
pub mod validate;
pub mod world;
pub mod zone;

pub use decide::{Decision, decide};
pub use entity::*;
pub use id::*;
pub use intent::{Body, Intent};
pub use money::{Currency, Money};
pub use refusal::Refusal;
pub use row::{Entity, Kind, Row};
pub use sight::Sight;
pub use time::{Clock, Interval, Moment, Position};
pub use world::World;
pub use zone::Zone;
