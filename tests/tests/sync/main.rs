//! A ledger and devices on one table: what push, pull and the outbox promise, on real encrypted files.
#![forbid(unsafe_code)]
#![expect(
    clippy::unwrap_used,
    reason = "every function here is part of a test, also those without the attribute that clippy goes by"
)]

mod answers;
mod books;
mod histories;
mod invariant;
mod keeper;
mod killed;
mod members;
mod naive;
mod notices;
mod pace;
mod parallel;
mod plans;
mod projection;
mod projection_at_random;
mod reads;
mod row_by_row;
mod secrecy;
mod seen;
mod table;
mod upstreams;
mod wishes;
mod writers;
