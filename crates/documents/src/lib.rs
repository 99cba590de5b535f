//! Mail, calendar parts and sheets: data in, bytes out.
#![forbid(unsafe_code)]
