//! What keeps a clinic from opening: each its own screen, and no file is touched.

use std::collections::BTreeMap;

use serde_json::json;

use crate::clinic::{Clinic, at};
use crate::computer::Computer;
use crate::first_run::forget_keychain;
use crate::restore::{ledger_of, rows_of};

/// A clinic with something in it, closed.
fn closed() -> (Clinic, String) {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let session = clinic.book(&client, 0, &at(3, 10, 0), false);
    clinic.app.quit();
    (clinic, session)
}

/// The bytes of what must never be lost. The logs beside a database come and go with every opening.
fn files(computer: &Computer) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(computer.clinic_folder())
        .expect("the folder")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|end| end == "db" || end == "json")
        })
        .map(|path| {
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, std::fs::read(path).expect("the bytes"))
        })
        .collect()
}

/// Starts the app before this trouble and sees that it says so, retries in vain, and changes nothing.
fn stands_before(clinic: &mut Clinic, trouble: &str) {
    let before = files(&clinic.computer);
    assert!(
        before.len() >= 3,
        "both databases and the recovery file: {:?}",
        before.keys()
    );
    clinic.app = clinic.computer.start();
    for cmd in ["app.state", "setup.retry"] {
        let state = clinic.app.ok(cmd, json!({}));
        assert_eq!(
            state["phase"],
            json!({ "kind": "trouble", "trouble": trouble, "demo": false, "connected": false }),
            "{cmd}"
        );
    }
    let problem = clinic.app.problem("dashboard.get", json!({}));
    assert_eq!(problem["code"], "not_open", "{problem}");
    clinic.app.problem("setup.create", crate::clinic::form());
    clinic.app.kill();
    assert!(
        files(&clinic.computer) == before,
        "{trouble}: every byte is as it was"
    );
}

/// Opens it again, and everything is there.
fn opens(clinic: &mut Clinic, session: &str) {
    clinic.app = clinic.computer.start();
    let state = clinic.app.ok("app.state", json!({}));
    assert_eq!(state["phase"]["kind"], "open", "{state}");
    assert_eq!(clinic.session(session)["status"], "scheduled");
}

#[test]
fn without_a_keychain_or_with_a_locked_one_nothing_is_touched_and_it_opens_later() {
    let (mut clinic, session) = closed();
    for (what, trouble) in [("missing", "no_keychain"), ("locked", "keychain_locked")] {
        let mark = clinic.computer.outside().join("keychain").join(what);
        std::fs::write(&mark, "").expect("the trouble");
        stands_before(&mut clinic, trouble);
        std::fs::remove_file(mark).expect("the trouble is over");
    }
    opens(&mut clinic, &session);
}

#[test]
fn a_lost_key_is_found_again_with_the_recovery_key() {
    let (mut clinic, session) = closed();
    forget_keychain(&clinic.computer);
    stands_before(&mut clinic, "key_lost");
    clinic.app = clinic.computer.start();
    let stranger = Clinic::found();
    let open = |key: &str| json!({ "recovery_key": key });
    let answer = clinic
        .app
        .ok("setup.open_with_recovery", open(&stranger.key));
    assert_eq!(
        answer,
        json!({ "ok": false, "mistyped": null }),
        "another clinic's key opens nothing"
    );
    let answer = clinic.app.ok("setup.open_with_recovery", open(&clinic.key));
    assert_eq!(answer, json!({ "ok": true, "mistyped": null }));
    assert_eq!(clinic.session(&session)["status"], "scheduled");
    clinic.app.quit();
    opens(&mut clinic, &session);
}

#[test]
fn a_foreign_or_truncated_file_is_said_to_be_so_and_left_alone() {
    let (mut clinic, session) = closed();
    for name in ["ledger.db", "replica.db"] {
        let file = clinic.computer.clinic_folder().join(name);
        let good = std::fs::read(&file).expect("the file");
        for (what, bytes, trouble) in [
            (
                "plain SQLite",
                [b"SQLite format 3\0".as_slice(), &good[16..]].concat(),
                "foreign",
            ),
            (
                "cut in the middle of a page",
                good[..good.len() / 2 + 100].to_vec(),
                "damaged",
            ),
            ("empty", Vec::new(), "damaged"),
        ] {
            std::fs::write(&file, bytes).expect("the trouble");
            println!("{name}: {what}");
            stands_before(
                &mut clinic,
                if name == "replica.db" {
                    "replica"
                } else {
                    trouble
                },
            );
        }
        std::fs::remove_file(&file).expect("gone");
        clinic.app = clinic.computer.start();
        let state = clinic.app.ok("app.state", json!({}));
        let trouble = if name == "replica.db" {
            "replica"
        } else {
            "missing"
        };
        assert_eq!(
            state["phase"]["trouble"], trouble,
            "{name} is not there, and nothing is said to be damaged: {state}"
        );
        clinic.app.kill();
        assert!(
            !file.exists(),
            "an empty {name} is never made in place of a lost one"
        );
        std::fs::write(&file, good).expect("the trouble is over");
    }
    opens(&mut clinic, &session);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_replica_is_made_anew_from_the_ledger_and_no_row_of_it_is_missing() {
    let (mut clinic, session) = closed();
    let (ledger, mut replica) = rows_of(&clinic.computer).await;
    // What was wanted here has its answers, and they stand in the ledger.
    replica.retain(|(table, _), _| table != "outbox");
    let folder = clinic.computer.clinic_folder();
    let file = folder.join("replica.db");
    let good = std::fs::read(&file).expect("the file");
    for (what, bytes) in [
        ("gone", None),
        ("cut short", Some(good[..good.len() / 2 + 100].to_vec())),
    ] {
        println!("{what}");
        std::fs::remove_file(&file).expect("the trouble");
        if let Some(bytes) = &bytes {
            std::fs::write(&file, bytes).expect("the trouble");
        }
        clinic.app = clinic.computer.start();
        let state = clinic.app.ok("app.state", json!({}));
        assert_eq!(state["phase"]["trouble"], "replica", "{what}: {state}");
        let state = clinic.app.ok("setup.make_replica", json!({}));
        assert_eq!(state["phase"]["kind"], "open", "{what}: {state}");
        clinic.app.quit();
        assert_eq!(
            rows_of(&clinic.computer).await,
            (ledger.clone(), replica.clone()),
            "{what}"
        );
        let aside = std::fs::read_dir(&folder)
            .expect("the folder")
            .filter_map(|entry| std::fs::read(entry.expect("a file").path()).ok())
            .any(|kept| Some(kept) == bytes);
        assert_eq!(aside, bytes.is_some(), "{what}: what stood there is kept");
    }
    opens(&mut clinic, &session);
    let state = clinic.app.ok("setup.make_replica", json!({}));
    assert_eq!(
        state["phase"]["kind"], "open",
        "a clinic that is open is left alone: {state}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clinic_of_a_newer_program_is_not_opened() {
    let (mut clinic, _) = closed();
    let ledger = ledger_of(&clinic.computer).await;
    let vault = ledger.vault().expect("a file");
    let mut transaction = vault.begin().await.expect("a transaction");
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (9999, 'of tomorrow', true, x'00', 0)",
    )
    .execute(&mut *transaction)
    .await
    .expect("a migration of tomorrow");
    transaction.commit().await.expect("written");
    ledger.close().await;
    // The file stays locked for as long as this process holds it.
    drop(ledger);
    stands_before(&mut clinic, "newer");
}

#[test]
fn a_second_process_sees_that_the_first_has_it_and_disturbs_nothing() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let mut second = clinic.computer.start();
    let state = second.ok("app.state", json!({}));
    assert_eq!(
        state["phase"],
        json!({ "kind": "trouble", "trouble": "in_use", "demo": false, "connected": false })
    );
    let session = clinic.book(&client, 0, &at(3, 10, 0), false);
    assert_eq!(
        clinic.session(&session)["status"],
        "scheduled",
        "the first goes on"
    );
    clinic.app.kill();
    let state = second.ok("setup.retry", json!({}));
    assert_eq!(
        state["phase"]["kind"], "open",
        "once the first is gone the second may: {state}"
    );
    let found = second.ok("session.get", json!({ "session": session }));
    assert_eq!(found["status"], "scheduled");
}

#[test]
fn a_settings_file_that_cannot_be_read_is_not_written_over() {
    let (mut clinic, session) = closed();
    let file = clinic.computer.data().join("device.json");
    let good = std::fs::read(&file).expect("the settings");
    std::fs::write(&file, &good[..good.len() / 2]).expect("half of it");
    clinic.app = clinic.computer.start();
    for cmd in ["app.state", "setup.retry"] {
        let state = clinic.app.ok(cmd, json!({}));
        assert_eq!(
            state["phase"],
            json!({ "kind": "trouble", "trouble": "settings", "demo": false, "connected": false }),
            "{cmd}: trying again does not take the computer for a new one"
        );
    }
    clinic.app.problem("setup.create", crate::clinic::form());
    clinic.app.kill();
    assert!(
        std::fs::read(&file).expect("the settings") == good[..good.len() / 2],
        "it is left as it was"
    );
    std::fs::write(&file, good).expect("whole again");
    opens(&mut clinic, &session);
}

#[test]
fn where_the_settings_are_lost_the_recovery_key_finds_the_clinic_it_is_of() {
    let (mut clinic, session) = closed();
    let stranger = Clinic::found();
    let file = clinic.computer.data().join("device.json");
    std::fs::write(&file, "{ half of").expect("half of it");
    clinic.app = clinic.computer.start();
    let open = |key: &str| json!({ "recovery_key": key });
    assert_eq!(
        clinic
            .app
            .ok("setup.open_with_recovery", open(&stranger.key)),
        json!({ "ok": false, "mistyped": null }),
        "another clinic's key finds nothing"
    );
    assert_eq!(
        std::fs::read_to_string(&file).expect("the settings"),
        "{ half of",
        "and nothing is written over"
    );
    assert_eq!(
        clinic.app.ok("setup.open_with_recovery", open(&clinic.key)),
        json!({ "ok": true, "mistyped": null })
    );
    assert_eq!(clinic.session(&session)["status"], "scheduled");
    let aside = std::fs::read_dir(clinic.computer.data())
        .expect("the folder")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.to_string_lossy().contains("device.json.set-aside"))
        .expect("what could not be read is kept");
    assert_eq!(std::fs::read_to_string(aside).expect("it"), "{ half of");
    clinic.app.quit();
    opens(&mut clinic, &session);
}

#[test]
fn a_folder_that_is_away_is_found_again_when_it_is_back_and_can_be_restored_when_it_is_lost() {
    let (mut clinic, session) = closed();
    let folder = clinic.computer.clinic_folder();
    let away = folder.with_extension("away");
    std::fs::rename(&folder, &away).expect("the disk is pulled out");
    clinic.app = clinic.computer.start();
    for cmd in ["app.state", "setup.retry"] {
        let state = clinic.app.ok(cmd, json!({}));
        assert_eq!(
            state["phase"],
            json!({ "kind": "trouble", "trouble": "missing", "demo": false, "connected": false }),
            "{cmd}"
        );
    }
    clinic.app.problem("setup.create", crate::clinic::form());
    let answer = clinic
        .app
        .ok("setup.restore", json!({ "recovery_key": clinic.key }));
    assert_eq!(
        answer,
        json!({ "kind": "no_file" }),
        "a backup is a way out: only the file was not chosen"
    );
    std::fs::rename(&away, &folder).expect("and put back");
    let state = clinic.app.ok("setup.retry", json!({}));
    assert_eq!(state["phase"]["kind"], "open", "{state}");
    assert_eq!(clinic.session(&session)["status"], "scheduled");
}
