//! The whole core as a device of a real server: two computers, a cable that can be pulled, and what stands on the screens.
#![forbid(unsafe_code)]

mod away;
mod desk;
mod door;
mod grants;
mod mail;
