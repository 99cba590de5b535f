//! A device's store and sync.
#![forbid(unsafe_code)]
