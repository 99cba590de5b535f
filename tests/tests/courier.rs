//! The courier's talk with a real SMTP server on loopback, well-behaved and not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use safetalk_courier::{
    BeforeHandover, Cause, Envelope, Outcome, Password, PasswordSource, Patience, RecordError,
    Security, SmtpAccount, SmtpTransport, Transport as _,
};
use safetalk_tests::smtp::{Act, Protection, Sink, SinkOptions, Step};

const MESSAGE: &[u8] =
    b"Subject: Appointment\r\nMessage-ID: <n1@example.org>\r\n\r\nHello\r\n..dots\r\n.\r\nend\r\n";

#[derive(Default)]
struct Gate {
    opened: AtomicUsize,
}

#[async_trait]
impl BeforeHandover for Gate {
    async fn handing_over(&self) -> Result<(), RecordError> {
        self.opened.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

struct FullDisk;

#[async_trait]
impl BeforeHandover for FullDisk {
    async fn handing_over(&self) -> Result<(), RecordError> {
        Err(RecordError {
            kind: std::io::ErrorKind::StorageFull,
        })
    }
}

fn envelope() -> Envelope {
    Envelope {
        from: "clinic@example.org".to_owned(),
        to: "client@example.net".to_owned(),
    }
}

fn account(port: u16, security: Security) -> SmtpAccount {
    SmtpAccount {
        host: "localhost".to_owned(),
        port,
        security,
        user: Some("clinic@example.org".to_owned()),
        from_name: "Clinic".to_owned(),
        from_address: "clinic@example.org".to_owned(),
    }
}

fn transport(sink: &Sink, security: Security) -> SmtpTransport {
    SmtpTransport::new(
        account(sink.port(), security),
        Some(Password::new("open sesame")),
    )
    .trusting(sink.root_der())
    .with_patience(Patience {
        before: Duration::from_secs(2),
        reply: Duration::from_secs(2),
    })
}

async fn sink(protection: Protection) -> Sink {
    Sink::start(SinkOptions {
        protection,
        ..SinkOptions::default()
    })
    .await
    .expect("a sink on loopback")
}

/// Sends over implicit TLS to a sink that misbehaves once at this step.
async fn send_with(step: Step, act: Act) -> (Outcome, Sink, usize) {
    let sink = sink(Protection::Implicit).await;
    sink.once(step, act);
    let gate = Gate::default();
    let outcome = transport(&sink, Security::ImplicitTls)
        .send(MESSAGE, &envelope(), &gate)
        .await;
    (outcome, sink, gate.opened.load(Ordering::SeqCst))
}

#[tokio::test]
async fn a_message_arrives_unchanged_over_every_kind_of_protection() {
    for (protection, security) in [
        (Protection::Implicit, Security::ImplicitTls),
        (Protection::StartTls, Security::StartTls),
        (Protection::Plain, Security::PlainLoopbackOnly),
    ] {
        let sink = sink(protection).await;
        let gate = Gate::default();
        let outcome = transport(&sink, security)
            .send(MESSAGE, &envelope(), &gate)
            .await;
        assert_eq!(outcome, Outcome::Sent { code: 250 }, "over {protection:?}");
        let received = sink.received();
        assert_eq!(received.len(), 1, "one message over {protection:?}");
        let message = &received[0];
        assert!(
            message.raw.starts_with(MESSAGE),
            "the very bytes arrive, dots and all"
        );
        assert_eq!(message.from, "clinic@example.org");
        assert_eq!(message.to, ["client@example.net"]);
        assert_eq!(message.user.as_deref(), Some("clinic@example.org"));
        assert_eq!(
            message.encrypted,
            protection != Protection::Plain,
            "over {protection:?}"
        );
        assert_eq!(
            gate.opened.load(Ordering::SeqCst),
            1,
            "the record is asked once"
        );
    }
}

#[tokio::test]
async fn a_wrong_password_is_named_and_nothing_is_handed_over() {
    let sink = sink(Protection::Implicit).await;
    let wrong = SmtpTransport::new(
        account(sink.port(), Security::ImplicitTls),
        Some(Password::new("open barley")),
    )
    .trusting(sink.root_der());
    let gate = Gate::default();
    assert_eq!(
        wrong.send(MESSAGE, &envelope(), &gate).await,
        Outcome::Permanent {
            cause: Cause::WrongPassword
        }
    );
    assert_eq!(wrong.check().await, Err(Cause::WrongPassword));
    assert_eq!(
        gate.opened.load(Ordering::SeqCst),
        0,
        "the record says nothing of it"
    );
    assert_eq!(
        transport(&sink, Security::ImplicitTls).check().await,
        Ok(()),
        "and the right one is let in"
    );
    assert!(sink.received().is_empty(), "a check sends nothing");
}

#[tokio::test]
async fn a_test_message_goes_to_the_address_given() {
    let sink = sink(Protection::StartTls).await;
    let outcome = transport(&sink, Security::StartTls)
        .send_test(MESSAGE, "therapist@example.org")
        .await;
    assert_eq!(outcome, Outcome::Sent { code: 250 });
    assert_eq!(sink.received()[0].to, ["therapist@example.org"]);
}

#[tokio::test]
async fn replies_become_causes() {
    let permanent = |cause| Outcome::Permanent { cause };
    let temporary = |cause| Outcome::Temporary { cause };
    let not_reached = |cause| Outcome::NotReached { cause };
    let table = [
        (
            Step::Greeting,
            "421 4.3.2 closed",
            not_reached(Cause::ServiceUnavailable),
        ),
        (
            Step::Auth,
            "534 5.7.9 Application-specific password required",
            permanent(Cause::AppPasswordNeeded),
        ),
        (
            Step::Mail,
            "553 5.7.1 not your address",
            permanent(Cause::SenderRefused),
        ),
        (
            Step::Rcpt,
            "550 5.1.1 no such user",
            permanent(Cause::RecipientRefused),
        ),
        (
            Step::Rcpt,
            "451 4.7.1 greylisted",
            temporary(Cause::TryLater),
        ),
        (
            Step::Rcpt,
            "452 4.2.2 over quota",
            temporary(Cause::MailboxFull),
        ),
        (Step::Data, "451 4.3.0 later", temporary(Cause::TryLater)),
        (
            Step::Data,
            "250 that is not an answer to DATA",
            not_reached(Cause::NotAMailServer),
        ),
        (
            Step::BeforeKeeping,
            "550 5.7.1 looks like spam",
            permanent(Cause::MessageRefused),
        ),
        (
            Step::BeforeKeeping,
            "451 4.3.0 disk full here",
            temporary(Cause::TryLater),
        ),
        (
            Step::BeforeKeeping,
            "552-5.3.4 too\r\n552 5.3.4 big",
            permanent(Cause::MessageTooLarge),
        ),
    ];
    for (step, reply, expected) in table {
        let (outcome, sink, _) = send_with(step, Act::Say(reply)).await;
        assert_eq!(outcome, expected, "{reply} at {step:?}");
        assert!(
            sink.received().is_empty(),
            "nothing is kept after {reply} at {step:?}"
        );
    }
}

#[tokio::test]
async fn a_silent_server_is_given_up_after_the_patience_set() {
    for step in [
        Step::Greeting,
        Step::Ehlo,
        Step::Auth,
        Step::Mail,
        Step::Rcpt,
        Step::Data,
    ] {
        let began = Instant::now();
        let (outcome, _sink, opened) = send_with(step, Act::Hang).await;
        let expected = if step == Step::Greeting || step == Step::Ehlo || step == Step::Auth {
            Outcome::NotReached {
                cause: Cause::Silent,
            }
        } else {
            Outcome::Temporary {
                cause: Cause::Silent,
            }
        };
        assert_eq!(outcome, expected, "silent at {step:?}");
        assert_eq!(
            opened, 0,
            "nothing is handed to a server silent at {step:?}"
        );
        let took = began.elapsed();
        assert!(
            took >= Duration::from_secs(2),
            "given up after {took:?} instead of two seconds at {step:?}"
        );
    }
}

#[tokio::test]
async fn a_slow_server_is_waited_for() {
    let (outcome, sink, _) = send_with(Step::Reply, Act::Wait(Duration::from_secs(1))).await;
    assert_eq!(outcome, Outcome::Sent { code: 250 });
    assert_eq!(sink.received().len(), 1);
}

#[tokio::test]
async fn a_line_cut_before_the_handing_over_is_safe_to_try_again() {
    for step in [
        Step::Greeting,
        Step::Ehlo,
        Step::Auth,
        Step::Mail,
        Step::Rcpt,
        Step::Data,
    ] {
        let (outcome, sink, opened) = send_with(step, Act::Cut).await;
        let expected = if step == Step::Greeting || step == Step::Ehlo || step == Step::Auth {
            Outcome::NotReached {
                cause: Cause::LineCut,
            }
        } else {
            Outcome::Temporary {
                cause: Cause::LineCut,
            }
        };
        assert_eq!(outcome, expected, "cut at {step:?}");
        assert_eq!(opened, 0, "nothing was handed over at {step:?}");
        assert!(sink.received().is_empty());
    }
}

#[tokio::test]
async fn a_line_cut_after_the_message_and_before_the_reply_leaves_a_doubt() {
    for (step, act, kept) in [
        (Step::Reply, Act::Cut, 1),
        (Step::Reply, Act::Hang, 1),
        (Step::Reply, Act::Say("what"), 1),
        (Step::Reply, Act::Say("354 go on"), 1),
        (Step::BeforeKeeping, Act::Cut, 0),
        (Step::BeforeKeeping, Act::Hang, 0),
    ] {
        let (outcome, sink, opened) = send_with(step, act.clone()).await;
        assert_eq!(
            outcome,
            Outcome::Uncertain,
            "{act:?} at {step:?}: the client of the server cannot know"
        );
        assert_eq!(opened, 1, "the record was asked before");
        assert_eq!(sink.received().len(), kept);
    }
}

#[tokio::test]
async fn a_line_cut_inside_the_message_leaves_no_doubt() {
    // Larger than every buffer on the way, so that the final dot cannot be written.
    let mut large = MESSAGE.to_vec();
    large.resize(64 * 1024 * 1024, b'a');
    for (act, cause) in [(Act::Hang, Cause::Silent), (Act::Cut, Cause::LineCut)] {
        let sink = sink(Protection::Plain).await;
        sink.once(Step::Body, act);
        let outcome = transport(&sink, Security::PlainLoopbackOnly)
            .send(&large, &envelope(), &Gate::default())
            .await;
        assert_eq!(
            outcome,
            Outcome::Temporary { cause },
            "without its end a message is not delivered"
        );
    }
}

#[tokio::test]
async fn an_untrusted_certificate_gets_neither_password_nor_message() {
    for (protection, security) in [
        (Protection::Implicit, Security::ImplicitTls),
        (Protection::StartTls, Security::StartTls),
    ] {
        let sink = sink(protection).await;
        let outcome = SmtpTransport::new(
            account(sink.port(), security),
            Some(Password::new("open sesame")),
        )
        .send(MESSAGE, &envelope(), &Gate::default())
        .await;
        assert_eq!(
            outcome,
            Outcome::NotReached {
                cause: Cause::CertificateUntrusted
            },
            "over {protection:?}"
        );
        assert!(sink.received().is_empty());
    }
}

#[tokio::test]
async fn a_certificate_for_another_host_is_named() {
    let sink = sink(Protection::Implicit).await;
    let mut account = account(sink.port(), Security::ImplicitTls);
    account.host = "127.0.0.2".to_owned();
    // 127.0.0.2 is this machine too, and not in the certificate; nothing listens there, so bind it.
    let relay = tokio::net::TcpListener::bind(("127.0.0.2", 0))
        .await
        .expect("a second loopback address");
    account.port = relay.local_addr().expect("its port").port();
    let port = sink.port();
    tokio::spawn(async move {
        let (mut near, _) = relay.accept().await.expect("the client");
        let mut far = tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .expect("the sink");
        let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
    });
    let outcome = SmtpTransport::new(account, Some(Password::new("open sesame")))
        .trusting(sink.root_der())
        .send(MESSAGE, &envelope(), &Gate::default())
        .await;
    assert_eq!(
        outcome,
        Outcome::NotReached {
            cause: Cause::CertificateForOtherHost
        }
    );
}

#[tokio::test]
async fn a_server_that_refuses_or_does_not_exist_is_not_reached() {
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = free.local_addr().expect("its number").port();
    drop(free);
    for security in [
        Security::ImplicitTls,
        Security::StartTls,
        Security::PlainLoopbackOnly,
    ] {
        let password = Some(Password::new("open sesame"));
        let outcome = SmtpTransport::new(account(port, security), password)
            .send(MESSAGE, &envelope(), &Gate::default())
            .await;
        assert_eq!(
            outcome,
            Outcome::NotReached {
                cause: Cause::ConnectionRefused
            },
            "{security:?}"
        );
    }
    let mut nowhere = account(465, Security::ImplicitTls);
    nowhere.host = "no-such-host.invalid".to_owned();
    assert_eq!(
        SmtpTransport::new(nowhere, None).check().await,
        Err(Cause::HostNotFound)
    );
}

/// A keychain that is closed for the first askings.
struct Closed(AtomicUsize);

impl PasswordSource for Closed {
    fn password(&self) -> Option<Password> {
        match self.0.fetch_add(1, Ordering::SeqCst) {
            0 => None,
            1 => Some(Password::new("")),
            _ => Some(Password::new("open sesame")),
        }
    }
}

#[tokio::test]
async fn without_its_password_nothing_is_tried_and_the_next_time_it_is_asked_for_again() {
    let sink = sink(Protection::Implicit).await;
    let keychain = Arc::new(Closed(AtomicUsize::new(0)));
    let account = account(sink.port(), Security::ImplicitTls);
    let transport = SmtpTransport::asking(account, keychain).trusting(sink.root_der());
    let no_password = Outcome::NotReached {
        cause: Cause::NoPassword,
    };
    for _ in 0..2 {
        let outcome = transport.send(MESSAGE, &envelope(), &Gate::default()).await;
        assert_eq!(outcome, no_password);
    }
    assert_eq!(
        sink.connections(),
        0,
        "an empty password is a wrong one: several lock a mailbox"
    );
    let outcome = transport.send(MESSAGE, &envelope(), &Gate::default()).await;
    assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
}

#[tokio::test]
async fn starttls_is_demanded() {
    let sink = sink(Protection::Plain).await;
    let outcome = transport(&sink, Security::StartTls)
        .send(MESSAGE, &envelope(), &Gate::default())
        .await;
    assert_eq!(
        outcome,
        Outcome::NotReached {
            cause: Cause::NoTls
        },
        "a password never goes over a clear line because the server forgot to offer TLS"
    );
}

#[tokio::test]
async fn replies_smuggled_in_front_of_tls_are_not_believed() {
    let sink = Sink::start(SinkOptions {
        protection: Protection::StartTls,
        user: None,
        port: 0,
    })
    .await
    .expect("a sink on loopback");
    // An attacker appends answers to everything the client will say inside TLS, so that the server's own
    // refusal is never read.
    sink.once(
        Step::StartTls,
        Act::Append("250 sink.test\r\n250 from\r\n250 to\r\n354 go\r\n250 accepted"),
    );
    sink.always(Step::Rcpt, Act::Say("550 5.1.1 no such user"));
    let mut account = account(sink.port(), Security::StartTls);
    account.user = None;
    let outcome = SmtpTransport::new(account, None)
        .trusting(sink.root_der())
        .send(MESSAGE, &envelope(), &Gate::default())
        .await;
    assert_eq!(
        outcome,
        Outcome::NotReached {
            cause: Cause::TlsFailed
        },
        "what was said in clear breaks the handshake instead of answering for the server"
    );
}

#[tokio::test]
async fn a_plain_line_never_leaves_this_computer() {
    let mut far = account(25, Security::PlainLoopbackOnly);
    // An address of the documentation range: nothing would answer, and nothing may be asked.
    far.host = "192.0.2.1".to_owned();
    assert_eq!(
        SmtpTransport::new(far, Some(Password::new("open sesame")))
            .check()
            .await,
        Err(Cause::PlainOnlyToThisComputer)
    );
}

#[tokio::test]
async fn without_a_record_nothing_is_handed_over() {
    let sink = sink(Protection::Implicit).await;
    let outcome = transport(&sink, Security::ImplicitTls)
        .send(MESSAGE, &envelope(), &FullDisk)
        .await;
    assert_eq!(
        outcome,
        Outcome::NotReached {
            cause: Cause::RecordUnwritable
        }
    );
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(sink.received().is_empty(), "a full disk sends nothing");
}

#[tokio::test]
async fn malformed_addresses_never_reach_a_server() {
    let sink = sink(Protection::Implicit).await;
    let mut bad = envelope();
    bad.to = "client@example.net>\r\nRCPT TO:<other@example.net".to_owned();
    let outcome = transport(&sink, Security::ImplicitTls)
        .send(MESSAGE, &bad, &Gate::default())
        .await;
    assert_eq!(
        outcome,
        Outcome::Permanent {
            cause: Cause::RecipientMalformed
        }
    );
    assert_eq!(sink.connections(), 0, "not even a connection");
}
