//! The whole core as the screens drive it: real encrypted files, a real mail server on loopback, and a process that can
//! be ended at any moment.
//!
//! Each test has a computer of its own ([`computer::Computer`]); the app runs on it in a child process (this same test
//! program, started again), so that starting again, two at once and `SIGKILL` are what they are for a person.

mod bad_input;
mod bills;
mod clinic;
mod computer;
mod first_run;
mod killed;
mod life;
mod lock;
mod mail_faults;
mod mail_held;
mod not_set_up;
mod refused;
mod restore;
mod signed_in;
mod together;
mod told_once;
mod trouble;
mod ways_back;
