//! What the screen may ask, and the in-process ledger behind the answers.
#![forbid(unsafe_code)]

pub mod api;
