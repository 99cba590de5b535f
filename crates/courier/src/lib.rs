//! Takes a notice to the client.
//!
//! Three things live here: the talk with an SMTP server ([`SmtpTransport`]), the record of what was handed
//! to one ([`FileRecord`]), and the loop that carries what is due from the [`Desk`] to the server
//! ([`Courier`]). What a message says is not known here (it comes rendered, as bytes), nor where notices are
//! kept: the app implements [`Desk`] over the ledger.
//!
//! # Invariant
//!
//! A message is handed to a server only after the words "handing it over" are on disk outside the database,
//! and while those words stand without a result it is never handed over again by the courier alone. So the
//! worst a crash, a cut line or a restored backup can do is an [`Settled::Uncertain`] in front of a person;
//! it can neither lose a notice nor send it twice. SMTP offers no more (RFC 1047).
//!
//! # What must stay off
//!
//! lettre's feature `tracing` writes whole messages and the AUTH line to the log. It is not enabled in this
//! workspace and must not be.
#![forbid(unsafe_code)]

mod account;
mod backoff;
mod cause;
mod courier;
mod desk;
mod presets;
mod record;
mod smtp;

pub use account::{Password, Security, SmtpAccount};
pub use backoff::{line_pause, retry_pause};
pub use cause::{Cause, Concern, Outcome};
pub use courier::{Clock, Courier, CourierHandle, Hold, Status};
pub use desk::{Claim, Desk, DeskError, NoticeRef, Settled};
pub use presets::{PRESETS, Preset, Provider};
pub use record::{FileRecord, RecordError, Recorded, SentRecord};
pub use smtp::{BeforeHandover, Envelope, PasswordSource, Patience, SmtpTransport, Transport};
