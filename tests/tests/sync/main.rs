//! A ledger and devices on one table: what push, pull and the outbox promise, on real encrypted files.
#![forbid(unsafe_code)]

mod answers;
mod books;
mod histories;
mod invariant;
mod killed;
mod notices;
mod parallel;
mod plans;
mod reads;
mod secrecy;
mod table;
mod upstreams;
mod writers;
