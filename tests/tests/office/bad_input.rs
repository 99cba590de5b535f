//! What a person can mistype: a plain refusal, and nothing is lost.

use safetalk_tests::smtp::{Act, Sink, SinkOptions, Step};
use serde_json::{Value, json};

use crate::clinic::{
    CLIENT, Clinic, EMAIL, PASSWORD, account, at, day, new_client, not_anyway, nth_mail, record,
};
use crate::computer::Computer;
use crate::restore::key_of;

/// The field and the problem of a refusal.
fn invalid(refusal: &Value) -> (String, Value) {
    assert_eq!(refusal["code"], "invalid", "{refusal}");
    (
        crate::clinic::text(&refusal["field"]),
        refusal["problem"]["kind"].clone(),
    )
}

#[test]
fn times_that_cannot_be_are_refused_and_the_session_stays_as_it_was() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(3, 10, 0), false);
    let before = clinic.session(&session);
    let extend = |end: Value| {
        json!({
            "session": session, "guard": before["guard"], "end": end, "notify": true, "invoice": null,
            "anyway": not_anyway(),
        })
    };
    for end in [at(3, 9, 0), at(3, 10, 0), at(2, 23, 0)] {
        let refusal = clinic.app.refused("session.modify_duration", extend(end));
        assert_eq!(
            invalid(&refusal),
            ("end".to_owned(), json!("end_before_start"))
        );
    }
    let refusal = clinic
        .app
        .refused("session.modify_duration", extend(at(6, 10, 0)));
    assert_eq!(
        refusal["code"], "invalid",
        "three days are no session: {refusal}"
    );
    let mut off_the_clock = clinic.move_to(&session, &at(3, 12, 0), 0);
    off_the_clock["start"]["minute"] = json!(1441);
    let refusal = clinic.app.refused("session.reschedule", off_the_clock);
    assert_eq!(invalid(&refusal), ("start".to_owned(), json!("unknown")));
    let mut long = clinic.booking(&client, 0, &at(5, 10, 0), false);
    long["minutes"] = json!(0);
    let refusal = clinic.app.refused("session.book", long);
    assert_eq!(invalid(&refusal), ("length".to_owned(), json!("too_small")));
    assert_eq!(
        clinic.session(&session)["guard"],
        before["guard"],
        "nothing moved"
    );
}

#[test]
fn a_time_the_clock_skips_is_refused_and_one_it_repeats_is_asked_about() {
    let computer = Computer::new();
    let mut app = computer.start();
    let mut form = crate::clinic::form();
    form["country"] = json!("GB");
    form["zone"] = json!("Europe/London");
    form["currency"] = json!("GBP");
    form["phone"] = json!("020 7946 0958");
    let state = app.ok("setup.create", form);
    let key = crate::clinic::shown_key(&state);
    app.ok(
        "setup.confirm_recovery",
        crate::clinic::typed_back(&key, &state),
    );
    let view = app.ok("clinic.get", json!({}));
    let mut abroad = record();
    abroad["phones"] = json!(["+60 12-345 6789"]);
    let saved = app.ok("client.save", new_client(&abroad));
    let booking = |start: Value| {
        json!({
            "client": saved["client"], "service": view["services"][0]["id"], "therapist": view["therapists"][0]["id"],
            "place": { "kind": "online" }, "place_text": null, "start": start, "minutes": 50, "price": null,
            "invoice": false, "notify": false, "anyway": not_anyway(), "repeat": null,
        })
    };
    // Britain's clocks go forward at one on the last Sunday of March, and back at two on that of October.
    let skipped = json!({ "date": "2027-03-28", "minute": 90, "second": false });
    let refusal = app.refused("session.book", booking(skipped));
    assert_eq!(
        invalid(&refusal),
        ("start".to_owned(), json!("never_comes"))
    );
    let twice = |second: bool| json!({ "date": "2027-10-31", "minute": 90, "second": second });
    let check = app.ok(
        "session.check",
        json!({
            "session": null, "service": view["services"][0]["id"], "therapist": view["therapists"][0]["id"],
            "place": { "kind": "online" }, "start": twice(false), "minutes": 50, "end": null,
        }),
    );
    assert_eq!(
        check["start"]["kind"], "twice",
        "the dialog asks which: {}",
        check["start"]
    );
    let mut booked = Vec::new();
    for second in [false, true] {
        let answer = app.ok("session.book", booking(twice(second)));
        booked.push(answer["sessions"][0].clone());
    }
    let mut when =
        |session: &Value| app.ok("session.get", json!({ "session": session }))["when"].take();
    let times = [when(&booked[0]), when(&booked[1])];
    let start = |of: &Value| of["start"]["at"].as_i64().expect("a moment");
    assert_eq!(
        start(&times[1]) - start(&times[0]),
        3600,
        "an hour apart, at the same time on the wall"
    );
    // Each is read back as the one it is: whoever sends it again, with another place say, moves nothing in time.
    for (session, was) in booked.iter().zip(&times) {
        let guard = app.ok("session.get", json!({ "session": session }))["guard"].take();
        app.ok(
            "session.reschedule",
            json!({
                "session": session, "guard": guard, "start": was["start"], "place": { "kind": "elsewhere" },
                "place_text": "12 Church Lane", "therapist": view["therapists"][0]["id"], "notify": false,
                "anyway": not_anyway(),
            }),
        );
        let moved = app.ok("session.get", json!({ "session": session }));
        assert_eq!(moved["place"]["note"], "12 Church Lane");
        assert_eq!(&moved["when"], was, "the moment is kept");
    }
}

#[test]
fn names_addresses_and_numbers_that_cannot_be_are_refused_by_field() {
    let mut clinic = Clinic::found();
    let long = "a".repeat(121);
    for (field, value, expected) in [
        ("full_name", json!(""), ("full_name", "empty")),
        ("full_name", json!("   "), ("full_name", "empty")),
        ("full_name", json!(long), ("full_name", "too_long")),
        (
            "full_name",
            json!("Maya\nBcc: everyone"),
            ("full_name", "characters"),
        ),
        ("called", json!(long), ("called", "too_long")),
        (
            "email",
            json!("maya.example.net"),
            ("email", "not_an_email"),
        ),
        (
            "email",
            json!("maya@exa mple.net"),
            ("email", "not_an_email"),
        ),
        (
            "email",
            json!("maya@example.net\r\nBcc: x@example.net"),
            ("email", "characters"),
        ),
        ("phones", json!(["not a number"]), ("phone", "not_a_phone")),
        ("phones", json!(["+1"]), ("phone", "not_a_phone")),
    ] {
        let mut form = record();
        form[field] = value.clone();
        let answer = clinic.app.ok("client.save", new_client(&form));
        let wrong = &answer["problems"];
        assert_eq!(
            (
                &answer["kind"],
                &wrong[0]["field"]["kind"],
                &wrong[0]["problem"]["kind"],
                wrong.as_array().map(Vec::len),
            ),
            (
                &json!("invalid"),
                &json!(expected.0),
                &json!(expected.1),
                Some(1)
            ),
            "{field} = {value}"
        );
    }
    let mut form = record();
    form["full_name"] = json!("");
    form["email"] = json!("maya.example.net");
    form["phones"] = json!(["012-345 6789", "12"]);
    let mut request = new_client(&form);
    request["duplicates_seen"] = json!(false);
    let answer = clinic.app.ok("client.save", request);
    let fields: Vec<_> = answer["problems"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|wrong| wrong["field"].clone())
        .collect();
    assert_eq!(
        fields,
        [
            json!({ "kind": "full_name" }),
            json!({ "kind": "email" }),
            json!({ "kind": "phone", "index": 1 })
        ],
        "all that is wrong is said at once, and before anybody is asked about look-alikes"
    );
    let list = clinic.app.ok(
        "client.list",
        json!({ "query": "", "archived": true, "most": 50 }),
    );
    assert_eq!(list, json!([]), "none of them was saved");
    let form = |name: &str| json!({ "room": null, "name": name, "note": null, "turnover_minutes": 0, "archived": false });
    assert_eq!(
        invalid(&clinic.app.refused("room.save", form(""))).1,
        json!("empty")
    );
    let mut slow = form("Room 3");
    slow["turnover_minutes"] = json!(121);
    assert_eq!(
        invalid(&clinic.app.refused("room.save", slow)),
        ("turnover".to_owned(), json!("too_large"))
    );
}

#[test]
fn negative_and_absurd_amounts_are_refused() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(3, 10, 0), false);
    let guard = clinic.session(&session)["guard"].take();
    for (minor, currency, problem) in [
        (-1, "MYR", "too_small"),
        (1_000_000_001, "MYR", "too_large"),
        (i64::MAX, "MYR", "too_large"),
        (500, "EUR", "other_currency"),
    ] {
        let amount = json!({ "minor": minor, "currency": currency });
        let draft = json!({ "client": client, "session": session, "amount": amount, "due": null, "text": "Form" });
        let (field, found) = invalid(&clinic.app.refused("invoice.draft", draft));
        assert_eq!(
            (field.as_str(), &found),
            ("amount", &json!(problem)),
            "{amount}"
        );
        let extend = json!({
            "session": session, "guard": guard, "end": at(3, 11, 0), "notify": false,
            "invoice": { "amount": amount, "due": day(7), "text": "More", "send": [] }, "anyway": not_anyway(),
        });
        let (_, found) = invalid(&clinic.app.refused("session.modify_duration", extend));
        assert_eq!(found, json!(problem), "{amount}");
        let mut booking = clinic.booking(&client, 0, &at(4, 10, 0), false);
        booking["price"] = amount.clone();
        let (_, found) = invalid(&clinic.app.refused("session.book", booking));
        assert_eq!(found, json!(problem), "{amount}");
    }
    let invoices = clinic.app.ok(
        "invoice.list",
        json!({ "client": null, "status": null, "overdue": false, "most": 50 }),
    );
    assert_eq!(invoices["invoices"], json!([]), "no invoice came of it");
    assert_eq!(
        clinic.session(&session)["guard"],
        guard,
        "and no longer session"
    );
}

#[test]
fn a_room_archived_and_a_session_changed_under_an_open_dialog_are_found_out() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(3, 10, 0), false);
    let open_dialog = clinic.move_to(&session, &at(3, 15, 0), 1);
    clinic.app.ok(
        "room.save",
        json!({ "room": clinic.rooms[1], "name": "Room 2", "note": null, "turnover_minutes": 0, "archived": true }),
    );
    let refusal = clinic.app.refused("session.reschedule", open_dialog);
    let archived =
        refusal["code"] == "archived" || refusal["unavailable"]["room"][0]["kind"] == "archived";
    assert!(archived, "the room takes no bookings any more: {refusal}");

    let stale = clinic.move_to(&session, &at(3, 15, 0), 0);
    clinic.reschedule(&session, &at(4, 9, 0), 0);
    let refusal = clinic.app.refused("session.reschedule", stale);
    assert_eq!(refusal["code"], "stale", "{refusal}");
    assert_eq!(
        refusal["now"],
        clinic.session(&session)["guard"],
        "it says how it stands now"
    );
}

#[test]
fn a_malformed_call_is_a_bad_request_and_is_not_quoted() {
    let mut clinic = Clinic::found();
    let telling = "Maya Binti Rahman, depression";
    for (cmd, payload) in [
        ("client.save", json!({ "record": telling })),
        ("client.save", json!(telling)),
        ("session.get", json!({ "session": telling })),
        (
            "session.cancel",
            json!({ "session": null, "remark": telling }),
        ),
        ("session.book", json!([telling])),
        ("lock.unlock", json!({ "pin": [telling] })),
        (
            "setup.restore",
            json!({ "recovery_key": { "typed": telling } }),
        ),
        ("no.such.command", json!({ "text": telling })),
        (telling, json!({})),
    ] {
        let problem = clinic.app.problem(cmd, payload);
        assert_eq!(
            (&problem["kind"], &problem["code"]),
            (&json!("fault"), &json!("bad_request")),
            "{cmd}: {problem}"
        );
        assert!(
            !problem.to_string().contains("Maya"),
            "what was sent is not echoed: {problem}"
        );
        assert_eq!(problem["retry"], false, "the same call would fail again");
    }
    clinic.app.ok("dashboard.get", json!({}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn not_even_the_finest_log_holds_a_name_an_address_a_pin_a_password_or_a_key() {
    const PIN: &str = "72951846";
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let mut clinic = Clinic::found_on(Computer::new().trusting(&sink).listening());
    clinic.set_up_mail(&sink, PASSWORD);
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(3, 10, 0), true);
    nth_mail(&sink, 1).await;
    clinic.notice_becomes(&session, "sent");
    clinic.reschedule(&session, &at(4, 11, 0), 1);
    clinic.notice_becomes(&session, "sent");
    clinic.app.ok(
        "session.remark",
        json!({ "session": session, "text": "grieving" }),
    );
    sink.once(
        Step::Rcpt,
        Act::Say("550 5.1.1 <maya@example.net> Maya Binti Rahman has moved"),
    );
    clinic.cancel(&session, Some("grieving"));
    clinic.notice_becomes(&session, "failed");
    let mut tested = account(&sink, "another secret");
    tested["test_to"] = json!("private@example.org");
    clinic.app.ok("mail.test", tested);
    clinic
        .app
        .ok("notice.list", json!({ "open_only": false, "most": 50 }));
    clinic.app.ok(
        "client.list",
        json!({ "query": "Rahman", "archived": false, "most": 50 }),
    );
    clinic.app.problem(
        "client.save",
        json!({ "record": { "full_name": CLIENT, "email": EMAIL } }),
    );
    let mut bad = record();
    bad["email"] = json!("maya@example.net, no");
    let answer = clinic.app.ok("client.save", new_client(&bad));
    assert_eq!(answer["kind"], "invalid", "no address of this shape");
    clinic
        .app
        .ok("lock.set_pin", json!({ "old": null, "new": PIN }));
    clinic.app.ok("lock.now", json!({}));
    clinic.app.ok("lock.unlock", json!({ "pin": "000111222" }));
    clinic.app.ok("lock.unlock", json!({ "pin": PIN }));
    clinic.app.ok("backup.choose", json!({}));
    clinic.restart();
    clinic.app.kill();
    let key = key_of(&clinic.computer);
    let hex: String = key
        .expose()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let log = clinic.computer.log();
    assert!(log.contains("TRACE"), "the log is as fine as it gets");
    assert!(
        log.contains("settled a notice"),
        "and it was there when the mail went"
    );
    let low = log.to_lowercase();
    for secret in [
        CLIENT,
        "Maya",
        "Rahman",
        EMAIL,
        "+60123456789",
        "345 6789",
        "grieving",
        PASSWORD,
        "another secret",
        "private@example.org",
        PIN,
        "000111222",
        &hex,
        &clinic.key,
        "has moved",
    ] {
        if let Some(found) = low.find(&secret.to_lowercase()) {
            let line = log[..found].rfind('\n').map_or(0, |end| end + 1);
            let line: String = log[line..].chars().take(400).collect();
            panic!("the log holds {secret:?}: {line}");
        }
    }
    for group in clinic.key.split('-').collect::<Vec<_>>().windows(2) {
        assert!(
            !log.contains(&group.join("-")),
            "nor a part of the recovery key"
        );
    }
}
