//! Before there is a mail account, and after a long silence: a person says what still goes.

use std::time::Duration;

use safetalk_tests::smtp::{Act, Sink, SinkOptions, Step};
use serde_json::{Value, json};

use crate::clinic::{Clinic, PASSWORD, a_while, at, busy, nth_mail, said, text};
use crate::computer::{Computer, PATIENCE};

const HOUR: i64 = 3600;

fn waiting(clinic: &mut Clinic) -> Vec<Value> {
    let view = clinic
        .app
        .ok("notice.list", json!({ "open_only": true, "most": 100 }));
    view["notices"].as_array().expect("a list").clone()
}

fn must_choose(clinic: &mut Clinic) -> bool {
    let view = clinic
        .app
        .ok("notice.list", json!({ "open_only": true, "most": 100 }));
    view["choose"].as_bool().expect("yes or no")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whatsapp_draft_expires_with_its_session_though_no_mail_can_go() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(1, 10, 0), false);
    clinic.app.ok(
        "session.remind",
        json!({ "session": session, "channel": "whatsapp", "again": false }),
    );
    clinic.notice_becomes(&session, "draft");
    // The ledger decides by its own clock: it has to have the reminder before the days pass.
    clinic.app.until(
        "the ledger to have it",
        "session.get",
        json!({ "session": session }),
        |detail| {
            let lines = detail["activity"].as_array().expect("a list");
            lines.iter().all(|line| line["pending"] == false)
        },
    );
    clinic.computer.set_clock(48 * HOUR);
    // Anything that is done wakes the courier; left alone it looks every half minute.
    clinic.book(&client, 0, &at(5, 10, 0), false);
    clinic.notice_becomes(&session, "expired");
    let detail = clinic.session(&session);
    assert_eq!(detail["notices"][0]["cause"], "too_late");
    assert_eq!(
        waiting(&mut clinic),
        Vec::<Value>::new(),
        "nobody has to do anything about it"
    );
    assert_eq!(clinic.attention("message"), Vec::<Value>::new());
    let refusal = clinic.app.refused(
        "notice.open_whatsapp",
        json!({ "notice": detail["notices"][0]["id"] }),
    );
    assert_eq!(
        (&refusal["code"], &refusal["state"]),
        (&json!("notice_state"), &json!("expired")),
        "and it is not opened late: {refusal}"
    );
}

/// A WhatsApp draft that reminds of a session: the session and the draft.
fn drafted(clinic: &mut Clinic, client: &str) -> (String, Value) {
    let session = clinic.book(client, 0, &at(1, 10, 0), false);
    clinic.app.ok(
        "session.remind",
        json!({ "session": session, "channel": "whatsapp", "again": false }),
    );
    let draft = json!({ "notice": clinic.notice_becomes(&session, "draft")["id"] });
    (session, draft)
}

#[test]
fn a_whatsapp_draft_that_no_program_opens_is_a_draft_as_before() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let (session, draft) = drafted(&mut clinic, &client);
    let none = clinic.computer.outside().join("no-programs");
    std::fs::write(&none, "").expect("no programs");
    let problem = clinic.app.problem("notice.open_whatsapp", draft.clone());
    assert_eq!(problem["code"], "no_program", "{problem}");
    assert_eq!(clinic.session(&session)["notices"][0]["state"], "draft");
    std::fs::remove_file(none).expect("a program");
    clinic.app.ok("notice.open_whatsapp", draft);
    clinic.notice_becomes(&session, "opened");
}

#[test]
fn whatsapp_is_not_opened_with_a_draft_for_a_client_who_may_no_longer_be_contacted() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let (session, draft) = drafted(&mut clinic, &client);
    clinic.edit_client(&client, json!({ "do_not_contact": true }));
    let refusal = clinic.app.refused("notice.open_whatsapp", draft);
    assert_eq!(refusal["why"], "do_not_contact", "{refusal}");
    assert!(
        !clinic.computer.outside().join("opened.jsonl").exists(),
        "nothing was shown to another program"
    );
    assert_eq!(clinic.session(&session)["notices"][0]["state"], "draft");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waited_for_a_mail_account_goes_only_if_a_person_chooses_it() {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let mut clinic = Clinic::found_on(Computer::new().trusting(&sink));
    let client = clinic.client();
    let first = clinic.book(&client, 0, &at(1, 10, 0), true);
    let second = clinic.book(&client, 0, &at(2, 11, 10), true);
    let third = clinic.book(&client, 0, &at(3, 12, 0), true);
    let not_set_up = clinic.attention("mail_not_set_up");
    assert_eq!(
        not_set_up,
        [json!({ "kind": "mail_not_set_up", "waiting": 3 })]
    );
    assert!(
        waiting(&mut clinic)
            .iter()
            .all(|notice| notice["state"] == "queued")
    );

    // A message is as old as the ledger's decision: the last one has to be there before the hour passes.
    clinic.app.until(
        "the ledger to have it",
        "session.get",
        json!({ "session": third }),
        |detail| detail["pending"] == false,
    );
    clinic.computer.set_clock(HOUR);
    clinic.set_up_mail(&sink, PASSWORD);
    a_while().await;
    assert!(sink.received().is_empty(), "nothing old goes unasked");
    assert!(must_choose(&mut clinic), "the person is asked");
    assert_eq!(
        clinic.attention("choose_waiting").len(),
        1,
        "on the Dashboard, too"
    );
    clinic.restart();
    a_while().await;
    assert!(sink.received().is_empty(), "starting again is no answer");

    // Something new is not held up by what waits.
    let fresh = clinic.book(&client, 0, &at(4, 13, 0), true);
    let mail = nth_mail(&sink, 1).await;
    assert!(said(&mail).contains("13:00"), "{}", said(&mail));
    clinic.notice_becomes(&fresh, "sent");

    let id =
        |clinic: &mut Clinic, session: &str| text(&clinic.session(session)["notices"][0]["id"]);
    let (chosen, dropped) = (id(&mut clinic, &second), id(&mut clinic, &first));
    clinic.app.ok(
        "notice.choose",
        json!({ "send": [chosen], "drop": [dropped] }),
    );
    let mail = nth_mail(&sink, 2).await;
    assert!(
        said(&mail).contains("11:10"),
        "the chosen one: {}",
        said(&mail)
    );
    clinic.notice_becomes(&second, "sent");
    let taken_back = clinic.notice_becomes(&first, "withdrawn");
    assert_eq!(taken_back["cause"], "dropped");
    a_while().await;
    assert_eq!(
        clinic.session(&third)["notices"][0]["state"],
        "queued",
        "nobody said anything of it"
    );
    assert_eq!(sink.received().len(), 2, "so it waits on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_more_than_twelve_hours_of_silence_the_list_is_shown_before_anything_goes() {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let mut clinic = Clinic::with_mail(&sink);
    let client = clinic.client();
    busy(&sink);
    let soon = clinic.book(&client, 0, &at(2, 10, 0), true);
    let later = clinic.book(&client, 0, &at(3, 10, 0), true);
    assert!(!must_choose(&mut clinic), "within the hour nobody is asked");
    clinic.app.quit();
    sink.behave();
    clinic.computer.set_clock(13 * HOUR);
    clinic.app = clinic.computer.start();
    a_while().await;
    assert!(
        sink.received().is_empty(),
        "a message of yesterday does not go unasked"
    );
    assert!(must_choose(&mut clinic), "the person is asked");
    let ids: Vec<String> = waiting(&mut clinic)
        .iter()
        .map(|notice| text(&notice["id"]))
        .collect();
    clinic
        .app
        .ok("notice.choose", json!({ "send": ids, "drop": [] }));
    nth_mail(&sink, 2).await;
    clinic.notice_becomes(&soon, "sent");
    clinic.notice_becomes(&later, "sent");
    assert!(!must_choose(&mut clinic), "there is nothing left to choose");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reminder_is_never_sent_late_and_news_of_what_is_over_neither() {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let mut clinic = Clinic::with_mail(&sink);
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(1, 10, 0), true);
    clinic.notice_becomes(&session, "sent");
    busy(&sink);
    let remind = json!({ "session": session, "channel": "email", "again": false });
    clinic.app.ok("session.remind", remind);
    clinic.book(&client, 0, &at(1, 12, 0), true);
    clinic.app.quit();
    sink.behave();
    clinic.computer.set_clock(2 * 24 * HOUR);
    clinic.app = clinic.computer.start();
    clinic.app.until(
        "both to expire",
        "notice.list",
        json!({ "open_only": true, "most": 100 }),
        |view| {
            let open = view["notices"].as_array().expect("a list");
            open.len() == 2
                && open
                    .iter()
                    .all(|n| n["state"] == "expired" && n["cause"] == "too_late")
        },
    );
    assert_eq!(sink.received().len(), 1, "only what went in time");
    assert_eq!(
        clinic.attention("message").len(),
        2,
        "a person sees that it was too late"
    );
    for message in clinic.attention("message") {
        let notice = &message["notice"]["id"];
        clinic.app.ok("notice.drop", json!({ "notice": notice }));
    }
    assert_eq!(
        clinic.attention("message"),
        Vec::<Value>::new(),
        "and may leave it so, without saying that the client was told"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_the_window_with_unsent_messages_asks_first_and_send_and_quit_sends_them() {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let mut clinic = Clinic::with_mail(&sink);
    let client = clinic.client();
    busy(&sink);
    clinic.book(&client, 0, &at(2, 10, 0), true);
    assert_eq!(
        clinic.app.ok("the window closes", json!({})),
        false,
        "it asks"
    );
    assert_eq!(
        clinic.app.ok("app.quit", json!({ "how": "keep_running" })),
        json!({ "unsent": 0, "cause": null, "choose": false, "no_tray": true }),
        "this computer has no tray"
    );
    assert_eq!(
        clinic.app.ok("app.quit", json!({ "how": "send_and_quit" })),
        json!({ "unsent": 1, "cause": "server_busy", "choose": false, "no_tray": false }),
        "why it did not go"
    );
    sink.behave();
    let answer = clinic.app.ok("app.quit", json!({ "how": "send_and_quit" }));
    assert_eq!(answer["unsent"], 0, "{answer}");
    assert_eq!(sink.received().len(), 1, "it went before the end");
    clinic.app = clinic.computer.start();
    a_while().await;
    assert_eq!(sink.received().len(), 1, "and does not go again");
    assert_eq!(
        clinic.app.ok("the window closes", json!({})),
        true,
        "nothing is unsent"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn quitting_waits_for_the_answer_to_a_message_that_is_being_handed_over() {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let mut clinic = Clinic::with_mail(&sink);
    let client = clinic.client();
    sink.once(Step::Reply, Act::Wait(Duration::from_millis(800)));
    let first = clinic.book(&client, 0, &at(2, 10, 0), true);
    let second = clinic.book(&client, 0, &at(3, 10, 0), true);
    sink.wait_for_step(Step::Reply, PATIENCE)
        .await
        .expect("it is being handed over");
    clinic.restart();
    clinic.notice_becomes(&first, "sent");
    clinic.notice_becomes(&second, "sent");
    assert_eq!(sink.received().len(), 2, "each went once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_client_who_may_no_longer_be_contacted_keeps_nothing_from_the_others() {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let mut clinic = Clinic::found_on(Computer::new().trusting(&sink));
    let quiet = clinic.client();
    let other = clinic.client_with(json!({
        "full_name": "Jon Lim", "called": "Jon", "email": "jon@example.net", "phones": [],
    }));
    let first = clinic.book(&quiet, 0, &at(1, 10, 0), true);
    let second = clinic.book(&other, 0, &at(2, 10, 0), true);
    clinic.edit_client(&quiet, json!({ "do_not_contact": true }));
    clinic.computer.set_clock(HOUR);
    clinic.set_up_mail(&sink, PASSWORD);
    let id = |session: &Value| text(&session["notices"][0]["id"]);
    let send = [id(&clinic.session(&first)), id(&clinic.session(&second))];
    clinic.notice_becomes(&first, "withdrawn");
    let refusal = clinic
        .app
        .refused("notice.choose", json!({ "send": send, "drop": [] }));
    assert_eq!(
        refusal,
        json!({ "code": "notice_state", "state": "withdrawn" }),
        "what did not go is said"
    );
    assert_eq!(nth_mail(&sink, 1).await.to, ["jon@example.net"]);
    clinic.notice_becomes(&second, "sent");
}

/// The file of the mail account.
fn account_of(clinic: &Clinic) -> std::path::PathBuf {
    clinic.computer.clinic_folder().join("mail.json")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_was_written_but_never_decided_sends_nothing() {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let elsewhere = Clinic::with_mail(&sink);
    let mut clinic = Clinic::found_on(Computer::new().trusting(&sink));
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(1, 10, 0), true);
    clinic.app.until(
        "the ledger to have it",
        "session.get",
        json!({ "session": session }),
        |detail| detail["pending"] == false,
    );
    clinic.app.kill();
    // As the files stand if the process ends between the account and the intent that says so.
    std::fs::copy(account_of(&elsewhere), account_of(&clinic)).expect("the account");
    let id = clinic.computer.clinic_folder();
    let id = id.file_name().and_then(|id| id.to_str()).expect("an id");
    let name: String = format!("clinic/{id}/mail")
        .bytes()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let keychain = clinic.computer.outside().join("keychain");
    std::fs::write(keychain.join(name), PASSWORD).expect("the password");
    clinic.app = clinic.computer.start();
    a_while().await;
    assert!(sink.received().is_empty(), "nothing goes unasked");
    assert_eq!(clinic.attention("mail_not_set_up").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_account_that_cannot_be_read_is_said_to_be_missing_and_can_be_set_up_again() {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let mut clinic = Clinic::with_mail(&sink);
    let client = clinic.client();
    clinic.app.kill();
    std::fs::write(account_of(&clinic), "{ \"host\": ").expect("the damage");
    clinic.app = clinic.computer.start();
    let session = clinic.book(&client, 0, &at(1, 10, 0), true);
    assert_eq!(
        clinic.attention("mail_not_set_up").len(),
        1,
        "the person sees that nothing can go"
    );
    clinic.computer.set_clock(5);
    clinic.set_up_mail(&sink, PASSWORD);
    assert!(must_choose(&mut clinic), "what waited is asked about");
    let waiting = text(&clinic.session(&session)["notices"][0]["id"]);
    clinic
        .app
        .ok("notice.choose", json!({ "send": [waiting], "drop": [] }));
    clinic.notice_becomes(&session, "sent");
}
