//! What the screen offers so that nobody has to know a port number.

use serde::Serialize;

use crate::account::Security;

/// A mail provider's settings and the steps a person has to take there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Preset {
    /// A stable name.
    pub key: &'static str,
    /// The provider's name; a proper name, the same in every language.
    pub label: &'static str,
    /// Host name of its server.
    pub host: &'static str,
    /// TCP port.
    pub port: u16,
    /// How the line is protected.
    pub security: Security,
    /// Keys of the steps in the screen's words, in order.
    pub steps: &'static [&'static str],
    /// Whether the password is shown in groups and must be joined (see `Password::without_spaces`).
    pub password_in_groups: bool,
}

/// The providers on offer, most used first.
pub const PRESETS: &[Preset] = &[
    Preset {
        key: "gmail",
        label: "Gmail",
        host: "smtp.gmail.com",
        port: 465,
        security: Security::ImplicitTls,
        steps: &[
            "mail-step-gmail-two-step",
            "mail-step-gmail-app-password",
            "mail-step-gmail-paste",
        ],
        password_in_groups: true,
    },
    Preset {
        key: "microsoft365",
        label: "Microsoft 365",
        host: "smtp.office365.com",
        port: 587,
        security: Security::StartTls,
        steps: &[
            "mail-step-microsoft-smtp-auth",
            "mail-step-microsoft-app-password",
            "mail-step-microsoft-paste",
        ],
        password_in_groups: false,
    },
];
