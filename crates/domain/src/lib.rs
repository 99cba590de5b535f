//! Entities, availability, intents and decide: the rules of the clinic, without IO, clock or randomness.
#![forbid(unsafe_code)]
