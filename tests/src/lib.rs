//! Tests that need several crates, and the hosts they drive.
#![forbid(unsafe_code)]

pub mod desk;
#[cfg(target_os = "linux")]
mod dialog;
#[cfg(target_os = "linux")]
pub mod disk;
#[cfg(target_os = "linux")]
pub mod login;
pub mod outside;
#[cfg(target_os = "linux")]
mod page;
#[cfg(unix)]
pub mod postgres;
#[cfg(target_os = "linux")]
mod practice;
#[cfg(target_os = "linux")]
pub mod process;
pub mod proxy;
pub mod server;
pub mod smtp;
#[cfg(target_os = "linux")]
pub mod tray;
#[cfg(target_os = "linux")]
pub mod window;
