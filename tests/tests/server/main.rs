//! A real server over real HTTP: what sync, the door and the line promise.
#![forbid(unsafe_code)]
#![expect(
    clippy::unwrap_used,
    reason = "every function here is part of a test, also those without the attribute that clippy goes by"
)]

mod described;
mod door;
mod forgot;
#[path = "../sync/keeper.rs"]
#[expect(
    dead_code,
    reason = "the table names it; a server keeps its own ledgers"
)]
mod keeper;
mod kept;
mod line;
mod people;
mod post;
mod projected;
mod quay;
#[path = "../sync/seen.rs"]
mod seen;
mod sync;
#[path = "../sync/table.rs"]
#[expect(
    dead_code,
    reason = "the table in one process has more places than these tests use"
)]
mod table;
