//! The bodies of the commands: check, call, shape. Rules live in the domain, sentences on the screen.

mod around;
pub mod backup;
pub mod book;
pub mod calendar;
pub mod check;
pub mod client;
pub mod clinic;
pub mod dashboard;
pub mod detail;
pub mod free_days;
pub mod hours;
pub mod invoice;
pub mod lock;
pub mod mail;
mod named;
pub mod notice;
pub mod restore;
pub mod series;
pub mod session;
pub mod setup;
pub mod told;
pub mod track;
pub mod typed;
pub mod undo;
pub mod view;
