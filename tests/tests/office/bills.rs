//! Invoices as a person makes them, and what stays of one that was issued.

use std::time::Duration;

use safetalk_tests::smtp::{Act, Sink, SinkOptions, Step};
use serde_json::{Value, json};

use crate::clinic::{Clinic, at, day, nth_mail, said, text};

fn ringgit(minor: i64) -> Value {
    json!({ "minor": minor, "currency": "MYR" })
}

/// What the dialog sends.
fn draft(client: &str, session: Option<&str>) -> Value {
    json!({
        "invoice": null, "client": client, "session": session, "amount": ringgit(18_000), "due": null, "text": "",
    })
}

/// The newest invoice, whole.
fn newest(clinic: &mut Clinic) -> Value {
    let all = clinic.app.ok(
        "invoice.list",
        json!({ "client": null, "status": null, "overdue": false, "most": 9 }),
    );
    let invoice = &all["invoices"][0]["id"];
    clinic.app.ok("invoice.get", json!({ "invoice": invoice }))
}

fn undo(clinic: &mut Clinic, acted: &Value) {
    assert_eq!(acted["undoable"], true, "{acted}");
    let undone = clinic.app.ok(
        "act.undo",
        json!({ "intent": acted["intent"], "told_is_known": false }),
    );
    assert_eq!(undone["kind"], "done", "{undone}");
}

fn named(clinic: &mut Clinic, name: &str, payment: &str) {
    let next = clinic.app.ok("clinic.get", json!({}))["clinic"]["facts"]["next_invoice"].take();
    clinic.app.ok(
        "clinic.save",
        json!({
            "name": name, "phone": null, "address": "12 Jalan Ampang", "payment_text": payment, "invoice_prefix": "INV-",
            "next_invoice": next, "due_days": 7, "first_weekday": 0, "late_cancel_hours": 24, "late_cancel_fee": null,
            "no_show_fee": null,
        }),
    );
}

#[test]
fn a_session_booked_without_an_invoice_is_billed_later_and_the_draft_is_changed_and_changed_back() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(3, 10, 0), false);
    assert_eq!(clinic.session(&session)["invoices"], json!([]));
    clinic
        .app
        .ok("invoice.draft", draft(&client, Some(&session)));
    let made = newest(&mut clinic);
    assert_eq!(made["brief"]["status"], "draft");
    assert_eq!(made["due_by_terms"], true);
    assert_eq!(made["brief"]["due"], day(7), "the clinic's days");

    let mut change = draft(&client, Some(&session));
    change["invoice"] = made["brief"]["id"].clone();
    change["amount"] = ringgit(9_900);
    change["due"] = json!(day(20));
    change["text"] = json!("As agreed");
    let acted = clinic.app.ok("invoice.draft", change);
    let changed = newest(&mut clinic);
    assert_eq!(changed["brief"]["id"], made["brief"]["id"], "the same one");
    assert_eq!(
        (
            &changed["brief"]["amount"]["minor"],
            &changed["brief"]["due"],
            &changed["due_by_terms"],
            &changed["text"],
        ),
        (
            &json!(9_900),
            &json!(day(20)),
            &json!(false),
            &json!("As agreed")
        )
    );
    undo(&mut clinic, &acted);
    assert_eq!(
        newest(&mut clinic),
        made,
        "all of it, the reckoned due date too"
    );

    clinic
        .app
        .ok("invoice.issue", json!({ "invoice": made["brief"]["id"] }));
    let mut late = draft(&client, Some(&session));
    late["invoice"] = made["brief"]["id"].clone();
    assert_eq!(
        clinic.app.refused("invoice.draft", late)["code"],
        "invoice_state",
        "an issued one no longer changes"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_and_the_mail_of_an_issued_invoice_say_what_was_so_at_its_issue() {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let mut clinic = Clinic::with_mail(&sink);
    named(&mut clinic, "Quiet Rooms", "Maybank 5140");
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(3, 10, 0), false);
    clinic
        .app
        .ok("invoice.draft", draft(&client, Some(&session)));
    let invoice = newest(&mut clinic)["brief"]["id"].clone();
    clinic
        .app
        .ok("invoice.issue", json!({ "invoice": invoice }));
    clinic.app.until(
        "the ledger to give it its number",
        "invoice.get",
        json!({ "invoice": invoice }),
        |page| page["brief"]["number"].is_string(),
    );
    let issued = newest(&mut clinic);
    assert_eq!(issued["payment_text"], "Maybank 5140");
    assert_eq!(issued["session_when"], clinic.session(&session)["when"]);

    named(&mut clinic, "Loud Rooms", "Cimb 77");
    clinic.edit_client(&client, json!({ "full_name": "Maya Tan" }));
    let mut moved = clinic.move_to(&session, &at(5, 15, 0), 1);
    moved["notify"] = json!(false);
    clinic.app.ok("session.reschedule", moved);
    let now = newest(&mut clinic);
    for field in [
        "clinic_name",
        "clinic_address",
        "payment_text",
        "billed_to",
        "session_when",
    ] {
        assert_eq!(now[field], issued[field], "{field}");
    }
    assert_ne!(
        now["session_when"],
        clinic.session(&session)["when"],
        "the session itself did move"
    );
    clinic.app.ok(
        "invoice.send",
        json!({ "invoice": invoice, "channel": "email" }),
    );
    let mail = said(&nth_mail(&sink, 1).await);
    assert!(
        mail.contains("Maybank 5140") && !mail.contains("Cimb"),
        "how to pay: {mail}"
    );
    assert!(
        mail.contains("Quiet Rooms") && !mail.contains("Loud"),
        "who is owed: {mail}"
    );
}

#[test]
fn a_payment_is_taken_back_by_undo_and_by_its_own_button() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    clinic.app.ok("invoice.draft", {
        let mut line = draft(&client, None);
        line["text"] = json!("A letter");
        line
    });
    let invoice = newest(&mut clinic)["brief"]["id"].clone();
    clinic
        .app
        .ok("invoice.issue", json!({ "invoice": invoice }));
    let pay = json!({ "invoice": invoice, "paid": { "on": day(0), "method": "cash" } });
    let status = |clinic: &mut Clinic| text(&newest(clinic)["brief"]["status"]);
    let acted = clinic.app.ok("invoice.pay", pay.clone());
    assert_eq!(status(&mut clinic), "paid");
    undo(&mut clinic, &acted);
    assert_eq!(status(&mut clinic), "issued");
    assert_eq!(newest(&mut clinic)["paid"], Value::Null);
    clinic.app.ok("invoice.pay", pay);
    // Another day there is no toast any more.
    clinic.restart();
    let acted = clinic
        .app
        .ok("invoice.take_back", json!({ "invoice": invoice }));
    assert_eq!(status(&mut clinic), "issued");
    undo(&mut clinic, &acted);
    let again = newest(&mut clinic);
    assert_eq!(
        again["paid"],
        json!({ "on": day(0), "method": "cash" }),
        "and that is taken back as well"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_on_its_way_when_the_money_came_and_is_put_off_asks_for_it_no_more() {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let mut clinic = Clinic::with_mail(&sink);
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(3, 10, 0), false);
    clinic
        .app
        .ok("invoice.draft", draft(&client, Some(&session)));
    let invoice = newest(&mut clinic)["brief"]["id"].clone();
    clinic
        .app
        .ok("invoice.issue", json!({ "invoice": invoice }));
    sink.always(Step::Mail, Act::Wait(Duration::from_millis(1_500)));
    sink.once(Step::Rcpt, Act::Say("451 4.3.0 later please"));
    let send = json!({ "invoice": invoice, "channel": "email" });
    clinic.app.ok("invoice.send", send.clone());
    clinic.notice_becomes(&session, "sending");
    clinic.app.ok(
        "invoice.pay",
        json!({ "invoice": invoice, "paid": { "on": day(0), "method": "qr" } }),
    );
    let notice = clinic.notice_becomes(&session, "withdrawn");
    assert_eq!(notice["cause"], "invoice_paid", "{notice}");
    sink.behave();
    assert!(
        sink.received().is_empty(),
        "nobody is asked for what they paid"
    );
    clinic.app.ok("invoice.send", send);
    clinic.notice_becomes(&session, "sent");
    assert_eq!(
        sink.received().len(),
        1,
        "as a receipt it goes, if a person says so"
    );
}
