//! One session's whole life, as the client's mailbox and the screens see it.

use mail_parser::{Message, MessageParser, MimeHeaders as _};
use safetalk_tests::smtp::{Received, Sink, SinkOptions};
use serde_json::{Value, json};

use crate::clinic::{
    CLIENT, Clinic, EMAIL, a_while, at, cancellation, day, not_anyway, nth_mail, text,
};

const REMARK: &str = "Panic attack at work, wants Thursday";

/// A mail as a client's program reads it.
struct Mail {
    subject: String,
    text: String,
    ics: Option<Ics>,
}

/// The calendar part.
struct Ics {
    method_of_part: String,
    lines: Vec<String>,
}

impl Ics {
    /// A value of the calendar itself.
    fn value(&self, name: &str) -> String {
        Self::find(&self.lines, name)
    }

    /// A value of the event; the zone's own rules come before it.
    fn event(&self, name: &str) -> String {
        let begin = self.lines.iter().position(|line| line == "BEGIN:VEVENT");
        Self::find(&self.lines[begin.expect("an event")..], name)
    }

    fn find(lines: &[String], name: &str) -> String {
        let line = lines.iter().find(|line| {
            line.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with([':', ';']))
        });
        let line = line.unwrap_or_else(|| panic!("{name} in {lines:?}"));
        line.split_once(':').expect("a value").1.to_owned()
    }
}

fn read(received: &Received) -> Mail {
    assert_eq!(received.to, [EMAIL], "only the client receives it");
    assert!(received.encrypted, "it came over TLS");
    assert_eq!(
        received.user.as_deref(),
        Some("clinic@example.org"),
        "signed in"
    );
    let message: Message<'_> = MessageParser::default()
        .parse(&received.raw)
        .expect("a mail");
    let to = message.to().and_then(|to| to.first()).expect("a recipient");
    assert_eq!(to.address(), Some(EMAIL), "the header says whom it is for");
    let ics = message.parts.iter().find_map(|part| {
        let kind = part.content_type()?;
        (kind.ctype() == "text" && kind.subtype() == Some("calendar")).then(|| Ics {
            method_of_part: kind.attribute("method").unwrap_or_default().to_owned(),
            lines: part
                .text_contents()
                .expect("text")
                .replace("\r\n ", "")
                .lines()
                .map(str::to_owned)
                .collect(),
        })
    });
    let mail = Mail {
        subject: message.subject().expect("a subject").to_owned(),
        text: message.body_text(0).expect("a text").into_owned(),
        ics,
    };
    for secret in [CLIENT, "Maya", "Rahman", "Counselling", "therap"] {
        assert!(
            !mail.subject.to_lowercase().contains(&secret.to_lowercase()),
            "the subject {:?} can be read over a shoulder",
            mail.subject
        );
    }
    let raw = String::from_utf8_lossy(&received.raw);
    assert!(
        !raw.contains("Rahman"),
        "the mail says only the name the client is called by"
    );
    assert!(
        !raw.contains("Counselling"),
        "what kind of session it is stays in the clinic"
    );
    mail
}

/// A time on the clinic's wall as ICS writes it.
fn on_the_wall(days: i64, hour: u16, minute: u16) -> String {
    format!("{}T{hour:02}{minute:02}00", day(days).replace('-', ""))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_booked_moved_extended_missed_and_cancelled_and_the_client_hears_each_once() {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let mut clinic = Clinic::with_mail(&sink);
    let client = clinic.client();
    let other = clinic.client_with(
        json!({ "full_name": "Wei Jun Tan", "called": "Wei", "email": "wei@example.net" }),
    );

    // Book.
    let session = clinic.book(&client, 0, &at(3, 10, 0), true);
    let mail = read(&nth_mail(&sink, 1).await);
    let ics = mail.ics.expect("an invitation");
    assert_eq!(ics.method_of_part, "REQUEST");
    assert_eq!(ics.value("METHOD"), "REQUEST", "body and MIME agree");
    let uid = ics.event("UID");
    assert_eq!(ics.event("SEQUENCE"), "0", "the first word about it");
    assert_eq!(ics.event("DTSTART"), on_the_wall(3, 10, 0));
    assert_eq!(ics.event("DTEND"), on_the_wall(3, 10, 50));
    assert!(
        mail.text.contains("Maya"),
        "it greets by the name they are called: {}",
        mail.text
    );
    assert!(
        mail.text.contains("10:00"),
        "it says the time: {}",
        mail.text
    );
    assert!(
        mail.text.contains("Quiet Rooms"),
        "it says who writes: {}",
        mail.text
    );
    clinic.notice_becomes(&session, "sent");
    assert_eq!(clinic.session(&session)["told"]["kind"], "up_to_date");

    clinic.computer.set_clock(60);
    // Onto a taken room.
    let second = clinic.book(&other, 1, &at(4, 15, 0), false);
    let request = clinic.move_to(&session, &at(4, 15, 10), 1);
    let refusal = clinic.app.refused("session.reschedule", request);
    assert_eq!(refusal["code"], "not_available", "{refusal}");
    let cause = &refusal["unavailable"]["room"][0];
    assert_eq!(cause["kind"], "taken", "{refusal}");
    assert_eq!(cause["session"], json!(second), "it says by which session");
    let check = clinic.app.ok(
        "session.check",
        json!({
            "session": session, "service": null, "therapist": clinic.therapist, "place": clinic.room(1),
            "start": at(4, 15, 10), "minutes": null, "end": null,
        }),
    );
    assert_eq!(
        check["available"], false,
        "the message box says what would be decided"
    );
    assert_eq!(check["room"][0]["kind"], "taken");
    assert_eq!(
        check["room"][0]["client"], "Wei Jun Tan",
        "and who has the room"
    );

    clinic.computer.set_clock(120);
    // Onto a free slot.
    clinic.reschedule(&session, &at(4, 17, 30), 1);
    let mail = read(&nth_mail(&sink, 2).await);
    assert!(
        mail.text.contains("10:00") && mail.text.contains("17:30"),
        "the old and the new time: {}",
        mail.text
    );
    let ics = mail.ics.expect("an update");
    assert_eq!(
        ics.event("UID"),
        uid,
        "the same entry of the client's calendar"
    );
    assert_eq!(ics.event("SEQUENCE"), "1", "one up");
    assert_eq!(ics.event("DTSTART"), on_the_wall(4, 17, 30));
    clinic.notice_becomes(&session, "sent");

    clinic.computer.set_clock(180);
    // Extend, with an invoice by email.
    let guard = clinic.session(&session)["guard"].take();
    clinic.app.ok(
        "session.modify_duration",
        json!({
            "session": session, "guard": guard, "end": at(4, 18, 50), "notify": true,
            "invoice": { "amount": { "minor": 10_850, "currency": "MYR" }, "due": day(10), "text": "Extension", "send": ["email"] },
            "anyway": not_anyway(),
        }),
    );
    let mails = sink
        .wait_for(4, crate::computer::PATIENCE)
        .await
        .expect("two mails");
    let mails: Vec<Mail> = mails[2..].iter().map(read).collect();
    let (changed, invoice) = match (&mails[0].ics, &mails[1].ics) {
        (Some(_), None) => (&mails[0], &mails[1]),
        (None, Some(_)) => (&mails[1], &mails[0]),
        both => panic!("one invitation and one invoice, not {}", both.0.is_some()),
    };
    let ics = changed.ics.as_ref().expect("chosen so");
    assert_eq!(
        (ics.event("UID"), ics.event("SEQUENCE")),
        (uid.clone(), "2".to_owned())
    );
    assert_eq!(ics.event("DTEND"), on_the_wall(4, 18, 50));
    assert!(
        invoice.text.contains("INV-0001"),
        "the ledger's number: {}",
        invoice.text
    );
    assert!(
        invoice.text.contains("108.50"),
        "the amount: {}",
        invoice.text
    );
    let listed = clinic.app.ok(
        "invoice.list",
        json!({ "client": client, "status": "issued", "overdue": false, "most": 10 }),
    );
    assert_eq!(listed["invoices"][0]["amount"]["minor"], 10_850, "{listed}");
    assert_eq!(listed["invoices"][0]["sent"], true, "{listed}");

    clinic.computer.set_clock(240);
    // Cancel with a remark: therapist and room are free in the same instant.
    clinic.cancel(&session, Some(REMARK));
    let again = clinic.booking(&other, 1, &at(4, 17, 30), false);
    clinic.app.ok("session.book", again);
    let received = nth_mail(&sink, 5).await;
    let mail = read(&received);
    let ics = mail.ics.expect("a cancellation");
    assert_eq!(ics.method_of_part, "CANCEL");
    assert_eq!(ics.value("METHOD"), "CANCEL");
    assert_eq!(
        (ics.event("UID"), ics.event("SEQUENCE")),
        (uid, "3".to_owned())
    );
    for word in ["Panic", "attack", "wants Thursday"] {
        assert!(
            !String::from_utf8_lossy(&received.raw).contains(word),
            "the remark stays in the clinic"
        );
        assert!(
            !mail.text.contains(word),
            "the remark stays in the clinic, whatever the encoding"
        );
    }
    clinic.notice_becomes(&session, "sent");

    clinic.computer.set_clock(300);
    // All still there after a restart, and nothing goes twice.
    let before = clinic.session(&session);
    clinic.restart();
    let after = clinic.session(&session);
    for part in [
        "status", "when", "remarks", "invoices", "notices", "activity", "told", "guard",
    ] {
        assert_eq!(
            before[part], after[part],
            "{part} is as it was before the restart"
        );
    }
    assert_eq!(after["status"], "cancelled");
    assert_eq!(after["remarks"][0]["text"], REMARK);
    a_while().await;
    assert_eq!(sink.received().len(), 5, "a restart sends nothing again");

    // Activity tells what happened and which message went where and how it ended.
    let activity = after["activity"].as_array().expect("a list").clone();
    let kinds: Vec<String> = activity
        .iter()
        .rev()
        .map(|line| text(&line["what"]["kind"]))
        .collect();
    let mut order = kinds.iter();
    for kind in ["booked", "rescheduled", "duration_modified", "cancelled"] {
        assert!(
            order.any(|k| k == kind),
            "{kind} in its place among {kinds:?}"
        );
    }
    let went: Vec<&Value> = activity
        .iter()
        .filter(|line| line["what"]["kind"] == "notice_moved" && line["what"]["to"] == "sent")
        .collect();
    assert_eq!(
        went.len(),
        5,
        "one line for each mail that went: {activity:#?}"
    );
    assert!(
        went.iter().all(|line| line["address"] == EMAIL),
        "and where it went: {went:#?}"
    );
    let moved = activity
        .iter()
        .find(|line| line["what"]["kind"] == "rescheduled")
        .expect("the move");
    assert_eq!(moved["from"]["when"]["start"]["minute"], 600, "{moved}");
    assert_eq!(
        moved["to"]["when"]["start"]["minute"],
        17 * 60 + 30,
        "{moved}"
    );
    assert_eq!(moved["by_me"], true, "and who did it");
}

#[test]
fn a_client_who_did_not_come_is_marked_and_the_mark_can_be_taken_back() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(1, 10, 0), false);
    let request = json!({ "session": session, "invoice": { "kind": "keep" }, "free_rest": false });
    let refusal = clinic.app.refused("session.no_show", request.clone());
    assert_eq!(
        refusal["code"], "denied",
        "nobody can have missed what is to come: {refusal}"
    );

    clinic.computer.set_clock(3 * 86_400);
    assert_eq!(
        clinic.session(&session)["status"],
        "completed",
        "the session is over"
    );
    clinic.app.ok("session.no_show", request);
    let detail = clinic.session(&session);
    assert_eq!(detail["status"], "no_show", "{detail}");
    assert_eq!(detail["attendance"]["missed"], 1);
    clinic.restart();
    assert_eq!(
        clinic.session(&session)["status"],
        "no_show",
        "it stays on the calendar as missed"
    );
    clinic
        .app
        .ok("session.undo_no_show", json!({ "session": session }));
    assert_eq!(clinic.session(&session)["status"], "completed");
    assert_eq!(clinic.session(&session)["attendance"]["missed"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_session_is_restored_only_while_its_slot_is_free() {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let mut clinic = Clinic::with_mail(&sink);
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(2, 9, 0), true);
    clinic.notice_becomes(&session, "sent");
    clinic.cancel(&session, None);
    clinic.notice_becomes(&session, "sent");
    let other = clinic.book(&client, 0, &at(2, 9, 30), false);
    let restore = json!({ "session": session, "notify": true, "anyway": not_anyway() });
    let refusal = clinic.app.refused("session.restore", restore.clone());
    assert_eq!(refusal["code"], "not_available", "{refusal}");
    let mut quietly = cancellation(&other, None);
    quietly["notify"] = json!(false);
    clinic.app.ok("session.cancel", quietly);
    clinic.app.ok("session.restore", restore);
    clinic.notice_becomes(&session, "sent");
    let mail = read(&sink.received()[2]);
    let ics = mail.ics.expect("an invitation");
    assert_eq!(ics.value("METHOD"), "REQUEST", "it takes place after all");
    assert_eq!(ics.event("SEQUENCE"), "2", "later than the cancellation");
    assert_eq!(
        sink.received().len(),
        3,
        "the other client was never told of anything and is not now"
    );
}

#[test]
fn the_link_of_an_online_session_stays_while_only_its_time_moves_and_can_be_changed_alone() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let mut request = clinic.booking(&client, 0, &at(2, 9, 0), false);
    request["place"] = json!({ "kind": "online" });
    request["place_text"] = json!("https://meet.example/1");
    let session = text(&clinic.app.ok("session.book", request)["sessions"][0]);
    let mut moved = |start: &Value, words: Value| {
        let mut request = clinic.move_to(&session, start, 0);
        request["place"] = json!({ "kind": "online" });
        request["place_text"] = words;
        clinic.app.ok("session.reschedule", request);
        clinic.session(&session)["place"]["note"].take()
    };
    let later = at(2, 10, 0);
    assert_eq!(moved(&later, Value::Null), "https://meet.example/1");
    assert_eq!(
        moved(&later, json!("https://meet.example/2")),
        "https://meet.example/2"
    );
    assert_eq!(
        moved(&later, json!("")),
        Value::Null,
        "an empty line takes it away"
    );
}

#[test]
fn a_week_of_sessions_is_booked_at_once_or_not_at_all() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    clinic.book(&client, 0, &at(15, 10, 0), false);
    let mut request = clinic.booking(&client, 1, &at(1, 10, 0), false);
    request["repeat"] = json!({ "every_weeks": 1, "count": 4, "leave_out": [] });
    let refusal = clinic.app.refused("session.book", request.clone());
    assert_eq!(refusal["code"], "series_not_available", "{refusal}");
    assert_eq!(
        refusal["numbers"],
        json!([3]),
        "the third meets the therapist's other session"
    );
    let client_page = clinic.app.ok("client.get", json!({ "client": client }));
    assert_eq!(
        client_page["sessions"].as_array().expect("a list").len(),
        1,
        "none of the four was booked"
    );
    request["repeat"]["leave_out"] = json!([3]);
    let booked = clinic.app.ok("session.book", request);
    assert_eq!(booked["sessions"].as_array().expect("a list").len(), 3);
    clinic.crash();
    let client_page = clinic.app.ok("client.get", json!({ "client": client }));
    assert_eq!(
        client_page["sessions"].as_array().expect("a list").len(),
        4,
        "all three are kept"
    );
}

#[test]
fn a_repetition_with_draft_an_invoice_ticked_bills_every_session_of_it() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let mut request = clinic.booking(&client, 1, &at(1, 10, 0), false);
    request["repeat"] = json!({ "every_weeks": 1, "count": 4, "leave_out": [3] });
    request["invoice"] = json!(true);
    let booked = clinic.app.ok("session.book", request);
    let drafts = |clinic: &mut Clinic, status: &str| -> Vec<Value> {
        let asked = json!({ "client": client, "status": status, "overdue": false, "most": 50 });
        let view = clinic.app.ok("invoice.list", asked);
        view["invoices"].as_array().expect("a list").clone()
    };
    let made = drafts(&mut clinic, "draft");
    let sessions = booked["sessions"].as_array().expect("a list");
    assert_eq!(made.len(), 3, "one for each that was booked");
    for session in sessions {
        let of_it: Vec<_> = made.iter().filter(|it| &it["session"] == session).collect();
        assert_eq!(of_it.len(), 1, "each its own");
        assert_eq!(of_it[0]["amount"]["minor"], 18_000);
    }
    clinic.app.ok(
        "act.undo",
        json!({ "intent": booked["acted"]["intent"], "told_is_known": false }),
    );
    assert_eq!(drafts(&mut clinic, "draft"), Vec::<Value>::new());
    assert_eq!(drafts(&mut clinic, "void").len(), 3, "taken back with them");
}

#[test]
fn a_second_extension_costs_as_much_as_the_first() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(3, 10, 0), false);
    for (until, pay) in [(at(3, 11, 0), 3_600), (at(3, 11, 10), 3_600)] {
        let mut stands = clinic.session(&session);
        let check = clinic.app.ok(
            "session.check",
            json!({
                "session": session, "service": clinic.service, "therapist": clinic.therapist,
                "place": stands["place"]["place"], "start": at(3, 10, 0), "minutes": null, "end": until,
            }),
        );
        assert_eq!(
            check["extension_price"]["minor"], pay,
            "ten minutes of fifty for 180.00: {}",
            check["extension_price"]
        );
        clinic.app.ok(
            "session.modify_duration",
            json!({
                "session": session, "guard": stands["guard"].take(), "end": until, "notify": false, "invoice": null,
                "anyway": not_anyway(),
            }),
        );
    }
}

#[test]
fn an_extension_sent_by_whatsapp_is_a_draft_that_needs_attention_until_somebody_opens_it() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(3, 10, 0), false);
    let guard = clinic.session(&session)["guard"].take();
    let done = clinic.app.ok(
        "session.modify_duration",
        json!({
            "session": session, "guard": guard, "end": at(3, 11, 20), "notify": false,
            "invoice": { "amount": { "minor": 10_800, "currency": "MYR" }, "due": day(10), "text": "Extension", "send": ["whatsapp"] },
            "anyway": not_anyway(),
        }),
    );
    let draft = |clinic: &mut Clinic| clinic.attention("draft");
    assert_eq!(
        draft(&mut clinic),
        Vec::<Value>::new(),
        "it is only just made"
    );
    // The ledger decides by its own clock: it has to have the draft before the minutes pass.
    clinic.app.until(
        "the ledger to have it",
        "session.get",
        json!({ "session": session }),
        |detail| {
            let lines = detail["activity"].as_array().expect("a list");
            lines.iter().all(|line| line["pending"] == false)
        },
    );
    clinic.computer.set_clock(180);
    let waiting = draft(&mut clinic);
    assert_eq!(waiting.len(), 1, "nobody has opened it");
    let notice = &waiting[0]["notice"];
    assert_eq!(notice["id"], done["notices"][0]);
    assert_eq!(notice["channel"], "whatsapp");
    let read = |clinic: &mut Clinic| {
        clinic
            .app
            .ok("notice.text", json!({ "notice": notice["id"] }))
    };
    let opened_with = read(&mut clinic);
    clinic
        .app
        .ok("notice.open_whatsapp", json!({ "notice": notice["id"] }));
    assert_eq!(draft(&mut clinic), Vec::<Value>::new());
    clinic.app.ok(
        "notice.record_whatsapp",
        json!({ "notice": notice["id"], "became": "sent" }),
    );
    clinic.edit_client(
        &client,
        json!({ "phones": ["+60129999999"], "language": "ms" }),
    );
    assert_eq!(
        read(&mut clinic),
        opened_with,
        "what went is read as it went"
    );
    let activity = clinic.session(&session)["activity"].take();
    let sent: Vec<&Value> = activity
        .as_array()
        .expect("a list")
        .iter()
        .filter(|line| line["what"]["kind"] == "notice_moved" && line["what"]["to"] == "sent")
        .collect();
    assert_eq!(sent.len(), 1, "{activity}");
    assert_eq!(sent[0]["address"], opened_with["to"], "and where it went");
}

#[test]
fn calls_that_come_at_once_do_not_wait_for_each_other() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(1, 10, 0), false);
    for (cmd, payload) in [
        ("session.get", json!({ "session": session })),
        ("client.get", json!({ "client": client })),
        ("dashboard.get", json!({})),
        ("sidebar.get", json!({})),
        (
            "invoice.list",
            json!({ "client": null, "status": null, "overdue": false, "most": 50 }),
        ),
        ("notice.list", json!({ "open_only": false, "most": 50 })),
    ] {
        let all = json!({ "cmd": cmd, "payload": payload, "times": 24 });
        assert_eq!(
            clinic.app.ok("many at once", all),
            24,
            "{cmd}: a call that keeps one reader while it waits for another stops all of them"
        );
    }
}

/// Late is within so many hours, and costs fifty.
fn late_costs_fifty(clinic: &mut Clinic) {
    clinic.app.ok(
        "clinic.save",
        json!({
            "name": "Quiet Rooms", "phone": null, "address": null, "payment_text": null, "invoice_prefix": "INV-",
            "next_invoice": 1, "due_days": 7, "first_weekday": 0, "late_cancel_hours": 48, "late_cancel_fee": fifty(),
            "no_show_fee": null,
        }),
    );
}

fn fifty() -> Value {
    json!({ "minor": 5000, "currency": "MYR" })
}

/// Kind and status of a session's invoices, those that stand.
fn owed(clinic: &mut Clinic, session: &str) -> Vec<(String, String)> {
    let detail = clinic.session(session);
    let all = detail["invoices"].as_array().expect("a list").iter();
    all.filter(|it| it["status"] != "void")
        .map(|it| (text(&it["kind"]), text(&it["status"])))
        .collect()
}

#[test]
fn taking_a_restore_back_brings_the_fee_back_that_it_made_void() {
    let mut clinic = Clinic::found();
    late_costs_fifty(&mut clinic);
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(1, 10, 0), false);
    let mut request = cancellation(&session, None);
    request["invoice"] = json!({ "kind": "fee", "amount": fifty() });
    request["notify"] = json!(false);
    clinic.app.ok("session.cancel", request);
    let fee = [("late_cancel_fee".to_owned(), "issued".to_owned())];
    assert_eq!(owed(&mut clinic, &session), fee);
    clinic.app.ok(
        "session.restore",
        json!({ "session": session, "notify": false, "anyway": not_anyway() }),
    );
    assert_eq!(owed(&mut clinic, &session), []);
    let undone = clinic.app.ok(
        "act.undo",
        json!({ "intent": null, "told_is_known": false }),
    );
    assert_eq!(undone["kind"], "done", "{undone}");
    assert_eq!(clinic.session(&session)["status"], "cancelled");
    assert_eq!(owed(&mut clinic, &session), fee);
}

#[test]
fn taking_a_restore_back_leaves_an_invoice_alone_that_the_cancellation_kept() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let mut booking = clinic.booking(&client, 0, &at(1, 10, 0), false);
    booking["invoice"] = json!(true);
    let session = text(&clinic.app.ok("session.book", booking)["sessions"][0]);
    let mut request = cancellation(&session, None);
    request["notify"] = json!(false);
    clinic.app.ok("session.cancel", request);
    clinic.app.ok(
        "session.restore",
        json!({ "session": session, "notify": false, "anyway": not_anyway() }),
    );
    clinic.app.ok(
        "act.undo",
        json!({ "intent": null, "told_is_known": false }),
    );
    assert_eq!(
        owed(&mut clinic, &session),
        [("session".to_owned(), "draft".to_owned())]
    );
}

#[test]
fn cancelling_late_offers_the_fee_unless_the_session_is_paid() {
    let mut clinic = Clinic::found();
    late_costs_fifty(&mut clinic);
    let client = clinic.client();
    let mut booking = clinic.booking(&client, 0, &at(1, 10, 0), false);
    booking["invoice"] = json!(true);
    let session = text(&clinic.app.ok("session.book", booking)["sessions"][0]);
    let offer = clinic.session(&session)["cancel"].clone();
    assert_eq!(offer["fate"], json!({ "kind": "fee", "amount": fifty() }));
    let invoice = clinic.session(&session)["invoices"][0]["id"].clone();
    clinic
        .app
        .ok("invoice.issue", json!({ "invoice": invoice }));
    clinic.app.ok(
        "invoice.pay",
        json!({ "invoice": invoice, "paid": { "on": day(0), "method": "cash" } }),
    );
    clinic.computer.set_clock(3 * 86_400);
    let offer = clinic.session(&session)["cancel"].clone();
    assert_eq!(offer["late"], true, "{offer}");
    assert_eq!(offer["fate"], json!({ "kind": "keep" }), "{offer}");
}

#[test]
fn a_session_of_the_next_day_that_nobody_confirmed_stands_on_the_dashboard_until_somebody_does() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let soon = clinic.book(&client, 0, &at(1, 12, 0), false);
    clinic.book(&client, 0, &at(2, 12, 0), false);
    // Tomorrow at nine, by the clinic's wall.
    let wall = crate::clinic::now() + 8 * 3600;
    clinic
        .computer
        .set_clock(86_400 - wall.rem_euclid(86_400) + 9 * 3600);
    let open = clinic.attention("unconfirmed");
    assert_eq!(open.len(), 1, "one card for all of them: {open:?}");
    let sessions = open[0]["sessions"].as_array().expect("a list");
    assert_eq!(sessions.len(), 1, "the other is two days away: {open:?}");
    assert_eq!(sessions[0]["session"], soon);
    assert_eq!(sessions[0]["client"], CLIENT);
    let confirm = json!({ "session": soon, "confirmed": true });
    clinic.app.ok("session.confirm", confirm);
    assert_eq!(clinic.attention("unconfirmed"), Vec::<Value>::new());
}
