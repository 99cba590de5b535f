//! From codes and errors to causes.

use std::error::Error as _;
use std::io;

use lettre::transport::smtp::Error;
use rustls::CertificateError;

use crate::cause::{Cause, Outcome};

/// How far the talk had come, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Greeting,
    StartTls,
    Auth,
    Mail,
    Recipient,
    Message,
}

/// What a negative reply means. Only for errors that carry a reply.
pub(super) fn refusal(stage: Stage, error: &Error, host: &str) -> Outcome {
    let code: u16 = error.status().map_or(0, Into::into);
    let text = error.source().map(ToString::to_string).unwrap_or_default();
    judge(stage, code, &text, host)
}

fn judge(stage: Stage, code: u16, text: &str, host: &str) -> Outcome {
    let cause = cause_of(stage, code, text, host);
    match (stage, cause) {
        // A server that is closed, or that does not finish its greeting, has looked at no message.
        (_, Cause::ServiceUnavailable) | (Stage::Greeting | Stage::StartTls, _) => {
            Outcome::NotReached { cause }
        }
        _ if code < 500 => Outcome::Temporary { cause },
        _ => Outcome::Permanent { cause },
    }
}

fn cause_of(stage: Stage, code: u16, text: &str, host: &str) -> Cause {
    let text = text.to_ascii_lowercase();
    let enhanced = enhanced_code(&text);
    let detail = enhanced.map(|(_, subject, detail)| (subject, detail));
    if code == 421 {
        return Cause::ServiceUnavailable;
    }
    // Gmail's daily limit is 550 5.4.5, Microsoft's are 5.1.90 and 5.2.120.
    if matches!(detail, Some((4, 5) | (1, 90) | (2, 120))) {
        return Cause::TooManyMessages;
    }
    match stage {
        Stage::Greeting => Cause::ServiceUnavailable,
        Stage::StartTls => Cause::TlsFailed,
        Stage::Auth => sign_in_cause(code, detail, &text, host),
        Stage::Mail => match (code, detail) {
            (530 | 535, _) => Cause::WrongPassword,
            (552, _) | (_, Some((3, 4))) => Cause::MessageTooLarge,
            (..500, _) => Cause::TryLater,
            _ => Cause::SenderRefused,
        },
        Stage::Recipient => match (code, detail) {
            (_, Some((2, 2))) | (452 | 552, _) => Cause::MailboxFull,
            (..500, _) => Cause::TryLater,
            _ => Cause::RecipientRefused,
        },
        Stage::Message => match (code, detail) {
            (_, Some((2, 2))) => Cause::MailboxFull,
            // Microsoft says only here that the account may not use this sender.
            (_, Some((2, 252) | (7, 60))) => Cause::SenderRefused,
            (_, Some((1, 1))) => Cause::RecipientRefused,
            (552, _) | (_, Some((2, 3) | (3, 4))) => Cause::MessageTooLarge,
            (..500, _) => Cause::TryLater,
            _ => Cause::MessageRefused,
        },
    }
}

fn sign_in_cause(code: u16, detail: Option<(u16, u16)>, text: &str, host: &str) -> Cause {
    let says_app_password =
        text.contains("application-specific password") || text.contains("app password");
    if code < 500 {
        return Cause::ServiceUnavailable;
    }
    match detail {
        Some((7, 139)) => Cause::PasswordSignInDisabled,
        Some((7, 9)) => Cause::AppPasswordNeeded,
        _ if code == 534 || says_app_password => Cause::AppPasswordNeeded,
        // Gmail takes nothing but app passwords, and says 5.7.8 to an ordinary one.
        Some((7, 8)) if host.ends_with(".gmail.com") || host.ends_with(".googlemail.com") => {
            Cause::AppPasswordNeeded
        }
        _ if matches!(code, 503 | 504) => Cause::PasswordSignInDisabled,
        _ => Cause::WrongPassword,
    }
}

/// The enhanced status code (RFC 3463) a reply's text begins with: `5.7.8`.
fn enhanced_code(text: &str) -> Option<(u16, u16, u16)> {
    let word = text.split_whitespace().next()?;
    let mut parts = word.splitn(3, '.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

/// What an error without a reply means.
pub(super) fn classify_error(error: &Error) -> Cause {
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            return io_cause(io);
        }
        source = inner.source();
    }
    if error.is_tls() {
        Cause::TlsFailed
    } else if error.is_response() && error.to_string().contains("incomplete") {
        // lettre's words for a line that ended where a reply was due.
        Cause::LineCut
    } else {
        Cause::NotAMailServer
    }
}

pub(super) fn io_cause(error: &io::Error) -> Cause {
    if let Some(tls) = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>())
    {
        return tls_cause(tls);
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Cause::ConnectionRefused,
        io::ErrorKind::TimedOut => Cause::Silent,
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable
        | io::ErrorKind::PermissionDenied => Cause::Unreachable,
        io::ErrorKind::InvalidData => Cause::NotAMailServer,
        _ => Cause::LineCut,
    }
}

fn tls_cause(error: &rustls::Error) -> Cause {
    match error {
        rustls::Error::InvalidCertificate(why) => match why {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Cause::CertificateExpired,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Cause::CertificateForOtherHost
            }
            _ => Cause::CertificateUntrusted,
        },
        _ => Cause::TlsFailed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_told_apart_as_providers_give_them() {
        use Cause::*;
        let gmail = "smtp.gmail.com";
        let other = "mail.example.org";
        let permanent = |cause| Outcome::Permanent { cause };
        let temporary = |cause| Outcome::Temporary { cause };
        let not_reached = |cause| Outcome::NotReached { cause };
        let table = [
            (
                Stage::Auth,
                535,
                "5.7.8 Username and Password not accepted.",
                gmail,
                permanent(AppPasswordNeeded),
            ),
            (
                Stage::Auth,
                534,
                "5.7.9 Application-specific password required.",
                gmail,
                permanent(AppPasswordNeeded),
            ),
            (
                Stage::Auth,
                535,
                "5.7.8 Error: authentication failed",
                other,
                permanent(WrongPassword),
            ),
            (
                Stage::Auth,
                535,
                "5.7.139 Authentication unsuccessful, basic authentication is disabled.",
                "smtp.office365.com",
                permanent(PasswordSignInDisabled),
            ),
            (
                Stage::Auth,
                535,
                "5.7.3 Authentication unsuccessful",
                "smtp.office365.com",
                permanent(WrongPassword),
            ),
            (
                Stage::Auth,
                454,
                "4.7.0 Too many login attempts",
                gmail,
                not_reached(ServiceUnavailable),
            ),
            (
                Stage::Mail,
                550,
                "5.4.5 Daily user sending limit exceeded.",
                gmail,
                permanent(TooManyMessages),
            ),
            (
                Stage::Mail,
                530,
                "5.7.0 Authentication Required.",
                gmail,
                permanent(WrongPassword),
            ),
            (
                Stage::Mail,
                553,
                "5.7.1 Sender address rejected: not owned by user",
                other,
                permanent(SenderRefused),
            ),
            (
                Stage::Mail,
                452,
                "4.3.1 Insufficient system storage",
                other,
                temporary(TryLater),
            ),
            (
                Stage::Recipient,
                550,
                "5.1.1 The email account that you tried to reach does not exist.",
                gmail,
                permanent(RecipientRefused),
            ),
            (
                Stage::Recipient,
                450,
                "4.2.0 Greylisted, see later",
                other,
                temporary(TryLater),
            ),
            (
                Stage::Recipient,
                452,
                "4.2.2 The email account is over quota.",
                gmail,
                temporary(MailboxFull),
            ),
            (
                Stage::Recipient,
                552,
                "5.2.2 Mailbox full",
                other,
                permanent(MailboxFull),
            ),
            (
                Stage::Message,
                552,
                "5.3.4 Message too big",
                other,
                permanent(MessageTooLarge),
            ),
            (
                Stage::Message,
                554,
                "5.2.252 SendAsDenied",
                "smtp.office365.com",
                permanent(SenderRefused),
            ),
            (
                Stage::Message,
                550,
                "5.7.1 This message looks like spam",
                other,
                permanent(MessageRefused),
            ),
            (
                Stage::Message,
                451,
                "4.7.1 try again",
                other,
                temporary(TryLater),
            ),
            (
                Stage::Message,
                550,
                "no enhanced code at all",
                other,
                permanent(MessageRefused),
            ),
            (
                Stage::Recipient,
                421,
                "4.7.0 closing",
                other,
                not_reached(ServiceUnavailable),
            ),
            (
                Stage::Greeting,
                554,
                "No SMTP service here",
                other,
                not_reached(ServiceUnavailable),
            ),
        ];
        for (stage, code, text, host, expected) in table {
            assert_eq!(
                judge(stage, code, text, host),
                expected,
                "{code} {text} at {stage:?} of {host}"
            );
        }
    }
}
