//! Takes a notice to the client.
#![forbid(unsafe_code)]
