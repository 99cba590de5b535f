//! What a mail server can do to a message, seen through the whole app.

use std::collections::BTreeMap;
use std::time::Duration;

use safetalk_tests::smtp::{Act, Sink, SinkOptions, Step};
use serde_json::{Value, json};

use safetalk_app::letter;
use safetalk_domain::NoticeId;
use safetalk_domain::intent::Rendered;

use crate::clinic::{
    Clinic, Dice, EMAIL, PASSWORD, a_while, account, at, busy, method, nth_mail, said, text,
};
use crate::computer::Computer;
use crate::restore::ledger_of;

async fn table() -> (Sink, Clinic, String) {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let mut clinic = Clinic::with_mail(&sink);
    let client = clinic.client();
    (sink, clinic, client)
}

/// Waits until the newest message waits with this cause.
fn waits_because(clinic: &mut Clinic, session: &str, cause: &str) -> Value {
    let detail = clinic.app.until(
        &format!("the message to wait because of {cause}"),
        "session.get",
        json!({ "session": session }),
        |detail| {
            detail["notices"][0]["cause"] == cause && detail["notices"][0]["state"] == "queued"
        },
    );
    detail["notices"][0].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_server_loses_nothing_even_if_the_program_dies_waiting() {
    let (sink, mut clinic, client) = table().await;
    sink.always(Step::Greeting, Act::Hang);
    let session = clinic.book(&client, 0, &at(3, 10, 0), true);
    clinic.notice_becomes(&session, "sending");
    clinic.cancel(&session, None);
    assert_eq!(
        clinic.session(&session)["status"],
        "cancelled",
        "a silent server never holds a person up"
    );
    let restore = json!({ "session": session, "notify": true, "anyway": { "anyway": false, "reason": null } });
    clinic.app.ok("session.restore", restore);
    sink.behave();
    clinic.crash();
    clinic.settle();
    a_while().await;
    let mails = sink.received();
    assert_eq!(mails.len(), 1, "one message that says how it stands");
    assert_eq!(
        method(&mails[0]).as_deref(),
        Some("REQUEST"),
        "it takes place"
    );
    assert_eq!(clinic.session(&session)["told"]["kind"], "up_to_date");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_holds_everything_and_is_not_tried_again_and_again() {
    let (sink, mut clinic, client) = table().await;
    clinic.set_up_mail(&sink, "wrong");
    let first = clinic.book(&client, 0, &at(3, 10, 0), true);
    let second = clinic.book(&client, 0, &at(4, 10, 0), true);
    waits_because(&mut clinic, &first, "wrong_password");
    let tried = sink.connections();
    clinic.app.ok(
        "session.remark",
        json!({ "session": first, "text": "pokes the courier" }),
    );
    a_while().await;
    assert_eq!(
        sink.connections(),
        tried,
        "a mailbox is not locked by trying"
    );
    let tested = clinic.app.ok(
        "mail.test",
        json!({
            "host": "localhost", "port": sink.port(), "security": "implicit_tls", "user": "clinic@example.org",
            "from_name": "Quiet Rooms", "from_address": "clinic@example.org", "password": "wrong", "test_to": "me@example.org",
        }),
    );
    assert_eq!(
        tested["cause"], "wrong_password",
        "the test message says the same"
    );
    clinic.set_up_mail(&sink, PASSWORD);
    nth_mail(&sink, 2).await;
    clinic.notice_becomes(&first, "sent");
    clinic.notice_becomes(&second, "sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_nobody_knows_fails_in_front_of_a_person_and_holds_nobody_else_up() {
    let (sink, mut clinic, client) = table().await;
    sink.once(Step::Rcpt, Act::Say("550 5.1.1 no such user"));
    let first = clinic.book(&client, 0, &at(1, 10, 0), true);
    let failed = clinic.notice_becomes(&first, "failed");
    assert_eq!(failed["cause"], "recipient_refused", "{failed}");
    let second = clinic.book(&client, 0, &at(4, 10, 0), true);
    clinic.notice_becomes(&second, "sent");
    assert_eq!(nth_mail(&sink, 1).await.to, ["maya@example.net"]);
    let messages = clinic.attention("message");
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert_eq!(messages[0]["notice"]["id"], failed["id"]);
    clinic
        .app
        .ok("notice.retry", json!({ "notice": failed["id"] }));
    nth_mail(&sink, 2).await;
    clinic.notice_becomes(&first, "sent");
    assert_eq!(
        clinic.attention("message"),
        Vec::<Value>::new(),
        "nothing is left to do"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_asks_to_come_back_later_gets_the_same_bytes_later() {
    let (sink, mut clinic, client) = table().await;
    sink.once(Step::BeforeKeeping, Act::Say("451 4.3.0 later please"));
    let session = clinic.book(&client, 0, &at(3, 10, 0), true);
    let waiting = waits_because(&mut clinic, &session, "server_busy");
    assert!(
        !waiting["next_try"].is_null(),
        "it says when it tries again: {waiting}"
    );
    clinic.app.ok(
        "session.remark",
        json!({ "session": session, "text": "pokes the courier" }),
    );
    a_while().await;
    assert_eq!(sink.received().len(), 0, "not before its time");
    clinic.computer.set_clock(150);
    clinic.app.ok(
        "session.remark",
        json!({ "session": session, "text": "pokes the courier" }),
    );
    let mail = nth_mail(&sink, 1).await;
    clinic.notice_becomes(&session, "sent");
    let id = text(&waiting["id"]);
    assert!(
        mail.header("Message-ID")
            .is_some_and(|header| header.contains(&id)),
        "the same message under the same id"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_cut_after_the_message_leaves_it_uncertain_until_a_person_decides() {
    let (sink, mut clinic, client) = table().await;
    // The server kept it, but nobody heard that.
    sink.once(Step::Reply, Act::Cut);
    let session = clinic.book(&client, 0, &at(1, 10, 0), true);
    let uncertain = clinic.notice_becomes(&session, "uncertain");
    assert_eq!(sink.received().len(), 1, "it had arrived");
    assert_eq!(
        clinic.session(&session)["told"]["kind"],
        "outdated",
        "nobody claims that the client knows"
    );
    assert_eq!(clinic.attention("message").len(), 1, "a person has to look");
    clinic.crash();
    clinic
        .app
        .ok("notice.choose", json!({ "send": [], "drop": [] }));
    clinic.computer.set_clock(600);
    clinic.app.ok(
        "session.remark",
        json!({ "session": session, "text": "pokes the courier" }),
    );
    a_while().await;
    assert_eq!(sink.received().len(), 1, "it never goes again by itself");
    assert_eq!(clinic.session(&session)["notices"][0]["state"], "uncertain");

    clinic
        .app
        .ok("notice.retry", json!({ "notice": uncertain["id"] }));
    clinic.notice_becomes(&session, "sent");
    assert_eq!(
        sink.received().len(),
        2,
        "once more, because a person said so"
    );
    clinic.crash();
    a_while().await;
    assert_eq!(sink.received().len(), 2, "and only once");
    let refusal = clinic
        .app
        .refused("notice.retry", json!({ "notice": uncertain["id"] }));
    assert_eq!(
        refusal,
        json!({ "code": "notice_state", "state": "sent" }),
        "what was sent is not sent again"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_uncertain_message_that_did_not_arrive_goes_once_when_a_person_says_so() {
    let (sink, mut clinic, client) = table().await;
    sink.once(Step::BeforeKeeping, Act::Cut);
    let session = clinic.book(&client, 0, &at(3, 10, 0), true);
    let uncertain = clinic.notice_becomes(&session, "uncertain");
    assert_eq!(sink.received().len(), 0);
    clinic
        .app
        .ok("notice.retry", json!({ "notice": uncertain["id"] }));
    nth_mail(&sink, 1).await;
    clinic.notice_becomes(&session, "sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changed_after_an_uncertain_message_is_told_and_the_doubt_stays_with_the_person() {
    let (sink, mut clinic, client) = table().await;
    sink.once(Step::Reply, Act::Cut);
    let session = clinic.book(&client, 0, &at(3, 10, 0), true);
    clinic.notice_becomes(&session, "uncertain");
    clinic.cancel(&session, None);
    clinic
        .app
        .ok("notice.choose", json!({ "send": [], "drop": [] }));
    clinic.notice_becomes(&session, "sent");
    let mail = nth_mail(&sink, 2).await;
    assert_eq!(
        method(&mail).as_deref(),
        Some("CANCEL"),
        "they may believe in it"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_of_a_delivery_no_message_is_lost_and_none_goes_twice() {
    let (sink, mut clinic, client) = table().await;
    // Every step takes a moment, so that the knife falls everywhere.
    for step in [
        Step::Greeting,
        Step::Mail,
        Step::Data,
        Step::BeforeKeeping,
        Step::Reply,
    ] {
        sink.always(step, Act::Wait(Duration::from_millis(12)));
    }
    let mut dice = Dice(20_261_122);
    let mut booked = Vec::new();
    for round in 0..14 {
        for part in 0..2 {
            let start = at(2 + round, 8 + 2 * part, 0);
            booked.push(clinic.book(&client, 0, &start, true));
        }
        tokio::time::sleep(Duration::from_millis(dice.below(190))).await;
        clinic.crash();
    }
    sink.behave();
    clinic
        .app
        .ok("notice.choose", json!({ "send": [], "drop": [] }));
    clinic.app.until(
        "every message to come to rest",
        "notice.list",
        json!({ "open_only": true, "most": 500 }),
        |view| {
            let open = view["notices"].as_array().expect("a list");
            open.iter().all(|notice| notice["state"] == "uncertain")
        },
    );
    let mut arrived: BTreeMap<String, usize> = BTreeMap::new();
    for mail in sink.received() {
        *arrived
            .entry(mail.header("Message-ID").expect("an id"))
            .or_default() += 1;
    }
    let notices = clinic.notices();
    assert_eq!(
        notices.len(),
        booked.len(),
        "one message for each booking, none lost"
    );
    let mut uncertain = 0;
    for notice in &notices {
        let id = text(&notice["id"]);
        let times: usize = arrived
            .iter()
            .filter(|(header, _)| header.contains(&id))
            .map(|(_, n)| n)
            .sum();
        match notice["state"].as_str() {
            Some("sent") => assert_eq!(times, 1, "what counts as sent arrived once: {notice}"),
            Some("uncertain") => {
                uncertain += 1;
                assert!(
                    times <= 1,
                    "what is uncertain did not arrive twice: {notice}"
                );
            }
            _ => panic!("neither sent nor uncertain: {notice}"),
        }
    }
    assert!(
        uncertain <= 14,
        "a kill makes one message uncertain at most, not {uncertain}"
    );
    assert!(
        arrived.len() >= 14,
        "the deliveries really went on: {}",
        arrived.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_nobody_took_goes_to_the_address_that_was_put_right_since() {
    let (sink, mut clinic, client) = table().await;
    sink.once(Step::Rcpt, Act::Say("550 5.1.1 no such user"));
    let session = clinic.book(&client, 0, &at(3, 10, 0), true);
    let failed = clinic.notice_becomes(&session, "failed");
    assert_eq!(failed["to"], EMAIL, "{failed}");
    clinic.edit_client(
        &client,
        json!({
            "guardian": { "name": "Nor", "email": "nor@example.net", "phone": null },
            "guardian_receives": true,
        }),
    );
    clinic
        .app
        .ok("notice.retry", json!({ "notice": failed["id"] }));
    let mail = nth_mail(&sink, 1).await;
    assert_eq!(mail.to, ["nor@example.net"], "the envelope");
    let header = mail.header("To").expect("a recipient");
    assert!(header.contains("nor@example.net"), "{header}");
    let text = said(&mail);
    assert!(
        text.contains("Nor") && !text.contains("Maya"),
        "it greets who reads it: {text}"
    );
    let sent = clinic.notice_becomes(&session, "sent");
    assert_eq!(sent["to"], "nor@example.net", "and people see that: {sent}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_waits_goes_between_the_addresses_that_were_put_right_since() {
    let (sink, mut clinic, client) = table().await;
    busy(&sink);
    let session = clinic.book(&client, 0, &at(3, 10, 0), true);
    clinic.held_back(&session);
    clinic.edit_client(&client, json!({ "email": "right@example.net" }));
    let waiting = clinic.session(&session)["notices"][0].clone();
    assert_eq!(
        waiting["to"], "right@example.net",
        "where it would go now: {waiting}"
    );
    let mut right = account(&sink, PASSWORD);
    right["from_address"] = json!("hello@example.org");
    right["from_name"] = json!("Quiet Rooms KL");
    sink.behave();
    clinic.app.ok("mail.save", right);
    let mail = nth_mail(&sink, 1).await;
    let from = mail.header("From").expect("a sender");
    assert!(
        from.contains("hello@example.org") && from.contains("Quiet Rooms KL"),
        "{from}"
    );
    assert_eq!(mail.to, ["right@example.net"]);
    clinic.notice_becomes(&session, "sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_waits_is_written_anew_when_what_stands_in_it_changes_and_goes_as_the_screen_shows_it()
 {
    let (sink, mut clinic, client) = table().await;
    busy(&sink);
    let session = clinic.book(&client, 0, &at(3, 10, 0), true);
    clinic.held_back(&session);
    let notice = clinic.session(&session)["notices"][0]["id"].clone();
    let shown = |clinic: &mut Clinic| {
        let letter = json!({ "notice": notice, "with": [] });
        text(&clinic.app.ok("notice.text", letter)["text"])
    };
    let english = shown(&mut clinic);
    clinic.edit_client(&client, json!({ "language": "ms" }));
    let malay = shown(&mut clinic);
    assert_ne!(
        english, malay,
        "the screen shows it in the client's language"
    );
    clinic.app.ok(
        "clinic.save",
        json!({
            "name": "Bilik Tenang", "phone": "03-2142 9999", "address": null, "payment_text": null, "invoice_prefix": "INV-",
            "next_invoice": 1, "due_days": 7, "first_weekday": 0, "late_cancel_hours": 24, "late_cancel_fee": null,
            "no_show_fee": null,
        }),
    );
    let last = shown(&mut clinic);
    assert!(last.contains("Bilik Tenang"), "{last}");
    sink.behave();
    clinic
        .app
        .ok("notice.choose", json!({ "send": [], "drop": [] }));
    let mail = said(&nth_mail(&sink, 1).await);
    assert_eq!(
        mail.replace("\r\n", "\n").trim(),
        last.trim(),
        "what goes is what was shown"
    );
    clinic.notice_becomes(&session, "sent");
    assert_eq!(shown(&mut clinic), last, "and what is kept of it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_between_keeping_a_message_and_marking_it_the_kept_message_goes_all_the_same() {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let mut clinic = Clinic::found_on(Computer::new().trusting(&sink));
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(3, 10, 0), true);
    let notice = text(&clinic.notice_becomes(&session, "queued")["id"]);
    let says = clinic
        .app
        .ok("notice.text", json!({ "notice": notice, "with": [] }));
    clinic.app.kill();
    // As the files stand if the process ends after the first of the two writes of a delivery.
    let kept = format!("Message-ID: <{notice}@example.org>\r\nSubject: kept\r\n\r\nKept.\r\n");
    let ledger = ledger_of(&clinic.computer).await;
    let id = notice.parse().expect("an id");
    let sender = ("Quiet Rooms", "clinic@example.org");
    let rendered = Rendered {
        to: text(&says["to"]),
        subject: text(&says["subject"]),
        text: text(&says["text"]),
    };
    ledger
        .put_rendered(
            letter(NoticeId(id), &[], &rendered, sender),
            kept.as_bytes(),
        )
        .await
        .expect("it is kept");
    ledger.close().await;
    drop(ledger);
    clinic.app = clinic.computer.start();
    clinic.set_up_mail(&sink, PASSWORD);
    clinic
        .app
        .ok("notice.choose", json!({ "send": [notice], "drop": [] }));
    let mail = nth_mail(&sink, 1).await;
    let subject = mail.header("Subject");
    assert_eq!(subject.as_deref(), Some("kept"), "the first bytes stand");
    let sent = clinic.notice_becomes(&session, "sent");
    assert!(sent["to"].is_string(), "people see where it went");
}
