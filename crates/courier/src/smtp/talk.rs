//! One talk: up to the server's readiness, then the message itself.

use std::iter;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::classify::{Stage, classify_error, refusal};
use super::line::Line;
use super::{BeforeHandover, Envelope, SmtpTransport};
use crate::account::{Password, Security};
use crate::cause::{Cause, Outcome};

/// The name given in EHLO: the same for everyone, because servers copy it into a header the recipient can
/// read, and a computer's name often is its owner's.
fn hello() -> ClientId {
    ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST)
}

pub(super) async fn send(
    transport: &SmtpTransport,
    message: &[u8],
    envelope: &Envelope,
    before: &dyn BeforeHandover,
) -> Outcome {
    let Ok(from) = envelope.from.parse::<Address>() else {
        return Outcome::Permanent {
            cause: Cause::AccountMalformed,
        };
    };
    let Ok(to) = envelope.to.parse::<Address>() else {
        return Outcome::Permanent {
            cause: Cause::RecipientMalformed,
        };
    };

    // Part one: whatever happens here, the server has no message, so every failure may be tried again.
    let signed_in = AtomicBool::new(false);
    let ready = async {
        let mut line = sign_in(transport).await?;
        signed_in.store(true, Ordering::Relaxed);
        make_ready(&mut line, from, to, message, &transport.account.host).await?;
        Ok(line)
    };
    let mut line = match timeout(transport.patience.before, ready).await {
        Ok(Ok(line)) => line,
        Ok(Err(outcome)) => return outcome,
        Err(_) => return unanswered(Cause::Silent, signed_in.into_inner()),
    };

    // Part two: from here on the record says "handing over".
    if before.handing_over().await.is_err() {
        return Outcome::NotReached {
            cause: Cause::RecordUnwritable,
        };
    }
    let whole = AtomicBool::new(false);
    let handed = timeout(
        transport.patience.reply,
        hand_over(&mut line, message, &whole),
    )
    .await;
    let outcome = match handed {
        Ok(Ok(response)) if response.code().severity == Severity::PositiveCompletion => {
            Outcome::Sent {
                code: response.code().into(),
            }
        }
        Ok(Err(error)) if error.status().is_some() => {
            refusal(Stage::Message, &error, &transport.account.host)
        }
        // No answer, or one that means nothing. Without the final dot a server must not deliver
        // (RFC 5321, 4.1.1.4), so only a message that went out whole leaves a doubt.
        _ if whole.load(Ordering::Relaxed) => Outcome::Uncertain,
        Ok(_) => Outcome::Temporary {
            cause: Cause::LineCut,
        },
        Err(_) => Outcome::Temporary {
            cause: Cause::Silent,
        },
    };
    if matches!(outcome, Outcome::Sent { .. }) {
        say_goodbye(&mut line).await;
    }
    outcome
}

pub(super) async fn check(transport: &SmtpTransport) -> Result<(), Cause> {
    match timeout(transport.patience.before, sign_in(transport)).await {
        Ok(Ok(mut line)) => {
            say_goodbye(&mut line).await;
            Ok(())
        }
        Ok(Err(
            Outcome::NotReached { cause }
            | Outcome::Permanent { cause }
            | Outcome::Temporary { cause },
        )) => Err(cause),
        Ok(Err(Outcome::Sent { .. } | Outcome::Uncertain)) => {
            unreachable!("signing in sends no message")
        }
        Err(_) => Err(Cause::Silent),
    }
}

/// A failure without an answer: before the sign-in it is the line's, after it perhaps this message's.
fn unanswered(cause: Cause, signed_in: bool) -> Outcome {
    if signed_in {
        Outcome::Temporary { cause }
    } else {
        Outcome::NotReached { cause }
    }
}

async fn sign_in(transport: &SmtpTransport) -> Result<AsyncSmtpConnection, Outcome> {
    let account = &transport.account;
    let not_reached = |cause| Outcome::NotReached { cause };
    let addresses = look_up(&account.host, account.port)
        .await
        .map_err(not_reached)?;
    // Before any connection: an empty password would be a wrong one, and several of those lock a mailbox.
    let credentials = match &account.user {
        Some(user) => {
            let password = ask(transport).await;
            let password = password.ok_or_else(|| not_reached(Cause::NoPassword))?;
            Some(Credentials::new(user.clone(), password.reveal().to_owned()))
        }
        None => None,
    };
    let failed = |stage| move |error: Error| failure(stage, &error, &account.host);
    let mut line = match account.security {
        Security::ImplicitTls => {
            let tls = transport.tls().map_err(not_reached)?;
            AsyncSmtpConnection::connect_tokio1(&addresses[..], None, &hello(), Some(tls), None)
                .await
                .map_err(failed(Stage::Greeting))?
        }
        Security::StartTls => {
            let tls = transport.tls().map_err(not_reached)?;
            let stream = connect(&addresses).await.map_err(not_reached)?;
            let (stream, in_clear) = Line::new(stream);
            let mut line = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello())
                .await
                .map_err(failed(Stage::Greeting))?;
            if !line.can_starttls() {
                return Err(not_reached(Cause::NoTls));
            }
            line.starttls(tls, &hello())
                .await
                .map_err(failed(Stage::StartTls))?;
            in_clear.store(false, Ordering::Relaxed);
            line
        }
        Security::PlainLoopbackOnly => {
            if addresses.iter().any(|address| !address.ip().is_loopback()) {
                return Err(Outcome::Permanent {
                    cause: Cause::PlainOnlyToThisComputer,
                });
            }
            let stream = connect(&addresses).await.map_err(not_reached)?;
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello())
                .await
                .map_err(failed(Stage::Greeting))?
        }
    };
    if let Some(credentials) = credentials {
        let offered = line
            .server_info()
            .get_auth_mechanism(&[Mechanism::Plain, Mechanism::Login])
            .is_some();
        if !offered {
            return Err(Outcome::Permanent {
                cause: Cause::PasswordSignInDisabled,
            });
        }
        line.auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
            .await
            .map_err(failed(Stage::Auth))?;
    }
    Ok(line)
}

/// Asks for the password on a thread of its own: a keychain may put a question to the person first.
async fn ask(transport: &SmtpTransport) -> Option<Password> {
    let source = Arc::clone(&transport.password);
    let asked = tokio::task::spawn_blocking(move || source.password()).await;
    asked
        .ok()
        .flatten()
        .filter(|password| !password.reveal().is_empty())
}

async fn look_up(host: &str, port: u16) -> Result<Vec<SocketAddr>, Cause> {
    let found: Vec<SocketAddr> = tokio::net::lookup_host((host, port))
        .await
        .map_err(|_| Cause::HostNotFound)?
        .collect();
    if found.is_empty() {
        return Err(Cause::HostNotFound);
    }
    Ok(found)
}

async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, Cause> {
    TcpStream::connect(addresses)
        .await
        .map_err(|error| super::classify::io_cause(&error))
}

async fn make_ready(
    line: &mut AsyncSmtpConnection,
    from: Address,
    to: Address,
    message: &[u8],
    host: &str,
) -> Result<(), Outcome> {
    let mut parameters = Vec::new();
    if !(AsRef::<str>::as_ref(&from).is_ascii() && AsRef::<str>::as_ref(&to).is_ascii()) {
        if !line.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Outcome::Permanent {
                cause: Cause::RecipientMalformed,
            });
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !message.is_ascii() {
        if !line.server_info().supports_feature(Extension::EightBitMime) {
            return Err(Outcome::Permanent {
                cause: Cause::MessageRefused,
            });
        }
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let step = |stage, wanted, answer: Result<Response, Error>| match answer {
        Ok(response) if response.code().severity == wanted => Ok(()),
        Ok(_) => Err(Outcome::NotReached {
            cause: Cause::NotAMailServer,
        }),
        Err(error) => Err(failure(stage, &error, host)),
    };
    let done = Severity::PositiveCompletion;
    let mail = line.command(Mail::new(Some(from), parameters)).await;
    step(Stage::Mail, done, mail)?;
    let recipient = line.command(Rcpt::new(to, vec![])).await;
    step(Stage::Recipient, done, recipient)?;
    let data = line.command(Data).await;
    step(Stage::Message, Severity::PositiveIntermediate, data)
}

/// Writes the message and its final dot, and reads the reply. `whole` becomes true at the last moment at
/// which it is certain that the dot is not on its way.
async fn hand_over(
    line: &mut AsyncSmtpConnection,
    message: &[u8],
    whole: &AtomicBool,
) -> Result<Response, Error> {
    // lettre writes each part as it takes it and asks for the next one after; it writes the dot when there
    // is none. So the question after the only part is that moment.
    let end = iter::from_fn(|| {
        whole.store(true, Ordering::Relaxed);
        None::<&[u8]>
    });
    line.message_iter(iter::once(message).chain(end)).await
}

/// An error of a command before the message.
fn failure(stage: Stage, error: &Error, host: &str) -> Outcome {
    if error.status().is_some() {
        return refusal(stage, error, host);
    }
    unanswered(classify_error(error), stage > Stage::Auth)
}

/// Takes leave politely, without waiting for long: the message has been answered already.
async fn say_goodbye(line: &mut AsyncSmtpConnection) {
    let _ = timeout(std::time::Duration::from_secs(2), line.command(Quit)).await;
}
