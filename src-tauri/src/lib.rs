//! The window of SafeTalk Desktop: the only room of the house that knows Tauri.
#![forbid(unsafe_code)]

pub mod keychain;
