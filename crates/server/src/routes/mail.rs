//! A clinic's mail account: handed over once, never given back.

use super::Done;
use crate::House;
use crate::door::Signed;
use crate::mailbox::{Mailbox, SETTING};
use crate::problem::Fault;
use axum::Json;
use axum::extract::State;
use safetalk_courier::{Outcome, Security, SmtpAccount};
use safetalk_desk::{Typed, of_outcome, test_message};
use safetalk_domain::intent::EditClinic;
use safetalk_domain::refusal::Field;
use safetalk_domain::validate;
use safetalk_domain::{Body, Clinic, Grant};
use safetalk_wire::http::{
    Code, HandOverMail, KeptMail, MailAccount, MailSecurity, MailTried, Problem, TryMail,
};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Signed, needs "clinic". The account through which the server sends the clinic's messages, without its password.
#[utoipa::path(get, path = "/v1/mail",
    responses((status = 200, body = KeptMail), (status = "4XX", body = Problem), (status = 501, body = Problem)))]
pub async fn get(
    State(house): State<Arc<House>>,
    asked: Signed<()>,
) -> Result<Json<KeptMail>, Fault> {
    let mailbox = kept(&house, &asked).await?;
    Ok(Json(KeptMail {
        has_password: mailbox.as_ref().is_some_and(Mailbox::has_password),
        account: mailbox.map(|mailbox| shown(mailbox.account())),
    }))
}

/// Signed, needs "clinic". Hands the account over: from then on the server sends the clinic's messages through it.
#[utoipa::path(put, path = "/v1/mail", request_body = HandOverMail,
    responses((status = 200, body = Done), (status = "4XX", body = Problem), (status = 501, body = Problem)))]
pub async fn put(
    State(house): State<Arc<House>>,
    asked: Signed<HandOverMail>,
) -> Result<Json<Done>, Fault> {
    let mailbox = kept(&house, &asked).await?;
    let body = &asked.body;
    let mailbox = meant(&house, &body.account, body.password.as_deref(), mailbox).await?;
    let clinic = asked.who.seat.clinic;
    // A clinic with an account has a record, before anything can be sent.
    let prepared = house.post.prepare(clinic).await;
    prepared.map_err(|error| Fault::away(&error))?;
    let sealed = house.post.sealed(clinic, &mailbox);
    let from = mailbox.account().from_address.clone();
    keep(&house, &asked, sealed, Some(from)).await
}

/// Signed, needs "clinic". Takes the account away: nothing is sent any more.
#[utoipa::path(delete, path = "/v1/mail",
    responses((status = 200, body = Done), (status = "4XX", body = Problem), (status = 501, body = Problem)))]
pub async fn delete(
    State(house): State<Arc<House>>,
    asked: Signed<()>,
) -> Result<Json<Done>, Fault> {
    may(&house, &asked)?;
    keep(&house, &asked, String::new(), None).await
}

/// Signed, needs "clinic". Sends a test message through an account, and keeps nothing of it.
#[utoipa::path(post, path = "/v1/mail/test", request_body = TryMail,
    responses((status = 200, body = MailTried), (status = "4XX", body = Problem), (status = 501, body = Problem)))]
pub async fn test(
    State(house): State<Arc<House>>,
    asked: Signed<TryMail>,
) -> Result<Json<MailTried>, Fault> {
    let before = kept(&house, &asked).await?;
    let kept_account = before.as_ref().map(|mailbox| mailbox.account().clone());
    let body = &asked.body;
    let to = validate::email(Field::Email, &body.to).map_err(|_| Fault::of(Code::Malformed))?;
    let mailbox = meant(&house, &body.account, body.password.as_deref(), before).await?;
    house.limits.login(asked.who.login)?;
    let clinic: Option<Clinic> = house.row(&asked.ledger, asked.who.seat.clinic).await?;
    let clinic = clinic.ok_or_else(|| Fault::of(Code::NotFound))?;
    let account = mailbox.account();
    let message = test_message(&clinic, body.language, account, &to, house.now())
        .map_err(|_| Fault::of(Code::Malformed))?;
    let smtp = mailbox.tried(house.post.extra_root());
    let outcome = smtp.send_test(&message, &to).await;
    let same = body.password.is_none() && kept_account.as_ref() == Some(account);
    if same && matches!(outcome, Outcome::Sent { .. }) {
        // What held the messages is over: this one went the same way.
        again(&house, &asked, &mailbox).await?;
    }
    Ok(Json(MailTried {
        cause: of_outcome(outcome),
    }))
}

/// Signed, needs "clinic". A person says that what waits for the account is to be tried now.
#[utoipa::path(post, path = "/v1/mail/retry",
    responses((status = 200, body = Done), (status = "4XX", body = Problem), (status = 501, body = Problem)))]
pub async fn retry(
    State(house): State<Arc<House>>,
    asked: Signed<()>,
) -> Result<Json<Done>, Fault> {
    if let Some(mailbox) = kept(&house, &asked).await? {
        again(&house, &asked, &mailbox).await?;
    }
    Ok(Json(Done {}))
}

fn may<T>(house: &House, asked: &Signed<T>) -> Result<(), Fault> {
    asked.needs(Grant::ManageClinic)?;
    if house.post.is_set_up() {
        Ok(())
    } else {
        Err(Fault::of(Code::NotSetUp))
    }
}

/// The account there is.
async fn kept<T>(house: &Arc<House>, asked: &Signed<T>) -> Result<Option<Mailbox>, Fault> {
    may(house, asked)?;
    let (post, ledger) = (Arc::clone(&house.post), asked.ledger.clone());
    let clinic = asked.who.seat.clinic;
    let (_, mailbox) = house
        .to_the_end(async move { post.mailbox(clinic, &ledger).await })
        .await??;
    Ok(mailbox)
}

/// The account that a person typed, with its password or the one that is kept.
async fn meant(
    house: &House,
    typed: &MailAccount,
    password: Option<&str>,
    before: Option<Mailbox>,
) -> Result<Mailbox, Fault> {
    let malformed = || Fault::of(Code::Malformed);
    let account = Typed {
        host: &typed.host,
        port: typed.port,
        security: match typed.security {
            MailSecurity::ImplicitTls => Security::ImplicitTls,
            MailSecurity::StartTls => Security::StartTls,
        },
        user: &typed.user,
        from_name: &typed.from_name,
        from_address: &typed.from_address,
    };
    let account = account.checked().map_err(|_| malformed())?;
    if !house.post.may_reach(&account).await {
        return Err(malformed());
    }
    let mailbox = match (password, before) {
        (Some(password), _) => Mailbox::new(account, Some(Zeroizing::new(password.to_owned()))),
        (None, Some(before)) => before.with(account),
        (None, None) => Mailbox::new(account, None),
    };
    if mailbox.account().user.is_some() && !mailbox.has_password() {
        return Err(malformed());
    }
    Ok(mailbox)
}

fn shown(account: &SmtpAccount) -> MailAccount {
    MailAccount {
        host: account.host.clone(),
        port: account.port,
        security: match account.security {
            Security::StartTls => MailSecurity::StartTls,
            Security::ImplicitTls | Security::PlainLoopbackOnly => MailSecurity::ImplicitTls,
        },
        user: account.user.clone().unwrap_or_default(),
        from_name: account.from_name.clone(),
        from_address: account.from_address.clone(),
    }
}

/// Keeps the account, and with it what every device of the clinic knows of it.
async fn keep<T>(
    house: &Arc<House>,
    asked: &Signed<T>,
    sealed: String,
    from: Option<String>,
) -> Result<Json<Done>, Fault> {
    let (ledger, member, now) = (asked.ledger.clone(), asked.member.id, house.now());
    let body = Body::EditClinic(EditClinic {
        mail: Some(from),
        ..EditClinic::default()
    });
    let verdict = house
        .to_the_end(async move {
            ledger
                .act_with_setting(member, body, (SETTING, &sealed), now)
                .await
        })
        .await??;
    house.post.stir(asked.who.seat.clinic);
    match verdict.outcome.refusal() {
        None => Ok(Json(Done {})),
        Some(_) => Err(Fault::of(Code::NotAllowed)),
    }
}

/// Has whichever process works for this clinic try again at once: it takes an account that was sealed anew for a new one.
async fn again<T>(house: &Arc<House>, asked: &Signed<T>, mailbox: &Mailbox) -> Result<(), Fault> {
    let clinic = asked.who.seat.clinic;
    let (ledger, sealed) = (asked.ledger.clone(), house.post.sealed(clinic, mailbox));
    house
        .to_the_end(async move { ledger.put_setting(SETTING, &sealed).await })
        .await??;
    house.post.stir(clinic);
    Ok(())
}
