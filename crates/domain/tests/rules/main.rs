//! The rules of the clinic, one module per part of the design. `support` holds the clinic they are tried on.
#![forbid(unsafe_code)]

#[path = "../support/mod.rs"]
mod support;

mod actions;
mod availability;
mod booking;
mod clients;
mod clock;
mod deliveries;
mod fees;
mod invoices;
mod looking_again;
mod matrix;
mod members;
mod nearest;
mod notices;
mod sequences;
mod series;
mod sessions;
mod settings;
mod sight;
mod tables;
mod together;
mod zones;
