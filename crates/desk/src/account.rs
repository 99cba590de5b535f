//! A mail account as it is typed, the message that tries it, and the courier's causes in the words of the domain.

use safetalk_courier::{Cause, Outcome, Password, Security, SmtpAccount, SmtpTransport};
use safetalk_documents as documents;
use safetalk_domain::refusal::{Field, Invalid};
use safetalk_domain::validate::{self, LINE, NAME, invalid};
use safetalk_domain::{Clinic, Language, Moment, NoticeCause, Refusal};
use uuid::Uuid;

/// A mail account as a person typed it.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "fields are those of an account")]
pub struct Typed<'t> {
    pub host: &'t str,
    pub port: u16,
    pub security: Security,
    pub user: &'t str,
    pub from_name: &'t str,
    pub from_address: &'t str,
}

impl Typed<'_> {
    /// The account, if it can be one.
    ///
    /// # Errors
    /// Says which field cannot be, and why.
    pub fn checked(&self) -> Result<SmtpAccount, Refusal> {
        let host = validate::line(Field::Host, self.host, LINE)?;
        if !host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-:".contains(c))
        {
            return Err(invalid(Field::Host, Invalid::Characters));
        }
        validate::between(Field::Port, self.port.into(), 1, u16::MAX.into())?;
        Ok(SmtpAccount {
            host,
            port: self.port,
            security: self.security,
            user: validate::optional_line(Field::Name, Some(self.user), LINE)?,
            from_name: validate::line(Field::Name, self.from_name, NAME)?,
            from_address: validate::email(Field::Email, self.from_address)?,
        })
    }
}

/// The way to the account's server, with its password as it was typed.
pub fn smtp_with(account: SmtpAccount, password: Option<Password>) -> SmtpTransport {
    let password = password.map(|password| typed_password(&account, password));
    SmtpTransport::new(account, password)
}

/// The password that was meant: Google shows its app passwords in groups of four; they are joined for Google only.
pub fn typed_password(account: &SmtpAccount, password: Password) -> Password {
    let host = &account.host;
    if host.ends_with(".gmail.com") || host.ends_with(".googlemail.com") {
        password.without_spaces()
    } else {
        password
    }
}

/// A message that says nothing but that mail works.
///
/// # Errors
/// When an address cannot stand in a mail.
pub fn test_message(
    clinic: &Clinic,
    language: Language,
    account: &SmtpAccount,
    to: &str,
    now: Moment,
) -> Result<Vec<u8>, documents::Error> {
    let language = match language {
        Language::En => documents::Language::English,
        Language::Ms => documents::Language::Malay,
    };
    let notice = documents::Notice {
        kind: documents::Kind::Test,
        language,
        hours: documents::HourCycle::TwentyFour,
        zone: clinic.facts.zone.name().to_owned(),
        client_name: clinic.details.name.clone(),
        clinic_name: clinic.details.name.clone(),
        clinic_phone: clinic.details.phone.clone(),
        place: documents::Place::Unsaid,
    };
    documents::mail_bytes(&documents::Mail {
        notice_id: Uuid::new_v4().to_string(),
        date: now.0,
        from_name: account.from_name.clone(),
        from_address: account.from_address.clone(),
        reply_to: None,
        to_address: to.to_owned(),
        text: documents::notice_text(&notice)?,
        invites: Vec::new(),
    })
}

/// Why a message did not go; none if it did.
pub fn of_outcome(outcome: Outcome) -> Option<NoticeCause> {
    match outcome {
        Outcome::Sent { .. } => None,
        Outcome::Uncertain => Some(NoticeCause::CutWhileSending),
        Outcome::Temporary { cause: why }
        | Outcome::Permanent { cause: why }
        | Outcome::NotReached { cause: why } => Some(cause(why)),
    }
}

/// The courier's causes, as notices keep them.
pub fn cause(cause: Cause) -> NoticeCause {
    match cause {
        Cause::HostNotFound => NoticeCause::HostNotFound,
        Cause::Unreachable => NoticeCause::NoInternet,
        Cause::ConnectionRefused => NoticeCause::ConnectionRefused,
        Cause::NotAMailServer => NoticeCause::NotAMailServer,
        Cause::Silent => NoticeCause::Silent,
        Cause::LineCut => NoticeCause::LineCut,
        Cause::TlsFailed | Cause::NoTls | Cause::PlainOnlyToThisComputer => NoticeCause::TlsFailed,
        Cause::CertificateUntrusted => NoticeCause::CertificateUntrusted,
        Cause::CertificateExpired => NoticeCause::CertificateExpired,
        Cause::CertificateForOtherHost => NoticeCause::CertificateOtherHost,
        Cause::ServiceUnavailable | Cause::TryLater => NoticeCause::ServerBusy,
        Cause::RecordUnwritable => NoticeCause::DiskUnwritable,
        Cause::NoPassword => NoticeCause::NoPassword,
        Cause::WrongPassword => NoticeCause::WrongPassword,
        Cause::AppPasswordNeeded => NoticeCause::AppPasswordNeeded,
        Cause::PasswordSignInDisabled => NoticeCause::PasswordSignInOff,
        Cause::AccountMalformed | Cause::SenderRefused => NoticeCause::SenderRefused,
        Cause::TooManyMessages => NoticeCause::TooManyMessages,
        Cause::RecipientMalformed | Cause::RecipientRefused => NoticeCause::RecipientRefused,
        Cause::MailboxFull => NoticeCause::MailboxFull,
        Cause::MessageTooLarge | Cause::MessageRefused => NoticeCause::MessageRefused,
    }
}

/// Whether what holds the messages is the kind of thing that passes: the network, the server's mood, the provider's limit.
/// Anything else goes on until a person does something about it.
pub fn passes(cause: NoticeCause) -> bool {
    matches!(
        cause,
        NoticeCause::HostNotFound
            | NoticeCause::NoInternet
            | NoticeCause::ConnectionRefused
            | NoticeCause::Silent
            | NoticeCause::LineCut
            | NoticeCause::ServerBusy
            | NoticeCause::TooManyMessages
    )
}
