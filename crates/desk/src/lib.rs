//! The courier's counter over a ledger: what is due, looked at again, written, and what became of it.
//!
//! Whoever keeps a ledger sends its messages: the app for a clinic of its computer, the server for its clinics. Both do it by
//! this one counter, with the same check of an account and the same words for what went wrong.
//!
//! Deliberately absent: where an account and its password are kept, the sent record, the clock.
#![forbid(unsafe_code)]

mod account;
mod desk;
pub mod render;

pub use account::{Typed, cause, of_outcome, passes, smtp_with, test_message, typed_password};
pub use desk::{LedgerDesk, letter};
