//! Stories of several devices and one ledger: everything that can happen to them, at random and from a seed.

pub mod devices;
pub mod faults;
#[cfg(unix)]
pub mod hosted;
pub mod line;
pub mod memory;
pub mod run;
pub mod shelf;
pub mod sketch;
pub mod steps;
