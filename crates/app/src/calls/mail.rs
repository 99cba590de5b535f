//! The mail account: its password lives in the keychain and nowhere else.

use crate::api::Nothing;
use crate::api::act::Problem;
use crate::api::clinic::{
    MailPreset, MailProvider, MailRequest, MailSecurity, MailTested, MailView,
};
use crate::mail;
use crate::office::Office;
use crate::settings::mail_password_name;
use safetalk_courier::{
    Outcome, PRESETS, Password, Provider, Security, SmtpAccount, SmtpTransport, Transport,
};
use safetalk_documents as documents;
use safetalk_domain::intent::EditClinic;
use safetalk_domain::refusal::{Field, Invalid, Thing};
use safetalk_domain::validate::{self, LINE, NAME, invalid};
use safetalk_domain::*;
use std::sync::{Arc, PoisonError};

/// `mail.get`.
pub async fn get(office: &Office, _: Nothing) -> Result<Option<MailView>, Problem> {
    let Some(account) = office
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
    let (account, password) = (account(&request)?, password(&request));
    if let Some(password) = &password {
        office
            .host
            .secrets()
            .set(&mail_password_name(office.id), password.as_bytes())?;
    }
    mail::write(&office.dir, &account)?;
    let from = account.from_address.clone();
    *office.mail.lock().unwrap_or_else(PoisonError::into_inner) = Some(account.clone());
    let body = EditClinic {
        mail: Some(Some(from)),
        ..EditClinic::default()
    };
    office.act(Body::EditClinic(body)).await?;
    // The clinic must be known as ready before the courier looks, or what waited for it would go unasked.
    office.catch_up().await;
    office
        .courier
        .send_through(Some(transport(office, account, password)?));
    Ok(Nothing {})
}

/// `mail.test`: a real message through the account as it is typed, nothing saved.
pub async fn test(office: &Office, request: MailRequest) -> Result<MailTested, Problem> {
    if office.demo {
        return Ok(MailTested {
            cause: Some(NoticeCause::Demo),
        });
    }
    let account = account(&request)?;
    let to = validate::email(Field::Email, request.test_to.as_deref().unwrap_or_default())?;
    let clinic = office.replica.clinic().await?.ok_or(Refusal::NotFound {
        what: Thing::Clinic,
    })?;
    let message = test_message(office, &clinic, &account, &to)?;
    let outcome = smtp(office, account, password(&request))?
        .send_test(&message, &to)
        .await;
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

fn smtp(
    office: &Office,
    account: SmtpAccount,
    typed: Option<String>,
) -> Result<SmtpTransport, Problem> {
    let password = match typed {
        Some(typed) => Some(Password::new(typed)),
        None => mail::password(office.host.as_ref(), office.id)?,
    };
    Ok(mail::smtp(account, password))
}

fn transport(
    office: &Office,
    account: SmtpAccount,
    typed: Option<String>,
) -> Result<Arc<dyn Transport>, Problem> {
    Ok(Arc::new(smtp(office, account, typed)?))
}
