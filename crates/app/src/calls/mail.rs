//! The mail account: its password lives in the keychain and nowhere else.

use super::letter;
use crate::api::Nothing;
use crate::api::act::Problem;
use crate::api::clinic::{
    MailPreset, MailProvider, MailRequest, MailSecurity, MailTested, MailView, RetryMailRequest,
};
use crate::api::notice::MailHold;
use crate::directory::Directory;
use crate::mail;
use crate::office::Office;
use crate::settings::mail_password_name;
use safetalk_courier::{Outcome, PRESETS, Password, Provider, Security, SmtpAccount};
use safetalk_documents as documents;
use safetalk_domain::decide::needs_choice;
use safetalk_domain::intent::EditClinic;
use safetalk_domain::refusal::{Field, Invalid, Thing};
use safetalk_domain::validate::{self, LINE, NAME, invalid};
use safetalk_domain::*;
use std::sync::{Arc, PoisonError};

/// `mail.get`.
pub async fn get(office: &Office, _: Nothing) -> Result<Option<MailView>, Problem> {
    let Some(account) = office
        .here()?
        .mail
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
    else {
        return Ok(None);
    };
    let clinic = office.replica.clinic().await?.ok_or(Refusal::NotFound {
        what: Thing::Clinic,
    })?;
    let has_password = matches!(
        office.host.secrets().get(&mail_password_name(office.id)),
        Ok(Some(_))
    );
    Ok(Some(MailView {
        host: account.host,
        port: account.port,
        security: shown(account.security),
        user: account.user.unwrap_or_default(),
        from_name: account.from_name,
        from_address: account.from_address,
        has_password,
        ready: clinic.facts.mail_ready,
    }))
}

/// `mail.presets`.
pub async fn presets(_: &Office, _: Nothing) -> Result<Vec<MailPreset>, Problem> {
    Ok(PRESETS
        .iter()
        .map(|preset| MailPreset {
            provider: match preset.provider {
                Provider::Gmail => MailProvider::Gmail,
                Provider::Microsoft365 => MailProvider::Microsoft365,
            },
            label: preset.label.to_owned(),
            host: preset.host.to_owned(),
            port: preset.port,
            security: shown(preset.security),
        })
        .collect())
}

fn shown(security: Security) -> MailSecurity {
    match security {
        Security::StartTls => MailSecurity::StartTls,
        Security::ImplicitTls | Security::PlainLoopbackOnly => MailSecurity::ImplicitTls,
    }
}

/// `mail.save`.
pub async fn save(office: &Office, request: MailRequest) -> Result<Nothing, Problem> {
    if office.demo {
        return Err(invalid(Field::Email, Invalid::NotInDemo).into());
    }
    let here = office.here()?;
    let (account, password) = (account(&request)?, password(&request));
    if let Some(password) = &password {
        office
            .host
            .secrets()
            .set(&mail_password_name(office.id), password.as_bytes())?;
    }
    mail::write(&office.dir, &account)?;
    let from = account.from_address.clone();
    *here.mail.lock().unwrap_or_else(PoisonError::into_inner) = Some(account.clone());
    let body = EditClinic {
        mail: Some(Some(from)),
        ..EditClinic::default()
    };
    office.act(Body::EditClinic(body)).await?;
    // The clinic must be known as ready before the courier looks, or what waited for it would go unasked.
    office.catch_up().await;
    here.courier
        .send_through(Some(Arc::new(mail::smtp(account, &office.host, office.id))));
    Ok(Nothing {})
}

/// `mail.test`: a real message through the account as it is typed, nothing saved.
pub async fn test(office: &Office, request: MailRequest) -> Result<MailTested, Problem> {
    if office.demo {
        return Ok(MailTested {
            cause: Some(NoticeCause::Demo),
        });
    }
    let here = office.here()?;
    let account = account(&request)?;
    let to = validate::email(Field::Email, request.test_to.as_deref().unwrap_or_default())?;
    let clinic = office.replica.clinic().await?.ok_or(Refusal::NotFound {
        what: Thing::Clinic,
    })?;
    let message = test_message(office, &clinic, &account, &to)?;
    let (transport, kept) = match password(&request) {
        Some(typed) => (
            mail::smtp_with(account.clone(), Password::new(typed)),
            false,
        ),
        None => (mail::smtp(account.clone(), &office.host, office.id), true),
    };
    let outcome = transport.send_test(&message, &to).await;
    let saved = here
        .mail
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .as_ref()
        == Some(&account);
    if kept && saved && matches!(outcome, Outcome::Sent { .. }) {
        // What held the messages is over: this one went the same way.
        here.courier.retry_now();
    }
    Ok(MailTested {
        cause: match outcome {
            Outcome::Sent { .. } => None,
            Outcome::Uncertain => Some(NoticeCause::CutWhileSending),
            Outcome::Temporary { cause }
            | Outcome::Permanent { cause }
            | Outcome::NotReached { cause } => Some(mail::cause(cause)),
        },
    })
}

/// `mail.retry`: the network is back, or a person says "now". A clinic on a server looks for that.
pub async fn retry(office: &Office, request: RetryMailRequest) -> Result<Nothing, Problem> {
    if !office.demo {
        office.catch_up().await;
        if request.by_hand {
            office.retry_now();
        } else {
            office.network_back();
        }
    }
    Ok(Nothing {})
}

/// What of the clinic's messages waits for the courier, and why.
pub struct Waiting {
    /// How many messages.
    pub messages: u32,
    /// A person has to say first what of them still goes.
    pub choose: bool,
    /// What keeps them from leaving.
    pub held: Option<MailHold>,
}

/// Why a message that is queued now could not leave: what holds those that wait, and what goes on until a person mends it.
pub async fn held(office: &Office, directory: &Directory) -> Result<Option<NoticeCause>, Problem> {
    let Some(hold) = office.hold() else {
        return Ok(None);
    };
    let holds = !mail::passes(hold.cause) || waiting(office, directory).await?.messages > 0;
    let sends = directory.clinic.facts.mail_ready && !office.demo;
    Ok((sends && holds).then(|| mail::cause(hold.cause)))
}

/// Reads it.
pub async fn waiting(office: &Office, directory: &Directory) -> Result<Waiting, Problem> {
    let waiting = letter::waiting(office).await?;
    let clinic = &directory.clinic.facts;
    let sends = clinic.mail_ready && !office.demo;
    let choose = sends
        && waiting
            .iter()
            .any(|notice| needs_choice(&notice.facts, clinic, directory.now));
    let messages = letter::how_many(waiting);
    let held = office
        .hold()
        .filter(|_| sends && messages > 0)
        .map(|hold| MailHold {
            waiting: messages,
            cause: mail::cause(hold.cause),
            until: hold
                .until
                .map(Moment)
                .filter(|until| *until > directory.now)
                .map(|until| directory.stamp(until)),
            passes: mail::passes(hold.cause),
        });
    Ok(Waiting {
        messages,
        choose,
        held,
    })
}

fn test_message(
    office: &Office,
    clinic: &Clinic,
    account: &SmtpAccount,
    to: &str,
) -> Result<Vec<u8>, Problem> {
    let language = match office.settings.get().language {
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
    Ok(documents::mail_bytes(&documents::Mail {
        notice_id: uuid::Uuid::now_v7().to_string(),
        date: office.now().0,
        from_name: account.from_name.clone(),
        from_address: account.from_address.clone(),
        reply_to: None,
        to_address: to.to_owned(),
        text: documents::notice_text(&notice)?,
        invites: Vec::new(),
    })?)
}

/// The account as typed, checked.
fn account(request: &MailRequest) -> Result<SmtpAccount, Refusal> {
    let host = validate::line(Field::Host, &request.host, LINE)?;
    if !host
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || ".-:".contains(c))
    {
        return Err(invalid(Field::Host, Invalid::Characters));
    }
    validate::between(Field::Port, request.port.into(), 1, u16::MAX.into())?;
    Ok(SmtpAccount {
        host,
        port: request.port,
        security: match request.security {
            MailSecurity::ImplicitTls => Security::ImplicitTls,
            MailSecurity::StartTls => Security::StartTls,
        },
        user: validate::optional_line(Field::Name, Some(&request.user), LINE)?,
        from_name: validate::line(Field::Name, &request.from_name, NAME)?,
        from_address: validate::email(Field::Email, &request.from_address)?,
    })
}

fn password(request: &MailRequest) -> Option<String> {
    request
        .password
        .clone()
        .filter(|password| !password.is_empty())
}
