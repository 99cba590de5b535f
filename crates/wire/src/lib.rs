//! Messages of push and pull, and the trait that a ledger answers.
#![forbid(unsafe_code)]
