//! The lock in front of the screens.

use safetalk_app::COMMANDS;
use serde_json::{Value, json};

use crate::clinic::{Clinic, at};

const PIN: &str = "8264917";

fn locked() -> Clinic {
    let mut clinic = Clinic::found();
    let answer = clinic
        .app
        .ok("lock.set_pin", json!({ "old": null, "new": PIN }));
    assert_eq!(answer["ok"], true);
    clinic.app.ok("lock.now", json!({}));
    clinic
}

fn phase(clinic: &mut Clinic) -> Value {
    clinic.app.ok("app.state", json!({}))["phase"]["kind"].clone()
}

fn unlock(clinic: &mut Clinic, pin: &str) -> Value {
    clinic.app.ok("lock.unlock", json!({ "pin": pin }))
}

#[test]
fn behind_the_lock_no_command_is_answered_but_those_of_its_own_screen() {
    let mut clinic = locked();
    assert_eq!(phase(&mut clinic), "locked");
    let own = |cmd: &str| {
        matches!(
            cmd,
            "app.state" | "app.quit" | "app.holding" | "device.choose"
        ) || cmd.starts_with("lock.")
    };
    for cmd in COMMANDS.iter().filter(|cmd| !own(cmd)) {
        let problem = clinic.app.problem(cmd, json!({}));
        assert_eq!(problem["code"], "locked", "{cmd}: {problem}");
    }
    for (choice, answered) in [
        (json!({ "setting": "language", "to": "ms" }), true),
        (json!({ "setting": "theme", "to": "dark" }), true),
        (json!({ "setting": "density", "to": "compact" }), false),
        (json!({ "setting": "zoom", "to": 120 }), false),
        (json!({ "setting": "lock_minutes", "to": null }), false),
    ] {
        let answer = clinic.app.ask("device.choose", choice.clone());
        match answer {
            Ok(_) => assert!(answered, "{choice}"),
            Err(problem) => assert_eq!(
                (answered, &problem["code"]),
                (false, &json!("locked")),
                "{choice}: {problem}"
            ),
        }
    }
    let list = json!({ "query": "", "archived": true, "most": 50 });
    assert_eq!(clinic.app.problem("client.list", list)["code"], "locked");
    let state = clinic.app.ok("app.state", json!({}));
    assert!(
        !state.to_string().contains("Quiet Rooms"),
        "not even the clinic's name is told: {state}"
    );
    assert_eq!(
        unlock(&mut clinic, PIN),
        json!({ "ok": true, "wait_seconds": 0 })
    );
    clinic.app.ok("dashboard.get", json!({}));
}

#[test]
fn wrong_pins_slow_down_and_starting_again_gives_no_new_tries() {
    let mut clinic = locked();
    for wrong in ["0000", "1111"] {
        assert_eq!(
            unlock(&mut clinic, wrong),
            json!({ "ok": false, "wait_seconds": 0 })
        );
    }
    assert_eq!(
        unlock(&mut clinic, "2222"),
        json!({ "ok": false, "wait_seconds": 5 }),
        "the third waits"
    );
    let heard = unlock(&mut clinic, PIN);
    assert_eq!(
        heard["ok"], false,
        "while it waits not even the right one is heard: {heard}"
    );
    clinic.crash();
    assert_eq!(phase(&mut clinic), "locked", "it starts locked");
    let heard = unlock(&mut clinic, PIN);
    assert_eq!(heard["ok"], false, "the wait goes on: {heard}");
    assert!(
        heard["wait_seconds"].as_u64().expect("seconds") > 0,
        "{heard}"
    );
    clinic.computer.set_clock(6);
    assert_eq!(
        unlock(&mut clinic, "3333"),
        json!({ "ok": false, "wait_seconds": 15 }),
        "longer each time"
    );
    clinic.computer.set_clock(30);
    assert_eq!(
        unlock(&mut clinic, PIN),
        json!({ "ok": true, "wait_seconds": 0 })
    );
    assert_eq!(phase(&mut clinic), "open");
}

#[test]
fn a_clock_that_is_set_back_neither_opens_the_lock_nor_shuts_it_for_ever() {
    let mut clinic = locked();
    for wrong in ["0000", "1111", "2222"] {
        unlock(&mut clinic, wrong);
    }
    clinic.computer.set_clock(-86_400);
    let heard = unlock(&mut clinic, PIN);
    assert_eq!(
        heard,
        json!({ "ok": false, "wait_seconds": 5 }),
        "the wait begins anew, no longer"
    );
}

#[test]
fn sleep_locks_when_there_is_a_pin_and_does_nothing_without_one() {
    let mut clinic = Clinic::found();
    clinic.app.ok("the computer sleeps", json!({}));
    assert_eq!(
        phase(&mut clinic),
        "open",
        "there is nothing to unlock with"
    );
    clinic
        .app
        .ok("lock.set_pin", json!({ "old": null, "new": PIN }));
    assert_eq!(phase(&mut clinic), "open", "setting a PIN locks nobody out");
    clinic.app.ok("the computer sleeps", json!({}));
    assert_eq!(phase(&mut clinic), "locked");
}

#[test]
fn a_pin_is_changed_or_removed_only_by_who_knows_it() {
    let mut clinic = locked();
    let change = |old: Option<&str>, new: Option<&str>| json!({ "old": old, "new": new });
    for wrong in [None, Some("0000")] {
        let answer = clinic.app.ok("lock.set_pin", change(wrong, None));
        assert_eq!(answer["ok"], false, "{answer}");
    }
    assert_eq!(phase(&mut clinic), "locked", "it is still there");
    clinic.app.ok("lock.unlock", json!({ "pin": PIN }));
    let refusal = clinic
        .app
        .refused("lock.set_pin", change(Some(PIN), Some("123")));
    assert_eq!(
        refusal["problem"],
        json!({ "kind": "too_small", "least": 4 })
    );
    assert_eq!(
        clinic.app.ok("lock.set_pin", change(Some(PIN), None))["ok"],
        true
    );
    clinic.app.ok("lock.now", json!({}));
    assert_eq!(phase(&mut clinic), "open", "without a PIN there is no lock");
    let settings =
        std::fs::read_to_string(clinic.computer.data().join("device.json")).expect("the settings");
    assert!(!settings.contains("argon2"), "nothing of it is left");
}

#[test]
fn behind_the_lock_the_window_closes_without_a_question_that_nobody_could_answer() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(3, 10, 0), true);
    clinic
        .app
        .ok("lock.set_pin", json!({ "old": null, "new": PIN }));
    assert_eq!(
        clinic.app.ok("the window closes", json!({})),
        false,
        "the screen asks about the message that waits"
    );
    clinic.app.ok("lock.now", json!({}));
    assert_eq!(
        clinic.app.ok("the window closes", json!({})),
        true,
        "it would stay open for ever"
    );
    clinic.crash();
    unlock(&mut clinic, PIN);
    let kept = clinic.session(&session)["notices"][0]["state"].clone();
    assert_eq!(kept, "queued", "nothing is lost by it");
}

#[test]
fn the_window_does_not_close_over_what_is_typed_and_kept_nowhere_not_even_behind_the_lock() {
    let mut clinic = Clinic::found();
    clinic
        .app
        .ok("lock.set_pin", json!({ "old": null, "new": PIN }));
    clinic.app.ok("app.holding", json!({ "holds": true }));
    assert_eq!(
        clinic.app.ok("the window closes", json!({})),
        false,
        "the screen asks"
    );
    clinic.app.ok("lock.now", json!({}));
    assert_eq!(
        clinic.app.ok("the window closes", json!({})),
        false,
        "so does the lock's"
    );
    clinic.app.ok("app.holding", json!({ "holds": false }));
    assert_eq!(
        clinic.app.ok("the window closes", json!({})),
        true,
        "nothing is held any more"
    );
}

#[test]
fn settings_that_are_mended_while_the_program_runs_bring_their_pin_with_them() {
    let mut clinic = locked();
    clinic.app.kill();
    let file = clinic.computer.data().join("device.json");
    let good = std::fs::read(&file).expect("the settings");
    std::fs::write(&file, "{").expect("the damage");
    clinic.app = clinic.computer.start();
    assert_eq!(phase(&mut clinic), "trouble");
    std::fs::write(&file, good).expect("mended");
    let state = clinic.app.ok("setup.retry", json!({}));
    assert_eq!(state["phase"]["kind"], "locked", "{state}");
    let problem = clinic.app.problem("dashboard.get", json!({}));
    assert_eq!(problem["code"], "locked", "{problem}");
    unlock(&mut clinic, PIN);
    assert_eq!(phase(&mut clinic), "open");
}

#[test]
fn pins_tried_all_at_once_wait_for_each_other() {
    let mut clinic = locked();
    let all = json!({ "cmd": "lock.unlock", "payload": { "pin": "0000" }, "times": 8 });
    clinic.app.ok("many at once", all);
    let settings =
        std::fs::read_to_string(clinic.computer.data().join("device.json")).expect("the settings");
    let settings: Value = serde_json::from_str(&settings).expect("settings");
    assert_eq!(
        settings["wrong_pins"], 3,
        "the third has to be waited for, and the others were not heard"
    );
}
