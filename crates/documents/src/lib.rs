//! Mail, calendar parts, WhatsApp drafts and the recovery sheet: data in, bytes out.
//!
//! Nothing here reads a clock, a file or a random number: the same input gives the same bytes on every
//! machine, which is what lets a notice be rendered once, stored, and sent again byte for byte. Nothing here
//! knows the clinic's entities either; the caller passes the few words and moments a text needs.
//!
//! # Invariant: discreet by default
//!
//! A text holds the name the client is called by, date, time, clinic and phone. There is no field for a
//! service, a therapist, a speciality or a room's name, so none can slip in; a remark reaches the client only
//! through `remark_to_client`. A subject, which shows on a locked screen, holds a date at most.
//!
//! Moments are UTC seconds; they are shown in the clinic's zone.
#![forbid(unsafe_code)]

mod calendar;
mod clean;
mod error;
mod mail;
mod money;
mod notice;
mod page;
mod recovery;
mod whatsapp;
mod when;
mod words;
mod zone;

pub use calendar::{Invite, Method, calendar_part};
pub use error::Error;
pub use mail::{Mail, mail_bytes};
pub use money::{Money, money_text};
pub use notice::{Kind, Notice, NoticeText, Place, notice_text};
pub use recovery::{RecoverySheet, RecoveryWords, recovery_html, recovery_text, recovery_words};
pub use whatsapp::{Draft, whatsapp_draft, whatsapp_text};
pub use when::{HourCycle, Slot, date_text, slot_text};
pub use words::Language;
