//! The same suite as `server`, by servers that keep their ledgers in PostgreSQL.
#![cfg(unix)]
#![forbid(unsafe_code)]
#![expect(
    clippy::unwrap_used,
    reason = "every function here is part of a test, also those without the attribute that clippy goes by"
)]

mod away;
#[path = "../server/door.rs"]
mod door;
#[path = "../sync/keeper.rs"]
#[expect(
    dead_code,
    reason = "the table names it; a server keeps its own ledgers"
)]
mod keeper;
mod kept;
#[path = "../server/people.rs"]
mod people;
#[path = "../server/post.rs"]
mod post;
#[path = "../server/projected.rs"]
mod projected;
#[path = "../server/quay.rs"]
mod quay;
#[path = "../sync/seen.rs"]
mod seen;
#[path = "../server/sync.rs"]
mod sync;
#[path = "../sync/table.rs"]
#[expect(
    dead_code,
    reason = "the table in one process has more places than these tests use"
)]
mod table;
