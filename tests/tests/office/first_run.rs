//! From an empty computer to an open clinic.

use serde_json::json;

use crate::clinic::{Clinic, at, form, shown_key, text, typed_back};
use crate::computer::Computer;

#[test]
fn a_clinic_opens_only_after_its_recovery_key_was_typed_back() {
    let computer = Computer::new();
    let mut app = computer.start();
    let state = app.ok("app.state", json!({}));
    assert_eq!(
        state["phase"]["kind"], "first_run",
        "nothing is on this computer yet"
    );

    let state = app.ok("setup.create", form());
    let key = shown_key(&state);
    let mut wrong = typed_back(&key, &state);
    let place = state["phase"]["ask"][1].as_u64().expect("a place");
    wrong["groups"][1] = json!(key[0]);
    let answer = app.ok("setup.confirm_recovery", wrong);
    assert_eq!(
        (answer["ok"].clone(), answer["mistyped"].clone()),
        (json!(false), json!(place + 1)),
        "the group that was typed wrong is named, counted from 1"
    );
    let state = app.ok("app.state", json!({}));
    assert_eq!(shown_key(&state), key, "the same key stays on the screen");

    let answer = app.ok("setup.confirm_recovery", typed_back(&key, &state));
    assert_eq!(answer["ok"], true, "typed as shown");
    let state = app.ok("app.state", json!({}));
    assert_eq!(state["phase"]["kind"], "open", "{state}");
    assert_eq!(state["phase"]["clinic"], "Quiet Rooms");
    assert_eq!(state["phase"]["currency"], "MYR");
}

#[test]
fn a_key_that_was_never_typed_back_is_replaced_and_opens_nothing_any_more() {
    let computer = Computer::new();
    let mut app = computer.start();
    let first = shown_key(&app.ok("setup.create", form()));
    app.kill();

    let mut app = computer.start();
    let state = app.ok("app.state", json!({}));
    let second = shown_key(&state);
    assert_ne!(
        first, second,
        "a key nobody may have written down is not kept"
    );
    let answer = app.ok("setup.confirm_recovery", typed_back(&second, &state));
    assert_eq!(answer["ok"], true, "the new one is the one that counts");
    app.quit();

    forget_keychain(&computer);
    let mut app = computer.start();
    let state = app.ok("app.state", json!({}));
    assert_eq!(state["phase"]["trouble"], "key_lost", "{state}");
    let open = |key: &[String]| json!({ "recovery_key": key.join("-") });
    let answer = app.ok("setup.open_with_recovery", open(&first));
    assert_eq!(
        answer["ok"], false,
        "the key that was replaced opens nothing"
    );
    let answer = app.ok("setup.open_with_recovery", open(&second));
    assert_eq!(
        answer["ok"], true,
        "the key that was typed back opens the clinic"
    );
    let state = app.ok("app.state", json!({}));
    assert_eq!(state["phase"]["kind"], "open", "{state}");
}

#[test]
fn a_clinic_that_cannot_be_made_leaves_nothing_behind_that_stands_in_the_way() {
    let computer = Computer::new();
    std::fs::create_dir_all(computer.outside().join("keychain")).expect("the keychain");
    let locked = computer.outside().join("keychain/locked");
    let mut app = computer.start();
    std::fs::write(&locked, "").expect("a lock");
    let problem = app.problem("setup.create", form());
    assert_eq!(problem["code"], "keychain", "{problem}");
    assert_eq!(
        app.ok("app.state", json!({}))["phase"]["kind"],
        "first_run",
        "nothing was made"
    );
    std::fs::remove_file(locked).expect("unlocked");
    let state = app.ok("setup.create", form());
    assert_eq!(
        shown_key(&state).len(),
        8,
        "the second try makes the clinic"
    );
}

#[test]
fn a_first_start_without_a_keychain_says_so_before_anything_is_typed() {
    for (what, trouble, code) in [
        ("missing", "no_keychain", "no_keychain"),
        ("locked", "keychain_locked", "keychain"),
    ] {
        let computer = Computer::new();
        let keychain = computer.outside().join("keychain");
        std::fs::create_dir_all(&keychain).expect("the keychain");
        let mark = keychain.join(what);
        std::fs::write(&mark, "").expect("the trouble");
        let mut app = computer.start();
        for cmd in ["app.state", "setup.retry"] {
            assert_eq!(
                app.ok(cmd, json!({}))["phase"],
                json!({ "kind": "trouble", "trouble": trouble, "demo": false, "connected": false }),
                "{what}, {cmd}"
            );
        }
        let problem = app.problem("setup.create", form());
        assert_eq!(problem["code"], code, "each with a sentence of its own");
        std::fs::remove_file(mark).expect("the trouble is over");
        assert_eq!(
            app.ok("setup.retry", json!({}))["phase"]["kind"],
            "first_run",
            "and then one is welcome"
        );
        let left = std::fs::read_dir(&keychain).expect("the keychain").count();
        assert_eq!(left, 0, "looking leaves nothing in the keychain");
    }
}

#[test]
fn the_recovery_key_can_be_saved_and_printed_only_while_it_is_shown() {
    let computer = Computer::new();
    let mut app = computer.start();
    let state = app.ok("setup.create", form());
    let key = shown_key(&state);
    assert_eq!(app.ok("setup.save_recovery", json!({}))["saved"], true);
    app.ok("setup.print_recovery", json!({}));
    let saved = computer.outside().join("saved");
    let page = std::fs::read_dir(&saved).expect("the folder").next();
    let page = page.expect("a page").expect("a page").path();
    let page = std::fs::read_to_string(page).expect("text");
    assert!(
        key.iter().all(|group| page.contains(group)),
        "the page holds the whole key"
    );

    app.ok("setup.confirm_recovery", typed_back(&key, &state));
    assert_eq!(
        app.ok("setup.save_recovery", json!({}))["saved"],
        false,
        "the key is no longer in memory"
    );
}

#[test]
fn the_demo_clinic_tells_nobody_and_goes_without_a_trace() {
    let computer = Computer::new();
    let mut app = computer.start();
    let state = app.ok("setup.demo", json!({}));
    assert_eq!(state["phase"]["demo"], true, "{state}");
    let problem = app.refused(
        "mail.save",
        json!({
            "host": "localhost", "port": 465, "security": "implicit_tls", "user": "a", "from_name": "A",
            "from_address": "a@example.org", "password": "p", "test_to": null,
        }),
    );
    assert_eq!(problem["problem"]["kind"], "not_in_demo", "{problem}");
    let state = app.ok("setup.discard_demo", json!({}));
    assert_eq!(state["phase"]["kind"], "first_run", "{state}");
    let left = std::fs::read_dir(computer.data().join("clinics"))
        .expect("the clinics")
        .count();
    assert_eq!(left, 0, "its files are gone");
    let keys = std::fs::read_dir(computer.outside().join("keychain"))
        .expect("the keychain")
        .count();
    assert_eq!(keys, 0, "and so is its key");
}

#[test]
fn a_whatsapp_draft_that_the_demo_showed_is_closed_and_nobody_is_asked_whether_it_was_sent() {
    let computer = Computer::new();
    let mut app = computer.start();
    app.ok("setup.demo", json!({}));
    let view = app.ok("clinic.get", json!({}));
    let id = |of: &str| text(&view[of][0]["id"]);
    let mut demo = Clinic {
        key: String::new(),
        therapist: id("therapists"),
        rooms: [text(&view["rooms"][0]["id"]), text(&view["rooms"][1]["id"])],
        service: id("services"),
        computer,
        app,
    };
    let client = demo.client();
    let mut booking = demo.booking(&client, 0, &at(200, 10, 0), false);
    booking["anyway"] = json!({ "anyway": true, "reason": "a test" });
    let session = text(&demo.app.ok("session.book", booking)["sessions"][0]);
    demo.app.ok(
        "session.remind",
        json!({ "session": session, "channel": "whatsapp", "again": false }),
    );
    let before = demo.attention("message").len();
    let draft = demo.notice_becomes(&session, "draft");
    let opened = demo
        .app
        .ok("notice.open_whatsapp", json!({ "notice": draft["id"] }));
    assert!(opened["shown_instead"]["text"].is_string(), "{opened}");
    let closed = demo.notice_becomes(&session, "withdrawn");
    assert_eq!(closed["cause"], "demo", "{closed}");
    assert_eq!(demo.session(&session)["told"]["kind"], "up_to_date");
    assert_eq!(demo.attention("message").len(), before, "nothing is asked");
}

#[test]
fn a_second_clinic_cannot_be_made_over_the_first() {
    let mut clinic = Clinic::found();
    let before = text(&clinic.app.ok("clinic.get", json!({}))["clinic"]["id"]);
    clinic.app.problem("setup.create", form());
    let after = text(&clinic.app.ok("clinic.get", json!({}))["clinic"]["id"]);
    assert_eq!(before, after, "the clinic of this computer stays");
}

/// Every entry of the keychain is gone, as on a new account of the computer.
pub fn forget_keychain(computer: &Computer) {
    let keychain = computer.outside().join("keychain");
    std::fs::remove_dir_all(&keychain).expect("the keychain");
    std::fs::create_dir_all(&keychain).expect("an empty one");
}
