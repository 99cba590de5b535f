//! Where a decision becomes final.
#![forbid(unsafe_code)]
