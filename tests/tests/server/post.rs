//! The server's courier: a clinic's mail account, and who gets what when.

use crate::quay::*;
use crate::table::*;
use safetalk_domain::*;
use safetalk_ledger::Ledger;
use safetalk_tests::server::{Setup, TestServer};
use safetalk_tests::smtp::{Sink, SinkOptions, Step};
use safetalk_wire::Trouble;
use safetalk_wire::http::{HandOverMail, KeptMail, MailAccount, TryMail};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// A mail server, a server that trusts it, and a computer of its clinic that is signed in.
struct Quay {
    sink: Sink,
    server: TestServer,
    clock: Hand,
    ann: Device,
}

impl Quay {
    async fn open() -> Self {
        let sink = Sink::start(SinkOptions::default()).await.unwrap();
        let clock = Hand::new();
        let setup = Setup {
            databases: crate::kept::database().await,
            mail_root: Some(sink.root_der()),
            ..Setup::default()
        };
        let server = TestServer::set_up(setup, Arc::new(clock.clone()))
            .await
            .unwrap();
        let computer = server.clinic(this_clinic(), ANNS).await.unwrap();
        let ann = Device::of(&server, Arc::new(clock.clone()), computer).await;
        ann.act(add_maya()).await;
        ann.sync().await;
        Self {
            sink,
            server,
            clock,
            ann,
        }
    }

    async fn with_mail() -> Self {
        let quay = Self::open().await;
        let port = quay.sink.port();
        quay.ann.line.hand_over_mail(&handed(port)).await.unwrap();
        quay
    }

    async fn ledger(&self) -> Ledger {
        self.server.house.ledgers.of(CLINIC).await.unwrap()
    }
}

#[tokio::test]
async fn a_device_that_closes_at_once_does_not_stop_the_mail() {
    let Quay {
        sink, server, ann, ..
    } = Quay::with_mail().await;
    ann.books(1, 30).await;
    drop(ann);
    let received = sink.wait_for(1, PATIENCE).await.unwrap();
    assert_eq!(received[0].to, ["96@example.org"], "Maya's address");
    assert_eq!(received[0].user.as_deref(), Some("clinic@example.org"));
    let ledger = server.house.ledgers.of(CLINIC).await.unwrap();
    stand(&ledger, &[NoticeState::Sent]).await;
    let told = ledger.all::<Told>().await.unwrap();
    assert_eq!(told.len(), 1, "it stands there what Maya knows");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(sink.received().len(), 1, "once");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn an_account_is_handed_over_and_its_password_never_given_back() {
    let quay = Quay::open().await;
    let line = &quay.ann.line;
    let nothing = KeptMail {
        account: None,
        has_password: false,
    };
    assert_eq!(line.mail().await.unwrap(), nothing);
    let port = quay.sink.port();
    line.hand_over_mail(&handed(port)).await.unwrap();
    let kept = line.mail().await.unwrap();
    assert_eq!(kept.account, Some(account(port)));
    assert!(kept.has_password);
    assert!(!serde_json::to_string(&kept).unwrap().contains(PASSWORD));
    // What the same server and name are kept for may be renamed without it.
    let renamed = HandOverMail {
        account: MailAccount {
            from_name: "Harbour Clinic".to_owned(),
            ..account(port)
        },
        password: None,
    };
    line.hand_over_mail(&renamed).await.unwrap();
    let test = |account| TryMail {
        account,
        password: None,
        to: "to@example.org".to_owned(),
        language: Language::Ms,
    };
    let tried = line.try_mail(&test(renamed.account.clone())).await.unwrap();
    assert_eq!(tried.cause, None);
    assert_eq!(quay.sink.received().len(), 1);
    // To another server it does not go, neither kept nor tried.
    let elsewhere = MailAccount {
        host: "127.0.0.1".to_owned(),
        ..account(port)
    };
    let moved = HandOverMail {
        account: elsewhere.clone(),
        password: None,
    };
    assert_eq!(
        line.hand_over_mail(&moved).await,
        Err(Trouble::NotUnderstood)
    );
    assert_eq!(
        line.try_mail(&test(elsewhere)).await,
        Err(Trouble::NotUnderstood)
    );
    assert_eq!(line.mail().await.unwrap().account, Some(renamed.account));
    assert_eq!(quay.sink.connections(), 1, "nobody was even called");
    // With a wrong one, the mail server's answer is told.
    let wrong = TryMail {
        password: Some("something else".to_owned()),
        ..test(account(port))
    };
    let tried = line.try_mail(&wrong).await.unwrap();
    assert_eq!(tried.cause, Some(NoticeCause::WrongPassword));
    line.take_mail_away().await.unwrap();
    assert_eq!(line.mail().await.unwrap(), nothing);
    quay.server.stop().await.unwrap();
}

#[tokio::test]
async fn that_mail_is_set_up_comes_to_every_computer_by_pull() {
    let quay = Quay::open().await;
    let computer = quay.server.sign_in(ANNS).await.unwrap();
    let other = Device::of(&quay.server, Arc::new(quay.clock.clone()), computer).await;
    let seen = async || {
        other.sync().await;
        let clinic = other.replica.clinic().await.unwrap().unwrap();
        (clinic.facts.mail_ready, clinic.details.from_address)
    };
    quay.ann.line.take_mail_away().await.unwrap();
    assert_eq!(seen().await, (false, None));
    let handed = handed(quay.sink.port());
    quay.ann.line.hand_over_mail(&handed).await.unwrap();
    let from = handed.account.from_address;
    assert_eq!(seen().await, (true, Some(from)));
    quay.server.stop().await.unwrap();
}

#[tokio::test]
async fn who_may_not_change_the_clinic_hears_that_and_changes_nothing() {
    let quay = Quay::with_mail().await;
    let mut theirs = this_clinic();
    theirs.clinic.id = ClinicId(Uuid::from_u128(0x999));
    let may = BTreeSet::from([Grant::OwnSessions, Grant::OrganisationSessions]);
    theirs.member.facts.grants = may;
    let guest = quay.server.clinic(theirs, "jon@example.org").await.unwrap();
    let line = quay.server.line(&guest, quay.server.address).unwrap();
    let port = quay.sink.port();
    let asked = TryMail {
        account: account(port),
        password: Some(PASSWORD.to_owned()),
        to: "to@example.org".to_owned(),
        language: Language::En,
    };
    assert_eq!(line.mail().await, Err(Trouble::NotAllowed));
    let handed = handed(port);
    assert_eq!(line.hand_over_mail(&handed).await, Err(Trouble::NotAllowed));
    assert_eq!(line.take_mail_away().await, Err(Trouble::NotAllowed));
    assert_eq!(line.try_mail(&asked).await, Err(Trouble::NotAllowed));
    assert_eq!(line.retry_mail().await, Err(Trouble::NotAllowed));
    assert_eq!(quay.sink.connections(), 0);
    let kept = quay.ann.line.mail().await.unwrap();
    assert!(kept.has_password, "the other clinic's is as it was");
    quay.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_mail_server_that_hangs_keeps_no_other_clinic_waiting() {
    let quay = Quay::open().await;
    // It takes the line and never says a word.
    let dead = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let there = handed(dead.local_addr().unwrap().port());
    quay.ann.line.hand_over_mail(&there).await.unwrap();
    quay.ann.books(1, 30).await;
    let called = tokio::time::timeout(PATIENCE, dead.accept()).await;
    let _silent = called.unwrap().unwrap();

    let mut theirs = this_clinic();
    theirs.clinic.id = ClinicId(Uuid::from_u128(0x999));
    let computer = quay.server.clinic(theirs, "jon@example.org").await.unwrap();
    let jon = Device::of(&quay.server, Arc::new(quay.clock.clone()), computer).await;
    let handed = handed(quay.sink.port());
    jon.line.hand_over_mail(&handed).await.unwrap();
    jon.act(add_maya()).await;
    jon.books(1, 30).await;
    quay.sink.wait_for(1, PATIENCE).await.unwrap();
    let states = states(&quay.ledger().await).await;
    assert_eq!(
        states,
        [NoticeState::Sending],
        "it still hangs: nobody waited for it to give up"
    );
}

#[tokio::test]
async fn what_a_dead_mail_server_kept_goes_after_a_restart_and_says_until_then_why_it_waits() {
    let quay = Quay::open().await;
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    quay.ann.line.hand_over_mail(&handed(port)).await.unwrap();
    quay.ann.books(1, 30).await;
    let ledger = quay.ledger().await;
    let began = Instant::now();
    let why = async || {
        let notices = ledger.all::<Notice>().await.unwrap();
        notices[0].facts.cause
    };
    while why().await != Some(NoticeCause::ConnectionRefused) {
        assert!(began.elapsed() < PATIENCE, "it says why");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    stand(&ledger, &[NoticeState::Queued]).await;
    drop(ledger);
    let stopped = quay.server.stopped().await.unwrap();
    let server = stopped.again().await.unwrap();
    let ann = quay.ann.moved_to(&server);
    // The account is put right; nobody has to say more.
    let right = handed(quay.sink.port());
    ann.line.hand_over_mail(&right).await.unwrap();
    quay.sink.wait_for(1, PATIENCE).await.unwrap();
    let ledger = server.house.ledgers.of(CLINIC).await.unwrap();
    stand(&ledger, &[NoticeState::Sent]).await;
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_refused_account_is_tried_again_only_when_a_person_says_so() {
    let quay = Quay::open().await;
    let wrong = HandOverMail {
        password: Some("something else".to_owned()),
        ..handed(quay.sink.port())
    };
    quay.ann.line.hand_over_mail(&wrong).await.unwrap();
    quay.ann.books(1, 30).await;
    quay.sink.wait_for_step(Step::Auth, PATIENCE).await.unwrap();
    let ledger = quay.ledger().await;
    stand(&ledger, &[NoticeState::Queued]).await;
    let called = quay.sink.connections();
    quay.ann.books(2, 40).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(quay.sink.connections(), called, "not for a new message");
    quay.ann.line.retry_mail().await.unwrap();
    let began = Instant::now();
    while quay.sink.connections() == called {
        assert!(began.elapsed() < PATIENCE, "a person said now");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    let right = handed(quay.sink.port());
    quay.ann.line.hand_over_mail(&right).await.unwrap();
    quay.sink.wait_for(2, PATIENCE).await.unwrap();
    stand(&ledger, &[NoticeState::Sent, NoticeState::Sent]).await;
    quay.server.stop().await.unwrap();
}

/// Whether any file below the folder holds these bytes.
fn holds(folder: &Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, bytes);
        }
        std::fs::read(&path).is_ok_and(|file| file.windows(bytes.len()).any(|at| at == bytes))
    })
}

#[tokio::test]
async fn no_file_of_the_server_holds_the_password_or_the_account() {
    let quay = Quay::with_mail().await;
    quay.ann.books(1, 30).await;
    quay.sink.wait_for(1, PATIENCE).await.unwrap();
    let stopped = quay.server.stopped().await.unwrap();
    assert!(holds(&stopped.folder, b"opened\n") || crate::kept::database().await.is_some());
    for secret in [PASSWORD, "clinic@example.org", "Harbour"] {
        assert!(!holds(&stopped.folder, secret.as_bytes()), "{secret}");
    }
}
