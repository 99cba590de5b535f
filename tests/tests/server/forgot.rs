//! "Forgot password", from the question to the new password.

use crate::table::*;
use mail_parser::MessageParser;
use safetalk_courier::{Security, SmtpAccount};
use safetalk_domain::Body;
use safetalk_server::Mailer;
use safetalk_tests::server::{Computer, PASSWORD, TestServer};
use safetalk_tests::smtp::{Act, Protection, Received, Sink, SinkOptions, Step};
use safetalk_wire::Trouble;
use safetalk_wire::http::{Forgot, Invite, Reset};
use std::sync::Arc;
use std::time::Duration;

const ANNS: &str = "ann@example.org";
const NEW: &str = "another long password";

/// A server that can mail, what it mails into, and the owner's computer.
async fn with_mail() -> (Sink, TestServer, Computer) {
    let sink = Sink::start(SinkOptions {
        protection: Protection::Plain,
        user: None,
        port: 0,
    })
    .await
    .unwrap();
    let account = SmtpAccount {
        host: "127.0.0.1".to_owned(),
        port: sink.port(),
        security: Security::PlainLoopbackOnly,
        user: None,
        from_name: "SafeTalk".to_owned(),
        from_address: "sync@example.org".to_owned(),
    };
    let clock = Hand::new();
    let mailer = Some(Mailer::new(account, None));
    let server = TestServer::start_with(Arc::new(clock), mailer, None)
        .await
        .unwrap();
    let Body::SetUpClinic(set_up) = set_up() else {
        unreachable!("the table sets a clinic up")
    };
    let computer = server.clinic(set_up, ANNS).await.unwrap();
    (sink, server, computer)
}

/// The secret of the link in a mail.
fn link_in(mail: &Received, kind: &str) -> String {
    let mail = MessageParser::default().parse(&mail.raw).unwrap();
    let text = mail.body_text(0).unwrap();
    let secret = text
        .split_once(kind)
        .and_then(|(_, rest)| rest.split_whitespace().next());
    secret.expect("the mail holds a link").to_owned()
}

#[tokio::test]
async fn an_invite_is_mailed_to_who_is_invited_and_says_so_only_if_it_went() {
    let (sink, server, computer) = with_mail().await;
    let line = server.line(&computer, server.address).unwrap();
    let asked = |email: &str| Invite {
        email: email.to_owned(),
    };
    let made = line
        .invite(OWNER, &asked("cara@example.org"))
        .await
        .unwrap();
    assert!(made.mailed);
    let received = sink.wait_for(1, Duration::from_secs(30)).await.unwrap();
    assert_eq!(received[0].to, ["cara@example.org"]);
    assert_eq!(link_in(&received[0], "/invite#"), made.secret);
    sink.always(Step::Rcpt, Act::Say("550 5.1.1 no such user"));
    let made = line.invite(OWNER, &asked("dee@example.org")).await.unwrap();
    assert!(!made.mailed, "it is handed over then");
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_link_in_a_mail_that_only_a_login_gets() {
    let (sink, server, computer) = with_mail().await;
    let line = server.line(&computer, server.address).unwrap();
    for email in ["nobody@example.org", ANNS] {
        let email = email.to_owned();
        line.forgot(&Forgot { email })
            .await
            .expect("the answer is the same for both");
    }
    let received = sink.wait_for(1, Duration::from_secs(30)).await.unwrap();
    assert_eq!(received[0].to, [ANNS], "nobody else gets a mail");
    let secret = link_in(&received[0], "/reset#");
    let reset = |reset: &str| Reset {
        reset: reset.to_owned(),
        password: NEW.to_owned(),
    };
    assert_eq!(
        line.reset(&reset("made-up")).await.unwrap_err(),
        Trouble::LinkGone
    );
    line.reset(&reset(&secret)).await.unwrap();
    assert_eq!(
        line.reset(&reset(&secret)).await.unwrap_err(),
        Trouble::LinkGone,
        "good once"
    );
    assert_eq!(
        line.computers().await.unwrap_err(),
        Trouble::SignedOut,
        "every computer signs in again"
    );
    let again = Computer::new().unwrap();
    let old = again.sign_in(&line, ANNS, PASSWORD, None).await;
    assert_eq!(
        old.unwrap_err().downcast_ref::<Trouble>(),
        Some(&Trouble::Wrong)
    );
    again.sign_in(&line, ANNS, NEW, None).await.unwrap();
    assert_eq!(sink.received().len(), 1, "one mail for one login");
}
