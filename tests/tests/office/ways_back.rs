//! What a person can take back of clients, hours and time off, and what several clicks at once come to.

use serde_json::{Value, json};

use crate::clinic::{Clinic, form, record, text};
use crate::computer::Computer;

fn undo(clinic: &mut Clinic, acted: &Value) {
    assert_eq!(acted["undoable"], true, "{acted}");
    let undone = clinic.app.ok(
        "act.undo",
        json!({ "intent": acted["intent"], "told_is_known": false }),
    );
    assert_eq!(undone["kind"], "done", "{undone}");
}

fn hours(clinic: &mut Clinic) -> Value {
    clinic.app.ok("hours.get", json!({}))
}

#[test]
fn hours_of_ones_own_are_given_up_and_each_step_is_taken_back() {
    let mut clinic = Clinic::found();
    let owner = json!({ "kind": "therapist", "id": clinic.therapist });
    let of_owner = |view: &Value| {
        let all = view["hours"].as_array().expect("a list").clone();
        all.into_iter().find(|one| one["owner"] == owner)
    };
    let week = json!([{ "weekday": 0, "from": 540, "to": 720 }]);
    let first = clinic
        .app
        .ok("hours.set", json!({ "owner": owner, "week": week }));
    assert_eq!(
        of_owner(&hours(&mut clinic)).expect("their own")["week"],
        week
    );
    undo(&mut clinic, &first);
    assert_eq!(
        of_owner(&hours(&mut clinic)),
        None,
        "as before: the clinic's"
    );
    clinic
        .app
        .ok("hours.set", json!({ "owner": owner, "week": week }));
    let given_up = clinic
        .app
        .ok("hours.set", json!({ "owner": owner, "week": null }));
    assert_eq!(of_owner(&hours(&mut clinic)), None);
    undo(&mut clinic, &given_up);
    assert_eq!(
        of_owner(&hours(&mut clinic)).expect("their own")["week"],
        week
    );
}

#[test]
fn time_off_that_was_removed_comes_back() {
    let mut clinic = Clinic::found();
    let owner = json!({ "kind": "therapist", "id": clinic.therapist });
    let at =
        |minute: u16| json!({ "date": crate::clinic::day(3), "minute": minute, "second": false });
    clinic.app.ok(
        "time_off.add",
        json!({ "owner": owner, "start": at(540), "end": at(720), "label": "Leave" }),
    );
    let before = hours(&mut clinic)["time_off"][0].clone();
    let removed = clinic
        .app
        .ok("time_off.remove", json!({ "time_off": before["id"] }));
    assert_eq!(hours(&mut clinic)["time_off"], json!([]));
    undo(&mut clinic, &removed);
    let after = hours(&mut clinic)["time_off"][0].clone();
    for field in ["owner", "start", "end", "label"] {
        assert_eq!(after[field], before[field], "{field}");
    }
}

#[test]
fn somebody_elses_number_or_name_is_asked_about_when_a_record_is_changed_too() {
    let mut clinic = Clinic::found();
    let maya = clinic.client();
    let jon = clinic.client_with(json!({
        "full_name": "Jon Lim", "called": "Jon", "email": "jon@example.net", "phones": ["012-987 6543"],
    }));
    let page = clinic.app.ok("client.get", json!({ "client": jon }));
    let save = |record: Value, seen: bool| {
        json!({
            "client": jon, "record": record, "before": page["record"], "revisions": page["revisions"],
            "duplicates_seen": seen,
        })
    };
    let mut record = page["record"].clone();
    record["called"] = json!("Jonny");
    let saved = clinic.app.ok("client.save", save(record, false));
    assert_eq!(
        saved["kind"], "saved",
        "their own data look like nobody else's: {saved}"
    );
    let mut record = page["record"].clone();
    record["phones"] = json!(["+60 12-345 6789"]);
    let asked = clinic.app.ok("client.save", save(record.clone(), false));
    assert_eq!(asked["kind"], "duplicates", "{asked}");
    assert_eq!(asked["clients"][0]["client"]["id"], maya.as_str());
    assert_eq!(
        asked["clients"].as_array().expect("a list").len(),
        1,
        "not they themselves"
    );
    let saved = clinic.app.ok("client.save", save(record, true));
    assert_eq!(
        saved["kind"], "saved",
        "two of a family may share it: {saved}"
    );
}

#[test]
fn a_number_nobody_has_is_marked_and_one_that_stood_there_is_left_alone() {
    let mut clinic = Clinic::found();
    let mut form = record();
    form["phones"] = json!(["012-345 6789", "1234567"]);
    form["guardian"] = json!({ "name": "Nor", "email": null, "phone": "+60 99999999999" });
    let mut request = crate::clinic::new_client(&form);
    let answer = clinic.app.ok("client.save", request.clone());
    assert_eq!(
        answer["problems"],
        json!([
            { "field": { "kind": "phone", "index": 1 }, "problem": { "kind": "not_a_phone" } },
            { "field": { "kind": "guardian_phone" }, "problem": { "kind": "not_a_phone" } },
        ])
    );
    form["phones"] = json!(["012-345 6789", "03-2142 5678"]);
    form["guardian"]["phone"] = json!("+44 20 7946 0958");
    request["record"] = form;
    let saved = clinic.app.ok("client.save", request);
    assert_eq!(saved["kind"], "saved", "{saved}");
    let page = clinic
        .app
        .ok("client.get", json!({ "client": saved["client"] }));
    assert_eq!(
        page["record"]["phones"],
        json!(["+60123456789", "+60321425678"])
    );
    assert_eq!(page["record"]["guardian"]["phone"], "+442079460958");
    // From before numbers were looked at: nobody touched it, and nobody is asked about it.
    let mut before = page["record"].clone();
    before["phones"] = json!(["1234567"]);
    let mut record = before.clone();
    record["called"] = json!("May");
    let saved = clinic.app.ok(
        "client.save",
        json!({
            "client": saved["client"], "record": record, "before": before, "revisions": page["revisions"],
            "duplicates_seen": true,
        }),
    );
    assert_eq!(saved["kind"], "saved", "{saved}");
}

#[test]
fn a_consent_that_was_taken_back_says_when_and_by_whom() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let page = |clinic: &mut Clinic| clinic.app.ok("client.get", json!({ "client": client }));
    assert_eq!(page(&mut clinic)["email_withdrawn"], Value::Null);
    clinic.edit_client(&client, json!({ "may_email": false }));
    let now = page(&mut clinic);
    assert_eq!(now["may_email"], Value::Null);
    assert_eq!(now["email_withdrawn"]["by"], "Aisha Lim", "{now}");
    assert_eq!(now["whatsapp_withdrawn"], Value::Null, "only the one");
    clinic.edit_client(&client, json!({ "may_email": true }));
    assert_eq!(page(&mut clinic)["email_withdrawn"], Value::Null);
}

#[test]
fn a_clinic_that_is_founded_many_times_at_once_is_founded_once() {
    let computer = Computer::new();
    let mut app = computer.start();
    let all = json!({ "cmd": "setup.create", "payload": form(), "times": 6 });
    assert_eq!(app.ok("many at once", all), 1, "the others are too late");
    computer.clinic_folder();
    let state = app.ok("app.state", json!({}));
    let key = crate::clinic::shown_key(&state);
    let typed = crate::clinic::typed_back(&key, &state);
    assert_eq!(
        app.ok("setup.confirm_recovery", typed)["ok"],
        true,
        "the key on the screen is that of the one clinic"
    );
    assert_eq!(
        text(&app.ok("clinic.get", json!({}))["clinic"]["details"]["name"]),
        "Quiet Rooms"
    );
}

#[test]
fn a_demo_and_an_open_clinic_stand_however_often_they_are_asked_for_at_once() {
    let computer = Computer::new();
    let mut app = computer.start();
    let all = |cmd: &str| json!({ "cmd": cmd, "payload": {}, "times": 4 });
    assert_eq!(app.ok("many at once", all("setup.demo")), 4);
    computer.clinic_folder();
    assert_eq!(app.ok("many at once", all("setup.retry")), 4);
    let state = app.ok("app.state", json!({}));
    assert_eq!(
        state["phase"]["kind"], "open",
        "what is open stays open and is not in its own way: {state}"
    );
    app.ok("dashboard.get", json!({}));
    assert_eq!(app.ok("many at once", all("setup.discard_demo")), 4);
    let state = app.ok("app.state", json!({}));
    assert_eq!(state["phase"]["kind"], "first_run", "{state}");
}
