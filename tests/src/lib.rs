//! Tests that need several crates, and the hosts they drive.
#![forbid(unsafe_code)]
