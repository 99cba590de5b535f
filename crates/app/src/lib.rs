//! What the screen may ask.
#![forbid(unsafe_code)]
