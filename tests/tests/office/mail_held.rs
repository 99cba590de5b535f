//! Messages that cannot leave: what the screens say of it, and how it ends.

use safetalk_tests::smtp::{Act, Sink, SinkOptions, Step};
use serde_json::{Value, json};

use crate::clinic::{Clinic, PASSWORD, a_while, account, at, busy, nth_mail};

async fn table() -> (Sink, Clinic, String) {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let mut clinic = Clinic::with_mail(&sink);
    let client = clinic.client();
    (sink, clinic, client)
}

/// What stands beside every screen.
fn beside(clinic: &mut Clinic) -> Value {
    clinic.app.ok("sidebar.get", json!({}))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_the_line_is_said_calmly_and_goes_when_the_network_is_back() {
    let (sink, mut clinic, client) = table().await;
    assert_eq!(beside(&mut clinic)["mail"], Value::Null, "all is well");
    busy(&sink);
    let first = clinic.book(&client, 0, &at(3, 10, 0), true);
    clinic.held_back(&first);
    let second = clinic.book(&client, 0, &at(4, 10, 0), true);
    clinic.notice_becomes(&second, "queued");
    let mail = beside(&mut clinic)["mail"].take();
    assert_eq!(
        (&mail["waiting"], &mail["cause"], &mail["passes"]),
        (&json!(2), &json!("server_busy"), &json!(true)),
        "{mail}"
    );
    assert!(!mail["until"].is_null(), "when it is tried again: {mail}");
    let dashboard = clinic.app.ok("dashboard.get", json!({}));
    assert_eq!(dashboard["mail"], mail, "the Dashboard says the same");
    assert_eq!(
        clinic.attention("mail_held"),
        Vec::<Value>::new(),
        "nobody has to do anything"
    );
    let waiting = clinic.session(&first)["notices"][0].clone();
    assert_eq!(waiting["next_try"], mail["until"], "{waiting}");

    sink.behave();
    clinic.app.ok("mail.retry", json!({ "by_hand": false }));
    nth_mail(&sink, 2).await;
    clinic.notice_becomes(&first, "sent");
    clinic.notice_becomes(&second, "sent");
    assert_eq!(beside(&mut clinic)["mail"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_is_refused_needs_a_person_and_a_test_message_that_goes_releases_what_waits()
 {
    let (sink, mut clinic, client) = table().await;
    sink.always(Step::Mail, Act::Say("550 5.7.60 not your address"));
    let session = clinic.book(&client, 0, &at(3, 10, 0), true);
    clinic.held_back(&session);
    let held = clinic.attention("mail_held");
    assert_eq!(held.len(), 1, "at once, not after hours: {held:?}");
    assert_eq!(held[0]["hold"]["cause"], "sender_refused", "{held:?}");
    assert_eq!(held[0]["hold"]["waiting"], 1, "{held:?}");
    assert_eq!(
        beside(&mut clinic)["mail"],
        Value::Null,
        "it does not pass by itself"
    );

    let tried = sink.connections();
    clinic.app.ok("mail.retry", json!({ "by_hand": false }));
    clinic.book(&client, 1, &at(5, 10, 0), true);
    a_while().await;
    assert_eq!(
        sink.connections(),
        tried,
        "neither a network nor a new message mends an account"
    );

    sink.behave();
    let mut with = account(&sink, PASSWORD);
    with["test_to"] = json!("me@example.org");
    clinic.app.ok("mail.test", with.clone());
    a_while().await;
    assert_eq!(
        sink.received().len(),
        1,
        "a password that was typed and not saved proves nothing of the one that is"
    );
    with["password"] = Value::Null;
    let tested = clinic.app.ok("mail.test", with);
    assert_eq!(tested["cause"], Value::Null, "{tested}");
    nth_mail(&sink, 4).await;
    clinic.notice_becomes(&session, "sent");
    assert_eq!(clinic.attention("mail_held"), Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_keychain_that_is_closed_at_the_start_locks_no_mailbox_and_is_asked_again() {
    let (sink, mut clinic, client) = table().await;
    clinic.app.quit();
    let keychain = clinic.computer.outside().join("keychain");
    let entry = std::fs::read_dir(&keychain)
        .expect("the keychain")
        .map(|entry| entry.expect("an entry").path())
        .find(|path| std::fs::read(path).is_ok_and(|secret| secret == PASSWORD.as_bytes()))
        .expect("the password");
    std::fs::remove_file(&entry).expect("it is closed");
    let before = sink.connections();
    clinic.app = clinic.computer.start();
    let session = clinic.book(&client, 0, &at(3, 10, 0), true);
    clinic.held_back(&session);
    assert_eq!(
        clinic.session(&session)["notices"][0]["cause"],
        "no_password"
    );
    assert_eq!(
        sink.connections(),
        before,
        "an empty password is a wrong one"
    );
    assert_eq!(
        clinic.attention("mail_held")[0]["hold"]["cause"],
        "no_password"
    );
    std::fs::write(&entry, PASSWORD).expect("it is open");
    clinic.app.ok("mail.retry", json!({ "by_hand": true }));
    nth_mail(&sink, 1).await;
    clinic.notice_becomes(&session, "sent");
}
