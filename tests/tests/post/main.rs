//! The server's courier where processes die, databases are put back, and several servers share one.
#![cfg(target_os = "linux")]
#![forbid(unsafe_code)]
#![expect(
    clippy::unwrap_used,
    reason = "every function here is part of a test, also those without the attribute that clippy goes by"
)]

#[path = "../sync/keeper.rs"]
#[expect(
    dead_code,
    reason = "the table names it; a server keeps its own ledgers"
)]
mod keeper;
mod processes;
#[path = "../server/quay.rs"]
mod quay;
mod restored;
#[path = "../sync/table.rs"]
#[expect(
    dead_code,
    reason = "the table in one process has more places than these tests use"
)]
mod table;
