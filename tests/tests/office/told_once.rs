//! The client is told once, and never falsely, whatever a person does while a message waits.

use safetalk_tests::smtp::{Act, Sink, SinkOptions, Step};
use serde_json::{Value, json};

use crate::clinic::{Clinic, a_while, at, busy, cancellation, method, nth_mail, said, text};

async fn table() -> (Sink, Clinic) {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let clinic = Clinic::with_mail(&sink);
    (sink, clinic)
}

/// A client with a session they know of.
async fn told(sink: &Sink, clinic: &mut Clinic) -> (String, String) {
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(3, 10, 0), true);
    clinic.notice_becomes(&session, "sent");
    assert_eq!(sink.received().len(), 1, "they know of the booking");
    (client, session)
}

/// The server is back and a person says "now".
fn try_again(clinic: &mut Clinic, sink: &Sink) {
    sink.behave();
    clinic
        .app
        .ok("notice.choose", json!({ "send": [], "drop": [] }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn moved_away_and_back_before_anything_could_go_the_client_hears_nothing() {
    let (sink, mut clinic) = table().await;
    let (_, session) = told(&sink, &mut clinic).await;
    busy(&sink);
    clinic.reschedule(&session, &at(3, 15, 0), 1);
    clinic.held_back(&session);
    clinic.reschedule(&session, &at(3, 10, 0), 0);
    assert_eq!(
        clinic.session(&session)["told"]["kind"],
        "up_to_date",
        "they know it as it stands"
    );
    try_again(&mut clinic, &sink);
    clinic.settle();
    a_while().await;
    assert_eq!(sink.received().len(), 1, "there is nothing new to tell");
    let states: Vec<String> = clinic
        .notices()
        .iter()
        .map(|notice| text(&notice["state"]))
        .collect();
    assert_eq!(states, ["withdrawn", "sent"], "and nothing is left waiting");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn moved_twice_before_anything_could_go_the_client_hears_the_last_place_only() {
    let (sink, mut clinic) = table().await;
    let (_, session) = told(&sink, &mut clinic).await;
    busy(&sink);
    clinic.reschedule(&session, &at(3, 15, 0), 1);
    clinic.held_back(&session);
    clinic.reschedule(&session, &at(5, 16, 20), 1);
    try_again(&mut clinic, &sink);
    let mail = nth_mail(&sink, 2).await;
    let text = said(&mail);
    assert!(text.contains("16:20"), "where it stands now: {text}");
    assert!(
        !text.contains("15:00"),
        "not where it never was for them: {text}"
    );
    clinic.settle();
    a_while().await;
    assert_eq!(sink.received().len(), 2, "one message for two moves");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn moved_away_and_back_while_the_server_is_silent_the_client_hears_at_most_one_truth() {
    let (sink, mut clinic) = table().await;
    let (_, session) = told(&sink, &mut clinic).await;
    sink.always(Step::Mail, Act::Hang);
    clinic.reschedule(&session, &at(3, 15, 0), 1);
    clinic.notice_becomes(&session, "sending");
    clinic.reschedule(&session, &at(3, 10, 0), 0);
    sink.behave();
    clinic.crash();
    clinic.settle();
    a_while().await;
    let new = &sink.received()[1..];
    assert!(
        new.len() <= 1,
        "{} messages for a session that stands where it stood",
        new.len()
    );
    for mail in new {
        let text = said(mail);
        assert!(
            !text.contains("15:00"),
            "never the time that did not stay: {text}"
        );
    }
    assert_eq!(clinic.session(&session)["told"]["kind"], "up_to_date");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn undone_before_it_went_the_message_is_taken_back() {
    let (sink, mut clinic) = table().await;
    let (_, session) = told(&sink, &mut clinic).await;
    busy(&sink);
    let acted = clinic.reschedule(&session, &at(3, 15, 0), 1);
    clinic.held_back(&session);
    let undone = clinic.app.ok(
        "act.undo",
        json!({ "intent": acted["intent"], "told_is_known": false }),
    );
    assert_eq!(
        undone["kind"], "done",
        "nobody knows, so nobody is asked: {undone}"
    );
    let detail = clinic.session(&session);
    assert_eq!(detail["when"]["start"]["minute"], 600, "it is back at ten");
    assert_eq!(detail["notices"][0]["state"], "withdrawn");
    assert_eq!(detail["notices"][0]["cause"], "undone");
    try_again(&mut clinic, &sink);
    clinic.settle();
    a_while().await;
    assert_eq!(sink.received().len(), 1, "the client never hears of it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn undone_after_it_went_the_person_is_asked_and_the_client_hears_the_opposite() {
    let (sink, mut clinic) = table().await;
    let (_, session) = told(&sink, &mut clinic).await;
    let acted = clinic.cancel(&session, None);
    nth_mail(&sink, 2).await;
    clinic.notice_becomes(&session, "sent");
    let undo = |known: bool| json!({ "intent": acted["intent"], "told_is_known": known });
    let undone = clinic.app.ok("act.undo", undo(false));
    assert_eq!(undone["kind"], "client_knows", "{undone}");
    assert_eq!(
        clinic.session(&session)["status"],
        "cancelled",
        "nothing was done yet"
    );
    let undone = clinic.app.ok("act.undo", undo(true));
    assert_eq!(undone["kind"], "done", "{undone}");
    let mail = nth_mail(&sink, 3).await;
    assert_eq!(
        method(&mail).as_deref(),
        Some("REQUEST"),
        "it takes place after all"
    );
    clinic.notice_becomes(&session, "sent");
    let undone = clinic.app.ok("act.undo", undo(true));
    assert_eq!(
        undone["kind"], "nothing",
        "an undo is not done twice: {undone}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_booking_undone_before_it_went_never_reaches_the_client() {
    let (sink, mut clinic) = table().await;
    busy(&sink);
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(3, 10, 0), true);
    clinic.held_back(&session);
    let undone = clinic.app.ok(
        "act.undo",
        json!({ "intent": null, "told_is_known": false }),
    );
    assert_eq!(undone["kind"], "done", "{undone}");
    try_again(&mut clinic, &sink);
    clinic.settle();
    a_while().await;
    assert!(
        sink.received().is_empty(),
        "neither a booking nor its cancellation"
    );
}

/// Three sessions a week apart, with the client to be told.
fn book_three(clinic: &mut Clinic, client: &str) -> (Vec<String>, Value) {
    let mut request = clinic.booking(client, 0, &at(3, 10, 0), true);
    request["repeat"] = json!({ "every_weeks": 1, "count": 3, "leave_out": [] });
    let booked = clinic.app.ok("session.book", request);
    let sessions = booked["sessions"].as_array().expect("sessions");
    (sessions.iter().map(text).collect(), booked["acted"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repetition_is_told_in_one_mail_and_taken_back_in_one() {
    let (sink, mut clinic) = table().await;
    let client = clinic.client();
    let (sessions, acted) = book_three(&mut clinic, &client);
    assert_eq!(acted["undoable"], true, "{acted}");
    for session in &sessions {
        clinic.notice_becomes(session, "sent");
        assert_eq!(clinic.session(session)["told"]["kind"], "up_to_date");
    }
    clinic.settle();
    a_while().await;
    assert_eq!(sink.received().len(), 1, "one mail for all three");
    let mail = nth_mail(&sink, 1).await;
    assert_eq!(said(&mail).matches("10:00").count(), 3, "{}", said(&mail));
    let undo = |known: bool| json!({ "intent": null, "told_is_known": known });
    let undone = clinic.app.ok("act.undo", undo(false));
    assert_eq!(undone["kind"], "client_knows", "{undone}");
    let undone = clinic.app.ok("act.undo", undo(true));
    assert_eq!(undone["kind"], "done", "{undone}");
    for session in &sessions {
        clinic.notice_becomes(session, "sent");
        assert_eq!(clinic.session(session)["status"], "cancelled");
    }
    clinic.settle();
    a_while().await;
    assert_eq!(sink.received().len(), 2, "and one that takes them back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repetition_is_one_message_to_read_to_wait_for_and_to_drop() {
    let (sink, mut clinic) = table().await;
    busy(&sink);
    let client = clinic.client();
    let (sessions, _) = book_three(&mut clinic, &client);
    for session in &sessions {
        clinic.held_back(session);
    }
    let waiting = |clinic: &mut Clinic| {
        let list = clinic
            .app
            .ok("notice.list", json!({ "open_only": true, "most": 50 }));
        list["notices"].as_array().expect("a list").clone()
    };
    let list = waiting(&mut clinic);
    assert_eq!(list.len(), 1, "{list:?}");
    assert_eq!(
        list[0]["session"],
        json!(sessions[0]),
        "it is known by its first date"
    );
    let with: Vec<Value> = list[0]["with"].as_array().expect("a list").clone();
    assert_eq!(with.len(), 2, "{list:?}");
    let sidebar = clinic.app.ok("sidebar.get", json!({}));
    assert_eq!(sidebar["messages_waiting"], 1, "one mail, one message");
    let others: Vec<Value> = with.iter().map(|one| one["notice"].clone()).collect();
    let letter = json!({ "notice": list[0]["id"], "with": others });
    let read = clinic.app.ok("notice.text", letter.clone());
    let text = read["text"].as_str().expect("a text");
    assert_eq!(
        text.matches("10:00").count(),
        3,
        "as it would go, with every date: {text}"
    );
    clinic.app.ok("notice.drop", letter);
    assert_eq!(waiting(&mut clinic), Vec::<Value>::new(), "all of it");
    try_again(&mut clinic, &sink);
    clinic.settle();
    a_while().await;
    assert!(sink.received().is_empty(), "and nothing of it goes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repetition_whose_mail_was_cut_off_with_the_program_goes_whole_and_once() {
    let (sink, mut clinic) = table().await;
    sink.always(Step::Mail, Act::Hang);
    let client = clinic.client();
    let (sessions, _) = book_three(&mut clinic, &client);
    for session in &sessions {
        clinic.notice_becomes(session, "sending");
    }
    sink.behave();
    clinic.crash();
    for session in &sessions {
        clinic.notice_becomes(session, "sent");
    }
    clinic.settle();
    a_while().await;
    assert_eq!(
        sink.received().len(),
        1,
        "what went in one mail is settled as one, and sent again as one"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repetition_undone_before_it_went_is_never_heard_of_and_one_cancelled_date_is_left_out() {
    let (sink, mut clinic) = table().await;
    busy(&sink);
    let client = clinic.client();
    let (sessions, acted) = book_three(&mut clinic, &client);
    for session in &sessions {
        clinic.held_back(session);
    }
    let undone = clinic.app.ok(
        "act.undo",
        json!({ "intent": acted["intent"], "told_is_known": false }),
    );
    assert_eq!(undone["kind"], "done", "nobody knows: {undone}");
    // Their slots are free: the same again, and this time one of them is cancelled before it could go.
    let (sessions, _) = book_three(&mut clinic, &client);
    let mut request = cancellation(&sessions[1], None);
    request["notify"] = json!(false);
    clinic.app.ok("session.cancel", request);
    try_again(&mut clinic, &sink);
    clinic.notice_becomes(&sessions[0], "sent");
    clinic.notice_becomes(&sessions[2], "sent");
    clinic.settle();
    a_while().await;
    assert_eq!(sink.received().len(), 1, "one mail for what still stands");
    let mail = nth_mail(&sink, 1).await;
    assert_eq!(
        said(&mail).matches("10:00").count(),
        2,
        "and the cancelled date is not in it: {}",
        said(&mail)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_to_be_contacted_gets_no_mail_and_the_person_sees_why() {
    let (sink, mut clinic) = table().await;
    let client = clinic.client_with(json!({ "do_not_contact": true }));
    let request = clinic.booking(&client, 0, &at(1, 10, 0), true);
    let booked = clinic.app.ok("session.book", request);
    assert_eq!(
        booked["acted"]["flags"],
        json!([{ "kind": "not_told", "why": { "kind": "reach", "why": "do_not_contact" } }])
    );
    assert_eq!(booked["acted"]["notices"], json!([]));
    let session = text(&booked["sessions"][0]);
    let acted = clinic.cancel(&session, None);
    assert_eq!(acted["flags"][0]["kind"], "not_told", "{acted}");
    let untold = clinic.attention("untold");
    assert_eq!(untold.len(), 1, "somebody has to ring: {untold:?}");
    assert_eq!(untold[0]["phone"], "+60123456789");
    let later = clinic.book(&client, 0, &at(1, 12, 0), false);
    let refusal = clinic.app.refused(
        "session.remind",
        json!({ "session": later, "channel": "email", "again": false }),
    );
    assert_eq!(refusal["denial"]["kind"], "reach", "{refusal}");
    clinic
        .app
        .ok("told.personally", json!({ "session": session }));
    assert_eq!(
        clinic.attention("untold"),
        Vec::<Value>::new(),
        "they were rung"
    );
    a_while().await;
    assert!(sink.received().is_empty(), "not one mail");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_for_silence_while_a_message_waits_does_not_get_it() {
    let (sink, mut clinic) = table().await;
    let (client, session) = told(&sink, &mut clinic).await;
    busy(&sink);
    clinic.reschedule(&session, &at(3, 15, 0), 1);
    clinic.held_back(&session);
    let page = clinic.app.ok("client.get", json!({ "client": client }));
    let mut record = page["record"].clone();
    record["do_not_contact"] = json!(true);
    clinic.app.ok(
        "client.save",
        json!({
            "client": client, "record": record, "before": page["record"], "revisions": page["revisions"],
            "duplicates_seen": false,
        }),
    );
    try_again(&mut clinic, &sink);
    clinic.app.until(
        "the message to be taken back",
        "session.get",
        json!({ "session": session }),
        |detail| detail["notices"][0]["state"] == "withdrawn",
    );
    assert_eq!(
        sink.received().len(),
        1,
        "nothing goes to who asked for silence"
    );
    let told = clinic.session(&session)["told"].clone();
    assert_eq!(
        told["kind"], "outdated",
        "and the screen does not pretend that they know: {told}"
    );
    assert_eq!(told["waiting"], false);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_a_couple_cancels_and_the_other_who_has_no_address_is_shown_as_untold() {
    let (sink, mut clinic) = table().await;
    let one = clinic.client();
    let other = clinic.client_with(json!({
        "full_name": "Jon Lim", "called": "Jon", "email": null, "phones": ["012-345 6700"],
    }));
    let mut request = clinic.booking(&one, 0, &at(1, 10, 0), true);
    request["more_clients"] = json!([other]);
    let session = text(&clinic.app.ok("session.book", request)["sessions"][0]);
    nth_mail(&sink, 1).await;
    let mut request = cancellation(&session, None);
    request["by"] = json!("client");
    clinic.app.ok("session.cancel", request);
    nth_mail(&sink, 2).await;
    clinic.notice_becomes(&session, "sent");
    let untold = clinic.attention("untold");
    assert_eq!(untold.len(), 1, "{untold:?}");
    assert_eq!(untold[0]["client_id"], json!(other), "{untold:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancellation_whose_mail_failed_is_shown_as_untold_whoever_is_said_to_have_cancelled() {
    let (sink, mut clinic) = table().await;
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(1, 10, 0), true);
    clinic.notice_becomes(&session, "sent");
    sink.once(Step::Rcpt, Act::Say("550 5.1.1 no such user"));
    let mut request = cancellation(&session, None);
    request["by"] = json!("client");
    clinic.app.ok("session.cancel", request.clone());
    clinic.notice_becomes(&session, "failed");
    assert_eq!(clinic.attention("untold").len(), 1);
    // Without a message there is nobody to tell what they said themselves.
    let quiet = clinic.book(&client, 0, &at(1, 14, 0), true);
    clinic.notice_becomes(&quiet, "sent");
    request["session"] = json!(quiet);
    request["notify"] = json!(false);
    clinic.app.ok("session.cancel", request);
    assert_eq!(clinic.session(&quiet)["told"]["kind"], "nothing");
    assert_eq!(clinic.attention("untold").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_booking_whose_message_did_not_go_is_one_nobody_was_told_of() {
    let (sink, mut clinic) = table().await;
    let client = clinic.client();
    sink.once(Step::Rcpt, Act::Say("550 5.1.1 no such user"));
    let session = clinic.book(&client, 0, &at(1, 10, 0), true);
    clinic.notice_becomes(&session, "failed");
    assert_eq!(clinic.session(&session)["told"]["kind"], "outdated");
    assert_eq!(clinic.attention("untold").len(), 1);
    // Across the desk nobody writes, and there is nothing they could have missed.
    let quiet = clinic.book(&client, 0, &at(1, 14, 0), false);
    assert_eq!(clinic.session(&quiet)["told"]["kind"], "nothing");
    assert_eq!(clinic.attention("untold").len(), 1);
    let told = json!({ "session": session, "client": client });
    clinic.app.ok("told.personally", told);
    assert_eq!(clinic.session(&session)["told"]["kind"], "up_to_date");
    assert_eq!(clinic.attention("untold").len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_person_said_on_the_phone_is_not_mailed_again() {
    let (sink, mut clinic) = table().await;
    let (_, session) = told(&sink, &mut clinic).await;
    busy(&sink);
    clinic.reschedule(&session, &at(3, 15, 0), 1);
    clinic.held_back(&session);
    clinic
        .app
        .ok("told.personally", json!({ "session": session }));
    let told = clinic.session(&session)["told"].clone();
    assert_eq!(
        (&told["kind"], &told["personally"]),
        (&json!("up_to_date"), &json!(true)),
        "{told}"
    );
    try_again(&mut clinic, &sink);
    clinic.settle();
    a_while().await;
    assert_eq!(sink.received().len(), 1, "they know already");
    clinic.cancel(&session, None);
    nth_mail(&sink, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_reminder_within_twelve_hours_is_asked_about_first() {
    let (sink, mut clinic) = table().await;
    let (_, session) = told(&sink, &mut clinic).await;
    let remind = |again: bool| json!({ "session": session, "channel": "email", "again": again });
    clinic.app.ok("session.remind", remind(false));
    nth_mail(&sink, 2).await;
    let refusal = clinic.app.refused("session.remind", remind(false));
    assert_eq!(refusal["code"], "recently_reminded", "{refusal}");
    clinic.app.ok("session.remind", remind(true));
    nth_mail(&sink, 3).await;
    clinic.notice_becomes(&session, "sent");
    clinic.computer.set_clock(13 * 3600);
    clinic.app.ok("session.remind", remind(false));
    nth_mail(&sink, 4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelled_twice_is_told_once() {
    let (sink, mut clinic) = table().await;
    let (_, session) = told(&sink, &mut clinic).await;
    clinic.cancel(&session, None);
    let second = clinic
        .app
        .ask("session.cancel", cancellation(&session, None));
    if let Ok(acted) = second {
        assert_eq!(acted["flags"][0]["kind"], "already_so", "{acted}");
    }
    clinic.notice_becomes(&session, "sent");
    clinic.settle();
    a_while().await;
    assert_eq!(sink.received().len(), 2, "booked once, cancelled once");
}
