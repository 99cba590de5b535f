//! The mail account. Of a clinic on this computer its password lives in the keychain and nowhere else; of one on a server it is
//! handed over to the server, which sends.

use super::letter;
use crate::api::Nothing;
use crate::api::act::{FaultCode, Problem};
use crate::api::clinic::{
    MailPreset, MailProvider, MailRequest, MailSecurity, MailTested, MailView, RetryMailRequest,
};
use crate::api::notice::{LineStop, MailHold, MailStop};
use crate::directory::Directory;
use crate::home::{Home, There};
use crate::mail;
use crate::office::Office;
use crate::settings::mail_password_name;
use safetalk_courier::{Outcome, PRESETS, Password, Provider, Security, SmtpAccount};
use safetalk_desk::{Typed, cause, of_outcome, passes, smtp_with, test_message};
use safetalk_domain::decide::needs_choice;
use safetalk_domain::intent::EditClinic;
use safetalk_domain::refusal::{Field, Invalid, Thing};
use safetalk_domain::validate::{self, invalid};
use safetalk_domain::*;
use safetalk_wire::{Trouble, http};
use std::sync::{Arc, PoisonError};

/// `mail.get`.
pub async fn get(office: &Office, _: Nothing) -> Result<Option<MailView>, Problem> {
    let (account, has_password) = match &office.home {
        Home::Here(here) => {
            let account = here.mail.lock().unwrap_or_else(PoisonError::into_inner);
            let secrets = office.host.secrets();
            let password = secrets.get(&mail_password_name(office.id));
            (account.clone(), matches!(password, Ok(Some(_))))
        }
        Home::There(there) => of_server(there).await?,
    };
    let Some(account) = account else {
        return Ok(None);
    };
    let clinic = office.replica.clinic().await?.ok_or(Refusal::NotFound {
        what: Thing::Clinic,
    })?;
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

/// The account that the clinic's server has, and whether it has its password.
async fn of_server(there: &There) -> Result<(Option<SmtpAccount>, bool), Problem> {
    let kept = there.remote().mail().await.map_err(server_says)?;
    let account = kept.account.map(|account| SmtpAccount {
        host: account.host,
        port: account.port,
        security: match account.security {
            http::MailSecurity::ImplicitTls => Security::ImplicitTls,
            http::MailSecurity::StartTls => Security::StartTls,
        },
        user: Some(account.user),
        from_name: account.from_name,
        from_address: account.from_address,
    });
    Ok((account, kept.has_password))
}

/// What a server says of its clinic's mail, on a form.
fn server_says(trouble: Trouble) -> Problem {
    match trouble {
        Trouble::NotAllowed => Refusal::NotPermitted {
            grant: Grant::ManageClinic,
        }
        .into(),
        // It was looked at here in the same way, so it is the one thing that only a server knows: where it may reach.
        Trouble::NotUnderstood => invalid(Field::Host, Invalid::Unknown).into(),
        // An older server does not know what it is asked for.
        Trouble::NotSetUp | Trouble::NotFound => Problem::fault(
            FaultCode::ServerSendsNone,
            false,
            &"the clinic's server sends no messages",
        ),
        trouble => Problem::fault(FaultCode::ServerAway, true, &trouble),
    }
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
    let here = match &office.home {
        Home::Here(here) => here,
        Home::There(there) => {
            let handed = http::HandOverMail {
                account: handed(&account),
                password,
            };
            let remote = there.remote();
            remote.hand_over_mail(&handed).await.map_err(server_says)?;
            // That mail is ready comes to every computer as any change does.
            office.catch_up().await;
            return Ok(Nothing {});
        }
    };
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

fn handed(account: &SmtpAccount) -> http::MailAccount {
    http::MailAccount {
        host: account.host.clone(),
        port: account.port,
        security: match account.security {
            Security::StartTls => http::MailSecurity::StartTls,
            Security::ImplicitTls | Security::PlainLoopbackOnly => http::MailSecurity::ImplicitTls,
        },
        user: account.user.clone().unwrap_or_default(),
        from_name: account.from_name.clone(),
        from_address: account.from_address.clone(),
    }
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
    let language = office.settings.get().language;
    let here = match &office.home {
        Home::Here(here) => here,
        Home::There(there) => {
            let asked = http::TryMail {
                account: handed(&account),
                password: password(&request),
                to,
                language,
            };
            let tried = there.remote().try_mail(&asked).await;
            return Ok(MailTested {
                cause: tried.map_err(server_says)?.cause,
            });
        }
    };
    let clinic = office.replica.clinic().await?.ok_or(Refusal::NotFound {
        what: Thing::Clinic,
    })?;
    let message = test_message(&clinic, language, &account, &to, office.now())?;
    let (transport, kept) = match password(&request) {
        Some(typed) => (
            smtp_with(account.clone(), Some(Password::new(typed))),
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
        cause: of_outcome(outcome),
    })
}

/// `mail.retry`: the network is back, or a person says "now". A clinic on a server looks for that.
pub async fn retry(office: &Office, request: RetryMailRequest) -> Result<Nothing, Problem> {
    if office.demo {
        return Ok(Nothing {});
    }
    office.catch_up().await;
    match office.there() {
        Some(there) if request.by_hand => {
            there.remote().retry_mail().await.map_err(server_says)?;
        }
        _ if request.by_hand => office.retry_now(),
        _ => office.network_back(),
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

/// What keeps the clinic's messages from leaving.
pub struct Hold {
    /// Why.
    pub cause: NoticeCause,
    /// When it is tried again by itself.
    pub until: Option<Moment>,
}

/// What keeps `waiting` from leaving: here the courier knows, of a server's courier it stands at the messages themselves.
pub fn hold(office: &Office, waiting: &[Notice]) -> Option<Hold> {
    match &office.home {
        Home::Here(here) => here.courier.hold().map(|hold| Hold {
            cause: cause(hold.cause),
            until: hold.until.map(Moment),
        }),
        Home::There(_) => {
            // What a mail server said of one message is counted; what held them all is not.
            let held = waiting
                .iter()
                .map(|notice| &notice.facts)
                .filter(|facts| facts.state == NoticeState::Queued && facts.attempts == 0);
            let latest = held.filter_map(|facts| Some((facts.since, facts.cause?)));
            let (_, cause) = latest.max_by_key(|(since, _)| *since)?;
            Some(Hold { cause, until: None })
        }
    }
}

/// Why a message that is queued now could not leave: what holds those that wait, and what goes on until a person mends it.
pub async fn held(office: &Office, directory: &Directory) -> Result<Option<MailStop>, Problem> {
    if !directory.clinic.facts.mail_ready || office.demo {
        return Ok(None);
    }
    if office
        .there()
        .is_some_and(|there| there.trouble().is_some())
    {
        return Ok(Some(MailStop::Line(LineStop::ServerAway)));
    }
    let waiting = letter::waiting(office).await?;
    let held = hold(office, &waiting);
    let stops = held.filter(|hold| !passes(hold.cause) || !waiting.is_empty());
    Ok(stops.map(|hold| MailStop::Cause(hold.cause)))
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
    let held = hold(office, &waiting);
    let messages = letter::how_many(waiting);
    let held = held.filter(|_| sends && messages > 0).map(|hold| MailHold {
        waiting: messages,
        cause: hold.cause,
        until: hold
            .until
            .filter(|until| *until > directory.now)
            .map(|until| directory.stamp(until)),
        passes: passes(hold.cause),
    });
    Ok(Waiting {
        messages,
        choose,
        held,
    })
}

/// The account as typed, checked.
fn account(request: &MailRequest) -> Result<SmtpAccount, Refusal> {
    let typed = Typed {
        host: &request.host,
        port: request.port,
        security: match request.security {
            MailSecurity::ImplicitTls => Security::ImplicitTls,
            MailSecurity::StartTls => Security::StartTls,
        },
        user: &request.user,
        from_name: &request.from_name,
        from_address: &request.from_address,
    };
    typed.checked()
}

fn password(request: &MailRequest) -> Option<String> {
    request
        .password
        .clone()
        .filter(|password| !password.is_empty())
}
