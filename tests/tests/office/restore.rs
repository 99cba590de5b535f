//! A clinic lost with its computer and brought back on another one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use safetalk_domain::{Kind, Moment};
use safetalk_ledger::Ledger;
use safetalk_replica::Replica;
use safetalk_tests::smtp::{Sink, SinkOptions};
use safetalk_vault::Key;
use safetalk_wire::Now;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::clinic::{Clinic, PASSWORD, a_while, account, at, busy, nth_mail, text};
use crate::computer::{Computer, Running};

/// Every row by table and id.
type Rows = BTreeMap<(String, String), Value>;

struct Still;

impl Now for Still {
    fn now(&self) -> Moment {
        Moment(crate::clinic::now())
    }
}

/// The key of the one clinic, from the computer's keychain.
pub fn key_of(computer: &Computer) -> Key {
    let id = computer.clinic_folder();
    let id = id
        .file_name()
        .and_then(|name| name.to_str())
        .expect("an id")
        .to_owned();
    let name: String = format!("clinic/{id}/key")
        .bytes()
        .map(|b| format!("{b:02x}"))
        .collect();
    let bytes = std::fs::read(computer.outside().join("keychain").join(name)).expect("the key");
    Key::from_bytes(bytes.try_into().expect("32 bytes"))
}

pub async fn ledger_of(computer: &Computer) -> Ledger {
    let file = computer.clinic_folder().join("ledger.db");
    Ledger::open(&file, &key_of(computer), Arc::new(Still))
        .await
        .expect("the ledger opens")
}

/// Everything both files hold. The app must not be running.
async fn rows_of(computer: &Computer) -> (Rows, Rows) {
    let ledger = ledger_of(computer).await;
    let replica = Replica::open(
        &computer.clinic_folder().join("replica.db"),
        &key_of(computer),
    )
    .await;
    let replica = replica.expect("the replica opens");
    let mut kept = (Rows::new(), Rows::new());
    for kind in Kind::ALL {
        let table = kind.table();
        let there: Vec<(String, String)> =
            sqlx::query_as(AssertSqlSafe(format!("select id, body from {table}")))
                .fetch_all(ledger.vault().expect("a file").readers())
                .await
                .expect("the ledger's rows");
        let here: Vec<(String, String)> =
            sqlx::query_as(AssertSqlSafe(format!("select id, body from {table}")))
                .fetch_all(replica.vault().readers())
                .await
                .expect("the replica's rows");
        let read = |rows: Vec<(String, String)>| {
            rows.into_iter().map(move |(id, body)| {
                (
                    (table.to_owned(), id),
                    serde_json::from_str(&body).expect("a row"),
                )
            })
        };
        kept.0.extend(read(there));
        kept.1.extend(read(here));
    }
    ledger.close().await;
    replica.close().await;
    kept
}

/// The one backup in the folder that was chosen.
fn backup_of(computer: &Computer) -> PathBuf {
    let folder = std::fs::read_dir(computer.outside().join("backups")).expect("the folder");
    let mut files = folder.map(|entry| entry.expect("a file").path());
    files.next().expect("a backup")
}

/// The person finds this file in the dialog.
fn choose(computer: &Computer, file: &Path) {
    let chosen = file.to_str().expect("a path of letters");
    std::fs::write(computer.outside().join("chosen-file"), chosen).expect("a choice");
}

fn restore(app: &mut Running, key: &str) -> Value {
    app.ok("setup.restore", json!({ "recovery_key": key }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restored_on_another_computer_every_row_is_there_and_not_one_mail_goes_again() {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let mut clinic = Clinic::with_mail(&sink);
    let client = clinic.client();
    let first = clinic.book(&client, 0, &at(3, 10, 0), true);
    clinic.notice_becomes(&first, "sent");
    clinic.reschedule(&first, &at(4, 11, 0), 1);
    clinic.notice_becomes(&first, "sent");
    let second = clinic.book(&client, 0, &at(5, 10, 0), true);
    clinic.notice_becomes(&second, "sent");
    clinic.app.ok(
        "session.remark",
        json!({ "session": second, "text": "brings a friend" }),
    );
    clinic.app.ok(
        "invoice.draft",
        json!({ "client": client, "session": second, "amount": { "minor": 500, "currency": "MYR" }, "due": null, "text": "Form" }),
    );
    // One message waits when the backup is made, and goes afterwards.
    busy(&sink);
    let third = clinic.book(&client, 0, &at(6, 10, 0), true);
    clinic.held_back(&third);
    let view = clinic.app.ok("backup.choose", json!({}));
    assert_eq!(
        (&view["old"], &view["trouble"]),
        (&json!(false), &Value::Null),
        "{view}"
    );
    clinic.app.kill();
    let before = rows_of(&clinic.computer).await;
    assert_eq!(
        before
            .0
            .keys()
            .filter(|(table, _)| table == "session")
            .count(),
        3,
        "the dump sees rows"
    );

    sink.behave();
    clinic.app = clinic.computer.start();
    nth_mail(&sink, 4).await;
    clinic.notice_becomes(&third, "sent");
    let backup = backup_of(&clinic.computer);
    clinic.app.kill();

    // Another computer; of the first one only the backup and the recovery key are left.
    let other = Computer::new().trusting(&sink);
    let carried = other.outside().join("carried.stbackup");
    std::fs::copy(&backup, &carried).expect("carried over");
    drop(std::mem::replace(&mut clinic.computer, other));
    clinic.computer.set_clock(3600);
    choose(&clinic.computer, &carried);
    clinic.app = clinic.computer.start();
    assert_eq!(
        restore(&mut clinic.app, &clinic.key),
        json!({ "kind": "restored" })
    );
    let state = clinic.app.ok("app.state", json!({}));
    assert_eq!(state["phase"]["kind"], "open", "{state}");
    assert_eq!(
        clinic.session(&second)["remarks"][0]["text"],
        "brings a friend"
    );
    clinic.app.kill();
    let after = rows_of(&clinic.computer).await;
    for (whose, mut before, mut after) in [
        ("ledger", before.0, after.0),
        ("replica", before.1, after.1),
    ] {
        for rows in [&mut before, &mut after] {
            for (_, clinic) in rows.iter_mut().filter(|((table, _), _)| table == "clinic") {
                // A restored clinic has no mail account until it is set up again.
                clinic["facts"]["mail_ready"] = Value::Null;
                clinic["facts"]["mail_since"] = Value::Null;
                clinic["details"]["from_address"] = Value::Null;
            }
        }
        for (id, row) in &before {
            assert_eq!(after.get(id), Some(row), "{whose}: {id:?} is as it was");
        }
        let more: Vec<_> = after.keys().filter(|id| !before.contains_key(id)).collect();
        assert!(
            more.is_empty(),
            "{whose}: nothing came from nowhere: {more:?}"
        );
    }

    // Mail is set up again: what waited in the backup is not sent unasked, since it may have gone after all.
    clinic.app = clinic.computer.start();
    clinic.set_up_mail(&sink, PASSWORD);
    a_while().await;
    assert_eq!(sink.received().len(), 4, "not one mail goes out again");
    let list = clinic
        .app
        .ok("notice.list", json!({ "open_only": true, "most": 100 }));
    assert_eq!(list["choose"], true, "the person is asked: {list}");
    let waiting = text(&list["notices"][0]["id"]);
    clinic
        .app
        .ok("notice.choose", json!({ "send": [], "drop": [waiting] }));
    let fresh = clinic.book(&client, 0, &at(7, 10, 0), true);
    nth_mail(&sink, 5).await;
    clinic.notice_becomes(&fresh, "sent");
}

#[test]
fn a_restore_says_plainly_what_is_wrong_and_leaves_the_computer_free() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    clinic.book(&client, 0, &at(3, 10, 0), false);
    clinic.app.ok("backup.choose", json!({}));
    clinic.app.quit();
    let backup = backup_of(&clinic.computer);
    clinic.app = clinic.computer.start();
    choose(&clinic.computer, &backup);
    assert_eq!(
        restore(&mut clinic.app, &clinic.key),
        json!({ "kind": "occupied" }),
        "a clinic is never written over"
    );

    let other = Computer::new();
    let mut app = other.start();
    assert_eq!(
        restore(&mut app, &clinic.key),
        json!({ "kind": "no_file" }),
        "the dialog was closed"
    );
    choose(&other, &backup);
    let mut groups: Vec<String> = clinic.key.split('-').map(str::to_owned).collect();
    let last = groups[4].pop().expect("a letter");
    groups[4].push(if last == '3' { '4' } else { '3' });
    assert_eq!(
        restore(&mut app, &groups.join("-")),
        json!({ "kind": "mistyped", "group": 5 }),
        "the group that was mistyped is named"
    );
    let stranger = Clinic::found();
    assert_eq!(
        restore(&mut app, &stranger.key),
        json!({ "kind": "wrong_key" }),
        "another clinic's key"
    );

    let whole = std::fs::read(&backup).expect("the backup");
    let hurt = other.outside().join("hurt.stbackup");
    choose(&other, &hurt);
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x55;
    for (what, bytes) in [
        ("cut short", whole[..whole.len() * 2 / 3].to_vec()),
        ("one byte wrong", flipped),
        ("something else", b"a letter to the bank".to_vec()),
        ("nothing", Vec::new()),
    ] {
        std::fs::write(&hurt, bytes).expect("the damage");
        assert_eq!(
            restore(&mut app, &clinic.key),
            json!({ "kind": "damaged" }),
            "{what}"
        );
        assert_eq!(
            app.ok("app.state", json!({}))["phase"]["kind"],
            "first_run",
            "{what}"
        );
    }
    choose(&other, &backup);
    assert_eq!(
        restore(&mut app, &clinic.key),
        json!({ "kind": "restored" }),
        "after all that it still works"
    );
    let found = app.ok("client.get", json!({ "client": client }));
    assert_eq!(found["sessions"].as_array().expect("a list").len(), 1);
}

#[test]
fn the_dashboard_warns_of_an_old_backup_and_quitting_makes_a_new_one() {
    let mut clinic = Clinic::found();
    assert_eq!(
        clinic.attention("old_backup").len(),
        1,
        "there never was one"
    );
    clinic.app.ok("backup.choose", json!({}));
    assert_eq!(clinic.attention("old_backup").len(), 0, "now there is");
    std::fs::remove_dir_all(clinic.computer.outside().join("backups"))
        .expect("the drive is pulled out");
    let view = clinic.app.ok("backup.now", json!({}));
    assert_eq!(view["trouble"], "folder_missing", "{view}");
    assert_eq!(
        view["old"], false,
        "the one of a moment ago is as good as the disk it lies on: {view}"
    );
    let made_at = view["last_good"].clone();
    assert!(!made_at.is_null(), "it is remembered: {view}");
    clinic.computer.set_clock(4 * 86_400);
    clinic.app.ok("backup.now", json!({}));
    let old = clinic.attention("old_backup");
    assert_eq!(old.len(), 1, "four days later it is old");
    assert_eq!(old[0]["trouble"], "folder_missing", "{old:?}");
    assert_eq!(old[0]["last_good"], made_at, "{old:?}");
    clinic.computer.set_clock(0);
    std::fs::create_dir(clinic.computer.outside().join("backups")).expect("and put back");
    clinic.app.quit();
    let made = std::fs::read_dir(clinic.computer.outside().join("backups"))
        .expect("the folder")
        .count();
    assert_eq!(made, 1, "quitting made one");
    clinic.computer.set_clock(4 * 86_400);
    clinic.app = clinic.computer.start();
    assert_eq!(
        clinic.attention("old_backup").len(),
        1,
        "four days later it is old"
    );
}

/// A clinic whose message went after its backup was made: a restore must not send it again.
async fn lost(sink: &Sink) -> (PathBuf, String, tempfile::TempDir) {
    let mut clinic = Clinic::with_mail(sink);
    let client = clinic.client();
    busy(sink);
    let session = clinic.book(&client, 0, &at(3, 10, 0), true);
    clinic.held_back(&session);
    clinic.app.ok("backup.choose", json!({}));
    sink.behave();
    let list = clinic
        .app
        .ok("notice.list", json!({ "open_only": true, "most": 1 }));
    let waiting = &list["notices"][0]["id"];
    clinic.app.ok("notice.retry", json!({ "notice": waiting }));
    clinic.notice_becomes(&session, "sent");
    clinic.app.kill();
    let carried = tempfile::tempdir().expect("a drive");
    let file = carried.path().join("carried.stbackup");
    std::fs::copy(backup_of(&clinic.computer), &file).expect("carried over");
    (file, clinic.key.clone(), carried)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restored_on_the_same_computer_what_it_knows_it_sent_is_not_sent_again_even_if_a_person_says_send()
 {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let mut clinic = Clinic::with_mail(&sink);
    let client = clinic.client();
    busy(&sink);
    let session = clinic.book(&client, 0, &at(3, 10, 0), true);
    clinic.held_back(&session);
    clinic.app.ok("backup.choose", json!({}));
    sink.behave();
    clinic
        .app
        .ok("notice.choose", json!({ "send": [], "drop": [] }));
    clinic.notice_becomes(&session, "sent");
    clinic.app.kill();
    std::fs::write(clinic.computer.clinic_folder().join("ledger.db"), "").expect("the damage");
    choose(&clinic.computer, &backup_of(&clinic.computer));
    clinic.app = clinic.computer.start();
    assert_eq!(
        restore(&mut clinic.app, &clinic.key),
        json!({ "kind": "restored" })
    );
    clinic.set_up_mail(&sink, PASSWORD);
    let waiting = text(&clinic.session(&session)["notices"][0]["id"]);
    clinic
        .app
        .ok("notice.choose", json!({ "send": [waiting], "drop": [] }));
    clinic.notice_becomes(&session, "sent");
    a_while().await;
    assert_eq!(sink.received().len(), 1, "the client is told once");
}

#[test]
fn a_restore_that_could_not_keep_the_key_can_be_tried_again() {
    let mut clinic = Clinic::found();
    clinic.app.ok("backup.choose", json!({}));
    clinic.app.kill();
    let other = Computer::new();
    let mut app = other.start();
    choose(&other, &backup_of(&clinic.computer));
    let locked = other.outside().join("keychain/locked");
    std::fs::write(&locked, "").expect("a lock");
    let problem = app.problem("setup.restore", json!({ "recovery_key": clinic.key }));
    assert_eq!(problem["code"], "keychain", "{problem}");
    std::fs::remove_file(locked).expect("unlocked");
    assert_eq!(
        restore(&mut app, &clinic.key),
        json!({ "kind": "restored" }),
        "what the first try left is not in the way"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_of_a_restore_it_can_be_done_again_and_sends_nothing_unasked() {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let (backup, key, _drive) = lost(&sink).await;
    let mut began_again = 0;
    for round in 0..7 {
        let other = Computer::new().trusting(&sink);
        other.set_clock(3600);
        choose(&other, &backup);
        let mut app = other.start();
        app.send("setup.restore", &json!({ "recovery_key": key }));
        std::thread::sleep(std::time::Duration::from_millis(60 * round));
        app.kill();
        let mut app = other.start();
        let state = app.ok("app.state", json!({}));
        if state["phase"]["kind"] == "first_run" {
            began_again += 1;
            assert_eq!(
                restore(&mut app, &key),
                json!({ "kind": "restored" }),
                "round {round}"
            );
        } else {
            assert_eq!(
                state["phase"]["kind"], "open",
                "round {round}: whole or not at all: {state}"
            );
        }
        app.ok("mail.save", account(&sink, PASSWORD));
        a_while().await;
        assert_eq!(
            sink.received().len(),
            1,
            "round {round}: the old message does not go again"
        );
        let list = app.ok("notice.list", json!({ "open_only": true, "most": 9 }));
        assert_eq!(list["choose"], true, "round {round}: the person is asked");
    }
    assert!(began_again > 0, "at least the first was killed in time");
}
