//! The same suite as `sync`, over ledgers in PostgreSQL, and what only PostgreSQL can get wrong.
//!
//! Every table of the suite is a clinic of its own in one database. All of them use the same ids for their rows, at the same
//! time, so that a key or a query that forgot the clinic fails here at once.
#![cfg(unix)]
#![forbid(unsafe_code)]
#![expect(
    clippy::unwrap_used,
    reason = "every function here is part of a test, also those without the attribute that clippy goes by"
)]

#[path = "../sync/answers.rs"]
mod answers;
#[path = "../sync/books.rs"]
mod books;
mod clinics;
mod encrypted;
#[path = "../sync/histories.rs"]
mod histories;
mod hung_up;
#[path = "../sync/invariant.rs"]
mod invariant;
mod keeper;
#[path = "../sync/killed.rs"]
mod killed;
#[path = "../sync/members.rs"]
mod members;
#[path = "../sync/naive.rs"]
mod naive;
#[path = "../sync/notices.rs"]
mod notices;
#[path = "../sync/pace.rs"]
mod pace;
#[path = "../sync/parallel.rs"]
mod parallel;
#[path = "../sync/projection.rs"]
mod projection;
#[path = "../sync/projection_at_random.rs"]
mod projection_at_random;
mod restarted;
mod same;
#[path = "../sync/secrecy.rs"]
mod secrecy;
#[path = "../sync/seen.rs"]
mod seen;
#[path = "../sync/table.rs"]
mod table;
#[path = "../sync/upstreams.rs"]
mod upstreams;
#[path = "../sync/wishes.rs"]
mod wishes;
