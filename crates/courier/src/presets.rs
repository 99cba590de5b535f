//! What the screen offers so that nobody has to know a port number.

use crate::account::Security;

/// A provider on offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// Google's.
    Gmail,
    /// Microsoft's.
    Microsoft365,
}

/// A mail provider's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Which; the screen has words for what a person has to do there.
    pub provider: Provider,
    /// The provider's name; a proper name, the same in every language.
    pub label: &'static str,
    /// Host name of its server.
    pub host: &'static str,
    /// TCP port.
    pub port: u16,
    /// How the line is protected.
    pub security: Security,
}

/// The providers on offer, most used first.
pub const PRESETS: &[Preset] = &[
    Preset {
        provider: Provider::Gmail,
        label: "Gmail",
        host: "smtp.gmail.com",
        port: 465,
        security: Security::ImplicitTls,
    },
    Preset {
        provider: Provider::Microsoft365,
        label: "Microsoft 365",
        host: "smtp.office365.com",
        port: 587,
        security: Security::StartTls,
    },
];
