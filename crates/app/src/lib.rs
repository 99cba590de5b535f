//! What the screen may ask: one router table, its request and answer types, and the in-process ledger behind them.
//!
//! The room knows neither Tauri nor HTML: the shell is behind [`host::Host`], the screens are behind JSON. It holds no
//! rule of the clinic; those are the domain's. A command's body checks, calls and shapes.
//!
//! **Invariant.** An action is answered when it is kept on disk, never before.
#![forbid(unsafe_code)]

pub mod api;
mod app;
mod calls;
mod countries;
mod demo;
mod directory;
mod founding;
mod home;
pub mod host;
mod keyring;
mod line;
mod mail;
mod office;
mod opening;
mod problem;
mod router;
mod settings;

pub use app::App;
pub use router::COMMANDS;
pub use safetalk_desk::letter;
pub use safetalk_domain::Moment;
