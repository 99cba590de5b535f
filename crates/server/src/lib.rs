//! The ledgers of many clinics behind HTTP: push, pull, accounts, and what an operator needs.
//!
//! A handler reads a request, asks the accounts who it is, asks that member's ledger, and shapes the answer. What a
//! decision is stands in the ledger; what a password is stands in the accounts. A request that is hung up on leaves
//! nothing half done: whatever touches a ledger runs in a task of its own, to its end.
//!
//! Deliberately absent: SQL, rules of the clinic, names or addresses in a log.
//!
//! **Invariant.** A token leads to one member of one clinic, and every ledger a request touches is that clinic's: no id
//! in a body or path chooses a clinic.
#![forbid(unsafe_code)]

pub mod admin;
pub mod config;
mod door;
mod found;
mod house;
mod keyfile;
mod ledgers;
mod limits;
mod mail;
mod mailbox;
mod metrics;
mod post;
mod problem;
mod routes;
mod serve;
#[cfg(unix)]
pub mod socket;

pub use found::NewClinic;
pub use house::{House, Setting};
pub use keyfile::{KeyFileError, ServerKey};
pub use ledgers::{Ledgers, LedgersError};
pub use limits::Rate;
pub use mail::Mailer;
pub use routes::{openapi, router};
pub use serve::{Serving, serve};
